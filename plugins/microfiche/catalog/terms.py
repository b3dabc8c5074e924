"""What pages ask of terms: tags, sections, bylines, running stories and sources."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from microfiche.catalog.almanac import Tally, span
from microfiche.catalog.rows import BODY, StoryRow, briefs, with_bodies
from microfiche.records import Brief


class TermRow(NamedTuple):
    """A tag, section, byline or running story: ``first`` and ``last`` are its outermost days."""

    kind: str
    slug: str
    label: str
    stories: int
    first: str
    last: str


class Changes(NamedTuple):
    """A term of which stories changed: how many at most, and in which years."""

    slug: str
    stories: int
    years: tuple[str, ...]


class Terms:
    """The terms that have a listed story."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def get(self, kind: str, slug: str) -> TermRow | None:
        """A term that has a listed story."""
        row = self._db.execute(
            "SELECT kind, slug, label, n, first, last FROM term WHERE kind = ? AND slug = ?",
            (kind, slug),
        ).fetchone()
        return TermRow(*row) if row else None

    def every(self, kind: str) -> Iterator[TermRow]:
        """Every term of a kind, by slug."""
        rows = self._db.execute(
            "SELECT kind, slug, label, n, first, last FROM term WHERE kind = ? ORDER BY slug",
            (kind,),
        )
        return map(TermRow._make, rows)

    def has_any(self, kind: str) -> bool:
        """Whether there is a term of this kind."""
        row = self._db.execute("SELECT 1 FROM term WHERE kind = ? LIMIT 1", (kind,)).fetchone()
        return row is not None

    def latest(self, kind: str, slug: str, count: int) -> list[Brief]:
        """The newest stories of a term."""
        return briefs(
            self._db, f"SELECT brief {_OF_TERM} {_NEWEST_OF_TERM} LIMIT ?", (kind, slug, count)
        )

    def latest_bodies(self, kind: str, slug: str, count: int) -> list[StoryRow]:
        """The newest stories of a term with their bodies."""
        return with_bodies(
            self._db,
            f"SELECT head, {BODY} {_OF_TERM} {_NEWEST_OF_TERM} LIMIT ?",
            (kind, slug, count),
        )

    def stories(self, kind: str, slug: str, period: str) -> list[Brief]:
        """A term's stories within a period, newest first."""
        return briefs(
            self._db,
            f"SELECT brief {_OF_TERM} AND t.day BETWEEN ? AND ? {_NEWEST_OF_TERM}",
            (kind, slug, *span(period)),
        )

    def tallies(self, kind: str, slug: str, length: int, within: str = "") -> list[Tally]:
        """A term's stories by period, oldest first."""
        first, last = span(within) if within else ("", "~")
        rows = self._db.execute(
            "SELECT substr(day, 1, ?), count(*) FROM story_term "
            "WHERE kind = ? AND slug = ? AND listed = 1 AND day BETWEEN ? AND ? "
            "GROUP BY 1 ORDER BY 1",
            (length, kind, slug, first, last),
        )
        return [Tally(*row) for row in rows]

    def years(self, kind: str, slug: str) -> dict[str, int]:
        """The years in which a term has stories with their numbers, oldest first."""
        return dict(self.tallies(kind, slug, 4))

    def years_at(self, kind: str, slug: str, place: int, reach: int) -> list[str]:
        """The years of a term's stories about a place, counted from the newest."""
        first = max(0, place - reach)
        rows = self._db.execute(
            "SELECT DISTINCT substr(day, 1, 4) FROM (SELECT day FROM story_term "
            "WHERE kind = ? AND slug = ? AND listed = 1 ORDER BY day DESC LIMIT ? OFFSET ?)",
            (kind, slug, place + reach + 1 - first, first),
        )
        return [str(row[0]) for row in rows]

    def months(self, kind: str) -> Iterator[tuple[str, str, int]]:
        """Every month of every term of a kind with its number of stories: slug, month, count.

        They come year by year, so that pages made one after another show the same stories.
        """
        return self._db.execute(
            "SELECT slug, substr(day, 1, 7) AS month, count(*) FROM story_term "
            "WHERE kind = ? AND listed = 1 GROUP BY 1, 2 ORDER BY substr(month, 1, 4), 1, 2",
            (kind,),
        )

    def periods_near(self, kind: str, slug: str, period: str) -> tuple[str, str]:
        """The nearest periods before and after in which a term has a story; empty where none is."""
        first, last = span(period)
        of_term = "FROM story_term WHERE kind = ?1 AND slug = ?2 AND listed = 1 AND day"
        before, after = self._db.execute(
            f"SELECT (SELECT max(day) {of_term} < ?3), (SELECT min(day) {of_term} > ?4)",
            (kind, slug, first, last),
        ).fetchone()
        length = len(period)
        return (before or "")[:length], (after or "")[:length]

    def touched(self, kind: str) -> list[str]:
        """Slugs of the terms of which a story changed."""
        rows = self._db.execute(
            "SELECT DISTINCT slug FROM delta_term WHERE kind = ? ORDER BY slug", (kind,)
        )
        return [str(row[0]) for row in rows]

    def changes(self, kind: str) -> list[Changes]:
        """The terms of changed stories."""
        rows = self._db.execute(
            "SELECT slug, count(*), group_concat(DISTINCT substr(day, 1, 4)) FROM delta_term "
            "WHERE kind = ? GROUP BY slug ORDER BY slug",
            (kind,),
        )
        return [
            Changes(slug, count, tuple(sorted(filter(None, years.split(",")))))
            for slug, count, years in rows
        ]


_OF_TERM = (
    "FROM story_term AS t JOIN story ON story.id = t.story "
    "WHERE t.kind = ? AND t.slug = ? AND t.listed = 1"
)
_NEWEST_OF_TERM = "ORDER BY t.day DESC, t.stamp DESC, story.path DESC"
