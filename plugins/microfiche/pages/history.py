"""The complete history of the archive, by feed alone (RFC 5005, section 4).

One Atom document a month, in parts of PART stories where a month has more. The archive's Atom feed
leads to the newest document, and each document to the one before. A document changes only if one
of its stories does: parts are filled from a month's first story on, and all but the last document
of the chain are full or of a month that is over.

A reader fetches a document of the history once, by its address. So the archive's feed leads to the
newest, which still grows, by an address that tells how many stories it holds: ``?stories=7``.
Servers of files pay no heed to that, and readers that missed a part fetch it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from microfiche.addresses import Addresses, Place, file
from microfiche.catalog import chronicle
from microfiche.catalog.queries import Catalog
from microfiche.feeds import document
from microfiche.feeds.records import Chain, FeedView
from microfiche.pages.desk import Desk
from microfiche.pages.entries import made
from microfiche.pages.kind import PageKind
from microfiche.records import Claim, Stage
from microfiche.settings import SiteSettings

PART = 500
"""Stories in a document at most."""


def beginning(desk: Desk) -> Chain | None:
    """The way from the archive's feed into its history; None where there is none yet."""
    month = chronicle.newest_month(desk.catalog)
    if not month:
        return None
    count = chronicle.stories_in(desk.catalog, month)
    last = _parts(count)
    address = place(month, last).address
    return Chain(previous=f"{desk.site.url}/{address}?stories={count - PART * (last - 1)}")


def place(month: str, part: int) -> Place:
    """Where a document lives."""
    return file(f"feed/{month}.atom" if part == 1 else f"feed/{month}-part-{part}.atom")


class History(PageKind):
    """The documents of the history; a key is ``2024-11/1``, the month and the part."""

    name = "history"
    document = staticmethod(document)
    stage = Stage.FEEDS

    def __init__(self, addresses: Addresses, site: SiteSettings) -> None:
        self._addresses = addresses
        self._on = bool(site.feeds["history"])

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every part of every month."""
        if self._on:
            for month, count in catalog.tallies(7):
                for part in range(1, _parts(count) + 1):
                    yield _claim(month, part, exists=True)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """All parts of months in which a story changed.

        Where a document comes or goes, also those before and after, which lead to it.
        """
        if not self._on:
            return
        found: dict[tuple[str, int], bool] = {}
        for month in chronicle.months_touched(catalog):
            last = _parts(chronicle.stories_in(catalog, month))
            former = chronicle.parts_published(catalog, self.name, month)
            for part in range(1, max(last, former) + 1):
                found[month, part] = part <= last
            if last != former:
                found |= dict.fromkeys(_around(catalog, month), True)
        for (month, part), exists in sorted(found.items()):
            yield _claim(month, part, exists=exists)

    def above(self, key: str) -> tuple[str, str] | None:
        """The month's first part, and above that the archive's feed."""
        month, _, part = key.partition("/")
        return ("feed", "atom") if part in ("", "1") else (self.name, f"{month}/1")

    def view(self, desk: Desk, key: str) -> FeedView:
        """A part of a month, newest first."""
        month, number = key.split("/")
        part, site = int(number), desk.site
        name = desk.period_name(month)
        current = f"{site.url}/{self._addresses.feed('archive', '', 'atom').address}"
        return FeedView(
            form="atom",
            identity=current,
            title=f"{site.name}: complete history, {name}" + (f" ({part})" if part > 1 else ""),
            description="Not a list of news: feed readers that ask for all that was ever published "
            "find the stories of this month here.",
            author=site.name,
            lang=site.lang,
            href=f"{site.url}/{self._page(desk, month)}",
            self_href=f"{site.url}/{place(month, part).address}",
            entries=tuple(
                map(partial(made, desk), chronicle.month_part(desk.catalog, month, part, PART))
            ),
            chain=self._chain(desk, month, part, current),
        )

    def _page(self, desk: Desk, month: str) -> str:
        """The page that shows the same to people: the month's, else the front page."""
        if self._addresses.month:
            return desk.period_link(month).address
        return self._addresses.front.place().address if self._addresses.front else ""

    def _chain(self, desk: Desk, month: str, part: int, current: str) -> Chain:
        older, newer = desk.catalog.periods_near(month)
        last = _parts(chronicle.stories_in(desk.catalog, month))
        before = (month, part - 1) if part > 1 else _last_part(desk.catalog, older)
        after = (month, part + 1) if part < last else (newer, 1)
        return Chain(current, *(_href(desk, *at) if at[0] else "" for at in (before, after)))


def _around(catalog: Catalog, month: str) -> Iterator[tuple[str, int]]:
    """The last document before a month, and the first after it."""
    older, newer = catalog.periods_near(month)
    if older:
        yield _last_part(catalog, older)
    if newer:
        yield newer, 1


def _last_part(catalog: Catalog, month: str) -> tuple[str, int]:
    return month, _parts(chronicle.stories_in(catalog, month)) if month else 0


def _parts(stories: int) -> int:
    return -(-stories // PART)


def _claim(month: str, part: int, *, exists: bool) -> Claim:
    return Claim(f"{month}/{part}", place(month, part).output if exists else None)


def _href(desk: Desk, month: str, part: int) -> str:
    return f"{desk.site.url}/{place(month, part).address}"
