"""What changed, as the catalog notes it for the plan."""

from __future__ import annotations

import sqlite3


class Notes:
    """Notes of stories and sources as they are at that moment: before, and after, a change."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def story(self, number: int) -> None:
        """Note a story, with all of which it is a part."""
        self._db.execute(
            "INSERT INTO delta SELECT path, stamp, day, grp FROM story WHERE id = ?", (number,)
        )
        self._db.execute(
            "INSERT INTO delta_term SELECT kind, slug, day, stamp, tie FROM story_term "
            "WHERE story = ?",
            (number,),
        )
        self._db.execute(
            "INSERT INTO delta_part SELECT slug, day, stamp, path FROM part WHERE story = ?",
            (number,),
        )
        self._db.execute(
            "INSERT INTO delta_correction SELECT day FROM correction WHERE story = ?", (number,)
        )
        self._db.execute(
            "INSERT OR IGNORE INTO delta_source SELECT target FROM reference "
            "WHERE story = ? AND what IN ('filename', 'static', 'attach', 'image')",
            (number,),
        )
        self._db.execute(
            "INSERT OR IGNORE INTO delta_picture SELECT digest FROM shown "
            "JOIN picture ON picture.path = shown.path WHERE story = ?",
            (number,),
        )

    def source(self, path: str) -> None:
        """Note a source that came, went or changed."""
        self._db.execute("INSERT OR IGNORE INTO delta_source VALUES (?)", (path,))

    def picture(self, path: str) -> None:
        """Note which picture a source is."""
        self._db.execute(
            "INSERT OR IGNORE INTO delta_picture SELECT digest FROM picture WHERE path = ?", (path,)
        )

    def identity(self, number: int) -> None:
        """Note which identity and which file a story claims that came, went or changed."""
        self._db.execute(
            "INSERT INTO delta_identity SELECT identity, output FROM story WHERE id = ?", (number,)
        )

    def links_to_terms(self) -> None:
        """Note the stories that link to a term: which may be another, or none."""
        ids = self._db.execute(
            "SELECT DISTINCT story FROM reference INDEXED BY reference_term "
            "WHERE what NOT IN ('filename', 'static', 'attach', 'image')"
        ).fetchall()
        for (number,) in ids:
            self.story(number)

    def what_leads_to(self, path: str) -> None:
        """Note what links to a source, or shows it as its picture."""
        self._db.execute(
            "INSERT INTO delta_term SELECT kind, slug, '', 0, 0 FROM entry WHERE picture = ?",
            (path,),
        )
        ids = self._db.execute(
            "SELECT story FROM reference WHERE target = ?1 "
            "UNION SELECT story FROM shown WHERE path = ?1",
            (path,),
        ).fetchall()
        for (number,) in ids:
            self.story(number)

    def address(self, path: str) -> None:
        """Note where links to a source led when the output was last in step.

        Of a picture, what it was counts as well: pages say how large it is.
        """
        (named,) = self._db.execute(
            "SELECT EXISTS (SELECT 1 FROM reference WHERE target = ?1) "
            "OR EXISTS (SELECT 1 FROM shown WHERE path = ?1) "
            "OR EXISTS (SELECT 1 FROM entry WHERE picture = ?1)",
            (path,),
        ).fetchone()
        if named:
            self._db.execute(
                "INSERT OR IGNORE INTO delta_address VALUES (?, ?)", (path, leads(self._db, path))
            )


def leads(db: sqlite3.Connection, path: str) -> str:
    """Where links to a source lead: empty where nowhere, else a slash and the address.

    After a static file's come its size, which feeds tell, and the digest of a picture.
    """
    row = db.execute("SELECT address FROM story WHERE path = ? AND live = 1", (path,)).fetchone()
    if row:
        return f"/{row[0]}"
    row = db.execute(
        "SELECT address, size, ' ' || hex(picture.digest) FROM source "
        "LEFT JOIN picture ON picture.path = source.path "
        "WHERE source.path = ? AND kind IN ('static', 'loose')",
        (path,),
    ).fetchone()
    return f"/{row[0]} {row[1]}{row[2] or ''}" if row else ""
