"""Scripts of edits, and the law that holds after each: the output is that of a clean build."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.builds.archive import FOREIGN, Archive, Built, File, differences, folders, tree
from tests.builds.edits import DISTURBING, Edit, at_first, mend, perform

_PATIENCE = 2
"""Builds in a row that may be refused before every story is mended."""


class Unequal(AssertionError):
    """A build left something else than a clean build of the same sources makes."""


class Machine:
    """Performs edits on an archive and builds it after each, with one worker and two in turn."""

    def __init__(self, folder: Path) -> None:
        self.archive = Archive(folder, at_first())
        self._clean: dict[str, tuple[Built, dict[str, bytes]]] = {}
        self._builds = 0
        self._refused = 0
        self._disturbed = False
        self.check("the first build")
        for path, data in FOREIGN.items():
            file = self.archive.output / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)

    def run(self, script: Iterable[Edit]) -> None:
        """Perform edits, with a build after each.

        Raises:
            Unequal: at the first build that is not exact.
        """
        for number, edit in enumerate(script, 1):
            if self._refused >= _PATIENCE:
                mend(self.archive)
                self.check(f"mending before edit {number}")
            before = self.archive.state.copy()
            self._disturbed |= edit.what in DISTURBING
            perform(self.archive, edit)
            built = self.check(f"edit {number}, {edit}")
            if built.counts is None and _collides(built):
                self.archive.state = before
                self.archive.sync()
                self.check(f"undoing edit {number}, {edit}")

    def check(self, moment: str) -> Built:
        """Build, and compare all that there is to compare."""
        self._builds += 1
        before = tree(self.archive.output)
        built = self.archive.build(jobs=1 + self._builds % 2)
        after = tree(self.archive.output)
        clean, wanted = self._clean_build()
        told = _findings(built, clean)
        if clean.counts is None:
            told += _touched(before, after)
            self._refused += 1
        else:
            told += self._inexact(before, after, wanted)
            if not self._disturbed:
                told += _miscounted(built, clean, before, after)
            self._refused = 0
            self._disturbed = False
        if told:
            raise Unequal("\n".join([f"after {moment}:", *told[:40]]))
        return built

    def _clean_build(self) -> tuple[Built, dict[str, bytes]]:
        key = self.archive.state.key()
        if key not in self._clean:
            self._clean[key] = self.archive.clean()
        return self._clean[key]

    def _inexact(
        self, before: Mapping[str, File], after: Mapping[str, File], wanted: Mapping[str, bytes]
    ) -> list[str]:
        foreign = {path: before[path].data for path in FOREIGN if path in before}
        found = {path: file.data for path, file in after.items()}
        told = differences(found, {**wanted, **foreign})
        told += [
            f"{path}: was replaced by the same bytes"
            for path in sorted(before.keys() & after.keys())
            if before[path].data == after[path].data and before[path] != after[path]
        ]
        needed = _parents(wanted) | _parents(foreign)
        there = folders(self.archive.output)
        return told + [f"folder {path}" for path in sorted(needed ^ there)]


def _collides(built: Built) -> bool:
    return any(
        "claims the address" in line or "has to be a folder" in line for line in built.errors()
    )


def _parents(paths: Iterable[str]) -> set[str]:
    found = set()
    for path in paths:
        while path := posixpath.dirname(path):
            found.add(path)
    return found


def _findings(built: Built, clean: Built) -> list[str]:
    if built.due != clean.due:
        return [f"due {built.due}, a clean build {clean.due}"]
    told = [
        f"not found by a clean build: {each}"
        for each in built.findings
        if each not in clean.findings
    ]
    return told + [
        f"found by a clean build only: {each}"
        for each in clean.findings
        if each not in built.findings
    ]


def _touched(before: Mapping[str, File], after: Mapping[str, File]) -> list[str]:
    changed = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    return [f"{path}: touched by a build that was refused" for path in changed]


def _miscounted(
    built: Built, clean: Built, before: Mapping[str, File], after: Mapping[str, File]
) -> list[str]:
    if built.counts is None or clean.counts is None:
        return ["the build was refused, a clean one is not"]
    told = [
        f"{name}: counted {getattr(built.counts, name)}, should be {getattr(clean.counts, name)}"
        for name in ("sources", "stories", "pages", "drafts", "embargoed", "quarantined")
        if getattr(built.counts, name) != getattr(clean.counts, name)
    ]
    written = sum(before.get(path) != file for path, file in after.items())
    removed = len(before.keys() - after.keys())
    did = {"written": written, "removed": removed, "unchanged": clean.counts.written - written}
    return told + [
        f"{name}: counted {getattr(built.counts, name)}, was {number}"
        for name, number in did.items()
        if getattr(built.counts, name) != number
    ]
