"""On which line of a TOML document a table or a key stands: ``tomllib`` does not tell."""

from __future__ import annotations

import re
import tomllib
from functools import cached_property
from typing import Any

_KEYED = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'|[ \t.])+?)\s*=""")
_HEADED = re.compile(r"\s*\[(?!\[)")
_QUOTES = ('"""', "'''")


class Lines:
    """The lines of one document; they are looked for when one is first asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    def of(self, *path: str) -> int:
        """The line on which the value at a path of keys begins.

        Where it stands in a table on one line, that line; 1 where nothing is found.
        """
        for length in range(len(path), 0, -1):
            if line := self._found.get(path[:length]):
                return line
        return 1

    def of_text(self, text: str, *path: str) -> int:
        """The line on which a text stands in quotes, in the table and from a value's line on."""
        first = self.of(*path)
        quoted = (f'"{text}"', f"'{text}'")
        lines = self._text.split("\n")
        for number in range(first, len(lines) + 1):
            if any(each in lines[number - 1] for each in quoted):
                return number
            if number > first and _HEADED.match(lines[number - 1]):
                break
        return first

    @cached_property
    def _found(self) -> dict[tuple[str, ...], int]:
        found: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        quote = ""
        for number, line in enumerate(self._text.split("\n"), 1):
            if quote:
                quote = "" if line.count(quote) % 2 else quote
                continue
            if _HEADED.match(line):
                table = _path_of(line) or table
                found.setdefault(table, number)
            elif match := _KEYED.match(line):
                for length in range(1, len(keys := _path_of(f"{match[1]} = 0")) + 1):
                    found.setdefault((*table, *keys[:length]), number)
            quote = next((each for each in _QUOTES if line.count(each) % 2), "")
        return found


def _path_of(line: str) -> tuple[str, ...]:
    """The keys that a line names, from the outermost in; none where it is not TOML by itself."""
    try:
        inner: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ()
    path = []
    while isinstance(inner, dict) and inner:
        name, inner = next(iter(inner.items()))
        path.append(name)
    return tuple(path)
