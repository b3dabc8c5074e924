"""The front page and the feed of each language that has stories enough, beside the archive's own.

They show a language's stories whether lists show these or, as translations, their originals.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator

from microfiche import dates
from microfiche.addresses import Addresses, encoded
from microfiche.catalog.languages import FEED, FRONT
from microfiche.catalog.queries import Catalog
from microfiche.feeds import document
from microfiche.feeds.records import FeedView
from microfiche.pages.calendar import day_of
from microfiche.pages.desk import Desk
from microfiche.pages.entries import Entries
from microfiche.pages.feeds import feed_of
from microfiche.pages.front import FrontPage
from microfiche.pages.kind import PageKind
from microfiche.records import Claim, Stage
from microfiche.settings import SiteSettings


class _Languages(PageKind):
    """What is made once a language; a key is the language."""

    def __init__(self, addresses: Addresses, site: SiteSettings) -> None:
        self._addresses = addresses
        self._site = site

    @abstractmethod
    def output(self, lang: str) -> str:
        """Where a language's page is saved; empty where there are none."""

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every language that has stories enough."""
        for lang in self._with_front(catalog):
            if output := self.output(lang):
                yield Claim(lang, output)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """Every language, if any story changed, and those that have too few now."""
        if catalog.changed():
            yield from self.keys(catalog)
            for lang in sorted(catalog.languages.written() - self._with_front(catalog).keys()):
                yield Claim(lang, None)

    def _with_front(self, catalog: Catalog) -> dict[str, int]:
        return catalog.languages.with_front(self._site.language_stories, self._site.lang)


class LanguageFronts(_Languages):
    """A language's front page."""

    name = FRONT
    template = "front.html"

    def output(self, lang: str) -> str:
        """A file of its own."""
        pattern = self._addresses.language_front
        return pattern.place(lang=lang).output if pattern else ""

    def view(self, desk: Desk, key: str) -> FrontPage:
        """The newest stories in the language; the lead is the newest day's."""
        stories = desk.catalog.languages.latest(key, self._site.page_size)
        newest = [story for story in stories if day_of(story) == day_of(stories[0])]
        lead = max(newest, key=lambda story: story.weight)
        place = self._addresses.language_front.place(lang=key)
        first, last = desk.catalog.languages.bounds(key)
        return FrontPage(
            head=desk.head(
                f"{desk.site.name} – {dates.language_name(key)}",
                place.address,
                place.output,
                lang=key,
                feeds=(*desk.language_feed(key), *desk.feed()),
                alternates=desk.other_fronts(key),
            ),
            lead=desk.card(lead),
            latest=desk.cards([story for story in stories if story is not lead]),
            sections=(),
            strip=(),
            strip_year=None,
            years=(),
            guides=(),
            count=desk.fronts[key],
            first=dates.midnight(first, key),
            last=dates.midnight(last, key),
            today=None,
        )


class LanguageFeeds(_Languages):
    """A language's feed."""

    name = FEED
    document = staticmethod(document)
    stage = Stage.FEEDS

    def __init__(self, addresses: Addresses, site: SiteSettings, entries: Entries) -> None:
        super().__init__(addresses, site)
        self._entries = entries

    def output(self, lang: str) -> str:
        """A file of its own."""
        return self._addresses.language_feed.format(lang=lang)

    def view(self, desk: Desk, key: str) -> FeedView:
        """The newest stories in the language."""
        found = desk.catalog.languages.latest(key, self._site.feed_size)
        rows = (desk.catalog.story(story.path) for story in found)
        return feed_of(
            desk,
            self._entries.of(desk, [row for row in rows if row]),
            form="rss",
            title=f"{desk.site.name} – {dates.language_name(key)}",
            address=desk.home(key),
            own=encoded(self.output(key)),
            lang=key,
        )
