"""The file system may refuse at any moment: it is said in words, and a rerun ends the work."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from tests.builds.injection import Ended, Moments
from tests.builds.trial import Trial, edited, restyled

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")

STEPS = ((errno.ENOSPC, 1), (errno.EACCES, 2), (errno.EIO, 4), (errno.EMFILE, 4))
"""Refusals, and how many moments to go on by: all differ in the error's type alone."""

_CAPABILITY_VERSION = 0x20080522
_OVERRIDES = 0b110  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, see capabilities(7)


def holds(trial: Trial, ended: Ended, at: int) -> None:
    """What has to hold after any refusal; ``at`` says which it was."""
    assert ended.code == 0, (at, ended.stderr)
    assert "Traceback" not in ended.stderr, (at, ended.stderr)
    assert ended.told, at
    assert trial.disorder() == [], (at, ended.told)
    if ended.told != "published":
        assert any(word in ended.told for word in ("refused", "catalog", "cannot")), (
            at,
            ended.told,
        )
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
        ended = trial.attempt(moments.around(trial.told))
        if not moments.reached:
            break
        holds(trial, ended, at)
        refused += ended.told != "published"
    assert refused > 50 / step


def test_refused_with_workers(tmp_path: Path) -> None:
    """The same where it is a worker that is refused."""
    trial = Trial(tmp_path, restyled)
    for at in count(1, 5):
        moments = Moments(tmp_path / "archive", at, errno.ENOSPC)
        trial.restart()
        trial.sources("after")
        ended = trial.attempt(moments.around(partial(trial.told, jobs=2)))
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
    first = len(os.listdir("/dev/fd")) - 1
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
    return trial.attempt(within)


def test_full_disk(tmp_path: Path, small_disk: SmallDisk) -> None:
    """A file system that is really full; once there is room, the next build ends the work."""
    trial = Trial(tmp_path, edited)
    for spare in count(0, 6):
        trial.empty()
        small_disk.mount(trial.site)
        trial.refill()
        small_disk.leave(spare)
        trial.sources("after")
        ended = trial.attempt(trial.told)
        small_disk.leave(10_000)
        if ended.told == "published":
            break
        holds(trial, ended, spare)
    assert spare > 30


def test_read_only_file_system(tmp_path: Path, small_disk: SmallDisk) -> None:
    """Nothing can be written: the build says so and leaves all as it is."""
    trial = Trial(tmp_path, edited)
    trial.empty()
    small_disk.mount(trial.site)
    trial.refill()
    trial.sources("after")
    small_disk.remount("ro")
    ended = trial.attempt(trial.told)
    small_disk.remount("rw")
    assert trial.untouched()
    assert "Read-only file system" in ended.told
    holds(trial, ended, 0)


@pytest.mark.parametrize(
    "closed", ["output", "output/2024", ".microfiche/output", ".microfiche/output/bodies"]
)
def test_read_only_folder(tmp_path: Path, closed: str) -> None:
    """A folder that may not be written to, or some of it."""
    trial = Trial(tmp_path, edited)
    trial.sources("after")
    folder = trial.site / closed
    folder.chmod(0o555)

    def unprivileged() -> str:
        obey_permissions()
        return trial.told()

    ended = trial.attempt(unprivileged)
    folder.chmod(0o755)
    holds(trial, ended, 0)


class SmallDisk:
    """A file system of its own in memory, to be filled up."""

    def __init__(self) -> None:
        self.folder: Path | None = None

    def mount(self, folder: Path) -> None:
        """Put it in place of a folder; skips the test where that is not allowed."""
        self.close()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder],
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            pytest.skip(f"a file system of its own cannot be mounted here: {done.stderr.strip()}")
        self.folder = folder

    def remount(self, options: str) -> None:
        """Mount it with other options."""
        assert self.folder
        subprocess.run(["mount", "-o", f"remount,{options}", self.folder], check=True)

    def leave(self, blocks: int) -> None:
        """Leave room for so many blocks and no more."""
        assert self.folder
        status = os.statvfs(self.folder)
        used = status.f_blocks - status.f_bfree
        self.remount(f"size={(used + blocks) * status.f_frsize}")

    def close(self) -> None:
        """Take it away."""
        if self.folder:
            subprocess.run(["umount", self.folder], check=True)
            self.folder = None


@pytest.fixture
def small_disk() -> Iterator[SmallDisk]:
    """A disk that is taken away after the test."""
    disk = SmallDisk()
    if not shutil.which("mount"):
        pytest.skip("there is no mount command here")
    yield disk
    disk.close()


def obey_permissions() -> None:
    """Have this process, even if it is root's, obey the permissions of files."""
    if os.geteuid():
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    data = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, data) == 0
    data[0] &= ~_OVERRIDES
    assert libc.capset(header, data) == 0
