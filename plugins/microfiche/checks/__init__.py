"""Checks over the whole archive, in the order in which their findings are shown.

A check is a function from the catalog and the read settings to findings; a finding that is an
error stops publication.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import structs

from microfiche.catalog import Catalog, Store
from microfiche.checks.identities import shared_ids
from microfiche.checks.links import unresolved, unresolved_terms, waiting
from microfiche.checks.spellings import spellings
from microfiche.errors import Problem, Severity
from microfiche.headers import unknown_headers_note
from microfiche.settings import ReadSettings, Settings

Check = Callable[[Catalog, ReadSettings], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (unresolved, unresolved_terms, shared_ids, waiting, spellings)


def run_all(store: Store, settings: Settings) -> list[Problem]:
    """All findings of all sources and checks."""
    reading = Catalog(store.db)
    findings = [*settings.notes, *reading.findings.problems()]
    for one in CHECKS:
        findings += one(reading, settings.reading)
    findings += [unknown_headers_note(*row) for row in reading.findings.unknown_headers()]
    return severely(findings, settings)


def severely(findings: list[Problem], settings: Settings) -> list[Problem]:
    """Findings as the owner wants them taken: with ARCHIVE_STRICT every warning is an error."""
    if not settings.strict:
        return findings
    return [
        structs.replace(each, severity=Severity.ERROR)
        if each.severity == Severity.WARNING
        else each
        for each in findings
    ]


def stopped(findings: list[Problem]) -> bool:
    """Whether a finding is an error, which stops a build that does not keep going."""
    return any(each.severity == Severity.ERROR for each in findings)
