"""RSS 2.0 for the archive, each tag and each section.

Follows the RSS Advisory Board's RSS 2.0 specification and its best-practices profile, with the
content, dc and atom modules. Nothing in a feed tells when it was built, so that a feed changes
only when a reader would see a difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape, unescape
from urllib.parse import urljoin

from lxml import etree

from microfiche.addresses import Addresses
from microfiche.catalog.queries import Catalog, StoryRow, TermRow
from microfiche.pages.desk import FEED_KINDS, Desk
from microfiche.pages.kind import PageKind, Single
from microfiche.records import Claim, Moment
from microfiche.views import View

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LINK = re.compile(r'\b(href|src|poster|cite)="([^"]*)"')


class FeedItem(View, frozen=True):
    """A story in a feed; ``published`` is an RFC 5322 date, ``href`` absolute."""

    identity: str
    href: str
    title: str
    published: str
    summary: str
    content: str
    bylines: tuple[str, ...]
    categories: tuple[str, ...]


class FeedView(View, frozen=True):
    """A feed: ``href`` is what it is of, ``self_href`` where it is, both absolute."""

    title: str
    href: str
    self_href: str
    description: str
    lang: str
    items: tuple[FeedItem, ...]


class ArchiveFeed(Single):
    """The feed of the whole archive."""

    name = "feed"
    template = ""

    def __init__(self, addresses: Addresses, size: int) -> None:
        self.output = addresses.feed
        self._front = addresses.front
        self._size = size

    def view(self, desk: Desk, key: str) -> FeedView:
        """The newest stories of the archive."""
        return feed_of(
            desk,
            desk.site.name,
            self._front.place().address if self._front else "",
            self.output,
            desk.catalog.latest_bodies(self._size),
        )

    def content(self, view: View) -> bytes | None:
        """The feed's document."""
        assert isinstance(view, FeedView)
        return rss(view)


class TermFeeds(PageKind):
    """One feed a tag or a section."""

    template = ""

    def __init__(self, kind: str, addresses: Addresses, size: int) -> None:
        assert kind in FEED_KINDS
        self.kind = kind
        self.name = f"{kind} feed"
        self._addresses = addresses
        self._size = size
        self._on = bool(addresses.terms[kind])

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every term."""
        if self._on:
            for row in catalog.terms(self.kind):
                yield self._claim(row.slug, exists=True)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """The terms of changed stories."""
        if self._on:
            for slug in catalog.terms_touched(self.kind):
                yield self._claim(slug, exists=catalog.term(self.kind, slug) is not None)

    def above(self, key: str) -> tuple[str, str] | None:
        """The term's page."""
        return f"{self.kind} list", key

    def respelt(self, catalog: Catalog, key: str) -> str:
        """The slug of the term that it is a spelling of."""
        return catalog.vocabulary.slug(self.kind, key)

    def spellings(self, catalog: Catalog) -> Iterator[tuple[str, str]]:
        """Where a term's feed would be by each of its aliases."""
        if self._on:
            for alias in catalog.vocabulary.aliases(self.kind):
                yield self._addresses.term_feed(self.kind, alias.slug).output, alias.term

    def _claim(self, slug: str, *, exists: bool) -> Claim:
        return Claim(slug, self._addresses.term_feed(self.kind, slug).output if exists else None)

    def view(self, desk: Desk, key: str) -> FeedView:
        """The newest stories of a term."""
        row = desk.term(self.kind, key)
        assert isinstance(row, TermRow)
        return feed_of(
            desk,
            f"{desk.site.name}: {row.label}",
            self._addresses.term(self.kind, key).address,
            self._addresses.term_feed(self.kind, key).address,
            desk.catalog.term_latest_bodies(self.kind, key, self._size),
        )

    def content(self, view: View) -> bytes | None:
        """The feed's document."""
        assert isinstance(view, FeedView)
        return rss(view)


def feed_of(  # noqa: PLR0913 - a feed has many parts
    desk: Desk, title: str, address: str, own: str, rows: list[StoryRow], *, lang: str = ""
) -> FeedView:
    """A feed of these stories; ``address`` is the page that it follows, ``own`` its own."""
    site = desk.site
    return FeedView(
        title=title,
        href=f"{site.url}/{address}",
        self_href=f"{site.url}/{own}",
        description=site.tagline or title,
        lang=lang or site.lang,
        items=tuple(_item(desk, row) for row in rows),
    )


def _item(desk: Desk, row: StoryRow) -> FeedItem:
    story = row.story
    assert story.moment
    href = f"{desk.site.url}/{story.address}"
    sections = desk.term_links(story, "section")
    body = desk.body(row, f"{desk.site.url}/", rich=False)
    return FeedItem(
        identity=desk.catalog.redirects.identity(story),
        href=href,
        title=story.title,
        published=rfc5322(story.moment),
        summary=story.dek or story.summary,
        content=_picture(desk, row) + absolute(body, href),
        bylines=tuple(link.text for link in desk.term_links(story, "byline")),
        categories=tuple(link.text for link in (*sections, *desk.term_links(story, "tag"))),
    )


def _picture(desk: Desk, row: StoryRow) -> str:
    """The story's picture as HTML, empty where it has none."""
    picture = desk.picture(row.story.picture)
    if not picture:
        return ""
    text = " ".join(filter(None, (picture.caption, picture.credit)))
    caption = f"<figcaption>{escape(text)}</figcaption>" if text else ""
    source = escape(f"{desk.site.url}/{picture.src}")
    size = f' width="{picture.width}" height="{picture.height}"' if picture.width else ""
    image = f'<img src="{source}" alt="{escape(picture.alt)}"{size}>'
    return f"<figure>{image}{caption}</figure>\n"


def absolute(html: str, base: str) -> str:
    """The same HTML with every address made absolute, for readers far from the page."""

    def joined(match: re.Match[str]) -> str:
        try:
            address = urljoin(base, unescape(match[2]))
        except ValueError:  # an address that is none, such as http://[
            return match[0]
        return f'{match[1]}="{escape(address)}"'

    return _LINK.sub(joined, html)


def rfc5322(moment: Moment) -> str:
    """A date as RSS has it (RFC 822 with a four-digit year, as RFC 5322)."""
    zone = timezone(timedelta(minutes=moment.offset))
    return format_datetime((_EPOCH + timedelta(seconds=moment.stamp)).astimezone(zone))


def rss(view: FeedView) -> bytes:
    """An RSS 2.0 document."""
    root = etree.Element("rss", {"version": "2.0"}, {"atom": ATOM, "content": CONTENT, "dc": DC})
    channel = etree.SubElement(root, "channel")
    _text(channel, "title", plain(view.title))
    _text(channel, "link", view.href)
    _text(channel, "description", plain(view.description))
    _text(channel, "language", view.lang)
    itself = {"rel": "self", "type": "application/rss+xml", "href": view.self_href}
    etree.SubElement(channel, f"{{{ATOM}}}link", itself)
    for item in view.items:
        _add_item(channel, item)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _add_item(channel: etree._Element, item: FeedItem) -> None:
    element = etree.SubElement(channel, "item")
    _text(element, "title", plain(item.title))
    _text(element, "link", item.href)
    guid = _text(element, "guid", item.identity)
    guid.set("isPermaLink", "false")
    _text(element, "pubDate", item.published)
    for byline in item.bylines:
        _text(element, f"{{{DC}}}creator", byline)
    for category in item.categories:
        _text(element, "category", category)
    _text(element, "description", escape(item.summary, quote=False))
    _text(element, f"{{{CONTENT}}}encoded", item.content)


def plain(text: str) -> str:
    """Text for an element that some readers take for text and others for HTML.

    A lone ``&`` reads the same to both; markup must not come to life in the latter.
    """
    return escape(text, quote=False) if "<" in text else text


def _text(parent: etree._Element, name: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, name)
    element.text = text
    return element
