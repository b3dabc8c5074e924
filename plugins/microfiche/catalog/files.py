"""What pages ask of static files and attachments: which are published, and where."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator


class Files:
    """The files of the content folder that are neither stories nor pages."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def address(self, path: str) -> str | None:
        """Where a static file is published, None where there is no such file."""
        row = self._db.execute(
            "SELECT address FROM source WHERE path = ? AND kind IN ('static', 'loose')", (path,)
        ).fetchone()
        return str(row[0]) if row else None

    def digest(self, path: str) -> bytes | None:
        """The digest of a static file."""
        row = self._db.execute("SELECT digest FROM source WHERE path = ?", (path,)).fetchone()
        return bytes(row[0]) if row and row[0] else None

    def published(self) -> Iterator[tuple[str, str]]:
        """Static files to publish, with their output files.

        A file that only unpublished stories show is held back with them, and a file outside
        STATIC_PATHS is published when a published story leads to it.
        """
        return self._db.execute(
            f"SELECT path, output FROM source WHERE {PUBLISHED_STATIC} ORDER BY path"
        )

    def touched(self) -> Iterator[tuple[str, str | None]]:
        """Static files that a change may publish, change or take away."""
        return self._db.execute(
            f"""
            SELECT d.path, source.output FROM delta_source AS d LEFT JOIN source
                ON source.path = d.path AND {PUBLISHED_STATIC}
            WHERE source.path IS NOT NULL
                OR EXISTS (SELECT 1 FROM output WHERE kind = 'static' AND key = d.path)
            ORDER BY d.path
            """
        )

    def attachments(self) -> Iterator[tuple[str, str]]:
        """Published stories and the files that they take along with ``{attach}``."""
        return self._db.execute(
            f"SELECT story.path, r.target {_ATTACHED} ORDER BY story.path, r.target"
        )

    def attachments_touched(self) -> Iterator[tuple[str, str]]:
        """Attachments of changed stories, or that changed themselves."""
        return self._db.execute(
            f"""
            SELECT story.path, r.target {_ATTACHED} AND r.rowid IN (
                SELECT own.rowid FROM delta CROSS JOIN story ON story.path = delta.path
                    CROSS JOIN reference AS own ON own.story = story.id
                UNION SELECT own.rowid FROM delta_source AS d
                    CROSS JOIN reference AS own ON own.target = d.path
            ) ORDER BY story.path, r.target
            """
        )

    def attachments_owned(self) -> Iterator[str]:
        """Keys of the attachments in the output that belong to changed stories."""
        rows = self._db.execute(
            "SELECT key FROM output WHERE kind = 'attachment' "
            "AND substr(key, 1, instr(key, char(10)) - 1) IN (SELECT path FROM delta)"
        )
        return (str(row[0]) for row in rows)


_ATTACHED = (
    "FROM reference AS r JOIN story ON story.id = r.story JOIN source ON source.path = r.target "
    "WHERE r.what = 'attach' AND story.live = 1 AND source.kind IN ('static', 'loose')"
)
PUBLISHED_STATIC = """
    source.digest IS NOT NULL AND (
        (source.kind = 'static' AND NOT EXISTS
            (SELECT 1 FROM reference AS r WHERE r.target = source.path
             AND r.what IN ('filename', 'static', 'image')))
        OR (source.kind IN ('static', 'loose') AND EXISTS
            (SELECT 1 FROM reference AS r JOIN story ON story.id = r.story
             WHERE r.target = source.path AND r.what IN ('filename', 'static', 'image')
             AND story.live = 1))
        OR (source.kind IN ('static', 'loose')
            AND EXISTS (SELECT 1 FROM entry WHERE entry.picture = source.path))
    )
"""
