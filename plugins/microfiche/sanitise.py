"""Stories' HTML made harmless: what stays is what Markdown, Pygments and footnotes write.

The policy is a list of what is allowed; all else goes. Links lead to http, https, mailto, tel or
within the archive. Frames stay only from hosts that the owner names, in a sandbox.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import nh3

_TAGS = nh3.ALLOWED_TAGS | {
    "audio",
    "figcaption",
    "figure",
    "iframe",
    "main",
    "picture",
    "section",
    "source",
    "track",
    "video",
} - {"main"}
_ATTRIBUTES = {
    "*": {"class", "dir", "id", "lang", "title", "role"},
    "a": {"href", "hreflang", "rev"},
    "audio": {"controls", "src", "preload"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "iframe": {"src", "width", "height", "title", "allowfullscreen"},
    "img": {"alt", "height", "src", "srcset", "sizes", "width", "loading"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "q": {"cite"},
    "blockquote": {"cite"},
    "source": {"src", "srcset", "type", "media", "sizes"},
    "td": {"colspan", "headers", "rowspan", "style"},
    "th": {"abbr", "colspan", "headers", "rowspan", "scope", "style"},
    "time": {"datetime"},
    "track": {"src", "kind", "srclang", "label", "default"},
    "video": {"controls", "height", "poster", "preload", "src", "width"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_ELEMENT = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)")
_EMPTY_FRAME = re.compile(r'<iframe(?![^>]*\ssrc=")[^>]*></iframe>')
_HARMLESS = {"html", "head", "body", "tt", "big", "font"}


class Sanitiser:
    """One nh3 cleaner, made once a worker."""

    def __init__(self, embed_hosts: tuple[str, ...] = ()) -> None:
        self._hosts = frozenset(embed_hosts)
        self._cleaner = nh3.Cleaner(
            tags=_TAGS,
            clean_content_tags={"script", "style"},
            attributes=_ATTRIBUTES,
            attribute_filter=self._filtered if embed_hosts else _without_frames,
            link_rel=None,
            url_schemes=_SCHEMES,
            filter_style_properties={"text-align"},
            set_tag_attribute_values={
                "iframe": {
                    "sandbox": "allow-scripts allow-same-origin allow-presentation",
                    "loading": "lazy",
                    "referrerpolicy": "no-referrer",
                }
            },
        )

    def clean(self, html: str) -> str:
        """The harmless part of ``html``, serialised as HTML."""
        return _EMPTY_FRAME.sub("", self._cleaner.clean(html))

    def _filtered(self, element: str, attribute: str, value: str) -> str | None:
        if element == "iframe" and attribute == "src":
            parts = urlsplit(value)
            return value if parts.scheme == "https" and parts.hostname in self._hosts else None
        return value


def _without_frames(element: str, attribute: str, value: str) -> str | None:
    return None if element == "iframe" and attribute == "src" else value


def removed(before: str, after: str) -> tuple[str, ...]:
    """Names of the elements that sanitising took away, sorted."""
    kept = {name.lower() for name in _ELEMENT.findall(after)}
    had = {name.lower() for name in _ELEMENT.findall(before)}
    return tuple(sorted(had - kept - _HARMLESS))
