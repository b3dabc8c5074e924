"""The vocabulary as the catalog has it: taken up when it changes, and asked by pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from microfiche.catalog.ladders import ladders, roll_up
from microfiche.catalog.store import Store
from microfiche.records import Reference, TermEntry

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(TermEntry).decode

Key = tuple[str, str]
"""A kind of term and a slug."""


class Topic(NamedTuple):
    """A tag in the order of topics: its slug, how it is shown, its number of stories."""

    slug: str
    label: str
    stories: int


class Alias(NamedTuple):
    """Another spelling of a term: the slug that it gives, and the term's."""

    slug: str
    term: str


class Vocabulary:
    """What pages ask of the vocabulary."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def entry(self, kind: str, slug: str) -> TermEntry | None:
        """What is said of a term, None where nothing is."""
        row = self._db.execute(
            "SELECT data FROM entry WHERE kind = ? AND slug = ?", (kind, slug)
        ).fetchone()
        return _decode(row[0]) if row else None

    def slug(self, kind: str, spelt: str) -> str:
        """The slug of the term that a spelling with this slug stands for."""
        row = self._db.execute(
            "SELECT term FROM spelling WHERE kind = ? AND slug = ?", (kind, spelt)
        ).fetchone()
        return str(row[0]) if row else spelt

    def spellings(self) -> dict[Key, str]:
        """Kind and slug of every other spelling, and the slug of the term it stands for."""
        rows = self._db.execute("SELECT kind, slug, term FROM spelling")
        return {(kind, slug): term for kind, slug, term in rows}

    def persons(self) -> frozenset[str]:
        """The slugs of the bylines that are persons."""
        rows = self._db.execute("SELECT data FROM entry WHERE kind = 'byline'")
        entries = (_decode(data) for (data,) in rows)
        return frozenset(entry.slug for entry in entries if entry.person)

    def ranks(self, kind: str) -> dict[str, int]:
        """The rank of every term of a kind that has one, by slug."""
        return dict(
            self._db.execute("SELECT slug, rank FROM entry WHERE kind = ? AND rank > 0", (kind,))
        )

    def above(self, slug: str) -> list[Topic]:
        """The broader topics of a tag, the broadest first."""
        rows = self._db.execute(
            """
            WITH RECURSIVE above (slug, depth) AS (
                SELECT broader, 1 FROM entry WHERE kind = 'tag' AND slug = ? AND broader != ''
                UNION ALL SELECT broader, depth + 1 FROM above JOIN entry
                    ON entry.kind = 'tag' AND entry.slug = above.slug AND broader != ''
            )
            SELECT term.slug, term.label, term.n FROM above
                JOIN term ON term.kind = 'tag' AND term.slug = above.slug ORDER BY depth DESC
            """,
            (slug,),
        )
        return [Topic._make(row) for row in rows]

    def below(self, slug: str) -> list[Topic]:
        """The topics right below a tag that have a story, the fullest first."""
        rows = self._db.execute(
            """
            SELECT term.slug, term.label, term.n FROM entry
                JOIN term ON term.kind = 'tag' AND term.slug = entry.slug
            WHERE entry.kind = 'tag' AND entry.broader = ? ORDER BY term.n DESC, term.slug
            """,
            (slug,),
        )
        return [Topic._make(row) for row in rows]

    def broadest(self) -> list[Topic]:
        """The topics that are broader than others and have none above them, the fullest first."""
        rows = self._db.execute(
            """
            SELECT term.slug, term.label, term.n FROM entry
                JOIN term ON term.kind = 'tag' AND term.slug = entry.slug
            WHERE entry.kind = 'tag' AND entry.broader = '' AND EXISTS (SELECT 1 FROM entry AS other
                JOIN term ON term.kind = 'tag' AND term.slug = other.slug
                WHERE other.kind = 'tag' AND other.broader = entry.slug)
            ORDER BY term.n DESC, term.slug
            """
        )
        return [Topic._make(row) for row in rows]

    def aliases(self, kind: str) -> list[Alias]:
        """Every other spelling of a kind of term that a listed story uses, by slug."""
        rows = self._db.execute(
            """
            SELECT s.slug, s.term FROM (SELECT DISTINCT slug FROM folded WHERE kind = ?1) AS used
                JOIN spelling AS s ON s.kind = ?1 AND s.slug = used.slug
            WHERE EXISTS (SELECT 1 FROM folded AS f JOIN story ON story.id = f.story
                WHERE f.kind = ?1 AND f.slug = used.slug AND story.listed = 1)
            ORDER BY s.slug
            """,
            (kind,),
        )
        return [Alias._make(row) for row in rows]


def take_up(
    store: Store,
    path: str,
    entries: Mapping[Key, TermEntry],
    spellings: Mapping[Key, str],
    pictures: Iterable[Reference],
) -> None:
    """Put a vocabulary in place of the one there was, and note what that changes.

    ``path`` is its file. Of the stories, only those are read anew that use a spelling which stands
    for another term now; lists of broader topics are mended where they are.
    """
    db = store.db
    before = _entries(db)
    respelt = _changed(Vocabulary(db).spellings(), spellings)
    restated = _changed(before, entries)
    climbed = ladders(db)
    _put(db, path, entries, spellings, pictures)
    store.ladders = ladders(db)
    if store.fresh or not (respelt or restated):
        return
    db.execute("INSERT INTO delta VALUES (?, 0, '', '')", (path,))
    for key in respelt:
        _read_again(store, key)
    if respelt:
        store.notes.links_to_terms()
    owners = {(key[0], spellings[key]) for key in respelt if key in spellings}
    db.executemany(
        "INSERT INTO delta_term VALUES (?, ?, '', 0, 0)", sorted(restated | respelt | owners)
    )
    for key in restated:
        _note_pictures(db, before.get(key), entries.get(key))
        _note_person(store, before.get(key), entries.get(key))
    _roll_up_again(store, sorted(_changed(climbed, store.ladders)))


def _changed(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> set[Any]:
    """The keys whose value is not what it was."""
    return {key for key in {*old, *new} if old.get(key) != new.get(key)}


def _entries(db: sqlite3.Connection) -> dict[Key, TermEntry]:
    rows = db.execute("SELECT kind, slug, data FROM entry")
    return {(kind, slug): _decode(data) for kind, slug, data in rows}


def _put(
    db: sqlite3.Connection,
    path: str,
    entries: Mapping[Key, TermEntry],
    spellings: Mapping[Key, str],
    pictures: Iterable[Reference],
) -> None:
    for table in ("entry", "spelling"):
        db.execute(f"DELETE FROM {table}")
    db.execute("DELETE FROM broken_reference WHERE path = ?", (path,))
    db.executemany(
        "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (*key, each.rank, each.label, each.broader, _path_of(each), _encode(each))
            for key, each in entries.items()
        ),
    )
    db.executemany(
        "INSERT INTO spelling VALUES (?, ?, ?)", ((*key, term) for key, term in spellings.items())
    )
    db.executemany(
        "INSERT INTO broken_reference VALUES (?, ?, ?, ?)",
        [(path, each.what, each.target, each.line) for each in pictures],
    )


def _path_of(entry: TermEntry) -> str:
    return entry.picture.path if entry.picture else ""


def _read_again(store: Store, key: Key) -> None:
    """Have the stories read that use a spelling, as their own term or as another's."""
    rows = store.db.execute(
        """
        SELECT path FROM story WHERE id IN (
            SELECT story FROM story_term WHERE kind = ?1 AND slug = ?2 AND label IS NOT NULL
            UNION SELECT story FROM folded WHERE kind = ?1 AND slug = ?2)
        """,
        key,
    ).fetchall()
    for (path,) in rows:
        store.memory.read_anew(path)


def _note_pictures(db: sqlite3.Connection, *entries: TermEntry | None) -> None:
    """A picture may be published when an entry begins to show it, and withdrawn when it ceases."""
    for path in [entry.picture.path for entry in entries if entry and entry.picture]:
        db.execute("INSERT OR IGNORE INTO delta_source VALUES (?)", (path,))
        db.execute(
            "INSERT OR IGNORE INTO delta_picture SELECT digest FROM picture WHERE path = ?", (path,)
        )


def _note_person(store: Store, *entries: TermEntry | None) -> None:
    """Note a byline's stories when it turns out to be a person, or to be none."""
    if len({bool(entry and entry.person) for entry in entries}) == 1:
        return
    slug = next(entry.slug for entry in entries if entry)
    rows = store.db.execute(
        "SELECT story FROM story_term WHERE kind = 'byline' AND slug = ?", (slug,)
    ).fetchall()
    for (number,) in rows:
        store.notes.story(number)


def _roll_up_again(store: Store, slugs: Iterable[str]) -> None:
    """Put the stories of tags into the lists of what is broader now, and note those lists.

    The lists of the tags themselves are noted, too: they say what is above them.
    """
    db = store.db
    for slug in slugs:
        rows = db.execute(
            "SELECT DISTINCT story FROM story_term WHERE kind = 'tag' AND slug = ? "
            "AND label IS NOT NULL",
            (slug,),
        ).fetchall()
        for (number,) in rows:
            db.execute(f"{_NOTE_LISTS} WHERE story = ? AND label IS NULL", (number,))
            roll_up(db, number, store.ladders)
            db.execute(f"{_NOTE_LISTS} WHERE story = ? AND label IS NULL", (number,))
    for slug in slugs:
        db.execute(f"{_NOTE_LISTS} WHERE kind = 'tag' AND slug = ?", (slug,))


_NOTE_LISTS = "INSERT INTO delta_term SELECT kind, slug, day, stamp, tie FROM story_term"
