"""The tables of the documents that are made from the code, so that they cannot disagree with it.

``make docs`` writes them between the marks that stand in the documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from pelican.settings import read_settings

from microfiche import pages, render
from microfiche.addresses import TERM_KINDS
from microfiche.headers import HEADERS
from microfiche.hooks import orders_for
from microfiche.pages.kind import PageKind
from microfiche.settings import SETTINGS
from microfiche.vocabulary import FIELDS

DOCS = Path(__file__).parents[1] / "docs"
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


def page_kinds() -> tuple[PageKind, ...]:
    """Every kind of page that the sample archive has."""
    settings = orders_for(read_settings(str(DOCS.parent / "pelicanconf.py"))).settings
    return pages.kinds(settings, render.make_theme(settings))


TABLES = {"headers": headers, "settings": settings, "vocabulary": fields}


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
