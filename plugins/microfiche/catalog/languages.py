"""What pages ask of other languages than the archive's: which have a front page, and of what."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from microfiche.catalog.rows import decode_brief
from microfiche.records import Brief

FRONT = "language front"
FEED = "language feed"
"""Names of the page kinds that are made for a language, with the language in their keys."""

_PUBLISHED = "original != '' AND kind = 'story' AND status = 'published' AND live = 1"


class OtherLanguages:
    """The other languages of the catalog.

    A story counts in its language whether lists show it or, as a translation, its original.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def with_front(self, least: int, own: str) -> dict[str, int]:
        """The languages that have this many stories, and how many; none if ``least`` is 0.

        ``own`` is the archive's, whose front page is the archive's.
        """
        rows = self._db.execute(
            "SELECT original, count(*) FROM story INDEXED BY story_language "
            f"WHERE {_PUBLISHED} AND original != ? GROUP BY 1 HAVING count(*) >= ? ORDER BY 1",
            (own, least),
        )
        return dict(rows) if least else {}

    def written(self) -> set[str]:
        """The languages that the output has a front page or a feed of."""
        rows = self._db.execute(
            "SELECT key FROM output WHERE kind IN (?, ?)", (FRONT, FEED)
        ).fetchall()
        return {str(key).partition("/")[0] for (key,) in rows}

    def latest(self, lang: str, count: int) -> list[Brief]:
        """The newest stories in a language."""
        rows = self._db.execute(
            f"SELECT brief FROM story WHERE {_PUBLISHED} AND original = ? "
            "ORDER BY day DESC, stamp DESC, path DESC LIMIT ?",
            (lang, count),
        )
        return [decode_brief(row[0]) for row in rows]

    def bounds(self, lang: str) -> tuple[str, str]:
        """The first and the last day of the stories in a language that has some."""
        first, last = self._db.execute(
            f"SELECT min(day), max(day) FROM story WHERE {_PUBLISHED} AND original = ?", (lang,)
        ).fetchone()
        return str(first), str(last)

    def changed(self, kind: str, least: int, own: str) -> Iterator[tuple[str, str]]:
        """Stories or pages, with their files, whose language gained or lost its front page.

        They are fewer than the front page takes, but for those that changed themselves.
        """
        for lang in sorted(self.written() ^ self.with_front(least, own).keys()):
            yield from self._db.execute(
                "SELECT path, output FROM story "
                "WHERE original = ? AND original != '' AND kind = ? AND live = 1 ORDER BY path",
                (lang, kind),
            )
