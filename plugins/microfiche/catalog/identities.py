"""Who has which identity: by name, else by nature, else by address.

By nature a story has the identity that is made of its name (its ``Id``, or its path). It keeps
another one that the ledger knows: under its present name, or, where the ledger does not know the
one by nature, under its present address. Of several that claim one identity, the first has it.
"""

from __future__ import annotations

import sqlite3
import uuid

from microfiche.catalog.store import Store

_OF_STORY = "ledger.identity != '' AND instr(ledger.identity, ':') = 0"


def settle(store: Store) -> None:
    """Bring the identities in step with stories and ledger, and note the stories that have others.

    All are looked at where the ledger changed, else those of changed stories and their rivals.
    """
    everything = store.fresh or store.meta("ledger changed")
    claims = _Claims(store.db)
    for number in claims.all() if everything else claims.touched():
        before, after = claims.kept(number), claims.resolved(number)
        if before != after:
            store.db.execute("DELETE FROM moved WHERE story = ?", (number,))
            if after:
                store.db.execute("INSERT INTO moved VALUES (?, ?)", (number, after))
            if not store.fresh:
                store.notes.story(number)
    store.set_meta("ledger changed", "")


class _Claims:
    """The claims of published stories on identities."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def all(self) -> list[int]:
        """Stories that may not have the identity that is theirs by nature."""
        return self._numbers(
            f"""
            SELECT id FROM story WHERE identity IN
                (SELECT known FROM ledger WHERE known != ''
                 UNION SELECT identity FROM ledger WHERE known != '')
            UNION SELECT story.id FROM story JOIN ledger ON ledger.path = story.output
                WHERE {_OF_STORY} AND ledger.identity != story.identity
            UNION SELECT id FROM story WHERE identity IN
                (SELECT identity FROM story GROUP BY identity HAVING count(*) > 1)
            UNION SELECT story FROM moved
            """
        )

    def touched(self) -> list[int]:
        """The same of changed stories, and of all that claim what one of those claims or did."""
        return self._numbers(
            f"""
            WITH claimed (identity) AS (
                SELECT identity FROM delta_identity
                UNION SELECT ledger.identity FROM delta_identity AS d CROSS JOIN ledger
                    ON ledger.known = d.identity AND ledger.known != ''
                UNION SELECT ledger.identity FROM delta_identity AS d CROSS JOIN ledger
                    ON ledger.path = d.output AND {_OF_STORY}
            )
            SELECT id FROM story WHERE identity IN claimed
            UNION SELECT story.id FROM claimed CROSS JOIN ledger USING (identity)
                CROSS JOIN story ON story.identity = ledger.known
            UNION SELECT story.id FROM claimed CROSS JOIN ledger USING (identity)
                CROSS JOIN story ON story.output = ledger.path
            UNION SELECT story FROM moved WHERE identity IN claimed
            """
        )

    def kept(self, number: int) -> str:
        """The identity that a story has and not by nature, empty where there is none."""
        row = self._db.execute("SELECT identity FROM moved WHERE story = ?", (number,)).fetchone()
        return str(row[0]) if row else ""

    def resolved(self, number: int) -> str:
        """The same as it should be."""
        path, output, natural, live = self._db.execute(
            "SELECT path, output, identity, live FROM story WHERE id = ?", (number,)
        ).fetchone()
        if not live:
            return ""
        first = self._first("identity = ?", natural) == path
        if first and (named := self._named(natural)):
            return named
        own = first and not self._holder_by_name(natural)
        if own and self._in_ledger(natural):
            return ""
        by_address = self._by_address(path, output)
        if by_address or own:
            return by_address if by_address != natural else ""
        return str(uuid.uuid5(uuid.UUID(natural), output))

    def _named(self, natural: str) -> str:
        """The identity that the ledger knows by the name of a story."""
        row = self._db.execute(
            "SELECT min(identity) FROM ledger WHERE known = ? AND known != ''", (natural,)
        ).fetchone()
        return str(row[0] or "")

    def _holder_by_name(self, identity: str) -> str:
        """The path of the story that has an identity because the ledger knows it by its name."""
        return self._first(
            "identity IN (SELECT known FROM ledger WHERE identity = ? AND known != '')", identity
        )

    def _in_ledger(self, identity: str) -> bool:
        row = self._db.execute("SELECT 1 FROM ledger WHERE identity = ? LIMIT 1", (identity,))
        return row.fetchone() is not None

    def _by_address(self, path: str, output: str) -> str:
        """The identity that the ledger has under a story's address, unless another has it."""
        row = self._db.execute(
            f"SELECT identity FROM ledger WHERE path = ? AND {_OF_STORY} ORDER BY line", (output,)
        ).fetchone()
        if not row or self._holder_by_name(row[0]) or self._first("identity = ?", row[0]):
            return ""
        heir = self._first(
            """
            output IN (SELECT path FROM ledger WHERE identity = ?)
                AND NOT EXISTS (SELECT 1 FROM ledger AS l WHERE l.identity = story.identity)
            """,
            row[0],
        )
        return str(row[0]) if heir == path else ""

    def _first(self, condition: str, value: str) -> str:
        """The first path of a published story, empty where there is none."""
        (path,) = self._db.execute(
            f"SELECT min(path) FROM story WHERE live = 1 AND {condition}", (value,)
        ).fetchone()
        return str(path or "")

    def _numbers(self, query: str) -> list[int]:
        return [int(number) for (number,) in self._db.execute(query)]
