"""What pages ask of sources: which stories rest on a publication, and on which document of it."""

from __future__ import annotations

import sqlite3

from microfiche.catalog.almanac import Tally
from microfiche.catalog.rows import decode_story
from microfiche.records import SourceNote


class Citations:
    """The sources of the catalog."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def documents(self, source: str, first: str, last: str) -> dict[str, list[SourceNote]]:
        """What the stories from one day to another have of a source, by the story's address."""
        rows = self._db.execute(
            "SELECT head FROM story_term AS t JOIN story ON story.id = t.story "
            "WHERE t.kind = 'source' AND t.slug = ? AND t.listed = 1 AND t.day BETWEEN ? AND ?",
            (source, first, last),
        )
        stories = (decode_story(row[0]) for row in rows)
        return {
            story.address: [note for note in story.notes if note.source == source]
            for story in stories
        }

    def count(self) -> int:
        """How many sources there are."""
        return int(self._db.execute(f"SELECT count(*) {_SOURCES}").fetchone()[0])

    def letters(self) -> list[Tally]:
        """The letters that slugs of sources begin with, ``0-9`` for digits, and their sources."""
        rows = self._db.execute(f"SELECT {_LETTER}, count(*) {_SOURCES} GROUP BY 1 ORDER BY 1")
        return list(map(Tally._make, rows))

    def letters_touched(self) -> list[str]:
        """The letters of the sources of changed stories."""
        rows = self._db.execute(
            f"SELECT DISTINCT {_LETTER} FROM delta_term WHERE kind = 'source' ORDER BY 1"
        )
        return [str(row[0]) for row in rows]

    def under(self, letter: str) -> list[tuple[str, str]]:
        """The sources under a letter by slug: slugs and labels."""
        return self._db.execute(
            f"SELECT slug, label {_SOURCES} AND {_LETTER} = ? ORDER BY slug", (letter,)
        ).fetchall()


_SOURCES = "FROM term WHERE kind = 'source'"
_LETTER = (
    "CASE WHEN substr(slug, 1, 1) BETWEEN '0' AND '9' THEN '0-9' ELSE lower(substr(slug, 1, 1)) END"
)
