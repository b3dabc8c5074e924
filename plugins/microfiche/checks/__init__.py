"""Checks over the whole archive, in the order in which their findings are shown.

A check is a function from the catalog and the read settings to findings; a finding that is an
error stops publication.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from microfiche.catalog import Catalog
from microfiche.checks.identities import shared_ids
from microfiche.checks.links import unresolved, unresolved_terms, waiting
from microfiche.checks.spellings import spellings
from microfiche.errors import Problem
from microfiche.settings import ReadSettings

Check = Callable[[Catalog, ReadSettings], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (unresolved, unresolved_terms, shared_ids, waiting, spellings)
