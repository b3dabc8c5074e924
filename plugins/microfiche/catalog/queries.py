"""What pages ask of the catalog. All answers are of what is published; order is always stated."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from microfiche.catalog.almanac import Almanac, Tally, span
from microfiche.catalog.citations import Citations
from microfiche.catalog.corrections import Corrections
from microfiche.catalog.files import Files
from microfiche.catalog.findings import Findings
from microfiche.catalog.languages import OtherLanguages
from microfiche.catalog.pictures import Gallery
from microfiche.catalog.readahead import ReadAhead
from microfiche.catalog.redirects import Redirects
from microfiche.catalog.related import Related
from microfiche.catalog.rows import BODY, StoryRow, briefs, decode_brief, with_bodies
from microfiche.catalog.running import Running
from microfiche.catalog.terms import Terms
from microfiche.catalog.vocabulary import Vocabulary
from microfiche.records import Brief, Story

_Key = tuple[str, int, str]
"""A story's place among all: its day, moment and path."""

_PLACED = "SELECT day, stamp, path, brief FROM story WHERE listed = 1 AND (day, stamp, path)"


class Neighbours(NamedTuple):
    """The stories published just before and just after one."""

    previous: Brief | None
    next: Brief | None


class Reached(NamedTuple):
    """Where a link between sources leads; ``live`` is false while the target is not published."""

    address: str
    live: bool


class Catalog:
    """The catalog open for reading."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._in_order = ReadAhead(self._before, self._onward, 1, 1)
        self.almanac = Almanac(db)
        self.languages = OtherLanguages(db)
        self.citations = Citations(db)
        self.corrections = Corrections(db)
        self.findings = Findings(db)
        self.related = Related(db)
        self.running = Running(db)
        self.pictures = Gallery(db)
        self.files = Files(db)
        self.redirects = Redirects(db)
        self.terms = Terms(db)
        self.vocabulary = Vocabulary(db)

    @property
    def db(self) -> sqlite3.Connection:
        """The database, for the other modules of this folder."""
        return self._db

    # Stories

    def live(self, kind: str) -> Iterator[tuple[str, str]]:
        """Source path and output file of every published story or page."""
        return self._db.execute(
            "SELECT path, output FROM story WHERE live = 1 AND kind = ? ORDER BY day, stamp, path",
            (kind,),
        )

    def story(self, path: str) -> StoryRow | None:
        """A published story or page by its source path."""
        rows = with_bodies(
            self._db, f"SELECT head, {BODY} FROM story WHERE path = ? AND live = 1", (path,)
        )
        return rows[0] if rows else None

    def neighbours(self, story: Story) -> Neighbours:
        """The listed stories before and after one, by day, time and path.

        A translation stands where the listed one of its group stands.
        """
        assert story.moment
        at = (story.moment.day, story.moment.stamp, story.path)
        if story.translation:
            row = self._db.execute(
                "SELECT day, stamp, path FROM story WHERE grp = ? AND listed = 1 "
                "ORDER BY path LIMIT 1",
                (story.group,),
            ).fetchone()
            at = row or at
        before, after = self._in_order.around("", at)
        return Neighbours(
            decode_brief(before[0]) if before else None, decode_brief(after[0]) if after else None
        )

    def _before(self, _: str, at: _Key, count: int) -> list[tuple[_Key, bytes]]:
        return _keyed(
            self._db.execute(
                f"{_PLACED} < (?, ?, ?) ORDER BY day DESC, stamp DESC, path DESC LIMIT ?",
                (*at, count),
            )
        )

    def _onward(self, _: str, at: _Key, count: int) -> list[tuple[_Key, bytes]]:
        return _keyed(
            self._db.execute(
                f"{_PLACED} >= (?, ?, ?) ORDER BY day, stamp, path LIMIT ?", (*at, count)
            )
        )

    def translations(self, story: Story) -> list[Brief]:
        """The other members of a story's group that are published and not hidden, by language."""
        found = briefs(
            self._db,
            "SELECT brief FROM story WHERE grp = ? AND live = 1 AND status = 'published' "
            "AND path != ? ORDER BY path",
            (story.group, story.path),
        )
        return sorted(found, key=lambda other: other.lang)

    def latest(self, count: int) -> list[Brief]:
        """The newest listed stories."""
        return briefs(
            self._db,
            "SELECT brief FROM story WHERE listed = 1 "
            "ORDER BY day DESC, stamp DESC, path DESC LIMIT ?",
            (count,),
        )

    def latest_bodies(self, count: int) -> list[StoryRow]:
        """The newest listed stories with their bodies."""
        return with_bodies(
            self._db,
            f"SELECT head, {BODY} FROM story WHERE listed = 1 "
            "ORDER BY day DESC, stamp DESC, path DESC LIMIT ?",
            (count,),
        )

    def stories_of(self, period: str) -> list[Brief]:
        """The listed stories of a period, oldest first."""
        return briefs(
            self._db,
            "SELECT brief FROM story WHERE listed = 1 AND day BETWEEN ? AND ? "
            "ORDER BY day, stamp, path",
            span(period),
        )

    def pages(self) -> list[Brief]:
        """The published ordinary pages, by title; translations are not among them."""
        rows = briefs(
            self._db,
            "SELECT brief FROM story "
            "WHERE kind = 'page' AND status = 'published' AND original = '' "
            "ORDER BY path",
            (),
        )
        return sorted(rows, key=lambda page: (page.title, page.path))

    # Days, months, years

    def total(self) -> int:
        """How many stories are listed."""
        return int(self._db.execute("SELECT total(n) FROM calendar").fetchone()[0])

    def bounds(self) -> tuple[str, str] | None:
        """The first and the last day that has a story."""
        first, last = self._db.execute("SELECT min(day), max(day) FROM calendar").fetchone()
        return (first, last) if first else None

    def tallies(self, length: int, within: str = "") -> list[Tally]:
        """Stories by period, oldest first; ``length`` 4, 7 or 10 characters of the day."""
        first, last = span(within) if within else ("", "~")
        rows = self._db.execute(
            "SELECT substr(day, 1, ?1), sum(n) FROM calendar WHERE day BETWEEN ?2 AND ?3 "
            "GROUP BY 1 ORDER BY 1",
            (length, first, last),
        )
        return [Tally(*row) for row in rows]

    def periods_near(self, period: str) -> tuple[str, str]:
        """The nearest periods before and after that have a story; empty where none is."""
        before, after = self._db.execute(
            "SELECT (SELECT max(day) FROM calendar WHERE day < ?), "
            "(SELECT min(day) FROM calendar WHERE day > ?)",
            span(period),
        ).fetchone()
        length = len(period)
        return (before or "")[:length], (after or "")[:length]

    def has(self, period: str) -> bool:
        """Whether a period has a story."""
        row = self._db.execute(
            "SELECT 1 FROM calendar WHERE day BETWEEN ? AND ? LIMIT 1", span(period)
        ).fetchone()
        return row is not None

    # Links

    def destination(self, path: str) -> Reached | None:
        """Where a ``{filename}`` link leads, None where there is no such story."""
        row = self._db.execute("SELECT address, live FROM story WHERE path = ?", (path,)).fetchone()
        if row:
            return Reached(str(row[0]), bool(row[1]))
        quarantined = self._db.execute(
            "SELECT 1 FROM source WHERE path = ? AND kind IN ('story', 'page')", (path,)
        ).fetchone()
        return Reached("", live=False) if quarantined else None

    # What changed

    def changes(self, count: int) -> list[str]:
        """Stories and pages that changed since the output was last in step, ``count`` at most."""
        rows = self._db.execute("SELECT DISTINCT path FROM delta ORDER BY path LIMIT ?", (count,))
        return [str(row[0]) for row in rows]

    def changed(self) -> bool:
        """Whether any story or page changed."""
        return self._db.execute("SELECT 1 FROM delta LIMIT 1").fetchone() is not None

    def stories_touched(self, kind: str) -> Iterator[tuple[str, str | None]]:
        """Stories whose page a change may touch: itself, its neighbours and its translations.

        Stories that no list shows have neighbours too, though they are nobody's.
        """
        return self._db.execute(
            """
            WITH touched (path) AS (
                SELECT path FROM delta
                UNION SELECT (SELECT path FROM story WHERE listed = 1
                    AND (day, stamp, path) < (d.day, d.stamp, d.path)
                    ORDER BY day DESC, stamp DESC, path DESC LIMIT 1) FROM delta AS d
                UNION SELECT (SELECT path FROM story WHERE listed = 1
                    AND (day, stamp, path) > (d.day, d.stamp, d.path)
                    ORDER BY day, stamp, path LIMIT 1) FROM delta AS d
                UNION SELECT story.path FROM story WHERE grp IN (SELECT grp FROM delta)
                UNION SELECT aside.path FROM (SELECT DISTINCT day FROM delta) AS d
                    CROSS JOIN story AS aside INDEXED BY story_aside ON aside.listed = 0
                    AND aside.day >= coalesce(
                        (SELECT max(day) FROM calendar WHERE day < d.day), '')
                    AND aside.day <= coalesce(
                        (SELECT min(day) FROM calendar WHERE day > d.day), '~')
            )
            SELECT touched.path, story.output FROM touched
            LEFT JOIN story ON story.path = touched.path AND story.live = 1 AND story.kind = ?1
            WHERE story.path IS NOT NULL
                OR EXISTS (SELECT 1 FROM output WHERE kind = ?1 AND key = touched.path)
            ORDER BY touched.path
            """,
            (kind,),
        )

    def periods_touched(self, length: int) -> list[str]:
        """Periods in which a story changed, with those before and after."""
        rows = self._db.execute(
            "SELECT DISTINCT substr(day, 1, ?) FROM delta WHERE day != ''", (length,)
        )
        periods = [str(row[0]) for row in rows]
        near = {other for period in periods for other in self.periods_near(period) if other}
        return sorted(near.union(periods))


def _keyed(rows: Iterable[tuple[str, int, str, bytes]]) -> list[tuple[_Key, bytes]]:
    return [((day, stamp, path), brief) for day, stamp, path, brief in rows]
