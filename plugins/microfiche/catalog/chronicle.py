"""What feeds, their history and sitemaps ask of the catalog.

The history is all listed stories in the order of publication, a month after the other, each cut
into parts of a fixed size from its first story on, so that a story added at the end changes the
last part alone.
"""

from __future__ import annotations

from typing import NamedTuple

from microfiche.catalog.almanac import span
from microfiche.catalog.queries import Catalog
from microfiche.catalog.rows import BODY, StoryRow, with_bodies


class StaticFile(NamedTuple):
    """A static file's address, and its size in bytes."""

    address: str
    size: int


def static_file(catalog: Catalog, path: str) -> StaticFile | None:
    """A static file by its source path."""
    row = catalog.db.execute(
        "SELECT address, size FROM source WHERE path = ? AND kind IN ('static', 'loose')", (path,)
    ).fetchone()
    return StaticFile(*row) if row else None


def month_part(catalog: Catalog, month: str, part: int, size: int) -> list[StoryRow]:
    """The listed stories of a part of a month, newest first; parts count from 1."""
    rows = with_bodies(
        catalog.db,
        f"SELECT head, {BODY} FROM story WHERE listed = 1 AND day BETWEEN ? AND ? "
        "ORDER BY day, stamp, path LIMIT ? OFFSET ?",
        (*span(month), size, (part - 1) * size),
    )
    return rows[::-1]


def stories_in(catalog: Catalog, month: str) -> int:
    """How many stories are listed in a month."""
    (count,) = catalog.db.execute(
        "SELECT total(n) FROM calendar WHERE day BETWEEN ? AND ?", span(month)
    ).fetchone()
    return int(count)


def newest_month(catalog: Catalog) -> str:
    """The last month that has a listed story, empty where there is none."""
    bounds = catalog.bounds()
    return bounds[1][:7] if bounds else ""


def months_touched(catalog: Catalog) -> list[str]:
    """Months in which a story changed."""
    rows = catalog.db.execute(
        "SELECT DISTINCT substr(day, 1, 7) FROM delta WHERE day != '' ORDER BY 1"
    )
    return [str(row[0]) for row in rows]


def parts_published(catalog: Catalog, kind: str, period: str) -> int:
    """How many parts of a month or year the output has, or had when a build ended last.

    ``kind`` is the page kind of the parts.
    """
    (count,) = catalog.db.execute(
        "SELECT count(*) FROM output WHERE kind = ? AND key BETWEEN ? AND ?",
        (kind, f"{period}/", f"{period}/~"),
    ).fetchone()
    return int(count)
