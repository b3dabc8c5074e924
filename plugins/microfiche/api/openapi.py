"""The description of the API (OpenAPI 3.1.0), made of the records that are its documents."""

from __future__ import annotations

import re
from string import Formatter
from typing import Any

import msgspec

from microfiche.api import FOLDER, VERSION
from microfiche.api.records import (
    ArchiveDocument,
    MonthDocument,
    StoryDocument,
    TermDocument,
    TermsDocument,
    YearDocument,
)
from microfiche.views import View

_DOCUMENTS = (
    ArchiveDocument,
    YearDocument,
    MonthDocument,
    TermsDocument,
    TermDocument,
    StoryDocument,
)
_REFERENCE = "#/components/schemas/{name}"
_DATES = {"%Y": "year", "%m": "month", "%d": "day", "%y": "year", "%b": "month", "%B": "month"}


class OpenapiView(View, frozen=True):
    """What the description says of this archive.

    ``stories`` are the patterns of the files of stories' documents, as settings write them;
    ``kinds`` are the kinds of term that have pages.
    """

    name: str
    href: str
    stories: tuple[str, ...]
    kinds: tuple[str, ...]


def document(view: OpenapiView) -> bytes:
    """The description as JSON."""
    _, schemas = msgspec.json.schema_components(_DOCUMENTS, ref_template=_REFERENCE)
    found = {
        "openapi": "3.1.0",
        "info": {
            "title": f"The stories of {view.name}",
            "version": VERSION,
            "description": "Files of a static site: they are read by GET, and heed no query.",
        },
        "servers": [{"url": view.href}],
        "paths": dict(_paths(view)),
        "components": {"schemas": schemas},
    }
    return msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"


def _paths(view: OpenapiView) -> list[tuple[str, dict[str, Any]]]:
    home = f"/{FOLDER}"
    kind = {"type": "string", "enum": list(view.kinds)}
    year = {"type": "string", "pattern": r"^\d{4}$"}
    part = {"type": "string", "pattern": r"^\d{4}-\d{2}(-part-\d+)?$"}
    text = {"type": "string"}
    found = [
        (f"{home}index.json", _path("archive", "The archive: years and kinds of term.", {})),
        (f"{home}years/{{year}}.json", _path("year", "The months of a year.", {"year": year})),
        (
            f"{home}months/{{month}}.json",
            _path("month", "The stories of a month.", {"month": part}),
        ),
    ]
    if view.kinds:
        found += [
            (
                f"{home}terms/{{kind}}.json",
                _path("terms", "All terms of a kind.", {"kind": kind}),
            ),
            (
                f"{home}terms/{{kind}}/{{identifier}}.json",
                _path("term", "A term.", {"kind": kind, "identifier": text}),
            ),
        ]
    for number, pattern in enumerate(view.stories):
        path, names = template_of(pattern)
        what = "A story, beside its page." if not number else "A story in another language."
        operation = "story" if not number else "translation"
        found.append((path, _path(operation, what, dict.fromkeys(names, text))))
    return found


def template_of(pattern: str) -> tuple[str, list[str]]:
    """A pattern of Pelican's settings as a template of OpenAPI, and the names that it has.

    A template names nothing twice.
    """
    path, names = "/", []
    for literal, field, spec, _ in Formatter().parse(pattern):
        path += literal
        if field is not None:
            name = _DATES.get(spec or "", re.sub(r"\W", "_", field))
            while name in names:
                name += "_"
            names.append(name)
            path += f"{{{name}}}"
    return path, names


_SCHEMAS = {
    "archive": "ArchiveDocument",
    "year": "YearDocument",
    "month": "MonthDocument",
    "terms": "TermsDocument",
    "term": "TermDocument",
    "story": "StoryDocument",
    "translation": "StoryDocument",
}


def _path(operation: str, summary: str, parameters: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What is read by GET at a path: ``parameters`` are the schemas of its names."""
    schema = {"$ref": _REFERENCE.format(name=_SCHEMAS[operation])}
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "parameters": [
                {"name": name, "in": "path", "required": True, "schema": schema_of}
                for name, schema_of in parameters.items()
            ],
            "responses": {
                "200": {
                    "description": summary,
                    "content": {"application/json": {"schema": schema}},
                },
                "404": {"description": "There is none."},
            },
        }
    }
