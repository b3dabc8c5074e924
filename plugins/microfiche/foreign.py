"""Sources that Pelican's readers read: reStructuredText, HTML, and what plugins add.

The readers hand over the text of each header and an HTML body; they are given no say over dates
and names, and no way to a file beside the source itself.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from microfiche.errors import Problem, Unreadable

_SAID = re.compile(r":(\d+): \((?:WARNING|ERROR|SEVERE)/\d\) (.*)")
_FOREIGN_WORD = re.compile(r'Unknown (directive type|interpreted text role) "([^"]+)"')
_LISTS = ("tags", "authors", "keywords")


class ForeignReaders:
    """Pelican's readers, told to include no files, and to go on after an error to find all."""

    def __init__(self, content: Path, pelican: Mapping[str, Any]) -> None:
        from docutils.parsers.rst import directives
        from pelican.readers import Readers

        logging.getLogger("pelican.readers").disabled = True  # what matters of it we say ourselves
        directives.register_directive("date", _no_date())
        self._content = content
        self._said = io.StringIO()
        safe = {
            "file_insertion_enabled": False,
            "halt_level": 5,
            "report_level": 2,
            "warning_stream": self._said,
            "_disable_config": True,
        }
        docutils = {**pelican.get("DOCUTILS_SETTINGS", {}), **safe}
        self._readers: dict[str, Any] = Readers({**pelican, "DOCUTILS_SETTINGS": docutils}).readers
        for reader in self._readers.values():
            reader.process_metadata = _as_it_is

    def read(self, path: str, suffix: str) -> tuple[list[tuple[str, str]], str]:
        """The headers of a source by name, as they are written, and its body as HTML.

        Raises:
            Unreadable: with everything that the reader finds wrong.
        """
        self._said.seek(0)
        self._said.truncate()
        try:
            body, metadata = self._readers[suffix].read(str(self._content / path))
        except OSError:
            raise
        except Exception as error:
            what = f"cannot be read: {type(error).__name__}: {error}"
            raise Unreadable(Problem(path, 1, what, "check the file's markup")) from None
        said = _SAID.findall(self._said.getvalue())
        if said:
            raise Unreadable(*(_faulty(path, int(line), what) for line, what in said))
        return list(_headers(metadata)), body or ""


def _faulty(path: str, line: int, said: str) -> Problem:
    """What docutils says; a word it does not know is most often that of a plugin or of Sphinx."""
    if match := _FOREIGN_WORD.match(said):
        kind = "directive" if match[1].startswith("directive") else "role"
        what = f"reStructuredText has no {kind} {match[2]!r}"
        remedy = "name the plugin that adds it in PLUGINS, or write it in another way"
        return Problem(path, line, what, remedy)
    return Problem(path, line, said, "mend the reStructuredText")


def _as_it_is(_name: str, value: object) -> object:
    return value


def _headers(metadata: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, values in metadata.items():
        many = values if isinstance(values, list | tuple) else [values]
        if many is values and name.lower() in _LISTS:
            many = ["; ".join(map(str, many)) + ";"]
        for value in many:
            if value:
                yield name.lower(), str(value)


def _no_date() -> type:
    """A directive in place of docutils' ``date``, which would make every day's build another."""
    from docutils.parsers.rst import Directive

    class NoDate(Directive):  # type: ignore[misc, unused-ignore]  # docutils may have no types
        has_content = True

        def run(self) -> list[Any]:
            raise self.error("the day of a build is in no story: write the date itself")

    return NoDate
