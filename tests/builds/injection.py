"""Ends a build, or has the file system refuse it, at one chosen moment of all there are.

A moment is a call that touches the archive's folders: a file opened, written, renamed or removed,
a folder made or removed, a transaction of the catalog begun or committed. They are counted over
all processes of a build, so that going through the numbers goes through every moment.
"""

from __future__ import annotations

import builtins
import errno
import io
import multiprocessing
import os
import select
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

_GUARD = 30
"""Seconds after which a process that should have ended counts as lingering."""

_CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir"}
_LOOKS = {"os.scandir", "os.listdir"}
_WRITING = os.O_WRONLY | os.O_RDWR
_SQLITE = {
    errno.ENOSPC: "SQLITE_FULL",
    errno.EIO: "SQLITE_IOERR_WRITE",
    errno.EACCES: "SQLITE_READONLY",
    errno.EMFILE: "SQLITE_CANTOPEN",
}


class Moments:
    """Counts moments below a folder, and at number ``at`` (from 1) kills or refuses.

    ``refusal`` is an error number to refuse with; without one the process is killed. Only where
    it may be refused does a call that looks without writing count.
    """

    def __init__(self, folder: Path, at: int, refusal: int = 0) -> None:
        self._folder = str(folder)
        self._at = at
        self._refusal = refusal
        self._looks = refusal not in (0, errno.ENOSPC)
        self._count = multiprocessing.get_context("fork").Value("L", 0)

    @property
    def reached(self) -> bool:
        """Whether there were as many moments."""
        return int(self._count.value) >= self._at

    def next(self) -> bool:
        """Whether the moment to come is the one."""
        return int(self._count.value) + 1 == self._at

    def around(self, work: Callable[[], str]) -> Callable[[], str]:
        """The same work, with its moments counted."""

        def counted() -> str:
            self.install()
            return work()

        return counted

    def install(self) -> None:
        """Begin to count in this process and its children; there is no end to it."""
        sys.addaudithook(self._heard)
        builtins.open = io.open = self._opening(io.open)
        os.sendfile = self._before(os.sendfile, "sendfile")
        os.write = self._writing(os.write)
        sqlite3.connect = self._connecting(sqlite3.connect)

    def pass_(self, what: str, path: str, *, catalog: bool = False) -> None:
        """A moment."""
        with self._count.get_lock():
            self._count.value += 1
            now = self._count.value == self._at
        if not now:
            return
        if not self._refusal:
            os.kill(os.getpid(), signal.SIGKILL)
        if catalog:
            error = sqlite3.OperationalError(f"refused: {what}")
            error.sqlite_errorname = _SQLITE[self._refusal]
            raise error
        raise OSError(self._refusal, os.strerror(self._refusal), path)

    def _heard(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            writes = isinstance(args[2], int) and args[2] & _WRITING
            counts = bool(writes) or self._looks
        else:
            counts = event in _CHANGES or (event in _LOOKS and self._looks)
        if counts and self._within(args[0]):
            self.pass_(event, str(args[0]))

    def _within(self, path: object) -> bool:
        return isinstance(path, str | os.PathLike) and str(path).startswith(self._folder)

    def _before(self, function: Callable[..., Any], what: str) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            self.pass_(what, "")
            return function(*args)

        return call

    def _writing(self, original: Callable[..., int]) -> Callable[..., int]:
        def write(file: int, data: Any) -> int:
            path = os.readlink(f"/proc/self/fd/{file}")
            if not self._within(path) or os.lseek(file, 0, os.SEEK_CUR):
                return original(file, data)
            written = original(file, data[: len(data) // 2 or 1])
            self.pass_("write", path)
            return written

        return write

    def _opening(self, original: Callable[..., Any]) -> Callable[..., Any]:
        moments = self

        class Halting(io.FileIO):
            """A file whose every write has a moment when half of it is done."""

            def write(self, data: Any) -> int:
                half = len(data) // 2
                super().write(data[:half])
                moments.pass_("write", str(self.name))
                super().write(data[half:])
                return len(data)

        def opened(file: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
            if not set(mode) & set("wax+") or not moments._within(file):
                return original(file, mode, *rest, **more)
            stated = dict(zip(("buffering", "encoding", "errors", "newline"), rest, strict=False))
            stated |= more
            buffering = stated.pop("buffering", -1)
            raw = Halting(file, mode.replace("b", "").replace("t", ""))
            if buffering == 0:
                return raw
            buffer = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
            return buffer if "b" in mode else io.TextIOWrapper(buffer, **stated)

        return opened

    def _connecting(self, original: Callable[..., Any]) -> Callable[..., Any]:
        moments = self

        class Watched(sqlite3.Connection):
            """A connection whose transactions are moments, before and after."""

            def execute(self, sql: str, *args: Any) -> Any:
                if sql not in ("BEGIN IMMEDIATE", "COMMIT"):
                    return super().execute(sql, *args)
                moments.pass_(sql, "", catalog=True)
                done = super().execute(sql, *args)
                moments._after(sql)
                return done

            def executescript(self, sql: str) -> Any:
                moments.pass_("executescript", "", catalog=True)
                done = super().executescript(sql)
                moments._after(sql)
                return done

            def close(self) -> None:
                moments._after("before close")
                super().close()

        def connect(*args: Any, **more: Any) -> Any:
            return original(*args, **{"factory": Watched, **more})

        return connect

    def _after(self, what: str) -> None:
        """A moment at which a process can be killed, but nothing is asked that can be refused."""
        if not self._refusal:
            self.pass_(what, "")


class Ended(NamedTuple):
    """How a child process ended: its exit code (negative a signal's), what it told, its errors."""

    code: int
    told: str
    stderr: str


class Child:
    """A process forked from this one, with all the processes that it starts."""

    def __init__(self, work: Callable[[], str], notes: Path) -> None:
        """Begin ``work`` in it; what that returns is told, what it raises is among the errors.

        ``notes`` is a folder for both.
        """
        self._told, self._stderr = notes / "told", notes / "stderr"
        self._told.write_text("")
        self._alive, held = os.pipe()
        self._process = os.fork()
        if not self._process:
            self._run(work)
        os.close(held)

    def wait(self) -> Ended:
        """Wait for it to end; its own children may live on."""
        _, status = os.waitpid(self._process, 0)
        code = os.waitstatus_to_exitcode(status)
        return Ended(code, self._told.read_text("utf-8"), self._stderr.read_text("utf-8"))

    def lingers(self) -> bool:
        """Whether a process that it started is there long after it has ended."""
        ready, _, _ = select.select([self._alive], [], [], _GUARD)
        os.close(self._alive)
        return not ready

    def _run(self, work: Callable[[], str]) -> None:
        code = 1
        try:
            errors = os.open(self._stderr, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(errors, 2)
            sys.stderr = os.fdopen(errors, "w", buffering=1)
            told = work()
            self._told.write_text(told, "utf-8")
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
