"""The theme's files as they are published: each named by what it holds.

A browser may keep such a file for ever. A style sheet names others (``url()``, ``@import`` and
``image-set()`` of CSS), so the names in it are made those of publication before it gets its own.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from pygments.formatters import HtmlFormatter

from microfiche.addresses import encoded
from microfiche.errors import Problem, TemplateFault

SHEETS = ("tokens.css", "layout.css", "content.css", "components.css", "print.css", "site.css")
"""Style sheets in the order in which they are joined; ``site.css`` is the owner's own."""

ICON = "icon.svg"
"""The site's icon; one that lies among the owner's templates takes the place of the theme's."""

_DARK_STYLE = "github-dark"
_LIGHT_STYLE = "default"
_STRING = r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
_REFERENCE = re.compile(
    rf"""
    /\*.*?\*/
    | (?P<set>image-set\() (?P<choice>(?:[^()]|\([^()]*\))*)
    | (?P<call>(?<![\w-])url\(\s*) (?P<target>{_STRING}|[^\s"'()\\]+) (?=\s*\))
    | (?P<rule>@import\s+) (?P<sheet>{_STRING})
    | {_STRING}
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_CHOICE = re.compile(rf"type\([^)]*\)|(?P<open>url\(\s*)?(?P<target>{_STRING}|(?<=\()[^\s\"'()]+)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|/|#|$", re.IGNORECASE)


class ThemeFile(NamedTuple):
    """A file of the theme: where it is, what it holds and the file that it is published as.

    ``text`` is that of a style sheet in which names were changed, None where the file is published
    as it is; ``digest`` is that of what is published.
    """

    source: Path
    digest: bytes
    output: str
    text: str | None = None


class Assets:
    """What a theme publishes beside pages, read once a build."""

    def __init__(self, statics: list[Path], owned: tuple[Path, ...], published: str) -> None:
        """``owned`` are the owner's folders of templates, ``published`` one of the output."""
        self._statics = statics
        self._owned = owned
        self._published = published
        self._named: dict[str, ThemeFile] = {}

    @cached_property
    def style(self) -> str:
        """The one style sheet: the theme's in order, then the colours of code."""
        parts = []
        for name in SHEETS:
            folders = (*(static / "css" for static in self._statics), *self._owned)
            found = [folder / name for folder in folders if (folder / name).is_file()]
            parts += [_text(sheet).strip() for sheet in found]
        parts = [self._renamed(part, "css", self._published, ()) for part in parts]
        parts.insert(-1 if len(parts) > 1 else 0, _code_colours())
        return "\n\n".join(parts) + "\n"

    @cached_property
    def style_path(self) -> str:
        """The file that the style sheet is published as."""
        return self._output("style.css", self.style.encode())

    @cached_property
    def icon_path(self) -> str:
        """The file that the site's icon is published as; empty where there is none."""
        return self.files[ICON].output if ICON in self.files else ""

    @cached_property
    def files(self) -> Mapping[str, ThemeFile]:
        """Files to publish beside the one style sheet, by their path in the theme."""
        return {name: self._file(name, ()) for name in sorted(self._sources)}

    @cached_property
    def _sources(self) -> dict[str, Path]:
        found = {}
        for static in self._statics:
            for path in _below(static):
                name = path.relative_to(static).as_posix()
                joined = name.startswith("css/") and name[4:] in SHEETS
                if path.is_file() and not path.is_symlink() and not joined:
                    found[name] = path
        for folder in reversed(self._owned):
            if (folder / ICON).is_file():
                found[ICON] = folder / ICON
        return found

    def _file(self, name: str, passed: tuple[str, ...]) -> ThemeFile:
        """A file as it is published; ``passed`` are the sheets that lead to it.

        Raises:
            TemplateFault: for style sheets that import each other.
        """
        if name not in self._named:
            if name in passed:
                raise TemplateFault([_circle((*passed[passed.index(name) :], name))])
            source = self._sources[name]
            data = original = source.read_bytes()
            if name.endswith(".css"):
                folder = posixpath.dirname(name)
                place = posixpath.join(self._published, folder)
                data = self._renamed(_text(source), folder, place, (*passed, name)).encode()
            digest = hashlib.blake2b(data, digest_size=16).digest()
            text = None if data == original else data.decode()
            self._named[name] = ThemeFile(source, digest, self._output(name, data), text)
        return self._named[name]

    def _output(self, name: str, data: bytes) -> str:
        """The file to publish, with the digest of what it holds before its ending."""
        stem, ending = posixpath.splitext(f"{self._published}/{name}")
        return f"{stem}.{hashlib.blake2b(data, digest_size=5).hexdigest()}{ending}"

    def _renamed(self, text: str, folder: str, place: str, passed: tuple[str, ...]) -> str:
        """A style sheet with the names that files of the theme are published under.

        ``folder`` is where it lies in the theme, ``place`` where it is published.
        """

        def name_of(target: str) -> str:
            quote = target[0] if target[0] in "\"'" else ""
            address = target[1:-1] if quote else target
            path = re.split("[?#]", address, maxsplit=1)[0]
            name = posixpath.normpath(posixpath.join(folder, unquote(path)))
            if _ELSEWHERE.match(path) or name not in self._sources:
                return target
            output = posixpath.relpath(self._file(name, passed).output, place)
            return f"{quote}{encoded(output)}{address[len(path) :]}{quote}"

        def chosen(match: re.Match[str]) -> str:
            target = match["target"]
            return f"{match['open'] or ''}{name_of(target)}" if target else match[0]

        def replaced(match: re.Match[str]) -> str:
            if match["set"]:
                return match["set"] + _CHOICE.sub(chosen, match["choice"])
            if match["call"]:
                return match["call"] + name_of(match["target"])
            return match["rule"] + name_of(match["sheet"]) if match["rule"] else match[0]

        return _REFERENCE.sub(replaced, text)


def _text(sheet: Path) -> str:
    try:
        return sheet.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        what = f"the style sheet cannot be read: {error}"
        raise TemplateFault(
            [Problem(sheet.name, 0, what, "save it as UTF-8 text", inside=False)]
        ) from None


def _circle(way: tuple[str, ...]) -> Problem:
    what = f"these style sheets import each other: {' → '.join(way)}"
    return Problem(way[0], 0, what, "take one of the imports out", inside=False)


def _code_colours() -> str:
    """Pygments' colours for code, light and dark."""
    light, dark = map(_colours, (_LIGHT_STYLE, _DARK_STYLE))
    return f"/* Code */\n{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"


def _colours(style: str) -> str:
    formatter: Any = HtmlFormatter(style=style)  # its stubs leave the next method untyped
    return str(formatter.get_style_defs(".highlight"))


def _below(folder: Path) -> list[Path]:
    """All that lies below a folder, in order; none where there is no such folder.

    ``rglob`` leaves out what it may not look into, without a word.
    """
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        found = sorted(Path(entry.path) for entry in entries)
    return [each for path in found for each in (path, *(_below(path) if path.is_dir() else ()))]
