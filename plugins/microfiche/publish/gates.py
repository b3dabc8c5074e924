"""What stands before the public: a build that would do harm stops, and says what to do."""

from __future__ import annotations

from collections.abc import Sequence

from microfiche.catalog.ledger import Dead
from microfiche.errors import LostAddressesError, Problem, Severity
from microfiche.publish.ledger import address_of
from microfiche.publish.redirects import Fates
from microfiche.scan import LEDGER


def pass_all(findings: Sequence[Problem], fates: Fates) -> None:
    """Let a build for publication through, or stop it.

    Raises:
        LostAddressesError: when an address that was published would lead nowhere, or when the
            ledger cannot be relied on.
    """
    wrong = [each for each in findings if each.path == LEDGER and each.severity == Severity.ERROR]
    lost = [_lost(dead) for dead in fates.lost]
    if wrong or lost:
        raise LostAddressesError([*findings, *lost])


def _lost(dead: Dead) -> Problem:
    address = address_of(dead.path)
    what = f"{address} was published on {dead.since} and would lead nowhere"
    remedy = f"add the line `{address} gone`, or the address where it leads in place of `gone`"
    return Problem(LEDGER, 0, what, remedy)
