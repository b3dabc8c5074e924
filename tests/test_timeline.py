"""Timelines: where dots, bars and dates stand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from microfiche.pages.timeline import Timeline, timeline


def drawn(*days: str, titles: bool = True, lang: str = "en") -> Timeline:
    """The picture of days, with titles or without."""
    desk: Any = SimpleNamespace(site=SimpleNamespace(lang=lang), period_name=str)
    picture = timeline(desk, days, [f"On {day}" for day in days] if titles else [])
    assert picture
    return picture


def test_dots_stand_where_their_days_are() -> None:
    """From the first to the last, as the language is read; the dates between are named."""
    picture = drawn("2001-01-01", "2006-01-01", "2011-01-01")
    assert [(dot.number, dot.lane) for dot in picture.dots] == [(1, 0), (2, 0), (3, 0)]
    assert [dot.x for dot in picture.dots] == [4.0, 50.0, 96.0]
    assert [tick.text for tick in picture.ticks] == ["2002", "2004", "2006", "2008", "2010"]
    arabic = drawn("2001-01-01", "2006-01-01", "2011-01-01", lang="ar")
    assert [dot.x for dot in arabic.dots] == [96.0, 50.0, 4.0]


def test_dots_that_would_touch_stand_one_above_the_other() -> None:
    """The next that has room stands on the line again."""
    picture = drawn("2001-01-01", "2001-01-02", "2001-01-02", "2006-01-01", "2011-01-01")
    assert [dot.lane for dot in picture.dots] == [0, 1, 2, 0, 0]
    assert picture.lanes == 3


@pytest.mark.parametrize("last", ["2001-01-20", "2003-01-20", "2021-01-20"])
def test_what_piles_up_or_is_too_much_becomes_bars(last: str) -> None:
    """By day, by month or by year; the fullest is the highest."""
    for picture in (
        drawn("2001-01-01", *["2001-01-01"] * 8, last),
        drawn("2001-01-01", *["2001-01-01"] * 8, last, titles=False),
    ):
        assert not picture.dots
        assert len(picture.bars) == 2
        assert [bar.height for bar in picture.bars] == [100, 11]
        assert all(bar.x >= 0 and bar.x + bar.width <= 100 for bar in picture.bars)


def test_one_day_is_no_line() -> None:
    """Nor is no day."""
    desk: Any = None
    assert timeline(desk, ["2001-01-01", "2001-01-01"], ["A", "B"]) is None
    assert timeline(desk, [], []) is None


def test_years_at_the_ends_of_the_calendar_are_drawn() -> None:
    """The first and the last that a story may have."""
    picture = drawn("0002-01-01", "9998-12-31")
    assert [tick.text for tick in picture.ticks][:2] == ["1000", "2000"]
    assert drawn(*["0002-01-01"] * 9, "9998-12-31").bars
