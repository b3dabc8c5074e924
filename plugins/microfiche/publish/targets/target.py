"""What every target of a publication can do, and what passes between it and the driver."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from microfiche.errors import Problem, TargetError
from microfiche.publish.manifest import Entry, Release

Advance = Callable[[int], None]
"""Told how many more files are done."""

ADOPT = "move them away, or publish with --adopt: what the archive has a file for is replaced"


class Surroundings(NamedTuple):
    """What a target knows of the archive.

    ``public`` is the folder that is published, ``content`` the one of stories, ``state`` where
    builds keep what they know of ``public``. ``base`` is the folder that paths are relative to,
    ``releases`` how many releases a target keeps that can keep some.
    """

    public: Path
    content: Path
    state: Path
    base: Path
    releases: int


class Standing(NamedTuple):
    """What stands at a target and is ours.

    ``release`` has the files that are certain to stand there as it says, ``doubt`` the paths at
    which an interrupted publication may have left a file, or another one. ``lingering`` are those
    paths of the release that no page needs any more; they are kept for who still reads an older
    page, until the next publication.
    """

    release: Release
    doubt: frozenset[str] = frozenset()
    lingering: frozenset[str] = frozenset()

    @property
    def ours(self) -> bool:
        """Whether there has been a publication to the target."""
        return bool(len(self.release) or self.doubt)


NOTHING = Standing(Release.of(()))
"""What stands where nothing was ever published."""


class Plan(NamedTuple):
    """What has to be done at a target.

    ``puts`` are files to send, in the order of publication; at the paths of ``fresh`` none of ours
    is certain to stand. ``noted`` differ in nothing that the target keeps. ``lingering`` are paths
    that no page needs any more and that are kept once more.
    """

    after: Release
    before: Standing
    puts: tuple[Entry, ...]
    fresh: frozenset[str]
    noted: tuple[Entry, ...]
    removed: tuple[str, ...]
    lingering: frozenset[str]

    @property
    def idle(self) -> bool:
        """Whether the target stands as it is to stand."""
        return not (self.puts or self.removed or self.before.doubt)


class Target(Protocol):
    """A place where the archive is published.

    The driver calls ``standing``, ``foreign``, ``begin``, ``put`` for each group of files,
    ``remove`` and ``finish``, in this order, and ``close`` whatever happened. Killed in between,
    the next publication from any machine finds in ``standing`` what may have been done.
    """

    name: str
    """As it was typed."""
    heeds_headers: bool
    """Whether it keeps content types and cache policies with files."""

    def standing(self, after: Release) -> Standing:
        """What stands there before ``after`` is published.

        Raises:
            TargetError: where it cannot be reached, read, or is no place for an archive.
            LockedError: while another publication is running.
        """

    def foreign(self, entries: Sequence[Entry]) -> list[str]:
        """Those of these new files at whose paths something stands that is not ours."""

    def begin(self, plan: Plan) -> None:
        """Note what is about to be done, before the first file.

        Raises:
            LockedError: when another publication came first.
        """

    def put(self, entries: Sequence[Entry], advance: Advance, *, guarded: bool) -> None:
        """Put files there; each is seen as it was or as it will be, never in part.

        ``guarded`` says that nothing is to stand there: what does is somebody else's.
        """

    def remove(self, paths: Sequence[str]) -> None:
        """Remove files of ours, and folders that they leave empty."""

    def finish(self) -> list[str]:
        """Note the release as complete; what a person should know of it, a line each."""

    def close(self) -> None:
        """Let go of the target. What was begun and not finished stays noted."""

    def rollback(self) -> str:
        """Put the former release before the public again; what was done, in a line.

        Raises:
            TargetError: where there is none, or the target keeps none.
        """


def parents(path: str) -> Iterator[str]:
    """The folders that a path lies in, the innermost first."""
    while path := path.rpartition("/")[0]:
        yield path


def refused(target: str, what: str, remedy: str) -> TargetError:
    """An error about a target."""
    return TargetError([Problem(target, 0, what, remedy, inside=False)])
