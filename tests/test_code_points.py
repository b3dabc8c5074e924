"""Every code point there is, through a headline and into whatever machines read of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from html import unescape
from typing import NamedTuple

import feedparser
import pytest
from lxml import etree
from selectolax.lexbor import LexborHTMLParser, LexborNode

from microfiche.decoding import FORBIDDEN
from microfiche.pages.sitemaps import NEWS
from tests.conftest import Built, Site

BATCH = 990
"""Code points in a headline: with its first and last letters it is as long as one may be."""

UNWRITTEN = {0, 0xA, 0xD, *range(0xD800, 0xE000)}
"""Those that no line of a file in UTF-8 can have; a file with a NUL is refused."""


class Through(NamedTuple):
    """An archive of such headlines by the addresses of their stories, and what its build said."""

    site: Site
    titles: dict[str, str]
    built: Built


def batches() -> Iterator[str]:
    """Every code point once, in order."""
    points = [chr(point) for point in range(sys.maxunicode + 1) if point not in UNWRITTEN]
    for start in range(0, len(points), BATCH):
        yield "".join(points[start : start + BATCH])


pytestmark = pytest.mark.xdist_group("code points")  # the archive is built once


@pytest.fixture(scope="module")
def through(tmp_path_factory: pytest.TempPathFactory) -> Through:
    """All headlines in one archive, of which the feeds have every story."""
    site = Site(tmp_path_factory.mktemp("code points"))
    titles = {}
    for number, batch in enumerate(batches()):
        site.story(f"{number}.md", Title=f"A{batch}Z", Date="2024-12-31")
        titles[f"{site.conf['SITEURL']}/2024/12/31/{number}/"] = f"A{FORBIDDEN.sub('', batch)}Z"
    settings = {"FEED_MAX_ITEMS": len(titles), "ARCHIVE_API": True, "ARCHIVE_JOBS": 2}
    return Through(site, titles, site.publish(**settings))


def in_pages(through: Through, selector: str) -> Iterator[tuple[str, LexborNode]]:
    """An element of every page, as a browser reads it."""
    for address in through.titles:
        path = address.removeprefix(f"{through.site.conf['SITEURL']}/")
        page = LexborHTMLParser((through.site.output / path / "index.html").read_bytes())
        found = page.css_first(selector)
        assert found, selector
        yield address, found


def headings(through: Through) -> dict[str, str]:
    """The heading of every page."""
    return {address: found.text() for address, found in in_pages(through, "h1")}


def previews(through: Through) -> dict[str, str]:
    """What every page tells previews."""
    metas = in_pages(through, "meta[property='og:title']")
    return {address: str(found.attrs["content"]) for address, found in metas}


def described(through: Through) -> dict[str, str]:
    """The JSON-LD of every page, from its script element."""
    scripts = in_pages(through, "script[type='application/ld+json']")
    articles = (json.loads(found.text())["@graph"][0] for _, found in scripts)
    return {article["url"]: article["headline"] for article in articles}


def rss(through: Through) -> dict[str, str]:
    """The feed in RSS: where a headline looks like HTML, it is written as readers of HTML need."""
    root = etree.fromstring((through.site.output / "feed.xml").read_bytes())
    items = (
        (item.findtext("link") or "", item.findtext("title") or "") for item in root.iter("item")
    )
    return {link: unescape(title) if "&lt;" in title else title for link, title in items}


def atom(through: Through) -> dict[str, str]:
    """The feed in Atom, which says of such a headline that it is HTML."""
    root = etree.fromstring((through.site.output / "feed.atom").read_bytes())
    found = {}
    for entry in root.iter("{*}entry"):
        title, link = entry.find("{*}title"), entry.find("{*}link[@rel='alternate']")
        assert title is not None
        assert link is not None
        words = title.text or ""
        found[str(link.get("href"))] = unescape(words) if title.get("type") == "html" else words
    return found


def json_feed(through: Through) -> dict[str, str]:
    """The JSON Feed."""
    items = json.loads((through.site.output / "feed.json").read_bytes())["items"]
    return {item["url"]: item["title"] for item in items}


def api(through: Through) -> dict[str, str]:
    """The document of every story."""
    folders = (each.removeprefix(f"{through.site.conf['SITEURL']}/") for each in through.titles)
    found = [
        json.loads((through.site.output / each / "index.json").read_bytes()) for each in folders
    ]
    return {story["url"]: story["headline"] for story in found}


def news(through: Through) -> dict[str, str]:
    """The sitemap of news, which has the newest thousand."""
    root = etree.fromstring((through.site.output / "sitemap-news.xml").read_bytes())
    return {each.findtext("{*}loc") or "": each.findtext(".//{*}title") or "" for each in root}


@pytest.mark.parametrize("read", [headings, previews, described, rss, atom, json_feed, api, news])
def test_nothing_is_lost_but_what_xml_forbids(
    through: Through, read: Callable[[Through], dict[str, str]]
) -> None:
    """Each is read again by a real parser."""
    found = read(through)
    assert len(found) == (NEWS if read is news else len(through.titles))
    wrong = [
        (address, sorted(map(ascii, set(through.titles[address]) ^ set(title))))
        for address, title in found.items()
        if title != through.titles[address]
    ]
    assert wrong == []


def test_feedparser_reads_them_all(through: Through) -> None:
    """Feeds are well-formed to the reader that many programs rest on."""
    for name in ("feed.xml", "feed.atom"):
        feed = feedparser.parse(through.site.output / name)
        assert not feed.bozo
        assert len(feed.entries) == len(through.titles)


def test_what_was_taken_out_is_reported(through: Through) -> None:
    """With the file, the line and the first such character; nothing else is said of headlines."""
    told = [each for each in through.built.warnings if "was taken out" in each]
    files = [each for each in batches() if FORBIDDEN.search(each)]
    assert len(told) == len(files) > 1
    assert told[0].startswith("content/0.md:1: warning: the character U+0001 was taken out")
