"""One build at a time writes to an output."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from microfiche import write
from tests.builds.injection import Child
from tests.builds.trial import Trial, edited

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")


def test_a_second_build_says_who_holds_the_lock(tmp_path: Path) -> None:
    """It is refused, touches nothing, and names the process; the first one goes on and wins."""
    trial = Trial(tmp_path, edited)
    trial.sources("after")
    fork = multiprocessing.get_context("fork")
    held, released = fork.Event(), fork.Event()

    def halfway() -> str:
        swap = write.swap

        def slowly(*args: Any) -> None:
            held.set()
            assert released.wait()
            swap(*args)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(write, "swap", slowly)
            return f"{os.getpid()} {trial.told()}"

    first = Child(halfway, trial.folder)
    assert held.wait()
    refused = trial.archive.build()
    assert trial.untouched()
    released.set()
    process, told = first.wait().told.split(" ", 1)
    assert refused.counts is None
    assert refused.errors() == [f": another build (process {process}) is writing to this output"]
    assert told == "published"
    assert trial.inexact("after") == []
    assert not first.lingers()


def test_a_killed_build_leaves_no_lock(tmp_path: Path) -> None:
    """The kernel lets go of it; the next build needs no hand to remove anything."""
    trial = Trial(tmp_path, edited)
    trial.sources("after")

    def killed() -> str:
        with write.lock(trial.state):
            os.kill(os.getpid(), signal.SIGKILL)
        return ""

    assert trial.attempt(killed).code == -signal.SIGKILL
    trial.build()
    assert trial.inexact("after") == []


def test_orphaned_workers_are_waited_for(tmp_path: Path) -> None:
    """Workers of a killed build hold its lock until they end; the next build waits for that."""
    trial = Trial(tmp_path, edited)
    trial.sources("after")
    fork = multiprocessing.get_context("fork")
    orphaned, ending = fork.Event(), fork.Event()

    def killed() -> str:
        with write.lock(trial.state):
            if not os.fork():
                orphaned.set()
                assert ending.wait()
                os._exit(0)
            assert orphaned.wait()
            os.kill(os.getpid(), signal.SIGKILL)
        return ""

    child = Child(killed, trial.folder)
    assert child.wait().code == -signal.SIGKILL
    pauses = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        ending.set()
        assert not child.lingers()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "sleep", pause)
        trial.build()
    assert len(pauses) == 1
    assert trial.inexact("after") == []


def test_other_outputs_are_not_locked(tmp_path: Path) -> None:
    """Builds of the same sources into two outputs do not wait for one another."""
    trial = Trial(tmp_path, edited)
    with write.lock(trial.state):
        built, files = trial.archive.clean()
    assert built.counts
    assert files == trial.wanted["after"]
