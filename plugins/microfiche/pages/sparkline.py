"""Volume by year, drawn small."""

from __future__ import annotations

from microfiche.catalog.almanac import Tally
from microfiche.views import Sparkline

_HEIGHT = 24
_BAR = 3
_STEP = 4


def sparkline(years: list[Tally]) -> Sparkline | None:
    """Bars of these years, oldest first; None where a single year has nothing to compare with."""
    if len(years) < 2:
        return None
    first, last = int(years[0].period), int(years[-1].period)
    most = max(year.stories for year in years)
    path = "".join(_bar(int(year.period) - first, year.stories, most) for year in years)
    width = _STEP * (last - first) + _BAR
    return Sparkline(str(first), str(last), most, width, path)


def _bar(place: int, stories: int, most: int) -> str:
    """A rectangle on the base line; the least bar is still to be seen."""
    height = max(1, round(_HEIGHT * stories / most))
    return f"M{_STEP * place} {_HEIGHT}v-{height}h{_BAR}v{height}z"
