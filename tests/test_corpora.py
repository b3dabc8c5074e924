"""Real archives, where they are at hand: every one of their files is accounted for."""

from __future__ import annotations

import shutil

import pytest

from tests.conftest import CORPORA, Built, Site

pytestmark = pytest.mark.skipif(not CORPORA.is_dir(), reason=f"{CORPORA} is not there")


def built(site: Site, name: str) -> Built:
    """A build of a corpus that keeps going, with the settings of any Pelican site."""
    site.content.rmdir()
    shutil.copytree(CORPORA / name, site.content)
    return site.build(ARCHIVE_KEEP_GOING=True, ARCHIVE_AS_OF="2100-01-01")


def test_announcements_in_pelicans_format_are_all_published(site: Site) -> None:
    """Dates only in the files' names, blank `URL:` and `save_as:`, a section with a slash."""
    found = built(site, "solr-news")
    assert found.errors == []
    assert found.counts
    assert (found.counts.sources, found.counts.stories) == (125, 125)
    pages = [path for path in site.files() if path.count("/") == 4 and path[0] == "2"]
    assert len(pages) == 125


@pytest.mark.parametrize(("name", "sources"), [("18f-posts", 505), ("optech-newsletters", 56)])
def test_posts_for_another_program_are_published_or_told_why_not(
    site: Site, name: str, sources: int
) -> None:
    """Front matter in YAML is read; what only that program understands is an error of its file."""
    found = built(site, name)
    assert found.counts
    assert found.counts.sources == sources
    assert found.counts.stories + found.counts.quarantined == sources
    broken = {line.split(":")[0] for line in found.errors}
    assert len(broken) >= found.counts.quarantined
    assert all("; " in line or "did you mean" in line for line in found.errors)
    assert found.counts.stories > sources // 5
