"""The writing stage: from the staging folder into place, all of it or nothing.

Everything is rendered beside the output first. Only then are files renamed into place, in the
order of publication, and files of ours that nobody wants any more are removed last. What earlier
builds did not write is never touched.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from microfiche.addresses import folded
from microfiche.catalog import Store
from microfiche.catalog.work import Work
from microfiche.errors import LockedError, Problem, StorageError

_REPETITIVE = 200  # bytes in the list for each file that is ours; a path has 40 or so
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by Microfiche; safe to delete.\n"
WHOLE = "whole"
"""The folder among what is staged that becomes the output where there is none."""

_TRIES = 40
_PAUSE = 0.02
"""Seconds between two tries to take a lock whose holder is dead; all together less than one."""


@contextmanager
def lock(state: Path, whose: str = "build") -> Iterator[None]:
    """Hold the output for one build; the kernel lets go of the lock of a build that died.

    ``whose`` is the word for what holds it.

    Raises:
        LockedError: when another one holds it.
    """
    state.mkdir(parents=True, exist_ok=True)
    (state.parent / "CACHEDIR.TAG").write_text(_TAG)
    with open(state / "lock", "a+") as file:
        if not _taken(file):
            what = f"another {whose} (process {_holder(file)}) is writing to this output"
            raise LockedError([Problem("", 0, what, "wait for it to end, or end it")])
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _taken(file: TextIO) -> bool:
    """Take the lock if it is free.

    The workers of a build that was killed hold it until they see that they are orphans.
    """
    for _ in range(_TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if _lives(_holder(file)):
                return False
            time.sleep(_PAUSE)
        else:
            return True
    return False


def _holder(file: TextIO) -> str:
    file.seek(0)
    return file.read().strip() or "unknown"


def _lives(process: str) -> bool:
    """Whether a process of this number is there; also where that cannot be known."""
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (ValueError, OSError):
        return True
    return True


def clear_staging(state: Path) -> None:
    """Make the staging folder empty."""
    shutil.rmtree(state / "staging", ignore_errors=True)
    (state / "staging").mkdir(parents=True)


def check_place(output: Path, state: Path, paths: Iterable[str]) -> None:
    """Find what would lead a write astray, before anything is written.

    Raises:
        StorageError: for a symbolic link or a file where a folder has to be, or an output that is
            on another file system than the staging folder.
    """
    if not output.exists():
        return
    problems = []
    seen = {""}
    for path in paths:
        for folder in _parents(path):
            if folder in seen:
                break
            seen.add(folder)
            if os.path.islink(f"{output}/{folder}"):
                what = "is a symbolic link in the output; nothing is written through it"
                where = f"{output.name}/{folder}"
                problems.append(Problem(where, 0, what, "remove the link", inside=False))
    if output.stat().st_dev != state.stat().st_dev:
        what = "is on another file system than the folder beside it"
        remedy = "mount the folder above it, so that files can be renamed into place"
        problems.append(Problem(output.name, 0, what, remedy, inside=False))
    if problems:
        raise StorageError(problems)


def remember(state: Path, paths: Iterable[str]) -> None:
    """Note which files are about to be ours; this list outlives the catalog."""
    with open(state / "written", "a", encoding="utf-8") as file:
        file.writelines(f"{path}\n" for path in paths)


def compact(state: Path, store: Store) -> None:
    """Write the list of our files anew once most of it is repetition."""
    work = Work(store)
    place = state / "written"
    if place.exists() and place.stat().st_size > _REPETITIVE * (work.outputs() + 1_000):
        fresh = state / "written.new"
        with open(fresh, "w", encoding="utf-8") as file:
            file.writelines(f"{path}\n" for path in work.paths())
        os.replace(fresh, place)


def remembered(state: Path) -> list[str]:
    """The files that builds into this output ever wrote."""
    try:
        text = (state / "written").read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return sorted(set(text.split("\n")) - {""})


def put_in_place(store: Store, output: Path, state: Path) -> None:
    """Swap what was staged into the output.

    Outputs are in doubt from before the first rename until after the last, so that a kill at any
    moment leaves what the next build can mend.
    """
    work = Work(store)
    staged, removals = work.counts()
    if staged or removals:
        check_place(output, state, (path for _, path in work.staged()))
        remember(state, (path for _, path in work.staged()))
        with store.transaction():
            work.doubt()
            store.set_meta("everything", "1")
        swap(output, state, work)
    shutil.rmtree(state / "staging", ignore_errors=True)


def swap(output: Path, state: Path, work: Work) -> None:
    """Put staged files into place in their order, then remove what is no longer wanted.

    An output that does not exist yet comes into being whole.
    """
    staging = state / "staging"
    if not output.exists():
        output.parent.mkdir(parents=True, exist_ok=True)
        os.rename(staging / WHOLE, output)
        return
    removals = work.removals()
    for path in _in_the_way([path for _, path in work.staged()] if removals else [], removals):
        _remove(output, path)
    for path in work.twins.outdated():
        _remove(output, path)
    for name, path in work.staged():
        _move(f"{staging}/{name}", f"{output}/{path}")
    for path in removals:
        _remove(output, path)


def _move(source: str, target: str) -> None:
    """Rename a file into place, and make its folder if it is the first there."""
    try:
        os.replace(source, target)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.replace(source, target)


def _in_the_way(staged: list[str], removals: list[str]) -> list[str]:
    """Files that have to go first: where a folder is wanted, or in a folder where a file is."""
    wanted = set(staged)
    folders = {parent for path in staged for parent in _parents(path)}
    names = {folded(path) for path in staged}
    return [
        path
        for path in removals
        if path in folders
        or folded(path) in names
        or any(parent in wanted for parent in _parents(path))
    ]


def _parents(path: str) -> Iterator[str]:
    while path := os.path.dirname(path):
        yield path


def _remove(output: Path, path: str) -> None:
    """Remove a file of ours, and the folders that it leaves empty."""
    if any((output / parent).is_symlink() for parent in _parents(path)):
        return
    try:
        os.unlink(output / path)
    except FileNotFoundError:
        pass  # removed by a build that was killed before it had removed the folders
    except (NotADirectoryError, IsADirectoryError):
        return
    for parent in _parents(path):
        try:
            os.rmdir(output / parent)
        except OSError:
            return
