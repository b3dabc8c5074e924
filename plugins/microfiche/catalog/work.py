"""Outputs and the jobs that make them: who owns which file, and who wants what now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from microfiche.addresses import folded
from microfiche.catalog.database import empty
from microfiche.catalog.store import Store
from microfiche.catalog.twins import Twin, Twins
from microfiche.errors import Problem
from microfiche.records import Claim


class Rendered(NamedTuple):
    """What a worker says of a job that had to be rendered.

    ``staged`` is false when the file in place already has these bytes, ``twins`` is None where they
    are as they were.
    """

    job: int
    template: bytes
    view: bytes
    digest: bytes
    size: int
    staged: bool
    reason: str
    twins: tuple[Twin, ...] | None = None


class Work:
    """The plan of one build, kept in the catalog so that workers can take it from there."""

    def __init__(self, store: Store) -> None:
        self._db = store.db
        self.twins = Twins(store.db)

    def begin(self) -> None:
        """Forget the plan of a build that did not finish."""
        for table in ("job", "rendered", "pressed", "removal"):
            empty(self._db, table)

    def claim(self, rank: int, kind: str, claims: Iterable[Claim]) -> None:
        """Add the pages that a kind may have to make; ``rank`` is their order of publication."""
        self._db.executemany(
            "INSERT INTO job VALUES (NULL, ?, ?, ?, ?, ?)",
            ((rank, kind, key, path, path and folded(path)) for key, path in claims),
        )

    def claim_in_doubt(self, ranks: Mapping[str, int]) -> None:
        """Add the outputs that are not as they should be, where no kind claimed them."""
        rows = self._db.execute(
            """
            SELECT kind, key, path, folded FROM output AS o
            WHERE view IS NULL AND kind != '' AND NOT EXISTS
                (SELECT 1 FROM job WHERE job.kind = o.kind AND job.key = o.key)
            """
        ).fetchall()
        self._db.executemany(
            "INSERT INTO job VALUES (NULL, ?, ?, ?, ?, ?)",
            ((ranks[kind], kind, *rest) for kind, *rest in rows if kind in ranks),
        )

    def collisions(self, *, everything: bool) -> list[Problem]:
        """Pages that claim one address, or two that some file systems cannot tell apart.

        When ``everything`` was planned, an output that is in no job is no more.
        """
        rows = self._db.execute(
            """
            SELECT a.kind, a.key, a.path, b.kind, b.key, b.path FROM job AS a JOIN job AS b
                ON a.folded = b.folded AND a.id < b.id
            UNION
            SELECT o.kind, o.key, o.path, a.kind, a.key, a.path FROM job AS a CROSS JOIN output AS o
                ON o.folded = a.folded AND (o.kind, o.key) != (a.kind, a.key)
            WHERE NOT ? AND o.view IS NOT NULL AND NOT EXISTS
                (SELECT 1 FROM job WHERE job.kind = o.kind AND job.key = o.key)
            """,
            (everything,),
        )
        claims: dict[str, set[tuple[str, str, str]]] = {}
        for row in rows:
            claims.setdefault(folded(row[2]), set()).update((row[:3], row[3:]))
        return [problem for _, rivals in sorted(claims.items()) for problem in _clash(rivals)]

    def nested(self, *, everything: bool) -> list[Problem]:
        """Pages saved as a file where others need a folder of that name.

        When ``everything`` was planned, only an odd name can clash: a file without a dot, or a
        folder with one; and an output that is in no job is no more.
        """
        wanted = _PLANNED if everything else _WANTED
        files: set[str] = set()
        asked: set[str] = set()
        for (path,) in self._db.execute("SELECT path FROM job WHERE path IS NOT NULL"):
            folder, _, name = path.rpartition("/")
            if "." not in name and self._inside(path, wanted):
                files.add(path)
            if not everything or "." in folder:
                for parent in _parents(path):
                    if parent in asked:
                        break
                    asked.add(parent)
                    if self._owner(parent, wanted):
                        files.add(parent)
        return [self._nested(path, wanted) for path in sorted(files)]

    def _inside(self, path: str, wanted: str) -> str:
        """The first file that is wanted below a path, empty where none is."""
        (found,) = self._db.execute(
            f"SELECT min(path) FROM ({wanted}) WHERE path > ? AND path < ?",
            (f"{path}/", f"{path}0"),
        ).fetchone()
        return str(found or "")

    def _owner(self, path: str, wanted: str) -> tuple[str, str] | None:
        """Kind and key of what is wanted at a path."""
        row = self._db.execute(
            f"SELECT kind, key FROM ({wanted}) WHERE path = ?",
            (path,),
        ).fetchone()
        return (str(row[0]), str(row[1])) if row else None

    def _nested(self, path: str, wanted: str) -> Problem:
        owner, inner = self._owner(path, wanted), self._inside(path, wanted)
        assert owner, path
        what = f"is saved as {path!r}, which has to be a folder for {inner!r}"
        return Problem(_where(*owner), 1, what, "give it another address with Slug or Save_as")

    def drop_vanished(self) -> None:
        """Forget outputs in name only: claims that say a page is no more and never was."""
        self._db.execute(
            """
            DELETE FROM job WHERE path IS NULL AND NOT EXISTS
                (SELECT 1 FROM output WHERE output.kind = job.kind AND output.key = job.key)
            """
        )

    def find_removals(self, *, everything: bool) -> None:
        """Find our files that nobody claims; ``everything`` when all pages were planned."""
        owned = "" if everything else "AND (o.kind, o.key) IN (SELECT kind, key FROM job)"
        self._db.execute(
            f"""
            INSERT INTO removal SELECT o.path FROM output AS o
            WHERE NOT EXISTS (SELECT 1 FROM job WHERE job.path = o.path) {owned}
            """
        )

    def spans(self, size: int) -> Iterator[tuple[int, int]]:
        """The jobs as spans of their numbers, ``size`` jobs each, in order of rank."""
        last = self._db.execute("SELECT max(id) FROM job").fetchone()[0] or 0
        return ((start, min(start + size - 1, last)) for start in range(1, last + 1, size))

    def count(self) -> int:
        """How many pages the plan has."""
        (count,) = self._db.execute("SELECT count(*) FROM job WHERE path IS NOT NULL").fetchone()
        return int(count)

    def note(self, rendered: Iterable[Rendered]) -> None:
        """Note what a worker rendered."""
        rendered = list(rendered)
        self._db.executemany(
            "INSERT INTO rendered VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            ((*each[:-1], each.twins is not None) for each in rendered),
        )
        for each in rendered:
            if each.twins:
                self.twins.note(each.job, each.twins)

    def staged(self) -> Iterator[tuple[str, str]]:
        """What files are staged as, and their paths, in the order of publication."""
        return self._db.execute(
            """
            SELECT name, path FROM (
                SELECT rank, job.id AS id, '' AS form, job.id AS name, path
                FROM job JOIN rendered ON rendered.job = job.id WHERE staged
                UNION ALL SELECT rank, job.id, form, job.id || '.' || form, pressed.path
                FROM pressed JOIN job ON job.id = pressed.job WHERE staged
            ) ORDER BY rank, id, form
            """
        )

    def removals(self) -> list[str]:
        """Paths of the files to remove."""
        rows = self._db.execute("SELECT path FROM removal ORDER BY path")
        return [str(path) for (path,) in rows]

    def counts(self) -> tuple[int, int]:
        """Files that are staged, and files to be removed."""
        staged, removals = self._db.execute(
            "SELECT (SELECT count(*) FROM rendered WHERE staged) + "
            "(SELECT count(*) FROM pressed WHERE staged), (SELECT count(*) FROM removal)"
        ).fetchone()
        return int(staged), int(removals)

    def outputs(self) -> int:
        """How many files are ours."""
        (outputs,) = self._db.execute(
            "SELECT (SELECT count(*) FROM output) + (SELECT count(*) FROM twin)"
        ).fetchone()
        return int(outputs)

    def doubt(self) -> None:
        """Note, before a file is moved, which outputs are about to change."""
        self.twins.doubt()
        self._db.execute(
            """
            INSERT INTO output SELECT path, kind, key, NULL, NULL, NULL, 0, '', folded FROM job
                JOIN rendered ON rendered.job = job.id WHERE staged
            ON CONFLICT (path) DO UPDATE
                SET kind = excluded.kind, key = excluded.key, view = NULL, digest = NULL
            """
        )
        self._db.execute(
            "UPDATE output SET view = NULL, digest = NULL WHERE path IN (SELECT path FROM removal)"
        )

    def settle(self) -> None:
        """Note, after the files are in place, what they are."""
        self._db.execute("DELETE FROM output WHERE path IN (SELECT path FROM removal)")
        self._db.execute(
            """
            INSERT OR REPLACE INTO output
            SELECT path, kind, key, template, view, digest, size, reason, folded FROM job
                JOIN rendered ON rendered.job = job.id
            """
        )
        self.twins.settle()

    def paths(self) -> Iterator[str]:
        """The files of ours, by path."""
        rows = self._db.execute("SELECT path FROM output UNION SELECT path FROM twin ORDER BY path")
        return (str(path) for (path,) in rows)

    def distrust(self, paths: Iterable[str]) -> None:
        """Have files rendered again: they are missing, or not as we left them."""
        self._db.executemany(
            "UPDATE output SET view = NULL, digest = NULL WHERE path = ?",
            ((path,) for path in paths),
        )

    def distrust_all(self) -> None:
        """Have every file rendered again: the output is gone."""
        self._db.execute("UPDATE output SET view = NULL, digest = NULL")

    def adopt(self, paths: Iterable[str]) -> None:
        """Take files of an earlier build, whose catalog is gone, for ours and in doubt."""
        self._db.executemany(
            "INSERT OR IGNORE INTO output VALUES (?, '', '', NULL, NULL, NULL, 0, '', ?)",
            ((path, folded(path)) for path in paths),
        )


_PLANNED = "SELECT path, kind, key FROM job WHERE path IS NOT NULL"
_WANTED = f"""
    {_PLANNED}
    UNION ALL SELECT path, kind, key FROM output AS o WHERE NOT EXISTS
        (SELECT 1 FROM job WHERE job.kind = o.kind AND job.key = o.key)
"""


def _parents(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _clash(rivals: Iterable[tuple[str, str, str]]) -> Iterator[Problem]:
    """One problem for each but the first of those that claim an address: kind, key, file.

    Pages that no source asks for by name come first, then sources by path.
    """
    (kind, key, _), *others = sorted(rivals, key=lambda rival: (_where(*rival[:2]), *rival))
    for other_kind, other_key, path in others:
        what = f"is saved as {path!r}, and so is {_named(kind, key)}"
        remedy = "give one of them another Slug, Date or Save_as"
        yield Problem(_where(other_kind, other_key), 1, what, remedy)


def _where(kind: str, key: str) -> str:
    of_source = kind in ("story", "page", "static", "attachment")
    return key.split("\n", maxsplit=1)[0] if of_source else ""


def _named(kind: str, key: str) -> str:
    return _where(kind, key) or (f"the {kind} {key!r}" if key else f"the {kind} page")
