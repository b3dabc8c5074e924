"""The scanning stage: which sources changed since the last build.

Size, times and inode of a file are the hint, as in git's index; the digest that reading takes is
the truth. A folder whose listing, hints and all, is the one that the catalog remembers is passed
over whole; only in another are files compared one by one.
"""

from __future__ import annotations

import fnmatch
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from microfiche.records import Changed, Found, SourceKind
from microfiche.settings import FolderSettings

LEDGER = "ledger.tsv"
"""The file in the content folder that has every address ever published; it is no source."""
VOCABULARY = "vocabulary.toml"
"""The file in the content folder that says what terms are; it is no source."""
_REGISTERS = frozenset((LEDGER, VOCABULARY))
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_COARSE = 2_000_000_000
_FINE = 100_000_000


class Known(NamedTuple):
    """What the catalog remembers of a source; ``mtime`` is -1 where hints are not to be trusted."""

    path: str
    kind: str
    size: int
    mtime: int
    ctime: int
    inode: int
    digest: bytes | None


class Memory(Protocol):
    """What the last build remembers of the content folder."""

    def folders(self) -> dict[str, bytes | None]:
        """Every folder with a file in it, by path, and the digest of its listing."""

    def files(self, folder: str) -> dict[str, Known]:
        """The files that lie in a folder, by path."""


class Scan:
    """One walk through the content folder against what the last build remembers.

    Iterate over it for the sources to read. Afterwards ``gone`` has the paths of sources that are
    no more, and ``folders`` the digests of the listings that differ from the remembered ones.
    """

    def __init__(self, content: Path, folders: FolderSettings, memory: Memory) -> None:
        self._content = str(content)
        self._ignored = _ignorer(folders.ignore)
        self._kind_of = classifier(folders)
        self._memory = memory
        self.gone: list[str] = []
        self.folders: dict[str, bytes] = {}

    def __iter__(self) -> Iterator[Changed]:
        remembered = self._memory.folders()
        for listing in _walk(self._content, self._ignored):
            folder = _storable(listing.folder)
            if remembered.pop(folder, None) != listing.digest:
                self.folders[folder] = listing.digest
                yield from self._compare(listing)
        for folder in remembered:
            self.gone += self._memory.files(folder)

    def _compare(self, listing: Listing) -> Iterator[Changed]:
        known = self._memory.files(_storable(listing.folder))
        for name, status in listing.files:
            found = self._found(listing.folder + name, status)
            old = known.pop(found.path, None)
            if old is None or old.kind != found.kind:
                yield Changed(found, None)
            elif old[2:6] != found[2:6]:
                yield Changed(found, old.digest)
        self.gone += known

    def _found(self, path: str, status: os.stat_result) -> Found:
        kind = self._kind_of(path) if stat.S_ISREG(status.st_mode) else SourceKind.IRREGULAR
        if _CONTROL.search(path) or path != _storable(path):
            path, kind = _storable(path), SourceKind.IRREGULAR
        return Found(
            path, kind, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
        )


class Listing(NamedTuple):
    """The files of one folder, sorted by name; ``folder`` is ``""`` or ends in a slash."""

    folder: str
    digest: bytes
    files: list[tuple[str, os.stat_result]]


def _walk(content: str, ignored: Callable[[str], object]) -> Iterator[Listing]:
    """Every folder with a file that is not ignored, in the order of names."""
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        files, inner = [], []
        with os.scandir(f"{content}/{folder}") as entries:
            for entry in entries:
                if ignored(entry.name) or folder + entry.name in _REGISTERS:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    inner.append(f"{folder}{entry.name}/")
                else:
                    files.append((entry.name, entry.stat(follow_symlinks=False)))
        if files:
            files.sort()
            yield Listing(folder, _digest(files), files)
        waiting += sorted(inner, reverse=True)


def _digest(files: list[tuple[str, os.stat_result]]) -> bytes:
    """The digest of names and hints."""
    hints = [
        (name, hint.st_mode, hint.st_size, hint.st_mtime_ns, hint.st_ctime_ns, hint.st_ino)
        for name, hint in files
    ]
    return hashlib.blake2b(repr(hints).encode(), digest_size=16).digest()


def _storable(path: str) -> str:
    """A path with what is not UTF-8 in it spelt out, as the catalog can keep it."""
    return path if path.isascii() else path.encode(errors="backslashreplace").decode()


def _ignorer(patterns: tuple[str, ...]) -> Callable[[str], object]:
    """Pelican's IGNORE_FILES: a pattern speaks of the file's or folder's own name."""
    names = [pattern.removeprefix("**/") for pattern in patterns]
    return re.compile("|".join(map(fnmatch.translate, names)) or r"(?!)").match


def classifier(folders: FolderSettings) -> Callable[[str], SourceKind]:
    """What a path is: a page, a story, a static file, or loose (published only when linked)."""
    suffixes = tuple(f".{suffix}" for suffix in folders.suffixes)

    def kind_of(path: str) -> SourceKind:
        if path.lower().endswith(suffixes):
            if _within(path, folders.pages) and not _within(path, folders.page_excludes):
                return SourceKind.PAGE
            excluded = _within(path, folders.story_excludes) or _within(path, folders.pages)
            if _within(path, folders.stories) and not excluded:
                return SourceKind.STORY
            if not folders.static_sources:
                return SourceKind.LOOSE
        if _within(path, folders.statics) and not _within(path, folders.static_excludes):
            return SourceKind.STATIC
        return SourceKind.LOOSE

    return kind_of


def _within(path: str, folders: tuple[str, ...]) -> bool:
    return any(not folder or path == folder or path.startswith(f"{folder}/") for folder in folders)


def trusted_mtime(found: Found, scanned: int) -> int:
    """The time to remember as a hint: -1 for a file so fresh that another write could hide.

    ``scanned`` is when the walk began, in nanoseconds since the epoch. A file system that keeps
    whole seconds gets a wider margin.
    """
    newest = max(found.mtime, found.ctime)
    margin = _COARSE if found.mtime % 1_000_000_000 == 0 else _FINE
    return found.mtime if newest + margin < scanned else -1
