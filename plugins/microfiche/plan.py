"""The planning stage: from what changed to the pages that may have to be made.

Every page kind is asked, in order of publication. When only some stories changed, kinds name the
pages that those may touch; when what all pages share changed, they name all.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from microfiche.catalog import Catalog, Store
from microfiche.catalog.work import Work
from microfiche.errors import Problem
from microfiche.pages.kind import PageKind
from microfiche.publish import redirects
from microfiche.publish.redirects import Fates


class Plan(NamedTuple):
    """What planning found: pages that claim one address, and what becomes of former addresses.

    A plan with clashes must not be carried out.
    """

    clashes: list[Problem]
    fates: Fates


def make_plan(store: Store, kinds: tuple[PageKind, ...], ledger: Path, *, everything: bool) -> Plan:
    """Write the jobs into the catalog, and which files are no longer wanted."""
    work = Work(store)
    catalog = Catalog(store.db)
    ranks = {kind.name: rank for rank, kind in enumerate(kinds)}

    def claim(follows: bool) -> None:
        for kind in kinds:
            if kind.follows == follows:
                claims = kind.keys(catalog) if everything else kind.touched(catalog)
                work.claim(ranks[kind.name], kind.name, claims)

    work.begin()
    claim(follows=False)
    if not everything:
        work.claim_in_doubt({kind.name: ranks[kind.name] for kind in kinds if not kind.follows})
    work.drop_vanished()
    fates = redirects.settle(store, kinds, ledger, everything=everything)
    claim(follows=True)
    if not everything:
        work.claim_in_doubt(ranks)
    work.drop_vanished()
    work.find_removals(everything=everything)
    if work.twins.recipe() and work.twins.distrust_rivals():
        work.claim_in_doubt(ranks)
    clashes = [*work.collisions(everything=everything), *work.nested(everything=everything)]
    return Plan(clashes, fates)
