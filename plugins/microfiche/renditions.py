"""The pictures stage: what stories show is made smaller, and put into formats that weigh less.

What is made of a picture is kept in a folder beside the catalog, by the digest of its file, the
recipe and the versions of what encodes it. So a build that is stopped goes on where it was, and no
other does any of it again. The folder may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from microfiche import workers
from microfiche.catalog import Store
from microfiche.catalog.pictures import Exposure, Gallery, Print
from microfiche.errors import Problem, Severity, StorageError
from microfiche.imaging import Recipe, Unmakeable, codecs, make
from microfiche.records import Made
from microfiche.report import Report
from microfiche.workers import Crew, Orders

BATCH = 2
_DIGEST = 16


_encode = msgspec.msgpack.Encoder().encode


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """What the cache holds of one picture."""

    renditions: tuple[Made, ...]
    data: tuple[bytes, ...]


class Darkroom:
    """Makes renditions and keeps them; one a worker."""

    def __init__(self, content: Path, kept: Path, recipe: Recipe) -> None:
        self._content = content
        self._kept = kept
        self._recipe = recipe
        self._key = _key(recipe)
        self.entry = lru_cache(maxsize=1)(self._entry)

    def close(self) -> None:
        """Nothing is kept open."""

    def develop(self, exposure: Exposure) -> Print:
        """Make the renditions of a picture, or say why there are none."""
        try:
            return Print(exposure.digest, self._entry(exposure).renditions)
        except Unmakeable as fault:
            return Print(exposure.digest, (), fault.what, fault.remedy)

    def data(self, exposure: Exposure, made: Made) -> bytes:
        """The bytes of a rendition that was made before.

        Raises:
            StorageError: when the picture is not any more what it was then.
        """
        try:
            entry = self.entry(exposure)
            return entry.data[entry.renditions.index(made)]
        except (Unmakeable, ValueError):
            what = "the picture changed while it was being published"
            raise StorageError([Problem(exposure.path, 0, what, "build again")]) from None

    def _entry(self, exposure: Exposure) -> Entry:
        named = _name(self._key, exposure.digest)
        file = self._kept / named[:2] / named
        entry = _kept(file)
        if not entry:
            made = make(self._content / exposure.path, exposure, self._recipe)
            entry = Entry(tuple(each for each, _ in made), tuple(data for _, data in made))
            _keep(file, entry)
        return entry


_decode = msgspec.msgpack.Decoder(Entry).decode


def make_all(store: Store, crew: Crew, orders: Orders, report: Report) -> None:
    """Make what is wanted of the pictures that published stories show, and has not been made."""
    gallery = Gallery(store.db)
    recipe = Recipe(orders.settings.pictures)
    if not gallery.any():
        return
    with store.transaction():
        stated = recipe.digest.hex() + codecs() if recipe else ""
        before = store.meta("recipe")
        if before != stated:
            gallery.forget()
            store.set_meta("recipe", stated)
        if before and before != stated:
            store.set_meta("everything", "1")
        found = gallery.wanted_touched() if before == stated else gallery.wanted()
        exposures = [each for each in found if recipe and each.facts.still]
        with report.progress("pictures", len(exposures)) as steps:
            for prints in crew.run(develop, workers.batched(exposures, BATCH)):
                gallery.note(prints)
                steps.advance(len(prints))


def develop(batch: Sequence[Exposure]) -> list[Print]:
    """Make the renditions of some pictures in a worker."""
    room = workers.tool("darkroom", make_darkroom)
    return [room.develop(exposure) for exposure in batch]


def make_darkroom(orders: Orders) -> Darkroom:
    """The darkroom of a build."""
    settings = orders.settings
    return Darkroom(settings.content, settings.kept, Recipe(settings.pictures))


def faults(store: Store) -> list[Problem]:
    """The findings about pictures of which nothing could be made."""
    return [
        Problem(path, 0, what, remedy, Severity.WARNING)
        for path, what, remedy in Gallery(store.db).faults()
    ]


def prune(store: Store, orders: Orders) -> None:
    """Remove from the cache what no picture of the archive needs."""
    recipe = Recipe(orders.settings.pictures)
    folder = orders.settings.kept
    if not folder.is_dir():
        return
    needed = {_name(_key(recipe), digest) for digest, _ in Gallery(store.db).published()}
    for file in folder.rglob("*"):
        if file.name not in needed and file.is_file():
            file.unlink()


def _key(recipe: Recipe) -> bytes:
    return hashlib.blake2b(recipe.digest + codecs().encode()).digest()


def _name(key: bytes, digest: bytes) -> str:
    return hashlib.blake2b(key + digest, digest_size=_DIGEST).hexdigest()


def _kept(file: Path) -> Entry | None:
    """What was made before; None where it was not, or what lies there is not whole."""
    try:
        data = file.read_bytes()
    except OSError:
        return None
    if hashlib.blake2b(data[_DIGEST:], digest_size=_DIGEST).digest() != data[:_DIGEST]:
        return None
    try:
        return _decode(data[_DIGEST:])
    except msgspec.DecodeError:
        return None


def _keep(file: Path, entry: Entry) -> None:
    """Put an entry into the cache, whole or not at all."""
    data = _encode(entry)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh.write_bytes(hashlib.blake2b(data, digest_size=_DIGEST).digest() + data)
    os.replace(fresh, file)
