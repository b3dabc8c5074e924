"""What is known of published files: their digests, with hints that tell whether they still hold.

It is a database of its own beside the catalog, for it outlives the catalog and lasts as long as the
files. It can be deleted at any time: then every file is read again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from microfiche.catalog.database import Seal, connect, discard

_VERSION = 1
_TABLE = """
CREATE TABLE file (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    ctime INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    sha256 BLOB NOT NULL
) WITHOUT ROWID
"""

_FILES = """
    SELECT path, kind, size, digest FROM catalog.output
    UNION ALL SELECT twin.path, kind, twin.size, twin.digest
    FROM catalog.twin JOIN catalog.output ON output.path = page
"""


class Hints(NamedTuple):
    """What tells a file from another without reading it: bytes, nanoseconds and a number.

    ``mtime`` is -1 for a file so fresh that another write could hide.
    """

    size: int
    mtime: int
    ctime: int
    inode: int


class Wanted(NamedTuple):
    """A file of the output as the build left it: its kind, its size and the digest of its bytes.

    ``hints`` and ``sha256`` are those of the last survey, None where it did not know the file.
    """

    path: str
    kind: str
    size: int
    digest: bytes
    hints: Hints | None
    sha256: bytes | None


class Surveyed(NamedTuple):
    """What a survey found of a file."""

    path: str
    hints: Hints
    sha256: bytes


class Surveys:
    """The database of surveys, open beside the catalog of a finished build."""

    def __init__(self, path: Path, catalog: Path) -> None:
        self._seal = Seal(path)
        self._db = _open(path, self._seal)
        self._db.execute("ATTACH ? AS catalog", (f"{catalog.absolute().as_uri()}?immutable=1",))

    def close(self) -> None:
        """Close the database and seal it."""
        self._db.close()
        self._seal.set()

    def wanted(self) -> Iterator[Wanted]:
        """Every file of the output, in order of paths."""
        rows = self._db.execute(
            "SELECT o.path, o.kind, o.size, o.digest, f.size, f.mtime, f.ctime, f.inode, f.sha256 "
            f"FROM ({_FILES}) AS o LEFT JOIN main.file AS f ON f.path = o.path ORDER BY o.path"
        )
        for path, kind, size, digest, *known, sha256 in rows:
            hints = Hints._make(known) if sha256 else None
            yield Wanted(path, kind, size, digest, hints, sha256)

    def count(self) -> int:
        """How many files the output has."""
        (count,) = self._db.execute(f"SELECT count(*) FROM ({_FILES})").fetchone()
        return int(count)

    def note(self, found: Iterable[Surveyed]) -> None:
        """Note what was found, and forget what the output has no more."""
        with self._db:
            self._db.execute("BEGIN")
            self._db.executemany(
                "REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?)",
                ((each.path, *each.hints, each.sha256) for each in found),
            )
            self._db.execute(f"DELETE FROM file WHERE path NOT IN (SELECT path FROM ({_FILES}))")


def _open(path: Path, seal: Seal) -> sqlite3.Connection:
    """The database as this version has it; another, or one that is damaged, is thrown away."""
    try:
        if path.exists() and seal.holds():
            db = connect(path)
            if db.execute("PRAGMA user_version").fetchone() == (_VERSION,):
                return db
            db.close()
    except sqlite3.DatabaseError:
        pass
    discard(path)
    db = connect(path)
    db.execute(_TABLE)
    db.execute(f"PRAGMA user_version = {_VERSION}")
    return db
