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

from microfiche import (
    accounts,
    catalog,
    checks,
    intake,
    pages,
    plan,
    refusals,
    render,
    renditions,
    write,
)
from microfiche.accounts import Outcome
from microfiche.bodies import CatalogDamaged
from microfiche.catalog import Catalog, Store, delta
from microfiche.catalog.ledger import Book
from microfiche.catalog.work import Work
from microfiche.errors import (
    BrokenStoriesError,
    CollisionError,
    Problem,
)
from microfiche.plan import Plan
from microfiche.precompress import recipe
from microfiche.publish import gates
from microfiche.report import Report
from microfiche.scan import LEDGER
from microfiche.settings import Settings
from microfiche.theme import Theme
from microfiche.workers import Crew, Orders


def build(orders: Orders, report: Report) -> Outcome:
    """Bring the output in step with the sources.

    Raises:
        MicroficheError: with every problem; the output is untouched then.
    """
    state = orders.settings.state
    with refusals.building(), write.lock(state):
        try:
            return _build(orders, report)
        except (CatalogDamaged, sqlite3.DatabaseError) as error:
            if refusals.refused(error):
                raise
            report.say("The catalog was damaged; building from scratch.")
            catalog.discard(state / "catalog.sqlite")
            return _build(orders, report)


def _build(orders: Orders, report: Report) -> Outcome:
    settings = orders.settings
    store = catalog.open_store(settings.state / "catalog.sqlite")
    try:
        with Crew(orders) as crew:
            changed = intake.take_in(store, crew, orders, report)
            with accounts.accounting(store, changed):
                accounts.refuse_to_empty(store, settings)
                findings = checks.run_all(store, settings)
                if settings.keep_going or not checks.stopped(findings):
                    renditions.make_all(store, crew, orders, report)
                    findings += checks.severely(renditions.faults(store), settings)
                with store.transaction():
                    findings += _plan(store, orders, findings)
                render.render_all(store, crew, settings.state, report)
                with refusals.publishing():
                    write.put_in_place(store, settings.output, settings.state)
        counts = accounts.counts(store, changed, findings)
        with refusals.publishing():
            if store.meta("everything"):
                renditions.prune(store, orders)
            _finish(store, settings)
            write.compact(settings.state, store)
        return Outcome(counts, tuple(findings), accounts.next_embargo(store, settings))
    finally:
        store.close()


def _plan(store: Store, orders: Orders, findings: list[Problem]) -> list[Problem]:
    """Plan the pages; returns where two claim one address, or a former address leads nowhere.

    A build that keeps going goes without the sources that claim what is taken.

    Raises:
        BrokenStoriesError: with all findings when one is an error, unless the build keeps going.
        CollisionError: where no source can be set aside.
        LostAddressesError: when a build for publication would lose an address.
        GateError: when such a build has a clock that cannot be right.
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
    if not settings.keep_going and checks.stopped(found):
        raise BrokenStoriesError(found)
    for problem in {problem.path: problem for problem in clashes if problem.path}.values():
        store.set_aside(problem)
    if clashes:
        delta.settle(store, int(settings.as_of.timestamp()), settings.today)
        remaining, fates = planned()
        if remaining:
            raise CollisionError(found)
    if settings.public:
        newest = Book(store.db).newest()
        stated = orders.pelican.get("ARCHIVE_AS_OF") is not None
        gates.clock_is_right(settings.today, newest, stated=stated)
        gates.pass_all(found, fates)
    return [*clashes, *fates.problems]


def _all_at_stake(store: Store, orders: Orders, theme: Theme) -> bool:
    """Whether what all pages share has changed, or an earlier build left things in doubt."""
    desk = render.make_desk(orders.settings, Catalog(store.db), theme.languages)
    engine = render.make_engine(theme, desk, orders.program, orders.settings.precompress)
    shared = engine.digest.hex() + theme.whole_digest().hex() + store.meta("reading")
    shared += repr((orders.settings.site, orders.settings.pictures))
    if store.meta("shared") != shared:
        store.set_meta("shared", shared)
        store.set_meta("everything", "1")
    return store.meta("everything") == "1"


def _finish(store: Store, settings: Settings) -> None:
    """The output is in step with the catalog, and the catalog with the sources."""
    with store.transaction():
        Work(store).settle()
        store.set_meta("twins", recipe(settings.precompress))
        Book(store.db).note_live(everything=False)
        delta.clear(store)
        store.set_meta("everything", "")
