"""OPML 2.0: a list of feeds that feed readers import."""

from __future__ import annotations

from collections.abc import Iterator

from microfiche.feeds.xml import DECLARATION, attribute, checked, harmless, text
from microfiche.views import View

OPML = "feeds.opml"
"""The list's file."""


class Outline(View, frozen=True):
    """A feed: its name, its whole address, and that of the page it follows."""

    name: str
    href: str
    page_href: str


class OutlineView(View, frozen=True):
    """The archive's own feed, if it has one, and the others under headings."""

    title: str
    feeds: tuple[Outline, ...]
    groups: tuple[tuple[str, tuple[Outline, ...]], ...]


def document(view: OutlineView) -> bytes:
    """An OPML document; it has been parsed again.

    Raises:
        NotWellFormed: when what a story says broke it, which is a fault of this program.
    """
    return checked(OPML, "".join(_lines(view)))


def _lines(view: OutlineView) -> Iterator[str]:
    title = text(harmless(view.title))
    yield f'{DECLARATION}<opml version="2.0">\n<head>\n<title>{title}</title>\n</head>\n<body>\n'
    yield from map(_outline, view.feeds)
    for heading, feeds in view.groups:
        yield f'<outline text="{attribute(harmless(heading))}">\n'
        yield from map(_outline, feeds)
        yield "</outline>\n"
    yield "</body>\n</opml>\n"


def _outline(feed: Outline) -> str:
    name, href = attribute(harmless(feed.name)), attribute(feed.href)
    page = attribute(feed.page_href)
    return f'<outline type="rss" text="{name}" title="{name}" xmlUrl="{href}" htmlUrl="{page}"/>\n'
