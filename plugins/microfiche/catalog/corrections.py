"""What pages ask of corrections: those of stories that lists show, by the day they were made."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from microfiche.catalog.almanac import Tally
from microfiche.catalog.rows import decode_brief, decode_story
from microfiche.records import Brief, CorrectionNote


class Corrected(NamedTuple):
    """A correction and the story that it is of."""

    note: CorrectionNote
    story: Brief


class Corrections:
    """The corrections of the catalog."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def exist(self) -> bool:
        """Whether there is one."""
        return self._db.execute(f"SELECT 1 {_LISTED} LIMIT 1").fetchone() is not None

    def made(self, first: str = "", last: str = "~", limit: int = -1) -> list[Corrected]:
        """Those from one day to another, the newest first; ``limit`` unless it is negative."""
        rows = self._db.execute(
            f"SELECT head, brief, number {_LISTED} AND c.day BETWEEN ? AND ? "
            "ORDER BY c.day DESC, c.stamp DESC, c.path DESC, number DESC LIMIT ?",
            (first, last, limit),
        )
        return [
            Corrected(decode_story(head).corrections[number], decode_brief(brief))
            for head, brief, number in rows
        ]

    def tallies(self, length: int, first: str = "", last: str = "~") -> list[Tally]:
        """How many were made in each period, the first ``length`` characters of a day; in order."""
        rows = self._db.execute(
            f"SELECT substr(c.day, 1, ?), count(*) {_LISTED} AND c.day BETWEEN ? AND ? "
            "GROUP BY 1 ORDER BY 1",
            (length, first, last),
        )
        return list(map(Tally._make, rows))

    def near(self, first: str, last: str) -> tuple[str, str]:
        """The nearest days before and after two in which one was made; empty where none was."""
        before, after = self._db.execute(
            f"SELECT (SELECT max(c.day) {_LISTED} AND c.day < ?), "
            f"(SELECT min(c.day) {_LISTED} AND c.day > ?)",
            (first, last),
        ).fetchone()
        return before or "", after or ""

    def years_touched(self) -> list[str]:
        """The years of corrections of changed stories."""
        rows = self._db.execute(
            "SELECT DISTINCT substr(day, 1, 4) FROM delta_correction ORDER BY 1"
        )
        return [str(row[0]) for row in rows]


_LISTED = "FROM correction AS c CROSS JOIN story ON story.id = c.story WHERE story.listed = 1"
