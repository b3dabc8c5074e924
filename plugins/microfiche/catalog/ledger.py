"""The ledger as the catalog has it, and the addresses that have no page any more.

*Dead* is an address of the ledger where the plan puts no page. Which addresses are dead is known
without a walk through the ledger: ``live`` says of each line whether its address was that of a page
when the output was last in step, and only what came or went since is looked up.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from microfiche.addresses import folded
from microfiche.catalog.rows import decode_story
from microfiche.records import LedgerEntry

FOLLOWING = (
    "redirect",
    "_redirects",
    "_headers",
    "nginx maps",
    "nginx server",
    "apache",
    "caddy",
)
"""Kinds of pages that follow from which others there are: at their addresses lives nothing."""

_WAY = "path, target, page"
_FOLLOWING = ", ".join(f"'{kind}'" for kind in FOLLOWING)
_LIVES = f"EXISTS (SELECT 1 FROM output WHERE path = ledger.path AND kind NOT IN ({_FOLLOWING}))"


class Dead(NamedTuple):
    """An address without a page, as the ledger knows it.

    ``home`` is where the story of its identity is, empty where it is not published or none.
    """

    path: str
    identity: str
    since: str
    home: str


class Owned(NamedTuple):
    """What an owner says of an address: a line of the ledger, or the alias of a story.

    ``source`` is the story's path, empty for the ledger's own. ``leads`` is ``gone`` or a file.
    """

    path: str
    leads: str
    source: str
    line: str


class Published(NamedTuple):
    """A page in the output that the ledger does not have as it is.

    ``identity`` is that of its story, empty for other pages. ``before`` is the line that the
    ledger has of the address, empty where it has none.
    """

    path: str
    kind: str
    key: str
    identity: str
    before: str


class Book:
    """The ledger's lines, and what follows from them."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    # The lines

    def lines(self) -> Iterator[str]:
        """Every line, in order."""
        return (str(row[0]) for row in self._db.execute("SELECT line FROM ledger ORDER BY line"))

    def add(self, entries: Iterable[LedgerEntry]) -> None:
        """Put in lines that are new."""
        self._db.executemany(
            "INSERT INTO ledger SELECT ?1, ?2, ?3, ?4, ?5, ?6, EXISTS "
            f"(SELECT 1 FROM output WHERE path = ?2 AND kind NOT IN ({_FOLLOWING}))",
            entries,
        )

    def remove(self, lines: Iterable[str]) -> None:
        """Take out lines that are no more."""
        self._db.executemany("DELETE FROM ledger WHERE line = ?", ((line,) for line in lines))

    def newest(self) -> str:
        """The newest day of a first publication, empty where nothing was published."""
        (found,) = self._db.execute("SELECT max(since) FROM ledger").fetchone()
        return found or ""

    def disputed(self) -> Iterator[tuple[str, str, str]]:
        """Addresses of which two lines say different things: the file, and two of the lines."""
        return self._db.execute(
            """
            SELECT path, min(line), max(line) FROM ledger WHERE leads != ''
                GROUP BY path HAVING count(DISTINCT leads) > 1
            UNION SELECT path, min(line), max(line) FROM ledger WHERE path IN (
                    SELECT path FROM ledger WHERE leads = '' GROUP BY path HAVING count(*) > 1)
                AND leads = '' GROUP BY path HAVING count(DISTINCT identity) > 1
            ORDER BY 1
            """
        )

    # What is published

    def note_live(self, *, everything: bool) -> None:
        """The output is in step: note which addresses are those of pages."""
        changed = "" if everything else _CHANGED
        self._db.execute(f"UPDATE ledger SET live = {_LIVES} WHERE live != {_LIVES} {changed}")

    def look(self, *, everything: bool) -> None:
        """Find what the plan adds to the output and takes away, before any page that follows it."""
        if everything:
            self.note_live(everything=True)
        owned = "" if everything else "AND (o.kind, o.key) IN (SELECT kind, key FROM job)"
        for table in ("vanishing", "appearing"):
            self._db.execute(f"DROP TABLE IF EXISTS temp.{table}")
            self._db.execute(f"CREATE TEMP TABLE {table} (path TEXT PRIMARY KEY) WITHOUT ROWID")
        self._db.execute(
            f"""
            INSERT INTO vanishing SELECT o.path FROM output AS o
            WHERE o.kind NOT IN ({_FOLLOWING}) {owned}
                AND NOT EXISTS (SELECT 1 FROM job WHERE job.path = o.path)
            """
        )
        self._db.execute(
            f"""
            INSERT OR IGNORE INTO appearing SELECT job.path FROM job LEFT JOIN output AS o
                ON o.path = job.path AND o.kind NOT IN ({_FOLLOWING})
            WHERE job.path IS NOT NULL AND o.path IS NULL
            """
        )

    def lives(self, path: str) -> bool:
        """Whether the plan has a page at a file."""
        row = self._db.execute(
            f"""
            SELECT EXISTS (SELECT 1 FROM job WHERE path = ?1) OR EXISTS
                (SELECT 1 FROM output WHERE path = ?1 AND kind NOT IN ({_FOLLOWING})
                 AND path NOT IN (SELECT path FROM vanishing))
            """,
            (path,),
        ).fetchone()
        return bool(row[0])

    def living(self, paths: Iterable[str]) -> set[str]:
        """Those of these files at which the plan has a page: ``lives``, asked of many at once."""
        self._db.execute("DROP TABLE IF EXISTS temp.asked")
        self._db.execute("CREATE TEMP TABLE asked (path TEXT PRIMARY KEY) WITHOUT ROWID")
        self._db.executemany("INSERT INTO asked VALUES (?)", ((path,) for path in paths))
        rows = self._db.execute(
            f"""
            SELECT path FROM asked WHERE EXISTS (SELECT 1 FROM job WHERE job.path = asked.path)
                OR EXISTS (SELECT 1 FROM output WHERE output.path = asked.path
                    AND kind NOT IN ({_FOLLOWING})
                    AND NOT EXISTS (SELECT 1 FROM vanishing AS v WHERE v.path = asked.path))
            """
        )
        return {str(path) for (path,) in rows}

    def file_above(self, path: str) -> str:
        """The page's file that would have to be a folder for one at ``path``; empty if none is.

        Only names with a dot are looked up, for others are those of folders.
        """
        folder = path.rpartition("/")[0]
        while folder:
            if "." in folder.rpartition("/")[2] and self.lives(folder):
                return folder
            folder = folder.rpartition("/")[0]
        return ""

    def home(self, kind: str, key: str) -> str:
        """The file of a page by kind and key as the plan has it, empty where there is none."""
        row = self._db.execute(
            "SELECT path FROM job WHERE kind = ? AND key = ?", (kind, key)
        ).fetchone()
        if row:
            return str(row[0] or "")
        row = self._db.execute(
            "SELECT path FROM output WHERE kind = ? AND key = ? "
            "AND path NOT IN (SELECT path FROM vanishing)",
            (kind, key),
        ).fetchone()
        return str(row[0]) if row else ""

    def home_of_story(self, identity: str) -> str:
        """The file of the published story that has an identity, empty where there is none."""
        row = self._db.execute(
            """
            SELECT story.output FROM moved JOIN story ON story.id = moved.story
                WHERE moved.identity = ?1 AND story.live = 1
            UNION ALL SELECT output FROM story WHERE identity = ?1 AND live = 1
                AND id NOT IN (SELECT story FROM moved)
            ORDER BY 1 LIMIT 1
            """,
            (identity,),
        ).fetchone()
        return str(row[0]) if row else ""

    # What is not

    def dead(self) -> Iterator[Dead]:
        """Every address that a publication wrote down and that has no page, by file."""
        rows = self._db.execute(
            f"""
            WITH dead (path, identity, since) AS (
                SELECT path, identity, since FROM ledger
                    WHERE live = 0 AND leads = '' AND path NOT IN (SELECT path FROM appearing)
                UNION ALL SELECT ledger.path, identity, since FROM vanishing CROSS JOIN ledger
                    ON ledger.path = vanishing.path WHERE live = 1 AND leads = ''
            )
            SELECT path, identity, since, CASE instr(identity, ':') WHEN 0 THEN {_HOME} ELSE '' END
            FROM dead ORDER BY path
            """
        )
        return map(Dead._make, rows)

    def owner(self, path: str) -> tuple[str, str] | None:
        """Kind and key of the page that the plan has at a file."""
        row = self._db.execute(
            """
            SELECT kind, key FROM job WHERE path = ?1
            UNION ALL SELECT kind, key FROM output WHERE path = ?1 LIMIT 1
            """,
            (path,),
        ).fetchone()
        return (str(row[0]), str(row[1])) if row else None

    def files(self, identity: str) -> list[str]:
        """The files under which publications wrote down an identity."""
        rows = self._db.execute(
            "SELECT path FROM ledger WHERE identity = ? ORDER BY line", (identity,)
        )
        return [str(row[0]) for row in rows]

    def identity(self, path: str) -> str:
        """The identity that a publication wrote down for a file, empty where none did."""
        row = self._db.execute(
            "SELECT identity FROM ledger WHERE path = ? AND leads = '' ORDER BY line", (path,)
        ).fetchone()
        return str(row[0]) if row else ""

    def owned(self) -> Iterator[Owned]:
        """What owners say of addresses, those of published stories' aliases last."""
        rows = self._db.execute(
            """
            SELECT path, leads, '', line FROM ledger WHERE leads != ''
            UNION ALL SELECT alias.path, story.output, story.path, '' FROM alias
                CROSS JOIN story ON story.id = alias.story WHERE story.live = 1
            ORDER BY 3, 1, 2
            """
        )
        return map(Owned._make, rows)

    # Where they lead

    def redirect(self, found: Mapping[str, str]) -> None:
        """Set where addresses without a page lead, and note which are not as they were.

        ``found`` is from files to files, empty for what is gone. A page leads on where its file
        has the name of one, no other's differs from it in the case of letters alone, and none
        lies where a folder would have to be.
        """
        db = self._db
        db.execute("DROP TABLE IF EXISTS temp.fresh")
        db.execute(
            "CREATE TEMP TABLE fresh "
            "(path TEXT PRIMARY KEY, target TEXT NOT NULL, page INTEGER NOT NULL, "
            "folded TEXT NOT NULL) WITHOUT ROWID"
        )
        db.executemany(
            "INSERT INTO fresh VALUES "
            "(?1, ?2, ?2 != '' AND (?1 GLOB '*.html' OR ?1 GLOB '*.htm'), ?3)",
            ((path, target, folded(path)) for path, target in found.items()),
        )
        db.execute(f"UPDATE fresh SET page = 0 WHERE page = 1 AND ({_FOLDS})")
        below = ((path,) for path in found if "." in path.rpartition("/")[0])
        db.executemany(
            "UPDATE fresh SET page = 0 WHERE path = ?",
            [each for each in below if self.file_above(*each)],
        )
        db.execute(
            "UPDATE fresh SET page = 0 WHERE page = 1 AND path NOT IN "
            "(SELECT min(path) FROM fresh WHERE page = 1 GROUP BY folded)"
        )
        for one, other in (("redirect", "fresh"), ("fresh", "redirect")):
            db.execute(
                "INSERT OR IGNORE INTO delta_redirect "
                f"SELECT path FROM (SELECT {_WAY} FROM {one} EXCEPT SELECT {_WAY} FROM {other})"
            )
        db.execute("DELETE FROM redirect WHERE path NOT IN (SELECT path FROM fresh)")
        db.execute(
            "REPLACE INTO redirect "
            f"SELECT * FROM (SELECT {_WAY} FROM fresh EXCEPT SELECT {_WAY} FROM redirect)"
        )

    # What a publication has to write down

    def unwritten(self, kinds: Iterable[str]) -> Iterator[Published]:
        """Pages of lasting kinds that the ledger has not, or not with their identity."""
        names = ", ".join(f"'{kind}'" for kind in sorted(kinds))
        rows = self._db.execute(
            f"""
            SELECT o.path, o.kind, o.key, coalesce(moved.identity, story.identity, '') AS own,
                coalesce(ledger.line, '')
            FROM output AS o
            LEFT JOIN story ON o.kind IN ('story', 'page') AND story.path = o.key
            LEFT JOIN moved ON moved.story = story.id
            LEFT JOIN ledger ON ledger.path = o.path AND ledger.leads = ''
            WHERE o.kind IN ({names}) AND (ledger.line IS NULL OR ledger.identity !=
                CASE own WHEN '' THEN replace(o.kind, ' ', '-') || ':' || o.key ELSE own END)
            ORDER BY o.path
            """
        )
        return map(Published._make, rows)

    def names(self) -> Iterator[tuple[str, str, str]]:
        """Stories that keep another identity than the one made of their name, by file.

        File, path and headers' Id are given; of several stories of one name, the first counts.
        """
        rows = self._db.execute(
            """
            SELECT story.output, story.path, story.head FROM moved
                JOIN story ON story.id = moved.story WHERE story.live = 1 AND NOT EXISTS
                (SELECT 1 FROM story AS other WHERE other.identity = story.identity
                 AND other.live = 1 AND other.path < story.path)
            """
        )
        return ((output, path, decode_story(head).id) for output, path, head in rows)

    def misnamed(self) -> Iterator[tuple[str, str]]:
        """Lines whose story is not known by the name that they have: file and line.

        A story that is not published at the moment keeps its name.
        """
        return self._db.execute(
            f"""
            SELECT path, line FROM ledger WHERE known != '' AND NOT EXISTS ({_BEARER})
                AND EXISTS (SELECT 1 FROM story LEFT JOIN moved ON moved.story = story.id
                    WHERE story.live = 1 AND ledger.identity =
                        coalesce(moved.identity, story.identity))
            UNION SELECT ledger.path, line FROM moved JOIN story ON story.id = moved.story
                JOIN ledger ON ledger.path = story.output AND ledger.identity = moved.identity
                WHERE story.live = 1 AND ledger.known != story.identity
            ORDER BY 1
            """
        )


_HOME = """
    coalesce(
        (SELECT min(output) FROM moved CROSS JOIN story ON story.id = moved.story
            WHERE moved.identity = dead.identity AND live = 1),
        (SELECT min(output) FROM story WHERE story.identity = dead.identity AND live = 1
            AND NOT EXISTS (SELECT 1 FROM moved WHERE moved.story = story.id)),
        '')
"""

_FOLDS = f"""
    EXISTS (SELECT 1 FROM job WHERE folded = fresh.folded) OR EXISTS
        (SELECT 1 FROM output WHERE folded = fresh.folded AND kind NOT IN ({_FOLLOWING})
         AND NOT EXISTS (SELECT 1 FROM vanishing WHERE vanishing.path = output.path))
"""

_BEARER = """
    SELECT 1 FROM moved JOIN story ON story.id = moved.story
    WHERE moved.identity = ledger.identity AND story.live = 1
        AND story.output = ledger.path AND story.identity = ledger.known
"""

_CHANGED = """
    AND path IN (SELECT path FROM job WHERE path IS NOT NULL UNION SELECT path FROM removal)
"""
