"""What pages ask of the calendar beyond single periods: dates in all years, and what leads a day.

A date is ``MM-DD``, in whatever year.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from microfiche.catalog.rows import decode_brief
from microfiche.records import Brief


class Tally(NamedTuple):
    """A period (``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``) and its number of stories."""

    period: str
    stories: int


def span(period: str) -> tuple[str, str]:
    """The first and last possible day of a period, as the catalog writes days."""
    first, last = {4: ("-01-01", "-12-31"), 7: ("-01", "-31"), 10: ("", "")}[len(period)]
    return period + first, period + last


class Almanac:
    """The calendar of what is published."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def leading(self, day: str, count: int) -> list[Brief]:
        """A day's stories in the order in which they may lead it, ``count`` at most.

        Those that are to lead come first, then those with a picture; of equals, the newest.
        """
        rows = self._db.execute(
            "SELECT brief FROM story WHERE listed = 1 AND day = ? "
            "ORDER BY weight DESC, stamp DESC, path DESC LIMIT ?",
            (day, count),
        )
        return [decode_brief(row[0]) for row in rows]

    def days_of(self, date: str) -> list[Tally]:
        """The days that have stories on a date, newest first."""
        rows = self._db.execute(
            "SELECT day, n FROM calendar WHERE substr(day, 6) = ? ORDER BY day DESC", (date,)
        )
        return list(map(Tally._make, rows))

    def dates(self) -> list[str]:
        """Every date that has a story, in order."""
        rows = self._db.execute("SELECT DISTINCT substr(day, 6) FROM calendar ORDER BY 1")
        return [str(row[0]) for row in rows]

    def has_other_years(self, day: str) -> bool:
        """Whether another year has stories on a day's date."""
        row = self._db.execute(
            "SELECT 1 FROM calendar WHERE substr(day, 6) = ? AND day != ? LIMIT 1", (day[5:], day)
        ).fetchone()
        return row is not None

    def dates_near(self, date: str) -> tuple[str, str]:
        """The dates before and after that have a story, past the turn of the year.

        Both are empty where no other date has one.
        """
        before, last, after, first = self._db.execute(
            "SELECT (SELECT max(substr(day, 6)) FROM calendar WHERE substr(day, 6) < ?1), "
            "(SELECT max(substr(day, 6)) FROM calendar WHERE substr(day, 6) > ?1), "
            "(SELECT min(substr(day, 6)) FROM calendar WHERE substr(day, 6) > ?1), "
            "(SELECT min(substr(day, 6)) FROM calendar WHERE substr(day, 6) < ?1)",
            (date,),
        ).fetchone()
        return before or last or "", after or first or ""

    def dates_touched(self) -> list[str]:
        """Dates on which a story changed, with those before and after."""
        rows = self._db.execute("SELECT DISTINCT substr(day, 6) FROM delta WHERE day != ''")
        dates = {str(row[0]) for row in rows}
        near = {other for date in dates for other in self.dates_near(date) if other}
        return sorted(dates | near)

    def lone_days_touched(self) -> list[str]:
        """Days that may have gained, or lost, the only other year with stories on their date."""
        rows = self._db.execute(
            "SELECT substr(day, 6), count(DISTINCT day) FROM delta WHERE day != '' GROUP BY 1"
        ).fetchall()
        dates = [(self.days_of(str(date)), changed) for date, changed in rows]
        return sorted(
            day.period for days, changed in dates if len(days) <= changed + 1 for day in days
        )

    def days_reordered(self) -> list[str]:
        """Days with stories of sections of which the vocabulary says something else now."""
        rows = self._db.execute(
            "SELECT DISTINCT t.day FROM delta_term AS d JOIN story_term AS t "
            "ON t.kind = d.kind AND t.slug = d.slug AND t.listed = 1 "
            "WHERE d.kind = 'section' AND d.day = '' ORDER BY 1"
        )
        return [str(row[0]) for row in rows]

    def today(self) -> str:
        """The day of the build, in the archive's time zone."""
        row = self._db.execute("SELECT value FROM meta WHERE name = 'today'").fetchone()
        return str(row[0])

    def turned(self) -> bool:
        """Whether the day is another than when the output was last in step."""
        row = self._db.execute("SELECT value FROM meta WHERE name = 'turned'").fetchone()
        return bool(row and row[0])
