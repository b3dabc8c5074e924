"""What inspections of published files know: which bodies lead where, and what must not be said yet.

The links are a database of their own beside the catalog, for they outlive it. It can be deleted at
any time: then every file is read again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from microfiche.catalog.database import Seal, discard
from microfiche.catalog.rows import BODY, StoryRow, decode_story, with_bodies

_VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS link (
    target TEXT NOT NULL,
    path TEXT NOT NULL,
    fragment TEXT NOT NULL,
    PRIMARY KEY (target, path, fragment)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS link_path ON link (path);
"""


class Lead(NamedTuple):
    """A link of a page: the output file that it is in, and the file and fragment it leads to."""

    path: str
    target: str
    fragment: str


class Inspections:
    """The links that people wrote, of all files that were inspected; closed, it is sealed.

    ``empty`` says that nothing was ever settled in it, or that it was damaged.
    """

    def __init__(self, file: Path) -> None:
        self._seal = Seal(file)
        if file.exists() and not self._seal.holds():
            discard(file)
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.execute("PRAGMA synchronous = OFF")
        self.empty = self._db.execute("PRAGMA user_version").fetchone() != (_VERSION,)
        self._db.executescript(_TABLES)
        self._db.execute("BEGIN")

    def forget(self, paths: Iterable[str]) -> None:
        """Forget the links of these files."""
        self._db.executemany("DELETE FROM link WHERE path = ?", ((path,) for path in paths))

    def note(self, leads: Iterable[Lead]) -> None:
        """Note the links of a file."""
        self._db.executemany(
            "INSERT OR IGNORE INTO link (path, target, fragment) VALUES (?, ?, ?)", leads
        )

    def leading_to(self, targets: Iterable[str]) -> Iterator[Lead]:
        """The links that lead to these files."""
        for target in targets:
            rows = self._db.execute(
                "SELECT path, target, fragment FROM link WHERE target = ? ORDER BY path, fragment",
                (target,),
            )
            yield from map(Lead._make, rows)

    def settle(self) -> None:
        """Keep what was noted and forgotten."""
        self._db.execute(f"PRAGMA user_version = {_VERSION}")
        self._db.execute("COMMIT")
        self._db.execute("BEGIN")

    def close(self) -> None:
        """Close the database; what was not settled is as it was."""
        self._db.close()
        self._seal.set()


class Secrets:
    """The stories whose embargo has not ended, as a catalog has them."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def embargoed(self) -> Iterator[StoryRow]:
        """Every one, with the place of its body, by path."""
        paths = self._db.execute(
            "SELECT path FROM story WHERE kind = 'story' AND status = 'published' AND live = 0 "
            "ORDER BY path"
        ).fetchall()
        for path in paths:
            yield from with_bodies(
                self._db, f"SELECT head, {BODY} FROM story WHERE path = ?", tuple(path)
            )

    def public_address(self, output: str) -> bool:
        """Whether an address was published before: the rules for hosts may name it."""
        rows = "SELECT 1 FROM ledger WHERE path = ?1 UNION ALL SELECT 1 FROM redirect "
        row = self._db.execute(f"{rows} WHERE path = ?1 LIMIT 1", (output,)).fetchone()
        return row is not None

    def public_title(self, path: str) -> bool:
        """Whether a published story has the same title as this one."""
        (head,) = self._db.execute("SELECT head FROM story WHERE path = ?", (path,)).fetchone()
        title = msgspec.msgpack.encode(decode_story(head).title)  # as briefs have it
        row = self._db.execute(
            "SELECT 1 FROM story WHERE live = 1 AND instr(brief, ?) LIMIT 1", (title,)
        ).fetchone()
        return row is not None

    def redirects(self) -> dict[str, bool]:
        """The addresses without a page, as output files, with whether they lead on."""
        return {
            path: bool(to) for path, to in self._db.execute("SELECT path, target FROM redirect")
        }
