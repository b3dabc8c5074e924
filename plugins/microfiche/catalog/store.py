"""Opening the catalog, and putting in what reading brings."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from microfiche.bodies import Body
from microfiche.catalog import schema
from microfiche.catalog.ladders import broader, ladders
from microfiche.errors import Problem, Severity
from microfiche.records import Reading, SourceKind, Story
from microfiche.scan import Known, trusted_mtime

_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = OFF",
    "temp_store = MEMORY",
    "cache_size = -65536",
    "mmap_size = 1073741824",
)

_BLOCK = 1 << 20
_OF_STORY = (
    *("story_term", "folded", "part", "correction", "reference", "shown"),
    *("identity", "alias", "moved", "extra"),
)

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Story).decode


class Entry(NamedTuple):
    """A reading with the place where its body was put (None where it has none)."""

    reading: Reading
    body: Body | None


class Totals(NamedTuple):
    """How the sources are accounted for."""

    sources: int
    stories: int
    pages: int
    drafts: int
    embargoed: int
    quarantined: int


class Remembered:
    """What the last build remembers of the content folder.

    It is read over a connection of its own, which does not see what this build changes meanwhile.
    """

    def __init__(self, reader: sqlite3.Connection | None) -> None:
        self._reader = reader

    def close(self) -> None:
        """Close the connection."""
        if self._reader:
            self._reader.close()

    def folders(self) -> dict[str, bytes | None]:
        """Every folder with a file in it, by path, and the digest of its listing."""
        if not self._reader:
            return {}
        return dict(self._reader.execute("SELECT path, digest FROM folder"))

    def files(self, folder: str) -> dict[str, Known]:
        """The files that lie in a folder, by path."""
        if not self._reader:
            return {}
        rows = self._reader.execute(
            "SELECT path, kind, size, mtime, ctime, inode, digest FROM source WHERE folder = ?",
            (folder,),
        )
        return {row[0]: Known._make(row) for row in rows}


def folder_of(path: str) -> str:
    """The folder that a source lies in, as a scan names it: ``""`` or ending in a slash."""
    return path[: path.rfind("/") + 1]


class Store:
    """The catalog open for writing; one build at a time holds it."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, fresh: bool) -> None:
        self._path = path
        self.db = connection
        self.fresh = fresh
        self.ladders = ladders(connection)

    def close(self) -> None:
        """Close the file and seal it; uncommitted changes are lost."""
        self.db.close()
        _seal_of(self._path).write_text(_checksum(self._path))

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
        """Remember a word."""
        self.db.execute("REPLACE INTO meta VALUES (?, ?)", (name, value))

    def memory(self) -> Remembered:
        """What was remembered of the content folder before this build."""
        return Remembered(None if self.fresh else open_reader(self._path))

    def remember_folders(self, folders: Mapping[str, bytes]) -> None:
        """Remember listings, but not of folders with a source that has to be looked at again."""
        self.db.executemany("REPLACE INTO folder VALUES (?, ?)", folders.items())
        self.db.execute(
            "UPDATE folder SET digest = NULL WHERE path IN "
            "(SELECT folder FROM source WHERE mtime = -1)"
        )

    def forget_folders(self, paths: Iterable[str]) -> None:
        """Forget the folders of sources that are gone, where no other source is left in them."""
        for folder in {folder_of(path) for path in paths}:
            self.db.execute(
                "DELETE FROM folder WHERE path = ?1 "
                "AND NOT EXISTS (SELECT 1 FROM source WHERE folder = ?1)",
                (folder,),
            )

    def forget_digests(self) -> None:
        """Have every source read anew: what reading means has changed."""
        self.db.execute("UPDATE source SET digest = NULL, mtime = -1")
        self.db.execute("UPDATE folder SET digest = NULL")

    def forget_digest(self, path: str) -> None:
        """Have a source read anew, though it is what it was."""
        self.db.execute("UPDATE source SET digest = NULL, mtime = -1 WHERE path = ?", (path,))
        self.db.execute("UPDATE folder SET digest = NULL WHERE path = ?", (folder_of(path),))

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
        self.note_address(path)
        row = self.db.execute("SELECT id FROM story WHERE path = ?", (path,)).fetchone()
        if row:
            self.note(row[0])
            self.note_identity(row[0])
            for table in _OF_STORY:
                self.db.execute(f"DELETE FROM {table} WHERE story = ?", row)
            self.db.execute("DELETE FROM story WHERE id = ?", row)
        self._note_picture(path)
        for table in ("problem", "broken_reference", "picture", "source"):
            self.db.execute(f"DELETE FROM {table} WHERE path = ?", (path,))
        self.db.execute("INSERT OR IGNORE INTO delta_source VALUES (?)", (path,))

    def set_aside(self, problem: Problem) -> None:
        """Withdraw a source that reading found sound; every build reads it again."""
        row = self.db.execute("SELECT * FROM source WHERE path = ?", (problem.path,)).fetchone()
        self.remove(problem.path)
        self.db.execute(f"INSERT INTO source VALUES ({', '.join('?' * len(row))})", row)
        self.forget_digest(problem.path)
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
            self.db.execute("INSERT OR IGNORE INTO delta_source VALUES (?)", (found.path,))
            self._note_picture(found.path)

    def _note_picture(self, path: str) -> None:
        self.db.execute(
            "INSERT OR IGNORE INTO delta_picture SELECT digest FROM picture WHERE path = ?", (path,)
        )

    def _add_problems(self, problems: Iterable[Problem]) -> None:
        self.db.executemany(
            "INSERT INTO problem VALUES (?, ?, ?, ?, ?)",
            [(p.path, p.line, p.severity, p.what, p.remedy) for p in problems],
        )

    def replace_problems(self, path: str, problems: Iterable[Problem]) -> None:
        """Set what is wrong with a source."""
        self.db.execute("DELETE FROM problem WHERE path = ?", (path,))
        self._add_problems(problems)

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
        if story.folded:
            self.db.executemany(
                "INSERT INTO folded VALUES (?, ?, ?)", [(*each, number) for each in story.folded]
            )
        self.db.executemany(
            "INSERT INTO correction VALUES (?, ?, ?, ?, ?)",
            [
                (note.moment.day, note.moment.stamp, story.path, place, number)
                for place, note in enumerate(story.corrections)
            ],
        )
        if reading.references:
            self.db.executemany(
                "INSERT INTO reference VALUES (?, ?, ?, ?)",
                [(number, r.what, r.target, r.line) for r in reading.references],
            )
        if reading.shown:
            self.db.executemany(
                "INSERT INTO shown VALUES (?, ?, ?)", [(number, *each) for each in reading.shown]
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
        if not self.fresh and number:
            self.note(number)
            self.note_identity(number)

    def note(self, number: int) -> None:
        """Remember for the plan a story as it is now."""
        self.db.execute(
            "INSERT INTO delta SELECT path, stamp, day, grp FROM story WHERE id = ?", (number,)
        )
        self.db.execute(
            "INSERT INTO delta_term SELECT kind, slug, day, stamp, tie FROM story_term "
            "WHERE story = ?",
            (number,),
        )
        self.db.execute(
            "INSERT INTO delta_part SELECT slug, day, stamp, path FROM part WHERE story = ?",
            (number,),
        )
        self.db.execute(
            "INSERT INTO delta_correction SELECT day FROM correction WHERE story = ?", (number,)
        )
        self.db.execute(
            "INSERT OR IGNORE INTO delta_source SELECT target FROM reference "
            "WHERE story = ? AND what IN ('filename', 'static', 'attach', 'image')",
            (number,),
        )
        self.db.execute(
            "INSERT OR IGNORE INTO delta_picture SELECT digest FROM shown "
            "JOIN picture ON picture.path = shown.path WHERE story = ?",
            (number,),
        )

    def note_identity(self, number: int) -> None:
        """Remember which identity and which file a story claims that came, went or changed."""
        self.db.execute(
            "INSERT INTO delta_identity SELECT identity, output FROM story WHERE id = ?", (number,)
        )

    def note_links_to_terms(self) -> None:
        """Remember for the plan the stories that link to a term: which may be another, or none."""
        ids = self.db.execute(
            "SELECT DISTINCT story FROM reference "
            "WHERE what NOT IN ('filename', 'static', 'attach', 'image')"
        ).fetchall()
        for (number,) in ids:
            self.note(number)

    def note_leading(self, path: str) -> None:
        """Remember for the plan what links to a source, or shows it as its picture."""
        self.db.execute(
            "INSERT INTO delta_term SELECT kind, slug, '', 0, 0 FROM entry WHERE picture = ?",
            (path,),
        )
        ids = self.db.execute(
            "SELECT story FROM reference WHERE target = ?1 "
            "UNION SELECT story FROM shown WHERE path = ?1",
            (path,),
        ).fetchall()
        for (number,) in ids:
            self.note(number)

    def note_address(self, path: str) -> None:
        """Remember for the plan where links to a source led when the output was last in step.

        Of a picture, what it was counts as well: pages say how large it is.
        """
        (named,) = self.db.execute(
            "SELECT EXISTS (SELECT 1 FROM reference WHERE target = ?1) "
            "OR EXISTS (SELECT 1 FROM shown WHERE path = ?1) "
            "OR EXISTS (SELECT 1 FROM entry WHERE picture = ?1)",
            (path,),
        ).fetchone()
        if named:
            self.db.execute(
                "INSERT OR IGNORE INTO delta_address VALUES (?, ?)", (path, self.address(path))
            )

    def address(self, path: str) -> str:
        """Where links to a source lead: empty where nowhere, else a slash and the address.

        After a static file's come its size, which feeds tell, and the digest of a picture.
        """
        row = self.db.execute(
            "SELECT head FROM story WHERE path = ? AND live = 1", (path,)
        ).fetchone()
        if row:
            return f"/{_decode(row[0]).address}"
        row = self.db.execute(
            "SELECT address, size, ' ' || hex(picture.digest) FROM source "
            "LEFT JOIN picture ON picture.path = source.path "
            "WHERE source.path = ? AND kind IN ('static', 'loose')",
            (path,),
        ).fetchone()
        return f"/{row[0]} {row[1]}{row[2] or ''}" if row else ""

    def next_embargo(self, as_of: int) -> int | None:
        """When the next embargo ends, in seconds since the epoch; None when none is on."""
        (stamp,) = self.db.execute(
            "SELECT min(stamp) FROM story INDEXED BY story_stamp "
            "WHERE kind = 'story' AND status != 'draft' AND stamp > ?",
            (as_of,),
        ).fetchone()
        return int(stamp) if stamp is not None else None

    def problems(self) -> list[Problem]:
        """Every problem of every source, in order of path and line."""
        rows = self.db.execute(
            "SELECT path, line, what, remedy, severity FROM problem ORDER BY path, line, what"
        )
        return [
            Problem(path, line, what, remedy, Severity(severity))
            for path, line, what, remedy, severity in rows
        ]

    def totals(self) -> Totals:
        """Count every source once."""
        (sources,) = self.db.execute(
            "SELECT count(*) FROM source WHERE kind IN ('story', 'page', 'irregular')"
        ).fetchone()
        states = self.db.execute(
            "SELECT total(live AND kind = 'story'), total(live AND kind = 'page'), "
            "total(status = 'draft'), total(NOT live AND status != 'draft'), count(*) FROM story"
        ).fetchone()
        stories, pages, drafts, embargoed, sound = map(int, states)
        return Totals(int(sources), stories, pages, drafts, embargoed, int(sources) - sound)

    def unknown_headers(self) -> list[tuple[str, int]]:
        """Headers that we do not know, with the number of stories that have them."""
        rows = self.db.execute("SELECT name, count(*) FROM extra GROUP BY name ORDER BY name")
        return [(str(name), int(count)) for name, count in rows]


def _tie(path: str) -> int:
    """A number of 63 bits made of a path: it orders stories of one moment, whatever was read first.

    Unlike the number of a row it is the same in every catalog, and unlike the path it is short.
    """
    return int.from_bytes(hashlib.blake2b(path.encode(), digest_size=8).digest()) >> 1


def open_store(path: Path) -> Store:
    """Open the catalog for writing; one that cannot be used is thrown away and made anew.

    A catalog that a build closed carries a seal, so that a flipped bit is found. One that a killed
    build left open has none; there SQLite's own journal sees to it that it is whole.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and _seal_holds(path):
        try:
            connection = _connect(path)
            version = connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
            if version and version[0] == schema.VERSION:
                (used,) = connection.execute("SELECT EXISTS (SELECT 1 FROM source)").fetchone()
                return Store(path, connection, fresh=not used)
            connection.close()
        except sqlite3.Error:
            pass
    discard(path)
    connection = _connect(path)
    connection.executescript(f"BEGIN; {schema.TABLES} {schema.INDEXES} COMMIT;")
    connection.execute("INSERT INTO meta VALUES ('schema', ?)", (schema.VERSION,))
    return Store(path, connection, fresh=True)


def discard(path: Path) -> None:
    """Delete a catalog file and what SQLite keeps beside it."""
    for suffix in ("", "-journal", "-wal", "-shm", ".seal"):
        path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)


def _seal_holds(path: Path) -> bool:
    """Whether the catalog is as it was closed; the seal is broken by that."""
    seal = _seal_of(path)
    try:
        expected = seal.read_text("utf-8", "replace")
    except FileNotFoundError:
        return True
    seal.unlink()
    return expected == _checksum(path)


def _seal_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.seal")


def _checksum(path: Path) -> str:
    """CRC-32 of a file, six times as fast as the digests and enough against flipped bits."""
    checksum = 0
    with open(path, "rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            checksum = zlib.crc32(block, checksum)
    return f"{checksum:08x}"


def open_reader(path: Path) -> sqlite3.Connection:
    """Open the catalog for reading only, as workers do."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )
    for pragma in _PRAGMAS[2:]:
        connection.execute(f"PRAGMA {pragma}")
    return connection


@contextmanager
def reading(db: sqlite3.Connection) -> Iterator[None]:
    """Read the catalog as it is at one moment; SQLite locks it once, and not for each question."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("END")


def open_snapshot(path: Path) -> sqlite3.Connection:
    """Open the catalog as it is at this moment, whatever a build does meanwhile.

    SQLite leaves files beside a database that it reads, and the next build, if it is another
    user's, could not open them. It leaves none where it is told that nobody writes.
    """
    if not _seal_of(path).exists():
        connection = open_reader(path)
    else:
        address = f"{path.absolute().as_uri()}?immutable=1"
        connection = sqlite3.connect(address, uri=True, isolation_level=None)
        connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("BEGIN")
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection
