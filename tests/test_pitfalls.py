"""What goes wrong elsewhere on real input, and must not here: real builds of tiny archives."""

from __future__ import annotations

import json
import os
import re
import socket
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from tests.conftest import PICTURE, Site
from tests.payloads import PAYLOADS, TEXT_HEADERS, hostile_archive
from tests.test_sanitise import dangers

LONG = "x" * 300
KEEP_GOING = {"ARCHIVE_KEEP_GOING": True}


def sums(site: Site, **conf: Any) -> tuple[int, int, int]:
    """Sources, published and quarantined ones, of a build that keeps going; the accounts add up."""
    counts = site.build(**KEEP_GOING, **conf).counts
    assert counts
    kinds = (counts.stories, counts.pages, counts.drafts, counts.embargoed, counts.quarantined)
    assert counts.sources == sum(kinds)
    return counts.sources, counts.stories, counts.quarantined


def feeds(site: Site) -> list[bytes]:
    """Every feed; each is well-formed."""
    endings = (".xml", ".atom", ".opml")
    found = [data for path, data in site.files().items() if path.endswith(endings)]
    assert found
    for data in found:
        etree.fromstring(data)
    return found


# Sources that are no stories


def test_what_pelican_drops_in_silence_is_an_error_with_its_reason(site: Site) -> None:
    """All of it at once; nothing is published, or the rest if the build is to keep going."""
    site.story("sound.md")
    site.publish()
    site.write("no-title.md", "Date: 2024-11-01\n\nx")
    site.write("no-date.md", "Title: A\n\nx")
    site.write("garbled-date.md", "Title: A\nDate: soonish\n\nx")
    site.write("latin-1.md", "Title: caf\xe9\nDate: 2024-11-01\n\nx".encode("latin-1"))
    site.write("utf-16.md", "Title: A\nDate: 2024-11-01\n\nx".encode("utf-16"))
    site.write("binary.md", bytes(range(256)))
    site.write("empty.md", "")
    site.write("prose.md", "Only prose.")
    assert [line.split("; ")[0] for line in site.refuse()] == [
        "content/binary.md:1: error: the file has a NUL byte: it is not UTF-8 text",
        "content/empty.md:1: error: the file is empty",
        "content/garbled-date.md:2: error: 'soonish' is not a date we can be sure of",
        "content/latin-1.md:1: error: the byte 0xE9 is not UTF-8",
        "content/no-date.md:1: error: there is no date",
        "content/no-title.md:1: error: there is no title",
        "content/prose.md:1: error: there are no headers",
        "content/utf-16.md:1: error: the file is UTF-16 or UTF-32",
    ]
    assert sums(site) == (9, 1, 8)


def test_leading_blank_lines_do_not_lose_a_story(site: Site) -> None:
    """Nor do a byte order mark and the line ends of other systems."""
    site.write("blank.md", "\n\n \nTitle: A\nDate: 2024-11-01\n\nx")
    site.write("bom.md", b"\xef\xbb\xbfTitle: A\r\nDate: 2024-11-01\r\n\r\nx\r\n")
    assert site.publish().counts
    assert sums(site) == (2, 2, 0)


@pytest.mark.parametrize("date", ["12", "May 2020", "Monday", "03/04/2020"])
def test_gaps_in_a_date_are_not_filled_in(site: Site, date: str) -> None:
    """Two days' builds would differ."""
    site.story(Date=date)
    (error,) = site.refuse()
    assert error.startswith(f"content/story.md:2: error: {date!r} is not a date we can be sure of")


def test_a_zones_abbreviation_is_not_dropped(site: Site) -> None:
    """The story would be hours off."""
    site.story(Date="2024-11-01 10:00 EST")
    (error,) = site.refuse()
    assert "write 2024-11-01 10:00, with an offset such as +02:00" in error


def test_what_is_not_published_yet_leaves_no_trace(site: Site) -> None:
    """Nothing of it is copied, counted or named: neither terms nor pictures nor files."""
    secret = {
        "Title": "SECRET",
        "Tags": "SECRET",
        "Category": "SECRET",
        "Author": "SECRET",
        "Dek": "SECRET",
        "Summary": "SECRET",
        "Story": "SECRET",
        "Source": "SECRET, https://secret.example/",
        "Image": "images/secret-header.svg",
        "Image_alt": "SECRET",
        "Aliases": "/secret/",
        "Mood": "SECRET",
    }
    body = (
        "SECRET ![a]({static}/images/secret.svg) ![b]({attach}secret.png) [c]({static}/secret.csv)"
    )
    site.story("secret-draft.md", body, **secret, Status="draft")
    site.story("secret-future.md", body, **secret, Date="2025-01-02")
    site.write("pages/secret.md", "Title: SECRET\nStatus: draft\n\nSECRET")
    site.story("secret.uk.md", body, **secret, Lang="uk", Translation="true", Status="draft")
    for path in ("images/secret.svg", "images/secret-header.svg", "secret.png", "secret.csv"):
        site.write(path, "SECRET")
    site.story("open.md", "[a]({filename}secret-draft.md) [b]({filename}secret-future.md)")
    counts = site.publish().counts
    assert counts
    assert (counts.stories, counts.drafts, counts.embargoed) == (1, 3, 1)
    assert [path for path in site.files() if "secret" in path.lower()] == []
    assert [path for path, data in site.files().items() if b"secret" in data.lower()] == []


def test_a_hidden_story_has_a_page_that_nothing_leads_to(site: Site) -> None:
    """It is in no list, count or feed."""
    site.story(
        "hidden.md", "HIDDEN", Title="HIDDEN", Status="hidden", Tags="HIDDEN", Category="HIDDEN"
    )
    site.story("open.md")
    site.publish()
    shown = [path for path, data in site.files().items() if b"HIDDEN" in data]
    assert shown == ["2024/11/01/hidden/index.html"]
    assert 'name="robots" content="noindex"' in site.page(shown[0])


# Headers


def test_a_strange_header_does_not_end_the_build(site: Site) -> None:
    """An unknown template is an error of its story; a header named like an attribute is data."""
    site.story("template.md", Template="no-such-template")
    (error,) = site.refuse()
    assert error == (
        "content/template.md:3: error: the theme has no template 'no-such-template' for a story; "
        "it has page, story"
    )
    site.write("template.md", "Title: A\nDate: 2024-11-01\nis_valid: x\nself: y\n__class__: z\n\nx")
    assert len(site.publish().notes) == 3


def test_the_same_address_twice_is_an_error_that_names_both(site: Site) -> None:
    """For each pair, with all else that is wrong, and before anything is written."""
    for path in ("a/x.md", "b/x.md", "c/X.md", "d/y.md", "e/y.md"):
        site.story(path)
    site.story("f.md", Date="soon")
    same = "give one of them another Slug, Date or Save_as"
    assert site.refuse() == [
        f"content/b/x.md:1: error: is saved as '2024/11/01/x/index.html', and so is a/x.md; {same}",
        f"content/c/X.md:1: error: is saved as '2024/11/01/x/index.html', and so is a/x.md; {same}",
        f"content/e/y.md:1: error: is saved as '2024/11/01/y/index.html', and so is d/y.md; {same}",
        (
            "content/f.md:2: error: 'soon' is not a date we can be sure of; write year-month-day "
            "and, if known, the time: 2024-11-01 or 2024-11-01 18:00"
        ),
    ]
    assert sums(site) == (6, 2, 4)


@pytest.mark.parametrize(
    "names", [("covid", "covid19"), ("x-10", "x-102"), ("feed.xml", "feed"), ("2024", "index.html")]
)
def test_no_two_terms_share_a_page(site: Site, names: tuple[str, str]) -> None:
    """However many stories they have, for no page is numbered."""
    for number in range(25):
        site.story(f"{number}.md", Tags=", ".join(names), Author=names[0], Category=names[1])
    site.publish(ARCHIVE_PAGE_SIZE=1)


def test_one_name_may_be_a_section_a_byline_and_a_tag(site: Site) -> None:
    """Pelican's feeds of a category and an author would be one file."""
    name = "Science"
    site.story(Category=name, Author=name, Tags=name, Story=name)
    site.publish()
    pages = {f"{kind}/science/index.html" for kind in ("section", "byline", "tag", "story")}
    assert pages | {"section/science/feed.xml", "tag/science/feed.xml"} <= site.files().keys()


def test_terms_without_pages_keep_their_names(site: Site) -> None:
    """Many sites have no pages for their one author; who wrote a story is told all the same."""
    site.story(Author="Science desk", Tags="Moon", Category="World", Status="hidden", Slug="b")
    site.story("a.md", Author="Science desk", Tags="Moon", Category="World")
    off = dict.fromkeys(("AUTHOR_SAVE_AS", "TAG_SAVE_AS", "CATEGORY_SAVE_AS"), "")
    site.publish(**off)
    assert not [path for path in site.files() if path.startswith(("byline/", "tag/", "section/"))]
    for path in ("2024/11/01/a/index.html", "2024/11/01/b/index.html", "index.html"):
        page = LexborHTMLParser(site.page(path))
        for each in page.css("head, script"):
            each.decompose()
        text = page.text()
        assert "Science desk" in text
        assert "World" in text
        assert all(link.attributes["href"] != "/" for link in page.css("main a"))
    (entry,) = feedparser.parse(site.files()["feed.atom"]).entries
    assert (entry.author, {tag.term for tag in entry.tags}) == ("Science desk", {"World", "Moon"})
    assert "href" not in entry.author_detail


def test_a_corrected_date_is_no_new_story_to_feed_readers(site: Site) -> None:
    """Nor is another headline or address; an Id outlasts even a move of the file."""

    def identity() -> str:
        site.publish()
        (entry,) = feedparser.parse(site.files()["feed.xml"]).entries
        return str(entry.id)

    site.story("a.md")
    first = identity()
    site.story("a.md", Title="Other", Date="2023-01-01", Slug="other")
    assert identity() == first
    site.story("a.md", Id="moon")
    stated = identity()
    (site.content / "a.md").rename(site.content / "b.md")
    assert identity() == stated


@pytest.mark.parametrize(
    ("output", "owner"),
    [
        ("index.html", "the front page"),
        ("404.html", "the 404 page"),
        ("feed.xml", "the feed 'rss'"),
        ("2024/index.html", "the year '2024'"),
        ("2024/11/01/index.html", "the day '2024-11-01'"),
        ("tag/sea/index.html", "the tag list 'sea'"),
        ("tag/sea/2024/index.html", "the tag by calendar 'sea/2024'"),
        ("tag/sea/feed.xml", "the tag feed 'sea/rss'"),
        ("feed/2024-11.atom", "the history '2024-11/1'"),
        ("feeds/index.html", "the feeds page"),
        ("feeds.opml", "the feed list page"),
        ("TAGS/index.html", "the tag index page"),
        ("about/index.html", "pages/about.md"),
        ("images/a.svg", "images/a.svg"),
        ("2024/11/01/other/index.html", "other.md"),
        ("2024/11/01/OTHER/index.html", "other.md"),
    ],
)
def test_no_story_replaces_another_page(site: Site, output: str, owner: str) -> None:
    """Whose page it is, is told; also where only the case of a letter differs."""
    site.write("images/a.svg", PICTURE)
    site.write("pages/about.md", "Title: About\n\nUs.")
    site.story("other.md", Tags="sea")
    site.story("another.md", Tags="sea")
    site.publish(ARCHIVE_PAGE_SIZE=1)
    site.story("thief.md", Tags="sea", Save_as=output)
    (error,) = site.refuse(ARCHIVE_PAGE_SIZE=1)
    assert "is saved as" in error
    assert "thief.md" in error
    assert owner in error


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("caf\u00e9.html", "cafe\u0301.html"),
        (
            "\u0423\u043a\u0440\u0430\u0457\u043d\u0430.html",
            "\u0443\u043a\u0440\u0430\u0457\u043d\u0430.html",
        ),
        ("\u00c9t\u00e9.html", "e\u0301te\u0301.html"),
        ("stra\u00dfe.html", "STRASSE.html"),
    ],
)
def test_pages_that_some_file_systems_cannot_tell_apart_are_told(
    site: Site, one: str, other: str
) -> None:
    """By case or by how accents are put together; also where only one of them is new."""
    site.story("a.md", Save_as=one)
    site.publish()
    site.story("b.md", Save_as=other)
    (error,) = site.refuse()
    assert error.startswith("content/b.md:1: error: is saved as")
    assert "and so is a.md" in error


@pytest.mark.parametrize("output", ["2024", "tag/sea", "images/a.svg/b.html", "404.html/x"])
def test_no_file_is_where_a_folder_has_to_be(site: Site, output: str) -> None:
    """Nor a folder where a file has to be."""
    site.write("images/a.svg", PICTURE)
    site.story("other.md", Tags="sea")
    site.story("thief.md", Save_as=output)
    (error,) = site.refuse()
    assert "which has to be a folder for" in error


def test_saving_outside_the_output_is_an_error(site: Site) -> None:
    """By a header, whatever its form."""
    for number, path in enumerate(["../x", "a/../../x", "/etc/x", "..", "a\\..\\x", "./x", "a//x"]):
        site.story(f"{number}.md", Save_as=path)
    assert [line.split(": ")[0] for line in site.refuse()] == [
        f"content/{n}.md:3" for n in range(7)
    ]
    assert os.listdir(site.content.parent) == ["content", ".microfiche"]


@pytest.mark.parametrize("folder", ["2024", "2024/11/01", "tag", "theme"])
def test_a_symbolic_link_in_the_output_is_not_written_through(
    site: Site, tmp_path: Path, folder: str
) -> None:
    """The build ends before it has written anything."""
    precious = tmp_path / "precious"
    precious.mkdir()
    (site.output / folder).parent.mkdir(parents=True)
    (site.output / folder).symlink_to(precious)
    site.story(Tags="sea")
    (error,) = site.refuse()
    assert error == (
        f"output/{folder}: error: is a symbolic link in the output; nothing is written through it; "
        "remove the link"
    )
    assert list(precious.iterdir()) == []


def test_a_file_of_the_output_that_is_a_link_is_replaced_not_followed(
    site: Site, tmp_path: Path
) -> None:
    """What it led to stays as it was."""
    (tmp_path / "precious.html").write_text("precious")
    site.output.mkdir()
    (site.output / "index.html").symlink_to(tmp_path / "precious.html")
    site.story()
    site.publish()
    assert (tmp_path / "precious.html").read_text() == "precious"
    assert not (site.output / "index.html").is_symlink()


@pytest.mark.parametrize(
    "headers",
    [
        {"Slug": LONG},
        {"Tags": LONG},
        {"Category": LONG},
        {"Author": LONG},
        {"Story": LONG},
        {"Save_as": f"{LONG}.html"},
        {"Title": "word " * 300},
    ],
)
def test_what_is_too_long_is_an_error_of_its_story(site: Site, headers: dict[str, str]) -> None:
    """The rest of the archive can be published."""
    site.story("sound.md")
    site.story("long.md", **headers)
    (error,) = site.refuse()
    assert error.startswith("content/long.md:")
    assert sums(site) == (2, 1, 1)


def test_a_headline_of_eighty_words_is_published(site: Site) -> None:
    """Its slug is cut at a word."""
    site.story(Title="word " * 80)
    site.publish(SLUGIFY_SOURCE="title")
    assert f"2024/11/01/{'-'.join(['word'] * 30)}/index.html" in site.files()


def test_a_nul_byte_is_an_error_of_its_story(site: Site) -> None:
    """With its line."""
    site.write("nul.md", "Title: A\nDate: 2024-11-01\n\na\n\0b")
    (error,) = site.refuse()
    assert error.startswith("content/nul.md:5: error: the file has a NUL byte")


def test_prose_swallowed_as_a_header_is_an_error(site: Site) -> None:
    """The first sentence of the story would be missing from its page."""
    site.write("a.md", "Title: A\nDate: 2024-11-01\nWASHINGTON: The president spoke.\n\nMore.")
    (error,) = site.refuse()
    assert error == (
        "content/a.md:3: error: 'WASHINGTON' looks like the beginning of the story, not like a "
        "header; put an empty line between headers and story, or write `Dateline:`"
    )


def test_a_misspelt_header_is_an_error_with_a_suggestion(site: Site) -> None:
    """An unknown one is kept, and told once with its count."""
    site.story("a.md", Tgas="sea", Mood="calm")
    assert site.refuse() == ["content/a.md:3: error: there is no header 'Tgas'; did you mean Tags?"]
    for number in range(3):
        site.story(f"{number}.md", Mood="calm")
    site.story("a.md", Mood="calm")
    assert site.publish().notes == [
        "note: 4 stories have a header 'Mood' that means nothing here; it is kept"
    ]


# Hostile text


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """An archive in which everything that can be written is an attempt to run something."""
    return hostile_archive(tmp_path_factory.mktemp("hostile"))


DRAWINGS = "svg.bar, .sparkline > svg, svg.timeline"
"""What the theme itself draws."""


def test_nothing_that_a_story_says_runs_on_any_page(hostile: Site) -> None:
    """In its body, in any header, on lists and indexes: pages have no script at all."""
    pages = {path: data for path, data in hostile.files().items() if path.endswith(".html")}
    assert len(pages) > 3 * len(PAYLOADS)
    for path, data in pages.items():
        tree = LexborHTMLParser(data.decode())
        assert tree.body
        for drawing in tree.css(DRAWINGS):
            drawing.decompose()
        assert dangers(tree.body.html or "") == [], path
        for script in tree.css("script"):  # data that a browser does not run
            assert script.attributes == {"type": "application/ld+json"}, path
            assert "<" not in script.text(), path
            assert json.loads(script.text()), path
        policies = tree.css("meta[http-equiv=Content-Security-Policy]")
        assert tree.css("meta[http-equiv]") == policies, path
        assert tree.css("base, iframe, object, style") == [], path


def test_nothing_that_a_story_says_runs_in_any_feed(hostile: Site) -> None:
    """Whether a reader takes titles for text or for HTML."""
    items = 0
    for data in feeds(hostile):
        for element in etree.fromstring(data).iter():
            if element.tag in (
                "title",
                "description",
                "{http://purl.org/rss/1.0/modules/content/}encoded",
            ):
                assert dangers(element.text or "") == []
        parsed = feedparser.parse(data, sanitize_html=False)
        assert not parsed.bozo
        items += len(parsed.entries)
        for entry in parsed.entries:
            assert dangers(entry.title) == dangers(entry.summary) == []
            assert dangers("".join(content.value for content in entry.get("content", []))) == []
            assert re.match(r"https://gazette\.example/2024/11/01/[a-z0-9-]*/$", entry.link)
    assert items > 2 * len(PAYLOADS)


@pytest.mark.parametrize("header", ["Url", "Slug", "Save_as"])
def test_nothing_in_an_address_runs(site: Site, header: str) -> None:
    """It is encoded wherever it is linked to."""
    site.story("a.md", **{header: '"><script>alert(1)<script>.html'})
    site.story("b.md", "[x]({filename}a.md)", Date="2024-11-02")
    site.publish()
    linking = [data for data in site.files().values() if b"%22%3E%3Cscript%3E" in data]
    assert len(linking) > 4
    for data in linking:
        assert b'"><script' not in data


def test_every_hostile_story_is_published_with_its_words(hostile: Site) -> None:
    """What is harmless in it stays."""
    for number in range(len(PAYLOADS)):
        assert f"<p>Story {number}.</p>" in hostile.body(f"2024/11/01/{number:03}/index.html")


def test_an_unclosed_element_is_an_error_where_it_swallows_the_story(site: Site) -> None:
    """The rest would stay raw Markdown."""
    site.story("a.md", "One.\n\n<div>\n\n**two**\n")
    (error,) = site.refuse()
    assert error == (
        "content/a.md:6: error: <div> is not closed, so that what follows it is no Markdown; "
        "add `</div>` where it is to end"
    )


@pytest.mark.parametrize("character", ["\x01", "\x1f", "\ufffe", "\uffff"])
def test_a_character_that_no_xml_may_hold_breaks_no_feed(site: Site, character: str) -> None:
    """As itself or as an entity, in a body or in any header."""
    entity = f"&#{ord(character)};"
    for number, given in enumerate((character, entity)):
        text = dict.fromkeys((*TEXT_HEADERS, "Tags"), f"a{given}b")
        site.story(f"{number}.md", f"a{given}b [x](/a{given}b) <b title='a{given}b'>c</b>", **text)
    site.write(
        "a.html",
        f"<title>A{entity}</title><body>x{entity}</body>".replace("<title>", "<head><title>"),
    )
    built = site.build(**KEEP_GOING)
    assert built.counts
    assert built.counts.stories == 2
    assert len(feeds(site)) >= 3


def test_names_that_differ_in_spelling_alone_are_one_and_told(site: Site) -> None:
    """The label is the spelling that most stories have, whichever came first."""
    for path, tag in (("a", "RUSSIA"), ("b", "Russia"), ("c", "russia"), ("d", "Russia")):
        site.story(f"{path}.md", Tags=tag)
    assert site.publish().notes == [
        "note: tag 'RUSSIA' of 1 story is taken for 'Russia'",
        "note: tag 'russia' of 1 story is taken for 'Russia'",
    ]
    assert '<h1 class="title">Russia</h1>' in site.page("tag/russia/index.html")


def test_names_that_differ_in_a_sign_stay_apart(site: Site) -> None:
    """C, C++ and C# have a page each."""
    for path, tag in (("a", "C"), ("b", "C++"), ("c", "C#")):
        site.story(f"{path}.md", Tags=tag)
    assert site.publish().notes == []
    assert {
        f"tag/{slug}/index.html" for slug in ("c", "c-plus-plus", "c-sharp")
    } <= site.files().keys()


@pytest.mark.parametrize("tag", ["???", "🎉", "..", ".", "/"])
def test_a_tag_without_letters_is_an_error(site: Site, tag: str) -> None:
    """They would all be one page."""
    site.story(Tags=f"sea, {tag}")
    (error,) = site.refuse()
    assert error == (
        f"content/story.md:3: error: tag {tag!r} gives no address; "
        "use a name with letters or digits"
    )


def test_ten_thousand_tags_are_an_error_at_once(site: Site) -> None:
    """Not a matter of minutes."""
    site.story(Tags=",".join(f"t{number}" for number in range(10_000)))
    assert site.refuse() == [
        "content/story.md:3: error: the story has 10,000 tags; keep it within 100"
    ]


def test_endless_markup_is_an_error_of_its_story(site: Site) -> None:
    """After as much processor time as the owner allows; the others are published."""
    site.story("sound.md")
    site.story("endless.md", "[a](" * 5_000)
    assert sums(site, ARCHIVE_STORY_SECONDS=1) == (2, 1, 1)


# Hostile files


def test_every_link_that_leads_nowhere_is_an_error(site: Site) -> None:
    """All of them, and none is published as it was written."""
    site.story(
        "a.md", "\n\n".join(f"[x]({{filename}}{n}.md) ![y]({{static}}{n}.png)" for n in range(50))
    )
    assert len(site.refuse()) == 100
    site.story("b.md")
    counts = site.build(**KEEP_GOING).counts
    assert counts
    assert (counts.stories, counts.quarantined, counts.flawed) == (2, 0, 1)
    assert all(
        b"{filename}" not in data and b"{static}" not in data for data in site.files().values()
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.md", "Title: A\nDate: 2024-11-01\n\n[x]({attach}../../../../{outside})"),
        ("a.md", "Title: A\nDate: 2024-11-01\n\n![x]({static}/../{outside})"),
        ("a.md", "Title: A\nDate: 2024-11-01\nImage: ../{outside}\n\nx"),
        ("a.rst", "A\n#####\n\n:date: 2024-11-01\n\n.. raw:: html\n   :file: /{outside}\n"),
        ("a.rst", "A\n#####\n\n:date: 2024-11-01\n\n.. include:: /{outside}\n"),
        ("a.rst", "A\n#####\n\n:date: 2024-11-01\n\n.. csv-table:: x\n   :file: /{outside}\n"),
    ],
)
def test_no_file_outside_the_content_folder_is_published(
    site: Site, tmp_path: Path, path: str, text: str
) -> None:
    """By a link, by a header, by a directive of reStructuredText."""
    outside = tmp_path / "outside.txt"
    outside.write_text("SECRET")
    site.write(f"sub/{path}", text.replace("{outside}", str(outside).lstrip("/")))
    assert len(site.refuse()) == 1
    site.build(**KEEP_GOING)
    assert all(b"SECRET" not in data for data in site.files().values())


def test_links_pipes_and_sockets_among_the_sources_are_errors(site: Site, tmp_path: Path) -> None:
    """None is opened, so nothing hangs, loops or leaks; each is a source that is quarantined."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text("Title: SECRET\nDate: 2024-11-01\n\nSECRET")
    site.story("sound.md")
    for name, target in (
        ("file.md", outside / "secret.md"),
        ("folder", outside),
        ("images.svg", outside / "secret.md"),
        ("loop", Path()),
        ("broken.md", Path("nowhere")),
    ):
        (site.content / name).symlink_to(target)
    os.mkfifo(site.content / "pipe.md")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(site.content / "s.md"))
        errors = site.refuse()
        assert sums(site) == (8, 1, 7)
    assert len(errors) == 7
    assert sum("is a symbolic link; put the file itself here" in error for error in errors) == 5
    assert sum("is not a regular file" in error for error in errors) == 2
    assert all(b"SECRET" not in data for data in site.files().values())


def test_a_file_may_have_almost_any_name(site: Site) -> None:
    """What cannot be an address is an error; the rest is published."""
    good = [
        "a b.md",
        "-rf.md",
        "--help.md",
        "q?.md",
        "h#.md",
        "p%20.md",
        "d'.md",
        'm".md',
        "{slug}.md",
    ]
    good += [
        "$(f).md",
        "<g>.md",
        "i&amp;.md",
        "é.md",
        "日本.md",
        "\u202ej.md",
        "k.MD",
        "l" * 250 + ".md",
    ]
    for name in good:
        site.story(name)
    site.write("images/a b?#%.svg", PICTURE)
    bad = ["bad\udcff.md", "dir\udcff/x.md", "new\nline.md", "tab\t.md"]  # \udcff is byte 0xFF
    for name in bad:
        site.story(name, Title="A")
    assert sums(site) == (len(good) + len(bad), len(good), len(bad))
    assert "images/a b?#%.svg" in site.files()


def test_hostile_folders_always_add_up(site: Site) -> None:
    """Sources are stories, pages, drafts, embargoed and quarantined, and nothing else."""
    site.story("ok.md")
    site.story("draft.md", Status="draft")
    site.story("broken-draft.md", Status="draft", Date="x")
    site.story("future.md", Date="2030-01-01")
    site.story("clash/ok.md")
    site.story("hidden.md", Status="hidden")
    site.story("uk/ok.md", Lang="uk")
    site.write("pages/about.md", "Title: About\n\nx")
    site.write("pages/broken.md", "About\n\nx")
    site.write("pages/draft.md", "Title: D\nStatus: draft\n\nx")
    site.write("empty.rst", "")
    site.write("a.html", "x")
    site.write("data.csv", "no source")
    site.write("images/a.svg", PICTURE)
    (site.content / "link").symlink_to("ok.md")
    (site.content / "folder.md").mkdir()
    counts = site.build(**KEEP_GOING).counts
    assert counts
    assert counts.sources == 13
    assert (counts.stories, counts.pages) == (3, 1)
    assert (counts.drafts, counts.embargoed, counts.quarantined) == (2, 1, 6)
    again = site.build(**KEEP_GOING).counts
    assert again
    assert (again.sources, again.stories, again.quarantined) == (13, 3, 6)
    assert (again.written, again.removed) == (0, 0)


# The output


def test_other_peoples_files_in_the_output_stay(site: Site) -> None:
    """Also when the folders around them are no longer wanted."""
    site.story("a.md", Tags="sea")
    site.publish()
    (site.output / "CNAME").write_text("gazette.example")
    (site.output / "tag/sea/notes.txt").write_text("mine")
    (site.output / ".git").mkdir()
    (site.output / ".git/HEAD").write_text("ref")
    site.story("a.md")
    site.publish()
    assert {"CNAME", "tag/sea/notes.txt", ".git/HEAD"} <= site.files().keys()
    assert "tag/sea/index.html" not in site.files()


def test_broken_sources_never_replace_a_good_site(site: Site) -> None:
    """Not even when all of them are broken."""
    site.story("a.md")
    site.publish()
    before = site.files()
    site.write("a.md", b"\xff\xfe")
    assert len(site.refuse()) == 1
    assert site.files() == before


# The command


def test_the_command_tells_all_that_is_wrong_and_ends_with_1(site: Site) -> None:
    """In lines that can be read, without a traceback, and with what to do next."""
    site.story("sound.md")
    site.story("soon.md", Date="soon")
    site.story("twin/sound.md")
    site.story("link.md", "[x]({filename}nowhere.md)")
    result = site.pelican()
    assert result.returncode == 1
    assert result.stdout.splitlines() == [
        (
            "content/link.md:4: error: the {filename} link to 'nowhere.md' leads to no file; "
            "give the path from the content folder"
        ),
        (
            "content/soon.md:2: error: 'soon' is not a date we can be sure of; "
            "write year-month-day and, if known, the time: 2024-11-01 or 2024-11-01 18:00"
        ),
        (
            "content/twin/sound.md:1: error: is saved as '2024/11/01/sound/index.html', and so is "
            "sound.md; give one of them another Slug, Date or Save_as"
        ),
        "4 sources = 3 stories + 0 pages + 0 drafts + 0 embargoed + 1 quarantined",
        (
            "3 errors: nothing was published, the output is as it was; "
            "ARCHIVE_KEEP_GOING = True publishes the rest"
        ),
    ]
    assert not site.output.exists()


def test_the_command_keeps_going_if_it_is_to_and_still_ends_with_1(site: Site) -> None:
    """The rest is published, and every source is accounted for."""
    site.story("sound.md")
    site.story("soon.md", Date="soon")
    site.story("draft.md", Status="draft")
    site.story("later.md", Date="2025-06-01")
    result = site.pelican(**KEEP_GOING)
    assert result.returncode == 1
    lines = result.stdout.splitlines()
    assert lines[0].startswith("content/soon.md:2: error: 'soon' is not a date")
    assert lines[1] == "4 sources = 1 story + 0 pages + 1 draft + 1 embargoed + 1 quarantined"
    done = r"4 sources changed → [1-9]\d+ files written, 0 removed, 0 unchanged, [\d.]+ s"
    assert re.fullmatch(f"{done} · next embargo ends 2025-06-01 00:00 WEST", lines[2])
    assert "2024/11/01/sound/index.html" in site.files()


def test_the_command_ends_with_0_where_all_is_well(site: Site) -> None:
    """With two lines."""
    site.story()
    result = site.pelican()
    assert result.returncode == 0
    assert len(result.stdout.strip().splitlines()) == 2


def test_the_option_to_delete_the_output_deletes_nothing(site: Site) -> None:
    """Pelican would wipe the folder, a repository in it included."""
    site.output.mkdir()
    (site.output / ".git").mkdir()
    (site.output / ".git/HEAD").write_text("ref")
    (site.output / "thesis.txt").write_text("precious")
    site.story()
    result = site.pelican("-d")
    assert result.returncode == 0
    assert "the output folder is not deleted" in result.stdout
    assert {".git/HEAD", "thesis.txt", "index.html"} <= site.files().keys()


@pytest.mark.parametrize(
    ("conf", "line"),
    [
        (
            {"TIMEZONE": "Mars/Base"},
            "TIMEZONE: error: 'Mars/Base' is not a value for it; give a name",
        ),
        (
            {"MARKDOWN": {"extensions": ["nope"]}},
            "MARKDOWN: error: Markdown cannot be set up with it:",
        ),
        (
            {"ARCHIVE_JOBZ": 2},
            "ARCHIVE_JOBZ: error: there is no such setting; did you mean ARCHIVE_JOBS?",
        ),
        ({"THEME": "simple"}, "THEME: error: the theme has no templates/story.html; set THEME = "),
    ],
)
def test_a_wrong_setting_is_a_line_and_no_traceback(
    site: Site, conf: dict[str, Any], line: str
) -> None:
    """From the command too."""
    site.story()
    result = site.pelican(**conf)
    assert result.returncode == 1
    assert result.stdout.startswith(line)
    assert "Traceback" not in result.stdout


TEMPLATES = {
    "{% if %}": "the template does not compile: Expected an expression",
    "\n{{ page.nope }}": "the template fails: 'StoryPage' object has no attribute 'nope'",
    "{{ nope }}": "the template fails: 'nope' is undefined",
    "{{ page.title|nope }}": "No filter named 'nope'",
    "{{ page.title + 5 }}": "the template fails: can only concatenate str",
    "{{ 1 / 0 }}": "the template fails: division by zero",
    "{% include 'nope.html' %}": "the theme has no such template",
    "{% include 'story.html' %}": "the template fails: maximum recursion depth",
    "{% extends 'story.html' %}": "the template fails: maximum recursion depth",
    "{{ '\\ud800' }}": "the template fails: 'utf-8' codec can't encode",
    "caf\xe9": "the template cannot be read",
}


@pytest.mark.parametrize("text", TEMPLATES)
def test_a_bad_template_is_one_error_and_no_traceback(
    site: Site, tmp_path: Path, text: str
) -> None:
    """With the template's name, and its line where there is one."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "story.html").write_bytes(text.encode("latin-1"))
    site.story()
    (error,) = site.refuse(THEME_TEMPLATES_OVERRIDES=[str(folder)])
    assert error.startswith("templates/")
    assert TEMPLATES[text] in error
    if text.startswith("\n"):
        assert error.startswith("templates/story.html:2: error: ")
