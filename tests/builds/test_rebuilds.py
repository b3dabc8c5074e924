"""Which files a change rewrites: these, and no others."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest

from microfiche.report import Report
from microfiche.verify import verify
from tests.builds.archive import Archive, Draft, State, tree

LONG = "word " * 60


class Done(NamedTuple):
    """What a build did to the output."""

    written: set[str]
    removed: set[str]


def three_stories() -> State:
    """Three stories in two months, two sections and two tags."""
    return State(
        drafts={
            "a.md": Draft("A", "2024-01-10").having(Category="World", Tags="Moon"),
            "b.md": Draft("B", "2024-01-20", body=f"{LONG} Body 1.").having(
                Category="World", Tags="Mars"
            ),
            "c.md": Draft("C", "2024-03-05").having(Category="Culture", Tags="Moon", Author="Ann"),
        },
        conf={
            "SITENAME": "Gazette",
            "SITEURL": "https://a.example",
            "SLUGIFY_SOURCE": "basename",
            "ARCHIVE_AS_OF": "2024-03-06",
            "USE_FOLDER_AS_CATEGORY": False,
        },
    )


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive that is built."""
    archive = Archive(tmp_path, three_stories())
    archive.must_build()
    return archive


def rebuilt(archive: Archive) -> Done:
    """Build what was edited; the files that were written or removed."""
    archive.sync()
    before = tree(archive.output)
    archive.must_build()
    after = tree(archive.output)
    written = {path for path, file in after.items() if before.get(path) != file}
    return Done(written, before.keys() - after.keys())


def pages(*paths: str) -> set[str]:
    """Files of pages that are addressed as folders."""
    return {f"{path}/index.html" if path else "index.html" for path in paths}


def feeds(*paths: str) -> set[str]:
    """The feeds of these: in three formats for the archive and sections, RSS for the rest."""
    forms = {"tag": ("xml",), "byline": ("xml",)}
    return {
        f"{path}/feed.{form}".lstrip("/")
        for path in paths
        for form in forms.get(path.split("/")[0], ("xml", "atom", "json"))
    }


def history(*months: str) -> set[str]:
    """Documents of the complete history."""
    return {f"feed/{month}.atom" for month in months}


def sitemaps(*names: str) -> set[str]:
    """Sitemaps of these."""
    return {f"sitemap-{name}.xml" for name in names}


def test_nothing_changed(archive: Archive) -> None:
    """Nothing is written."""
    assert rebuilt(archive) == Done(set(), set())


def test_body_edited(archive: Archive) -> None:
    """The story's page, and the feeds that carry its text."""
    b = archive.state.drafts["b.md"]
    archive.state.drafts["b.md"] = replace(b, body=f"{LONG} Body 2.")
    subscribed = feeds("", "section/world", "tag/mars")
    subscribed |= history("2024-01")
    assert rebuilt(archive) == Done(pages("2024/01/20/b") | subscribed, set())


def test_title_edited(archive: Archive) -> None:
    """The story, both neighbours, and every list and feed that shows its headline."""
    archive.state.drafts["b.md"] = replace(archive.state.drafts["b.md"], title="New")
    subscribed = feeds("", "section/world", "tag/mars") | history("2024-01")
    stories = pages("2024/01/20/b", "2024/01/10/a", "2024/03/05/c")
    lists = pages("", "2024/01/20", "2024/01", "on-this-day/01-20")
    lists |= pages("section/world")
    lists |= pages("tag/mars")
    assert rebuilt(archive) == Done(stories | lists | subscribed, set())


def test_new_story_today(archive: Archive) -> None:
    """It, what stood last before it, its day, month, year and terms, and what counts stories."""
    archive.state.drafts["d.md"] = Draft("D", "2024-03-06").having(Category="World", Tags="Moon")
    stories = pages("2024/03/06/d", "2024/03/05/c")
    lists = pages("", "archive", "2024/03/06", "2024/03/05", "2024/03", "2024")
    lists |= pages("on-this-day", "on-this-day/03-06", "on-this-day/03-05", "on-this-day/01-10")
    lists |= pages("section/world", "tag/moon", "sections", "tags")
    subscribed = feeds("", "section/world", "tag/moon") | history("2024-03")
    subscribed |= sitemaps("2024", "news")
    assert rebuilt(archive) == Done(stories | lists | subscribed, set())


def test_first_story_of_a_month(archive: Archive) -> None:
    """Of the history, its own document and those on both sides, which lead to it."""
    archive.state.drafts["d.md"] = Draft("D", "2024-02-06").having(Category="World")
    written = {path for path in rebuilt(archive).written if path.startswith("feed/")}
    assert written == history("2024-01", "2024-02", "2024-03")


def test_one_story_more_than_a_part_of_the_history_holds(archive: Archive) -> None:
    """The part that was full leads to the next, and so does the month after; no story moves."""
    archive.state.drafts["d.md"] = Draft("D", "2024-01-31").having(Category="World")
    written = {path for path in rebuilt(archive).written if path.startswith("feed/")}
    assert written == history("2024-01", "2024-01-part-2", "2024-03")
    del archive.state.drafts["d.md"]
    done = rebuilt(archive)
    assert done.removed >= history("2024-01-part-2")
    assert done.written >= history("2024-01", "2024-03")


def test_tag_added(archive: Archive) -> None:
    """The story, the new tag's pages, the index of tags, and feeds, which name the tags."""
    archive.state.drafts["a.md"] = archive.state.drafts["a.md"].having(Tags="Moon, Ice")
    lists = pages("tag/ice", "tags")
    lists |= pages("feeds") | {"feeds.opml"}
    subscribed = feeds("", "section/world", "tag/moon", "tag/ice") | history("2024-01")
    assert rebuilt(archive) == Done(pages("2024/01/10/a") | lists | subscribed, set())


def test_story_deleted(archive: Archive) -> None:
    """All that showed it is written, all that was of it alone is removed."""
    del archive.state.drafts["b.md"]
    stories = pages("2024/01/10/a", "2024/03/05/c")
    lists = pages("", "archive", "2024/01/10", "2024/03/05", "2024/01", "2024", "tags", "sections")
    lists |= pages("section/world")
    lists |= pages("on-this-day", "on-this-day/01-10", "on-this-day/03-05", "feeds")
    lists |= {"feeds.opml"}
    subscribed = feeds("", "section/world") | history("2024-01") | sitemaps("2024")
    gone = pages("2024/01/20/b", "2024/01/20", "on-this-day/01-20", "tag/mars")
    assert rebuilt(archive) == Done(stories | lists | subscribed, gone | feeds("tag/mars"))


def translated(archive: Archive, path: str) -> None:
    """Put a Ukrainian translation beside a story."""
    slug = path.removesuffix(".md")
    archive.state.drafts[f"{slug}-uk.md"] = archive.state.drafts[path].having(Slug=slug, Lang="uk")


def test_language_gains_and_loses_its_front_page(archive: Archive) -> None:
    """The stories in the language lead to it or no longer do; other front pages say so.

    The lists of feeds name its feed.
    """
    archive.state.conf["ARCHIVE_LANGUAGE_STORIES"] = 2
    translated(archive, "a.md")
    rebuilt(archive)
    translated(archive, "b.md")
    fronts = pages("", "uk") | {"uk/feed.xml"}
    stories = pages("2024/01/20/b", "uk/2024/01/20/b", "uk/2024/01/10/a")
    stories |= sitemaps("2024", "pages") | pages("feeds") | {"feeds.opml"}
    assert rebuilt(archive) == Done(fronts | stories, set())
    del archive.state.drafts["b-uk.md"]
    left = pages("", "feeds", "2024/01/20/b", "uk/2024/01/10/a") | sitemaps("2024", "pages")
    left |= {"feeds.opml"}
    assert rebuilt(archive) == Done(left, (fronts | stories) - left)


def test_template_of_one_kind_changed(archive: Archive) -> None:
    """The pages of this kind."""
    archive.state.theme["templates/month.html"] = "changed"
    assert rebuilt(archive) == Done(pages("2024/01", "2024/03"), set())


def test_macros_changed(archive: Archive) -> None:
    """The pages that a changed macro is on, through whatever template."""
    archive.state.theme["templates/parts/calendar.html"] = "changed"
    assert rebuilt(archive) == Done(pages("2024/01", "2024/03", "2024"), set())


def test_template_changed_without_effect(archive: Archive) -> None:
    """Pages are rendered, but a file that would get the bytes it has is not written."""
    archive.state.theme["templates/base.html"] = "{# changed #}"
    assert rebuilt(archive) == Done(set(), set())


def test_mtime_alone_changed(archive: Archive) -> None:
    """A touched source is no changed source."""
    for path in archive.state.drafts:
        (archive.content / path).touch()
    assert rebuilt(archive) == Done(set(), set())


def test_edit_that_keeps_size_and_mtime(archive: Archive) -> None:
    """It is found all the same."""
    b = archive.state.drafts["b.md"]
    archive.state.drafts["b.md"] = replace(b, body=b.body.replace("1", "2"))
    archive.sync(keep_times=True)
    assert pages("2024/01/20/b") < rebuilt(archive).written


@pytest.mark.parametrize("jobs", [1, 2])
def test_setting_that_no_page_shows(archive: Archive, jobs: int) -> None:
    """The number of workers changes nothing."""
    archive.state.conf["ARCHIVE_JOBS"] = jobs
    assert rebuilt(archive) == Done(set(), set())


def parts(archive: Archive, count: int) -> Done:
    """What a part more does that comes after ``count`` parts of a running story."""
    for number in range(1, count + 1):
        archive.state.drafts[f"p{number:02}.md"] = Draft("P", f"2024-02-{number:02}").having(
            Story="Flood"
        )
    rebuilt(archive)
    archive.state.drafts["q.md"] = Draft("Q", "2024-02-28").having(Story="Flood")
    return rebuilt(archive)


def test_part_more_of_a_running_story(archive: Archive) -> None:
    """All parts count it."""
    written = {f"2024/02/{number:02}/p{number:02}/index.html" for number in range(1, 4)}
    assert written < parts(archive, 3).written


def test_part_more_of_a_long_running_story(archive: Archive) -> None:
    """Only the one before it leads to it."""
    stories = {path for path in parts(archive, 13).written if path.startswith("2024/02/")}
    days = pages("2024/02", "2024/02/13", "2024/02/28")
    assert stories - days == pages("2024/02/13/p13", "2024/02/28/q")


def test_correction_of_an_old_story(archive: Archive) -> None:
    """It stands where it was made, and the story is marked as corrected wherever it is listed."""
    archive.state.drafts["c.md"] = archive.state.drafts["c.md"].having(
        Correction="2024-03-06: Late."
    )
    rebuilt(archive)
    archive.state.drafts["a.md"] = archive.state.drafts["a.md"].having(
        Correction="2024-02-01: Wrong."
    )
    written = rebuilt(archive).written
    assert pages("corrections", "corrections/2024", "2024/01/10/a", "2024/01/10") < written
    assert pages("2024/03/05/c") < written  # related to it
    assert pages("2024/01/20/b").isdisjoint(written)


@pytest.mark.parametrize(
    "header", [{"Correction": "2024-03-06: Late."}, {"Source": "Log"}, {"Story": "Flood"}]
)
def test_first_of_its_kind_in_the_archive(archive: Archive, header: dict[str, str]) -> None:
    """A first correction, source or running story leaves pages alone that do not show it."""
    archive.state.drafts["c.md"] = archive.state.drafts["c.md"].having(**header)
    written = rebuilt(archive).written
    assert pages("", "archive", "2024/03/05/c") < written
    assert pages("2024/01/20/b", "2024/01", "tag/mars", "tags").isdisjoint(written)


def test_source_more_of_a_story(archive: Archive) -> None:
    """The story, and the pages of its own sources alone."""
    archive.state.drafts["a.md"] = archive.state.drafts["a.md"].having(Source="Log: 1 May")
    archive.state.drafts["c.md"] = archive.state.drafts["c.md"].having(Source="Wire")
    rebuilt(archive)
    archive.state.drafts["b.md"] = archive.state.drafts["b.md"].having(Source="Log: 2 May")
    assert rebuilt(archive) == Done(pages("2024/01/20/b", "source/log", "sources"), set())


def test_new_story_with_an_api(archive: Archive) -> None:
    """Of the API its own document, those of its month, year and terms, and what counts stories."""
    archive.state.conf["ARCHIVE_API"] = True
    rebuilt(archive)
    archive.state.drafts["d.md"] = Draft("D", "2024-03-06").having(Category="World", Tags="Moon")
    written = {path for path in rebuilt(archive).written if path.endswith(".json")}
    api = {"index", "years/2024", "months/2024-03", "terms/section", "terms/section/world"}
    api |= {"terms/tag", "terms/tag/moon"}
    subscribed = {"feed.json", "section/world/feed.json"}
    assert written - subscribed == {f"api/v1/{name}.json" for name in api} | {
        "2024/03/06/d/index.json"
    }


def test_body_edited_with_an_api(archive: Archive) -> None:
    """The story's document, and no list."""
    archive.state.conf["ARCHIVE_API"] = True
    rebuilt(archive)
    b = archive.state.drafts["b.md"]
    archive.state.drafts["b.md"] = replace(b, body=f"{LONG} Body 2.")
    written = {path for path in rebuilt(archive).written if path.endswith(".json")}
    assert written == {"2024/01/20/b/index.json", "feed.json", "section/world/feed.json"}


def test_a_story_of_a_later_hour_of_the_same_day(archive: Archive) -> None:
    """The catalog remembers the moment as of which all that there is was published."""
    archive.state.conf["ARCHIVE_AS_OF"] = "2024-03-06 10:00"
    archive.state.drafts["d.md"] = Draft("D", "2024-03-06 09:00")
    rebuilt(archive)
    verdict = verify(archive.orders(archive.output), Report(StringIO()))
    assert (verdict.missing, verdict.different, verdict.left) == ((), (), ())


def test_two_years_that_come_at_once_to_a_date_that_had_one(archive: Archive) -> None:
    """The day that stood alone leads to the page of its date now."""
    archive.state.drafts["d.md"] = Draft("D", "2021-01-10")
    archive.state.drafts["e.md"] = Draft("E", "2022-01-10")
    done = rebuilt(archive)
    assert "2024/01/10/index.html" in done.written
    assert archive.published() == archive.clean()[1]
