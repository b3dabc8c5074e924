"""Broader topics: a story of a tag stands in the lists of all that is broader, too.

Such a row of ``story_term`` has no label: the story does not name the term itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

Ladders = Mapping[str, tuple[str, ...]]
"""The slugs of a tag's broader topics, the nearest first, by its own slug."""


def ladders(db: sqlite3.Connection) -> Ladders:
    """The ladders of all tags that have a broader topic."""
    above: dict[str, str] = dict(
        db.execute("SELECT slug, broader FROM entry WHERE kind = 'tag' AND broader != ''")
    )
    found = {}
    for slug, nearest in above.items():
        ladder = [nearest]
        while ladder[-1] in above:
            ladder.append(above[ladder[-1]])
        found[slug] = tuple(ladder)
    return found


def broader(slugs: Iterable[str], known: Ladders) -> list[str]:
    """All that is broader than any of these tags and not among them, each once."""
    own = dict.fromkeys(slugs)
    above = dict.fromkeys(each for slug in own for each in known.get(slug, ()))
    return [slug for slug in above if slug not in own]


def roll_up(db: sqlite3.Connection, story: int, known: Ladders) -> None:
    """Put a story into the lists of what is broader than its tags, and out of all others."""
    db.execute("DELETE FROM story_term WHERE story = ? AND label IS NULL", (story,))
    own = db.execute(
        "SELECT slug, listed, day, stamp, tie FROM story_term WHERE story = ? AND kind = 'tag'",
        (story,),
    ).fetchall()
    db.executemany(
        "INSERT INTO story_term VALUES ('tag', ?, ?, ?, ?, ?, ?, NULL)",
        [(slug, *own[0][1:], story) for slug in broader((row[0] for row in own), known)],
    )
