"""When things happened, as a picture: a dot for each, or bars where there are too many.

Positions along the line are in hundredths of its width, so that the picture fits any screen and
its letters stay as large as the page's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from microfiche import dates
from microfiche.pages.desk import Desk
from microfiche.views import Time, View

_MARGIN = 4
_APART = 7.5
"""Hundredths between two dots that stand beside each other on the narrowest screen."""

_LANES = 6
_MANY_YEARS = 3 * 365
_MANY_BARS = 12 * 365
_MANY_MONTHS = 75
_YEAR_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_MONTH_STEPS = (1, 2, 3, 6, 12)
_DAY_STEPS = (1, 2, 5, 10, 20, 40)
_YEAR_TICKS = 7
_LONG_TICKS = 3


class Dot(View, frozen=True):
    """Something that happened: its number, and how many dots stand between it and the line."""

    x: float
    lane: int
    number: int
    text: str


class Bar(View, frozen=True):
    """How much happened in a period: ``height`` in hundredths of the fullest."""

    x: float
    width: float
    height: int


class Tick(View, frozen=True):
    """A date on the line."""

    x: float
    text: str


class Timeline(View, frozen=True):
    """A picture of days: either dots, in ``lanes`` one above the other, or bars."""

    dots: tuple[Dot, ...]
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    lanes: int
    count: int
    first: Time
    last: Time


def timeline(desk: Desk, days: Sequence[str], titles: Sequence[str]) -> Timeline | None:
    """The picture of days ``YYYY-MM-DD``, given in order; None where they are one and the same.

    ``titles`` are what happened on them; none where it is too much to be shown one by one.
    """
    if not days or days[0] == days[-1]:
        return None
    dots = _dots(desk, days, titles)
    line, bars = (_line(desk, days[0], days[-1]), ()) if dots else _bars(desk, days)
    lang = desk.site.lang
    return Timeline(
        dots=dots,
        bars=bars,
        ticks=tuple(_ticks(desk, days[0], days[-1], line)),
        lanes=1 + max((dot.lane for dot in dots), default=0),
        count=len(days),
        first=dates.midnight(days[0], lang),
        last=dates.midnight(days[-1], lang),
    )


def _line(desk: Desk, first: str, last: str) -> Callable[[str], float]:
    """Where a day is on a line; it runs as the archive's language is read."""
    start = date.fromisoformat(first).toordinal()
    length = date.fromisoformat(last).toordinal() - start
    backwards = dates.direction(desk.site.lang) == "rtl"

    def x(day: str) -> float:
        share = (date.fromisoformat(day).toordinal() - start) / length
        along = _MARGIN + (100 - 2 * _MARGIN) * (1 - share if backwards else share)
        return round(along, 2)

    return x


def _dots(desk: Desk, days: Sequence[str], titles: Sequence[str]) -> tuple[Dot, ...]:
    """A dot for each title, above others where they would touch; none where they pile up."""
    x = _line(desk, days[0], days[-1])
    ends: list[float] = []
    dots = []
    for number, (day, title) in enumerate(zip(days, titles, strict=False), 1):
        at = x(day)
        lane = next((n for n, end in enumerate(ends) if abs(at - end) >= _APART), len(ends))
        ends[lane : lane + 1] = [at]
        dots.append(Dot(at, lane, number, f"{dates.words(day, desk.site.lang)}: {title}"))
    return tuple(dots) if len(ends) <= _LANES else ()


def _bars(desk: Desk, days: Sequence[str]) -> tuple[Callable[[str], float], tuple[Bar, ...]]:
    """A bar for each year, month or day that something happened in, and their line."""
    span = _span(days[0], days[-1])
    length = 4 if span >= _MANY_BARS else 7 if span >= _MANY_MONTHS else 10
    counts = Counter(day[:length] for day in days)
    fullest = max(counts.values())
    x = _line(desk, _start(days[0][:length]), _after(days[-1][:length]))
    bars = []
    for period, count in counts.items():
        ends = sorted((x(_start(period)), x(_after(period))))
        width = ends[1] - ends[0]
        place, share = round(ends[0] + width / 10, 2), round(100 * count / fullest)
        bars.append(Bar(place, round(max(0.2, 0.8 * width), 2), max(2, share)))
    return x, tuple(bars)


def _length(first: str, last: str) -> int:
    """How fine the dates of a line are: 4, 7 or 10 characters of a day."""
    span = _span(first, last)
    return 4 if span >= _MANY_YEARS else 7 if span >= _MANY_MONTHS else 10


def _span(first: str, last: str) -> int:
    """The days from one to another."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def _start(period: str) -> str:
    return f"{period}-01-01"[:10]


def _after(period: str) -> str:
    """The first day after a period."""
    at = date.fromisoformat(_start(period))
    if len(period) == 10:
        return (at + timedelta(1)).isoformat()
    months = 12 if len(period) == 4 else 1
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return date(year, month + 1, 1).isoformat()


def _ticks(desk: Desk, first: str, last: str, x: Callable[[str], float]) -> Iterator[Tick]:
    """Beginnings of years, of months, or days, as many as have room."""
    length = _length(first, last)
    steps, most = {
        4: (_YEAR_STEPS, _YEAR_TICKS),
        7: (_MONTH_STEPS, _LONG_TICKS),
        10: (_DAY_STEPS, _LONG_TICKS),
    }[length]
    starts = list(_starts(first, last, length))
    for step in steps:
        chosen = [start for start in starts if _number(start, length) % step == 0]
        if len(chosen) <= most or step == steps[-1]:
            for start in chosen[:most]:
                yield Tick(x(start), desk.period_name(start[:length]))
            return


def _starts(first: str, last: str, length: int) -> Iterator[str]:
    """The first days of the periods that begin between two days."""
    day = _start(first[:length])
    while day <= last:
        if day >= first:
            yield day
        day = _after(day[:length])


def _number(start: str, length: int) -> int:
    """The number that a period is chosen by: its year, its month from 0, or its ordinal day."""
    at = date.fromisoformat(start)
    return {4: at.year, 7: at.month - 1, 10: at.toordinal()}[length]
