"""Volume by year, drawn small."""

from __future__ import annotations

from microfiche.catalog.almanac import Tally
from microfiche.pages.sparkline import sparkline
from microfiche.views import Sparkline


def test_bars_stand_at_their_years_and_as_high_as_their_share() -> None:
    """Empty years are gaps; the fullest year has the full height, the least is still seen."""
    found = sparkline([Tally("1986", 50), Tally("1988", 100), Tally("1989", 1)])
    path = "M0 24v-12h3v12zM8 24v-24h3v24zM12 24v-1h3v1z"
    assert found == Sparkline("1986", "1989", 100, 15, path)


def test_a_single_year_is_not_drawn() -> None:
    """There is nothing to compare it with."""
    assert sparkline([Tally("1986", 50)]) is None
    assert sparkline([]) is None
