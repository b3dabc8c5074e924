"""Running the programs that targets rest on, without a shell and without questions asked."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from microfiche.errors import Problem, TargetError

_HINTS = (
    (
        "Could not resolve host",
        "the name of the host is known to nobody",
        "correct it, or write it into the configuration of ssh",
    ),
    (
        "Host key verification failed",
        "it is not known to be the right host",
        "connect to it once by hand, with ssh, and compare the key",
    ),
    (
        "Permission denied (13)",
        "writing is not allowed there",
        "give the user the right to write, and publish again",
    ),
    (
        "Permission denied (",
        "the host does not let this user in",
        "give ssh a key that the host accepts, without a passphrase or in an agent",
    ),
    (
        "could not read Username",
        "the host asks who this is",
        "store credentials with git, or use an address of ssh",
    ),
    (
        "Connection refused",
        "the host refuses connections",
        "start ssh there, or correct name and port",
    ),
    ("timed out", "the host does not answer", "look whether it is up, and the way to it open"),
    ("No route to host", "there is no way to the host", "look whether it is up"),
    (
        "rsync: command not found",
        "the host has no rsync",
        "install it there (Debian, Ubuntu: apt install rsync)",
    ),
    (
        "rsync: not found",
        "the host has no rsync",
        "install it there (Debian, Ubuntu: apt install rsync)",
    ),
    ("No space left on device", "the disk there is full", "make room, and publish again"),
    ("Disk quota exceeded", "the disk there is full", "make room, and publish again"),
    (
        "ermission denied",
        "writing is not allowed there",
        "give the user the right to write, and publish again",
    ),
    ("Read-only file system", "nothing can be written there", "mount it for writing"),
    (
        "didn't find section in config file",
        "rclone has no such remote",
        "`rclone listremotes` names yours, `rclone config` makes one",
    ),
    (
        "does not appear to be a git repository",
        "there is no repository, or none that this user sees",
        "correct its address, or make it",
    ),
    (
        "epository not found",
        "there is no repository, or none that this user sees",
        "correct its address, or make it",
    ),
)
"""What a program says, what is meant by it, and what to do."""
_SAID = 300
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


class Answer(NamedTuple):
    """How a program ended: its exit code, what it said, and its complaints."""

    code: int
    out: bytes
    complaint: str


def run(
    words: Sequence[str],
    target: str,
    *,
    stdin: bytes = b"",
    env: Mapping[str, str | None] | None = None,
) -> Answer:
    """Run a program to its end; it may not ask for anything.

    Raises:
        TargetError: when it is not installed.
    """
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and no word begins with a hyphen by chance
            words,
            input=stdin,
            env=environment(env or {}),
            capture_output=True,
            check=False,
            start_new_session=True,  # away from the terminal, on which ssh would ask
            preexec_fn=end_with_parent,  # it calls the kernel alone
        )
    except FileNotFoundError:
        raise missing(words[0], target) from None
    return Answer(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace").strip())


def environment(stated: Mapping[str, str | None]) -> dict[str, str]:
    """This process's environment, with some variables set, or unset where None is stated."""
    whole = {**os.environ, "LC_ALL": "C", **stated}
    return {name: value for name, value in whole.items() if value is not None}


def missing(program: str, target: str) -> TargetError:
    """A program that a target needs is not there."""
    what = f"the program {program} is not installed"
    remedy = f"install it (Debian, Ubuntu: apt install {_PACKAGES.get(program, program)})"
    return TargetError([Problem(target, 0, what, remedy, inside=False)])


_PACKAGES = {"ssh": "openssh-client"}


def failure(answer: Answer, target: str, doing: str) -> TargetError:
    """What is said when a program failed at something."""
    said = " ".join(answer.complaint.split())
    shown = said if len(said) <= _SAID else f"…{said[1 - _SAID :]}"
    for sign, meaning, remedy in _HINTS:
        if sign in answer.complaint:
            what = f"{doing} failed, for {meaning}: {shown}"
            return TargetError([Problem(target, 0, what, remedy, inside=False)])
    what = f"{doing} failed with exit code {answer.code}: {shown or 'nothing was said'}"
    return TargetError([Problem(target, 0, what, "mend it, and publish again", inside=False)])


def end_with_parent() -> None:
    """Have the kernel end a program whose publication was killed, before the next one begins."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
