"""Where the page of a story lives and lived: as its headers say, else as the pattern has it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from microfiche.addresses import (
    Pattern,
    Place,
    UnsoundAddress,
    astray,
    encoded,
    file_of,
    shown,
)
from microfiche.fields import Fields
from microfiche.records import Header, TermRef


def place_of(fields: Fields, pattern: Pattern, named: Mapping[str, object]) -> Place | None:
    """Where the page lives: as its headers say, else as the pattern has it."""
    try:
        place = pattern.place(**{**_plain(fields.own), **named})
    except KeyError as error:
        what = f"the address pattern {pattern.save_as!r} asks for {error}"
        fields.wrong("slug", what, "add that header")
        return None
    return _checked(fields, _stated(fields, place))


def _stated(fields: Fields, place: Place) -> Place:
    """Apply ``Url`` and ``Save_as``; where one is given, the other follows from it."""
    url, save_as = fields.get("url"), fields.get("save_as")
    if not url and not save_as:
        return place
    url = unquote(url).lstrip("/")
    if not save_as:
        save_as = f"{url}index.html" if url.endswith("/") else url
    return Place(encoded(url or save_as), save_as)


def _checked(fields: Fields, place: Place) -> Place | None:
    parts = place.output.split("/")
    header = "save_as" if fields.get("save_as") else "url" if fields.get("url") else "slug"
    if astray(place.output):
        what = f"{place.output!r} does not lead to a file below the output folder"
        fields.wrong(header, what, "give a plain relative path such as `2024/moon/index.html`")
        return None
    if any(part.startswith(".") for part in parts):
        what = f"{place.output!r} is a hidden file"
        fields.wrong(header, what, "give it a name without the dot: servers obey some such files")
        return None
    if place.address and astray(unquote(place.address).removesuffix("/")):
        what = f"{fields.get('url')!r} is not an address of the archive"
        fields.wrong("url", what, "give a plain relative address such as `2024/moon/`")
        return None
    if any(len(part.encode()) > 255 for part in parts) or len(place.output.encode()) > 1024:
        fields.wrong(header, "the address is too long for a file system", "give a shorter Slug")
        return None
    return place


def former_files(fields: Fields) -> tuple[str, ...]:
    """The files behind former addresses; one without an ending was that of a folder."""
    found: dict[str, None] = {}
    for header in fields.all("aliases"):
        for alias in filter(None, map(str.strip, header.value.split(","))):
            try:
                path = file_of(alias)
            except UnsoundAddress as error:
                fields.wrong_at(header.line, f"the alias {error.what}", error.remedy)
                continue
            if any(part.startswith(".") for part in path.split("/")):
                fields.wrong_at(header.line, f"the alias {shown(alias)} is hidden", "take it out")
            folder = "." not in path.rsplit("/", 1)[-1]
            found[f"{path}/index.html" if folder else path] = None
    return tuple(found)


def _plain(own: list[Header]) -> dict[str, str]:
    """Headers of the owner's own that an address pattern may name."""
    taken = {"slug", "lang", "date", "category", "author", "path"}
    return {header.name: header.value for header in own if header.name not in taken}


def named_terms(terms: tuple[TermRef, ...]) -> dict[str, str]:
    """The slugs of section and first byline, by the names that Pelican's patterns have for them."""
    names = {"section": "category", "byline": "author"}
    return {names[term.kind]: term.slug for term in reversed(terms) if term.kind in names}
