"""The catalog's file: opening it in the ways that its users need, and its seal."""

from __future__ import annotations

import os
import sqlite3
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

_OF_ALL = ("mmap_size = 134217728",)
_OF_READERS = ("cache_size = -16384", *_OF_ALL)
_OF_THE_WRITER = ("journal_mode = WAL", "synchronous = OFF", "cache_size = -65536", *_OF_ALL)

_BLOCK = 1 << 20
_SPAN = 32 * _BLOCK

_COARSE = 2_000_000_000  # nanoseconds; some file systems keep no finer times

_State = tuple[int, int, int, int]
"""What changes when a file is written to: inode, size, times of its content and of its status."""


def discard(path: Path) -> None:
    """Delete a catalog file and what SQLite keeps beside it."""
    for suffix in ("", "-journal", "-wal", "-shm", ".seal"):
        path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)


class Seal:
    """The checksum beside a closed database, by which a flipped bit is found: SQLite has none.

    It is broken when the database is opened: one that a killed process left open has no seal, and
    there SQLite's own journal sees to it that it is whole.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: tuple[_State, str] | None = None

    def holds(self) -> bool:
        """Whether the database is as it was closed; breaks the seal."""
        seal = _seal_of(self._path)
        try:
            expected = seal.read_text("utf-8", "replace")
        except FileNotFoundError:
            return True
        seal.unlink()
        state, found = _state(self._path), _checksums(self._path)
        if max(state[2:]) + _COARSE < time.time_ns():
            self._known = state, found
        return expected == found

    def set(self) -> None:
        """Seal the database, which is closed; one that nobody wrote to is not read again."""
        state, text = self._known or (None, "")
        if state != _state(self._path):
            text = _checksums(self._path)
        _seal_of(self._path).write_text(text)


def _seal_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.seal")


def _state(path: Path) -> _State:
    status = os.stat(path)
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _checksums(path: Path) -> str:
    """CRC-32 of each span of a file: far quicker than a digest, and enough against flipped bits.

    Two threads share the work, for Python lets go of its lock meanwhile.
    """
    spans = range(0, os.stat(path).st_size, _SPAN)
    with ThreadPoolExecutor(2) as pool:
        return "\n".join(pool.map(partial(_checksum, path), spans))


def _checksum(path: Path, start: int) -> str:
    checksum = 0
    with open(path, "rb", buffering=0) as file:
        file.seek(start)
        rest = _SPAN
        while block := file.read(min(rest, _BLOCK)):
            checksum = zlib.crc32(block, checksum)
            rest -= len(block)
    return f"{checksum:08x}"


def open_reader(path: Path) -> sqlite3.Connection:
    """Open the catalog for reading only, as workers do."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )
    for pragma in _OF_READERS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def empty(db: sqlite3.Connection, table: str) -> None:
    """Delete all rows; SQLite writes where it deletes all of none, too."""
    if db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
        db.execute(f"DELETE FROM {table}")


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
    connection.execute("BEGIN")
    return connection


def connect(path: Path) -> sqlite3.Connection:
    """Open the catalog for writing; there is one such connection at a time."""
    address = path.absolute().as_uri()
    connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    for pragma in _OF_THE_WRITER:
        connection.execute(f"PRAGMA {pragma}")
    return connection
