"""What is known of a release at targets that take one file at a time, noted where they stand.

::

    .microfiche/head.json     which notes count, in order, and who is publishing
    .microfiche/<digest>.gz   a note: what stands, what is gone, what is in doubt

A note never changes once it is written, so that a machine keeps those that it has seen. The head is
what changes, and what one publisher takes from another. A publication adds two small notes or a
few; once they outweigh the first, one takes the place of all.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from microfiche.addresses import astray
from microfiche.publish.manifest import Entry, ManifestError, Release
from microfiche.publish.targets.holder import Holder
from microfiche.publish.targets.target import Standing

FOLDER = ".microfiche"
HEAD = f"{FOLDER}/head.json"
_MOST = 40
"""Notes that are read at the beginning of a publication; more are put together at its end."""
_LIMIT = 1 << 30
"""Bytes that a note may have when it is unpacked."""


class JournalError(ValueError):
    """What was read is no journal; the words say why."""


class Head(Struct, frozen=True, forbid_unknown_fields=True):
    """Which notes count. ``sizes`` are their lengths in bytes, ``stale`` those that do not.

    ``holder`` is who is publishing, last heard of at ``heard`` in seconds since the epoch.
    """

    format: int = 1
    notes: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    stale: tuple[str, ...] = ()
    holder: Holder | None = None
    heard: int = 0


class Note(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What became of paths; a later note prevails.

    ``stands`` is the text of a release, whose files stand there as it says. ``lingering`` takes the
    place of what earlier notes say of it, unless it is None.
    """

    stands: str = ""
    gone: tuple[str, ...] = ()
    doubt: tuple[str, ...] = ()
    lingering: tuple[str, ...] | None = None


def place(digest: str) -> str:
    """Where a note lies."""
    return f"{FOLDER}/{digest}.gz"


def packed(note: Note) -> tuple[str, bytes]:
    """A note's name and its bytes."""
    data = gzip.compress(msgspec.json.encode(note), mtime=0)
    return hashlib.sha256(data).hexdigest(), data


def unpacked(digest: str, data: bytes) -> Note:
    """The note of a name.

    Raises:
        JournalError: for bytes that have another digest, or are no note.
    """
    if hashlib.sha256(data).hexdigest() != digest:
        raise JournalError(f"the note {digest} is damaged")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        text = unpacker.decompress(data, _LIMIT)
        note = msgspec.json.decode(text, type=Note)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise JournalError(f"the note {digest} cannot be read: {error}") from error
    for path in (*note.gone, *note.doubt, *(note.lingering or ())):
        if astray(path):
            raise JournalError(f"the note {digest} names a path that leads elsewhere")
    return note


def read_head(data: bytes) -> Head:
    """The head that a text states.

    Raises:
        JournalError: for what is no head of this version.
    """
    try:
        head = msgspec.json.decode(data, type=Head)
    except msgspec.MsgspecError as error:
        raise JournalError(f"it cannot be read: {error}") from error
    names = (*head.notes, *head.stale)
    if head.format != 1 or len(head.sizes) != len(head.notes) or not all(map(_is_digest, names)):
        raise JournalError("it is of another version")
    return head


def _is_digest(name: str) -> bool:
    return len(name) == 64 and all(char in "0123456789abcdef" for char in name)


def outgrown(head: Head) -> bool:
    """Whether it is time to put all notes together."""
    return len(head.notes) > _MOST or sum(head.sizes[1:]) > sum(head.sizes[:1])


def told(notes: Iterable[Note]) -> Standing:
    """What stands where these notes lie, which come in their order.

    Raises:
        JournalError: where one holds no release.
    """
    stream = iter(notes)
    first = next(stream, Note())
    later: dict[str, Entry | None] = {}
    doubt: set[str] = set()
    lingering: tuple[str, ...] = ()
    for note in (_without_release(first), *stream):
        later.update((path, None) for path in (*note.gone, *note.doubt))
        doubt.difference_update(note.gone)
        doubt.update(note.doubt)
        for entry in _stands(note):
            later[entry.path] = entry
            doubt.discard(entry.path)
        lingering = lingering if note.lingering is None else note.lingering
    release = overlaid(_stands(first), later)
    return Standing(release, frozenset(doubt), frozenset(lingering))


def overlaid(stands: Iterable[Entry], later: dict[str, Entry | None]) -> Release:
    """The release in which what came later prevails; None is for what is not there."""

    def entries() -> Iterator[Entry]:
        yield from (entry for entry in stands if entry.path not in later)
        yield from (entry for entry in later.values() if entry)

    return Release.of(entries())


def _without_release(note: Note) -> Note:
    return Note("", note.gone, note.doubt, note.lingering)


def _stands(note: Note) -> Iterable[Entry]:
    if not note.stands:
        return ()
    try:
        return Release.read(note.stands.encode())
    except ManifestError as error:
        raise JournalError(str(error)) from error
