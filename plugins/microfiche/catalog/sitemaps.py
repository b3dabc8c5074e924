"""What sitemaps ask of the catalog: pages that search engines may show, in every language.

They are all published stories and ordinary pages but the hidden ones, in the order of publication.
"""

from __future__ import annotations

from typing import NamedTuple

from microfiche.catalog.almanac import span
from microfiche.catalog.files import PUBLISHED_STATIC
from microfiche.catalog.queries import Catalog
from microfiche.catalog.rows import decode_brief, decode_story
from microfiche.records import Brief, Story

_PUBLIC = "live = 1 AND status = 'published'"
_PART = f"""
    FROM story INDEXED BY story_public
    WHERE {_PUBLIC} AND kind = ? AND day BETWEEN ? AND ?
    ORDER BY day, stamp, path LIMIT ? OFFSET ?
"""


class Cut(NamedTuple):
    """A run of stories or ordinary pages (``kind``) of some days, in the order of publication."""

    kind: str
    first: str
    last: str
    size: int
    offset: int = 0


class Seen(NamedTuple):
    """A page as search engines see it, with the day on which it last changed, or empty.

    ``group`` is shared by the same page in other languages.
    """

    number: int
    group: str
    address: str
    lang: str
    day: str


def year_part(year: str, part: int, size: int) -> Cut:
    """The stories of a part of a year; parts count from 1."""
    return Cut("story", *span(year), size, (part - 1) * size)


def seen(catalog: Catalog, cut: Cut) -> list[Seen]:
    """The pages of a cut."""
    rows = catalog.db.execute(f"SELECT id, grp, brief, head {_PART}", cut)
    return [_seen(*row) for row in rows]


def _seen(number: int, group: str, brief: bytes, head: bytes) -> Seen:
    story = decode_brief(brief)
    changed = story.corrected or story.updated
    day = _last_change(decode_story(head)) if changed else story.moment.day
    return Seen(number, group, story.address, story.lang, day if day > "0001-01-01" else "")


def _last_change(story: Story) -> str:
    """The last day that the headers say something of: the only ones that are known to be true."""
    moments = (story.moment, story.modified, *(each.moment for each in story.corrections))
    return max(moment.day for moment in moments if moment)


def pictures(catalog: Catalog, cut: Cut) -> dict[int, dict[str, None]]:
    """The addresses of the archive's pictures that the pages of a cut show, by their numbers.

    Those that a story takes along (``{attach}``) are not among them.
    """
    rows = catalog.db.execute(
        f"""
        SELECT part.id, source.address FROM (SELECT id {_PART}) AS part
            CROSS JOIN shown ON shown.story = part.id
            CROSS JOIN source ON source.path = shown.path AND source.digest IS NOT NULL
            CROSS JOIN picture ON picture.path = shown.path
        WHERE (shown.linked = 0 AND source.kind = 'static')
            OR (source.kind IN ('static', 'loose') AND EXISTS (
                SELECT 1 FROM reference AS r WHERE r.story = part.id AND r.target = shown.path
                AND r.what IN ('filename', 'static', 'image')))
        ORDER BY part.id, shown.rowid
        """,
        cut,
    )
    found: dict[int, dict[str, None]] = {}
    for number, address in rows:
        found.setdefault(number, {})[address] = None
    return found


def translations(catalog: Catalog, cut: Cut) -> dict[str, dict[str, str]]:
    """The addresses by language of all that is there in several, by their groups."""
    rows = catalog.db.execute(
        f"""
        SELECT story.grp, brief FROM
            (SELECT DISTINCT grp FROM story INDEXED BY story_language
             WHERE original != '' AND kind = ?1 AND {_PUBLIC} AND day BETWEEN ?2 AND ?3) AS part
            CROSS JOIN story INDEXED BY story_group ON story.grp = part.grp
        WHERE {_PUBLIC} AND kind = ?1
        ORDER BY story.grp, path
        """,
        cut[:3],
    )
    found: dict[str, dict[str, str]] = {}
    for group, data in rows:
        brief = decode_brief(data)
        found.setdefault(group, {}).setdefault(brief.lang, brief.address)
    return {group: langs for group, langs in found.items() if len(langs) > 1}


def years(catalog: Catalog) -> list[tuple[str, int]]:
    """Every year with its number of stories, oldest first."""
    return catalog.db.execute(
        "SELECT substr(day, 1, 4), count(*) FROM story INDEXED BY story_public "
        f"WHERE {_PUBLIC} AND kind = 'story' GROUP BY 1 ORDER BY 1"
    ).fetchall()


def stories_in(catalog: Catalog, first: str, last: str) -> int:
    """How many stories there are from one day to another."""
    (count,) = catalog.db.execute(
        "SELECT count(*) FROM story INDEXED BY story_public "
        f"WHERE {_PUBLIC} AND kind = 'story' AND day BETWEEN ? AND ?",
        (first, last),
    ).fetchone()
    return int(count)


def years_touched(catalog: Catalog) -> list[tuple[str, int, int]]:
    """Years in which a story changed.

    With how many stories of the year there are now, and how many before the first of these days.
    """
    rows = catalog.db.execute(
        "SELECT substr(day, 1, 4), min(day) FROM delta WHERE day != '' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return [
        (
            year,
            stories_in(catalog, *span(year)),
            stories_in(catalog, f"{year}-01-01", day) - stories_in(catalog, day, day),
        )
        for year, day in rows
    ]


def since(catalog: Catalog, day: str, count: int) -> list[Brief]:
    """The newest stories since a day, in every language, the newest first."""
    rows = catalog.db.execute(
        "SELECT brief FROM story INDEXED BY story_public "
        f"WHERE {_PUBLIC} AND kind = 'story' AND day >= ? "
        "ORDER BY day DESC, stamp DESC, path DESC LIMIT ?",
        (day, count),
    )
    return [decode_brief(row[0]) for row in rows]


def is_owned(catalog: Catalog, output: str) -> bool:
    """Whether a file of the content folder is published as this one."""
    row = catalog.db.execute(
        f"SELECT 1 FROM source WHERE output = ?1 AND output IS NOT NULL AND {PUBLISHED_STATIC} "
        "UNION ALL SELECT 1 FROM story WHERE output = ?1 AND live = 1 LIMIT 1",
        (output,),
    ).fetchone()
    return row is not None


def statics_changed(catalog: Catalog) -> bool:
    """Whether a static file changed, or what leads to one."""
    return catalog.db.execute("SELECT 1 FROM delta_source LIMIT 1").fetchone() is not None
