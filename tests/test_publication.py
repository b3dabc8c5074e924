"""A publication writes down what is published, and loses no address."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from pelican.settings import read_settings

from microfiche.errors import LockedError, MicroficheError
from microfiche.hooks import orders_for
from microfiche.publish.publication import publish
from microfiche.report import Report
from microfiche.write import lock
from tests.conftest import Site, said

DAY = "2025-01-01"


def published(site: Site, **conf: Any) -> int:
    """Publish; how many addresses are new."""
    orders = orders_for(read_settings(override={**site.conf, **conf}))
    return publish(orders, Report(io.StringIO())).new


def stopped(site: Site, **conf: Any) -> list[str]:
    """Publish what must not be published; the errors."""
    before, ledger = site.files(), text(site)
    with pytest.raises(MicroficheError) as error:
        published(site, **conf)
    assert (site.files(), text(site)) == (before, ledger)
    return said(error.value.problems)


def text(site: Site) -> str:
    """The ledger."""
    return (site.content / "ledger.tsv").read_text("utf-8")


def entries(site: Site) -> dict[str, list[str]]:
    """The ledger's lines by address."""
    rows = (line.split("\t") for line in text(site).splitlines() if not line.startswith("#"))
    return {address: rest for address, *rest in rows}


def guids(site: Site) -> dict[str, str]:
    """The identity of each story in the feed, by its address."""
    items = re.findall(r"<link>([^<]*)</link>\s*<guid[^>]*>([^<]*)", site.page("feed.xml"))
    return {link.removeprefix("https://gazette.example"): guid for link, guid in items}


def of_one_story_a_page(site: Site, tag: str) -> None:
    """Have a tag's stories fill more than one page, so that it has pages by year too."""
    site.conf["ARCHIVE_PAGE_SIZE"] = 1
    site.story("y.md", Date="2024-06-01", Tags=tag)
    site.story("z.md", Date="2023-06-01", Tags=tag)


def append(site: Site, line: str) -> None:
    """Have the owner add a line at the end."""
    with open(site.content / "ledger.tsv", "a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def test_the_ledger_has_every_address_that_lasts(site: Site) -> None:
    """Stories with the identity that feeds give them; of other pages what they are."""
    of_one_story_a_page(site, "Moon")
    site.story("a.md", Tags="Moon")
    site.write("pages/about.md", "Title: About us\nSlug: about\n\nWe write.\n")
    published(site)
    found = entries(site)
    assert found["/2024/11/01/a/"] == [guids(site)["/2024/11/01/a/"].removeprefix("urn:uuid:"), DAY]
    assert found["/tag/moon/2024/"] == ["tag-by-calendar:moon/2024", DAY]
    assert found["/2024/11/"] == ["month:2024-11", DAY]
    assert "/feed.xml" in found
    assert "/about/" in found
    assert not {address for address in found if "theme" in address or "404" in address}


def test_the_ledger_is_sorted_and_a_publication_adds_lines(site: Site) -> None:
    """So that a difference shows what is new, and nothing else."""
    site.story("a.md")
    published(site)
    before = text(site).splitlines()
    site.story("b.md", Date="2024-11-01 10:00")
    assert published(site) == 1
    after = text(site).splitlines()
    (added,) = set(after) - set(before)
    assert added.startswith("/2024/11/01/b/\t")
    assert set(before) <= set(after)
    assert after == sorted(after)


def test_publishing_twice_changes_nothing(site: Site) -> None:
    """Neither the ledger nor a file of the output."""
    site.story("a.md", Tags="Moon")
    published(site)
    ledger = (site.content / "ledger.tsv").stat()
    assert published(site) == 0
    assert (site.content / "ledger.tsv").stat() == ledger
    built = site.publish()
    assert built.counts
    assert built.counts.written == 0


def test_a_build_never_writes_the_ledger(site: Site) -> None:
    """Only a publication does."""
    site.story("a.md")
    site.publish()
    site.publish(ARCHIVE_PUBLIC=True)
    assert not (site.content / "ledger.tsv").exists()


def test_drafts_and_embargoed_stories_are_not_in_it(site: Site) -> None:
    """Nothing of them is published, so nothing of them is promised."""
    site.story("a.md")
    site.story("secret.md", Status="draft")
    site.story("later.md", Date="2030-01-01")
    published(site)
    assert "secret" not in text(site)
    assert "later" not in text(site)


def test_an_address_that_would_be_lost_stops_the_publication(site: Site) -> None:
    """The line to add is told; with it the publication goes on."""
    site.story("a.md", Tags="Moon")
    site.story("b.md", Tags="Moon")
    published(site)
    (site.content / "b.md").unlink()
    (found,) = stopped(site)
    assert "/2024/11/01/b/ was published on 2025-01-01 and would lead nowhere" in found
    line = re.search("add the line `([^`]*)`", found)
    assert line
    append(site, line[1])
    published(site)
    assert "/2024/11/01/b/ /404.html 410" in site.page("_redirects")


def test_a_build_with_the_public_settings_stops_too(site: Site) -> None:
    """`make public` as well as `make publish`; a preview shows what is there."""
    site.story("a.md")
    site.story("b.md")
    published(site)
    (site.content / "b.md").unlink()
    assert "would lead nowhere" in site.refuse(ARCHIVE_PUBLIC=True)[0]
    site.publish()


def test_a_ledger_that_is_gone_stops_publications_until_it_is_back(site: Site) -> None:
    """Each of them: a new one would forget every address without a word."""
    site.story()
    published(site)
    published(site)  # this one has read what the first wrote
    ledger = text(site)
    lines = len(ledger.splitlines()) - 1
    (site.content / "ledger.tsv").unlink()
    before = site.files()
    for _ in range(2):
        with pytest.raises(MicroficheError) as caught:
            published(site)
        (found,) = said(caught.value.problems)
        assert found.startswith("content/ledger.tsv: error: is gone, but the archive has been pub")
        assert "restore it from version control" in found
        assert site.files() == before
        assert not (site.content / "ledger.tsv").exists()
    (warning,) = site.build().warnings
    assert f"content/ledger.tsv: warning: is gone; it had {lines} lines" in warning
    (error,) = site.build(ARCHIVE_PUBLIC=True).errors
    assert "restore it from version control" in error
    site.write("ledger.tsv", ledger)
    assert published(site) == 0
    assert text(site) == ledger


def test_an_empty_ledger_is_begun_anew(site: Site) -> None:
    """Whoever wrote it means it."""
    site.story()
    published(site)
    first = entries(site)
    site.write("ledger.tsv", "")
    assert published(site) == len(first)
    assert entries(site) == first


def test_a_lost_tag_is_told_once_and_takes_its_years_along(site: Site) -> None:
    """One line says where all of its pages lead: each to the same year of the other tag."""
    of_one_story_a_page(site, "Mars")
    site.story("a.md", Tags="Moon")
    site.story("b.md", Tags="Moon")
    published(site)
    site.story("a.md", Tags="Mars")
    site.story("b.md", Tags="Mars")
    (found,) = stopped(site)
    assert "/tag/moon/ was published" in found
    append(site, "/tag/moon/ /tag/mars/")
    published(site)
    rules = site.page("_redirects").splitlines()
    assert "/tag/moon/ /tag/mars/ 301" in rules
    assert "/tag/moon/2024/ /tag/mars/2024/ 301" in rules
    assert "/tag/moon/feed.xml /tag/mars/feed.xml 301" in rules


def test_a_tag_that_the_vocabulary_renames_leads_on_by_itself(site: Site) -> None:
    """Its years and its feed too."""
    of_one_story_a_page(site, "Moon race")
    site.story("a.md", Tags="Moon race")
    published(site)
    site.write("vocabulary.toml", '[tag."Space race"]\naliases = ["Moon race"]\n')
    published(site)
    rules = site.page("_redirects").splitlines()
    assert "/tag/moon-race/ /tag/space-race/ 301" in rules
    assert "/tag/moon-race/2024/ /tag/space-race/2024/ 301" in rules
    assert "/tag/moon-race/feed.xml /tag/space-race/feed.xml 301" in rules


def test_a_feed_never_leads_to_a_page(site: Site) -> None:
    """A feed reader could make nothing of it: the feed is gone."""
    site.story("a.md", Tags="Moon")
    published(site)
    site.story("a.md")
    append(site, "/tag/moon/ /archive/")
    published(site)
    assert "/tag/moon/feed.xml /404.html 410" in site.page("_redirects")


def test_a_list_that_is_no_more_leads_to_the_one_above(site: Site) -> None:
    """A day to its month, a month to its year: nobody has to write that down."""
    site.story("a.md")
    site.story("b.md", Date="2024-10-05")
    site.story("c.md", Date="2024-10-06")
    published(site)
    site.story("b.md", Date="2024-10-06")
    published(site)
    assert "/2024/10/05/ /2024/10/ 301" in site.page("_redirects").splitlines()


@pytest.mark.parametrize("headers", [{"Slug": "new"}, {"Date": "2024-12-24"}])
def test_a_story_with_another_slug_or_date_leads_on_by_itself(
    site: Site, headers: dict[str, str]
) -> None:
    """It has the identity that it had, so that it is new to no reader of a feed."""
    site.story("a.md")
    published(site)
    before = guids(site)["/2024/11/01/a/"]
    site.story("a.md", **headers)
    published(site)
    ((address, after),) = guids(site).items()
    assert after == before
    assert f"/2024/11/01/a/ {address} 301" in site.page("_redirects").splitlines()
    page = site.page("2024/11/01/a/index.html")
    assert f'<meta http-equiv="refresh" content="0; url={address}">' in page
    assert f'<link rel="canonical" href="https://gazette.example{address}">' in page
    assert f'<a href="{address}">{address}</a>' in page


def test_a_story_whose_file_moved_keeps_its_identity(site: Site) -> None:
    """Its address is as it was; then the address changes and the file stays."""
    site.story("a.md")
    published(site)
    before = guids(site)["/2024/11/01/a/"]
    (site.content / "a.md").rename(site.content / "b.md")
    site.story("b.md", Slug="a")
    (site.content / "a.md").unlink(missing_ok=True)
    published(site)
    assert guids(site) == {"/2024/11/01/a/": before}
    assert entries(site)["/2024/11/01/a/"][2:] == ["b"]
    site.story("b.md", Slug="c")
    published(site)
    assert guids(site) == {"/2024/11/01/c/": before}
    assert entries(site)["/2024/11/01/c/"][2:] == ["b"]


def test_a_new_story_at_a_former_path_gets_an_identity_of_its_own(site: Site) -> None:
    """The story that was there before has taken its own along."""
    site.story("a.md")
    published(site)
    before = guids(site)["/2024/11/01/a/"]
    (site.content / "a.md").unlink()
    site.story("b.md", Slug="a")
    published(site)
    site.story("a.md", Slug="other")
    published(site)
    first = guids(site)
    assert first["/2024/11/01/a/"] == before
    assert first["/2024/11/01/other/"] != before
    published(site)
    assert guids(site) == first


def test_an_id_settles_what_path_and_address_leave_open(site: Site) -> None:
    """Both may change at once."""
    site.story("a.md", Id="moon")
    published(site)
    before = guids(site)["/2024/11/01/a/"]
    (site.content / "a.md").unlink()
    site.story("b.md", Id="moon", Date="2024-12-24")
    published(site)
    assert guids(site) == {"/2024/12/24/b/": before}


def test_an_id_that_is_given_later_keeps_the_identity(site: Site) -> None:
    """The ledger knows the story by its Id from then on."""
    site.story("a.md")
    published(site)
    before = guids(site)["/2024/11/01/a/"]
    site.story("a.md", Id="moon")
    published(site)
    (site.content / "a.md").unlink()
    site.story("b.md", Id="moon", Slug="c")
    published(site)
    assert guids(site) == {"/2024/11/01/c/": before}


def test_other_address_patterns_lose_nothing(site: Site) -> None:
    """Every story and list leads to where it is by the new pattern."""
    of_one_story_a_page(site, "Moon")
    site.story("a.md", Tags="Moon")
    published(site)
    patterns = {"ARTICLE_URL": "{slug}.html", "TAG_URL": "topic/{slug}/"}
    published(site, **patterns)
    rules = site.page("_redirects").splitlines()
    assert "/2024/11/01/a/ /a.html 301" in rules
    assert "/tag/moon/ /topic/moon/ 301" in rules
    assert "/tag/moon/2024/ /topic/moon/2024/ 301" in rules


def test_the_catalog_may_be_lost(site: Site, tmp_path: Path) -> None:
    """All that lasts is in the ledger."""
    site.story("a.md")
    published(site)
    site.story("a.md", Slug="b")
    published(site)
    first = site.files()
    shutil.rmtree(tmp_path / ".microfiche")
    shutil.rmtree(site.output)
    assert published(site) == 0
    assert site.files() == first


def test_a_publication_that_was_killed_before_the_ledger_is_completed(site: Site) -> None:
    """What the output has and the ledger has not is written down by the next one."""
    site.story("a.md")
    site.publish(ARCHIVE_PUBLIC=True)
    assert published(site) > 0
    assert "/2024/11/01/a/" in entries(site)


def test_a_ledger_that_cannot_be_read_stops_also_a_build_that_keeps_going(site: Site) -> None:
    """What it says might be lost."""
    site.story("a.md")
    site.write("ledger.tsv", "nonsense\n")
    assert site.build(ARCHIVE_KEEP_GOING=True).counts
    (found,) = stopped(site, ARCHIVE_KEEP_GOING=True)
    assert found.startswith("content/ledger.tsv:1: error")
    assert site.build(ARCHIVE_KEEP_GOING=True, ARCHIVE_PUBLIC=True).counts is None


def test_two_publications_at_once_are_one_too_many(site: Site) -> None:
    """The second is told who holds the lock."""
    site.story("a.md")
    published(site)
    orders = orders_for(read_settings(override=site.conf))
    with lock(orders.settings.state / "publication"), pytest.raises(LockedError):
        published(site)


def test_preview_and_publication_do_not_touch_each_other(site: Site, tmp_path: Path) -> None:
    """Each has an output and a catalog of its own; only the publication has the public address."""
    site.story("a.md")
    public = tmp_path / "public"
    site.publish(SITEURL="http://127.0.0.1:8000")
    preview = site.files()
    published(site, OUTPUT_PATH=str(public))
    assert site.files() == preview
    assert b"127.0.0.1" in preview["feed.xml"]
    assert b"https://gazette.example/2024/11/01/a/" in (public / "feed.xml").read_bytes()
    site.story("b.md", Date="2024-11-02")
    site.publish(SITEURL="http://127.0.0.1:8000")
    assert not (public / "2024" / "11" / "02").exists()
    for output in (site.output, public):
        assert (output.parent / ".microfiche" / output.name / "catalog.sqlite").is_file()
