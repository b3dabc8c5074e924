"""Related stories, running stories, corrections and sources, as pages ask the catalog for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from microfiche.catalog import Catalog, open_reader
from microfiche.catalog.related import SHOWN
from tests.builds.archive import Archive, Draft, State


@contextmanager
def catalog(folder: Path, drafts: dict[str, Draft]) -> Iterator[Catalog]:
    """The catalog of an archive of these sources, once it is built."""
    conf = {"SITEURL": "https://a.example", "SLUGIFY_SOURCE": "basename", "DEFAULT_CATEGORY": "X"}
    conf["ARCHIVE_AS_OF"] = "2026-01-01"
    archive = Archive(folder, State(drafts=drafts, conf=conf))
    archive.must_build()
    db = open_reader(archive.output.parent / ".microfiche" / "output" / "catalog.sqlite")
    try:
        yield Catalog(db)
    finally:
        db.close()


def related(known: Catalog, path: str, *shown: str) -> list[str]:
    """The paths of the stories related to one."""
    row = known.story(path)
    assert row
    return [story.path for story in known.related.to(row.story, shown)]


def tagged(day: str, tags: str, **headers: str) -> Draft:
    """A story of a day with tags."""
    return Draft(day, day).having(Tags=tags, **headers)


def test_a_rare_tag_tells_more_than_a_common_one(tmp_path: Path) -> None:
    """A story of a year ago that shares it is closer than one of last week that does not."""
    drafts = {f"d{n:02}.md": tagged(f"2024-05-{n:02}", "Vote") for n in range(1, 29)}
    drafts["old.md"] = tagged("2024-01-01", "Comet")
    drafts["new.md"] = tagged("2024-06-01", "Comet, Vote")
    with catalog(tmp_path, drafts) as known:
        assert related(known, "new.md")[0] == "old.md"
        assert related(known, "new.md")[1:] == ["d28.md", "d27.md", "d26.md", "d25.md"]


def test_of_equals_the_nearest_is_related_most(tmp_path: Path) -> None:
    """Five are shown, one of them later, and none that the page shows already."""
    drafts = {f"d{n}.md": tagged(f"2024-05-0{n}", "Vote") for n in range(1, 10)}
    with catalog(tmp_path, drafts) as known:
        assert related(known, "d8.md") == ["d9.md", "d7.md", "d6.md", "d5.md", "d4.md"]
        assert related(known, "d8.md", "d9.md", "d7.md")[:2] == ["d6.md", "d5.md"]
        assert len(related(known, "d8.md")) == SHOWN
        assert related(known, "d1.md") == ["d2.md"]


def test_sections_bylines_and_what_no_list_shows_are_not_related(tmp_path: Path) -> None:
    """A hidden story is related to nothing, and nothing to it."""
    drafts = {
        "a.md": tagged("2024-05-01", "", Category="World", Author="Ann"),
        "b.md": tagged("2024-05-02", "", Category="World", Author="Ann"),
        "c.md": tagged("2024-05-03", "Vote", Status="hidden"),
        "d.md": tagged("2024-05-04", "Vote", Status="draft"),
        "e.md": tagged("2024-05-05", "Vote"),
    }
    with catalog(tmp_path, drafts) as known:
        assert [related(known, path) for path in ("b.md", "c.md", "e.md")] == [[], [], []]


def test_a_translation_is_related_as_its_original_is(tmp_path: Path) -> None:
    """And it stands where that stands in the running story."""
    drafts = {
        "a.md": tagged("2024-05-01", "Vote", Story="Race"),
        "b.md": tagged("2024-05-02", "Vote", Story="Race", Slug="b"),
        "b-uk.md": tagged("2024-05-02", "Вибори", Slug="b", Lang="uk"),
    }
    with catalog(tmp_path, drafts) as known:
        assert related(known, "b-uk.md") == related(known, "b.md") == ["a.md"]
        row = known.story("b-uk.md")
        assert row
        standing = known.running.standing(row.story)
        assert standing
        assert (standing.number, standing.total) == (2, 2)


def test_parts_stand_in_the_order_of_events(tmp_path: Path) -> None:
    """What happened counts before what was published; the last five before a part are shown."""
    drafts = {f"p{n}.md": tagged(f"2024-05-0{n}", "", Story="Race") for n in range(1, 9)}
    drafts["p8.md"] = drafts["p8.md"].having(Event_date="1999-01-01")
    with catalog(tmp_path, drafts) as known:
        order = [part.story.path for part in known.running.parts("race")]
        assert order == ["p8.md", *(f"p{n}.md" for n in range(1, 8))]
        row = known.story("p6.md")
        assert row
        standing = known.running.standing(row.story)
        assert standing
        assert (standing.number, standing.total) == (7, 8)
        earlier = [part.story.path for part in standing.earlier]
        assert earlier == [f"p{n}.md" for n in range(1, 6)]
        assert standing.later
        assert standing.later.story.path == "p7.md"


def test_parts_of_a_long_running_story_are_not_counted(tmp_path: Path) -> None:
    """Each new one would change all others."""
    drafts = {f"p{n:02}.md": tagged(f"2024-05-{n:02}", "", Story="Race") for n in range(1, 14)}
    with catalog(tmp_path, drafts) as known:
        row = known.story("p13.md")
        assert row
        standing = known.running.standing(row.story)
        assert standing
        assert (standing.number, standing.total) == (0, 0)


def test_corrections_stand_under_the_day_they_were_made_on(tmp_path: Path) -> None:
    """Those of stories that no list shows are left out."""
    wrong = "2024-06-01: One.\nCorrection: 2025-01-01: Two."
    drafts = {
        "a.md": tagged("2024-05-01", "", Correction=wrong),
        "b.md": tagged("2024-05-02", "", Correction="2024-07-01: Three.", Status="hidden"),
    }
    with catalog(tmp_path, drafts) as known:
        assert [each.note.text for each in known.corrections.made()] == ["Two.", "One."]
        assert known.corrections.tallies(4) == [("2024", 1), ("2025", 1)]
        assert known.corrections.near("2025-01-01", "2025-12-31") == ("2024-06-01", "")


def test_spellings_of_a_source_are_one(tmp_path: Path) -> None:
    """And each story is listed with what it has of it."""
    drafts = {
        "a.md": tagged("2024-05-01", "", Source="The Wire: one, https://wire.example/1"),
        "b.md": tagged("2024-05-02", "", Source="THE WIRE\nSource: 7 days"),
    }
    with catalog(tmp_path, drafts) as known:
        documents = known.citations.documents("the-wire", "2024-05-01", "2024-05-02")
        assert {address: [note.text for note in notes] for address, notes in documents.items()} == {
            "2024/05/01/a/": ["The Wire: one"],
            "2024/05/02/b/": ["THE WIRE"],
        }
        assert known.citations.letters() == [("0-9", 1), ("t", 1)]
        assert [slug for slug, _ in known.citations.under("0-9")] == ["7-days"]
