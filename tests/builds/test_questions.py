"""What a build asks the catalog: after a small change, nothing that goes through whole tables.

SQLite says how it answers a question (``EXPLAIN QUERY PLAN``), and without statistics its way does
not depend on how much there is. So a small archive shows what a large one would cost.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.builds.archive import Archive
from tests.builds.edits import at_first

GROWING = (
    "story",
    "story_term",
    "source",
    "output",
    "twin",
    "reference",
    "shown",
    "picture",
    "identity",
    "ledger",
    "redirect",
    "extra",
    "alias",
    "folded",
    "moved",
)
"""Tables with as many rows as there are stories, files or addresses."""

FEW = (
    "made_faulty",
    "output_doubt",
    "source_doubt",
    "source_file",
    "story_aside",
    "story_language",
    "ledger_leads",
    "ledger_dead",
    "reference_term",
)
"""Indexes of rows that are the exception."""

WHOLE = (
    # Looks for what another hand did to the output: one call to the kernel for each file.
    "SELECT path, size, path FROM output WHERE view IS NOT NULL",
    # Counted inside SQLite, from the smallest index.
    "SELECT (SELECT count(*) FROM output) + (SELECT count(*) FROM twin)",
    "SELECT (SELECT count(*) FROM source) - (SELECT count(*) FROM source WHERE kind NOT IN",
    "SELECT kind, status, live, count(*) FROM story GROUP BY kind, status, live",
    # Every link between sources, and every Id, is held against what there is now.
    "SELECT story.path, r.what, r.target, r.line FROM reference AS r",
    "SELECT story.path, r.target, r.line FROM reference AS r",
    "SELECT story.path, i.name,",
    # Unknown headers are told with how many stories have them.
    "SELECT name, count(*) FROM extra",
    # For suggestions, where a link leads nowhere.
    "SELECT path FROM source WHERE (kind IN ('story', 'page')) = 1",
    # Former addresses: all that owners say of them is held against the plan.
    "SELECT path, leads, '', line FROM ledger",
    "DELETE FROM redirect WHERE path NOT IN (SELECT path FROM fresh)",
    "INSERT OR IGNORE INTO delta_redirect",
    "REPLACE INTO redirect",
)
"""How the questions begin that may go through everything."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that any connection runs from now on."""
    statements: list[str] = []
    connect = sqlite3.connect

    def traced(*args: object, **kwargs: object) -> sqlite3.Connection:
        # Whatever it is called with is handed on.
        connection: sqlite3.Connection = connect(*args, **kwargs)  # type: ignore[call-overload]
        connection.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)
    return statements


def test_a_small_change_asks_nothing_that_costs_more_the_more_stories_there_are(
    tmp_path: Path, asked: list[str]
) -> None:
    """Neither does an edited story, a new one, one that goes, nor a build without any change."""
    archive = Archive(tmp_path, at_first())
    archive.must_build()
    asked.clear()
    first, second, *_ = sorted(path for path in archive.state.drafts if path.endswith(".md"))
    drafts = archive.state.drafts
    for change in (
        {first: replace(drafts[first], body="Other words.")},
        {"2024/new.md": replace(drafts[first], title="New").having(Slug="new")},
        {},
    ):
        drafts.update(change)
        archive.sync()
        archive.build()
    del drafts[second]
    archive.sync()
    archive.build()
    found = list(costly(tuple(asked), archive, tmp_path))
    assert not found, "\n".join(found)


def test_a_build_that_finds_nothing_writes_nothing(tmp_path: Path) -> None:
    """Not a byte of the catalog, which need not be read again to be sealed.

    The build before may write, for it finds that files are no longer too fresh to be trusted.
    """
    archive = Archive(tmp_path, at_first())
    archive.must_build()
    archive.must_build()
    catalog = archive.output.parent / ".microfiche/output/catalog.sqlite"
    os.utime(catalog, (1_600_000_000, 1_600_000_000))
    before = catalog.stat()
    archive.must_build()
    after = catalog.stat()
    assert (after.st_mtime_ns, after.st_ctime_ns) == (before.st_mtime_ns, before.st_ctime_ns)


def test_what_goes_through_a_table_is_found_out(tmp_path: Path) -> None:
    """A join that begins at the wrong end, and one for which SQLite makes an index first."""
    archive = Archive(tmp_path, at_first())
    archive.must_build()
    backwards = "FROM correction JOIN story ON story.id = correction.story WHERE listed = 1"
    bad = [
        f"SELECT 1 {backwards} LIMIT 1",
        "SELECT path FROM story WHERE head = ''",
        "SELECT path FROM story WHERE head = '' LIMIT 1",
        "SELECT a.path FROM story AS a CROSS JOIN story AS b ON b.id = a.id WHERE a.head = ''",
    ]
    assert len(list(costly(bad, archive, tmp_path))) == len(bad)


def costly(statements: Sequence[str], archive: Archive, folder: Path) -> Iterator[str]:
    """The statements that go through a growing table, each with SQLite's words on it."""
    copy = folder / "copy.sqlite"
    shutil.copyfile(archive.output.parent / ".microfiche/output/catalog.sqlite", copy)
    db = sqlite3.connect(copy)
    try:
        for statement in statements:
            if "CREATE TEMP" in statement:
                db.execute(re.sub("TABLE (?!IF)", "TABLE IF NOT EXISTS ", statement))
        for statement in dict.fromkeys(_plain(each) for each in statements):
            if re.match("WITH|SELECT|INSERT|UPDATE|DELETE|REPLACE", statement):
                yield from _costly(db, statement)
    finally:
        db.close()


def _costly(db: sqlite3.Connection, statement: str) -> Iterator[str]:
    plan = [str(row[3]) for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
    if statement.startswith(WHOLE) or _stops(statement, plan):
        return
    named = re.findall(r"(?:FROM|JOIN|,) (\w+) AS (\w+)", statement)
    tables = {*GROWING, *(alias for table, alias in named if table in GROWING)}
    for step in plan:
        scan = re.match(r"SCAN (\w+)(?:.* INDEX (\w+))?", step)
        if "AUTOMATIC" in step or (scan and scan[1] in tables and scan[2] not in FEW):
            yield f"{step}: {statement}"


def _stops(statement: str, plan: list[str]) -> bool:
    """Whether rows are taken from one table in the order of an index, and only so many."""
    reads = [step for step in plan if step.startswith(("SCAN", "SEARCH", "USE TEMP"))]
    steps = [step for step in reads if step != "SCAN CONSTANT ROW"]
    limited = "LIMIT" in statement or statement.startswith("SELECT EXISTS (SELECT 1 FROM source)")
    return limited and len(steps) == 1 and (" INDEX " in steps[0] or "WHERE" not in statement)


def _plain(statement: str) -> str:
    return re.sub(r"\s+", " ", statement).strip()
