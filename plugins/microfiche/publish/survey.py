"""A survey: what a release consists of, as the files lie in the output after a build.

A file is read only if its size, times or inode are other than at the last survey; so a survey after
one new story reads a few dozen files. What is read is compared with what the build wrote.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from microfiche import pages, render, workers
from microfiche.catalog.surveys import Hints, Surveyed, Surveys, Wanted
from microfiche.errors import Problem, StorageError
from microfiche.pages.kind import PageKind
from microfiche.publish.manifest import Entry, Release
from microfiche.publish.policy import cache_control, content_type
from microfiche.report import Report
from microfiche.workers import Crew, Orders

_BATCH = 256
_BLOCK = 1 << 20
_FRESH = 2_000_000_000
"""Nanoseconds for which another write to a file could hide behind the same hints."""


class Read(NamedTuple):
    """A file that was read: its hints, its SHA-256, and the digest that builds use."""

    hints: Hints
    sha256: bytes
    digest: bytes


def survey(orders: Orders, report: Report) -> Release:
    """The release that lies in the output, which a build has just brought in step.

    Raises:
        StorageError: when a file is missing, is no file, or is not as the build left it.
    """
    settings = orders.settings
    state = settings.state
    with closing(Surveys(state / "survey.sqlite", state / "catalog.sqlite")) as surveys:
        with Crew(orders) as crew, report.progress("surveying", surveys.count()) as steps:
            unknown = list(_unknown(surveys.wanted(), settings.output))
            steps.advance(surveys.count() - len(unknown))
            surveys.note(_surveyed(crew, unknown))
        kinds = {kind.name: kind for kind in pages.kinds(settings, render.make_theme(settings))}
        return Release.in_order(_entries(surveys.wanted(), kinds))


def _entries(wanted: Iterable[Wanted], kinds: Mapping[str, PageKind]) -> Iterator[Entry]:
    for each in wanted:
        assert each.sha256, each.path
        kind = kinds[each.kind]
        yield Entry(
            each.path,
            each.size,
            each.sha256.hex(),
            content_type(each.path),
            cache_control(kind.stage, named=kind.named),
            kind.stage,
        )


def _unknown(wanted: Iterable[Wanted], output: Path) -> Iterator[Wanted]:
    """The files that have to be read."""
    prefix = f"{output}{os.sep}"
    for each in wanted:
        try:
            found = os.stat(prefix + each.path, follow_symlinks=False)
        except OSError:
            yield each
            continue
        hints = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
        if hints != each.hints or found.st_size != each.size:
            yield each


def _surveyed(crew: Crew, wanted: list[Wanted]) -> Iterator[Surveyed]:
    """Read files in workers.

    Raises:
        StorageError: with every file that is not as the build left it.
    """
    problems: list[Problem] = []
    for batch in crew.run(read_batch, workers.batched(wanted, _BATCH)):
        for each, read in batch:
            what = _fault(each, read)
            if what:
                problems.append(_altered(each.path, what))
            elif not isinstance(read, str):
                yield Surveyed(each.path, read.hints, read.sha256)
    if problems:
        raise StorageError(problems)


def _fault(wanted: Wanted, read: Read | str) -> str:
    if isinstance(read, str):
        return read
    return "" if read.digest == wanted.digest else "is not as the build left it"


def _altered(path: str, what: str) -> Problem:
    return Problem(path, 0, what, "delete it and publish again", inside=False)


def read_batch(batch: Iterable[Wanted]) -> list[tuple[Wanted, Read | str]]:
    """Read files of the output in a worker; words for what cannot be read."""
    output = workers.station.orders.settings.output
    return [(each, read_file(f"{output}{os.sep}{each.path}")) for each in batch]


def read_file(path: str) -> Read | str:
    """Read a file of any size in blocks; words where there is none, or none that can be read."""
    begun = time.time_ns()
    sha256, digest = hashlib.sha256(), hashlib.blake2b(digest_size=16)
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(number, "rb", buffering=0) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                return "is no regular file"
            while block := file.read(_BLOCK):
                sha256.update(block)
                digest.update(block)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    fresh = max(found.st_mtime_ns, found.st_ctime_ns) + _FRESH > begun
    mtime = -1 if fresh else found.st_mtime_ns
    hints = Hints(found.st_size, mtime, found.st_ctime_ns, found.st_ino)
    return Read(hints, sha256.digest(), digest.digest())
