"""The planning stage: from what changed to the pages that may have to be made.

Every page kind is asked, in order of publication. When only some stories changed, kinds name the
pages that those may touch; when what all pages share changed, they name all.
"""

from __future__ import annotations

from microfiche.catalog import Catalog, Store
from microfiche.catalog.work import Work
from microfiche.errors import Problem
from microfiche.pages.kind import PageKind


def make_plan(store: Store, kinds: tuple[PageKind, ...], *, everything: bool) -> list[Problem]:
    """Write the jobs into the catalog, and which files are no longer wanted.

    A plan in which two pages claim one address must not be carried out: the clashes are returned.
    """
    work = Work(store)
    catalog = Catalog(store.db)
    work.begin()
    for rank, kind in enumerate(kinds):
        claims = kind.keys(catalog) if everything else kind.touched(catalog)
        work.claim(rank, kind.name, claims)
    if not everything:
        work.claim_in_doubt({kind.name: rank for rank, kind in enumerate(kinds)})
    work.drop_vanished()
    work.find_removals(everything=everything)
    return [*work.collisions(everything=everything), *work.nested(everything=everything)]
