"""What there is to translate: the messages of templates and code, brought into catalogs.

A catalog is written in one way (messages in alphabetical order, no places, no date), so that a
change of it shows what was said anew and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.plurals import get_plural
from babel.messages.pofile import write_po
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from microfiche import dates
from microfiche.words import read_catalog

_IN_CODE: dict[str, None] = dict.fromkeys(("gettext", "gettext_noop", "ngettext"))
_IN_TEMPLATES = ("_", "ngettext")
_WIDTH = 100

HEADER = """\
# Words of the interface. `microfiche messages` adds what is new and takes out what is gone.
msgid ""
msgstr ""
"Language: {lang}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""


Message = str | tuple[str, str]
"""A message, alone or with its plural."""


def in_templates(folder: Path) -> Iterator[Message]:
    """The messages of a folder of templates.

    Raises:
        TemplateSyntaxError: where a template cannot be parsed.
    """
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    for path in sorted(folder.rglob("*.html")):
        name = f"templates/{path.relative_to(folder).as_posix()}"
        tree = environment.parse(path.read_text(encoding="utf-8"), name)
        calls: Iterator[Any] = extract_from_ast(tree, _IN_TEMPLATES, babel_style=False)
        for _, function, texts in calls:
            yield from _found(function, texts)


def in_code(folder: Path) -> Iterator[Message]:
    """The messages of the modules below a folder."""
    for path in sorted(folder.rglob("*.py")):
        calls: Any = extract_python(BytesIO(path.read_bytes()), _IN_CODE, [], {})
        for _, function, texts, _ in calls:
            yield from _found(function, texts)


def _found(function: str | None, texts: object) -> Iterator[Message]:
    """The message of a call; none where it is not written out, but passed on."""
    first, *more = texts if isinstance(texts, tuple) else (texts,)
    if isinstance(first, str):
        yield (first, more[0]) if function == "ngettext" else first


def everything(templates: tuple[Path, ...]) -> list[Message]:
    """The messages of folders of templates and of this package."""
    found = [*in_code(Path(__file__).parent)]
    for folder in templates:
        found += in_templates(folder)
    return found


def updated(path: Path, found: list[Message]) -> str:
    """A catalog that has these messages and no others, with the translations that it had.

    Raises:
        TemplateFault: when it is there and broken.
    """
    messages = Catalog()
    for message in found:
        messages.add(message)
    catalog = read_catalog(path, path.read_bytes()) if path.exists() else _new(path)
    catalog.update(messages, no_fuzzy_matching=True)
    written = BytesIO()
    write_po(
        written,
        catalog,
        width=_WIDTH,
        omit_header=True,
        sort_output=True,
        ignore_obsolete=True,
        no_location=True,
    )
    header = HEADER.format(lang=dates.language_tag(path.stem), plural=catalog.plural_forms)
    return header + written.getvalue().decode().rstrip() + "\n"


def _new(path: Path) -> Catalog:
    """An empty catalog that counts as the language of its file name does."""
    catalog = Catalog()
    lang = dates.locale(dates.language_tag(path.stem)).language
    plural = get_plural(lang)
    catalog.mime_headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Plural-Forms", plural.plural_forms),
    ]
    return catalog
