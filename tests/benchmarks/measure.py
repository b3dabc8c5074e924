"""Runs a command and measures it: wall-clock time, and the memory of all its processes together.

Memory is sampled from Linux's /proc. A process's share (PSS) counts a page that several processes
have in common once, not once for each.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

_PERIOD = 0.02
_OVERHEAD = 20  # rest at least so many times as long as a sample takes
_SHARE = re.compile(rb"^Pss: +(\d+) kB", re.MULTILINE)
_HIGHEST = re.compile(rb"^VmHWM:\s+(\d+) kB", re.MULTILINE)


class Cost(NamedTuple):
    """What a command took: wall-clock seconds, and memory in bytes.

    ``memory`` is the peak of all its processes together, ``largest`` that of the largest one.
    """

    seconds: float
    memory: int
    largest: int


class FailedError(Exception):
    """A command that was to be measured has failed; says how."""


def run(command: Sequence[str | Path], folder: Path) -> Cost:
    """Run a command in a folder and measure it.

    Raises:
        FailedError: with the command's last words, when it exits with anything but 0.
    """
    log = folder.with_name(f"{folder.name}.log")
    with log.open("wb") as out:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=subprocess.STDOUT)
        watch = _Watch(process.pid)
        watch.start()
        process.wait()
        seconds = time.perf_counter() - begun
        watch.end()
    if process.returncode:
        said = log.read_text("utf-8", "replace")[-2000:]
        raise FailedError(f"{command} ended with {process.returncode}:\n{said}")
    return Cost(seconds, watch.peak, watch.largest)


class _Watch(Thread):
    """Samples the memory of a process and its descendants: ``peak`` and ``largest``, in bytes."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.peak = self.largest = 0
        self._process = process
        self._over = Event()

    def run(self) -> None:
        # A sample of gigabytes takes a while, which must not slow down what is measured.
        rest = 0.0
        while not self._over.wait(rest):
            begun = time.perf_counter()
            found = [memory(each) for each in family(self._process)]
            self.peak = max(self.peak, sum(own for own, _ in found))
            self.largest = max(self.largest, *(highest for _, highest in found))
            rest = max(_PERIOD, _OVERHEAD * (time.perf_counter() - begun))

    def end(self) -> None:
        """Sample no more."""
        self._over.set()
        self.join()


def family(process: int) -> list[int]:
    """A process and all that descend from it, by their numbers."""
    found = [process]
    for each in found:
        for thread in _threads(each):
            found += map(int, _read(Path(f"/proc/{each}/task/{thread}/children")).split())
    return found


def _threads(process: int) -> list[str]:
    try:
        return os.listdir(f"/proc/{process}/task")
    except OSError:
        return []


def memory(process: int) -> tuple[int, int]:
    """What a process has now, and the most that it ever had, in bytes; 0 once it has ended.

    Of what it has in common with others the former counts a share, the latter all.
    """
    own = _in(Path(f"/proc/{process}/smaps_rollup"), _SHARE)
    highest = _in(Path(f"/proc/{process}/status"), _HIGHEST)
    return own, max(own, highest)  # the kernel keeps the latter only roughly


def _in(path: Path, pattern: re.Pattern[bytes]) -> int:
    match = pattern.search(_read(path))
    return int(match[1]) * 1024 if match else 0


def _read(path: Path) -> bytes:
    """A file of /proc, empty when its process has ended."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
