"""Files compressed ahead of time, for hosts that send them as they lie there.

Beside ``index.html`` lie ``index.html.br`` (Brotli, RFC 7932) and ``index.html.gz`` (gzip,
RFC 1952), which such a host sends to readers that understand them. They are made in the workers
that make the files, of text alone, and only where they save a tenth.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from posixpath import splitext
from typing import NamedTuple

import brotli

from microfiche.publish.policy import TYPES

SMALLEST, LARGEST = 256, 16_000_000
"""Bytes of the files that are compressed: less is not worth a file, more not the time."""

_BROTLI_QUALITY = 10  # 11 takes twice the time for two hundredths less
_WORTH = 0.9
_TEXTUAL = ("text/", "application/json", "application/xml", "image/svg")


def _brotli(data: bytes) -> bytes:
    return bytes(brotli.compress(data, quality=_BROTLI_QUALITY))


def _gzip(data: bytes) -> bytes:
    """The header says neither when it was made nor on what machine."""
    body = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    frame = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff", body.compress(data), body.flush()
    end = zlib.crc32(data).to_bytes(4, "little"), (len(data) & 0xFFFFFFFF).to_bytes(4, "little")
    return b"".join((*frame, *end))


FORMATS: dict[str, Callable[[bytes], bytes]] = {"br": _brotli, "gz": _gzip}
"""How files are compressed, by the ending of what comes of it."""


class Compressed(NamedTuple):
    """A file that was compressed, and the ending of its name."""

    form: str
    data: bytes


def compressible(path: str) -> bool:
    """Whether a file is text, by its name."""
    kind = TYPES.get(splitext(path)[1].lower(), "")
    return kind.startswith(_TEXTUAL) or kind.partition(";")[0].endswith(("+json", "+xml"))


def recipe(formats: tuple[str, ...]) -> str:
    """All but a file's bytes that decides what comes of it; empty where nothing is compressed."""
    if not formats:
        return ""
    how = (_BROTLI_QUALITY, _WORTH, version("brotli"), zlib.ZLIB_RUNTIME_VERSION)
    return f"{','.join(formats)} {how}"


def compressed(path: Path | str, formats: tuple[str, ...]) -> Iterator[Compressed]:
    """A file in each format in which it is worth it."""
    if not formats or not SMALLEST <= os.stat(path).st_size <= LARGEST:
        return
    data = Path(path).read_bytes()
    for form in formats:
        found = FORMATS[form](data)
        if len(found) <= _WORTH * len(data):
            yield Compressed(form, found)
