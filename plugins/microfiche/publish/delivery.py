"""The driver of a publication: what stands at the target becomes the release, in a safe order.

::

    standing  what the target has, and what an interrupted publication may have left
    plan      the difference to the release
    begin     the intent is noted at the target
    put       assets; then pages, lists, feeds and sitemaps that are new, to which nothing leads
              yet; then those that changed
    remove    what is no more, to which nothing leads by then
    finish    the release is noted as complete
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import NamedTuple

from microfiche.errors import Problem, TargetError, UnfinishedError
from microfiche.publish.manifest import Entry, Pair, Release, difference
from microfiche.publish.targets.target import ADOPT, Plan, Standing, Target
from microfiche.records import Stage
from microfiche.report import Report, printable

_NAMED = 20
"""Files of others that an error names."""


class Delivery(NamedTuple):
    """What a publication did: files and bytes sent, and its time in seconds."""

    target: str
    sent: int
    removed: int
    unchanged: int
    size: int
    seconds: float
    rehearsed: bool

    def summary(self) -> str:
        """One line."""
        would = "would be " if self.rehearsed else ""
        return (
            f"{self.target}: {self.sent:,} {_files(self.sent)} {would}uploaded "
            f"({_size(self.size)}), {self.removed:,} removed, {self.unchanged:,} unchanged, "
            f"{self.seconds:.2f} s"
        )


def deliver(
    release: Release, target: Target, report: Report, *, adopt: bool = False, rehearse: bool = False
) -> Delivery:
    """Bring a target in step with a release.

    ``adopt`` takes files of others for ours where the release has a file; ``rehearse`` changes
    nothing and tells what would be done.

    Raises:
        TargetError: when the target refuses, or has files of others where ours are to be.
        UnfinishedError: when that happens after the first file was sent.
        LockedError: while another publication to it is running.
    """
    since = time.monotonic()
    try:
        plan = _plan(release, target, adopt=adopt)
        if rehearse:
            _tell(plan, report)
        elif not plan.idle:
            _carry_out(plan, target, report, adopt=adopt)
    finally:
        target.close()
    size = sum(entry.size for entry in plan.puts)
    sent, unchanged = len(plan.puts), len(release) - len(plan.puts)
    seconds = time.monotonic() - since
    return Delivery(target.name, sent, len(plan.removed), unchanged, size, seconds, rehearse)


def roll_back(target: Target) -> str:
    """Put the former release before the public again; what was done, in a line.

    Raises:
        TargetError: when the target has or keeps none, or refuses.
        LockedError: while another publication to it is running.
    """
    try:
        with _refusing(target, TargetError):
            return target.rollback()
    finally:
        target.close()


def planned(before: Standing, after: Release, *, heeds_headers: bool) -> Plan:
    """What has to be done for ``after`` where ``before`` stands."""
    found = difference(before.release, after)
    alike = [] if heeds_headers else [pair.after for pair in found.changed if _same_bytes(pair)]
    noted = frozenset(entry.path for entry in alike)
    puts = tuple(entry for entry in found.puts() if entry.path not in noted)
    fresh = frozenset(e.path for e in (*found.added, *(pair.after for pair in found.moved)))
    lingering, removed = _parted(found.removals(), before, busy=bool(puts))
    doubtful = sorted(before.doubt - fresh)
    return Plan(after, before, puts, fresh, tuple(alike), (*removed, *doubtful), lingering)


def _parted(went: list[Entry], before: Standing, *, busy: bool) -> tuple[frozenset[str], list[str]]:
    """What of all that no page needs any more is kept this time, and what is removed, in order.

    Assets outlive the pages that needed them by one publication: readers have older pages before
    them, and caches have, too. Where there is nothing else to do, all stays as it is.
    """
    paths = {entry.path for entry in went}
    if not busy and not before.doubt and paths == before.lingering:
        return before.lingering, []
    assets = {entry.path for entry in went if entry.stage is Stage.ASSETS}
    lingering = frozenset(assets - before.lingering)
    return lingering, [entry.path for entry in went if entry.path not in lingering]


def _same_bytes(pair: Pair) -> bool:
    return pair.before.sha256 == pair.after.sha256


def _plan(release: Release, target: Target, *, adopt: bool) -> Plan:
    with _refusing(target, TargetError):
        standing = target.standing(release)
        plan = planned(standing, release, heeds_headers=target.heeds_headers)
        if not adopt:
            _refuse_foreign(target, plan)
    return plan


def _refuse_foreign(target: Target, plan: Plan) -> None:
    """Stop where a file of ours would replace one that nobody published from here."""
    doubt = plan.before.doubt
    unknown = [e for e in plan.puts if e.path in plan.fresh and e.path not in doubt]
    found = target.foreign(unknown) if unknown else []
    if not found:
        return
    named = [
        Problem(f"{target.name}/{path}", 0, "stands there and is not ours", inside=False)
        for path in found[:_NAMED]
    ]
    what = f"{len(found):,} {_files(len(found))} of others would be replaced"
    raise TargetError([*named, Problem(target.name, 0, what, ADOPT, inside=False)])


def _carry_out(plan: Plan, target: Target, report: Report, *, adopt: bool) -> None:
    unseen = frozenset() if adopt else plan.fresh - plan.before.doubt
    with _refusing(target, UnfinishedError):
        target.begin(plan)
        with report.progress("Publishing", len(plan.puts)) as steps:
            for (_, guarded), group in groupby(plan.puts, lambda e: (e.stage, e.path in unseen)):
                target.put(list(group), steps.advance, guarded=guarded)
        if plan.removed:
            target.remove(plan.removed)
        said = target.finish()
    for line in said:
        report.say(printable(line))


@contextmanager
def _refusing(target: Target, kind: type[TargetError]) -> Iterator[None]:
    """Tell what a target or the file system refuses, as an error of a kind."""
    try:
        yield
    except TargetError as error:
        raise kind(error.problems) from error
    except OSError as error:
        where = str(error.filename or target.name)
        what = f"the file system refused: {error.strerror or error}"
        remedy = "make room or mend permissions, and publish again"
        raise kind([Problem(where, 0, what, remedy, inside=False)]) from error


def _tell(plan: Plan, report: Report) -> None:
    """Name every file that would be sent or removed."""
    words = [("new" if e.path in plan.fresh else "changed", e.path) for e in plan.puts]
    words += [("removed", path) for path in plan.removed]
    for word, path in words:
        report.say(f"{word}: {printable(path)}")


def _files(number: int) -> str:
    return "file" if number == 1 else "files"


def _size(number: int) -> str:
    """Bytes as a person reads them, in powers of 1,000."""
    value, unit = float(number), "bytes"
    for larger in ("kB", "MB", "GB"):
        if value < 999.95:
            break
        value, unit = value / 1000, larger
    return f"{number} bytes" if unit == "bytes" else f"{value:,.1f} {unit}"
