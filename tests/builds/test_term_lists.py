"""Lists of terms never renumber: which files a story or an entry of the vocabulary rewrites."""

from __future__ import annotations

from pathlib import Path

import pytest

from microfiche.catalog import vocabulary
from tests.builds.archive import Archive, Draft, State
from tests.builds.differential import Machine, Unequal
from tests.builds.edits import Edit
from tests.builds.test_rebuilds import Done, pages, rebuilt

VOCABULARY = """
[tag.Sky]
[tag.Moon]
broader = "Sky"
[tag.Mars]
broader = "Sky"
[section.World]
"""


def ten_years() -> State:
    """Six stories a year for ten years with one tag, a tag above it, and a page size of one."""
    drafts = {
        f"s{year}-{month:02d}.md": Draft(f"S {year}-{month}", f"{year}-{month:02d}-15").having(
            Category="World", Tags="Moon" if month > 1 else "Moon; Rain"
        )
        for year in range(2010, 2020)
        for month in range(1, 13, 2)
    }
    return State(
        drafts=drafts,
        files={"vocabulary.toml": VOCABULARY.encode(), "images/a.png": b"a"},
        conf={
            "SITENAME": "Gazette",
            "SITEURL": "https://a.example",
            "SLUGIFY_SOURCE": "basename",
            "ARCHIVE_AS_OF": "2020-12-31",
            "USE_FOLDER_AS_CATEGORY": False,
            "DEFAULT_CATEGORY": "",
            "ARCHIVE_PAGE_SIZE": 1,
            "FEED_MAX_ITEMS": 2,
            "STATIC_PATHS": ["images"],
        },
    )


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive that is built."""
    archive = Archive(tmp_path, ten_years())
    archive.must_build()
    return archive


def of_terms(done: Done) -> Done:
    """What was done to lists of terms and their feeds."""

    def chosen(paths: set[str]) -> set[str]:
        folders = ("tag", "tags", "section", "sections", "byline", "bylines")
        return {path for path in paths if path.split("/")[0] in folders}

    return Done(chosen(done.written), chosen(done.removed))


def describe(archive: Archive, text: str) -> None:
    """Put another vocabulary in place."""
    archive.state.files["vocabulary.toml"] = text.encode()


def test_a_story_in_a_middle_year(archive: Archive) -> None:
    """Its term's year and month, the term's first page and the index; the same of what is broader.

    Of other years, none, and no feed: it is not among the newest.
    """
    archive.state.drafts["new.md"] = Draft("New", "2014-07-20").having(Tags="Moon")
    lists = {
        f"tag/{tag}{period}" for tag in ("moon", "sky") for period in ("", "/2014", "/2014/07")
    }
    assert of_terms(rebuilt(archive)) == Done(pages(*lists, "tags"), set())


def test_a_story_in_a_month_that_had_none(archive: Archive) -> None:
    """The months before and after lead to it now."""
    archive.state.drafts["new.md"] = Draft("New", "2014-08-20").having(Tags="Moon")
    lists = {
        f"tag/{tag}{period}"
        for tag in ("moon", "sky")
        for period in ("", "/2014", "/2014/07", "/2014/08", "/2014/09")
    }
    assert of_terms(rebuilt(archive)) == Done(pages(*lists, "tags"), set())


def test_a_story_in_a_year_that_had_none(archive: Archive) -> None:
    """It has no page: the term's own shows its one story. The feeds have it.

    The newest of the year before leaves that page, but its year had a page already.
    """
    archive.state.drafts["new.md"] = Draft("New", "2020-08-20").having(Tags="Moon")
    feeds = {"tag/moon/feed.xml", "tag/sky/feed.xml"}
    done = of_terms(rebuilt(archive))
    assert done == Done(pages("tag/moon", "tag/sky", "tags") | feeds, set())


def test_a_year_whose_stories_leave_the_page_of_their_term(archive: Archive) -> None:
    """It gets its own page then, to which the years before and after lead, and loses it again."""
    archive.state.drafts["a.md"] = Draft("A", "2014-07-20").having(Tags="Hail")
    written = {*pages("tag/hail", "tags"), "tag/hail/feed.xml"}
    assert of_terms(rebuilt(archive)).written == written
    archive.state.drafts["b.md"] = Draft("B", "2016-07-20").having(Tags="Hail")
    assert of_terms(rebuilt(archive)).written == written | pages("tag/hail/2014")
    archive.state.drafts["c.md"] = Draft("C", "2018-07-20").having(Tags="Hail")
    years = pages("tag/hail/2014", "tag/hail/2016")
    assert of_terms(rebuilt(archive)).written == written | years
    del archive.state.drafts["c.md"]
    done = of_terms(rebuilt(archive))
    assert done == Done(written | pages("tag/hail/2014"), pages("tag/hail/2016"))
    del archive.state.drafts["b.md"]
    assert of_terms(rebuilt(archive)) == Done(written, pages("tag/hail/2014"))


def test_years_that_a_term_shows_whole_are_named_without_a_link(archive: Archive) -> None:
    """The index by year names every year with its number of stories."""
    archive.state.drafts["new.md"] = Draft("New", "2020-08-20").having(Tags="Moon")
    rebuilt(archive)
    page = archive.published()["tag/moon/index.html"].decode()
    index = page.split('class="periods"')[1].split("</ul>")[0]
    newest, before = index.split("</li>")[:2]
    assert "2020" in newest
    assert "href" not in newest
    assert 'href="/tag/moon/2019/">2019</a>' in before


def test_a_year_of_additions_moves_no_address(archive: Archive) -> None:
    """Every file that there was is there still, at the same path.

    Years are written again where they are the last: one more leaves the page of its term, and the
    one before leads to it.
    """
    before = archive.published().keys()
    for month in range(1, 13):
        for day in (3, 17):
            archive.state.drafts[f"n{month}-{day}.md"] = Draft(
                f"N {month} {day}", f"2020-{month:02d}-{day:02d}"
            ).having(Category="World", Tags="Moon; Rain; Mars")
    done = rebuilt(archive)
    assert done.removed == set()
    assert before <= archive.published().keys()
    old_lists = {
        path
        for path in of_terms(done).written
        if any(f"/{year}/" in path for year in range(2010, 2018))
    }
    assert old_lists == set()


def test_a_description(archive: Archive) -> None:
    """The term's first page alone."""
    describe(archive, VOCABULARY.replace("[tag.Moon]", "[tag.Moon]\ndescription = 'Round.'"))
    assert rebuilt(archive) == Done(pages("tag/moon"), set())


def test_a_picture_of_a_term(archive: Archive) -> None:
    """The term's first page alone."""
    describe(archive, VOCABULARY.replace("[tag.Moon]", "[tag.Moon]\nimage = 'images/a.png'"))
    assert rebuilt(archive) == Done(pages("tag/moon"), set())


def test_an_entry_for_a_term_that_is_spelt_so_already(archive: Archive) -> None:
    """Nothing."""
    describe(archive, f"{VOCABULARY}\n[tag.Rain]\n[tag.Snow]")
    assert rebuilt(archive) == Done(set(), set())


def test_another_broader_topic(archive: Archive) -> None:
    """The lists of both topics, the crumbs of what moved, the indexes; no story's page."""
    describe(archive, VOCABULARY + '[tag.Weather]\n[tag.Rain]\nbroader = "Weather"\n')
    done = rebuilt(archive)
    assert {path.split("/")[1] for path in done.written if path.startswith("tag/")} == {
        "rain",
        "weather",
    }
    others = {path for path in done.written if not path.startswith("tag/")}
    assert others == pages("tags", "feeds") | {"feeds.opml"}
    assert "tag/weather/2014/index.html" in done.written
    describe(archive, VOCABULARY)
    done = rebuilt(archive)
    assert {path.split("/")[1] for path in done.removed} == {"weather"}


def test_an_alias_reads_the_stories_that_use_it_and_no_others(archive: Archive) -> None:
    """The rest of the archive is not even looked into."""
    archive.state.drafts["new.md"] = Draft("New", "2014-07-20").having(Tags="Luna")
    archive.sync()
    archive.build()
    describe(archive, VOCABULARY.replace("[tag.Moon]", "[tag.Moon]\naliases = ['Luna']"))
    archive.sync()
    built = archive.build()
    assert built.counts
    assert built.counts.changed == 1
    assert "tag/luna/2014/index.html" not in archive.published()
    assert "tag/luna/index.html" in archive.published(), "it leads on"


def test_a_file_that_only_says_more_of_the_same(archive: Archive) -> None:
    """A comment changes nothing."""
    describe(archive, f"# Topics\n{VOCABULARY}")
    assert rebuilt(archive) == Done(set(), set())


@pytest.mark.parametrize("name", ["_read_again", "_roll_up_again", "_note_pictures"])
def test_a_change_of_the_vocabulary_that_is_not_followed_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """With one of the things left out that follow from it, a build is not exact."""
    script = [Edit("link", 4, 1), *(Edit("vocabulary", 0, how) for how in (0, 1, 2, 3))]
    Machine(tmp_path / "whole").run(script)
    monkeypatch.setattr(vocabulary, name, lambda *_: None)
    with pytest.raises(Unequal):
        Machine(tmp_path / "maimed").run(script)
