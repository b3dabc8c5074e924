"""Twins: files compressed ahead of time, which lie beside the outputs that they are made of.

A twin comes and goes with its output, and gives way to a file that the archive publishes under its
name.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

FORMS = ("br", "gz")
"""The endings of twins' names."""

_ENDING = re.compile(rf"\.(?:{'|'.join(FORMS)})(?=/|$)")


class Twin(NamedTuple):
    """A twin of a job's output: its form, its size and the digest of its bytes.

    ``staged`` is false when the file in place has these bytes already.
    """

    form: str
    size: int
    digest: bytes
    staged: bool


class Twins:
    """The twins of outputs, in the catalog."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def recipe(self) -> str:
        """How the twins that there are were made; empty where there are none."""
        row = self._db.execute("SELECT value FROM meta WHERE name = 'twins'").fetchone()
        return str(row[0]) if row else ""

    def free(self, path: str) -> bool:
        """Whether no output is wanted at a path, nor below it."""
        row = self._db.execute(
            """
            SELECT 1 FROM job WHERE path = ?1 OR (path > ?1 || '/' AND path < ?1 || '0')
            UNION ALL SELECT 1 FROM output AS o
            WHERE (path = ?1 OR (path > ?1 || '/' AND path < ?1 || '0')) AND kind != ''
                AND NOT EXISTS (SELECT 1 FROM removal WHERE removal.path = o.path)
            LIMIT 1
            """,
            (path,),
        ).fetchone()
        return row is None

    def distrust_rivals(self) -> bool:
        """Have outputs made again whose twins' names are claimed or set free; whether any are."""
        rows = self._db.execute(
            "SELECT path FROM (SELECT path FROM job UNION SELECT path FROM removal) "
            "WHERE path LIKE '%.br%' OR path LIKE '%.gz%'"
        )
        rivals = {path[: end.start()] for (path,) in rows for end in _ENDING.finditer(path)}
        cursor = self._db.executemany(
            "UPDATE output SET view = NULL, digest = NULL WHERE path = ?",
            ((path,) for path in sorted(rivals)),
        )
        return cursor.rowcount > 0

    def note(self, job: int, twins: Iterable[Twin]) -> None:
        """Note the twins of a job's output."""
        self._db.executemany(
            "INSERT INTO pressed SELECT path || '.' || ?2, path, id, ?2, ?3, ?4, ?5 "
            "FROM job WHERE id = ?1",
            ((job, *twin) for twin in twins),
        )

    def find_removals(self) -> None:
        """Find the twins that nobody makes any more, or whose name an output has taken."""
        db = self._db
        db.execute("DELETE FROM removal WHERE path IN (SELECT path FROM pressed)")
        db.execute(
            """
            WITH lost (page) AS (
                SELECT path FROM removal
                UNION SELECT path FROM rendered CROSS JOIN job ON job.id = rendered.job
                WHERE looked
            )
            INSERT OR IGNORE INTO removal
            SELECT twin.path FROM lost CROSS JOIN twin ON twin.page = lost.page
            WHERE twin.path NOT IN (SELECT path FROM pressed)
                AND NOT EXISTS (SELECT 1 FROM job WHERE job.path = twin.path)
            """
        )
        db.execute("DELETE FROM twin WHERE path IN (SELECT path FROM job WHERE path IS NOT NULL)")

    def outdated(self) -> Iterator[str]:
        """The twins of outputs that are about to be replaced: they must not outlive them."""
        rows = self._db.execute(
            """
            SELECT twin.path FROM job JOIN rendered ON rendered.job = job.id AND staged
                JOIN twin ON twin.page = job.path
            WHERE twin.path NOT IN (SELECT path FROM pressed WHERE NOT staged)
            """
        )
        return (str(path) for (path,) in rows)

    def doubt(self) -> None:
        """Note, before a file is moved, which twins are about to change."""
        self._db.execute(
            "UPDATE output SET view = NULL, digest = NULL "
            "WHERE path IN (SELECT page FROM pressed WHERE staged)"
        )
        self._db.execute(
            "REPLACE INTO twin SELECT path, page, size, digest FROM pressed WHERE staged"
        )

    def settle(self) -> None:
        """Note, after the files are in place, what they are."""
        db = self._db
        db.execute("DELETE FROM twin WHERE path IN (SELECT path FROM removal)")
        db.execute("DELETE FROM output WHERE path IN (SELECT path FROM pressed)")
        db.execute("REPLACE INTO twin SELECT path, page, size, digest FROM pressed")
