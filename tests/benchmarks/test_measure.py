"""A measured command is watched together with all the processes that it starts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks import measure

WAITING = "input()"
PARENT = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {WAITING!r}])
print(child.pid, flush=True)
child.wait()
"""


@pytest.fixture
def pair() -> Iterator[tuple[int, int]]:
    """Give the numbers of a process and of its child, which end with their input."""
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    yield process.pid, int(process.stdout.readline())
    process.communicate("\n")


def test_a_family_is_a_process_and_its_descendants(pair: tuple[int, int]) -> None:
    """Workers count, and the workers' own children."""
    parent, child = pair
    assert measure.family(parent) == [parent, child]
    assert measure.family(os.getpid())[:1] == [os.getpid()]
    assert set(measure.family(os.getpid())) >= {parent, child}


def test_memory_is_read_of_a_process_that_lives(pair: tuple[int, int]) -> None:
    """A Python takes some megabytes; what is gone takes none."""
    parent, _ = pair
    own, highest = measure.memory(parent)
    assert 1_000_000 < own <= highest < 1_000_000_000
    assert measure.memory(2**22 + 1) == (0, 0)


def test_a_command_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    """A broken build has no time to be compared."""
    folder = tmp_path / "site"
    folder.mkdir()
    with pytest.raises(measure.FailedError, match=r"(?s)ended with 3.*no such story"):
        measure.run(["sh", "-c", "echo no such story >&2; exit 3"], folder)


def test_a_command_runs_in_the_folder_and_takes_time(tmp_path: Path) -> None:
    """Relative names in a command are names in its site."""
    folder = tmp_path / "site"
    folder.mkdir()
    cost = measure.run([sys.executable, "-c", "open('made', 'w').close()"], folder)
    assert (folder / "made").exists()
    assert cost.seconds > 0
