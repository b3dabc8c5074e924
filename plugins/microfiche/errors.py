"""What can go wrong, as types: every error carries where it is, what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from microfiche.records import Counts


class Severity(StrEnum):
    """How much a problem matters: an error stops publication, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Problem(Struct, frozen=True, order=True):
    """One finding, as a good compiler would print it.

    ``path`` is relative to the content folder, or where ``inside`` is false names something else:
    a setting, a template, a file of the output. ``line`` counts from 1 and is 0 where no line
    applies, ``remedy`` says what to do.
    """

    path: str
    line: int
    what: str
    remedy: str = ""
    severity: Severity = Severity.ERROR
    inside: bool = True


def of_setting(
    name: str, what: str, remedy: str = "", severity: Severity = Severity.ERROR
) -> Problem:
    """A finding about a setting."""
    return Problem(name, 0, what, remedy, severity, inside=False)


class MicroficheError(Exception):
    """Base of the errors that end a build; ``problems`` are what a person is shown.

    ``counts`` says how the sources are accounted for, once they have been read.
    """

    counts: Counts | None = None
    outcome = ""
    """How things stand after it, where that is not what whoever shows it would say."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.what for problem in problems))
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[type[MicroficheError], tuple[tuple[Problem, ...]]]:
        """Errors come back from workers with their problems."""
        return type(self), (self.problems,)


class Unreadable(Exception):
    """A source that gives no story; ``problems`` say why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.what for problem in problems))
        self.problems = problems


class SettingsError(MicroficheError):
    """The configuration cannot be used."""


class NotBuiltError(MicroficheError):
    """Something is asked of a build, and there has been none."""


class LockedError(MicroficheError):
    """Another build is writing to the same output."""


class CollisionError(MicroficheError):
    """Two pages claim one address."""


class NothingLeftError(MicroficheError):
    """There is no source any more, but there is an output that would be emptied."""


class BrokenStoriesError(MicroficheError):
    """Sources that cannot be published stand in the way of the build."""


class LostAddressesError(MicroficheError):
    """A build for publication would lose addresses that were published."""


class GateError(MicroficheError):
    """A publication would do harm, or cannot be relied on."""


class TemplateFault(MicroficheError):
    """A template cannot be loaded or rendered."""


class StorageError(MicroficheError):
    """The file system refused: no space, no permission, too many open files."""


class HalfwayError(StorageError):
    """The file system refused while files were being put into place."""


class TargetError(MicroficheError):
    """The place where the archive is to be published cannot take it, or is none."""


class UnfinishedError(TargetError):
    """A publication was begun and could not be finished; the next one finishes it."""

    outcome = (
        "The publication is not complete: publish again, from here or elsewhere, to finish it."
    )


class WorkerLostError(MicroficheError):
    """A worker process died before it had answered."""
