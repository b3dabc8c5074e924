"""What stands before the public: a publication that would do harm stops, and says what to do.

Before anything else, ``expect_ledger`` asks for the ledger. Two gates stand in the build, before
the output changes: ``pass_all`` for addresses that would be lost, ``clock_is_right`` for the
moment. The others see the release that lies in the output, and stop before the ledger, the bag or a
target change: ``release_is_sound``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from microfiche.catalog.ledger import Dead
from microfiche.errors import GateError, LostAddressesError, Problem, Severity
from microfiche.publish.bag import bag_of
from microfiche.publish.inspection import inspect
from microfiche.publish.ledger import RESTORE, address_of
from microfiche.publish.limits import past_limits
from microfiche.publish.manifest import Release, difference
from microfiche.publish.redirects import Fates
from microfiche.records import Stage
from microfiche.report import Report
from microfiche.scan import LEDGER
from microfiche.workers import Orders

EARLIEST = "2025-01-01"
"""A day before this program: no clock that is right says an earlier one."""

SHRINKING = 5
"""A publication stops that takes away more than one file in so many."""


class Leave(NamedTuple):
    """What the owner says is meant: that the site shrinks, that links lead nowhere."""

    shrink: bool = False
    dead_links: bool = False


def pass_all(findings: Sequence[Problem], fates: Fates) -> None:
    """Let a build for publication through, or stop it.

    Raises:
        LostAddressesError: when an address that was published would lead nowhere, or when the
            ledger cannot be relied on, or is gone.
    """
    wrong = [each for each in findings if each.path == LEDGER and each.severity != Severity.NOTE]
    lost = [_lost(dead) for dead in fates.lost]
    if wrong or lost:
        others = [each for each in findings if each not in wrong]
        stops = [structs.replace(each, severity=Severity.ERROR) for each in wrong]
        raise LostAddressesError([*others, *stops, *lost])


def expect_ledger(content: Path, output: Path) -> None:
    """Refuse to publish an archive again whose ledger is gone.

    Raises:
        LostAddressesError: where a release has been kept and there is no ledger.
    """
    if bag_of(output).exists() and not (content / LEDGER).exists():
        what = "is gone, but the archive has been published before"
        raise LostAddressesError([Problem(LEDGER, 0, what, RESTORE)])


def clock_is_right(today: str, newest: str, *, stated: bool) -> None:
    """Stop where the clock says an earlier day than it can be.

    ``newest`` is the newest day in the ledger, empty where it has none. Where the moment is
    ``stated`` by ARCHIVE_AS_OF, the clock decides nothing.

    Raises:
        GateError: when it does.
    """
    if stated or today >= max(EARLIEST, newest):
        return
    known = f"the last publication was on {newest}" if newest else f"it is past {EARLIEST}"
    what = f"this machine's clock says {today}, and {known}"
    raise GateError([Problem("", 0, what, "set the clock; nothing was built", inside=False)])


def release_is_sound(
    orders: Orders, before: Release | None, release: Release, leave: Leave, report: Report
) -> list[Problem]:
    """Stop a release that would do harm; what is found of one that may pass, as warnings.

    Raises:
        GateError: with all that is wrong.
    """
    dead, leaks = inspect(orders, release, report)
    wrong = [*past_limits(orders.settings.site.host, release), *leaks]
    wrong += [] if leave.shrink else _shrunk(before, release)
    wrong += [] if leave.dead_links else dead
    if wrong:
        raise GateError(wrong)
    return [_warning(each) for each in dead]


def _shrunk(before: Release | None, release: Release) -> Iterator[Problem]:
    """Whether more than a fifth of the site's pages, lists and feeds would vanish."""
    if before is None:
        return
    known = sum(entry.stage != Stage.ASSETS for entry in before)
    gone = sum(entry.stage != Stage.ASSETS for entry in difference(before, release).removed)
    if gone * SHRINKING > known:
        what = f"{gone:,} of {known:,} pages and feeds would vanish, more than one in {SHRINKING}"
        yield Problem("", 0, what, "if that is meant, publish with --allow-shrink", inside=False)


def _warning(problem: Problem) -> Problem:
    return Problem(
        problem.path, problem.line, problem.what, problem.remedy, Severity.WARNING, problem.inside
    )


def _lost(dead: Dead) -> Problem:
    address = address_of(dead.path)
    what = f"{address} was published on {dead.since} and would lead nowhere"
    remedy = f"add the line `{address} gone`, or the address where it leads in place of `gone`"
    return Problem(LEDGER, 0, what, remedy)
