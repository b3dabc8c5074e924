"""Pictures: which of them published stories or terms show, and what became of each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from microfiche.records import Made, PictureFacts

_encode = msgspec.msgpack.Encoder().encode
_decode_facts = msgspec.msgpack.Decoder(PictureFacts).decode
_decode_made = msgspec.msgpack.Decoder(tuple[Made, ...]).decode

_SHOWN = """
    (EXISTS (SELECT 1 FROM shown JOIN story ON story.id = shown.story AND story.live = 1
        JOIN source ON source.path = shown.path
        WHERE shown.path = picture.path AND (shown.linked = 1 OR source.kind = 'static'))
    OR EXISTS (SELECT 1 FROM entry WHERE entry.picture = picture.path))
"""


class Portrait(NamedTuple):
    """A picture file: where it is published, and what is known of it.

    ``public`` is whether it is published whether or not a story links to it.
    """

    address: str
    public: bool
    digest: bytes
    facts: PictureFacts


class Exposure(NamedTuple):
    """A picture of which renditions are wanted; ``path`` is one of the files that hold it."""

    digest: bytes
    path: str
    facts: PictureFacts


class Print(NamedTuple):
    """What became of a picture: its renditions, or what is wrong with it and what to do."""

    digest: bytes
    renditions: tuple[Made, ...]
    what: str = ""
    remedy: str = ""


class Gallery:
    """The pictures that the catalog knows."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def portrait(self, path: str) -> Portrait | None:
        """A picture by its content path; any static file, for a name proves nothing."""
        row = self._db.execute(
            "SELECT address, kind = 'static', picture.digest, facts FROM source "
            "LEFT JOIN picture ON picture.path = source.path "
            "WHERE source.path = ? AND kind IN ('static', 'loose')",
            (path,),
        ).fetchone()
        if not row:
            return None
        facts = _decode_facts(row[3]) if row[3] else PictureFacts("", 0, 0, still=False)
        return Portrait(row[0], bool(row[1]), row[2] or b"", facts)

    def renditions(self, digest: bytes) -> tuple[Made, ...]:
        """The renditions of a picture, none where it has not been looked at."""
        row = self._db.execute("SELECT renditions FROM made WHERE digest = ?", (digest,)).fetchone()
        return _decode_made(row[0]) if row else ()

    def exposure(self, digest: bytes) -> Exposure:
        """A picture that is known, by the digest of its file."""
        row = self._db.execute(
            "SELECT digest, path, facts FROM picture WHERE digest = ? ORDER BY path LIMIT 1",
            (digest,),
        ).fetchone()
        return Exposure(row[0], row[1], _decode_facts(row[2]))

    def holding(self, digest: bytes) -> tuple[str, ...]:
        """The files that hold a picture."""
        rows = self._db.execute(
            "SELECT path FROM picture WHERE digest = ? ORDER BY path", (digest,)
        )
        return tuple(str(row[0]) for row in rows)

    def any(self) -> bool:
        """Whether there is a picture at all."""
        return self._db.execute("SELECT 1 FROM picture LIMIT 1").fetchone() is not None

    def wanted(self) -> Iterator[Exposure]:
        """The pictures that published stories show and that have not been looked at."""
        return self._exposures("1")

    def wanted_touched(self) -> Iterator[Exposure]:
        """The same among those that a change may concern."""
        return self._exposures("picture.digest IN (SELECT digest FROM delta_picture)")

    def note(self, prints: Iterable[Print]) -> None:
        """Note what became of pictures."""
        self._db.executemany(
            "REPLACE INTO made VALUES (?, ?, ?, ?)",
            [(each.digest, _encode(each.renditions), each.what, each.remedy) for each in prints],
        )

    def forget(self) -> None:
        """Have every picture looked at anew."""
        self._db.execute("DELETE FROM made")

    def published(self) -> Iterator[tuple[bytes, tuple[Made, ...]]]:
        """Every picture that a published story shows, with its renditions, by digest."""
        rows = self._db.execute(
            "SELECT digest, renditions FROM made WHERE EXISTS "
            f"(SELECT 1 FROM picture WHERE picture.digest = made.digest AND {_SHOWN}) "
            "ORDER BY digest"
        )
        return ((row[0], _decode_made(row[1])) for row in rows)

    def touched(self) -> Iterator[tuple[bytes, tuple[Made, ...], bool]]:
        """Pictures that a change concerns, with their renditions and whether they are shown."""
        rows = self._db.execute(
            "SELECT digest, renditions, EXISTS "
            f"(SELECT 1 FROM picture WHERE picture.digest = made.digest AND {_SHOWN}) "
            "FROM made WHERE digest IN (SELECT digest FROM delta_picture) ORDER BY digest"
        )
        return ((row[0], _decode_made(row[1]), bool(row[2])) for row in rows)

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """Pictures of which no rendition could be made: file, what is wrong, what to do."""
        return self._db.execute(
            "SELECT path, what, remedy FROM made "
            "CROSS JOIN picture ON picture.digest = made.digest "
            f"WHERE what != '' AND {_SHOWN} ORDER BY path"
        )

    def _exposures(self, among: str) -> Iterator[Exposure]:
        rows = self._db.execute(
            f"SELECT digest, min(path), facts FROM picture WHERE {among} "
            "AND NOT EXISTS (SELECT 1 FROM made WHERE made.digest = picture.digest) "
            f"AND {_SHOWN} GROUP BY digest ORDER BY 2"
        ).fetchall()
        return (Exposure(row[0], row[1], _decode_facts(row[2])) for row in rows)
