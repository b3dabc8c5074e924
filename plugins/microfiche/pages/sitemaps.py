"""Sitemaps: an index, one for the stories of each year, one of lists, one of news; robots.txt.

All lie beside the index, for a sitemap may only name what lies below its own folder. A year is cut
into parts of PART stories from its first one on, as the history is, so that a story added at the
end changes the last part alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain, islice

from microfiche import dates
from microfiche.addresses import TERM_KINDS, Addresses, base_of
from microfiche.catalog import chronicle
from microfiche.catalog import sitemaps as catalogued
from microfiche.catalog.queries import Catalog
from microfiche.catalog.sitemaps import Cut
from microfiche.pages.desk import Desk
from microfiche.pages.kind import PageKind, Single
from microfiche.records import Brief, Claim, Stage
from microfiche.settings import SiteSettings
from microfiche.sitemaps import (
    PICTURES,
    Listed,
    News,
    NewsSitemapView,
    RobotsView,
    SitemapIndexView,
    SitemapView,
    index,
    news,
    robots,
    sitemap,
)

PART = 10_000
"""Pages of a sitemap at most; the protocol says 50,000."""
NEWS = 1_000
"""Stories of the sitemap of news at most."""
_LISTS = "pages"
_DAYS_BEFORE = 1
_HISTORY = "feed/*.atom"


class YearSitemaps(PageKind):
    """The stories of a year, in all languages; a key is ``2024/1``, the year and the part."""

    name = "year sitemap"
    document = staticmethod(sitemap)
    lasting = False
    stage = Stage.FEEDS

    def __init__(self, addresses: Addresses, site: SiteSettings) -> None:
        self._addresses = addresses
        self._on = bool(addresses.sitemap and site.url)

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every part of every year."""
        if self._on:
            for year, count in catalogued.years(catalog):
                for part in range(1, _parts(count) + 1):
                    yield self._claim(year, part, exists=True)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """The parts of years from the first day on which a story changed."""
        if self._on:
            for year, count, before in catalogued.years_touched(catalog):
                last = _parts(count)
                former = chronicle.parts_published(catalog, self.name, year)
                for part in range(before // PART + 1, max(last, former) + 1):
                    yield self._claim(year, part, exists=part <= last)

    def _claim(self, year: str, part: int, *, exists: bool) -> Claim:
        place = self._addresses.sitemap_of(_named(year, part))
        return Claim(f"{year}/{part}", place.output if exists else None)

    def view(self, desk: Desk, key: str) -> SitemapView:
        """A part of a year, oldest first."""
        year, part = key.split("/")
        cut = catalogued.year_part(year, int(part), PART)
        name = self._addresses.sitemap_of(_named(year, int(part))).output
        return SitemapView(name, desk.site.url, tuple(_listed(desk.catalog, cut)))


class ListSitemap(Single):
    """Front pages, the calendar's years, indexes, sections, running stories and ordinary pages.

    Days, months, tags and bylines are not among them: the pages of stories lead there.
    """

    name = "list sitemap"
    document = staticmethod(sitemap)
    lasting = False
    stage = Stage.FEEDS

    def __init__(self, addresses: Addresses, site: SiteSettings) -> None:
        on = addresses.sitemap and site.url
        self._addresses = addresses
        self.output = addresses.sitemap_of(_LISTS).output if on else ""

    def view(self, desk: Desk, key: str) -> SitemapView:
        """Lists, which change with what they list and bear no day, then ordinary pages."""
        lists = map(Listed, dict.fromkeys(self._lists(desk)))
        pages = _listed(desk.catalog, Cut("page", "", "~", PART))
        found = tuple(islice(chain(lists, pages), PART))
        return SitemapView(self.output, desk.site.url, found)

    def _lists(self, desk: Desk) -> Iterator[str]:
        addresses, catalog = self._addresses, desk.catalog
        if addresses.front:
            yield addresses.front.place().address
        yield from map(desk.home, desk.fronts)
        if addresses.archive:
            yield addresses.archive.place().address
        if addresses.year:
            yield from (link.address for link in desk.year_links(catalog.tallies(4)))
        for kind in (*TERM_KINDS, "source"):
            if addresses.indexes[kind] and addresses.terms[kind] and catalog.terms.has_any(kind):
                yield addresses.indexes[kind].place().address
        for kind in ("section", "story"):
            if addresses.terms[kind]:
                rows = islice(catalog.terms.every(kind), PART)
                yield from (addresses.term(kind, row.slug).address for row in rows)


class NewsSitemap(Single):
    """The stories of the build's day and the day before; there is none where there is no such."""

    name = "news sitemap"
    document = staticmethod(news)
    lasting = False
    daily = True
    stage = Stage.FEEDS

    def __init__(self, addresses: Addresses, site: SiteSettings) -> None:
        self.output = _news_output(addresses, site)

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """The one sitemap, if there is anything new."""
        if self.output:
            yield Claim("", self.output if _latest(catalog, 1) else None)

    def view(self, desk: Desk, key: str) -> NewsSitemapView:
        """The newest stories, the newest first."""
        stories = tuple(map(_as_news, _latest(desk.catalog, NEWS)))
        return NewsSitemapView(self.output, desk.site.url, desk.site.name, stories)


class SitemapIndex(Single):
    """The index of all sitemaps; it changes only when one comes or goes."""

    name = "sitemap index"
    document = staticmethod(index)
    lasting = False
    daily = True
    stage = Stage.FEEDS

    def __init__(self, addresses: Addresses, site: SiteSettings) -> None:
        self._addresses = addresses
        self._news = _news_output(addresses, site)
        self.output = addresses.sitemap.place().output if addresses.sitemap and site.url else ""

    def view(self, desk: Desk, key: str) -> SitemapIndexView:
        """The news, if there is any, the lists, and the years, oldest first."""
        place = self._addresses.sitemap_of
        years = (
            place(_named(year, part)).address
            for year, count in catalogued.years(desk.catalog)
            for part in range(1, _parts(count) + 1)
        )
        has_news = self._news and _latest(desk.catalog, 1)
        newest = [self._addresses.news_sitemap.place().address] if has_news else []
        found = (*newest, place(_LISTS).address, *years)
        return SitemapIndexView(self.output, desk.site.url, found)


class Robots(PageKind):
    """robots.txt, unless the owner has one, or the site is not at the root of its host."""

    name = "robots"
    document = staticmethod(robots)
    lasting = False
    stage = Stage.FEEDS

    def __init__(self, addresses: Addresses, site: SiteSettings) -> None:
        self._addresses = addresses
        on = addresses.robots and site.url and base_of(site.url) == "/"
        self._output = addresses.robots.place().output if on else ""

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """The one file."""
        if self._output:
            owned = catalogued.is_owned(catalog, self._output)
            yield Claim("", None if owned else self._output)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """The one file: the owner's may have come or gone."""
        if catalog.changed() or catalogued.statics_changed(catalog):
            yield from self.keys(catalog)

    def view(self, desk: Desk, key: str) -> RobotsView:
        """All may be fetched but the documents of the history, which are not for people."""
        place = self._addresses.sitemap
        return RobotsView(
            f"/{_HISTORY}" if desk.site.feeds["history"] else "",
            f"{desk.site.url}/{place.place().address}" if place else "",
        )


def _listed(catalog: Catalog, cut: Cut) -> Iterator[Listed]:
    """The pages of a cut with their pictures and other languages, by three queries."""
    others = catalogued.translations(catalog, cut)
    shown = catalogued.pictures(catalog, cut)
    for page in catalogued.seen(catalog, cut):
        langs = others.get(page.group)
        yield Listed(
            page.address,
            page.day,
            tuple(islice(shown.get(page.number, ()), PICTURES)),
            tuple(sorted({**langs, page.lang: page.address}.items())) if langs else (),
        )


def _as_news(story: Brief) -> News:
    return News(story.address, story.title, story.lang, dates.stated(story.moment))


def _latest(catalog: Catalog, count: int) -> list[Brief]:
    """The newest stories of the build's day and the day before."""
    today = date.fromisoformat(catalog.almanac.today())
    first = (today - timedelta(days=_DAYS_BEFORE)).isoformat()
    return catalogued.since(catalog, first, count)


def _news_output(addresses: Addresses, site: SiteSettings) -> str:
    on = addresses.sitemap and addresses.news_sitemap and site.url
    return addresses.news_sitemap.place().output if on else ""


def _parts(stories: int) -> int:
    return -(-stories // PART)


def _named(year: str, part: int) -> str:
    return year if part == 1 else f"{year}-part-{part}"
