"""The catalog open for writing, and putting in what reading brings."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from microfiche.bodies import Body
from microfiche.catalog import database, schema
from microfiche.catalog.ladders import broader, ladders
from microfiche.catalog.memory import Memory, Remembered, folder_of
from microfiche.catalog.notes import Notes
from microfiche.errors import Problem, Severity
from microfiche.records import Reading, SourceKind, Story
from microfiche.scan import trusted_mtime

_OF_STORY = (
    *("story_term", "folded", "part", "correction", "reference", "shown"),
    *("identity", "alias", "moved", "extra"),
)

_encode = msgspec.msgpack.Encoder().encode


class Entry(NamedTuple):
    """A reading with the place where its body was put (None where it has none)."""

    reading: Reading
    body: Body | None


class Store:
    """The catalog open for writing; one build at a time holds it."""

    def __init__(
        self, path: Path, connection: sqlite3.Connection, seal: database.Seal, *, fresh: bool
    ) -> None:
        self._path = path
        self._seal = seal
        self.db = connection
        self.fresh = fresh
        self.ladders = ladders(connection)
        self.memory = Memory(connection)
        self.notes = Notes(connection)

    def close(self) -> None:
        """Close the file and seal it; uncommitted changes are lost.

        Where somebody reads it at this moment, part of it stays in SQLite's journal, and there is
        no seal.
        """
        self.db.close()
        if not self._path.with_name(f"{self._path.name}-wal").exists():
            self._seal.set()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what is done inside, or nothing."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def meta(self, name: str) -> str:
        """A remembered word, empty where there is none."""
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def set_meta(self, name: str, value: str) -> None:
        """Remember a word; one that is remembered already costs no write."""
        if self.meta(name) != value:
            self.db.execute("REPLACE INTO meta VALUES (?, ?)", (name, value))

    def remembered(self) -> Remembered:
        """What was remembered of the content folder before this build."""
        return Remembered(None if self.fresh else database.open_reader(self._path))

    def put_problems(self, path: str, problems: Iterable[Problem]) -> None:
        """Put in all that is wrong with a file that is no story, in place of what was."""
        self.db.execute("DELETE FROM problem WHERE path = ?", (path,))
        self._add_problems(problems)

    def add(self, entries: Iterable[Entry], scanned: int) -> None:
        """Put in what was read; ``scanned`` is when the walk began, nanoseconds since the epoch."""
        for entry in entries:
            found = entry.reading.found
            if entry.reading.unchanged:
                self._hint(entry.reading, scanned)
                continue
            if not self.fresh:
                self.remove(found.path)
            self._add_source(entry.reading, scanned)
            self._add_problems(entry.reading.problems)
            if entry.reading.story and entry.body:
                self._add_story(entry.reading, entry.reading.story, entry.body)
            else:
                self._add_broken_references(entry.reading)

    def remove(self, path: str) -> None:
        """Take a source out, remembering for the plan what it was."""
        self.notes.address(path)
        row = self.db.execute("SELECT id FROM story WHERE path = ?", (path,)).fetchone()
        if row:
            self.notes.story(row[0])
            self.notes.identity(row[0])
            for table in _OF_STORY:
                self.db.execute(f"DELETE FROM {table} WHERE story = ?", row)
            self.db.execute("DELETE FROM story WHERE id = ?", row)
        self.notes.picture(path)
        for table in ("problem", "broken_reference", "picture", "source"):
            self.db.execute(f"DELETE FROM {table} WHERE path = ?", (path,))
        self.notes.source(path)

    def set_aside(self, problem: Problem) -> None:
        """Withdraw a source that reading found sound; every build reads it again."""
        row = self.db.execute("SELECT * FROM source WHERE path = ?", (problem.path,)).fetchone()
        self.remove(problem.path)
        self.db.execute(f"INSERT INTO source VALUES ({', '.join('?' * len(row))})", row)
        self.memory.read_anew(problem.path)
        self._add_problems([problem])

    def _hint(self, reading: Reading, scanned: int) -> None:
        found = reading.found
        self.db.execute(
            "UPDATE source SET size = ?, mtime = ?, ctime = ?, inode = ? WHERE path = ?",
            (found.size, trusted_mtime(found, scanned), found.ctime, found.inode, found.path),
        )

    def _add_source(self, reading: Reading, scanned: int) -> None:
        found = reading.found
        sound = reading.digest is not None and not any(
            problem.severity == Severity.ERROR for problem in reading.problems
        )
        self.db.execute(
            "INSERT INTO source VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                found.path,
                folder_of(found.path),
                found.kind,
                found.size,
                trusted_mtime(found, scanned) if sound else -1,
                found.ctime,
                found.inode,
                reading.digest if sound else None,
                reading.place.address if reading.place else None,
                reading.place.output if reading.place else None,
            ),
        )
        if sound and reading.picture:
            facts = _encode(reading.picture)
            self.db.execute(
                "INSERT INTO picture VALUES (?, ?, ?)", (found.path, reading.digest, facts)
            )
        if not self.fresh:
            self.notes.source(found.path)
            self.notes.picture(found.path)

    def _add_problems(self, problems: Iterable[Problem]) -> None:
        self.db.executemany(
            "INSERT INTO problem VALUES (?, ?, ?, ?, ?)",
            [(p.path, p.line, p.severity, p.what, p.remedy) for p in problems],
        )

    def _add_broken_references(self, reading: Reading) -> None:
        self.db.executemany(
            "INSERT INTO broken_reference VALUES (?, ?, ?, ?)",
            [(reading.found.path, r.what, r.target, r.line) for r in reading.references],
        )

    def _add_story(self, reading: Reading, story: Story, body: Body) -> None:
        moment, brief = story.moment, story.brief()
        stamp, day = (moment.stamp, moment.day) if moment else (0, "")
        original = story.lang if story.translation else ""
        listed = story.kind == SourceKind.STORY and story.status == "published" and not original
        cursor = self.db.execute(
            "INSERT INTO story VALUES "
            "(NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                story.path,
                story.kind,
                story.status,
                story.status != "draft",
                listed,
                original,
                stamp,
                day,
                brief.weight,
                story.group,
                story.output,
                story.address,
                story.identity.removeprefix("urn:uuid:"),
                _encode(brief),
                _encode(story),
                body.pack,
                body.offset,
                body.length,
                body.digest,
            ),
        )
        number = cursor.lastrowid
        assert number
        self._add_to_lists(number, story, listed=listed)
        self._add_details(number, story)
        self._add_references(number, reading)
        if not self.fresh:
            self.notes.story(number)
            self.notes.identity(number)

    def _add_to_lists(self, number: int, story: Story, *, listed: bool) -> None:
        """Note in which lists a story stands, whether they show it or not."""
        moment = story.moment
        stamp, day = (moment.stamp, moment.day) if moment else (0, "")
        tie = _tie(story.path)
        self.db.executemany(
            "INSERT INTO story_term VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(t.kind, t.slug, listed, day, stamp, tie, number, t.label) for t in story.terms],
        )
        happened = story.event or moment
        if happened and (running := story.term("story")):
            self.db.execute(
                "INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)",
                (running.slug, listed, happened.day, happened.stamp, story.path, number),
            )
        if self.ladders:
            above = broader(story.slugs("tag"), self.ladders)
            self.db.executemany(
                "INSERT INTO story_term VALUES ('tag', ?, ?, ?, ?, ?, ?, NULL)",
                [(slug, listed, day, stamp, tie, number) for slug in above],
            )

    def _add_details(self, number: int, story: Story) -> None:
        if story.folded:
            self.db.executemany(
                "INSERT INTO folded VALUES (?, ?, ?)", [(*each, number) for each in story.folded]
            )
        if story.corrections:
            self.db.executemany(
                "INSERT INTO correction VALUES (?, ?, ?, ?, ?)",
                [
                    (note.moment.day, note.moment.stamp, story.path, place, number)
                    for place, note in enumerate(story.corrections)
                ],
            )
        if story.id:
            self.db.execute("INSERT INTO identity VALUES (?, ?)", (story.id, number))
        if story.aliases:
            self.db.executemany(
                "INSERT INTO alias VALUES (?, ?)", [(number, path) for path in story.aliases]
            )
        if story.extra:
            self.db.executemany(
                "INSERT INTO extra VALUES (?, ?)", {(name, number) for name, _ in story.extra}
            )

    def _add_references(self, number: int, reading: Reading) -> None:
        if reading.references:
            self.db.executemany(
                "INSERT INTO reference VALUES (?, ?, ?, ?)",
                [(number, r.what, r.target, r.line) for r in reading.references],
            )
        if reading.shown:
            self.db.executemany(
                "INSERT INTO shown VALUES (?, ?, ?)", [(number, *each) for each in reading.shown]
            )


def _tie(path: str) -> int:
    """A number of 63 bits made of a path: it orders stories of one moment, whatever was read first.

    Unlike the number of a row it is the same in every catalog, and unlike the path it is short.
    """
    return int.from_bytes(hashlib.blake2b(path.encode(), digest_size=8).digest()) >> 1


def open_store(path: Path) -> Store:
    """Open the catalog for writing; one that cannot be used is thrown away and made anew.

    A catalog that a build closed carries a seal, so that a flipped bit is found.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    seal = database.Seal(path)
    if path.exists() and seal.holds():
        try:
            connection = database.connect(path)
            version = connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
            if version and version[0] == schema.VERSION:
                (used,) = connection.execute("SELECT EXISTS (SELECT 1 FROM source)").fetchone()
                return Store(path, connection, seal, fresh=not used)
            connection.close()
        except sqlite3.Error:
            pass
    database.discard(path)
    connection = database.connect(path)
    connection.executescript(f"BEGIN; {schema.TABLES} {schema.INDEXES} COMMIT;")
    connection.execute("INSERT INTO meta VALUES ('schema', ?)", (schema.VERSION,))
    return Store(path, connection, seal, fresh=True)
