"""What sanitising took from a story: the findings about it, with the line it stood on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from microfiche.errors import Problem, Severity
from microfiche.sanitise import HTML_ELEMENTS, Lost

_ELEMENT = re.compile(r"<([A-Za-z][A-Za-z0-9]*)")
_STRANGE = 3


def left_open(path: str, text: str, html: str) -> list[Problem]:
    """The finding about an element that swallows what follows it: Markdown takes it for HTML.

    ``html`` begins with the element.
    """
    if "\n\n" not in html:
        return []
    name = _ELEMENT.match(html)
    tag = name[1] if name else ""
    first = html.split("\n", 1)[0]
    line = line_of(text, first if first in text else f"<{tag}")
    what = f"<{tag}> is not closed, so that what follows it is no Markdown"
    return [Problem(path, line, what, f"add `</{tag}>` where it is to end")]


def taken_out(path: str, text: str, names: Sequence[str]) -> list[Problem]:
    """One finding for each element; many that are no HTML are one, for they have one cause."""
    strange = [name for name in names if name not in HTML_ELEMENTS]
    more = strange[1:] if len(strange) > _STRANGE else []
    return [
        _one_taken_out(path, text, name, len(more) if name in strange else 0)
        for name in names
        if name not in more
    ]


def _one_taken_out(path: str, text: str, name: str, more: int) -> Problem:
    what, remedy = f"<{name}> was taken out: stories are sanitised", "use Markdown"
    if name not in HTML_ELEMENTS:
        what, remedy = f"<{name}> is no element of HTML and was taken out", f"write `&lt;{name}>`"
        what += f", as were {more} others" if more else ""
    elif name == "iframe":
        remedy = "name its host in ARCHIVE_EMBED_HOSTS to embed it"
    remedy += ', or set ARCHIVE_RAW_HTML = "trust" if every story is your own'
    return Problem(path, line_of(text, f"<{name}"), what, remedy, Severity.WARNING)


def without_address(path: str, text: str, lost: Lost) -> Problem:
    """The finding about a link or picture whose address sanitising takes away."""
    thing = "picture" if lost.element == "img" else "link"
    if lost.scheme:
        what = f"the {lost.scheme}: address of a {thing} was taken out: stories are sanitised"
        line = line_of(text, lost.address)
    else:
        what, line = "<img> has no src and was taken out", line_of(text, "<img")
    remedy = "link to an address that begins with https:, http:, mailto: or tel:"
    if thing == "picture":
        remedy = "put the file below the content folder and write {static}path"
    return Problem(path, line, what, remedy, Severity.WARNING)


def line_of(text: str, needle: str) -> int:
    """The line on which ``needle`` first stands, 1 where it does not."""
    at = text.lower().find(needle.lower())
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
