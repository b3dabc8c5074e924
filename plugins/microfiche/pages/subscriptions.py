"""All feeds: a page that explains them to people, and a list of them for feed readers (OPML)."""

from __future__ import annotations

from collections.abc import Iterator

from microfiche import dates, feeds
from microfiche.addresses import FEED_KINDS, TERM_KINDS, Addresses
from microfiche.catalog.queries import Catalog
from microfiche.catalog.terms import TermRow
from microfiche.feeds.opml import OPML, Outline, OutlineView, document
from microfiche.pages.desk import INDEX_NAMES, Desk
from microfiche.pages.kind import PageKind
from microfiche.records import Claim, Stage
from microfiche.settings import SiteSettings
from microfiche.views import Feed, Head, Link, View

_ORDER = ("section", "story", "byline", "tag")
assert sorted(_ORDER) == sorted(TERM_KINDS)


class Followed(View, frozen=True):
    """What a feed follows, and the feed in each of its formats, named by the format."""

    link: Link
    feeds: tuple[Feed, ...]


class FollowedGroup(View, frozen=True):
    """The feeds of one kind of term, or of languages."""

    name: str
    items: tuple[Followed, ...]


class FeedsPage(View, frozen=True):
    """What feeds are, and all there are; ``history`` says whether they reach back to the start."""

    head: Head
    archive: Followed | None
    groups: tuple[FollowedGroup, ...]
    list: str
    history: bool


class _AllFeeds(PageKind):
    """What the page and the list share: what has a feed, by kind."""

    output: str

    def __init__(self, addresses: Addresses, site: SiteSettings) -> None:
        self._addresses = addresses
        self._terms = [kind for kind in _ORDER if site.feeds[kind] and addresses.terms[kind]]
        self._on = any(site.feeds[kind] for kind in FEED_KINDS)

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """The one file, unless there are no feeds."""
        if self._on and self.output:
            yield Claim("", self.output)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """The one file, if a story or a term changed: a language may have come or gone, too."""
        if catalog.changed() or any(map(catalog.terms.touched, self._terms)):
            yield from self.keys(catalog)

    def groups(self, desk: Desk) -> tuple[FollowedGroup, ...]:
        """Terms by kind, and the languages that have a front page, each with its feeds."""
        words = desk.words()
        found = [
            FollowedGroup(
                words.gettext(INDEX_NAMES[kind]),
                tuple(self._followed(desk, row) for row in desk.catalog.terms.every(kind)),
            )
            for kind in self._terms
        ]
        found.append(FollowedGroup(words.gettext("Languages"), tuple(_languages(desk))))
        return tuple(group for group in found if group.items)

    def _followed(self, desk: Desk, row: TermRow) -> Followed:
        address = self._addresses.term(row.kind, row.slug).address
        named = _named(desk.term_feeds(row), desk.site.feeds[row.kind])
        return Followed(Link(address, row.label), named)


class FeedList(_AllFeeds):
    """The list for feed readers: each feed once, in the first of its formats."""

    name = "feed list"
    document = staticmethod(document)
    output = OPML
    stage = Stage.FEEDS

    def view(self, desk: Desk, key: str) -> OutlineView:
        """The archive's feed, and those of terms and languages by kind."""
        url, site = desk.site.url, desk.site
        front = self._addresses.front.place().address if self._addresses.front else ""
        groups = tuple(
            (
                group.name,
                tuple(
                    Outline(
                        item.link.text,
                        f"{url}/{item.feeds[0].address}",
                        f"{url}/{item.link.address}",
                    )
                    for item in group.items
                ),
            )
            for group in self.groups(desk)
        )
        whole = tuple(
            Outline(site.name, f"{url}/{feed.address}", f"{url}/{front}") for feed in desk.feed()
        )
        return OutlineView(site.name, whole, groups)


class AboutFeeds(_AllFeeds):
    """The page about feeds."""

    name = "feeds"
    template = "feeds.html"

    def __init__(self, addresses: Addresses, site: SiteSettings) -> None:
        super().__init__(addresses, site)
        self._pattern = addresses.feeds
        self.output = addresses.feeds.place().output if addresses.feeds else ""

    def view(self, desk: Desk, key: str) -> FeedsPage:
        """Every feed under the kind of thing that it follows."""
        place = self._pattern.place()
        front = self._addresses.front.place().address if self._addresses.front else ""
        whole = _named(desk.feeds(), desk.site.feeds["archive"])
        return FeedsPage(
            head=desk.head(
                desk.words().gettext("Feeds"), place.address, place.output, feeds=desk.feeds()
            ),
            archive=Followed(Link(front, desk.site.name), whole) if whole else None,
            groups=self.groups(desk),
            list=OPML,
            history=bool(desk.site.feeds["history"]),
        )


def _languages(desk: Desk) -> Iterator[Followed]:
    """The languages that have a front page, by code."""
    for lang in sorted(desk.fronts):
        named = _named(desk.language_feed(lang), ("rss",))
        yield Followed(Link(desk.home(lang), dates.language_name(lang), lang=lang), named)


def _named(found: tuple[Feed, ...], forms: tuple[str, ...]) -> tuple[Feed, ...]:
    """Feeds under the names of their formats."""
    pairs = zip(found, forms, strict=True)
    return tuple(Feed(feed.address, feeds.NAMES[form], feed.type) for feed, form in pairs)
