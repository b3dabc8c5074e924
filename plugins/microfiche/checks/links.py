"""Links between sources: each must lead somewhere."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from microfiche.catalog import Catalog
from microfiche.errors import Problem, Severity
from microfiche.links import TERMS, elsewhere
from microfiche.settings import ReadSettings
from microfiche.slugs import Slugger

SUGGESTIONS = 100
"""Findings that are told with the nearest name; looking for it takes a while in a large archive."""


def unresolved(catalog: Catalog, settings: ReadSettings) -> Iterator[Problem]:
    """Links and pictures whose file is not there, with the nearest name that is."""
    known: dict[bool, list[str]] = {}
    for number, (path, what, target, line) in enumerate(list(catalog.findings.unresolved())):
        if elsewhere(target):
            remedy = "put it into the content folder and give its path, or show it in the text"
            yield Problem(path, line, f"the picture {target!r} is on another host", remedy)
            continue
        written = what == "filename"
        if written not in known:
            known[written] = list(catalog.findings.source_paths(written=written))
        near = nearest(target, known[written]) if number < SUGGESTIONS else ""
        remedy = f"did you mean {near}?" if near else "give the path from the content folder"
        named = "the picture" if what == "image" else f"the {{{what}}} link to"
        where = "out of the content folder" if target.startswith("../") else "to no file"
        yield Problem(path, line, f"{named} {target!r} leads {where}", remedy)


def unresolved_terms(catalog: Catalog, settings: ReadSettings) -> Iterator[Problem]:
    """Links to tags, sections and bylines that no published story has."""
    slugger = Slugger(settings.slugs)
    left = SUGGESTIONS
    for path, what, label, line in list(catalog.findings.term_links()):
        kind = TERMS[what]
        if catalog.terms.get(kind, catalog.vocabulary.slug(kind, slugger.spelt(kind, label))):
            continue
        left -= 1
        known = [row.label for row in catalog.terms.every(kind)] if left >= 0 else []
        close = difflib.get_close_matches(label, known, 1, cutoff=0.5)
        remedy = f"did you mean {close[0]}?" if close else f"give a story that {kind}"
        yield Problem(path, line, f"no published story has the {kind} {label!r}", remedy)


def waiting(catalog: Catalog, settings: ReadSettings) -> Iterator[Problem]:
    """Links to stories that are not published yet: the link waits with them."""
    for path, target, line in catalog.findings.waiting():
        what = f"the link to {target!r} waits: that story is not published"
        yield Problem(path, line, what, severity=Severity.NOTE)


def nearest(target: str, known: list[str]) -> str:
    """The name most like one that is not there: first by file name, then by the whole path."""
    name = target.rsplit("/", 1)[-1]
    same = [path for path in known if path.rsplit("/", 1)[-1] == name]
    if same:
        return difflib.get_close_matches(target, same, 1, cutoff=0)[0]
    similar = [path for path in known if path.rsplit("/", 1)[-1][:2] == name[:2]]
    return next(iter(difflib.get_close_matches(target, similar[:20_000] or known[:20_000], 1)), "")
