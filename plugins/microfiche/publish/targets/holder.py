"""Who is publishing: what is noted at a target, and told to whoever comes second."""

from __future__ import annotations

import getpass
import os
import socket
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from microfiche.errors import LockedError, Problem

_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Holder(Struct, frozen=True):
    """A process that publishes; ``begun`` in seconds since the epoch.

    ``born`` tells it from another process of the same number; it is empty where a system does not
    say when a process began.
    """

    who: str
    host: str
    process: int
    born: str
    begun: int

    def dead(self) -> bool:
        """Whether it is known to have ended; of another machine that is never known."""
        return bool(self.born) and self.host == socket.gethostname() and self._gone()

    def _gone(self) -> bool:
        return self.born.partition(" ")[0] == _boot() and _birth(self.process) != self.born

    def error(self, target: str, remedy: str) -> LockedError:
        """What is said to who comes second."""
        since = datetime.fromtimestamp(self.begun, UTC)
        what = (
            f"another publication is running: {self.who}, process {self.process}, "
            f"since {since:%Y-%m-%d %H:%M} UTC"
        )
        return LockedError([Problem(target, 0, what, remedy, inside=False)])


def myself(now: float) -> Holder:
    """This process."""
    host, process = socket.gethostname(), os.getpid()
    return Holder(f"{_user()}@{host}", host, process, _birth(process), int(now))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in containers
        return str(os.getuid())


def _boot() -> str:
    with suppress(OSError):
        return _BOOT.read_text("ascii").strip()
    return ""


def _birth(process: int) -> str:
    """When the machine began and, in its ticks, the process did; empty if there is none."""
    with suppress(OSError, IndexError):
        stat = Path(f"/proc/{process}/stat").read_text("utf-8", "replace")
        return f"{_boot()} {stat.rpartition(')')[2].split()[19]}"
    return ""
