"""The front page, and the page for addresses that lead nowhere."""

from __future__ import annotations

import math

from msgspec import structs

from microfiche import dates
from microfiche.addresses import Addresses, base_of
from microfiche.pages.calendar import day_of, month_links
from microfiche.pages.desk import Desk
from microfiche.pages.kind import Single
from microfiche.pages.on_this_day import Today, today
from microfiche.records import Brief, Stage
from microfiche.views import Card, Group, Head, Link, Shaded, Time, View

_SECTION_STORIES = 4
_SECTIONS = 12
_FEWEST = 2


class FrontPage(View, frozen=True):
    """The lead, the latest, the sections, and ways into the archive."""

    head: Head
    lead: Card | None
    latest: tuple[Card, ...]
    sections: tuple[Group, ...]
    strip: tuple[Shaded, ...]
    strip_year: Link | None
    years: tuple[Link, ...]
    guides: tuple[Link, ...]
    count: int
    first: Time | None
    last: Time | None
    today: Today | None


class NotFoundPage(View, frozen=True):
    """What a lost reader sees: ways back in."""

    head: Head
    years: tuple[Link, ...]


class Front(Single):
    """The front page; there is one even when nothing is published yet."""

    name = "front"
    template = "front.html"
    daily = True

    def __init__(self, addresses: Addresses, page_size: int) -> None:
        self._pattern = addresses.front
        self._page_size = page_size
        self.output = addresses.front.place().output if addresses.front else ""

    def view(self, desk: Desk, key: str) -> FrontPage:
        """The newest stories; the lead is the newest day's."""
        stories = desk.catalog.latest(self._page_size)
        leading = desk.catalog.almanac.leading(day_of(stories[0]), 1) if stories else []
        lead = next(iter(leading), None)
        years = desk.catalog.tallies(4)
        newest = years[-1] if years else None
        place = self._pattern.place()
        months = desk.catalog.tallies(7, newest.period) if newest else []
        counts = {tally.period: tally.stories for tally in months}
        bounds = desk.catalog.bounds()
        return FrontPage(
            head=desk.head(
                desk.site.name,
                place.address,
                place.output,
                description=desk.site.tagline,
                feeds=desk.feeds(),
                alternates=desk.other_fronts(desk.site.lang),
            ),
            lead=desk.card(lead) if lead else None,
            latest=desk.cards([story for story in stories if story != lead]),
            sections=self._sections(desk, lead),
            strip=month_links(desk, newest.period, counts) if newest else (),
            strip_year=desk.period_link(newest.period, newest.stories) if newest else None,
            years=desk.year_links(years),
            guides=desk.guides(),
            count=desk.catalog.total(),
            first=dates.midnight(bounds[0], desk.site.lang) if bounds else None,
            last=dates.midnight(bounds[1], desk.site.lang) if bounds else None,
            today=today(desk),
        )

    def _sections(self, desk: Desk, lead: Brief | None) -> tuple[Group, ...]:
        """Sections with their newest stories but the lead, as the vocabulary has them in order.

        Those that it does not name come after, the fullest first. One alone has what is latest.
        """
        if not desk.addresses.terms["section"]:
            return ()
        most = _SECTION_STORIES + 1
        ranks = desk.section_ranks
        rows = sorted(
            desk.catalog.terms.every("section"),
            key=lambda row: (ranks.get(row.slug, math.inf), -row.stories, row.slug),
        )
        if len(rows) < _FEWEST:
            return ()
        groups = (
            Group(
                desk.counted(row),
                desk.cards(_without(lead, desk.catalog.terms.latest("section", row.slug, most))),
            )
            for row in rows[:_SECTIONS]
        )
        return tuple(group for group in groups if group.cards)


def _without(lead: Brief | None, stories: list[Brief]) -> list[Brief]:
    """A section's stories without the one above them."""
    others = [story for story in stories if not lead or story.address != lead.address]
    return others[:_SECTION_STORIES]


class NotFound(Single):
    """The page that hosts serve for a missing address."""

    name = "404"
    template = "404.html"
    lasting = False
    output = "404.html"
    stage = Stage.PAGES

    def __init__(self, addresses: Addresses) -> None:
        self._pattern = addresses.front

    def view(self, desk: Desk, key: str) -> NotFoundPage:
        """The years, not how many stories they have: it need not change with each.

        Hosts serve it at any depth, so its links must not be relative.
        """
        title = desk.words().gettext("Page not found")
        head = desk.head(title, self.output, self.output, index=False, about=None)
        head = structs.replace(head, root=base_of(desk.site.url))
        years = (desk.period_link(year.period) for year in reversed(desk.catalog.tallies(4)))
        return NotFoundPage(head=head, years=tuple(years))
