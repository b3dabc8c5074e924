"""The tables of the documents that are made from the code, so that they cannot disagree with it.

``make docs`` writes them between the marks that stand in the documents.
"""

from __future__ import annotations

import ast
import re
import types
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from msgspec.structs import fields as fields_of
from pelican.settings import read_settings

import microfiche
from microfiche import pages, render
from microfiche.addresses import TERM_KINDS
from microfiche.headers import HEADERS
from microfiche.hooks import orders_for
from microfiche.options import SETTINGS
from microfiche.pages.kind import PageKind
from microfiche.pages.terms import TermIndex, TermsPage
from microfiche.views import Site, View
from microfiche.vocabulary import FIELDS

DOCS = Path(__file__).parents[1] / "docs"
PACKAGE = Path(microfiche.__file__).parent
_MARKED = re.compile(r"(<!-- (\w+): written by make docs -->\n).*?(<!-- end -->)", re.DOTALL)


def headers() -> str:
    """Every header that a source may have."""
    rows = []
    for header in HEADERS:
        means = header.means + (" May be given several times." if header.repeatable else "")
        rows.append((f"`{header.name}`", f"`{header.example}`", means))
    return _table(("Header", "Example", "What it means"), rows)


def settings() -> str:
    """Every setting that is Microfiche's own."""
    rows = [
        (f"`{setting.name}`", setting.type, f"`{_python(setting.default)}`", setting.does)
        for setting in SETTINGS
    ]
    return _table(("Setting", "Value", "Default", "What it does"), rows)


def fields() -> str:
    """Every key that an entry of the vocabulary may have."""
    rows = [
        (
            f"`{field.name}`",
            "all" if field.kinds == TERM_KINDS else ", ".join(f"`{kind}`" for kind in field.kinds),
            field.type,
            field.means,
        )
        for field in FIELDS
    ]
    return _table(("Key", "Of", "Value", "What it means"), rows)


def templates() -> str:
    """Every template with the pages that it makes and the view that it sees."""
    made: dict[str, tuple[type[View], list[str]]] = {}
    for kind in page_kinds():
        if kind.template:
            made.setdefault(kind.template, (view_of(kind), []))[1].append(kind.name)
    rows = [
        (f"`{template}`", ", ".join(names), f"`{view.__name__}`")
        for template, (view, names) in sorted(made.items())
    ]
    return _table(("Template", "Pages", "`page` is a"), rows)


def views() -> str:
    """Every struct that a template sees, with its fields."""
    rows = [
        (f"`{view.__name__}`", _summary(view), ", ".join(map(_field, fields_of(view))))
        for view in sorted(_seen(), key=lambda view: view.__name__)
    ]
    return _table(("Struct", "What it is", "Fields"), rows)


def page_kinds() -> tuple[PageKind, ...]:
    """Every kind of page that the sample archive has."""
    settings = orders_for(read_settings(str(DOCS.parent / "pelicanconf.py"))).settings
    return pages.kinds(settings, render.make_theme(settings))


def view_of(kind: PageKind) -> type[View]:
    """The struct that the template of a kind sees, as its method says.

    That of an index says only that it is a view, for the index of sources may be cut into letters.
    """
    view: type[View] = get_type_hints(kind.view)["return"]
    return TermsPage if view is View and isinstance(kind, TermIndex) else view


def _seen() -> set[type[View]]:
    """The structs of all templates, and those that stand in them."""
    waiting: list[type[View]] = [Site, *(view_of(kind) for kind in page_kinds() if kind.template)]
    seen: set[type[View]] = set()
    while waiting:
        view = waiting.pop()
        if view not in seen:
            seen.add(view)
            for type_ in get_type_hints(view).values():
                waiting += (each for each in _parts(type_) if each not in seen)
    return seen


def _parts(type_: Any) -> Iterator[type[View]]:
    if isinstance(type_, type) and get_origin(type_) is None and issubclass(type_, View):
        yield type_
    for each in get_args(type_):
        yield from _parts(each)


def _summary(view: type[View]) -> str:
    return _first_words(view.__doc__ or "")


def _first_words(docstring: str) -> str:
    text = docstring.partition("\n\n")[0]
    return re.sub(r"``(.*?)``", r"`\1`", " ".join(text.split()))


def _field(field: Any) -> str:
    return f"`{field.name}` {_type_name(field.type)}"


_PLAIN = {str: "text", int: "number", float: "number", bool: "yes or no"}


def _type_name(type_: Any) -> str:
    """A type in words."""
    arguments = get_args(type_)
    if get_origin(type_) is tuple:
        return f"list of {_type_name(arguments[0])}"
    if get_origin(type_) is dict:
        return f"{_type_name(arguments[1])} by {_type_name(arguments[0])}"
    if get_origin(type_) is types.UnionType:
        return f"{_type_name(arguments[0])} or none"
    return _PLAIN.get(type_) or f"`{type_.__name__}`"


def modules() -> str:
    """Every module of the package, with the first words that it says of itself."""
    rows = []
    for path in sorted(PACKAGE.rglob("*.py")):
        text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        name = path.relative_to(PACKAGE).as_posix()
        rows.append((f"`{name}`", _first_words(text)))
    return _table(("Module", "What it is"), rows)


TABLES = {
    "headers": headers,
    "modules": modules,
    "settings": settings,
    "templates": templates,
    "views": views,
    "vocabulary": fields,
}


def written(text: str) -> str:
    """A document with its marked tables as the code has them now."""
    return _MARKED.sub(lambda match: match[1] + TABLES[match[2]]() + match[3], text)


def _python(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [titles, ("---",) * len(titles), *rows]
    cells = ([cell.replace("|", r"\|") for cell in line] for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)


def main() -> None:
    """Write the tables into the documents."""
    for path in sorted(DOCS.glob("*.md")):
        text = path.read_text("utf-8")
        if (new := written(text)) != text:
            path.write_text(new, "utf-8")


if __name__ == "__main__":
    main()
