"""``rclone:REMOTE:PATH``: any storage that rclone knows, by a remote that its settings name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from microfiche.publish.manifest import Entry
from microfiche.publish.targets import programs
from microfiche.publish.targets.mirror import Found, Mirror, compare_and_write, digest_of
from microfiche.publish.targets.programs import Answer
from microfiche.publish.targets.target import Advance, Surroundings, refused

_REMOTE = re.compile(r"[\w.+@][\w.+@ -]*")
_NO_FILE, _NO_FOLDER = 4, 3
"""How rclone ends where there is none."""


def target(name: str, place: str, around: Surroundings) -> Mirror:
    """The remote, and the folder in it, that a text names.

    Raises:
        TargetError: for what is no name of a remote.
    """
    remote, colon, path = place.partition(":")
    if not colon or not _REMOTE.fullmatch(remote):
        what = "what follows the first colon is no name of a remote and another colon"
        raise refused(name, what, "write rclone:REMOTE:PATH; `rclone listremotes` names yours")
    store = Rclone(name, f"{remote}:{path.rstrip('/')}", around.public)
    return Mirror(name, store, around.state / "journals" / digest_of(name.encode())[:16])


class Rclone:
    """A folder of a remote; see ``Remote`` for what its methods do."""

    heeds_headers = True

    def __init__(self, name: str, place: str, public: Path) -> None:
        self._name = name
        self._place = place if place.endswith(":") else f"{place}/"
        self._public = public

    def read(self, path: str) -> Found | None:
        """A file of the journal."""
        answer = self._run("cat", "--", self._place + path)
        if answer.code in (_NO_FILE, _NO_FOLDER):
            return None
        self._check(answer, "reading what was published last")
        return Found(answer.out, digest_of(answer.out)) if answer.out else None

    def write(self, path: str, data: bytes) -> None:
        """Write a note."""
        answer = self._run("rcat", "--", self._place + path, stdin=data)
        self._check(answer, "noting what is published")

    def exchange(self, path: str, data: bytes, version: str) -> str:
        """Write the head."""
        return compare_and_write(self, path, data, version)

    def foreign(self, entries: Sequence[Entry], *, first: bool) -> list[str]:
        """Paths at which there is a file that is not known to have the same bytes."""
        words = ["check", "--files-from-raw=-", "--no-traverse", "--combined=-", "--one-way"]
        answer = self._run(*words, "--", str(self._public), self._place, stdin=_lines(entries))
        lines = [line.partition(" ") for line in answer.out.decode("utf-8", "replace").splitlines()]
        if not lines:
            self._check(answer, "looking at what stands there")
        return sorted(path for sign, _, path in lines if sign in ("*", "!"))

    def put(self, entries: Sequence[Entry], advance: Advance, *, guarded: bool) -> None:
        """Send files, whatever stands there, in one go for each cache policy."""
        by_policy = sorted(entries, key=lambda entry: entry.cache_control)
        for policy, group in groupby(by_policy, lambda entry: entry.cache_control):
            batch = list(group)
            words = ["copy", "--files-from-raw=-", "--no-traverse", "--ignore-times"]
            words += [f"--header-upload=Cache-Control: {policy}", "--retries=3"]
            answer = self._run(*words, "--", str(self._public), self._place, stdin=_lines(batch))
            self._check(answer, "sending files")
            advance(len(batch))

    def remove(self, paths: Sequence[str], folders: Sequence[str]) -> None:
        """Remove files, then folders."""
        words = ["delete", "--files-from-raw=-", "--no-traverse"]
        stdin = "".join(f"{path}\n" for path in paths).encode()
        answer = self._run(*words, "--", self._place, stdin=stdin)
        if answer.code not in (_NO_FILE, _NO_FOLDER):
            self._check(answer, "removing files")
        for folder in folders:
            self._run("rmdir", "--", self._place + folder)  # one that holds something stays

    def close(self) -> None:
        """Nothing is open."""

    def _run(self, *words: str, stdin: bytes = b"") -> Answer:
        return programs.run(["rclone", *words], self._name, stdin=stdin)

    def _check(self, answer: Answer, doing: str) -> None:
        if answer.code:
            raise programs.failure(answer, self._name, doing)


def _lines(entries: Sequence[Entry]) -> bytes:
    return "".join(f"{entry.path}\n" for entry in entries).encode()
