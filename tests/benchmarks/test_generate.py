"""The generator of the benchmark writes the same archive every time, and for every tool."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.generate import SITES, UNTIL, Archive, Story, vocabulary, write
from tests.benchmarks.words import SECTIONS
from tests.conftest import Site

STORIES = 60


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the archive as a site of each tool."""
    folder = tmp_path_factory.mktemp("sites")
    write(Archive(STORIES), folder, SITES.values())
    return folder


def sources(folder: Path, tool: str) -> dict[str, str]:
    """The text of every story, by its path without the suffix."""
    stories = folder / tool / SITES[tool].stories
    return {
        path.relative_to(stories).with_suffix("").as_posix(): path.read_text("utf-8")
        for path in stories.rglob("*.md")
    }


def told_pelican(text: str) -> tuple[dict[str, Any], str]:
    """The headers and the body of a story for Pelican or Microfiche."""
    head, _, body = text.partition("\n\n")
    headers: dict[str, Any] = dict(line.split(": ", 1) for line in head.splitlines())
    return {
        "title": headers["Title"],
        "date": moment(headers["Date"]),
        "lastmod": moment(headers["Modified"]) if "Modified" in headers else None,
        "categories": [headers["Category"]],
        "tags": headers["Tags"].split(", "),
        "authors": headers["Authors"].split("; "),
        "summary": headers.get("Summary"),
    }, body


def told_hugo(text: str) -> tuple[dict[str, Any], str]:
    """The front matter and the body of a story for Hugo."""
    _, head, body = text.split("---\n", 2)
    lines = (line.split(": ", 1) for line in head.splitlines())
    headers = {name: json.loads(value) for name, value in lines}
    for name in ("date", "lastmod"):
        headers[name] = moment(headers[name]) if name in headers else None
    return {"summary": None, **headers}, body.removeprefix("\n")


def moment(text: str) -> datetime:
    """A date in UTC, whether or not it says so, to the minute."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_same_seed_writes_the_same_bytes(sites: Path, tmp_path: Path) -> None:
    """Whoever measures again measures the same archive."""
    write(Archive(STORIES), tmp_path, SITES.values())
    for tool in SITES:
        assert sources(tmp_path, tool) == sources(sites, tool)


def test_another_seed_writes_other_stories() -> None:
    """A figure can be checked on an archive that nobody has tuned for."""
    first, second = (Archive(STORIES, seed) for seed in (1, 2))
    assert {story.body for story in first}.isdisjoint(story.body for story in second)


def test_a_story_does_not_depend_on_those_before_it() -> None:
    """A story is made alone as it is made in turn."""
    assert Archive(STORIES).story(41) == list(Archive(STORIES))[41]


def test_all_tools_have_the_same_stories(sites: Path) -> None:
    """Titles, dates, sections, tags, bylines, summaries and bodies agree, at the same addresses."""
    for path, text in sources(sites, "microfiche").items():
        assert sources(sites, "pelican")[path] == text
        assert told_hugo(sources(sites, "hugo")[path]) == told_pelican(text)
    assert len(sources(sites, "microfiche")) == len(sources(sites, "hugo")) == STORIES


def test_what_is_written_is_the_story(sites: Path) -> None:
    """Nothing of a story is lost on the way into its file."""
    for story in Archive(STORIES):
        headers, body = told_pelican(sources(sites, "pelican")[story.path])
        assert body == story.body
        assert headers == {
            "title": story.title,
            "date": story.date,
            "lastmod": story.modified,
            "categories": [story.section],
            "tags": list(story.tags),
            "authors": list(story.bylines),
            "summary": story.summary or None,
        }


def test_links_between_stories_lead_to_stories() -> None:
    """A link to another story is the address of one."""
    archive = Archive(STORIES)
    addresses = {f"/{story.path}/" for story in archive}
    found = {link for story in archive for link in re.findall(r"\]\((/[^)]*)\)", story.body)}
    assert found
    assert found <= addresses


def test_stories_are_of_thirty_years_in_order() -> None:
    """Days follow one another, from thirty years before the last day to that day."""
    days = [story.date.date() for story in Archive(2000)]
    assert days == sorted(days)
    assert UNTIL - timedelta(30) <= days[-1] <= UNTIL
    assert date(UNTIL.year - 29, 1, 1) <= days[0] < date(UNTIL.year - 29, 3, 1)


def test_stories_are_like_those_of_a_newspaper() -> None:
    """Length, sections, tags and bylines are in the ranges that the page tells."""
    stories = list(Archive(2000))
    assert all(230 <= len(story.body.split()) <= 620 for story in stories)
    assert {story.section for story in stories} == SECTIONS.keys()
    assert all(3 <= len(set(story.tags)) <= 5 for story in stories)
    assert len({byline for story in stories for byline in story.bylines}) == 40
    assert 0.03 < share(stories, "```", "|---") < 0.07


def share(stories: list[Story], *signs: str) -> float:
    """The part of the stories that have one of these in their body."""
    return sum(any(sign in story.body for sign in signs) for story in stories) / len(stories)


def test_the_vocabulary_grows_with_the_archive() -> None:
    """Two archives of different sizes have as many tags as such archives have."""
    assert vocabulary(10_000) == 300
    assert vocabulary(100_000) == pytest.approx(2000, rel=0.01)


def test_microfiche_finds_nothing_wrong(site: Site, sites: Path) -> None:
    """The archive that is measured is sound: no story is dropped, nothing is reported."""
    for path, text in sources(sites, "microfiche").items():
        site.write(f"{path}.md", text)
    built = site.build(ARCHIVE_AS_OF="2026-01-01")
    assert built.counts
    assert (built.counts.stories, built.findings) == (STORIES, ())
