"""A publication that was killed, at any moment, harms no reader, and the next one finishes it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.targets.places import FIRST, SECOND, THIRD, Files, Machine, Place

_LINK = re.compile(r"href='/([^']*)'")
_STRIDES = {"folder": 3, "git": 5, "rclone": 9, "rsync": 9, "s3": 5}
"""Of so many moments one is tried; all are, where the environment asks for it."""


NEXT = ((0, SECOND), (1, THIRD), (0, THIRD), (1, SECOND))
"""Who publishes after one that was killed, the same machine or another, and what."""


LINGERING = {"style.1.css", "style.2.css"}
"""What may be there once more, for readers of a page before."""


class Publisher:
    """The process that publishes in children: see ``killed``."""

    def __init__(self) -> None:
        words = [sys.executable, "-m", "tests.targets.killed"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(words, cwd=ROOT, stdin=pipe, stdout=pipe, encoding="utf-8")

    def publish(self, at: int, machine: Machine, place: Place, files: Files) -> int:
        """Publish, and be killed at a moment; how the child ended."""
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps((at, str(machine.root), place.name, files)), file=self._process.stdin)
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        self._process.communicate()


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """A process that publishes."""
    found = Publisher()
    yield found
    found.close()


def test_whenever_it_is_killed_readers_are_served_and_the_next_one_finishes(
    place: Place, publisher: Publisher, machine: Machine, elsewhere: Machine, tmp_path: Path
) -> None:
    """Files are as they were or as they will be, and no link that a reader finds leads nowhere."""
    assert publisher.publish(0, machine, place, FIRST) == 0
    keep = Snapshot(place, tmp_path)
    stride = 1 if os.environ.get("EVERY_MOMENT") else _STRIDES[place.name.partition(":")[0]]
    at, code = 1, -9
    while code:
        code = publisher.publish(at, machine, place, SECOND)
        assert code in (0, -9)
        _look(place.files())
        next_one, site = NEXT[at // stride % 4]
        assert publisher.publish(0, (machine, elsewhere)[next_one], place, site) == 0
        found = place.files()
        assert found == {**site, **{path: found[path] for path in found.keys() & LINGERING}}
        keep.restore()
        at += stride
    assert at > stride * 3


def _look(files: dict[str, str]) -> None:
    """As a reader does, from the front page on; also who had the page before it changed."""
    for path, text in files.items():
        assert text in (FIRST.get(path), SECOND.get(path)), path
    ahead, seen = ["index.html"], {"index.html"}
    while ahead:
        for link in _LINK.findall(files[ahead.pop()]):
            path = f"{link}index.html" if link.endswith("/") or not link else link
            assert path in files
            if path not in seen:
                seen.add(path)
                ahead.append(path)


class Snapshot:
    """What stands at a place, and what machines know, to come back to."""

    def __init__(self, place: Any, root: Path) -> None:
        self._place = place
        self._folders = [root / "here", *([place.root] if hasattr(place, "root") else [])]
        for folder in self._folders:
            shutil.copytree(folder, f"{folder}.kept", symlinks=True)
        self._elsewhere = root / "there"
        self._objects = {key: place.read_bytes(key) for key in self._keys()}

    def _keys(self) -> list[str]:
        return self._place.keys() if hasattr(self._place, "keys") else []

    def restore(self) -> None:
        """Have all as it was."""
        for folder in self._folders:
            shutil.rmtree(folder)
            shutil.copytree(f"{folder}.kept", folder, symlinks=True)
        shutil.rmtree(self._elsewhere, ignore_errors=True)
        for key in self._keys():
            if key not in self._objects:
                self._place.remove(key)
        for key, data in self._objects.items():
            self._place.write_bytes(key, data)
