"""A build may be killed at any moment: nothing is half done, and the next build ends it."""

from __future__ import annotations

import resource
import signal
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from tests.builds.archive import State
from tests.builds.injection import Child, Moments
from tests.builds.trial import Trial, edited, restyled

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")


@pytest.mark.parametrize(
    ("change", "output"),
    [(edited, "built"), (restyled, "built"), (edited, "foreign"), (edited, "nothing")],
    ids=["edited", "restyled", "first-into-a-folder", "first"],
)
def test_killed_at_any_moment(
    tmp_path: Path, change: Callable[[State], State], output: str
) -> None:
    """Every file is old or new, in the order of publication; the next build equals a clean one.

    So it does where the edit was taken back in between.
    """
    trial = Trial(tmp_path, change, output)
    for at in count(1):
        moments = Moments(tmp_path, at)
        trial.restart()
        trial.sources("after")
        ended = trial.attempt(moments.around(trial.told))
        if not moments.reached:
            break
        assert ended.code == -signal.SIGKILL, (at, ended)
        assert trial.disorder() == [], at
        trial.keep()
        for state in ("after", "before"):
            trial.resume()
            trial.sources(state)
            trial.build()
            assert trial.inexact(state) == [], (at, state)
    assert at > 50


def test_killed_with_workers_at_any_moment(tmp_path: Path) -> None:
    """The same where it is a worker, or the parent of workers, that is killed.

    The workers of a killed build neither linger nor keep the next build out by their lock.
    """
    trial = Trial(tmp_path, restyled)
    killed = set()
    for at in count(1):
        moments = Moments(tmp_path, at)
        trial.restart()
        trial.sources("after")
        child = Child(moments.around(partial(trial.told, jobs=2)), trial.folder)
        ended = child.wait()
        if not moments.reached:
            break
        killed.add(ended.code)
        assert "Traceback" not in ended.stderr, ended.stderr
        assert ended.code != 0 or "worker" in ended.told, ended
        assert trial.disorder() == [], at
        trial.build()
        assert trial.inexact("after") == [], at
        assert not child.lingers()
    assert killed == {0, -signal.SIGKILL}


def test_killed_again_while_mending(tmp_path: Path) -> None:
    """The build that mends after a kill may be killed as well."""
    trial = Trial(tmp_path, edited)
    for at in count(1, 5):
        trial.restart()
        trial.sources("after")
        first = Moments(tmp_path, at)
        trial.attempt(first.around(trial.told))
        if not first.reached:
            break
        trial.attempt(Moments(tmp_path, 3 * at).around(trial.told))
        assert trial.disorder() == [], at
        trial.build()
        assert trial.inexact("after") == [], at


def test_killed_while_a_file_grows(tmp_path: Path) -> None:
    """Killed in the middle of a write, wherever the kernel says, in the catalog's journal too."""
    trial = Trial(tmp_path, edited)
    for limit in count(0, 4_096):
        trial.restart()
        trial.sources("after")
        ended = trial.attempt(partial(limited, trial, limit))
        if ended.told == "published":
            break
        assert ended.code == -signal.SIGXFSZ, (limit, ended)
        assert trial.disorder() == [], limit
        trial.build()
        assert trial.inexact("after") == [], limit
    assert limit > 50_000


def limited(trial: Trial, limit: int) -> str:
    """Build in a process that the kernel kills when it writes past a limit, in bytes of a file."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, usual[1]))
    told = trial.told()
    resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    return told
