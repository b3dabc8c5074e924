"""What pages ask of running stories: their parts in the order in which things happened."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from microfiche.catalog.related import listed_one
from microfiche.catalog.rows import decode_brief
from microfiche.records import Brief, Story

SHOWN = 5
"""Earlier parts that a part's page shows."""

COUNTED = 12
"""Parts up to which a running story numbers them on their pages.

Every number changes with each part that comes, so a longer one would have too much rewritten.
"""


class Part(NamedTuple):
    """A part of a running story, with the day ``YYYY-MM-DD`` that it happened on."""

    story: Brief
    day: str


class Standing(NamedTuple):
    """Where a part stands: ``number`` of ``total``, 0 of 0 where they are too many to be counted.

    ``earlier`` are the last before it, oldest first; ``later`` is the next after it.
    """

    slug: str
    number: int
    total: int
    earlier: list[Part]
    later: Part | None


class Running:
    """The running stories of the catalog."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def standing(self, story: Story) -> Standing | None:
        """Where a story stands in its running story; None where it has none, or no list shows it.

        A translation stands where the listed one of its group stands.
        """
        if not story.translation and not story.term("story"):
            return None
        at = self._db.execute(
            "SELECT slug, day, stamp, path FROM part WHERE listed = 1 "
            f"AND story = ({listed_one(story)})",
            (story.group if story.translation else story.path,),
        ).fetchone()
        return self._standing(at) if at else None

    def _standing(self, at: tuple[str, str, int, str]) -> Standing:
        earlier = self._parts(f"{_BEFORE} {_LATEST_FIRST} LIMIT {SHOWN}", at)
        later = self._parts(f"{_AFTER} {_FIRST_FIRST} LIMIT 1", at)
        count, before = self._db.execute(
            f"SELECT (SELECT n FROM term WHERE kind = 'story' AND slug = ?1), "
            f"(SELECT count(*) FROM (SELECT 1 FROM part {_BEFORE} LIMIT {COUNTED}))",
            at,
        ).fetchone()
        counted = count <= COUNTED
        return Standing(
            slug=at[0],
            number=before + 1 if counted else 0,
            total=count if counted else 0,
            earlier=earlier[::-1],
            later=later[0] if later else None,
        )

    def parts(self, slug: str) -> list[Part]:
        """The listed parts, first to last."""
        return self._parts(f"WHERE slug = ? AND part.listed = 1 {_FIRST_FIRST}", (slug,))

    def days(self, slug: str) -> list[str]:
        """The day of each listed part, first to last."""
        rows = self._db.execute(
            "SELECT day FROM part WHERE slug = ? AND listed = 1 ORDER BY day", (slug,)
        )
        return [str(row[0]) for row in rows]

    def touched(self) -> Iterator[tuple[str, str]]:
        """Published stories, with their files, whose place in a running story a change may touch.

        Those after a changed part show it as an earlier one, the one before it as the next, and
        all show its number where parts are counted.
        """
        return self._db.execute(_TOUCHED)

    def _parts(self, rest: str, values: tuple[object, ...]) -> list[Part]:
        rows = self._db.execute(
            f"SELECT brief, part.day FROM part JOIN story ON story.id = part.story {rest}", values
        )
        return [Part(decode_brief(brief), day) for brief, day in rows]


_KEY = "part.day, part.stamp, part.path"
_BEFORE = f"WHERE slug = ?1 AND part.listed = 1 AND ({_KEY}) < (?2, ?3, ?4)"
_AFTER = f"WHERE slug = ?1 AND part.listed = 1 AND ({_KEY}) > (?2, ?3, ?4)"
_FIRST_FIRST = "ORDER BY part.day, part.stamp, part.path"
_LATEST_FIRST = "ORDER BY part.day DESC, part.stamp DESC, part.path DESC"
_NEAR = "SELECT story FROM part WHERE slug = d.slug AND listed = 1 AND (day, stamp, path)"
_TOUCHED = f"""
    WITH near (story) AS (
        SELECT story.id FROM delta_part AS d CROSS JOIN story ON story.id IN
            ({_NEAR} > (d.day, d.stamp, d.path) ORDER BY day, stamp, path LIMIT {SHOWN})
        UNION SELECT story.id FROM delta_part AS d CROSS JOIN story ON story.id IN
            ({_NEAR} < (d.day, d.stamp, d.path)
             ORDER BY day DESC, stamp DESC, path DESC LIMIT 1)
        UNION SELECT part.story FROM
            (SELECT slug, count(*) AS changes FROM delta_part GROUP BY slug) AS d
            JOIN term ON term.kind = 'story' AND term.slug = d.slug
                AND term.n <= {COUNTED} + d.changes
            CROSS JOIN part ON part.slug = d.slug AND part.listed = 1
    )
    SELECT path, output FROM story WHERE live = 1 AND grp IN
        (SELECT grp FROM near JOIN story ON story.id = near.story)
"""
