"""What people ask of the catalog: where a file of the output comes from, and what becomes of it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from microfiche.catalog import schema
from microfiche.catalog.database import open_snapshot
from microfiche.catalog.notes import Notes
from microfiche.errors import NotBuiltError, Problem
from microfiche.records import Output

_OUTPUT = ", ".join(Output._fields)
_DELTA = tuple(re.findall(r"^CREATE TABLE (delta\w*)", schema.TABLES, re.MULTILINE))


class Embargo(NamedTuple):
    """A story that waits: its number in the catalog, its path, and when it is due.

    ``stamp`` is in seconds since the epoch.
    """

    number: int
    path: str
    stamp: int


class Outputs:
    """The catalog of a finished build; nothing is written to it or left beside it.

    Raises:
        NotBuiltError: when there is none, or another version of Microfiche made it.
    """

    def __init__(self, catalog: Path) -> None:
        if not catalog.is_file():
            raise NotBuiltError([_problem(catalog, "it has not been built")])
        self.db = open_snapshot(catalog)
        try:
            known = self.meta("schema") == schema.VERSION
        except sqlite3.DatabaseError:
            known = False
        if not known:
            self.close()
            raise NotBuiltError([_problem(catalog, "another version of Microfiche built it")])

    def close(self) -> None:
        """Close the catalog."""
        self.db.close()

    def meta(self, name: str) -> str:
        """A word that the last build left, empty where there is none."""
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def output(self, path: str) -> Output | None:
        """What is known of one file of the output."""
        row = self.db.execute(f"SELECT {_OUTPUT} FROM output WHERE path = ?", (path,)).fetchone()
        return Output(*row) if row else None

    def wrote(self, path: str) -> bool:
        """Whether a build wrote a file of the output: a page, or one compressed beside it."""
        row = self.db.execute(
            "SELECT 1 FROM output WHERE path = ?1 UNION ALL SELECT 1 FROM twin WHERE path = ?1",
            (path,),
        ).fetchone()
        return row is not None

    def page_of(self, path: str) -> str:
        """The output that a file was compressed from, empty for any other."""
        row = self.db.execute("SELECT page FROM twin WHERE path = ?", (path,)).fetchone()
        return str(row[0]) if row else ""

    def feeds(self) -> Iterator[tuple[str, str]]:
        """Every feed that readers follow, with the digest of its bytes in hexadecimal."""
        return self.db.execute(
            "SELECT path, lower(hex(digest)) FROM output "
            "WHERE (kind = 'feed' OR kind LIKE '% feed') AND digest IS NOT NULL ORDER BY path"
        )

    def near(self, path: str, count: int) -> list[str]:
        """Files of ours before and after a path, in order of paths, ``count`` each way."""
        before = self.db.execute(
            "SELECT path FROM output WHERE path < ? ORDER BY path DESC LIMIT ?", (path, count)
        )
        after = self.db.execute(
            "SELECT path FROM output WHERE path > ? ORDER BY path LIMIT ?", (path, count)
        )
        return [str(row[0]) for row in (*before, *after)]

    def at(self, address: str) -> Output | None:
        """The file that a web server gives for an address."""
        path = unquote(address)
        tries = (f"{path}index.html",) if path[-1:] in ("", "/") else (path, f"{path}.html")
        found = map(self.output, (*tries, f"{path}/index.html"))
        return next(filter(None, found), None)

    def source_digest(self, path: str) -> bytes | None:
        """The digest of a source when it was read, None where it could not be or is not known."""
        row = self.db.execute("SELECT digest FROM source WHERE path = ?", (path,)).fetchone()
        return row[0] if row else None

    def in_step(self) -> bool:
        """Whether the output shows all that the catalog knows: the last build was not refused."""
        (behind,) = self.db.execute(
            "SELECT EXISTS (SELECT 1 FROM delta) OR EXISTS (SELECT 1 FROM delta_source)"
        ).fetchone()
        return not (behind or self.meta("everything") or self.meta("turned"))

    def embargoes(self, as_of: int, count: int) -> list[Embargo]:
        """The stories that are due next after ``as_of``, in seconds since the epoch."""
        rows = self.db.execute(
            "SELECT id, path, stamp FROM story WHERE kind = 'story' AND status != 'draft' "
            "AND live = 0 AND stamp > ? ORDER BY stamp, path LIMIT ?",
            (as_of, count),
        )
        return list(map(Embargo._make, rows))

    @contextmanager
    def supposing(self, embargo: Embargo) -> Iterator[None]:
        """Inside, the catalog speaks as if this one embargo had ended, and nothing else."""
        for table in _DELTA:  # a temporary table hides the catalog's own of that name
            self.db.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM main.{table} LIMIT 0")
        notes = Notes(self.db)
        notes.story(embargo.number)
        notes.what_leads_to(embargo.path)
        try:
            yield
        finally:
            for table in _DELTA:
                self.db.execute(f"DROP TABLE temp.{table}")


def _problem(catalog: Path, what: str) -> Problem:
    """``catalog`` lies in a folder called as the output is."""
    return Problem(catalog.parent.name, 0, what, "build it with pelican", inside=False)
