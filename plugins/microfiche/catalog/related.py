"""Which stories are about the same: those that share tags, weighed by rarity and nearness in time.

Both are measured in a window of each story, so that a change reaches no further than that:

- Of each tag that a story has itself, the ``EARLIER`` nearest stories before it count, and the
  ``LATER`` nearest after it.
- A tag weighs more the longer it took for those before it to come.
- What a story shares counts less the further away it is: half as much at ``HALF`` days.

A tag's stories are those of narrower topics, too. So a story that comes, goes or changes can change
the lists of the ``EARLIER`` next stories of each of its tags and of what is broader, and of the
``LATER`` ones before it. Sections and bylines are no tags: they tell where
and by whom, not what about. All is reckoned in whole numbers, which are the same on every machine.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator

from microfiche.catalog.rows import decode_brief
from microfiche.records import Brief, Story

SHOWN = 5
EARLIER = 8
LATER = 1
HALF = 180
TAGS = 10
"""Tags of a story that are looked at, first in the order of their slugs."""

_HOUR = 3600
_DAY = 24 * _HOUR
_ALONE = 365 * _DAY
_SCALE = 1 << 20

_Tag = tuple[str, str, int, int]
"""A tag of a story, with the story's day, moment and what orders those of one moment."""

_Candidate = tuple[int, int, int]
"""A story that shares a tag: its moment, what orders those of one moment, its number."""


def listed_one(story: Story) -> str:
    """SQL for the number of a story, given its path; of a translation, given its group.

    Then it is that of the story which lists show for it.
    """
    if story.translation:
        return "SELECT id FROM story WHERE grp = ? AND listed = 1 ORDER BY path LIMIT 1"
    return "SELECT id FROM story WHERE path = ?"


class Related:
    """Stories about the same, as the catalog has them."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def to(self, story: Story, shown: Collection[str]) -> list[Brief]:
        """The stories most related to one, ``SHOWN`` at most, the closest first.

        ``shown`` are the paths of those that its page shows already. A translation is related to
        what the listed one of its group is related to, and a story that no list shows to nothing.
        """
        tags = self._db.execute(
            "SELECT slug, day, stamp, tie FROM story_term WHERE kind = 'tag' AND listed = 1 "
            f"AND label IS NOT NULL AND story = ({listed_one(story)}) ORDER BY slug LIMIT {TAGS}",
            (story.group if story.translation else story.path,),
        ).fetchall()
        found: list[Brief] = []
        for *_, number in self._ranked(tags) if tags else ():
            (brief,) = self._db.execute(
                "SELECT brief FROM story WHERE id = ?", (number,)
            ).fetchone()
            other = decode_brief(brief)
            if other.path not in shown:
                found.append(other)
            if len(found) == SHOWN:
                break
        return found

    def _ranked(self, tags: list[_Tag]) -> list[tuple[int, int, int, int]]:
        """All that shares a tag within the window, the closest first; the last is the number.

        A tag's weight is the binary logarithm of the hours from one of its stories to the next.
        """
        weights: dict[_Candidate, int] = {}
        at = tags[0][2]
        for slug, day, *key in tags:
            earlier = self._db.execute(_EARLIER, (slug, day, *key)).fetchall()
            later = self._db.execute(_LATER, (slug, day, *key)).fetchall()
            seconds = (at - earlier[-1][0]) // len(earlier) if earlier else _ALONE
            weight = max(1, (seconds // _HOUR).bit_length())
            for row in (*earlier, *later):
                weights[row] = weights.get(row, 0) + weight
        # The weight first; of equals the newest.
        return sorted(
            (-weight * _SCALE // (abs(at - stamp) // _DAY + HALF), -stamp, tie, number)
            for (stamp, tie, number), weight in weights.items()
        )

    def touched(self) -> Iterator[tuple[str, str]]:
        """Published stories, with their files, whose related stories a change may touch."""
        return self._db.execute(_TOUCHED)


_OF_TAG = "FROM story_term WHERE kind = 'tag' AND listed = 1 AND slug ="
_FIRST_FIRST = "ORDER BY day, stamp, tie LIMIT"
_LATEST_FIRST = "ORDER BY day DESC, stamp DESC, tie DESC LIMIT"
_EARLIER = (
    f"SELECT stamp, tie, story {_OF_TAG} ? AND (day, stamp, tie) < (?, ?, ?) "
    f"{_LATEST_FIRST} {EARLIER}"
)
_LATER = (
    f"SELECT stamp, tie, story {_OF_TAG} ? AND (day, stamp, tie) > (?, ?, ?) {_FIRST_FIRST} {LATER}"
)
_TOUCHED = f"""
    WITH changed AS (
        SELECT DISTINCT slug, day, stamp, tie FROM delta_term WHERE kind = 'tag'
    ), near (story) AS (
        SELECT story.id FROM changed AS d CROSS JOIN story ON story.id IN (
            SELECT story {_OF_TAG} d.slug AND (day, stamp, tie) > (d.day, d.stamp, d.tie)
            {_FIRST_FIRST} {EARLIER})
        UNION SELECT story.id FROM changed AS d CROSS JOIN story ON story.id IN (
            SELECT story {_OF_TAG} d.slug AND (day, stamp, tie) < (d.day, d.stamp, d.tie)
            {_LATEST_FIRST} {LATER})
    )
    SELECT path, output FROM story WHERE live = 1 AND grp IN
        (SELECT grp FROM near JOIN story ON story.id = near.story)
"""
