"""RSS 2.0, by the RSS Advisory Board's specification and its best-practices profile.

With the modules content (full text), dc (bylines) and atom (the feed's own address, hubs, updates).
"""

from __future__ import annotations

from collections.abc import Iterator

from microfiche.dates import rfc3339, rfc5322
from microfiche.feeds.records import Entry, FeedView
from microfiche.feeds.xml import DECLARATION, attribute, checked, harmless, text

_OPENING = (
    f'{DECLARATION}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/">\n<channel>\n'
)


def document(view: FeedView) -> bytes:
    """An RSS document."""
    parts = [
        _OPENING,
        f"<title>{text(harmless(view.title))}</title>\n<link>{text(view.href)}</link>\n",
        f"<description>{text(harmless(view.description))}</description>\n",
        f"<language>{text(view.lang)}</language>\n",
        f'<atom:link rel="self" type="application/rss+xml" href="{attribute(view.self_href)}"/>\n',
        *(f'<atom:link rel="hub" href="{attribute(hub)}"/>\n' for hub in view.hubs),
    ]
    for entry in view.entries:
        parts += _item(entry, view.lang)
    parts.append("</channel>\n</rss>\n")
    return checked(view.self_href, "".join(parts))


def _item(entry: Entry, lang: str) -> Iterator[str]:
    yield (
        f"<item>\n<title>{text(harmless(entry.title))}</title>\n<link>{text(entry.href)}</link>\n"
        f'<guid isPermaLink="false">{text(entry.identity)}</guid>\n'
        f"<pubDate>{rfc5322(entry.published)}</pubDate>\n"
    )
    if entry.updated != entry.published:
        yield f"<atom:updated>{rfc3339(entry.updated)}</atom:updated>\n"
    for author in entry.authors:
        yield f"<dc:creator>{text(author.name)}</dc:creator>\n"
    if entry.lang != lang:
        yield f"<dc:language>{text(entry.lang)}</dc:language>\n"
    for category in entry.categories:
        yield f"<category>{text(category)}</category>\n"
    if entry.picture:
        href, length, kind = entry.picture.href, entry.picture.length, entry.picture.type
        yield f'<enclosure url="{attribute(href)}" length="{length}" type="{kind}"/>\n'
    summary = text(text(entry.summary))  # readers take it for HTML
    yield f"<description>{summary}</description>\n"
    yield f"<content:encoded>{text(entry.content)}</content:encoded>\n</item>\n"
