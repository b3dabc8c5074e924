"""How a build went: every source accounted for, what was written, when the next is due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from microfiche.catalog import Catalog, Store
from microfiche.catalog.totals import count_sources, first_embargo
from microfiche.catalog.work import Work
from microfiche.errors import MicroficheError, NothingLeftError, Problem, Severity, of_setting
from microfiche.records import Counts
from microfiche.settings import Settings


class Outcome(NamedTuple):
    """What a build did, what it found, and when it is next due (None when nothing waits)."""

    counts: Counts
    findings: tuple[Problem, ...]
    next_embargo: datetime | None

    @property
    def broken(self) -> bool:
        """Whether a finding is an error, which only ARCHIVE_KEEP_GOING lets pass this far."""
        return any(problem.severity == Severity.ERROR for problem in self.findings)


@contextmanager
def accounting(store: Store, changed: int) -> Iterator[None]:
    """Have an error that is raised inside say how the sources are accounted for."""
    try:
        yield
    except MicroficheError as error:
        error.counts = Counts(**count_sources(store.db)._asdict(), changed=changed)
        raise


def refuse_to_empty(store: Store, settings: Settings) -> None:
    """Keep what is published when there is no source left: the content folder is not where it was.

    Raises:
        NothingLeftError: when the output would be emptied.
    """
    if count_sources(store.db).sources or not settings.output.exists():
        return
    if outputs := Work(store).outputs():
        what = f"there is no story any more, but an output of {outputs:,} files"
        remedy = "set PATH to the folder of your stories; or, to start afresh, delete the output"
        raise NothingLeftError([of_setting("PATH", what, remedy)])


def counts(store: Store, changed: int, findings: Iterable[Problem]) -> Counts:
    """The sources, and the files of a finished build; ``changed`` sources were read."""
    broken = {each.path for each in findings if each.severity == Severity.ERROR and each.path}
    catalog = Catalog(store.db)
    totals = count_sources(store.db)
    work = Work(store)
    written, removed = work.counts()
    return Counts(
        **totals._asdict(),
        changed=changed,
        written=written,
        removed=removed,
        unchanged=work.outputs() - written - removed,
        flawed=sum(catalog.story(path) is not None for path in broken),
    )


def next_embargo(store: Store, settings: Settings) -> datetime | None:
    """When the next embargo ends, in the archive's time zone; None when none is on."""
    stamp = first_embargo(store.db, int(settings.as_of.timestamp()))
    if stamp is None:
        return None
    return datetime.fromtimestamp(stamp, UTC).astimezone(ZoneInfo(settings.reading.timezone))
