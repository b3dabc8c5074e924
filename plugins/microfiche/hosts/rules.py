"""What every host is told, whatever its language, and what the languages share.

In all of them addresses are percent-encoded but for letters, digits and ``-._~/`` (RFC 3986,
unreserved), or written as patterns of such letters, so that nothing in them means anything to a
host.
"""

from __future__ import annotations

import re
import string
from urllib.parse import quote, unquote

from microfiche.catalog.redirects import Rule
from microfiche.publish.policy import ASSETS, KEPT, PAGES, TYPES
from microfiche.views import View

_LITERAL = frozenset(f"{string.ascii_letters}{string.digits}/_-")
LONG, DAY, SHORT = KEPT, ASSETS, PAGES
"""Cache policies: of what is named by its content, of other assets, of all else."""

DOCUMENT_ENDS = "svg|xml|atom|rss"
"""Ends of the names of files that a browser shows by themselves as a document, as a pattern."""

LASTING_ENDS = tuple(
    end
    for end, kind in sorted(TYPES.items())
    if kind.partition("/")[0] in ("audio", "font", "image", "video")
)
"""Ends of the names of assets."""


class HostView(View, frozen=True):
    """What a host is told: ``base`` is the path at which the site stands.

    ``kept`` are folders, below the site's root, of files that are named by what they hold;
    ``policy`` is the Content Security Policy of pages.
    """

    base: str
    rules: tuple[Rule, ...]
    policy: str = ""
    kept: tuple[str, ...] = ()


def address_of(path: str) -> str:
    """The address of a file, relative to the root and not encoded."""
    return (
        path[: -len("index.html")] if path == "index.html" or path.endswith("/index.html") else path
    )


def forms(path: str) -> tuple[str, ...]:
    """The addresses that a server answers with a file: a folder's with its slash and without."""
    address = address_of(path)
    return (address, address[:-1]) if address.endswith("/") else (address,)


def encoded(base: str, address: str) -> str:
    """A whole path, percent-encoded."""
    return quote(unquote(f"{base}{address}"), safe="/-._~")


def as_pattern(text: str) -> str:
    """A regular expression (PCRE) that matches these bytes, without quotes, spaces and ``$``."""
    return "".join(
        chr(byte) if chr(byte) in _LITERAL else f"\\x{byte:02x}" for byte in text.encode()
    )


def as_text_pattern(text: str) -> str:
    """The same for engines that match characters (RE2)."""
    return "".join(
        char if char in _LITERAL or ord(char) > 0x7F else f"\\x{ord(char):02x}" for char in text
    )


def ends_pattern() -> str:
    """A regular expression that matches the ends of assets' names."""
    return "|".join(re.escape(end[1:]) for end in LASTING_ENDS)


def folders_pattern(view: HostView) -> str:
    """A regular expression that matches the beginnings of what is named by its content."""
    return "|".join(as_pattern(f"{view.base}{folder}/") for folder in view.kept)
