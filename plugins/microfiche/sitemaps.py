"""Sitemaps (sitemaps.org, protocol 0.9) and robots.txt (RFC 9309): what they say and how.

Sitemaps carry pictures and other languages by Google's extensions, and news by another. Like feeds,
they tell nothing of when they were built, and each has been parsed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from microfiche.feeds.xml import DECLARATION, checked, text
from microfiche.views import View

SIZE = 50_000_000
"""Bytes of a sitemap at most; the protocol says 52,428,800."""
PICTURES = 1_000
"""Pictures of a page at most, as the extension says."""
_PROTOCOL = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_OPENING = (
    f"{DECLARATION}<urlset {_PROTOCOL}"
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
    ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)
_OPENING_OF_NEWS = (
    f"{DECLARATION}<urlset {_PROTOCOL}"
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n'
)
_OF_TWO = ("zh-cn", "zh-tw")
"""The languages that news are to be labelled with whole; of others, the first part."""


class Listed(View, frozen=True):
    """A page: its address, the day of its last change (``YYYY-MM-DD``) or empty.

    ``pictures`` are addresses of pictures on it, ``alternates`` pairs of a language and the address
    of the page in it, its own among them.
    """

    address: str
    day: str = ""
    pictures: tuple[str, ...] = ()
    alternates: tuple[tuple[str, str], ...] = ()


class SitemapView(View, frozen=True):
    """Pages, below the address ``url`` of the archive; ``name`` is the sitemap's own file."""

    name: str
    url: str
    pages: tuple[Listed, ...]


class SitemapIndexView(View, frozen=True):
    """The addresses of all sitemaps, below ``url``."""

    name: str
    url: str
    sitemaps: tuple[str, ...]


class News(View, frozen=True):
    """A new story; ``published`` is a W3C date, with the time where it is known."""

    address: str
    title: str
    lang: str
    published: str


class NewsSitemapView(View, frozen=True):
    """The newest stories, below ``url``, of the publication that is called ``publication``."""

    name: str
    url: str
    publication: str
    stories: tuple[News, ...]


class RobotsView(View, frozen=True):
    """What crawlers need not fetch, and the whole address of the sitemap, empty without one."""

    disallowed: str
    sitemap: str


def sitemap(view: SitemapView) -> bytes:
    """A sitemap; one that would be too large does without pictures and other languages.

    Raises:
        NotWellFormed: when an address broke it, which is a fault of this program.
    """
    base = f"{text(view.url)}/"
    whole = _urlset(map(_page, [base] * len(view.pages), view.pages))
    data = checked(view.name, whole)
    if len(data) <= SIZE:
        return data
    bare = (_page(base, Listed(page.address, page.day)) for page in view.pages)
    return checked(view.name, _urlset(bare))


def index(view: SitemapIndexView) -> bytes:
    """The list of sitemaps.

    Raises:
        NotWellFormed: when an address broke it.
    """
    base = f"{text(view.url)}/"
    parts = [f"<sitemap><loc>{base}{text(address)}</loc></sitemap>\n" for address in view.sitemaps]
    opening = f"{DECLARATION}<sitemapindex {_PROTOCOL}>\n"
    return checked(view.name, f"{opening}{''.join(parts)}</sitemapindex>\n")


def news(view: NewsSitemapView) -> bytes:
    """A sitemap of news.

    Raises:
        NotWellFormed: when what a story says broke it.
    """
    body = "".join(_news(view))
    return checked(view.name, f"{_OPENING_OF_NEWS}{body}</urlset>\n")


def robots(view: RobotsView) -> bytes:
    """What robots.txt says: one group for all crawlers, and where the sitemap is."""
    lines = ["User-agent: *", f"Disallow: {view.disallowed}".rstrip()]
    lines += ["", f"Sitemap: {view.sitemap}"] if view.sitemap else []
    return ("\n".join(lines) + "\n").encode()


def _urlset(pages: Iterable[str]) -> str:
    return f"{_OPENING}{''.join(pages)}</urlset>\n"


def _page(base: str, page: Listed) -> str:
    day = f"<lastmod>{page.day}</lastmod>" if page.day else ""
    start = f"<url><loc>{base}{text(page.address)}</loc>{day}"
    if not (page.pictures or page.alternates):
        return f"{start}</url>\n"
    links = "".join(
        f'\n<xhtml:link rel="alternate" hreflang="{lang}" href="{base}{text(address)}"/>'
        for lang, address in page.alternates
    )
    pictures = "".join(
        f"\n<image:image><image:loc>{base}{text(address)}</image:loc></image:image>"
        for address in page.pictures
    )
    return f"{start}{links}{pictures}\n</url>\n"


def _news(view: NewsSitemapView) -> Iterator[str]:
    base, name = f"{text(view.url)}/", text(view.publication)
    for story in view.stories:
        lang = story.lang if story.lang in _OF_TWO else story.lang.partition("-")[0]
        yield (
            f"<url><loc>{base}{text(story.address)}</loc>\n<news:news>"
            f"<news:publication><news:name>{name}</news:name>"
            f"<news:language>{lang}</news:language></news:publication>"
            f"<news:publication_date>{story.published}</news:publication_date>"
            f"<news:title>{text(story.title)}</news:title></news:news></url>\n"
        )
