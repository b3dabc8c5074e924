"""A target that takes one file at a time, with a journal of what stands there."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec
from msgspec import structs

from microfiche.errors import LockedError, MicroficheError, Problem
from microfiche.publish.manifest import Entry, Release
from microfiche.publish.targets import journal
from microfiche.publish.targets.holder import myself
from microfiche.publish.targets.journal import HEAD, Head, JournalError, Note
from microfiche.publish.targets.target import NOTHING, Advance, Plan, Standing, parents, refused

LEASE = 300
"""Seconds after which a publisher that was not heard of counts as dead, on another machine."""
_BREATH = 30
"""Seconds between two signs of life; then, what was sent is noted too."""
_BATCH = 1_000
"""Files that are sent between two looks at the clock."""


class Found(NamedTuple):
    """A small file of the journal, and what tells this version of it from another."""

    data: bytes
    version: str


class Overtaken(Exception):
    """The head is not what it was: somebody else is publishing."""


class Remote(Protocol):
    """Where files are put, one by one; every method may raise TargetError."""

    heeds_headers: bool

    def read(self, path: str) -> Found | None:
        """A file of the journal, None where there is none."""

    def write(self, path: str, data: bytes) -> None:
        """Write a note."""

    def exchange(self, path: str, data: bytes, version: str) -> str:
        """Write the head in place of a version, ``""`` for none; the new version.

        Raises:
            Overtaken: when another is there.
        """

    def foreign(self, entries: Sequence[Entry], *, first: bool) -> list[str]:
        """Paths of files at which something else stands; ``first`` when nothing is ours."""

    def put(self, entries: Sequence[Entry], advance: Advance, *, guarded: bool) -> None:
        """Put files; each is seen as it was or as it will be.

        ``guarded`` says that nothing is to stand there: what does is somebody else's.
        """

    def remove(self, paths: Sequence[str], folders: Sequence[str]) -> None:
        """Remove files that may be gone already, and then folders unless they hold something."""

    def close(self) -> None:
        """Let go of connections."""


class Mirror:
    """A target that is a ``Remote`` with a journal; see ``Target`` for what its methods do.

    ``cache`` is a folder for notes that were seen.
    """

    def __init__(self, name: str, remote: Remote, cache: Path) -> None:
        self.name = name
        self.heeds_headers = remote.heeds_headers
        self._remote = remote
        self._cache = cache
        self._head = Head()
        self._version = ""
        self._mine = False
        self._sent: list[Entry] = []
        self._plan: Plan

    def standing(self, after: Release) -> Standing:
        """What the notes tell."""
        found = self._remote.read(HEAD)
        if not found:
            return NOTHING
        try:
            self._head, self._version = journal.read_head(found.data), found.version
            self._refuse_second()
            return journal.told(map(self._note, self._head.notes))
        except JournalError as error:
            what = f"what was noted there of the last publication is damaged: {error}"
            remedy = f"remove {HEAD} there and publish with --adopt, which sends every file anew"
            raise refused(self.name, what, remedy) from error

    def foreign(self, entries: Sequence[Entry]) -> list[str]:
        """Paths at which somebody else has a file."""
        return self._remote.foreign(entries, first=not self._head.notes)

    def begin(self, plan: Plan) -> None:
        """Say who is publishing, and what will be in doubt until it is done."""
        self._plan = plan
        if self._head.stale:
            self._forget()
            self._head = structs.replace(self._head, stale=())
        touched = [*(entry.path for entry in plan.puts), *plan.removed]
        self._add(Note(doubt=tuple(sorted(touched))))

    def put(self, entries: Sequence[Entry], advance: Advance, *, guarded: bool) -> None:
        """Send files in batches; now and then, note what was sent."""
        for at in range(0, len(entries), _BATCH):
            if time.time() - self._head.heard > _BREATH:
                self._settle()  # whoever slept through the lease finds out before sending more
            batch = entries[at : at + _BATCH]
            self._remote.put(batch, advance, guarded=guarded)
            self._sent += batch

    def remove(self, paths: Sequence[str]) -> None:
        """Remove files; first look whether we still are the ones who publish."""
        self._settle()
        self._remote.remove(paths, emptied(paths, self._plan.after))

    def finish(self) -> list[str]:
        """Note what stands now, and that nobody is publishing."""
        plan = self._plan
        stands = _text([*self._sent, *plan.noted])
        self._complete(Note(stands, plan.removed, (), tuple(sorted(plan.lingering))))
        return []

    def close(self) -> None:
        """Say that nobody is publishing any more, if that could not be said before."""
        try:
            if self._mine:
                with suppress(MicroficheError):  # what stopped the publication may stop this too
                    self._exchange(structs.replace(self._head, holder=None))
        finally:
            self._remote.close()

    def rollback(self) -> str:
        """Never: files take the place of those before."""
        remedy = "bring the stories back to what they were, and publish again"
        raise refused(self.name, "this target keeps no former releases", remedy)

    # The journal

    def _settle(self) -> None:
        """Note what was sent, and that we live."""
        sent, self._sent = self._sent, []
        self._add(Note(_text(sent)))

    def _add(self, note: Note) -> None:
        """Add a note, and go on being the one who publishes."""
        digest, data = self._written(note)
        notes, sizes = (*self._head.notes, digest), (*self._head.sizes, len(data))
        holder = self._head.holder if self._mine else myself(time.time())
        self._exchange(structs.replace(self._head, notes=notes, sizes=sizes, holder=holder))
        self._mine = True

    def _complete(self, note: Note) -> None:
        """Add the last note of a publication; it may take the place of all before."""
        head = structs.replace(self._head, holder=None)
        digest, data = journal.packed(note)
        grown = structs.replace(
            head, notes=(*head.notes, digest), sizes=(*head.sizes, len(data)), stale=()
        )
        if journal.outgrown(grown):
            whole = journal.told([*map(self._note, head.notes), note])
            note = Note(str(whole.release.text, "utf-8"), lingering=tuple(sorted(whole.lingering)))
            digest, data = journal.packed(note)
            grown = Head(notes=(digest,), sizes=(len(data),), stale=head.notes)
        self._written(note)
        self._exchange(grown)
        self._mine = False
        self._forget()

    def _forget(self) -> None:
        """Remove notes that do not count any more, here and there."""
        if self._head.stale:
            self._remote.remove([journal.place(digest) for digest in self._head.stale], ())
        for path in self._cache.iterdir():
            if path.name not in self._head.notes:
                path.unlink()

    def _exchange(self, head: Head) -> None:
        head = structs.replace(head, heard=int(time.time()))
        data = msgspec.json.encode(head)
        try:
            self._version = self._remote.exchange(HEAD, data, self._version)
        except Overtaken:
            self._mine = False
            raise self._overtaken() from None
        self._head = head

    def _overtaken(self) -> LockedError:
        found = self._remote.read(HEAD)
        holder = journal.read_head(found.data).holder if found else None
        if holder:
            return holder.error(self.name, "wait for it to end, and publish again")
        what = "another publication came in between"
        return LockedError([Problem(self.name, 0, what, "publish again", inside=False)])

    def _refuse_second(self) -> None:
        holder, heard = self._head.holder, self._head.heard
        if not holder or holder.dead() or abs(time.time() - heard) > LEASE:
            return
        after = datetime.fromtimestamp(heard + LEASE, UTC)
        remedy = f"wait for it to end; if it has died, publish again after {after:%H:%M:%S} UTC"
        raise holder.error(self.name, remedy)

    def _note(self, digest: str) -> Note:
        """A note, from the cache where it was seen before."""
        known = self._cache / digest
        if known.exists():
            with suppress(JournalError):
                return journal.unpacked(digest, known.read_bytes())
        found = self._remote.read(journal.place(digest))
        if not found:
            raise JournalError(f"the note {digest} is not there")
        note = journal.unpacked(digest, found.data)
        self._keep(digest, found.data)
        return note

    def _written(self, note: Note) -> tuple[str, bytes]:
        digest, data = journal.packed(note)
        self._remote.write(journal.place(digest), data)
        self._keep(digest, data)
        return digest, data

    def _keep(self, digest: str, data: bytes) -> None:
        self._cache.mkdir(parents=True, exist_ok=True)
        fresh = self._cache / f"{digest}.new"
        fresh.write_bytes(data)
        os.replace(fresh, self._cache / digest)


def emptied(paths: Sequence[str], after: Release) -> list[str]:
    """The folders in which nothing of ours is left without these paths, the innermost first."""
    found = {folder for path in paths for folder in parents(path)}
    for entry in after if found else ():
        found.difference_update(parents(entry.path))
    return sorted(found, key=lambda folder: (-folder.count("/"), folder))


def compare_and_write(remote: Remote, path: str, data: bytes, version: str) -> str:
    """The best exchange where a place knows no conditions: look, then write."""
    found = remote.read(path)
    if (found.version if found else "") != version:
        raise Overtaken
    remote.write(path, data)
    return digest_of(data)


def digest_of(data: bytes) -> str:
    """What tells a version from another where a place does not."""
    return hashlib.sha256(data).hexdigest()


def _text(entries: Sequence[Entry]) -> str:
    return str(Release.of(entries).text, "utf-8")
