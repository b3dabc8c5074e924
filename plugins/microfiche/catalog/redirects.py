"""What pages ask about addresses that have no page of their own, and about lasting identities."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from microfiche.addresses import file
from microfiche.records import Story


class Rule(NamedTuple):
    """Where an address without a page leads.

    ``path`` is the file behind the address. ``address`` is percent-encoded and relative to the
    site's root, None where the page is gone.
    """

    path: str
    address: str | None


class Redirects:
    """The redirects as the plan has them."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def identity(self, story: Story) -> str:
        """The URN (RFC 4122) by which feeds know a story, wherever it has moved to."""
        row = self._db.execute(
            "SELECT moved.identity FROM story JOIN moved ON moved.story = story.id "
            "WHERE story.path = ?",
            (story.path,),
        ).fetchone()
        return f"urn:uuid:{row[0]}" if row else story.identity

    def has_moved(self) -> bool:
        """Whether any story keeps an identity that is not the one made of its name."""
        return self._db.execute("SELECT 1 FROM moved LIMIT 1").fetchone() is not None

    def rules(self) -> Iterator[Rule]:
        """Every address without a page, by file."""
        rows = self._db.execute(f"{_RULES} ORDER BY redirect.path")
        return (_rule(*row) for row in rows)

    def rule(self, path: str) -> Rule:
        """Where one address leads."""
        row = self._db.execute(f"{_RULES} WHERE redirect.path = ?", (path,)).fetchone()
        return _rule(*row)

    def any(self) -> bool:
        """Whether there is an address without a page."""
        return self._db.execute("SELECT 1 FROM redirect LIMIT 1").fetchone() is not None

    def taken(self, path: str, kind: str) -> bool:
        """Whether the plan, or where nothing is planned the output, has another kind's file there.

        A claim for the file that vanishes is none.
        """
        planned = self._db.execute(
            "SELECT 1 FROM sqlite_temp_master WHERE name = 'vanishing'"
        ).fetchone()
        left = "AND path NOT IN (SELECT path FROM vanishing)" if planned else ""
        (found,) = self._db.execute(
            f"""
            SELECT EXISTS (SELECT 1 FROM job WHERE path = ?1 AND kind != ?2) OR EXISTS
                (SELECT 1 FROM output WHERE path = ?1 AND kind != ?2 {left})
            """,
            (path, kind),
        ).fetchone()
        return bool(found)

    def there(self, kind: str) -> bool:
        """Whether the output has a file of a kind."""
        row = self._db.execute("SELECT 1 FROM output WHERE kind = ? LIMIT 1", (kind,)).fetchone()
        return row is not None

    def changed(self) -> bool:
        """Whether one leads elsewhere than when the output was last in step."""
        return self._db.execute("SELECT 1 FROM delta_redirect LIMIT 1").fetchone() is not None

    def pages(self) -> Iterator[tuple[str, str]]:
        """The addresses that a page leads on from: key and file, which are the same."""
        return self._db.execute("SELECT path, path FROM redirect WHERE page = 1 ORDER BY path")

    def pages_touched(self) -> Iterator[tuple[str, str | None]]:
        """The same of those that changed; the file is None where there is no such page any more."""
        return self._db.execute(
            """
            SELECT d.path, redirect.path FROM delta_redirect AS d
            LEFT JOIN redirect ON redirect.path = d.path AND redirect.page = 1
            WHERE redirect.path IS NOT NULL
                OR EXISTS (SELECT 1 FROM output WHERE kind = 'redirect' AND key = d.path)
            ORDER BY d.path
            """
        )


def _rule(path: str, target: str, address: str | None) -> Rule:
    if not target:
        return Rule(path, None)
    return Rule(path, file(target).address if address is None else address)


_RULES = """
    SELECT redirect.path, redirect.target,
        (SELECT address FROM story WHERE output = redirect.target AND live = 1)
    FROM redirect
"""
