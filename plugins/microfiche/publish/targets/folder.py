"""``folder:PATH``: releases beside each other, and a link to the one that is served.

::

    PATH/current                    a symbolic link to the release before the public
    PATH/releases/7/                a release, complete
    PATH/.microfiche/7.release      its manifest
    PATH/.microfiche/7.json         what else is known of it
    PATH/.microfiche/partial/       a release in the making

A release is made beside the others, from hard links to the files that did not change and copies of
those that did. One rename of the link puts it before the public.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import msgspec
from msgspec import Struct

from microfiche.errors import LockedError, Problem, TargetError
from microfiche.publish.manifest import Entry, ManifestError, Release
from microfiche.publish.targets.holder import Holder, myself
from microfiche.publish.targets.target import (
    NOTHING,
    Advance,
    Plan,
    Standing,
    Surroundings,
    parents,
    refused,
)

_OURS = ".microfiche"
_LINK = "current"
_MANY = 500
"""Files from which it is quicker to write out all that the machine has not written yet."""


class Note(Struct, frozen=True):
    """What is known of a release beside its manifest.

    ``before`` is the number of the release that it took the place of, 0 for none. ``lingering`` are
    files of that one that no page needs any more, ``carried`` files of others that were found in
    it; both are in this release, too.
    """

    before: int
    lingering: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()


def target(name: str, place: str, around: Surroundings) -> Folder:
    """The folder that a text names.

    Raises:
        TargetError: for a folder that the archive is made from or made into.
    """
    root = Path(os.path.abspath(around.base / Path(place).expanduser()))
    whole = root.resolve()
    for other, what in ((around.content, "stories"), (around.public, "pages"), (around.state, "")):
        theirs = other.resolve()
        if whole == theirs or theirs in whole.parents or whole in theirs.parents:
            about = f"the folder of the archive's {what}" if what else "what builds know"
            raise refused(name, f"it lies in {about}, or that in it", "name a folder elsewhere")
    return Folder(name, root, around)


class Folder:
    """A folder of releases; see ``Target`` for what its methods do."""

    heeds_headers = False

    def __init__(self, name: str, root: Path, around: Surroundings) -> None:
        self.name = name
        self._public = around.public
        self._kept = around.releases
        self._root = root
        self._ours = root / _OURS
        self._partial = self._ours / "partial"
        self._lock: TextIO | None = None
        self._plan: Plan
        self._before = 0
        self._carried: list[str] = []
        self._copied: list[str] = []

    def standing(self, after: Release) -> Standing:
        """The release that the link leads to."""
        self._check_place()
        number = self._current()
        if not number:
            return NOTHING
        note = self._note(number)
        return Standing(self._manifest(number), lingering=frozenset(note.lingering))

    def foreign(self, entries: Sequence[Entry]) -> list[str]:
        """Paths of new files at which the served release has something of somebody else."""
        number = self._current()
        if not number:
            return []
        served = self._release(number)
        return [entry.path for entry in entries if _barred(served, entry.path)]

    def begin(self, plan: Plan) -> None:
        """Make the release from what does not change."""
        self._ours.mkdir(parents=True, exist_ok=True)
        (self._root / "releases").mkdir(exist_ok=True)
        self._take()
        self._plan, self._before = plan, self._current()
        if self._before and self._manifest(self._before) != plan.before.release:
            what = "another publication came in between"
            raise LockedError([Problem(self.name, 0, what, "publish again", inside=False)])
        shutil.rmtree(self._partial, ignore_errors=True)
        self._partial.mkdir()
        self._carried = self._share(plan) if self._before else []

    def put(self, entries: Sequence[Entry], advance: Advance, *, guarded: bool) -> None:
        """Copy files; nobody sees them before the link is swapped."""
        for entry in entries:
            self._copy(entry.path)
            advance(1)

    def remove(self, paths: Sequence[str]) -> None:
        """Nothing: what is no more was not taken over."""

    def finish(self) -> list[str]:
        """Swap the link, and remove releases that are older than those to be kept."""
        number = max(self._numbers(), default=0) + 1
        lingering = {path for path in self._plan.lingering if (self._partial / path).exists()}
        note = Note(self._before, tuple(sorted(lingering)), tuple(self._carried))
        old = [entry for entry in self._plan.before.release if entry.path in lingering]
        manifest = Release.of([*self._plan.after, *old]) if old else self._plan.after
        _write(self._ours / f"{number}.json", msgspec.json.encode(note))
        _write(self._ours / f"{number}.release", manifest.text)
        self._flush()
        os.rename(self._partial, self._release(number))
        self._swap(number)
        said = [f"carried over, for it is not ours: {path}" for path in self._carried]
        return said + self._prune(number)

    def close(self) -> None:
        """Let go of the lock."""
        if self._lock:
            self._lock.close()
            self._lock = None

    def rollback(self) -> str:
        """Swap the link back to the release that was served before."""
        self._check_place()
        number = self._current()
        if not number:
            raise refused(self.name, "nothing was published there", "publish first")
        self._take()
        before = self._note(number).before
        if not before or not self._release(before).is_dir():
            what = f"release {number} is the oldest that is kept"
            raise refused(self.name, what, "publish the stories as they were instead")
        self._swap(before)
        return f"{self.name}: release {before} is served again, in place of {number}"

    # What is there

    def _check_place(self) -> None:
        """Refuse a folder in which somebody else keeps files, and links that lead elsewhere."""
        if not os.path.lexists(self._root):
            return
        if not self._root.is_dir():
            raise refused(self.name, "it is no folder", "name a folder, or a path without anything")
        if not self._ours.is_dir() and any(self._root.iterdir()):
            what = "the folder holds files that were not published from here"
            raise refused(self.name, what, "name an empty folder, or one that is not there yet")
        for path in (self._ours, self._root / "releases"):
            if path.is_symlink():
                what = f"{path.name} is a symbolic link; nothing is written through it"
                raise refused(self.name, what, "put a folder in its place")
        link = self._root / _LINK
        if os.path.lexists(link) and not link.is_symlink():
            what = f"{_LINK} is not the link that a publication makes"
            raise refused(self.name, what, "move it away")

    def _current(self) -> int:
        """The number of the release that is served, 0 for none."""
        try:
            leads = os.readlink(self._root / _LINK)
        except FileNotFoundError:
            return 0
        folder, _, number = leads.rpartition("/")
        if folder != "releases" or not number.isdecimal() or not self._release(number).is_dir():
            what = f"{_LINK} leads to {leads}, which is no release"
            raise refused(self.name, what, f"let it lead to a folder in {self._root}/releases")
        return int(number)

    def _numbers(self) -> list[int]:
        found = (path.name for path in (self._root / "releases").iterdir())
        return sorted(int(name) for name in found if name.isdecimal())

    def _release(self, number: int | str) -> Path:
        return self._root / "releases" / str(number)

    def _manifest(self, number: int) -> Release:
        path = self._ours / f"{number}.release"
        try:
            return Release.read(path.read_bytes())
        except (FileNotFoundError, ManifestError) as error:
            raise self._lost(path) from error

    def _note(self, number: int) -> Note:
        path = self._ours / f"{number}.json"
        try:
            return msgspec.json.decode(path.read_bytes(), type=Note)
        except (FileNotFoundError, msgspec.MsgspecError) as error:
            raise self._lost(path) from error

    def _lost(self, path: Path) -> TargetError:
        what = f"{path} is lost or damaged, so that nobody knows which files are ours"
        return refused(self.name, what, "restore it, or publish to another folder")

    # The release in the making

    def _share(self, plan: Plan) -> list[str]:
        """Take over what does not change, and what is not ours; the paths of the latter."""
        dropped = {entry.path for entry in plan.puts} | set(plan.removed)
        wanted = {e.path: e.size for e in plan.before.release if e.path not in dropped}
        since = os.stat(self._ours / f"{self._before}.release").st_mtime_ns
        others, damaged = [], []
        for path in self._walk(self._release(self._before)):
            size = wanted.pop(path, None)
            if size is None:
                others += [] if path in dropped else [path]
            elif not self._link(path, size, since):
                damaged.append(path)
        gone = plan.lingering | plan.before.lingering
        for path in [*damaged, *wanted]:
            if path not in gone:
                self._copy(path)
        return self._carry(others, plan.after) if others else []

    def _carry(self, others: list[str], after: Release) -> list[str]:
        """Take over what is not ours, but for what is in the way of what is."""
        taken = {entry.path for entry in after}
        taken |= {folder for path in taken for folder in parents(path)}
        carried = sorted(path for path in others if path not in taken)
        for path in carried:
            self._share_file(path)
        return carried

    def _walk(self, top: Path) -> Iterator[str]:
        """Every file, by its path below ``top``; links are not followed."""
        stack = [""]
        while stack:
            folder = stack.pop()
            with os.scandir(f"{top}/{folder}") as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(f"{folder}{entry.name}/")
                    else:
                        yield folder + entry.name

    def _link(self, path: str, size: int, since: int) -> bool:
        """Share a file with the release before, unless somebody changed it there."""
        source = f"{self._release(self._before)}/{path}"
        found = os.lstat(source)
        if not stat.S_ISREG(found.st_mode) or found.st_size != size or found.st_mtime_ns > since:
            return False
        self._share_file(path)
        return True

    def _share_file(self, path: str) -> None:
        goal = self._partial / path
        source = f"{self._release(self._before)}/{path}"
        try:
            os.link(source, goal, follow_symlinks=False)
        except FileNotFoundError:
            goal.parent.mkdir(parents=True, exist_ok=True)
            os.link(source, goal, follow_symlinks=False)

    def _flush(self) -> None:
        """Have what was copied on the disk before it is served, should the power fail."""
        if len(self._copied) > _MANY:
            os.sync()
            return
        for path in self._copied:
            with open(self._partial / path, "rb") as file:
                os.fsync(file.fileno())

    def _copy(self, path: str) -> None:
        goal = self._partial / path
        goal.parent.mkdir(parents=True, exist_ok=True)
        source = self._public / path
        shutil.copyfile(source, goal)
        found = os.stat(source)
        os.utime(goal, ns=(found.st_atime_ns, found.st_mtime_ns))
        self._copied.append(path)

    # The link, the lock and the releases that were

    def _take(self) -> None:
        """Be the only one who publishes here; the kernel lets go for a process that died."""
        lock = open(self._ours / "lock", "a+", encoding="utf-8")  # noqa: SIM115 - held until close
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with lock:
                lock.seek(0)
                raise self._busy(lock.read()) from None
        lock.truncate(0)
        lock.write(msgspec.json.encode(myself(time.time())).decode())
        lock.flush()
        self._lock = lock

    def _busy(self, text: str) -> LockedError:
        remedy = "wait for it to end, or end it"
        try:
            return msgspec.json.decode(text, type=Holder).error(self.name, remedy)
        except msgspec.MsgspecError:  # it has not written yet who it is
            what = "another publication is running"
            return LockedError([Problem(self.name, 0, what, remedy, inside=False)])

    def _swap(self, number: int) -> None:
        fresh = self._ours / "link"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(f"releases/{number}")
        os.replace(fresh, self._root / _LINK)

    def _prune(self, served: int) -> list[str]:
        """Remove all releases but the last few that were served; what is left of them, by line."""
        numbers = self._numbers()
        notes = {number: self._note(number) for number in numbers if self._known(number)}
        keep: list[int] = []
        while served in notes and len(keep) < self._kept:
            keep.append(served)
            served = notes[served].before
        carried = {note.before: note.carried for note in notes.values()}
        return [
            f"kept, for it has files that are not ours: {self._release(number)}"
            for number in numbers
            if number not in keep and not self._discard(number, carried.get(number, ()))
        ]

    def _known(self, number: int) -> bool:
        return (self._ours / f"{number}.release").exists()

    def _discard(self, number: int, carried: Sequence[str]) -> bool:
        """Remove the files of a release that are ours or were carried on; whether all are gone."""
        if not self._known(number):
            return False
        release = self._release(number)
        ours = (entry.path for entry in self._manifest(number))
        for path in (*ours, *self._note(number).carried, *carried):
            with suppress(FileNotFoundError, NotADirectoryError):
                os.unlink(release / path)
        for folder, _, _ in os.walk(release, topdown=False):
            with suppress(OSError):
                os.rmdir(folder)
        if release.exists():
            return False
        (self._ours / f"{number}.json").unlink(missing_ok=True)
        (self._ours / f"{number}.release").unlink(missing_ok=True)
        return True


def _write(path: Path, data: bytes) -> None:
    """Write a note so that it is there whole or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(data)
    os.replace(fresh, path)


def _barred(folder: Path, path: str) -> bool:
    """Whether something stands at a path, or where a folder above it has to be."""
    if os.path.lexists(folder / path):
        return True
    above = (folder / parent for parent in parents(path))
    return any(os.path.lexists(each) and (each.is_symlink() or not each.is_dir()) for each in above)
