"""The theme: templates with the digest of all that goes into each, and files to publish."""

from __future__ import annotations

import hashlib
import os
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
from jinja2 import meta
from pygments.formatters import HtmlFormatter

from microfiche.errors import Problem, TemplateFault
from microfiche.templating import ViewEnvironment
from microfiche.words import SOURCE, Languages, Words

SHEETS = ("tokens.css", "layout.css", "content.css", "components.css", "print.css", "site.css")
"""Style sheets in the order in which they are joined; ``site.css`` is the owner's own."""

ICON = "icon.svg"
"""The site's icon; one that lies among the owner's templates takes the place of the theme's."""

_DARK_STYLE = "github-dark"
_LIGHT_STYLE = "default"


class ThemeFile(NamedTuple):
    """A file of the theme: where it is, what it holds and the file that it is published as."""

    source: Path
    digest: bytes
    output: str


class Theme:
    """Templates and files, read once a build."""

    def __init__(
        self, folders: tuple[Path, ...], statics: tuple[str, ...], published: str, lang: str
    ) -> None:
        """``lang`` is the archive's language."""
        self._folders = folders
        self.languages = Languages(tuple(folder.parent / "languages" for folder in folders), lang)
        self._statics = [folders[-1].parent / static for static in statics]
        self._published = published
        self._digests: dict[str, bytes] = {}
        self._referenced: dict[str, list[str | None]] = {}
        self._environments: dict[str, ViewEnvironment] = {}
        self.environment = ViewEnvironment(folders, Words(SOURCE, SOURCE, ()))

    @cached_property
    def style(self) -> str:
        """The one style sheet: the theme's in order, then the colours of code."""
        parts = []
        for name in SHEETS:
            folders = (*(static / "css" for static in self._statics), *self._folders[:-1])
            found = [folder / name for folder in folders if (folder / name).is_file()]
            parts += [sheet.read_text(encoding="utf-8").strip() for sheet in found]
        parts.insert(-1 if len(parts) > 1 else 0, _code_colours())
        return "\n\n".join(parts) + "\n"

    @cached_property
    def style_path(self) -> str:
        """The file that the style sheet is published as, named by its content."""
        name = hashlib.blake2b(self.style.encode(), digest_size=5).hexdigest()
        return f"{self._published}/style.{name}.css"

    @cached_property
    def icon_path(self) -> str:
        """The file that the site's icon is published as; empty where there is none."""
        return self.files[ICON].output if ICON in self.files else ""

    @cached_property
    def files(self) -> dict[str, ThemeFile]:
        """Files to publish as they are, by their path in the theme."""
        found = {}
        for static in self._statics:
            for path in _below(static):
                name = path.relative_to(static).as_posix()
                joined = name.startswith("css/") and name[4:] in SHEETS
                if path.is_file() and not path.is_symlink() and not joined:
                    found[name] = path
        for folder in reversed(self._folders[:-1]):
            if (folder / ICON).is_file():
                found[ICON] = folder / ICON
        return {name: self._file(name, path) for name, path in found.items()}

    def _file(self, name: str, path: Path) -> ThemeFile:
        digest = hashlib.blake2b(path.read_bytes(), digest_size=16).digest()
        return ThemeFile(path, digest, f"{self._published}/{name}")

    def template(self, name: str, words: Words) -> jinja2.Template:
        """A compiled template with its words in one language.

        Raises:
            TemplateFault: when it is missing or does not compile.
        """
        if words.lang not in self._environments:
            self._environments[words.lang] = ViewEnvironment(self._folders, words)
        try:
            return self._environments[words.lang].get_template(name)
        except jinja2.TemplateNotFound as error:
            raise TemplateFault([missing_template(str(error))]) from None
        except jinja2.TemplateSyntaxError as error:
            raise TemplateFault([_faulty(error.name or name, error.lineno, error)]) from None

    def digest(self, name: str) -> bytes:
        """The digest of a template with everything it extends, includes and imports."""
        if not name:
            return b""
        if name not in self._digests:
            digest = hashlib.blake2b(digest_size=16)
            for part in sorted(self.parts(name)):
                digest.update(part.encode() + b"\0" + self._source(part).encode() + b"\0")
            self._digests[name] = digest.digest()
        return self._digests[name]

    def whole_digest(self) -> bytes:
        """The digest of all templates, words and files: whether anything in the theme changed."""
        digest = hashlib.blake2b(digest_size=16)
        for name in sorted(self.environment.list_templates()):
            digest.update(name.encode() + b"\0" + self._source(name).encode() + b"\0")
        for name, found in sorted(self.files.items()):
            digest.update(name.encode() + b"\0" + found.digest)
        digest.update(self.style.encode() + self.languages.digest())
        return digest.digest()

    def parts(self, name: str) -> set[str]:
        """A template and all that it may draw on; all templates where a name is computed."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            part = waiting.pop()
            if part in found:
                continue
            found.add(part)
            for other in self._references(part):
                if other is None:
                    return set(self.environment.list_templates())
                waiting.append(other)
        return found

    def _references(self, name: str) -> list[str | None]:
        """What a template names that it extends, includes or imports; None for a computed name."""
        if name not in self._referenced:
            try:
                tree = self.environment.parse(self._source(name), name)
            except jinja2.TemplateSyntaxError as error:
                raise TemplateFault([_faulty(name, error.lineno, error)]) from None
            self._referenced[name] = list(meta.find_referenced_templates(tree))
        return self._referenced[name]

    def _source(self, name: str) -> str:
        assert self.environment.loader
        try:
            return self.environment.loader.get_source(self.environment, name)[0]
        except jinja2.TemplateNotFound:
            raise TemplateFault([missing_template(name)]) from None
        except (OSError, UnicodeDecodeError) as error:
            what = f"the template cannot be read: {error}"
            where, remedy = f"templates/{name}", "save it as UTF-8 text"
            raise TemplateFault([Problem(where, 0, what, remedy, inside=False)]) from None


def missing_template(name: str) -> Problem:
    """What is said of a template that is not there."""
    return Problem(f"templates/{name}", 0, "the theme has no such template", "add it", inside=False)


def _faulty(name: str, line: int, error: Exception) -> Problem:
    what = f"the template does not compile: {error}"
    return Problem(f"templates/{name}", line, what, "mend the template", inside=False)


def _code_colours() -> str:
    """Pygments' colours for code, light and dark."""
    light, dark = map(_colours, (_LIGHT_STYLE, _DARK_STYLE))
    return f"/* Code */\n{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"


def _below(folder: Path) -> list[Path]:
    """All that lies below a folder, in order; none where there is no such folder.

    ``rglob`` leaves out what it may not look into, without a word.
    """
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        found = sorted(Path(entry.path) for entry in entries)
    return [each for path in found for each in (path, *(_below(path) if path.is_dir() else ()))]


def _colours(style: str) -> str:
    formatter: Any = HtmlFormatter(style=style)  # its stubs leave the next method untyped
    return str(formatter.get_style_defs(".highlight"))
