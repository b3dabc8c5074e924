"""A build, from the folder of stories to the folder of pages: the table of contents.

::

    take in   scan which sources changed, read them, settle what the archive knows
    check     does everything lead somewhere
    pictures  what stories show, made smaller
    plan      which pages may have to be made
    render    (template, view) → bytes, beside the output
    write     into place, all of it or nothing
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import structs

from microfiche import catalog, intake, pages, plan, render, renditions, write
from microfiche.bodies import CatalogDamaged
from microfiche.catalog import Catalog, Store, delta
from microfiche.catalog.ledger import Book
from microfiche.catalog.work import Work
from microfiche.checks import CHECKS
from microfiche.errors import (
    BrokenStoriesError,
    CollisionError,
    HalfwayError,
    MicroficheError,
    NothingLeftError,
    Problem,
    Severity,
    StorageError,
)
from microfiche.headers import unknown_headers_note
from microfiche.plan import Plan
from microfiche.publish import gates
from microfiche.records import Counts
from microfiche.report import Report
from microfiche.scan import LEDGER
from microfiche.settings import Settings
from microfiche.theme import Theme
from microfiche.workers import Crew, Orders

_REFUSALS = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")
_REMEDY = "make room or mend permissions, and build again"


class Outcome(NamedTuple):
    """What a build did, what it found, and when it is next due (None when nothing waits)."""

    counts: Counts
    findings: tuple[Problem, ...]
    next_embargo: datetime | None

    @property
    def broken(self) -> bool:
        """Whether a finding is an error, which only ARCHIVE_KEEP_GOING lets pass this far."""
        return any(problem.severity == Severity.ERROR for problem in self.findings)


def build(orders: Orders, report: Report) -> Outcome:
    """Bring the output in step with the sources.

    Raises:
        MicroficheError: with every problem; the output is untouched then.
    """
    settings = orders.settings
    try:
        with write.lock(settings.state):
            try:
                return _build(orders, report)
            except (CatalogDamaged, sqlite3.DatabaseError) as error:
                if _refused(error):
                    raise
                report.say("The catalog was damaged; building from scratch.")
                catalog.discard(settings.state / "catalog.sqlite")
                return _build(orders, report)
    except OSError as error:
        raise StorageError([refusal(error)]) from error
    except sqlite3.Error as error:
        raise StorageError([Problem("", 0, f"the catalog: {error}", _REMEDY)]) from error


def _build(orders: Orders, report: Report) -> Outcome:
    settings = orders.settings
    store = catalog.open_store(settings.state / "catalog.sqlite")
    try:
        with Crew(orders) as crew:
            changed = intake.take_in(store, crew, orders, report)
            with _accounting(store, changed):
                _refuse_to_empty(store, settings)
                findings = check(store, settings)
                if settings.keep_going or not _stopped(findings):
                    renditions.make_all(store, crew, orders, report)
                    findings += _severely(renditions.faults(store), settings)
                with store.transaction():
                    findings += _plan(store, orders, findings)
                render.render_all(store, crew, settings.state, report)
                with _publishing():
                    write.put_in_place(store, settings.output, settings.state)
        counts = _counts(store, changed)
        with _publishing():
            if store.meta("everything"):
                renditions.prune(store, orders)
            _finish(store)
            write.compact(settings.state, store)
        return Outcome(counts, tuple(findings), _next_embargo(store, settings))
    finally:
        store.close()


@contextmanager
def _accounting(store: Store, changed: int) -> Iterator[None]:
    """Have an error that is raised inside say how the sources are accounted for."""
    try:
        yield
    except MicroficheError as error:
        error.counts = Counts(**store.totals()._asdict(), changed=changed)
        raise


def _refuse_to_empty(store: Store, settings: Settings) -> None:
    """Keep what is published when there is no source left: the content folder is not where it was.

    Raises:
        NothingLeftError: when the output would be emptied.
    """
    _, _, outputs = Work(store).counts()
    if outputs and settings.output.exists() and not store.totals().sources:
        what = f"there is no story any more, but an output of {outputs:,} files"
        remedy = "set PATH to the folder of your stories; or, to start afresh, delete the output"
        raise NothingLeftError([Problem("PATH", 0, what, remedy, inside=False)])


@contextmanager
def _publishing() -> Iterator[None]:
    """Tell what the file system refuses inside from what it refuses before the output changes."""
    try:
        yield
    except OSError as error:
        raise HalfwayError([refusal(error)]) from error
    except sqlite3.Error as error:
        if not _refused(error):
            raise
        raise HalfwayError([Problem("", 0, f"the catalog: {error}", _REMEDY)]) from error


def check(store: Store, settings: Settings) -> list[Problem]:
    """All findings of all sources and checks."""
    reading = Catalog(store.db)
    findings = [*settings.notes, *store.problems()]
    for one in CHECKS:
        findings += one(reading, settings.reading)
    findings += [unknown_headers_note(*row) for row in store.unknown_headers()]
    return _severely(findings, settings)


def _severely(findings: list[Problem], settings: Settings) -> list[Problem]:
    """Findings as the owner wants them taken: with ARCHIVE_STRICT every warning is an error."""
    if not settings.strict:
        return findings
    return [
        structs.replace(each, severity=Severity.ERROR)
        if each.severity == Severity.WARNING
        else each
        for each in findings
    ]


def _stopped(findings: list[Problem]) -> bool:
    return any(each.severity == Severity.ERROR for each in findings)


def _plan(store: Store, orders: Orders, findings: list[Problem]) -> list[Problem]:
    """Plan the pages; returns where two claim one address, or a former address leads nowhere.

    A build that keeps going goes without the sources that claim what is taken.

    Raises:
        BrokenStoriesError: with all findings when one is an error, unless the build keeps going.
        CollisionError: where no source can be set aside.
        LostAddressesError: when a build for publication would lose an address.
    """
    settings = orders.settings
    theme = render.make_theme(settings)
    kinds = pages.kinds(settings, theme)
    ledger = settings.content / LEDGER

    def planned() -> Plan:
        everything = _all_at_stake(store, orders, theme)  # a menu may have lost its last story
        return plan.make_plan(store, kinds, ledger, everything=everything)

    clashes, fates = planned()
    found = [*findings, *clashes, *fates.problems]
    if not settings.keep_going and _stopped(found):
        raise BrokenStoriesError(found)
    for problem in {problem.path: problem for problem in clashes if problem.path}.values():
        store.set_aside(problem)
    if clashes:
        delta.settle(store, int(settings.as_of.timestamp()), settings.today)
        remaining, fates = planned()
        if remaining:
            raise CollisionError(found)
    if settings.public:
        gates.pass_all(found, fates)
    return [*clashes, *fates.problems]


def _all_at_stake(store: Store, orders: Orders, theme: Theme) -> bool:
    """Whether what all pages share has changed, or an earlier build left things in doubt."""
    desk = render.make_desk(orders.settings, Catalog(store.db), theme.languages)
    engine = render.make_engine(theme, desk, orders.program)
    shared = engine.digest.hex() + theme.whole_digest().hex() + store.meta("reading")
    shared += repr((orders.settings.site, orders.settings.pictures))
    if store.meta("shared") != shared:
        store.set_meta("shared", shared)
        store.set_meta("everything", "1")
    return store.meta("everything") == "1"


def _finish(store: Store) -> None:
    """The output is in step with the catalog, and the catalog with the sources."""
    with store.transaction():
        Work(store).settle()
        Book(store.db).note_live(everything=False)
        delta.clear(store)
        store.set_meta("everything", "")


def _counts(store: Store, changed: int) -> Counts:
    totals = store.totals()
    written, removed, outputs = Work(store).counts()
    return Counts(
        **totals._asdict(),
        changed=changed,
        written=written,
        removed=removed,
        unchanged=outputs - written - removed,
    )


def _next_embargo(store: Store, settings: Settings) -> datetime | None:
    stamp = store.next_embargo(int(settings.as_of.timestamp()))
    if stamp is None:
        return None
    return datetime.fromtimestamp(stamp, UTC).astimezone(ZoneInfo(settings.reading.timezone))


def _refused(error: Exception) -> bool:
    """Whether it was the file system that refused, and not the catalog that is damaged."""
    name = getattr(error, "sqlite_errorname", "")
    return name.startswith(_REFUSALS)


def refusal(error: OSError) -> Problem:
    """What is said when the file system refuses."""
    where = str(error.filename or "")
    return Problem(
        where, 0, f"the file system refused: {error.strerror or error}", _REMEDY, inside=False
    )
