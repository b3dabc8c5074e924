"""What was measured: kept from one run to the next, so that the page can tell of all sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import msgspec
from msgspec import Struct

Quantity = Callable[["Measured"], float]


class Measured(Struct, frozen=True):
    """One run of a tool; sizes are in bytes, ``written`` counts files of this run's making."""

    tool: str
    work: str
    round: int
    seconds: float
    memory: int
    largest: int
    files: int
    size: int
    written: int


class Session(Struct, frozen=True):
    """All runs on an archive of one size, and the conditions.

    ``sources`` is the bytes of the stories, ``load`` that of the machine before the first run.
    ``remark`` is what whoever ran it says of the conditions.
    """

    stories: int
    seed: int
    until: str
    sources: int
    day: str
    machine: str
    load: float
    versions: dict[str, str]
    rounds: int
    measured: tuple[Measured, ...]
    remark: str = ""

    def of(self, tool: str, work: str) -> list[Measured]:
        """The runs of one tool on one kind of work, by round; none if it was not measured."""
        return [run for run in self.measured if (run.tool, run.work) == (tool, work)]

    def median(self, tool: str, work: str, quantity: Quantity) -> float:
        """The middle of a quantity over the rounds of work that was measured."""
        return median(map(quantity, self.of(tool, work)))

    def ratio(self, one: tuple[str, str], other: tuple[str, str], quantity: Quantity) -> float:
        """The middle of the rounds' ratios between two tools, or kinds of work, of a round."""
        pairs = zip(self.of(*one), self.of(*other), strict=True)
        return median(quantity(left) / quantity(right) for left, right in pairs)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every work and tool that were measured, in the order of the first round."""
        return iter(dict.fromkeys((run.work, run.tool) for run in self.measured))


def seconds(run: Measured) -> float:
    """Wall-clock time."""
    return run.seconds


def memory(run: Measured) -> float:
    """The peak of the memory of all processes together."""
    return run.memory


def load(path: Path) -> dict[int, Session]:
    """Sessions by the size of their archive, smallest first."""
    if not path.exists():
        return {}
    sessions = msgspec.json.decode(path.read_bytes(), type=list[Session])
    return {session.stories: session for session in sorted(sessions, key=lambda one: one.stories)}


def save(path: Path, session: Session) -> dict[int, Session]:
    """Keep a session in place of the last of the same size; all that there are."""
    sessions = {**load(path), session.stories: session}
    path.write_bytes(msgspec.json.format(msgspec.json.encode(list(sessions.values()))))
    return load(path)
