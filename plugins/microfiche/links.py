"""Links between sources: ``{filename}``, ``{static}``, ``{attach}``, ``{tag}`` and their kin.

A body keeps them as they were written; they become addresses when the page is made, because an
address may change while the story that leads to it does not.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import unquote

from microfiche.errors import Problem
from microfiche.records import Reference

FILES = ("filename", "static", "attach")
TERMS = {"tag": "tag", "category": "section", "author": "byline", "story": "story"}
_ATTRIBUTE = r"\b(?:href|src|poster|data|cite|formaction|action|content)\s*=\s*"
_DOUBLED = re.compile(r"^/+")


class Finder:
    """Finds the links of a body and turns them into addresses, by Pelican's link pattern."""

    def __init__(self, link_pattern: str) -> None:
        self._link = re.compile(
            rf"""(?P<markup>{_ATTRIBUTE})(?P<quote>["'])(?:{link_pattern})(?P<value>.*?)(?P=quote)"""
        )

    def find(
        self, path: str, text: str, html: str, picture: str
    ) -> tuple[tuple[Reference, ...], tuple[Problem, ...]]:
        """The references of a source, with the line each stands on; unknown kinds are problems.

        ``picture`` is the content path of the story's picture, empty where it has none.
        """
        references: list[Reference] = []
        problems: list[Problem] = []
        if picture:
            line = _line(text, picture, picture)
            references.append(Reference("image", _resolved("", picture), line))
        for match in self._link.finditer(html) if "{" in html or "|" in html else ():
            what, value = unescape(match["what"]), unescape(match["value"])
            written = unescape(match[0][len(match["markup"]) + 1 : -1])
            line = _line(text, written, value)
            if what in FILES:
                references.append(Reference(what, target_of(path, value), line))
            elif what in TERMS:
                references.append(Reference(what, value, line))
            elif what != "index":
                problems.append(_unknown(path, line, what, written))
        return tuple(dict.fromkeys(references)), tuple(dict.fromkeys(problems))

    def resolve(self, html: str, address: Callable[[str, str], str | None]) -> str:
        """Put addresses in place of links; ``address(what, value)`` None leaves no link at all."""

        def replaced(match: re.Match[str]) -> str:
            value = unescape(match["value"])
            found = address(match["what"], value)
            if found is None:
                return ""
            tail = re.search(r"[?#].*$", value) if match["what"] in FILES else None
            found += tail[0] if tail else ""
            return f"{match['markup']}{match['quote']}{escape(found)}{match['quote']}"

        return self._link.sub(replaced, html)


def target_of(path: str, value: str) -> str:
    """The content path that a link in the source ``path`` leads to."""
    value = re.split(r"[?#]", value, maxsplit=1)[0]
    return _resolved(posixpath.dirname(path), unquote(value))


def _resolved(folder: str, value: str) -> str:
    base = "" if value.startswith("/") else folder
    return posixpath.normpath(posixpath.join(base, _DOUBLED.sub("", value)))


def _unknown(path: str, line: int, what: str, written: str) -> Problem:
    if not what.isalpha():
        remedy = (
            "a tag of another program has no meaning here: write the address, or {filename}path.md"
        )
        return Problem(path, line, f"`{written}` is not a link", remedy)
    known = ", ".join(f"{{{name}}}" for name in (*FILES, *TERMS, "index"))
    return Problem(path, line, f"`{written}` is not a link: there is no {{{what}}}", f"use {known}")


def _line(text: str, written: str, value: str) -> int:
    """The line that a link stands on, 1 where it is not written as it is read."""
    at = text.find(written)
    at = at if at >= 0 else text.find(value)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
