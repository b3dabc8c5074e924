"""Names of tags, sections and bylines that are spelt in several ways."""

from __future__ import annotations

from collections.abc import Iterator

from microfiche.catalog import Catalog
from microfiche.errors import Problem, Severity
from microfiche.settings import ReadSettings


def spellings(catalog: Catalog, settings: ReadSettings) -> Iterator[Problem]:
    """Variants of case, accent and punctuation that were folded into one term."""
    for kind, slug, taken, other, count in catalog.findings.spellings():
        entry = catalog.vocabulary.entry(kind, slug)
        if entry and other in entry.names:
            continue
        stories = "1 story" if count == 1 else f"{count:,} stories"
        what = f"{kind} {other!r} of {stories} is taken for {taken!r}"
        yield Problem("", 0, what, severity=Severity.NOTE)
