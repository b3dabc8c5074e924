"""The file system may refuse at any moment: a readable error, nothing half done, and a rerun ends it."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.builds.injection import Child, Ended, Moments
from tests.builds.trial import Trial, edited, restyled

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")

STEPS = ((errno.ENOSPC, 1), (errno.EACCES, 2), (errno.EIO, 4), (errno.EMFILE, 4))
"""Refusals, and how many moments to go on by: all differ in the error's type alone."""


def holds(trial: Trial, ended: Ended, at: int) -> None:
    """What has to hold after any refusal; ``at`` says which it was."""
    assert ended.code == 0, (at, ended.stderr)
    assert "Traceback" not in ended.stderr, (at, ended.stderr)
    assert ended.told, at
    assert trial.disorder() == [], (at, ended.told)
    if ended.told != "published":
        assert any(word in ended.told for word in ("refused", "catalog", "cannot")), (at, ended.told)
    trial.build()
    assert trial.inexact("after") == [], (at, ended.told)


@pytest.mark.parametrize(("refusal", "step"), STEPS, ids=[os.strerror(each) for each, _ in STEPS])
def test_refused_at_any_moment(tmp_path: Path, refusal: int, step: int) -> None:
    """Each call below the archive's folders is refused once."""
    trial = Trial(tmp_path, edited)
    refused = 0
    for at in count(1, step):
        moments = Moments(tmp_path / "archive", at, refusal)
        trial.restart()
        trial.sources("after")
        ended = trial.attempt(moments)
        if not moments.reached:
            break
        holds(trial, ended, at)
        refused += ended.told != "published"
    assert refused > 100 / step


def test_refused_with_workers(tmp_path: Path) -> None:
    """The same where it is a worker that is refused."""
    trial = Trial(tmp_path, restyled)
    for at in count(1, 5):
        moments = Moments(tmp_path / "archive", at, errno.ENOSPC)
        trial.restart()
        trial.sources("after")
        ended = trial.attempt(moments, jobs=2)
        if not moments.reached:
            break
        holds(trial, ended, at)


def test_no_room_for_large_files(tmp_path: Path) -> None:
    """No file may grow beyond a limit, so that each is cut off at some byte, the catalog's too."""
    trial = Trial(tmp_path, edited)
    for limit in count(0, 4_321):
        ended = limited(trial, resource.RLIMIT_FSIZE, limit)
        if ended.told == "published":
            break
        holds(trial, ended, limit)
    assert limit > 50_000


def test_few_open_files(tmp_path: Path) -> None:
    """The process may open no more than so many files, SQLite's among them."""
    trial = Trial(tmp_path, edited)
    first = len(os.listdir("/dev/fd"))
    for limit in count(first):
        ended = limited(trial, resource.RLIMIT_NOFILE, limit)
        if ended.told == "published":
            break
        holds(trial, ended, limit)
    assert limit > first + 2


def limited(trial: Trial, what: int, limit: int) -> Ended:
    """Build where the kernel sets a limit."""

    def within() -> str:
        usual = resource.getrlimit(what)
        resource.setrlimit(what, (limit, usual[1]))
        try:
            return trial.told()
        finally:
            resource.setrlimit(what, usual)

    trial.restart()
    trial.sources("after")
    return Child(within, trial.folder).wait()
