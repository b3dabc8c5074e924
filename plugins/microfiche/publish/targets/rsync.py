"""``rsync:HOST:PATH``: a folder on another machine, by rsync over ssh.

rsync writes each file beside its place and renames it. All is done with rsync itself, so that an
account which may run nothing else is enough. ssh asks nothing: keys have to be in place.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from microfiche.publish.manifest import Entry
from microfiche.publish.targets import programs
from microfiche.publish.targets.mirror import Found, Mirror, compare_and_write, digest_of
from microfiche.publish.targets.programs import Answer
from microfiche.publish.targets.target import Advance, Surroundings, refused

_HOST = re.compile(r"(?:\w[\w.+-]*@)?(?:\w[\w.-]*|\[[0-9A-Fa-f:.]+(?:%\w+)?\])", re.ASCII)
_PLAIN = re.compile(r"[\w./~@%+=,-]*", re.ASCII)
_ABSENT = "No such file or directory (2)"
"""What the host says where there is nothing; the code that rsync ends with differs."""
_VANISHED = 24
"""How rsync ends when a folder above a missing file is missing, too."""

_LISTED = re.compile(r"[^d]\S{9} +[\d,]+ \d{4}/\d\d/\d\d \d\d:\d\d:\d\d (.*?)(?: -> .*)?")
_SSH = "-o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=30"
_SHARED = "-o ControlMaster=auto -o ControlPersist=20"


def target(name: str, place: str, around: Surroundings) -> Mirror:
    """The folder of another machine that a text names.

    Raises:
        TargetError: for a host or a path that cannot be one.
    """
    found = _HOST.match(place)
    if not found or not place.startswith(":", found.end()):
        what = "what follows the first colon is no name of a host and another colon"
        raise refused(name, what, "write rsync:HOST:PATH or rsync:USER@HOST:PATH")
    path = place[found.end() + 1 :]
    if not path or path.startswith(":"):
        what = (
            "it names no path on the host" if not path else "it names a module of an rsync server"
        )
        raise refused(name, what, "write the path of a folder after the host, rsync:HOST:PATH")
    remote = Rsync(name, found[0], path, around.public)
    return Mirror(name, remote, around.state / "journals" / digest_of(name.encode())[:16])


class Rsync:
    """A folder on another machine; see ``Remote`` for what its methods do."""

    heeds_headers = False

    def __init__(self, name: str, host: str, path: str, public: Path) -> None:
        self._name = name
        self._place = f"{host}:{path.rstrip('/')}/"
        self._public = public
        # Kept apart from the state's folder: the path of a socket has to be short.
        self._scratch = tempfile.TemporaryDirectory(prefix="microfiche-")
        self._arguments = [] if _PLAIN.fullmatch(path) else ["--secluded-args"]

    def read(self, path: str) -> Found | None:
        """A file of the journal, by way of a temporary one."""
        goal = Path(self._scratch.name, "read")
        goal.unlink(missing_ok=True)
        answer = self._run(["--", self._place + path, str(goal)])
        if _ABSENT in answer.complaint:
            return None
        self._check(answer, "reading what was published last")
        data = goal.read_bytes()
        return Found(data, digest_of(data))

    def write(self, path: str, data: bytes) -> None:
        """Write a note."""
        goal = Path(self._scratch.name, "write", path)
        goal.parent.mkdir(parents=True, exist_ok=True)
        goal.write_bytes(data)
        self._send(Path(self._scratch.name, "write"), [path], ["--ignore-times"])

    def exchange(self, path: str, data: bytes, version: str) -> str:
        """Write the head."""
        return compare_and_write(self, path, data, version)

    def foreign(self, entries: Sequence[Entry], *, first: bool) -> list[str]:
        """Paths that rsync would not make, but replace, and what stands where folders have to be.

        rsync says of a folder only that it would make one; the host is asked what is there.
        """
        paths = [entry.path for entry in entries]
        out = self._send(self._public, paths, ["--dry-run", "--itemize-changes", "--checksum"])
        lines = [line.partition(" ") for line in out.decode("utf-8", "replace").splitlines()]
        folders = [path.rstrip("/") for change, _, path in lines if change.startswith("cd+")]
        replaced = [p for change, _, p in lines if change.startswith("<f") and change[2] != "+"]
        return sorted({*replaced, *self._present(folders)})

    def _present(self, paths: Sequence[str]) -> list[str]:
        """Those of some paths at which anything stands but a folder."""
        words = ["--list-only", "--links", "--files-from=-", "--from0", "--ignore-missing-args"]
        words += ["--8-bit-output", "--", self._place, f"{self._scratch.name}/"]
        answer = self._run(words, "\0".join(paths).encode()) if paths else Answer(0, b"", "")
        if _ABSENT in answer.complaint:
            return []
        self._check(answer, "looking at what stands there")
        lines = answer.out.decode("utf-8", "replace").splitlines()
        return [found[1] for found in map(_LISTED.fullmatch, lines) if found]

    def put(self, entries: Sequence[Entry], advance: Advance, *, guarded: bool) -> None:
        """Send files that are other there; which those are, their contents decide."""
        self._send(self._public, [entry.path for entry in entries], ["--checksum"])
        advance(len(entries))

    def remove(self, paths: Sequence[str], folders: Sequence[str]) -> None:
        """Send an empty folder in which the files are missing, then the folders by depth."""
        empty = Path(self._scratch.name, "empty")
        empty.mkdir(exist_ok=True)
        for _, group in groupby(("", *folders), lambda folder: folder and folder.count("/")):
            missing = [folder for folder in group if folder] or paths
            self._send(empty, missing, ["--delete-missing-args"], well=(0, _VANISHED))

    def close(self) -> None:
        """Remove temporary files."""
        self._scratch.cleanup()

    def _send(
        self, source: Path, paths: Sequence[str], options: Sequence[str], well: Sequence[int] = (0,)
    ) -> bytes:
        """Run rsync over some files of a folder; what it said. ``well`` are codes of success."""
        words = ["--files-from=-", "--from0", "--times", "--omit-dir-times", "--compress"]
        words += ["--chmod=D755,F644", "--8-bit-output", *options, "--", f"{source}/", self._place]
        answer = self._run(words, "\0".join(paths).encode())
        self._check(answer, "sending files", well)
        return answer.out

    def _run(self, words: Sequence[str], stdin: bytes = b"") -> Answer:
        shell = os.environ.get("RSYNC_RSH") or "ssh"
        socket = f"-o ControlPath={self._scratch.name}/%C"
        rsh = f"{shell} {_SSH} {_SHARED} {socket}"
        return programs.run(
            ["rsync", *self._arguments, f"--rsh={rsh}", *words], self._name, stdin=stdin
        )

    def _check(self, answer: Answer, doing: str, well: Sequence[int] = (0,)) -> None:
        if answer.code not in well:
            raise programs.failure(answer, self._name, doing)
