"""Corrections: the newest of them, and all by the calendar of when they were made."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from microfiche import dates
from microfiche.addresses import Addresses
from microfiche.catalog.almanac import span
from microfiche.catalog.corrections import Corrected
from microfiche.catalog.queries import Catalog
from microfiche.pages.desk import CORRECTIONS, Desk
from microfiche.pages.kind import PageKind
from microfiche.records import Claim
from microfiche.views import Correction, Head, Headline, Link, View


class CorrectedStory(View, frozen=True):
    """A correction and the story that it is of."""

    correction: Correction
    story: Headline


class CorrectionGroup(View, frozen=True):
    """The corrections of a month."""

    name: str
    corrections: tuple[CorrectedStory, ...]


class CorrectionsPage(View, frozen=True):
    """Corrections by month, with links to ``periods``: all years, or a full year's months."""

    head: Head
    name: str
    groups: tuple[CorrectionGroup, ...]
    periods: tuple[Link, ...]
    previous: Link | None = None
    next: Link | None = None


class _Corrections(PageKind):
    """What the two kinds of pages share."""

    template = "corrections.html"

    def __init__(self, addresses: Addresses, page_size: int) -> None:
        self._addresses = addresses
        self._page_size = page_size
        self._on = bool(addresses.corrections)

    def groups(self, desk: Desk, found: list[Corrected]) -> tuple[CorrectionGroup, ...]:
        """Corrections by the month they were made in."""
        return tuple(
            CorrectionGroup(
                desk.period_name(month), tuple(_corrected(desk, each) for each in group)
            )
            for month, group in groupby(found, lambda each: each.note.moment.day[:7])
        )

    def link(self, desk: Desk, period: str, count: int = 0) -> Link:
        """A link to the page of a year or a month."""
        address = self._addresses.correction_period(period).address
        return Link(address, desk.period_name(period), count)


class Corrections(_Corrections):
    """The newest corrections, and an index by year."""

    name = "corrections"

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """The one page, unless there is no correction."""
        if self._on:
            output = self._addresses.corrections.place().output
            yield Claim("", output if catalog.corrections.exist() else None)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """The one page, if a story with a correction changed."""
        if catalog.corrections.years_touched():
            yield from self.keys(catalog)

    def above(self, key: str) -> tuple[str, str] | None:
        """All years."""
        return "archive", ""

    def view(self, desk: Desk, key: str) -> CorrectionsPage:
        """The newest corrections by month."""
        place = self._addresses.corrections.place()
        name = desk.words().gettext(CORRECTIONS)
        found = desk.catalog.corrections.made(limit=self._page_size)
        years = desk.catalog.corrections.tallies(4)
        return CorrectionsPage(
            head=desk.head(name, place.address, place.output, feeds=desk.feed()),
            name=name,
            groups=self.groups(desk, found),
            periods=tuple(self.link(desk, *year) for year in reversed(years)),
        )


class CorrectionPeriods(_Corrections):
    """One page a year, and one a month where the year has more than a page's worth."""

    name = "corrections by calendar"

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every year in which a correction was made, and the months of full years."""
        if self._on:
            for year in catalog.corrections.tallies(4):
                yield from self._claims(catalog, year.period)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """The years of corrections of changed stories, and those before and after."""
        if not self._on:
            return
        years = set(catalog.corrections.years_touched())
        near = [catalog.corrections.near(*span(year)) for year in years]
        years.update(day[:4] for days in near for day in days if day)
        for year in sorted(years):
            yield from self._claims(catalog, year, gone=True)

    def _claims(self, catalog: Catalog, year: str, *, gone: bool = False) -> Iterator[Claim]:
        """The pages of a year; with ``gone`` also those that it may have had before."""
        months = catalog.corrections.tallies(7, *span(year))
        count = sum(month.stories for month in months)
        split = {month.period for month in months} if count > self._page_size else set()
        if count or gone:
            yield self._claim(year, exists=count > 0)
        every = {f"{year}-{number:02d}" for number in range(1, 13)}
        for month in sorted(every if gone else split):
            yield self._claim(month, exists=month in split)

    def _claim(self, period: str, *, exists: bool) -> Claim:
        output = self._addresses.correction_period(period).output
        return Claim(period, output if exists else None)

    def above(self, key: str) -> tuple[str, str] | None:
        """A month's year, and above a year the newest corrections."""
        return (Corrections.name, "") if len(key) <= 4 else (self.name, key[:4])

    def view(self, desk: Desk, key: str) -> CorrectionsPage:
        """The corrections of a year or a month; a full year leads to its months instead."""
        limit = self._page_size + 1 if len(key) == 4 else -1
        found = desk.catalog.corrections.made(*span(key), limit)
        split = len(found) == limit
        months = desk.catalog.corrections.tallies(7, *span(key)) if split else []
        before, after = desk.catalog.corrections.near(*span(key))
        place = self._addresses.correction_period(key)
        name = desk.words().gettext(CORRECTIONS)
        crumbs = [Link(self._addresses.corrections.place().address, name)]
        crumbs += [self.link(desk, key[:4])] if len(key) == 7 else []
        title = f"{name}, {desk.period_name(key)}"
        return CorrectionsPage(
            head=desk.head(title, place.address, place.output, crumbs=tuple(crumbs)),
            name=title,
            groups=() if split else self.groups(desk, found),
            periods=tuple(self.link(desk, *month) for month in months),
            previous=self._near(desk, before),
            next=self._near(desk, after),
        )

    def _near(self, desk: Desk, day: str) -> Link | None:
        """A link to a nearby year, or to a nearby month where that has a page of its own."""
        if not day:
            return None
        year = desk.catalog.corrections.tallies(4, *span(day[:4]))
        return self.link(desk, day[:7] if year[0].stories > self._page_size else day[:4])


def _corrected(desk: Desk, each: Corrected) -> CorrectedStory:
    correction = Correction(dates.shown(each.note.moment, each.story.lang), each.note.text)
    return CorrectedStory(correction, desk.headline(each.story))
