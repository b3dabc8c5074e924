"""A publication, from the folder of stories to the ledger.

::

    build     for the public address; a gate stops what would lose an address
    survey    what the release consists of
    gates     a release that would do harm stops here
    ledger    what is published is written down
    bag       the release as an archive keeps it, and what became of the last one's files
    delivery  the target is brought in step with the release, if there is one

A publication that was killed leaves a ledger, a bag and a target that the next one completes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import structs

from microfiche import pages, render, write
from microfiche.accounts import Outcome
from microfiche.build import build
from microfiche.catalog.ledger import Book
from microfiche.catalog.outputs import Outputs
from microfiche.errors import StorageError
from microfiche.publish import bag, due, gates
from microfiche.publish.delivery import Delivery, deliver
from microfiche.publish.gates import Leave
from microfiche.publish.ledger import page_identity, parsed, revise, written
from microfiche.publish.manifest import Difference, Release, difference
from microfiche.publish.survey import survey
from microfiche.publish.targets.target import Target
from microfiche.refusals import refusal
from microfiche.report import Report
from microfiche.scan import LEDGER
from microfiche.settings import Settings
from microfiche.story import name_of
from microfiche.workers import Orders


class Published(NamedTuple):
    """A publication: what was built, how many lines of the ledger are new, and the release.

    ``difference`` is what became of the files of the last release, ``delivery`` what was done at
    the target.
    """

    outcome: Outcome
    new: int
    release: Release
    difference: Difference
    delivery: Delivery | None = None


_NO_LEAVE = Leave()


class Errand(NamedTuple):
    """Where a release is to be delivered, and how: see ``deliver``."""

    target: Target
    adopt: bool = False
    rehearse: bool = False


def publish(
    orders: Orders, report: Report, errand: Errand | None = None, leave: Leave = _NO_LEAVE
) -> Published:
    """Build for publication, write the ledger, keep the release and deliver it.

    A rehearsal builds and looks at the target; it leaves all else as it is.

    Raises:
        MicroficheError: with every problem. Where a story is broken or an address would be lost,
            the output has not changed; where another gate stopped, it has, and nothing else.
    """
    settings = structs.replace(orders.settings, public=True, keep_going=False)
    gates.expect_ledger(settings.content, settings.output)
    orders = orders._replace(settings=settings)
    try:
        with write.lock(settings.state / "publication", "publication"):
            outcome = build(orders, report)
            with write.lock(settings.state):
                return _published(orders, report, outcome, errand, leave)
    except OSError as error:
        raise StorageError([refusal(error)]) from error


def _published(
    orders: Orders, report: Report, outcome: Outcome, errand: Errand | None, leave: Leave
) -> Published:
    settings = orders.settings
    release = survey(orders, report)
    before = bag.last(settings.output)
    warnings = gates.release_is_sound(orders, before, release, leave, report)
    outcome = outcome._replace(findings=(*outcome.findings, *warnings))
    if errand and errand.rehearse:
        found = difference(before, release)
        return Published(outcome, 0, release, found, _delivered(release, report, errand))
    new = write_down(settings)
    found = bag.keep(settings, release)
    delivery = _delivered(release, report, errand)
    due.note(settings.state, outcome.next_embargo)
    return Published(outcome, new, release, found, delivery)


def _delivered(release: Release, report: Report, errand: Errand | None) -> Delivery | None:
    if not errand:
        return None
    target, adopt, rehearse = errand
    return deliver(release, target, report, adopt=adopt, rehearse=rehearse)


def write_down(settings: Settings) -> int:
    """Add to the ledger what the output has and it has not; how many addresses are new."""
    outputs = Outputs(settings.state / "catalog.sqlite")
    try:
        kinds = pages.kinds(settings, render.make_theme(settings))
        lasting = {kind.name for kind in kinds if kind.lasting}
        came, went = _changes(Book(outputs.db), lasting, _today(settings))
    finally:
        outputs.close()
    if came or went:
        revise(settings.content / LEDGER, came, went)
    return len(came) - len(went)


def _changes(book: Book, lasting: set[str], today: str) -> tuple[list[str], list[str]]:
    """The lines that are to come, and those that are to go for them."""
    names = {output: name_of(path, stated) for output, path, stated in book.names()}
    came: dict[str, str] = {}
    went = []
    for page in book.unwritten(lasting):
        known = parsed(page.before) if page.before else None
        since = known.since if known else today
        identity = page.identity or page_identity(page.kind, page.key)
        came[page.path] = written(page.path, identity, since, names.get(page.path, ""))
        went += [page.before] if page.before else []
    for path, line in _renamed(book, came):
        entry = parsed(line)
        assert entry, line
        came[path] = written(path, entry.identity, entry.since, names.get(path, ""))
        went.append(line)
    return list(came.values()), went


def _renamed(book: Book, came: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Lines whose story has another name now, but for those that are new already."""
    return ((path, line) for path, line in book.misnamed() if path not in came)


def _today(settings: Settings) -> str:
    """The day of publication in the archive's time zone."""
    return f"{settings.as_of.astimezone(ZoneInfo(settings.reading.timezone)):%Y-%m-%d}"
