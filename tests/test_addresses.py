"""Pelican's URL settings become patterns; what is unstated gets Microfiche's own address."""

from __future__ import annotations

import locale
import os
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pelican.settings import DEFAULT_CONFIG

from microfiche import addresses
from microfiche.addresses import Addresses, PathDate, Pattern

RESERVED = re.compile(r"(?:[A-Za-z0-9/._~!$&'()*+,;=:@-]|%[0-9A-F]{2})*")

paths = st.lists(st.text(min_size=1), min_size=1, max_size=5).map("/".join)


def stated(**settings: Any) -> Addresses:
    """The addresses of an archive that states these settings."""
    own = {name: _own(value) for name, value in settings.items()}
    return addresses.from_settings({**DEFAULT_CONFIG, **own}, DEFAULT_CONFIG)


def _own(value: Any) -> Any:
    """An equal string that is another object, as one from a file is."""
    return "".join(list(value)) if isinstance(value, str) else value


def test_what_is_unstated_gets_the_archives_own_addresses() -> None:
    """Pelican's defaults do not count: they are in the settings of every site."""
    found = stated()
    day = {"date": PathDate("2024-11-01")}
    assert found.story.place(slug="a", **day) == ("2024/11/01/a/", "2024/11/01/a/index.html")
    assert found.year.place(**day) == ("2024/", "2024/index.html")
    assert found.term("tag", "x") == ("tag/x/", "tag/x/index.html")
    assert found.term("section", "x") == ("section/x/", "section/x/index.html")
    assert found.term("byline", "x") == ("byline/x/", "byline/x/index.html")
    assert found.term("story", "x") == ("story/x/", "story/x/index.html")
    assert found.archive.place() == ("archive/", "archive/index.html")
    assert found.front.place() == ("", "index.html")
    assert found.feed("archive", "", "rss").output == "feed.xml"
    assert found.feeds.place() == ("feeds/", "feeds/index.html")


@pytest.mark.parametrize(
    ("setting", "kind"), [("TAG", "tag"), ("CATEGORY", "section"), ("AUTHOR", "byline")]
)
def test_what_is_stated_counts_also_where_it_is_pelicans_default(setting: str, kind: str) -> None:
    """An existing site that spells it out keeps its addresses."""
    default = DEFAULT_CONFIG[f"{setting}_URL"]
    found = stated(**{f"{setting}_URL": default, f"{setting}_SAVE_AS": default})
    assert found.term(kind, "x").output == default.format(slug="x")


def test_the_file_follows_from_the_address_and_the_address_from_the_file() -> None:
    """Stating one of the two is enough."""
    assert stated(ARTICLE_URL="{slug}/").story == Pattern("{slug}/", "{slug}/index.html")
    assert stated(ARTICLE_URL="{slug}.html").story == Pattern("{slug}.html", "{slug}.html")
    by_file = stated(ARTICLE_SAVE_AS="{slug}/index.html").story
    assert by_file.place(slug="a") == ("a/", "a/index.html")


def test_an_address_and_a_file_may_differ_where_both_are_stated() -> None:
    """For hosts that leave the ending off."""
    both = stated(ARTICLE_URL="{slug}", ARTICLE_SAVE_AS="{slug}.html")
    assert both.story.place(slug="a") == ("a", "a.html")


def test_an_empty_file_switches_a_page_off() -> None:
    """As in Pelican."""
    assert not stated(TAG_SAVE_AS="").terms["tag"]
    assert not stated(TAGS_SAVE_AS="").indexes["tag"]


def test_a_stated_feed_is_where_it_was() -> None:
    """Subscribers do not move."""
    found = stated(FEED_ALL_RSS="feeds/all.rss.xml", TAG_FEED_RSS="feeds/{slug}.xml")
    assert found.feed("archive", "", "rss").output == "feeds/all.rss.xml"
    assert found.feed("archive", "", "atom").output == "feed.atom"
    assert found.feed("tag", "x", "rss").output == "feeds/x.xml"
    assert found.feed("section", "x", "rss").output == "section/x/feed.xml"


@pytest.mark.parametrize(
    ("setting", "kind", "form", "pattern"),
    [
        ("FEED_ALL_ATOM", "archive", "atom", "feeds/all.atom.xml"),
        ("FEED_ATOM", "archive", "atom", "feeds/new.atom.xml"),
        ("CATEGORY_FEED_ATOM", "section", "atom", "feeds/{slug}.atom.xml"),
        ("TAG_FEED_ATOM", "tag", "atom", "feeds/tag/{slug}.atom.xml"),
        ("AUTHOR_FEED_ATOM", "byline", "atom", "feeds/{slug}.atom.xml"),
        ("AUTHOR_FEED_RSS", "byline", "rss", "feeds/{slug}.rss.xml"),
    ],
)
def test_each_of_pelicans_feeds_is_where_it_was(
    setting: str, kind: str, form: str, pattern: str
) -> None:
    """Also where the pattern that is stated is Pelican's default; None states nothing."""
    found = stated(**{setting: pattern})
    assert found.feed(kind, "x", form).output == pattern.format(slug="x")
    assert stated(**{setting: None}).stated_feeds[kind] == {}


@pytest.mark.parametrize("url", ["tag/{slug}/", "tag/{slug}.html", "tag/{slug}/index.html"])
def test_a_terms_years_and_feed_lie_beside_its_page(url: str) -> None:
    """Whatever its own address looks like."""
    found = stated(TAG_URL=url, TAG_SAVE_AS=f"{url}index.html" if url.endswith("/") else url)
    assert found.term_period("tag", "x", "2024").output == "tag/x/2024/index.html"
    assert found.term_period("tag", "x", "2024-11").address == "tag/x/2024/11/"
    assert found.feed("tag", "x", "rss").output == "tag/x/feed.xml"
    assert found.feed("tag", "x", "json").address == "tag/x/feed.json"


@pytest.fixture
def german() -> Iterator[None]:
    """A locale that has other names for days and months, if the machine has one."""
    before = locale.setlocale(locale.LC_ALL)
    for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"):
        try:
            locale.setlocale(locale.LC_ALL, name)
            break
        except locale.Error:
            continue
    yield
    locale.setlocale(locale.LC_ALL, before)


@pytest.mark.usefixtures("german")
def test_a_date_in_a_path_does_not_depend_on_the_machine() -> None:
    """English names whatever the locale, and years of four digits."""
    assert f"{PathDate('2024-11-01'):%A %a %d %B %b %Y %y}" == "Friday Fri 01 November Nov 2024 24"
    assert f"{PathDate('0476-09-04'):%Y/%m/%d/%j}" == "0476/09/04/248"
    assert f"{PathDate('2024-11-01')}" == "2024-11-01"


@given(paths)
def test_an_address_is_made_of_what_rfc_3986_allows_and_leads_back(path: str) -> None:
    """Whatever a file is called."""
    address = addresses.encoded(path)
    assert RESERVED.fullmatch(address)
    assert unquote(address) == re.sub(r"(?:\A|(?<=/))index\.html\Z", "", path.lstrip("/"))


@given(paths | st.text("./a\\\x00", max_size=12))
def test_a_path_that_is_not_astray_stays_in_its_folder(path: str) -> None:
    """It is as plain as a path can be: joining it cannot lead elsewhere."""
    if not addresses.astray(path):
        assert os.path.normpath(path) == path
        assert os.path.join("/out", path) == f"/out/{path}"
        assert os.path.normpath(f"/out/{path}").startswith("/out/")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/etc/x",
        "..",
        "../x",
        "a/../../x",
        "a//b",
        "a/./b",
        "a/",
        "a\\b",
        "a\nb",
        "a\0",
        "a\x85",
        "a\u2028b",
    ],
)
def test_every_way_out_of_a_folder_is_astray(path: str) -> None:
    """Also those that only another system takes for one."""
    assert addresses.astray(path)


def test_a_field_that_there_is_not_is_named() -> None:
    """The story that lacks it reports it."""
    with pytest.raises(KeyError, match="series"):
        Pattern("{series}/", "{series}/index.html").place(slug="a")


@pytest.mark.parametrize("name", ["self", "cls", "address", "format_spec"])
def test_no_field_is_confused_with_the_programs_own_names(name: str) -> None:
    """A story may have a header of any name, and a pattern may ask for it."""
    assert Pattern(f"{{{name}}}/", "x").place(**{name: "a"}).address == "a/"
