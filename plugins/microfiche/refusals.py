"""What is said when the file system refuses, before the output changes and after."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from microfiche.errors import HalfwayError, Problem, StorageError

_REFUSALS = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")
_REMEDY = "make room or mend permissions, and build again"


@contextmanager
def building() -> Iterator[None]:
    """Tell what the file system refuses before the output changes.

    Raises:
        StorageError: for an OSError or an error of SQLite.
    """
    try:
        yield
    except OSError as error:
        raise StorageError([refusal(error)]) from error
    except sqlite3.Error as error:
        raise StorageError([_of_catalog(error)]) from error


@contextmanager
def publishing() -> Iterator[None]:
    """Tell what the file system refuses while the output changes.

    Raises:
        HalfwayError: for an OSError, or a refusal that SQLite met.
    """
    try:
        yield
    except OSError as error:
        raise HalfwayError([refusal(error)]) from error
    except sqlite3.Error as error:
        if not refused(error):
            raise
        raise HalfwayError([_of_catalog(error)]) from error


def refused(error: Exception) -> bool:
    """Whether it was the file system that refused, and not the catalog that is damaged."""
    name = getattr(error, "sqlite_errorname", "")
    return name.startswith(_REFUSALS)


def refusal(error: OSError) -> Problem:
    """What is said when the file system refuses."""
    where = str(error.filename or "")
    return Problem(
        where, 0, f"the file system refused: {error.strerror or error}", _REMEDY, inside=False
    )


def _of_catalog(error: sqlite3.Error) -> Problem:
    return Problem("", 0, f"the catalog: {error}", _REMEDY)
