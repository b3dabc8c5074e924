"""Sitemaps and robots.txt as crawlers read them: valid, whole, true, and still where nothing is."""

from __future__ import annotations

from pathlib import Path
from urllib.robotparser import RobotFileParser

import pytest
from lxml import etree

from microfiche import sitemaps as documents
from microfiche.pages import sitemaps
from tests.conftest import PICTURE, Site

URL = "https://gazette.example/"
SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent / "schemas" / "sitemap.xsd"))
NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "i": "http://www.google.com/schemas/sitemap-image/1.1",
    "n": "http://www.google.com/schemas/sitemap-news/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}


def asked(site: Site, name: str, path: str) -> list[str]:
    """What an XPath finds in a sitemap, which is valid."""
    root = etree.fromstring(site.files()[name])
    SCHEMA.assertValid(root)
    found = root.xpath(path, namespaces=NAMES)
    assert isinstance(found, list)
    return [str(each) for each in found]


def listed(site: Site, name: str) -> list[str]:
    """The paths of the pages or sitemaps that one lists."""
    return [each.removeprefix(URL) for each in asked(site, name, "//s:loc/text()")]


def whole(site: Site) -> list[str]:
    """The paths of all pages, by way of robots.txt and the index, as a crawler finds them."""
    robots = RobotFileParser()
    robots.parse(site.page("robots.txt").splitlines())
    start = (robots.site_maps() or [""])[0]
    return [page for each in listed(site, start.removeprefix(URL)) for page in listed(site, each)]


def test_every_public_page_is_found_once_and_nothing_else_of_stories(site: Site) -> None:
    """In all languages; no hidden story, no draft and none that is under embargo."""
    site.story("a.md")
    site.story("a-uk.md", Slug="a", Lang="uk")
    site.story("b.md", Date="1999-05-05")
    site.story("hidden.md", Status="hidden")
    site.story("draft.md", Status="draft")
    site.story("later.md", Date="2026-01-01")
    site.write("pages/about.md", "Title: About & more\nSlug: о-нас\n\nText.\n")
    site.publish(SLUGIFY_USE_UNICODE=True)
    found = whole(site)
    assert sorted(found) == sorted(set(found))
    stories = {"2024/11/01/a/", "uk/2024/11/01/a/", "1999/05/05/b/"}
    assert stories < set(found)
    assert not {each for each in found if each.count("/") > 3} - stories
    assert "%D0%BE-%D0%BD%D0%B0%D1%81/" in found
    assert {"", "archive/", "2024/", "1999/", "section/misc/"} < set(found)


def test_each_address_is_that_of_a_file(site: Site) -> None:
    """No entry of any sitemap leads nowhere, pictures and other languages among them."""
    site.write("images/a.svg", PICTURE)
    site.story("a.md", Image="images/a.svg", Story="Flood", Tags="Moon", Source="Log")
    site.story("a-uk.md", Slug="a", Lang="uk")
    site.publish(ARCHIVE_LANGUAGE_STORIES=1)
    files = site.files()
    for name in (each for each in files if each.startswith("sitemap")):
        for address in asked(site, name, "//s:loc/text() | //i:loc/text() | //x:link/@href"):
            path = address.removeprefix(URL)
            assert (path if "." in path else f"{path}index.html") in files


def test_the_day_is_the_last_that_the_headers_name(site: Site) -> None:
    """Of publication, of a change or of a correction; an edit alone changes nothing."""
    site.story("a.md")
    site.story("b.md", Date="2024-11-02", Modified="2024-11-20 23:30")
    site.story("c.md", Date="2024-11-03", Modified="2024-11-04", Correction="2024-12-01: Wrong.")
    site.publish()
    days = asked(site, "sitemap-2024.xml", "//s:lastmod/text()")
    assert days == ["2024-11-01", "2024-11-20", "2024-12-01"]
    before = site.files()["sitemap-2024.xml"]
    site.story("a.md", "Other words.")
    site.publish()
    assert site.files()["sitemap-2024.xml"] == before


def test_pictures_are_those_that_are_published(site: Site) -> None:
    """A story's picture and those in its text, each once, but none that it takes along."""
    for name in ("a", "b", "c", "d"):
        site.write(f"images/{name}.svg", PICTURE)
    text = "![B]({static}/images/b.svg) ![B](/images/b.svg) ![C](/images/c.svg) "
    site.story("a.md", f"{text} ![D]({{attach}}/images/d.svg)", Image="images/a.svg")
    site.publish()
    found = asked(site, "sitemap-2024.xml", "//i:loc/text()")
    assert sorted(found) == [f"{URL}images/{name}.svg" for name in ("a", "b", "c")]


def test_a_story_names_itself_in_every_language(site: Site) -> None:
    """Each of them names all, and a story in one language names none."""
    site.story("a.md")
    site.story("a-uk.md", Slug="a", Lang="uk")
    site.story("b.md")
    site.publish()
    links = asked(site, "sitemap-2024.xml", "//x:link/@href")
    both = [f"{URL}2024/11/01/a/", f"{URL}uk/2024/11/01/a/"]
    assert links == both * 2
    assert asked(site, "sitemap-2024.xml", "//x:link/@hreflang") == ["en", "uk"] * 2


def test_a_year_is_cut_from_its_first_story_on(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A story at the end changes the last part, or begins another, which the index then has."""
    monkeypatch.setattr(sitemaps, "PART", 2)
    for day in range(1, 4):
        site.story(f"{day}.md", Date=f"2024-03-{day:02d}")
    site.publish(ARCHIVES_SAVE_AS="")
    before = site.files()
    assert listed(site, "sitemap-2024.xml") == ["2024/03/01/1/", "2024/03/02/2/"]
    site.story("4.md", Date="2024-03-04")
    site.publish(ARCHIVES_SAVE_AS="")
    after = site.files()
    changed = {each for each in after if "sitemap" in each and before.get(each) != after[each]}
    assert changed == {"sitemap-2024-part-2.xml"}
    site.story("5.md", Date="2024-03-05")
    site.publish(ARCHIVES_SAVE_AS="")
    assert "sitemap-2024-part-3.xml" in listed(site, "sitemap.xml")
    for day in range(3, 6):
        (site.content / f"{day}.md").unlink()
    site.publish(ARCHIVES_SAVE_AS="")
    assert [each for each in site.files() if "part" in each] == []


def test_a_sitemap_that_is_too_large_does_without_pictures(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left is every address with its day."""
    site.write("images/a.svg", PICTURE)
    site.story("a.md", Image="images/a.svg")
    monkeypatch.setattr(documents, "SIZE", 0)
    site.publish()
    assert listed(site, "sitemap-2024.xml") == ["2024/11/01/a/"]
    assert asked(site, "sitemap-2024.xml", "//i:loc/text()") == []


def test_news_is_of_the_day_and_the_day_before(site: Site) -> None:
    """It goes with the days though no story changes, and the index with it."""
    title = 'Ships & <b>"sails"</b>'
    site.story("old.md", Date="2024-11-01 23:59")
    site.story("new.md", Date="2024-11-02 00:00", Title=title, Lang="pt-br")
    site.story("newer.md", Date="2024-11-03")
    site.publish(ARCHIVE_AS_OF="2024-11-03 20:00")
    name = "sitemap-news.xml"
    assert asked(site, name, "//n:title/text()") == ["newer", title]
    assert asked(site, name, "//n:language/text()") == ["en", "pt"]
    dates = asked(site, name, "//n:publication_date/text()")
    assert dates == ["2024-11-03", "2024-11-02T00:00:00Z"]
    assert name in listed(site, "sitemap.xml")
    site.publish(ARCHIVE_AS_OF="2024-11-04 00:00")
    assert asked(site, name, "//n:title/text()") == ["newer"]
    site.publish(ARCHIVE_AS_OF="2024-11-05 00:00")
    assert name not in site.files()
    assert name not in listed(site, "sitemap.xml")


def test_without_an_address_of_the_site_there_is_none_and_one_note(site: Site) -> None:
    """Nothing is said where the owner switched them off."""
    site.story()
    notes = site.publish(SITEURL="").notes
    (note,) = (note for note in notes if "sitemap" in note)
    assert note.startswith("SITEURL: note: it is empty: there are no sitemaps and no robots.txt")
    assert not {"robots.txt", "sitemap.xml"} & site.files().keys()
    assert site.publish(SITEURL="", SITEMAP_SAVE_AS="").notes == []


def test_robots_may_fetch_all_but_the_history(site: Site) -> None:
    """Its documents repeat stories; without them nothing is forbidden."""
    site.story()
    site.publish()
    rules = site.page("robots.txt").splitlines()
    assert rules[:2] == ["User-agent: *", "Disallow: /feed/*.atom"]
    assert "feed/2024-11.atom" in site.files()
    site.publish(ARCHIVE_FEEDS={"history": []}, SITEMAP_SAVE_AS="")
    assert site.page("robots.txt") == "User-agent: *\nDisallow:\n"


def test_the_owners_robots_win(site: Site) -> None:
    """They come and go; below the root of a host there are none, for no crawler looks there."""
    site.story()
    site.publish(STATIC_PATHS=["robots.txt"])
    ours = site.page("robots.txt")
    site.write("robots.txt", "User-agent: *\nDisallow: /\n")
    assert site.publish(STATIC_PATHS=["robots.txt"]).errors == []
    assert site.page("robots.txt") == "User-agent: *\nDisallow: /\n"
    (site.content / "robots.txt").unlink()
    site.publish(STATIC_PATHS=["robots.txt"])
    assert site.page("robots.txt") == ours
    site.publish(SITEURL="https://host.example/gazette")
    assert "robots.txt" not in site.files()
    assert "sitemap.xml" in site.files()


def test_names_follow_that_of_the_index(site: Site) -> None:
    """An empty name switches all sitemaps off."""
    site.story()
    site.publish(SITEMAP_SAVE_AS="maps/all.xml", SITEMAP_NEWS_SAVE_AS="")
    assert listed(site, "maps/all.xml") == ["maps/all-pages.xml", "maps/all-2024.xml"]
    site.publish(SITEMAP_SAVE_AS="")
    assert [each for each in site.files() if "sitemap" in each] == []
