"""What pages ask of the catalog. All answers are of what is published; order is always stated."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from microfiche.bodies import Body
from microfiche.catalog.almanac import Almanac, Tally
from microfiche.catalog.briefs import decode_brief
from microfiche.catalog.citations import Citations
from microfiche.catalog.corrections import Corrections
from microfiche.catalog.languages import OtherLanguages
from microfiche.catalog.pictures import Gallery
from microfiche.catalog.redirects import Redirects
from microfiche.catalog.related import Related
from microfiche.catalog.running import Running
from microfiche.catalog.vocabulary import Vocabulary
from microfiche.records import Brief, Story

_decode_head = msgspec.msgpack.Decoder(Story).decode

BODY = "pack, offset, length, digest"


class StoryRow(NamedTuple):
    """A published story or page with the place of its body."""

    story: Story
    body: Body


class TermRow(NamedTuple):
    """A tag, section, byline or running story: ``first`` and ``last`` are its outermost days."""

    kind: str
    slug: str
    label: str
    stories: int
    first: str
    last: str


class Neighbours(NamedTuple):
    """The stories published just before and just after one."""

    previous: Brief | None
    next: Brief | None


class Reached(NamedTuple):
    """Where a link between sources leads; ``live`` is false while the target is not published."""

    address: str
    live: bool


def span(period: str) -> tuple[str, str]:
    """The first and last possible day of a period, as the catalog writes days."""
    first, last = {4: ("-01-01", "-12-31"), 7: ("-01", "-31"), 10: ("", "")}[len(period)]
    return period + first, period + last


class Catalog:
    """The catalog open for reading."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.almanac = Almanac(db)
        self.languages = OtherLanguages(db)
        self.citations = Citations(db)
        self.corrections = Corrections(db)
        self.related = Related(db)
        self.running = Running(db)
        self.pictures = Gallery(db)
        self.redirects = Redirects(db)
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
        row = self._db.execute(
            f"SELECT head, {BODY} FROM story WHERE path = ? AND live = 1", (path,)
        ).fetchone()
        return StoryRow(_decode_head(row[0]), Body(*row[1:])) if row else None

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
        before = self._db.execute(
            "SELECT brief FROM story WHERE listed = 1 AND (day, stamp, path) < (?, ?, ?) "
            "ORDER BY day DESC, stamp DESC, path DESC LIMIT 1",
            at,
        ).fetchone()
        after = self._db.execute(
            "SELECT brief FROM story WHERE listed = 1 AND (day, stamp, path) > (?, ?, ?) "
            "ORDER BY day, stamp, path LIMIT 1",
            at,
        ).fetchone()
        return Neighbours(
            decode_brief(before[0]) if before else None, decode_brief(after[0]) if after else None
        )

    def translations(self, story: Story) -> list[Brief]:
        """The other members of a story's group that are published and not hidden, by language."""
        found = self._briefs(
            "SELECT brief FROM story WHERE grp = ? AND live = 1 AND status = 'published' "
            "AND path != ? ORDER BY path",
            (story.group, story.path),
        )
        return sorted(found, key=lambda other: other.lang)

    def latest(self, count: int) -> list[Brief]:
        """The newest listed stories."""
        return self._briefs(
            "SELECT brief FROM story WHERE listed = 1 "
            "ORDER BY day DESC, stamp DESC, path DESC LIMIT ?",
            (count,),
        )

    def latest_bodies(self, count: int) -> list[StoryRow]:
        """The newest listed stories with their bodies."""
        return self.rows(
            f"SELECT head, {BODY} FROM story WHERE listed = 1 "
            "ORDER BY day DESC, stamp DESC, path DESC LIMIT ?",
            (count,),
        )

    def stories_of(self, period: str) -> list[Brief]:
        """The listed stories of a period, oldest first."""
        return self._briefs(
            "SELECT brief FROM story WHERE listed = 1 AND day BETWEEN ? AND ? "
            "ORDER BY day, stamp, path",
            span(period),
        )

    def pages(self) -> list[Brief]:
        """The published ordinary pages, by title; translations are not among them."""
        rows = self._briefs(
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

    # Terms

    def term(self, kind: str, slug: str) -> TermRow | None:
        """A term that has a listed story."""
        row = self._db.execute(
            "SELECT kind, slug, label, n, first, last FROM term WHERE kind = ? AND slug = ?",
            (kind, slug),
        ).fetchone()
        return TermRow(*row) if row else None

    def terms(self, kind: str) -> Iterator[TermRow]:
        """Every term of a kind, by slug."""
        rows = self._db.execute(
            "SELECT kind, slug, label, n, first, last FROM term WHERE kind = ? ORDER BY slug",
            (kind,),
        )
        return map(TermRow._make, rows)

    def has_terms(self, kind: str) -> bool:
        """Whether there is a term of this kind."""
        row = self._db.execute("SELECT 1 FROM term WHERE kind = ? LIMIT 1", (kind,)).fetchone()
        return row is not None

    def term_latest(self, kind: str, slug: str, count: int) -> list[Brief]:
        """The newest stories of a term."""
        return self._briefs(
            f"SELECT brief {_OF_TERM} {_NEWEST_OF_TERM} LIMIT ?", (kind, slug, count)
        )

    def term_latest_bodies(self, kind: str, slug: str, count: int) -> list[StoryRow]:
        """The newest stories of a term with their bodies."""
        return self.rows(
            f"SELECT head, {BODY} {_OF_TERM} {_NEWEST_OF_TERM} LIMIT ?", (kind, slug, count)
        )

    def term_stories(self, kind: str, slug: str, period: str) -> list[Brief]:
        """A term's stories within a period, newest first."""
        return self._briefs(
            f"SELECT brief {_OF_TERM} AND t.day BETWEEN ? AND ? {_NEWEST_OF_TERM}",
            (kind, slug, *span(period)),
        )

    def term_tallies(self, kind: str, slug: str, length: int, within: str = "") -> list[Tally]:
        """A term's stories by period, oldest first."""
        first, last = span(within) if within else ("", "~")
        rows = self._db.execute(
            "SELECT substr(day, 1, ?), count(*) FROM story_term "
            "WHERE kind = ? AND slug = ? AND listed = 1 AND day BETWEEN ? AND ? "
            "GROUP BY 1 ORDER BY 1",
            (length, kind, slug, first, last),
        )
        return [Tally(*row) for row in rows]

    def term_months(self, kind: str) -> Iterator[tuple[str, str, int]]:
        """Every month of every term of a kind with its number of stories: slug, month, count.

        They come year by year, so that pages made one after another show the same stories.
        """
        return self._db.execute(
            "SELECT slug, substr(day, 1, 7) AS month, count(*) FROM story_term "
            "WHERE kind = ? AND listed = 1 GROUP BY 1, 2 ORDER BY substr(month, 1, 4), 1, 2",
            (kind,),
        )

    def term_periods_near(self, kind: str, slug: str, period: str) -> tuple[str, str]:
        """The nearest periods before and after in which a term has a story; empty where none is."""
        first, last = span(period)
        of_term = "FROM story_term WHERE kind = ?1 AND slug = ?2 AND listed = 1 AND day"
        before, after = self._db.execute(
            f"SELECT (SELECT max(day) {of_term} < ?3), (SELECT min(day) {of_term} > ?4)",
            (kind, slug, first, last),
        ).fetchone()
        length = len(period)
        return (before or "")[:length], (after or "")[:length]

    # Links and static files

    def story_address(self, path: str) -> Reached | None:
        """Where a ``{filename}`` link leads, None where there is no such story."""
        row = self._db.execute("SELECT head, live FROM story WHERE path = ?", (path,)).fetchone()
        if row:
            return Reached(_decode_head(row[0]).address, bool(row[1]))
        quarantined = self._db.execute(
            "SELECT 1 FROM source WHERE path = ? AND kind IN ('story', 'page')", (path,)
        ).fetchone()
        return Reached("", live=False) if quarantined else None

    def static_address(self, path: str) -> str | None:
        """Where a static file is published, None where there is no such file."""
        row = self._db.execute(
            "SELECT address FROM source WHERE path = ? AND kind IN ('static', 'loose')", (path,)
        ).fetchone()
        return str(row[0]) if row else None

    def static_digest(self, path: str) -> bytes | None:
        """The digest of a static file."""
        row = self._db.execute("SELECT digest FROM source WHERE path = ?", (path,)).fetchone()
        return bytes(row[0]) if row and row[0] else None

    def statics(self) -> Iterator[tuple[str, str]]:
        """Static files to publish, with their output files.

        A file that only unpublished stories show is held back with them, and a file outside
        STATIC_PATHS is published when a published story leads to it.
        """
        return self._db.execute(
            f"SELECT path, output FROM source WHERE {PUBLISHED_STATIC} ORDER BY path"
        )

    def statics_touched(self) -> Iterator[tuple[str, str | None]]:
        """Static files that a change may publish, change or take away."""
        return self._db.execute(
            f"""
            SELECT d.path, source.output FROM delta_source AS d LEFT JOIN source
                ON source.path = d.path AND {PUBLISHED_STATIC}
            WHERE source.path IS NOT NULL
                OR EXISTS (SELECT 1 FROM output WHERE kind = 'static' AND key = d.path)
            ORDER BY d.path
            """
        )

    def attachments(self) -> Iterator[tuple[str, str]]:
        """Published stories and the files that they take along with ``{attach}``."""
        return self._db.execute(
            f"SELECT story.path, r.target {_ATTACHED} ORDER BY story.path, r.target"
        )

    def attachments_touched(self) -> Iterator[tuple[str, str]]:
        """Attachments of changed stories, or that changed themselves."""
        return self._db.execute(
            f"""
            SELECT story.path, r.target {_ATTACHED} AND (
                story.path IN (SELECT path FROM delta)
                OR r.target IN (SELECT path FROM delta_source)
            ) ORDER BY story.path, r.target
            """
        )

    def attachments_owned(self) -> Iterator[str]:
        """Keys of the attachments in the output that belong to changed stories."""
        rows = self._db.execute(
            "SELECT key FROM output WHERE kind = 'attachment' "
            "AND substr(key, 1, instr(key, char(10)) - 1) IN (SELECT path FROM delta)"
        )
        return (str(row[0]) for row in rows)

    # What stands in the way

    def unresolved(self) -> Iterator[tuple[str, str, str, int]]:
        """Links between sources that lead nowhere: source, kind of link, target, line."""
        return self._db.execute(
            """
            SELECT story.path, r.what, r.target, r.line FROM reference AS r
                JOIN story ON story.id = r.story LEFT JOIN source ON source.path = r.target
            WHERE story.status != 'draft' AND r.what IN ('filename', 'static', 'attach', 'image')
                AND (source.path IS NULL
                     OR (r.what != 'filename' AND source.kind NOT IN ('static', 'loose')))
            UNION
            SELECT r.path, r.what, r.target, r.line FROM broken_reference AS r
                LEFT JOIN source ON source.path = r.target
            WHERE r.what IN ('filename', 'static', 'attach', 'image')
                AND (source.path IS NULL
                     OR (r.what != 'filename' AND source.kind NOT IN ('static', 'loose')))
            ORDER BY 1, 4, 3
            """
        )

    def waiting(self) -> Iterator[tuple[str, str, int]]:
        """Links of published stories to ones that are not: source, target, line."""
        return self._db.execute(
            """
            SELECT story.path, r.target, r.line FROM reference AS r
                JOIN story ON story.id = r.story
                JOIN source ON source.path = r.target AND source.kind IN ('story', 'page')
                LEFT JOIN story AS target ON target.path = r.target
            WHERE story.live = 1 AND r.what = 'filename' AND coalesce(target.live, 0) = 0
            ORDER BY story.path, r.line, r.target
            """
        )

    def term_links(self) -> Iterator[tuple[str, str, str, int]]:
        """Links of stories to terms: source, kind of link, label, line."""
        return self._db.execute(
            """
            SELECT story.path, r.what, r.target, r.line FROM reference AS r
                JOIN story ON story.id = r.story
            WHERE story.status != 'draft'
                AND r.what NOT IN ('filename', 'static', 'attach', 'image')
            ORDER BY story.path, r.line, r.target
            """
        )

    def source_paths(self, *, written: bool) -> Iterator[str]:
        """The path of every source that is written, a story or page, or of every other."""
        rows = self._db.execute(
            "SELECT path FROM source WHERE (kind IN ('story', 'page')) = ? ORDER BY path",
            (written,),
        )
        return (str(row[0]) for row in rows)

    def shared_ids(self) -> Iterator[tuple[str, str, str]]:
        """Ids that several stories state: the source, the id, the first source that has it."""
        return self._db.execute(
            """
            SELECT story.path, i.name, (SELECT min(s.path) FROM identity AS j
                JOIN story AS s ON s.id = j.story WHERE j.name = i.name) AS first
            FROM identity AS i JOIN story ON story.id = i.story
            WHERE i.name IN (SELECT name FROM identity GROUP BY name HAVING count(*) > 1)
                AND story.path != first
            ORDER BY story.path
            """
        )

    def spellings(self) -> Iterator[tuple[str, str, str, str, int]]:
        """Terms that stories spell in another way than they are shown.

        Kind, slug, the label that is shown, another, its count.
        """
        return self._db.execute(
            """
            SELECT term.kind, term.slug, term.label, t.label, count(*)
            FROM term CROSS JOIN story_term AS t
                ON t.kind = term.kind AND t.slug = term.slug AND t.listed = 1
            WHERE (term.spellings > 1 OR EXISTS
                    (SELECT 1 FROM entry WHERE kind = term.kind AND slug = term.slug))
                AND t.label != term.label
            GROUP BY term.kind, term.slug, t.label ORDER BY term.kind, term.slug, t.label
            """
        )

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
                    JOIN story AS aside ON aside.listed = 0
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

    def terms_touched(self, kind: str) -> list[str]:
        """Slugs of the terms of which a story changed."""
        rows = self._db.execute(
            "SELECT DISTINCT slug FROM delta_term WHERE kind = ? ORDER BY slug", (kind,)
        )
        return [str(row[0]) for row in rows]

    def term_years_touched(self, kind: str) -> list[tuple[str, str]]:
        """Terms and years in which one of its stories changed, with the years before and after."""
        rows = self._db.execute(
            "SELECT DISTINCT slug, substr(day, 1, 4) FROM delta_term "
            "WHERE kind = ? AND day != '' ORDER BY 1, 2",
            (kind,),
        ).fetchall()
        found = dict.fromkeys(rows)
        for slug, year in rows:
            near = self.term_periods_near(kind, slug, year)
            found |= {(slug, other): None for other in near if other}
        return list(found)

    def _briefs(self, sql: str, values: tuple[object, ...]) -> list[Brief]:
        return [decode_brief(row[0]) for row in self._db.execute(sql, values)]

    def rows(self, sql: str, values: tuple[object, ...]) -> list[StoryRow]:
        """Stories with their bodies, by a query of this folder for ``head`` and ``BODY``."""
        rows = self._db.execute(sql, values)
        return [StoryRow(_decode_head(row[0]), Body(*row[1:])) for row in rows]


_OF_TERM = (
    "FROM story_term AS t JOIN story ON story.id = t.story "
    "WHERE t.kind = ? AND t.slug = ? AND t.listed = 1"
)
_NEWEST_OF_TERM = "ORDER BY t.day DESC, t.stamp DESC, story.path DESC"
_ATTACHED = (
    "FROM reference AS r JOIN story ON story.id = r.story JOIN source ON source.path = r.target "
    "WHERE r.what = 'attach' AND story.live = 1 AND source.kind IN ('static', 'loose')"
)
PUBLISHED_STATIC = """
    source.digest IS NOT NULL AND (
        (source.kind = 'static' AND NOT EXISTS
            (SELECT 1 FROM reference AS r WHERE r.target = source.path
             AND r.what IN ('filename', 'static', 'image')))
        OR (source.kind IN ('static', 'loose') AND EXISTS
            (SELECT 1 FROM reference AS r JOIN story ON story.id = r.story
             WHERE r.target = source.path AND r.what IN ('filename', 'static', 'image')
             AND story.live = 1))
        OR (source.kind IN ('static', 'loose')
            AND EXISTS (SELECT 1 FROM entry WHERE entry.picture = source.path))
    )
"""
