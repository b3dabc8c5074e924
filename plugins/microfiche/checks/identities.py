"""Identities: feeds know a story by its own, so no two may share one."""

from __future__ import annotations

from collections.abc import Iterator

from microfiche.catalog import Catalog
from microfiche.errors import Problem
from microfiche.settings import ReadSettings


def shared_ids(catalog: Catalog, settings: ReadSettings) -> Iterator[Problem]:
    """Stories whose ``Id`` another story states too."""
    for path, name, first in catalog.findings.shared_ids():
        what = f"the Id {name!r} is that of {first!r} already"
        yield Problem(path, 1, what, "give each story an Id of its own, or none")
