"""The archive's calendar: days, months, years, and all years at a glance."""

from __future__ import annotations

import calendar
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import groupby

from microfiche import dates
from microfiche.addresses import Addresses, Pattern
from microfiche.catalog.almanac import Tally
from microfiche.catalog.queries import Catalog
from microfiche.pages.desk import Desk
from microfiche.pages.kind import PageKind, Single
from microfiche.records import Brief, Claim
from microfiche.views import Card, Day, Head, Headline, Headlines, Link, Month, Shaded, Time, View

_SECTION_CARDS = 3
_LONG = 20  # years from which on there is a way to jump by decade
_ABOVE = {4: "archive", 7: "year", 10: "month"}
_LENGTHS = {"year": 4, "month": 7, "day": 10}


class DaySection(View, frozen=True):
    """A section's stories of a day, the newest first: a few in full, the rest by headline.

    ``link`` has no text where the stories have no section.
    """

    link: Link
    cards: tuple[Card, ...]
    headlines: tuple[Headline, ...]


class DayPage(View, frozen=True):
    """A day's front page: its lead, then its sections.

    ``date`` leads to the same date in all years; None where no other year has a story on it.
    """

    head: Head
    name: str
    count: int
    lead: Card
    sections: tuple[DaySection, ...]
    month: Link
    date: Link | None
    previous: Link | None
    next: Link | None


class MonthPage(View, frozen=True):
    """A month's calendar, and its headlines by day: what led it, then the newest."""

    head: Head
    name: str
    month: Month
    weekdays: tuple[str, ...]
    days: tuple[Headlines, ...]
    count: int
    previous: Link | None
    next: Link | None


class YearPage(View, frozen=True):
    """Twelve month grids with counts."""

    head: Head
    name: str
    count: int
    months: tuple[Month, ...]
    weekdays: tuple[str, ...]
    previous: Link | None
    next: Link | None


class YearRow(View, frozen=True):
    """A year among all: ``share`` is its volume in hundredths of the fullest year's."""

    link: Link
    share: int
    months: tuple[Shaded, ...]


class Decade(View, frozen=True):
    """The years of a decade, the newest first; ``name`` is empty where all years are in one."""

    name: str
    first: str
    years: tuple[YearRow, ...]


class ArchivePage(View, frozen=True):
    """Every year at a glance."""

    head: Head
    count: int
    first: Time | None
    last: Time | None
    decades: tuple[Decade, ...]
    guides: tuple[Link, ...]


class _Periods(PageKind):
    """Pages of one length of time, of those that have a story."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._pattern: Pattern = getattr(addresses, self.name)
        self._length = _LENGTHS[self.name]

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every period that has a story."""
        if self._pattern:
            for tally in catalog.tallies(self._length):
                yield self._claim(tally.period, exists=True)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """Periods of changed stories, and the ones before and after, which lead to them."""
        if self._pattern:
            for period in sorted(self._touched(catalog)):
                yield self._claim(period, exists=catalog.has(period))

    def _touched(self, catalog: Catalog) -> set[str]:
        return set(catalog.periods_touched(self._length))

    def _claim(self, period: str, *, exists: bool) -> Claim:
        place = self._addresses.calendar(self.name, f"{period}-01-01"[:10])
        return Claim(period, place.output if exists else None)

    def above(self, key: str) -> tuple[str, str] | None:
        """A day's month, a month's year, and above a year all years."""
        return _ABOVE.get(len(key), "archive"), key[:-3] if len(key) > 4 else ""

    def head(self, desk: Desk, period: str) -> Head:
        """The head of a period's page, with the archive and the longer periods as the way down."""
        place = self._addresses.calendar(self.name, f"{period}-01-01"[:10])
        longer = (desk.period_link(period[:at]) for at in (4, 7) if at < len(period))
        return desk.head(
            desk.period_name(period),
            place.address,
            place.output,
            crumbs=(*desk.archive_links(desk.words()), *longer),
            feeds=desk.feed(),
        )

    def near(self, desk: Desk, period: str) -> tuple[Link | None, Link | None]:
        """Links to the nearest periods before and after that have a story."""
        before, after = desk.catalog.periods_near(period)
        return (
            desk.period_link(before) if before else None,
            desk.period_link(after) if after else None,
        )


class Days(_Periods):
    """One page a day that has a story."""

    name = "day"
    template = "day.html"

    def _touched(self, catalog: Catalog) -> set[str]:
        """Besides, days that gain or lose their link to other years, or reorder their sections."""
        almanac = catalog.almanac
        return (
            super()._touched(catalog).union(almanac.lone_days_touched(), almanac.days_reordered())
        )

    def view(self, desk: Desk, key: str) -> DayPage:
        """A day's stories: the lead, and the others by section."""
        lead, *others = _lead_first(desk.catalog.stories_of(key))
        previous, following = self.near(desk, key)
        linked = self._addresses.on_this_day and desk.catalog.almanac.has_other_years(key)
        return DayPage(
            head=self.head(desk, key),
            name=dates.weekday_words(key, desk.site.lang),
            count=len(others) + 1,
            lead=desk.card(lead),
            sections=_by_section(desk, others),
            month=desk.period_link(key[:7]),
            date=desk.date_link(key[5:]) if linked else None,
            previous=previous,
            next=following,
        )


class Months(_Periods):
    """One page a month that has a story."""

    name = "month"
    template = "month.html"

    def view(self, desk: Desk, key: str) -> MonthPage:
        """A month's calendar and headlines."""
        stories = desk.catalog.stories_of(key)
        counts = {tally.period: tally.stories for tally in desk.catalog.tallies(10, key)}
        previous, following = self.near(desk, key)
        return MonthPage(
            head=self.head(desk, key),
            name=desk.period_name(key),
            month=month_grid(desk, key, counts),
            weekdays=dates.weekday_names(desk.site.lang),
            days=tuple(
                Headlines(
                    desk.period_link(day, counts[day]), desk.headlines(_lead_first(list(group)))
                )
                for day, group in groupby(stories, day_of)
            ),
            count=len(stories),
            previous=previous,
            next=following,
        )


class Years(_Periods):
    """One page a year that has a story."""

    name = "year"
    template = "year.html"

    def view(self, desk: Desk, key: str) -> YearPage:
        """A year's twelve months."""
        counts = {tally.period: tally.stories for tally in desk.catalog.tallies(10, key)}
        previous, following = self.near(desk, key)
        return YearPage(
            head=self.head(desk, key),
            name=desk.period_name(key),
            count=sum(counts.values()),
            months=tuple(month_grid(desk, f"{key}-{month:02d}", counts) for month in range(1, 13)),
            weekdays=dates.weekday_names(desk.site.lang),
            previous=previous,
            next=following,
        )


class Archive(Single):
    """The page of all years."""

    name = "archive"
    template = "archive.html"

    def __init__(self, addresses: Addresses) -> None:
        self._pattern = addresses.archive
        self.output = addresses.archive.place().output if addresses.archive else ""

    def above(self, key: str) -> tuple[str, str] | None:
        """The front page."""
        return "front", ""

    def view(self, desk: Desk, key: str) -> ArchivePage:
        """Every year with its months, the newest first."""
        years = desk.catalog.tallies(4)
        bounds = desk.catalog.bounds()
        lang = desk.site.lang
        place = self._pattern.place()
        return ArchivePage(
            head=desk.head(
                desk.words().gettext("Archive"),
                place.address,
                place.output,
                feeds=desk.feed(),
            ),
            count=sum(year.stories for year in years),
            first=dates.midnight(bounds[0], lang) if bounds else None,
            last=dates.midnight(bounds[1], lang) if bounds else None,
            decades=_decades(_year_rows(desk, years)),
            guides=desk.guides(),
        )


def _year_rows(desk: Desk, years: list[Tally]) -> list[YearRow]:
    """Years against each other, the newest first."""
    months = {tally.period: tally.stories for tally in desk.catalog.tallies(7)}
    fullest = max((year.stories for year in years), default=1)
    return [
        YearRow(
            desk.period_link(year.period, year.stories),
            max(1, round(100 * year.stories / fullest)),
            month_links(desk, year.period, months),
        )
        for year in reversed(years)
    ]


def _decades(rows: list[YearRow]) -> tuple[Decade, ...]:
    """A long archive by decades, a shorter one in one piece."""
    if len(rows) < _LONG:
        return (Decade("", "", tuple(rows)),) if rows else ()
    found = []
    for tens, years in groupby(rows, lambda row: int(row.link.text) // 10):
        found.append(Decade(f"{10 * tens}–{10 * tens + 9}", str(10 * tens), tuple(years)))
    return tuple(found)


class Shades:
    """Shades of periods by rank among ``counts``, those of all that are seen together.

    One very full day leaves the differences between all others to be seen, and so do periods that
    are nearly alike. Equal numbers have equal shades.
    """

    def __init__(self, counts: Iterable[int]) -> None:
        self._counts = sorted(filter(None, counts))

    def of(self, count: int) -> int:
        """1 to 4, the fullest quarter; 0 without a story. A few stories are never dark."""
        if not count:
            return 0
        rank = bisect_left(self._counts, count) + bisect_right(self._counts, count)
        return min(count, 1 + 2 * rank // len(self._counts))


def month_links(desk: Desk, year: str, counts: dict[str, int]) -> tuple[Shaded, ...]:
    """The twelve months of a year by their short names; one without a story leads nowhere.

    ``counts`` has the stories of all months that its shades are seen beside.
    """
    shades = Shades(counts.values())
    links = []
    for number in range(1, 13):
        month = f"{year}-{number:02d}"
        count = counts.get(month, 0)
        address = desk.period_link(month).address if count else ""
        link = Link(address, dates.month_abbreviation(number, desk.site.lang), count)
        links.append(Shaded(link, shades.of(count)))
    return tuple(links)


def month_grid(desk: Desk, month: str, counts: dict[str, int]) -> Month:
    """A month's weeks with the number of stories of each day."""
    lang = desk.site.lang
    shades = Shades(counts.values())
    year, number = int(month[:4]), int(month[5:])
    weeks = calendar.Calendar(dates.week_start(lang)).monthdayscalendar(year, number)
    squares = tuple(
        tuple(_square(desk, month, day, counts, shades) for day in week) for week in weeks
    )
    count = sum(day.count for week in squares for day in week)
    address = desk.period_link(month).address if count else ""
    return Month(dates.month_name(number, lang), address, count, squares)


def _square(desk: Desk, month: str, number: int, counts: dict[str, int], shades: Shades) -> Day:
    """A day; outside the month it is a blank one."""
    if not number:
        return Day()
    iso = f"{month}-{number:02d}"
    count = counts.get(iso, 0)
    if not count:
        return Day(number=number, iso=iso)
    return Day(number, desk.period_link(iso).address, count, shades.of(count), iso)


def _lead_first(stories: list[Brief]) -> list[Brief]:
    """A day's stories, oldest first, turned round: what leads the day, then the newest."""
    newest_first = stories[::-1]
    lead = max(newest_first, key=lambda story: story.weight)
    return [lead, *(story for story in newest_first if story is not lead)]


def _by_section(desk: Desk, stories: list[Brief]) -> tuple[DaySection, ...]:
    """Stories by section, in the order of the vocabulary, then the fullest first.

    Stories without a section come last.
    """
    ranks = desk.section_ranks
    found: dict[str, list[Brief]] = {}
    for story in stories:
        found.setdefault(story.section, []).append(story)
    order = sorted(
        found, key=lambda slug: (not slug, ranks.get(slug, math.inf), -len(found[slug]), slug)
    )
    return tuple(
        DaySection(
            _section_link(desk, slug),
            desk.cards(found[slug][:_SECTION_CARDS]),
            desk.headlines(found[slug][_SECTION_CARDS:]),
        )
        for slug in order
    )


def _section_link(desk: Desk, slug: str) -> Link:
    """A link to a section; one without text for stories that have none."""
    return desk.term_link("section", slug) or Link("", "")


def day_of(story: Brief) -> str:
    """The day that a story was published on."""
    return story.moment.day
