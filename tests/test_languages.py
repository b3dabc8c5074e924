"""Stories in several languages: each other's translations, and each language's front page."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.conftest import Site


def found(site: Site, path: str, selector: str, name: str) -> list[str | None]:
    """The values of an attribute of what a selector finds on a page."""
    tree = LexborHTMLParser(site.page(path))
    return [node.attributes.get(name) for node in tree.css(selector)]


@pytest.fixture
def two(site: Site) -> Site:
    """Give a site of a story in English and Ukrainian, and one that is in Ukrainian alone."""
    site.story("ferry.md", Slug="ferry")
    site.story("ferry-uk.md", "Пором.", Title="Пором", Slug="ferry", Lang="uk")
    site.story("bridge.md", "Міст.", Title="Міст", Slug="bridge", Lang="uk")
    return site


def test_a_language_with_stories_enough_has_a_front_page_and_a_feed(two: Site) -> None:
    """They show translations too; all pages in the language lead there."""
    assert two.publish(ARCHIVE_LANGUAGE_STORIES=2).counts
    front = LexborHTMLParser(two.page("uk/index.html"))
    assert {node.text() for node in front.css("main .headline")} == {"Пором", "Міст"}
    assert found(two, "uk/index.html", ".languages a", "href") == ["/"]
    assert found(two, "index.html", ".languages a", "href") == ["/uk/"]
    story = "uk/2024/11/01/ferry/index.html"
    assert found(two, story, ".masthead .name a", "href") == ["/uk/"]
    assert found(two, "2024/11/01/ferry/index.html", ".masthead .name a", "href") == ["/"]
    assert "Міст" in two.page("uk/feed.xml")
    assert "Пором" in two.page("uk/feed.xml")
    assert "<language>uk</language>" in two.page("uk/feed.xml")
    assert found(two, "feeds/index.html", "a[lang]", "href") == ["/uk/"]
    assert 'xmlUrl="https://gazette.example/uk/feed.xml"' in two.page("feeds.opml")


@pytest.mark.parametrize("least", [0, 3])
def test_a_language_with_fewer_has_none(two: Site, least: int) -> None:
    """Nor has any where the number is 0."""
    two.publish(ARCHIVE_LANGUAGE_STORIES=least)
    assert not {"uk/index.html", "uk/feed.xml"} & two.files().keys()
    assert found(two, "index.html", ".languages a", "href") == []
    story = "uk/2024/11/01/ferry/index.html"
    assert found(two, story, ".masthead .name a", "href") == ["/"]


def test_only_published_stories_count(two: Site) -> None:
    """Drafts, hidden and embargoed ones are not shown, so that they count for nothing."""
    two.story("a.md", Title="A", Slug="a", Lang="uk", Status="draft")
    two.story("b.md", Title="B", Slug="b", Lang="uk", Status="hidden")
    two.story("c.md", Title="C", Slug="c", Lang="uk", Date="2999-01-01")
    two.publish(ARCHIVE_LANGUAGE_STORIES=3)
    assert "uk/index.html" not in two.files()


def test_a_hidden_translation_is_not_led_to(site: Site) -> None:
    """Who knows its address finds it, and from there the others."""
    site.story("ferry.md", Slug="ferry")
    site.story("ferry-uk.md", Slug="ferry", Lang="uk", Status="hidden")
    site.publish()
    assert found(site, "2024/11/01/ferry/index.html", "[hreflang]", "hreflang") == []
    hidden = "uk/2024/11/01/ferry/index.html"
    assert found(site, hidden, ".languages a", "hreflang") == ["en"]
    assert found(site, hidden, "head [hreflang]", "hreflang") == []


@pytest.mark.parametrize("lang", ["zh_CN", "zh-CN", "zh-cn"])
def test_a_language_may_be_written_as_a_locale(site: Site, lang: str) -> None:
    """In the settings and in a header, with a story in the archive's language no translation."""
    site.story("ferry.md", Slug="ferry", Lang=lang)
    site.publish(DEFAULT_LANG="zh_CN")
    assert found(site, "2024/11/01/ferry/index.html", "html", "lang") == ["zh-cn"]
