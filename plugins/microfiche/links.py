"""Links between sources: ``{filename}``, ``{static}``, ``{attach}``, ``{tag}`` and their kin.

A body keeps them as they were written; they become addresses when the page is made, because an
address may change while the story that leads to it does not.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from urllib.parse import unquote

from microfiche.errors import Problem, Severity
from microfiche.records import Reference

FILES = ("filename", "static", "attach")
TERMS = {"tag": "tag", "category": "section", "author": "byline", "story": "story"}
_ATTRIBUTE = r"\b(?:href|src|poster|data|cite|formaction|action|content)\s*=\s*"
_DOUBLED = re.compile(r"^/+")
_LINK = re.compile(r"""<a\s(?:[^<>]*?\s)?href=(["'])(.*?)\1""")
_ID = re.compile(r"""\s(?:id|name)=(["'])(.*?)\1""")
_SOURCE = re.compile(r"(?![A-Za-z][A-Za-z0-9+.-]*:|[/{|#?])[^?#]*\.(?:md|markdown|rst)(?:[?#].*)?")
_TELLING = ('="#', "='#", ".md", ".markdown", ".rst")


class Finder:
    """Finds the links of a body and turns them into addresses, by Pelican's link pattern."""

    def __init__(self, link_pattern: str) -> None:
        self._link = re.compile(
            rf"""(?P<markup>{_ATTRIBUTE})(?P<quote>["'])(?:{link_pattern})(?P<value>.*?)(?P=quote)"""
        )

        self._whole = re.compile(rf"(?:{link_pattern})(?P<value>.*)", re.DOTALL)

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
            target = picture if elsewhere(picture) else _resolved("", picture)
            references.append(Reference("image", target, line))
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
        problems += _misled(path, text, html)
        return tuple(dict.fromkeys(references)), tuple(dict.fromkeys(problems))

    def parted(self, written: str) -> tuple[str, str] | None:
        """The kind and the value of a link as it is written; None for an address."""
        match = self._whole.fullmatch(written)
        return (match["what"], match["value"]) if match else None

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


def elsewhere(target: str) -> bool:
    """Whether a picture is named by the address of another host, not by a path of the content."""
    return "://" in target


def _misled(path: str, text: str, html: str) -> Iterator[Problem]:
    """Links to a source as if it were a page, and to a part of the story that there is not."""
    if not any(sign in html for sign in _TELLING):
        return
    ids = {"", "top", *(unescape(match[2]) for match in _ID.finditer(html))}
    for match in _LINK.finditer(html):
        value = unescape(match[2])
        line = _line(text, f"]({value}", value)
        if _SOURCE.fullmatch(value):
            what = f"the link {value!r} leads to a source, and there is no page of that name"
            yield Problem(path, line, what, f"write {{filename}}{value}")
        elif value.startswith("#") and ids.isdisjoint((value[1:], unquote(value[1:]))):
            what = f"the link {value!r} leads to no part of the story"
            remedy = "give a heading that id: `## A heading {#its-id}`"
            yield Problem(path, line, what, remedy, Severity.WARNING)


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
