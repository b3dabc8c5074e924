"""What readers see while an archive is published under their eyes, again and again."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.targets.places import FIRST, SECOND, Files, Machine, S3Place

_LINK = re.compile(r"href='/([^']*)'")
_ROUNDS = 30
_MOST = 300

Read = Callable[[str], str | None]


class Reader(threading.Thread):
    """Follows every link from the front page on, over and over, and notes what is wrong."""

    def __init__(self, read: Read, known: list[Files]) -> None:
        super().__init__()
        self._read = read
        self._known = known
        self.faults: list[str] = []
        self.rounds = 0
        self.over = threading.Event()

    def run(self) -> None:
        """Until it is over."""
        while not self.over.is_set():
            self._follow()
            self.rounds += 1

    def _follow(self) -> None:
        ahead, seen = ["index.html"], {"index.html"}
        while ahead:
            page = ahead.pop()
            text = self._read(page)
            if text is None:
                continue
            if text not in {files.get(page) for files in self._known}:
                self.faults.append(f"{page} is neither old nor new: {text!r}")
            for path in leads_to(text):
                if self._read(path) is None and path in leads_to(self._read(page) or ""):
                    self.faults.append(f"{page} leads to {path}, which is not there")
                if path not in seen:
                    seen.add(path)
                    ahead.append(path)


def leads_to(text: str) -> list[str]:
    """The files behind the links of a page."""
    links = _LINK.findall(text)
    return [f"{link}index.html" if link.endswith("/") else link for link in links]


@pytest.mark.parametrize("kind", ["folder", "s3"])
def test_readers_find_what_a_page_leads_to(
    kind: str, make: Callable[[str], Any], machine: Machine
) -> None:
    """A link that leads nowhere is one that the page no longer has: what it led to was removed."""
    place = make(kind)
    machine.publish(place, FIRST)
    reader = Reader(reading(place), [FIRST, SECOND])
    reader.start()
    try:
        count = 0
        while (reader.rounds < _ROUNDS or count < 4) and count < _MOST:
            machine.publish(place, (SECOND, FIRST)[count % 2])
            count += 1
    finally:
        reader.over.set()
        reader.join()
    assert reader.faults == []
    assert reader.rounds >= _ROUNDS


def reading(place: Any) -> Read:
    """How a reader gets at a file of a place."""

    def file(path: str) -> str | None:
        folder = place.root / "current" if place.name.startswith("folder:") else place.root
        try:
            return str((folder / path).read_text("utf-8"))
        except FileNotFoundError:
            return None

    def stored(path: str) -> str | None:
        try:
            return str(place.read(path))
        except place.client.exceptions.NoSuchKey:
            return None

    return stored if isinstance(place, S3Place) else file
