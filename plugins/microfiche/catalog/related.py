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
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from microfiche.catalog.readahead import ReadAhead
from microfiche.catalog.rows import decode_brief
from microfiche.records import Brief, Story

SHOWN = 5
EARLIER = 8
LATER = 1
HALF = 180
TAGS = 10
"""Tags of a story that are looked at, first in the order of their slugs."""

_REMEMBERED = 16384
_HOUR = 3600
_DAY = 24 * _HOUR
_ALONE = 365 * _DAY
_SCALE = 1 << 20

_Key = tuple[str, int, int]
"""A story's place among those of a tag: its day, moment and what orders those of one moment."""

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
        self._of_tag = ReadAhead(self._earlier, self._onward, EARLIER, LATER)
        self._brief = lru_cache(maxsize=_REMEMBERED)(self._brief_of)

    def to(self, story: Story, shown: Collection[str]) -> list[Brief]:
        """The stories most related to one, ``SHOWN`` at most, the closest first.

        ``shown`` are the paths of those that its page shows already. A translation is related to
        what the listed one of its group is related to, and a story that no list shows to nothing.
        """
        rows = self._db.execute(
            "SELECT slug, day, stamp, tie FROM story_term WHERE kind = 'tag' AND listed = 1 "
            f"AND label IS NOT NULL AND story = ({listed_one(story)}) ORDER BY slug LIMIT {TAGS}",
            (story.group if story.translation else story.path,),
        )
        tags = [(slug, (day, stamp, tie)) for slug, day, stamp, tie in rows]
        found: list[Brief] = []
        for *_, number in self._ranked(tags) if tags else ():
            other = self._brief(number)
            if other.path not in shown:
                found.append(other)
            if len(found) == SHOWN:
                break
        return found

    def _brief_of(self, number: int) -> Brief:
        """A story by its number."""
        (brief,) = self._db.execute("SELECT brief FROM story WHERE id = ?", (number,)).fetchone()
        return decode_brief(brief)

    def _ranked(self, tags: list[tuple[str, _Key]]) -> list[tuple[int, int, int, int]]:
        """All that shares a tag within the window, the closest first; the last is the number.

        A tag's weight is the binary logarithm of the hours from one of its stories to the next.
        """
        weights: dict[_Candidate, int] = {}
        at = tags[0][1][1]
        for slug, key in tags:
            earlier, later = self._of_tag.around(slug, key)
            seconds = (at - earlier[0][0]) // len(earlier) if earlier else _ALONE
            weight = max(1, (seconds // _HOUR).bit_length())
            for row in (*earlier, *later):
                weights[row] = weights.get(row, 0) + weight
        # The weight first; of equals the newest.
        return sorted(
            (-weight * _SCALE // (abs(at - stamp) // _DAY + HALF), -stamp, tie, number)
            for (stamp, tie, number), weight in weights.items()
        )

    def _earlier(self, slug: str, key: _Key, count: int) -> list[tuple[_Key, _Candidate]]:
        return _keyed(self._db.execute(_EARLIER, (slug, *key, count)))

    def _onward(self, slug: str, key: _Key, count: int) -> list[tuple[_Key, _Candidate]]:
        return _keyed(self._db.execute(_ONWARD, (slug, *key, count)))

    def touched(self) -> Iterator[tuple[str, str]]:
        """Published stories, with their files, whose related stories a change may touch."""
        return self._db.execute(_TOUCHED)


def _keyed(rows: Iterable[tuple[str, int, int, int]]) -> list[tuple[_Key, _Candidate]]:
    return [((day, stamp, tie), (stamp, tie, number)) for day, stamp, tie, number in rows]


_OF_TAG = "FROM story_term WHERE kind = 'tag' AND listed = 1 AND slug ="
_FIRST_FIRST = "ORDER BY day, stamp, tie LIMIT"
_LATEST_FIRST = "ORDER BY day DESC, stamp DESC, tie DESC LIMIT"
_PLACED = f"SELECT day, stamp, tie, story {_OF_TAG} ? AND (day, stamp, tie)"
_EARLIER = f"{_PLACED} < (?, ?, ?) {_LATEST_FIRST} ?"
_ONWARD = f"{_PLACED} >= (?, ?, ?) {_FIRST_FIRST} ?"
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
