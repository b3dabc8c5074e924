"""What follows from a change: who is live, who is listed, how days and terms count.

Everything is set-based: on a first build it is done for all, later only for what the delta names.
"""

from __future__ import annotations

from microfiche.catalog import identities
from microfiche.catalog.database import empty
from microfiche.catalog.notes import leads
from microfiche.catalog.store import Store


def settle(store: Store, as_of: int, today: str) -> None:
    """Bring everything that is derived in step with the stories as they are at ``as_of``.

    ``as_of`` is in seconds since the epoch: later stories are embargoed. ``today`` is the day
    that this is in the archive's time zone.
    """
    _turn_page(store, today)
    _release_and_embargo(store, as_of)
    _list_one_of_each_group(store)
    _count_days(store)
    _count_terms(store)
    _note_what_leads_elsewhere(store)
    identities.settle(store)
    store.fresh = False


def clear(store: Store) -> None:
    """The output is in step: forget what had changed."""
    for table in (
        "delta",
        "delta_term",
        "delta_part",
        "delta_correction",
        "delta_source",
        "delta_address",
        "delta_picture",
        "delta_identity",
        "delta_redirect",
        "job",
        "rendered",
        "pressed",
        "removal",
    ):
        empty(store.db, table)
    store.set_meta("turned", "")


def _turn_page(store: Store, today: str) -> None:
    """Note whether it is another day than that of the last build."""
    if store.meta("today") != today:
        store.set_meta("today", today)
        store.set_meta("turned", "1")


def _release_and_embargo(store: Store, as_of: int) -> None:
    """Set ``live`` by the clock, for the stories whose embargo began or ended.

    The moment is remembered where it makes a difference: what there is now is as a build as of the
    moment that is remembered would have it, and a build that finds nothing to do writes nothing.
    """
    db = store.db
    flipped = """
        kind = 'story' AND status != 'draft'
        AND ((live = 0 AND stamp <= :now) OR (live = 1 AND stamp > :now))
    """
    span = _span(store, as_of)
    rows = db.execute(
        "SELECT id, path FROM story INDEXED BY story_stamp "
        f"WHERE {flipped} AND stamp > :low AND stamp <= :high",
        {"now": as_of, **span},
    ).fetchall()
    for number, path in rows:
        if not store.fresh:
            store.notes.story(number)
            store.notes.identity(number)
            store.notes.address(path)
        db.execute("UPDATE story SET live = 1 - live WHERE id = ?", (number,))
    _relist(store, [number for number, _ in rows])
    changed = db.execute("SELECT 1 FROM delta LIMIT 1").fetchone() or store.meta("turned")
    if rows or changed or not store.meta("as_of"):
        store.set_meta("as_of", str(as_of))


def _span(store: Store, as_of: int) -> dict[str, int]:
    """Where stories can have flipped: between the last build's moment and this one's, and after."""
    last = store.meta("as_of")
    low = min(int(last), as_of) if last else as_of
    return {"low": low if not store.fresh else as_of, "high": 1 << 62}


def _relist(store: Store, ids: list[int]) -> None:
    """Set ``listed`` of these stories as if each stood alone in its group."""
    for number in ids:
        _set_listed(
            store,
            number,
            "SELECT kind = 'story' AND status = 'published' AND live = 1 AND original = '' "
            "FROM story WHERE id = ?",
        )


def _set_listed(store: Store, number: int, query: str) -> None:
    (listed,) = store.db.execute(query, (number,)).fetchone()
    _mark(store, number, listed=listed)


def _mark(store: Store, number: int, *, listed: bool) -> None:
    """Note wherever it stands whether lists show a story."""
    store.db.execute("UPDATE story SET listed = ? WHERE id = ?", (listed, number))
    for table in ("story_term", "part"):
        store.db.execute(f"UPDATE {table} SET listed = ? WHERE story = ?", (listed, number))


def _list_one_of_each_group(store: Store) -> None:
    """A translation is listed where its original is not; of several, the first by language."""
    touched = "" if store.fresh else "AND grp IN (SELECT grp FROM delta)"
    groups = [
        row[0]
        for row in store.db.execute(
            f"SELECT DISTINCT grp FROM story WHERE original != '' {touched}"
        )
    ]
    for group in groups:
        members = store.db.execute(
            "SELECT id, original, status = 'published' AND live = 1, listed FROM story "
            "WHERE grp = ? AND kind = 'story' ORDER BY original, path",
            (group,),
        ).fetchall()
        has_original = any(live and not original for _, original, live, _ in members)
        chosen = None if has_original else next((row[0] for row in members if row[2]), None)
        for number, original, live, listed in members:
            wanted = bool(live) and (not original or number == chosen)
            if wanted != bool(listed):
                _mark(store, number, listed=wanted)
                if not store.fresh:
                    store.notes.story(number)


def _count_days(store: Store) -> None:
    db = store.db
    if store.fresh:
        db.execute(
            "INSERT INTO calendar SELECT day, count(*) FROM story WHERE listed = 1 GROUP BY day"
        )
        return
    db.execute("DELETE FROM calendar WHERE day IN (SELECT day FROM delta)")
    db.execute(
        "INSERT INTO calendar SELECT day, count(*) FROM story "
        "WHERE listed = 1 AND day IN (SELECT day FROM delta) GROUP BY day"
    )


_SUMMARY = """
    SELECT kind, slug, count(*), min(day), max(day), count(DISTINCT label)
    FROM story_term WHERE listed = 1
"""


def _count_terms(store: Store) -> None:
    db = store.db
    if store.fresh:
        names = db.execute(f"{_SUMMARY} GROUP BY kind, slug").fetchall()
        for kind, slug, n, first, last, spellings in names:
            label = _label(store, kind, slug)
            db.execute(
                "INSERT INTO term VALUES (?, ?, ?, ?, ?, ?, ?)",
                (kind, slug, label, n, first, last, spellings),
            )
        return
    terms = db.execute("SELECT DISTINCT kind, slug FROM delta_term").fetchall()
    came_or_went = {kind for kind, slug in terms if _recount_term(store, kind, slug)}
    if came_or_went - {"source"}:  # no link of a story leads to a source's page
        store.notes.links_to_terms()


def _recount_term(store: Store, kind: str, slug: str) -> bool:
    """Count a term anew; whether it came or went."""
    db = store.db
    before = db.execute(
        "SELECT label FROM term WHERE kind = ? AND slug = ?", (kind, slug)
    ).fetchone()
    row = db.execute(f"{_SUMMARY} AND kind = ? AND slug = ?", (kind, slug)).fetchone()
    db.execute("DELETE FROM term WHERE kind = ? AND slug = ?", (kind, slug))
    label = _label(store, kind, slug) if row[2] else None
    if label is not None:
        db.execute("INSERT INTO term VALUES (?, ?, ?, ?, ?, ?, ?)", (kind, slug, label, *row[2:]))
    if label != (before[0] if before else None):
        _note_all_of(store, kind, slug)
    return (label is None) != (before is None)


def _label(store: Store, kind: str, slug: str) -> str:
    """How a term is shown: as the vocabulary has it, else as most of its stories spell it.

    Of equals, it is the first by code points.
    """
    (label,) = store.db.execute(
        "SELECT coalesce((SELECT label FROM entry WHERE kind = ?1 AND slug = ?2), "
        "(SELECT label FROM story_term WHERE kind = ?1 AND slug = ?2 AND listed = 1 "
        "GROUP BY label ORDER BY count(*) DESC, label LIMIT 1))",
        (kind, slug),
    ).fetchone()
    return str(label)


def _note_all_of(store: Store, kind: str, slug: str) -> None:
    """A term's name changed: all that shows it may change.

    These are its stories, with every page that shows one, its lists and those of narrower topics,
    which lead up to it, and the page of the broader one, which leads down.
    """
    ids = store.db.execute(
        "SELECT story FROM story_term WHERE kind = ? AND slug = ? AND label IS NOT NULL",
        (kind, slug),
    ).fetchall()
    for (number,) in ids:
        store.notes.story(number)
    store.db.execute(
        """
        WITH RECURSIVE below (slug) AS (
            SELECT ?2 UNION SELECT entry.slug FROM below
                JOIN entry ON entry.kind = ?1 AND entry.broader = below.slug
        )
        INSERT INTO delta_term SELECT kind, t.slug, day, stamp, tie FROM below
            CROSS JOIN story_term AS t ON t.kind = ?1 AND t.slug = below.slug
            UNION ALL SELECT kind, broader, '', 0, 0 FROM entry
            WHERE kind = ?1 AND slug = ?2 AND broader != ''
        """,
        (kind, slug),
    )


def _note_what_leads_elsewhere(store: Store) -> None:
    """Note stories whose links or pictures lead elsewhere now; lists and feeds show them too."""
    rows = store.db.execute("SELECT path, address FROM delta_address").fetchall()
    for path, before in rows:
        if leads(store.db, path) != before:
            store.notes.what_leads_to(path)
