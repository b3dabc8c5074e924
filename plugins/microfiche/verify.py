"""Verification: whether the output is, byte for byte, what a clean build makes."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from microfiche import write
from microfiche.build import build
from microfiche.catalog.outputs import Outputs
from microfiche.errors import StorageError
from microfiche.refusals import refusal
from microfiche.report import Report, Steps
from microfiche.settings import state_of
from microfiche.workers import Orders


class Verdict(msgspec.Struct, frozen=True):
    """How an output differs from the clean build; paths as in the output.

    ``count`` is the number of files that the clean build makes. ``left`` are files that an earlier
    build wrote and this one does not make, ``foreign`` those that no build wrote.
    """

    count: int
    missing: tuple[str, ...]
    different: tuple[str, ...]
    left: tuple[str, ...]
    foreign: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether every file of ours is as a clean build makes it, and none is left over."""
        return not (self.missing or self.different or self.left)


def verify(orders: Orders, report: Report) -> Verdict:
    """Build beside the output, as of the moment of the last build, and compare every file.

    Raises:
        MicroficheError: when there has been no build, when one is under way, or when the sources
            cannot be built now.
    """
    try:
        with write.lock(orders.settings.state), _beside(orders.settings.state) as folder:
            return _verify(orders, folder / "output", report)
    except OSError as error:
        raise StorageError([refusal(error)]) from error


def _verify(orders: Orders, clean: Path, report: Report) -> Verdict:
    settings = orders.settings
    outputs = Outputs(settings.state / "catalog.sqlite")
    try:
        as_of = datetime.fromtimestamp(int(outputs.meta("as_of")), UTC)
        beside = msgspec.structs.replace(settings, output=clean, state=state_of(clean), as_of=as_of)
        count = build(orders._replace(settings=beside), report).counts.written
        with report.progress("comparing", count) as steps:
            return _compared(settings.output, clean, outputs, steps)
    finally:
        outputs.close()


def _compared(output: Path, clean: Path, outputs: Outputs, steps: Steps) -> Verdict:
    count = 0
    missing, different = [], []
    for path in files(clean):
        count += 1
        if not os.path.lexists(output / path):
            missing.append(path)
        elif not _same(output / path, clean / path):
            different.append(path)
        steps.advance(1)
    others = [path for path in files(output) if not os.path.lexists(clean / path)]
    left = [path for path in others if outputs.wrote(path)]
    foreign = [path for path in others if not outputs.wrote(path)]
    return Verdict(count, tuple(missing), tuple(different), tuple(left), tuple(foreign))


def _same(file: Path, clean: Path) -> bool:
    return not file.is_symlink() and filecmp.cmp(file, clean, shallow=False)


def files(folder: Path, prefix: str = "") -> Iterator[str]:
    """Every file below a folder, in order of names; links are files, wherever they lead."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as listing:
        entries = sorted(listing, key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from files(Path(entry.path), f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}"


@contextmanager
def _beside(state: Path) -> Iterator[Path]:
    """A folder on the output's file system, removed in any case; a killed run's goes first."""
    folder = state / "verify"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir()
        yield folder
    finally:
        shutil.rmtree(folder)
