"""Atom (RFC 4287), with the links of a complete history (RFC 5005, section 4)."""

from __future__ import annotations

from collections.abc import Iterator

from microfiche.dates import rfc3339
from microfiche.feeds.records import Chain, Entry, FeedView
from microfiche.feeds.xml import DECLARATION, attribute, checked, is_like_html, text

HISTORY = "http://purl.org/syndication/history/1.0"
_OPENING = f'{DECLARATION}<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="{HISTORY}"'
NEVER = "1970-01-01T00:00:00Z"
"""When a feed without an entry changed: Atom asks for a date, and the build's would be untrue."""


def document(view: FeedView) -> bytes:
    """An Atom document."""
    parts = [
        f'{_OPENING} xml:lang="{attribute(view.lang)}">\n',
        f"<id>{text(view.identity)}</id>\n",
        _said("title", view.title),
        _said("subtitle", view.description),
        f"<updated>{rfc3339(view.updated) if view.updated else NEVER}</updated>\n",
        f"<author><name>{text(view.author)}</name></author>\n",
        _link("self", view.self_href, "application/atom+xml"),
        _link("alternate", view.href, "text/html"),
        *(_link("hub", hub) for hub in view.hubs),
        *(_chain(view.chain) if view.chain else ()),
    ]
    for entry in view.entries:
        parts += _entry(entry, view.lang)
    parts.append("</feed>\n")
    return checked(view.self_href, "".join(parts))


def _chain(chain: Chain) -> Iterator[str]:
    if chain.current:
        yield "<fh:archive/>\n"
    links = {"current": chain.current, "prev-archive": chain.previous, "next-archive": chain.next}
    for relation, href in links.items():
        if href:
            yield _link(relation, href, "application/atom+xml")


def _entry(entry: Entry, lang: str) -> Iterator[str]:
    yield f'<entry xml:lang="{attribute(entry.lang)}">\n' if entry.lang != lang else "<entry>\n"
    published = rfc3339(entry.published)
    changed = entry.updated != entry.published
    updated = rfc3339(entry.updated) if changed else published
    yield (
        f"<id>{text(entry.identity)}</id>\n{_said('title', entry.title)}"
        f"<published>{published}</published>\n"
        f"<updated>{updated}</updated>\n"
    )
    yield _link("alternate", entry.href, "text/html")
    for author in entry.authors:
        uri = f"<uri>{text(author.href)}</uri>" if author.href else ""
        yield f"<author><name>{text(author.name)}</name>{uri}</author>\n"
    for category in entry.categories:
        yield f'<category term="{attribute(category)}"/>\n'
    if entry.picture:
        picture = entry.picture
        yield _link("enclosure", picture.href, picture.type, f' length="{picture.length}"')
    if entry.summary:
        yield _said("summary", entry.summary)
    yield f'<content type="html">{text(entry.content)}</content>\n</entry>\n'


def _said(name: str, value: str) -> str:
    """An element of text; what looks like markup is put so that it comes to life in no reader."""
    if is_like_html(value):
        return f'<{name} type="html">{text(text(value))}</{name}>\n'
    return f"<{name}>{text(value)}</{name}>\n"


def _link(relation: str, href: str, kind: str = "", more: str = "") -> str:
    stated = f' type="{kind}"' if kind else ""
    return f'<link rel="{relation}"{stated}{more} href="{attribute(href)}"/>\n'
