"""What checks ask: what stands in the way of a whole and honest archive."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from microfiche.errors import Problem, Severity


class Findings:
    """What is, or may be, wrong with the sources."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def unresolved(self) -> Iterator[tuple[str, str, str, int]]:
        """Links between sources that lead nowhere: source, kind of link, target, line."""
        return self._db.execute(
            f"""
            SELECT story.path, r.what, r.target, r.line FROM reference AS r
                JOIN story ON story.id = r.story LEFT JOIN source ON source.path = r.target
            WHERE story.status != 'draft' AND {_NOWHERE}
            UNION
            SELECT r.path, r.what, r.target, r.line FROM broken_reference AS r
                LEFT JOIN source ON source.path = r.target
            WHERE {_NOWHERE}
            ORDER BY 1, 4, 3
            """
        )

    def waiting(self) -> Iterator[tuple[str, str, int]]:
        """Links of published stories to ones that are not: source, target, line."""
        return self._db.execute(
            """
            SELECT story.path, r.target, r.line FROM reference AS r
                JOIN story ON story.id = r.story
                JOIN source ON source.path = r.target AND source.kind IN ('story', 'page')
                LEFT JOIN story AS target ON target.path = r.target
            WHERE story.live = 1 AND r.what = 'filename' AND coalesce(target.live, 0) = 0
            ORDER BY story.path, r.line, r.target
            """
        )

    def term_links(self) -> Iterator[tuple[str, str, str, int]]:
        """Links of stories to terms: source, kind of link, label, line."""
        return self._db.execute(
            """
            SELECT story.path, r.what, r.target, r.line FROM reference AS r
                JOIN story ON story.id = r.story
            WHERE story.status != 'draft'
                AND r.what NOT IN ('filename', 'static', 'attach', 'image')
            ORDER BY story.path, r.line, r.target
            """
        )

    def source_paths(self, *, written: bool) -> Iterator[str]:
        """The path of every source that is written, a story or page, or of every other."""
        rows = self._db.execute(
            "SELECT path FROM source WHERE (kind IN ('story', 'page')) = ? ORDER BY path",
            (written,),
        )
        return (str(row[0]) for row in rows)

    def shared_ids(self) -> Iterator[tuple[str, str, str]]:
        """Ids that several stories state: the source, the id, the first source that has it."""
        return self._db.execute(
            """
            SELECT story.path, i.name, (SELECT min(s.path) FROM identity AS j
                JOIN story AS s ON s.id = j.story WHERE j.name = i.name) AS first
            FROM identity AS i JOIN story ON story.id = i.story
            WHERE i.name IN (SELECT name FROM identity GROUP BY name HAVING count(*) > 1)
                AND story.path != first
            ORDER BY story.path
            """
        )

    def spellings(self) -> Iterator[tuple[str, str, str, str, int]]:
        """Terms that stories spell in another way than they are shown.

        Kind, slug, the label that is shown, another, its count.
        """
        return self._db.execute(
            """
            SELECT term.kind, term.slug, term.label, t.label, count(*)
            FROM term CROSS JOIN story_term AS t
                ON t.kind = term.kind AND t.slug = term.slug AND t.listed = 1
            WHERE (term.spellings > 1 OR EXISTS
                    (SELECT 1 FROM entry WHERE kind = term.kind AND slug = term.slug))
                AND t.label != term.label
            GROUP BY term.kind, term.slug, t.label ORDER BY term.kind, term.slug, t.label
            """
        )

    def problems(self) -> list[Problem]:
        """Every problem of every source, in order of path and line."""
        rows = self._db.execute(
            "SELECT path, line, what, remedy, severity FROM problem ORDER BY path, line, what"
        )
        return [
            Problem(path, line, what, remedy, Severity(severity))
            for path, line, what, remedy, severity in rows
        ]

    def unknown_headers(self) -> list[tuple[str, int]]:
        """Headers that we do not know, with the number of stories that have them."""
        rows = self._db.execute("SELECT name, count(*) FROM extra GROUP BY name ORDER BY name")
        return [(str(name), int(count)) for name, count in rows]


_NOWHERE = """
    r.what IN ('filename', 'static', 'attach', 'image') AND (source.path IS NULL
        OR (r.what != 'filename' AND source.kind NOT IN ('static', 'loose')))
"""
