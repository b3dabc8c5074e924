"""A process that publishes again and again, each time in a child that may be killed at a moment.

It is told on its input, a line each: a moment (0 for never), a machine's folder, a target and a
site; and answers with how the child ended. Nothing is published by itself, for what the library of
object storage runs on does not survive a fork.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from microfiche.publish.targets import git, programs, s3
from tests.builds.injection import Moments
from tests.targets.places import Machine

_CHANGES = ("--compress", "rcat", "copy", "delete", "rmdir", "push")
"""Words of commands that change something where they publish to."""


def main() -> None:
    """Go on until the input ends."""
    for line in sys.stdin:
        at, root, name, files = json.loads(line)
        child = os.fork()
        if not child:
            _publish(at, Path(root), name, files)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - it is the answer


def _publish(at: int, root: Path, name: str, files: dict[str, str]) -> None:
    code = 1
    try:
        machine = Machine(root)
        moments = Moments(_folder(name), at)
        if at:
            _install(moments)
        machine.publish(name, files)
        code = 0
    except BaseException as error:
        print(repr(error), file=sys.stderr)  # noqa: T201 - the test reads it
    finally:
        os._exit(code)


def _folder(name: str) -> Path:
    """The folder whose every change is a moment: that of releases."""
    kind, _, place = name.partition(":")
    return Path(place if kind == "folder" else "/nowhere")


def _install(moments: Moments) -> None:
    moments.install()
    programs.run = _running(programs.run, moments)
    for kind, names in ((s3.S3, ("write", "exchange", "_send", "remove")), (git.Git, ("_feed",))):
        for name in names:
            setattr(kind, name, _around(getattr(kind, name), moments))


def _around(original: Callable[..., Any], moments: Moments) -> Callable[..., Any]:
    """A moment before a call and one after it."""

    def call(*args: Any, **how: Any) -> Any:
        moments.pass_(original.__name__, "")
        found = original(*args, **how)
        moments.pass_(original.__name__, "")
        return found

    return call


def _running(original: Callable[..., Any], moments: Moments) -> Callable[..., Any]:
    """A moment when a program has done half of its work, and one when it has done all."""

    def run(words: Any, target: str, *, stdin: bytes = b"", **how: Any) -> Any:
        if not set(_CHANGES) & set(words) or "--dry-run" in words:
            return original(words, target, stdin=stdin, **how)
        between = b"\0" if b"\0" in stdin else b"\n"
        names = stdin.split(between)
        if any("--files-from" in word for word in words) and len(names) > 2:

            def halfway() -> None:
                original(words, target, stdin=between.join(names[: len(names) // 2]), **how)

            _before(moments, halfway)
        found = original(words, target, stdin=stdin, **how)
        moments.pass_("ran", target)
        return found

    return run


def _before(moments: Moments, act: Callable[[], None]) -> None:
    """Have something done before a moment at which the process is killed, and only then."""
    if moments.next():
        act()
    moments.pass_("halfway", "")


if __name__ == "__main__":
    main()
