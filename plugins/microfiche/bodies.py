"""Stories' bodies, outside the catalog: packs that workers append to and read from by offset.

A body is written once a change and read once a rendering, so it needs no index of its own: the
catalog keeps pack, offset, length and digest. What a crash leaves behind in a pack is dead bytes.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from microfiche.errors import MicroficheError, Problem


class Body(NamedTuple):
    """Where a body lies; ``offset`` and ``length`` in bytes, ``digest`` of its text."""

    pack: str
    offset: int
    length: int
    digest: bytes


class CatalogDamaged(MicroficheError):
    """What the catalog holds is not what was put there; it is thrown away and made anew."""


class BodyWriter:
    """Appends to one pack; one worker, one pack."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._name = name
        self._file = (folder / f"{name}.pack").open("ab", buffering=1 << 20)
        self._offset = os.fstat(self._file.fileno()).st_size

    def append(self, html: str) -> Body:
        """Add a body; it is on its way to the disk after ``flush``."""
        data = html.encode()
        body = Body(self._name, self._offset, len(data), body_digest(data))
        self._file.write(data)
        self._offset += len(data)
        return body

    def flush(self) -> None:
        """Hand what was appended to the operating system, so that others can read it."""
        self._file.flush()

    def close(self) -> None:
        """Close the pack."""
        self._file.close()


class BodyReader:
    """Reads bodies from the packs of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._packs: dict[str, int] = {}

    def read(self, body: Body) -> str:
        """The text of a body.

        Raises:
            CatalogDamaged: when the pack does not hold it any more.
        """
        data = self._bytes(body)
        if body_digest(data) != body.digest:
            raise _damaged(body, "does not hold what was written to it")
        return data.decode()

    def close(self) -> None:
        """Close the packs."""
        while self._packs:
            os.close(self._packs.popitem()[1])

    def _bytes(self, body: Body) -> bytes:
        try:
            if body.pack not in self._packs:
                path = self._folder / f"{body.pack}.pack"
                self._packs[body.pack] = os.open(path, os.O_RDONLY)
            return os.pread(self._packs[body.pack], body.length, body.offset)
        except FileNotFoundError:
            raise _damaged(body, "is missing") from None


def _damaged(body: Body, what: str) -> CatalogDamaged:
    return CatalogDamaged([Problem("", 0, f"the pack {body.pack} {what}")])


def body_digest(data: bytes) -> bytes:
    """The digest by which a body is known."""
    return hashlib.blake2b(data, digest_size=16).digest()
