"""JSON Feed 1.1."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from microfiche.dates import rfc3339
from microfiche.feeds.records import Entry, FeedView

VERSION = "https://jsonfeed.org/version/1.1"


def document(view: FeedView) -> bytes:
    """A JSON Feed, one line an entry."""
    head = {
        "version": VERSION,
        "title": view.title,
        "home_page_url": view.href,
        "feed_url": view.self_href,
        "description": view.description,
        "language": view.lang,
        "hubs": [{"type": "WebSub", "url": hub} for hub in view.hubs],
    }
    opening = _encoded({name: value for name, value in head.items() if value})
    items = ",\n".join(_encoded(_item(entry)) for entry in view.entries)
    return f'{opening[:-1]},"items":[\n{items}\n]}}\n'.encode()


def _item(entry: Entry) -> dict[str, object]:
    item: dict[str, object] = {
        "id": entry.identity,
        "url": entry.href,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.content,
        "date_published": rfc3339(entry.published),
        "date_modified": rfc3339(entry.updated) if entry.updated != entry.published else "",
        "authors": [_kept({"name": one.name, "url": one.href}) for one in entry.authors],
        "tags": entry.categories,
        "language": entry.lang,
        "image": entry.picture.href if entry.picture else "",
    }
    if entry.picture:
        picture = entry.picture
        size = {"size_in_bytes": picture.length}
        item["attachments"] = [{"url": picture.href, "mime_type": picture.type, **size}]
    return {**_kept(item), "content_html": entry.content}


def _kept(values: Mapping[str, object]) -> dict[str, object]:
    """What says something."""
    return {name: value for name, value in values.items() if value}


def _encoded(value: dict[str, object]) -> str:
    return msgspec.json.encode(value).decode()
