"""The scanning stage: which sources changed since the last build.

Size, times and inode of a file are the hint, as in git's index; the digest that reading takes is
the truth. Files come in the byte order of their paths, so that the walk and the catalog can be
compared side by side without holding either in memory.
"""

from __future__ import annotations

import fnmatch
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from microfiche.records import Changed, Found, SourceKind
from microfiche.settings import FolderSettings

_COARSE = 2_000_000_000
_FINE = 100_000_000


class Known(NamedTuple):
    """What the catalog remembers of a source; ``mtime`` is -1 where the hint must not be trusted."""

    path: str
    kind: str
    size: int
    mtime: int
    ctime: int
    inode: int
    digest: bytes | None


class Difference(NamedTuple):
    """One step of the comparison: a source to read, or the path of one that is gone."""

    changed: Changed | None
    gone: str | None


def walk(content: Path, folders: FolderSettings) -> Iterator[Found]:
    """Every file under ``content`` that is not ignored, in byte order of its path."""
    ignored = _ignorer(folders.ignore)
    kind_of = classifier(folders)
    yield from _walk(str(content), "", ignored, kind_of)


def _walk(
    folder: str,
    prefix: str,
    ignored: Callable[[str], object],
    kind_of: Callable[[str], SourceKind],
) -> Iterator[Found]:
    with os.scandir(folder) as listing:
        entries = [
            (f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name, entry)
            for entry in listing
            if not ignored(entry.name)
        ]
    entries.sort(key=_name)
    for name, entry in entries:
        path = prefix + name
        if name[-1] == "/":
            yield from _walk(entry.path, path, ignored, kind_of)
            continue
        status = entry.stat(follow_symlinks=False)
        kind = kind_of(path) if stat.S_ISREG(status.st_mode) else SourceKind.IRREGULAR
        if not path.isascii() and not _storable(path):
            path, kind = path.encode(errors="backslashreplace").decode(), SourceKind.IRREGULAR
        yield Found(
            path, kind, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
        )


def _name(entry: tuple[str, os.DirEntry[str]]) -> str:
    return entry[0]


def _storable(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


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


def compare(found: Iterable[Found], known: Iterable[Known]) -> Iterator[Difference]:
    """Walk files and catalog side by side; both must be in byte order of their paths."""
    remembered = iter(known)
    old = next(remembered, None)
    for new in found:
        while old and old.path < new.path:
            yield Difference(None, old.path)
            old = next(remembered, None)
        if old and old.path == new.path:
            if not _same(old, new):
                digest = old.digest if old.kind == new.kind else None
                yield Difference(Changed(new, digest), None)
            old = next(remembered, None)
        else:
            yield Difference(Changed(new, None), None)
    while old:
        yield Difference(None, old.path)
        old = next(remembered, None)


def _same(old: Known, new: Found) -> bool:
    return (
        old.mtime == new.mtime
        and old.ctime == new.ctime
        and old.size == new.size
        and old.inode == new.inode
        and old.kind == new.kind
    )


def trusted_mtime(found: Found, scanned: int) -> int:
    """The time to remember as a hint: -1 for a file so fresh that another write could hide behind it.

    ``scanned`` is when the walk began, in nanoseconds since the epoch. A file system that keeps
    whole seconds gets a wider margin.
    """
    newest = max(found.mtime, found.ctime)
    margin = _COARSE if found.mtime % 1_000_000_000 == 0 else _FINE
    return found.mtime if newest + margin < scanned else -1
