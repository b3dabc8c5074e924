"""Feeds as their readers see them: each story once, and the whole archive by feed alone."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import feedparser
import pytest
from jsonschema import Draft202012Validator
from lxml import etree

from microfiche.feeds.xml import NotWellFormed, checked
from microfiche.pages import history
from microfiche.pages.entries import absolute
from tests.conftest import PICTURE, Site

URL = "https://gazette.example/"
ATOM = "{http://www.w3.org/2005/Atom}"
FH = "{http://purl.org/syndication/history/1.0}"
JSON_FEED = Draft202012Validator(
    json.loads((Path(__file__).parent / "schemas" / "jsonfeed.json").read_bytes())
)


class Client:
    """Reads a complete history (RFC 5005, section 4): every address but the feed's own once."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._fetched: set[str] = set()
        self.titles: dict[str, str] = {}

    def poll(self) -> None:
        """Fetch the feed, and documents of the history up to one that was fetched before."""
        address = f"{URL}feed.atom"
        while address:
            root = etree.fromstring(self._site.files()[address.removeprefix(URL).split("?")[0]])
            assert (root.find(f"{FH}archive") is None) == address.endswith("/feed.atom")
            for entry in root.iter(f"{ATOM}entry"):
                identity = entry.findtext(f"{ATOM}id") or ""
                self.titles.setdefault(identity, entry.findtext(f"{ATOM}title") or "")
            (address,) = root.xpath(
                "string(a:link[@rel='prev-archive']/@href)", namespaces={"a": ATOM[1:-1]}
            ).splitlines() or [""]
            if address in self._fetched:
                return
            self._fetched.add(address)


@pytest.fixture
def small(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """An archive with few stories in a feed and in a document of its history."""
    monkeypatch.setattr(history, "PART", 3)
    site.conf["FEED_MAX_ITEMS"] = 2
    return site


def test_the_whole_archive_comes_by_feed_alone(small: Site) -> None:
    """Every published story once, the newest first; no draft, no hidden and no later one."""
    days = (
        "2019-12-31",
        "2020-01-01",
        *(f"2020-03-{day:02d}" for day in range(1, 9)),
        "2024-11-01",
    )
    for day in days:
        small.story(f"{day}.md", Date=day)
    small.story("draft.md", Status="draft")
    small.story("hidden.md", Status="hidden")
    small.story("later.md", Date="2026-01-01")
    small.publish()
    client = Client(small)
    client.poll()
    assert list(client.titles.values()) == sorted(days, reverse=True)


def test_a_reader_that_keeps_what_it_fetched_misses_nothing(small: Site) -> None:
    """Though more stories come between two visits than the feed holds."""
    client = Client(small)
    for day in range(1, 29, 4):
        for more in range(4):
            small.story(f"{day + more}.md", Date=f"2024-10-{day + more:02d}")
        small.publish()
        client.poll()
    assert len(client.titles) == 28


def test_each_format_says_the_same(site: Site) -> None:
    """The same stories with the same identities, texts, bylines and dates."""
    site.write("images/a.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    site.story("a.md", Authors="World desk; Sea desk", Dek="Short.", Image="images/a.svg", Tags="x")
    site.publish()
    files = site.files()
    rss, atom = (feedparser.parse(files[name]).entries[0] for name in ("feed.xml", "feed.atom"))
    (item,) = json.loads(files["feed.json"])["items"]
    assert rss.id == atom.id == item["id"]
    assert rss.published_parsed == atom.published_parsed
    assert rss.summary == atom.summary == item["summary"] == "Short."
    assert [one["name"] for one in item["authors"]] == ["World desk", "Sea desk"]
    assert [one.name for one in atom.authors] == ["World desk", "Sea desk"]
    (enclosure,) = item["attachments"]
    size = len(files["images/a.svg"])
    assert enclosure["size_in_bytes"] == size
    assert rss.enclosures[0].length == atom.enclosures[0].length == str(size)
    assert enclosure["mime_type"] == rss.enclosures[0].type == "image/svg+xml"


def test_an_edit_announces_nothing_and_a_correction_if_it_is_to(site: Site) -> None:
    """The identity stays in any case, so that readers show the story once."""
    site.story("a.md", "One.")
    site.publish()
    (first,) = feedparser.parse(site.files()["feed.atom"]).entries
    site.story("a.md", "Two.", Correction="2024-11-05: It was one.")
    site.publish()
    (quiet,) = feedparser.parse(site.files()["feed.atom"]).entries
    assert (quiet.id, quiet.updated) == (first.id, first.updated)
    assert quiet.content[0].value.index("Two.") < quiet.content[0].value.index("It was one.")
    site.publish(ARCHIVE_ANNOUNCE_CORRECTIONS=True)
    (loud,) = feedparser.parse(site.files()["feed.atom"]).entries
    assert (loud.id, loud.published) == (first.id, first.published)
    assert loud.updated.startswith("2024-11-05")
    assert loud.content[0].value.index("It was one.") < loud.content[0].value.index("Two.")


def test_json_feeds_have_the_form_of_the_format(site: Site) -> None:
    """Of the archive and of a section, with all that an item may have and with none of it."""
    site.write("images/a.svg", PICTURE)
    site.story(
        "a.md", Authors="World desk", Dek="Short.", Image="images/a.svg", Modified="2024-12-01"
    )
    site.story("b.md", "", Lang="pt-BR", Category="Sea & shore", Title='<b>"&\u2028')
    site.publish(ARCHIVE_HUBS=["https://hub.example/"])
    found = [data for path, data in site.files().items() if path.endswith("feed.json")]
    assert len(found) == 3
    for feed in map(json.loads, found):
        JSON_FEED.validate(feed)
        assert feed.keys() >= {"home_page_url", "feed_url"}
        assert all(item.keys() >= {"url", "title", "date_published"} for item in feed["items"])
        assert len({item["id"] for item in feed["items"]}) == len(feed["items"]) > 0


def test_the_schema_of_json_feeds_is_one() -> None:
    """It is sound itself, and refuses what is no feed."""
    Draft202012Validator.check_schema(JSON_FEED.schema)
    item = {"id": "1", "content_html": ""}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "A", "items": [item]}
    assert JSON_FEED.is_valid(feed)
    for wrong in ({"items": [{"id": "1"}]}, {"version": "1"}, {"title": ""}, {"titel": "A"}):
        assert not JSON_FEED.is_valid(feed | wrong)


@pytest.mark.parametrize("document", ["<a>", "<a>\x01</a>", "<!DOCTYPE a><a/>", "<a>\ud800</a>"])
def test_a_document_that_cannot_be_read_again_is_not_published(document: str) -> None:
    """The error names it."""
    with pytest.raises(NotWellFormed) as caught:
        checked("feed.xml", document)
    assert caught.value.problems[0].path == "feed.xml"


def test_only_addresses_are_made_whole_and_no_text_that_looks_like_one() -> None:
    """Code that shows an attribute is text; an address comes after an attribute with a ``>``."""
    code = '<p>write <code>&lt;a href="here/"&gt;</code>, href="there/"</p>'
    assert absolute(code, "https://gazette.example/a/") == code
    link = '<img alt="b > a" src="../p.png"><a title="x" href="#note">1</a>'
    assert absolute(link, "https://gazette.example/a/") == (
        '<img alt="b > a" src="https://gazette.example/p.png">'
        '<a title="x" href="https://gazette.example/a/#note">1</a>'
    )


@pytest.mark.parametrize(
    "written",
    ["/a/", "/a.html", "/../a/", "/a/./b", "//other.example/a", "/a//b", "/a?b#c", "/é", "b", "#c"],
)
@pytest.mark.parametrize("site", ["https://gazette.example", "http://gazette.example/sub", ""])
def test_an_address_is_made_whole_as_the_standard_says(site: str, written: str) -> None:
    """However quickly: RFC 3986, section 5."""
    base = f"{site}/2024/story/"
    assert absolute(f'<a href="{written}">', base) == f'<a href="{urljoin(base, written)}">'


@pytest.mark.parametrize(
    "title", ["&ldquo;Yes&rdquo;", "What &lt;b&gt; is", "It&#39;s", "&#x3c;b>"]
)
def test_a_headline_that_looks_like_html_is_shown_as_it_is_written(site: Site, title: str) -> None:
    """Readers take a headline for HTML: a character reference is not to come to life there."""
    site.story("a.md", Title=title, Dek=title)
    site.publish()
    files = site.files()
    for name in ("feed.xml", "feed.atom"):
        (entry,) = feedparser.parse(files[name], sanitize_html=False).entries
        assert unescape(entry.title) == title
        assert unescape(entry.summary) == title
    (item,) = json.loads(files["feed.json"])["items"]
    assert (item["title"], item["summary"]) == (title, title)
