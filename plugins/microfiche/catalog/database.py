"""The catalog's file: opening it in the ways that its users need, and its seal."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = OFF",
    "cache_size = -65536",
    "mmap_size = 268435456",
)

_BLOCK = 1 << 20


def discard(path: Path) -> None:
    """Delete a catalog file and what SQLite keeps beside it."""
    for suffix in ("", "-journal", "-wal", "-shm", ".seal"):
        path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)


def seal_holds(path: Path) -> bool:
    """Whether the catalog is as it was closed; the seal is broken by that."""
    seal = _seal_of(path)
    try:
        expected = seal.read_text("utf-8", "replace")
    except FileNotFoundError:
        return True
    seal.unlink()
    return expected == _checksum(path)


def seal(path: Path) -> None:
    """Seal a catalog that is closed."""
    _seal_of(path).write_text(_checksum(path))


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
    connection.execute("BEGIN")
    return connection


def connect(path: Path) -> sqlite3.Connection:
    """Open the catalog for writing; there is one such connection at a time."""
    address = path.absolute().as_uri()
    connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection
