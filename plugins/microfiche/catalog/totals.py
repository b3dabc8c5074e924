"""What accounts ask: how many sources there are of each fate, and when the next is due."""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import NamedTuple


class Totals(NamedTuple):
    """How the sources are accounted for."""

    sources: int
    stories: int
    pages: int
    drafts: int
    embargoed: int
    quarantined: int


def first_embargo(db: sqlite3.Connection, as_of: int) -> int | None:
    """When the first embargo after ``as_of`` ends, None when none does: seconds since the epoch."""
    (stamp,) = db.execute(
        "SELECT min(stamp) FROM story INDEXED BY story_stamp "
        "WHERE kind = 'story' AND status != 'draft' AND stamp > ?",
        (as_of,),
    ).fetchone()
    return int(stamp) if stamp is not None else None


def count_sources(db: sqlite3.Connection) -> Totals:
    """Count every source once."""
    (sources,) = db.execute(
        "SELECT (SELECT count(*) FROM source) - (SELECT count(*) FROM source "
        "WHERE kind NOT IN ('story', 'page', 'irregular'))"
    ).fetchone()
    states = db.execute(
        "SELECT kind, status, live, count(*) FROM story GROUP BY kind, status, live"
    ).fetchall()
    found: Counter[str] = Counter()
    for kind, status, live, count in states:
        fate = kind if live else "draft" if status == "draft" else "embargoed"
        found[fate] += count
    return Totals(
        sources=sources,
        stories=found["story"],
        pages=found["page"],
        drafts=found["draft"],
        embargoed=found["embargoed"],
        quarantined=sources - found.total(),
    )
