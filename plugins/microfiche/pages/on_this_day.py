"""A date in all years: what stands in the archive of 1 November, year by year."""

from __future__ import annotations

from collections.abc import Iterator

from microfiche import dates
from microfiche.addresses import Addresses
from microfiche.catalog.almanac import Tally
from microfiche.catalog.queries import Catalog
from microfiche.pages.desk import Desk
from microfiche.pages.kind import PageKind, Single
from microfiche.records import Claim
from microfiche.views import Card, Head, Headline, Link, View

_OF_A_YEAR = 4
_ON_FRONT = 5


class Anniversary(View, frozen=True):
    """What one year has on a date: ``day`` leads to all of it, and counts it."""

    year: str
    day: Link
    lead: Card
    headlines: tuple[Headline, ...]


class OnThisDayPage(View, frozen=True):
    """A date in all years, the newest first; of each year, what led the day."""

    head: Head
    name: str
    count: int
    years: tuple[Anniversary, ...]
    previous: Link | None
    next: Link | None


class MonthDates(View, frozen=True):
    """The dates of a month; one that no year has stories on leads nowhere."""

    name: str
    dates: tuple[Link, ...]


class OnThisDaysPage(View, frozen=True):
    """Every date of the year."""

    head: Head
    name: str
    months: tuple[MonthDates, ...]


class Past(View, frozen=True):
    """A headline of an earlier year."""

    year: str
    headline: Headline


class Today(View, frozen=True):
    """What led the build's own date in earlier years; ``link`` leads to all of it."""

    link: Link
    past: tuple[Past, ...]


class OnThisDay(PageKind):
    """One page a date that has a story in any year; a key is ``MM-DD``."""

    name = "on this day"
    template = "on_this_day.html"

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every date that has a story."""
        if self._addresses.on_this_day:
            for date in catalog.almanac.dates():
                yield self._claim(date, exists=True)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """Dates of changed stories, and the ones before and after, which lead to them."""
        if self._addresses.on_this_day:
            for date in catalog.almanac.dates_touched():
                yield self._claim(date, exists=bool(catalog.almanac.days_of(date)))

    def _claim(self, date: str, *, exists: bool) -> Claim:
        return Claim(date, self._addresses.date(date).output if exists else None)

    def above(self, key: str) -> tuple[str, str] | None:
        """All days of the year."""
        return OnThisDays.name, ""

    def view(self, desk: Desk, key: str) -> OnThisDayPage:
        """What led the date in each year; the rest of a day is on the day's own page."""
        days = desk.catalog.almanac.days_of(key)
        before, after = desk.catalog.almanac.dates_near(key)
        place, index = self._addresses.date(key), self._addresses.on_this_days
        title = desk.words().gettext("On this day")
        name = dates.date_of_year(key, desk.site.lang)
        return OnThisDayPage(
            head=desk.head(
                f"{title}: {name}",
                place.address,
                place.output,
                crumbs=(Link(index.place().address, title),) if index else (),
                feeds=desk.feed(),
            ),
            name=name,
            count=sum(day.stories for day in days),
            years=tuple(_anniversary(desk, day) for day in days),
            previous=desk.date_link(before) if before else None,
            next=desk.date_link(after) if after else None,
        )


class OnThisDays(Single):
    """The index of all dates."""

    name = "on this day index"
    template = "on_this_days.html"

    def __init__(self, addresses: Addresses) -> None:
        self._pattern = addresses.on_this_days
        on = addresses.on_this_day and addresses.on_this_days
        self.output = addresses.on_this_days.place().output if on else ""

    def above(self, key: str) -> tuple[str, str] | None:
        """All years."""
        return "archive", ""

    def view(self, desk: Desk, key: str) -> OnThisDaysPage:
        """Twelve months of dates."""
        found = set(desk.catalog.almanac.dates())
        place = self._pattern.place()
        feeds = desk.feed()
        title = desk.words().gettext("On this day")
        return OnThisDaysPage(
            head=desk.head(title, place.address, place.output, feeds=feeds),
            name=title,
            months=tuple(_month_dates(desk, month, found) for month in range(1, 13)),
        )


def today(desk: Desk) -> Today | None:
    """What led the build's date in earlier years, the newest first; None where nothing did."""
    day = desk.catalog.almanac.today()
    past = [other for other in desk.catalog.almanac.days_of(day[5:]) if other.period < day[:4]]
    if not past or not desk.addresses.on_this_day:
        return None
    return Today(
        desk.date_link(day[5:]),
        tuple(
            Past(desk.period_name(other.period[:4]), headline)
            for other in past[:_ON_FRONT]
            for headline in desk.headlines(desk.catalog.almanac.leading(other.period, 1))
        ),
    )


def _anniversary(desk: Desk, day: Tally) -> Anniversary:
    lead, *others = desk.catalog.almanac.leading(day.period, _OF_A_YEAR)
    return Anniversary(
        year=desk.period_name(day.period[:4]),
        day=desk.period_link(day.period, day.stories),
        lead=desk.card(lead),
        headlines=desk.headlines(others),
    )


def _month_dates(desk: Desk, month: int, found: set[str]) -> MonthDates:
    days = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
    dated = [(number, f"{month:02d}-{number:02d}") for number in range(1, days + 1)]
    links = (
        Link(desk.date_link(date).address if date in found else "", str(number))
        for number, date in dated
    )
    return MonthDates(dates.month_name(month, desk.site.lang), tuple(links))
