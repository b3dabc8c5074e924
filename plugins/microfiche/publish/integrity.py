"""Whether a folder holds a release: every file of it, as it was published, and nothing else.

Every file is read, for what a disk loses leaves no other trace. Nothing is built, and neither the
stories nor the settings are needed.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from microfiche.errors import NotBuiltError, Problem
from microfiche.publish.bag import DATA, DECLARATION, RELEASE, TAGS, bag_of
from microfiche.publish.manifest import ManifestError, Release
from microfiche.report import Report
from microfiche.workers import batched

_BATCH = 512
_BLOCK = 1 << 20
_FEW = 2_000
"""Files that are read sooner than a worker has begun."""


class Holding(NamedTuple):
    """A folder that is meant to hold a release, and where the release manifest lies.

    ``tags`` are the digests of files beside the manifest, as the bag states them, by path.
    """

    folder: Path
    manifest: Path
    tags: dict[Path, str]


class Breach(NamedTuple):
    """A file that is not as it was published; ``why`` says more, where there is more to say."""

    what: str
    path: str
    why: str = ""


class Findings(NamedTuple):
    """What was found: how many files the release has, and what is not as it was published."""

    files: int
    breaches: tuple[Breach, ...]


MISSING, CORRUPTED, FOREIGN, UNREADABLE = "missing", "corrupted", "foreign", "unreadable"


def holding_of(folder: Path, manifest: Path | None) -> Holding:
    """Where a folder's release is written down: in the bag that it is or that lies beside it.

    Raises:
        NotBuiltError: where there is no release manifest.
    """
    bag = folder if (folder / DECLARATION).is_file() else bag_of(folder.resolve())
    if manifest is None:
        held = folder / DATA if bag == folder else folder
        return Holding(held, bag / RELEASE, _tags(bag))
    return Holding(folder, manifest, {})


def _tags(bag: Path) -> dict[Path, str]:
    """The digests of a bag's tag files; none where its making was not finished."""
    try:
        lines = (bag / TAGS).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.partition("  ") for line in lines)
    return {bag / os.path.basename(name): digest for digest, _, name in pairs}


def check(holding: Holding, jobs: int, report: Report) -> Findings:
    """Compare a folder with its release, byte for byte, with so many worker processes.

    Raises:
        NotBuiltError: when the folder or its manifest is not there, or the manifest is damaged.
    """
    release = _release(holding)
    if not holding.folder.is_dir():
        raise NotBuiltError([_problem(holding.folder, "there is no such folder")])
    breaches = [*_of_tags(holding.tags), *_of_files(holding, release, jobs, report)]
    return Findings(len(release), tuple(breaches))


def _release(holding: Holding) -> Release:
    try:
        return Release.read(holding.manifest.read_bytes())
    except ManifestError as error:
        what = f"the release manifest is damaged: {error}"
    except FileNotFoundError:
        what = "there is no such release manifest; a publication writes one"
    except OSError as error:
        what = f"the release manifest cannot be read: {error.strerror}"
    raise NotBuiltError([_problem(holding.manifest, what)])


def _problem(path: Path, what: str) -> Problem:
    remedy = "publish, or name the manifest with -m"
    return Problem(str(path), 0, what, remedy, inside=False)


def _of_tags(tags: dict[Path, str]) -> Iterator[Breach]:
    for path, wanted in tags.items():
        breach = compare(str(path), _Wanted(path.name, -1, wanted))
        if breach:
            yield breach._replace(path=f"{path.parent.name}/{path.name}")


class _Wanted(NamedTuple):
    """What a file has to be: its size, -1 where it is not known, and its SHA-256."""

    path: str
    size: int
    sha256: str


def _of_files(holding: Holding, release: Release, jobs: int, report: Report) -> Iterator[Breach]:
    """What is wrong with each file, in the order of paths."""
    wanted = {entry.path: _Wanted(*entry[:3]) for entry in release}
    breaches: list[Breach] = []
    there = list(_there(holding.folder, wanted, breaches))
    closed = tuple(breach.path for breach in breaches if breach.path.endswith("/"))
    for path in wanted:
        hidden = path.startswith(closed)
        breaches.append(Breach(UNREADABLE if hidden else MISSING, path))
    with report.progress("verifying", len(there)) as steps:
        for found in _compared(holding.folder, there, jobs):
            breaches += found
            steps.advance(_BATCH)
    name = holding.folder.name
    for breach in sorted(breaches, key=lambda breach: os.fsencode(breach.path)):
        yield breach._replace(path=f"{name}/{breach.path}")


def _there(folder: Path, wanted: dict[str, _Wanted], breaches: list[Breach]) -> Iterator[_Wanted]:
    """The files that are there, taken out of those that are wanted; what else is there is noted."""
    for path, fault in walk(str(folder)):
        if fault:
            breaches.append(Breach(UNREADABLE, path, fault))
        elif path in wanted:
            yield wanted.pop(path)
        else:
            breaches.append(Breach(FOREIGN, path))


def walk(folder: str, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every file below a folder, wherever links lead; a folder, with why, that cannot be read.

    A link to a folder is a file: nothing is looked for behind it.
    """
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        yield prefix or "./", str(error.strerror)
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from walk(entry.path, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", ""


def _compared(folder: Path, there: Sequence[_Wanted], jobs: int) -> Iterator[list[Breach]]:
    """What is wrong with files, batch by batch; in this process where they are few."""
    work = partial(compare_batch, str(folder))
    batches = batched(there, _BATCH)
    if jobs == 1 or len(there) < _FEW:
        yield from map(work, batches)
        return
    with ProcessPoolExecutor(jobs) as executor:
        while window := list(islice(batches, 8 * jobs)):
            yield from executor.map(work, window)


def compare_batch(folder: str, batch: Iterable[_Wanted]) -> list[Breach]:
    """What is wrong with files below a folder."""
    found = (compare(f"{folder}{os.sep}{wanted.path}", wanted) for wanted in batch)
    return [breach for breach in found if breach]


def compare(path: str, wanted: _Wanted) -> Breach | None:
    """What is wrong with a file; None where it is as it has to be."""
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return Breach(MISSING, wanted.path)
    except OSError as error:
        link = os.path.islink(path)
        why = "it is a symbolic link" if link else str(error.strerror)
        return Breach(CORRUPTED if link else UNREADABLE, wanted.path, why)
    try:
        with open(number, "rb", buffering=0) as file:
            found = os.fstat(number)
            if not stat.S_ISREG(found.st_mode):
                return Breach(CORRUPTED, wanted.path, "it is no regular file")
            if wanted.size not in (-1, found.st_size):
                why = f"it has {found.st_size:,} bytes, not {wanted.size:,}"
                return Breach(CORRUPTED, wanted.path, why)
            digest = hashlib.sha256()
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        return Breach(UNREADABLE, wanted.path, str(error.strerror))
    return None if digest.hexdigest() == wanted.sha256 else Breach(CORRUPTED, wanted.path)
