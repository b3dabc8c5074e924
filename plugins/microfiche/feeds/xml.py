"""Writing XML by joining strings, and making sure that it can be read again."""

from __future__ import annotations

import re
from xml.parsers import expat

from microfiche.errors import MicroficheError, Problem

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_REFERENCE = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9A-Fa-f]+);")


class NotWellFormed(MicroficheError):
    """A document that no parser would accept; it is not published."""


def text(value: str) -> str:
    """Text for an element."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attribute(value: str) -> str:
    """Text for an attribute in double quotation marks."""
    return text(value).replace('"', "&quot;")


def harmless(value: str) -> str:
    """Text that some readers take for text and others for HTML.

    A lone ``&`` reads the same to both; markup must not come to life in the latter.
    """
    return text(value) if is_like_html(value) else value


def is_like_html(value: str) -> bool:
    """Whether text has what HTML would take for markup or a character reference."""
    return "<" in value or ("&" in value and bool(_REFERENCE.search(value)))


def checked(name: str, document: str) -> bytes:
    """The bytes of a document that a parser has read; ``name`` is how it is called where it fails.

    Document types and entities are refused: there are none in what is written here.

    Raises:
        NotWellFormed: with the line at which the parser stopped.
    """
    parser = expat.ParserCreate("UTF-8")
    parser.StartDoctypeDeclHandler = _refuse
    try:
        data = document.encode()
        parser.Parse(data, True)
    except (expat.ExpatError, UnicodeEncodeError) as error:
        line = getattr(error, "lineno", 0)
        what = f"it is no XML that could be read again: {error}"
        remedy = "this is a fault of Microfiche: please report it with the story of that line"
        raise NotWellFormed([Problem(name, line, what, remedy, inside=False)]) from None
    return data


def _refuse(*_: object) -> None:
    raise expat.ExpatError("a document type has no place here")
