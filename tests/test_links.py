"""Links between sources become addresses, and one that leads nowhere is found with its line."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pelican.settings import DEFAULT_CONFIG
from selectolax.lexbor import LexborHTMLParser

from microfiche.errors import Severity
from microfiche.links import Finder, target_of
from microfiche.records import Reference
from tests.conftest import PICTURE, Site, said

FINDER = Finder(DEFAULT_CONFIG["INTRASITE_LINK_REGEX"])


def found(html: str, text: str = "", path: str = "a/b.md") -> list[tuple[str, str]]:
    """Kind and target of every link in a piece of HTML."""
    references, problems = FINDER.find(path, text, html, "")
    assert problems == ()
    return [(reference.what, reference.target) for reference in references]


# Finding


@pytest.mark.parametrize(
    ("value", "what", "target"),
    [
        ("{filename}c.md", "filename", "a/c.md"),
        ("{filename}/c.md", "filename", "c.md"),
        ("{filename}../c.md#part", "filename", "c.md"),
        ("|filename|c.md", "filename", "a/c.md"),
        ("{static}/images/a%20b.png", "static", "images/a b.png"),
        ("{static}./c.png?v=1", "static", "a/c.png"),
        ("{attach}c.png", "attach", "a/c.png"),
        ("{static}//c.png", "static", "c.png"),
        ("{static}/&amp;.png", "static", "&.png"),
        ("{tag}C++", "tag", "C++"),
        ("{category}World", "category", "World"),
        ("{author}World desk", "author", "World desk"),
        ("{story}The race", "story", "The race"),
    ],
)
def test_links_are_understood_as_in_pelican(value: str, what: str, target: str) -> None:
    """In any attribute that holds an address, in either kind of quotation marks."""
    for html in (f'<a href="{value}">x</a>', f"<img alt='x' src='{value}'>"):
        assert found(html) == [(what, target)]


def test_a_link_twice_on_a_line_is_one() -> None:
    """Nobody wants to read of it twice."""
    html = '<a href="{filename}c.md">x</a> <a href="{filename}c.md#part">y</a>'
    assert found(html, "{filename}c.md {filename}c.md#part") == [("filename", "a/c.md")]


def test_each_link_has_the_line_that_it_stands_on() -> None:
    """Also where another link's target is a part of its own."""
    text = "Title: A\n\n[x]({static}c.png)\n\n[y]({filename}c.png)\n"
    html = '<a href="{static}c.png">x</a> <a href="{filename}c.png">y</a>'
    references, _ = FINDER.find("b.md", text, html, "")
    assert references == (Reference("static", "c.png", 3), Reference("filename", "c.png", 5))


def test_the_picture_of_the_headers_is_a_link_too() -> None:
    """It is named from the content folder."""
    references, _ = FINDER.find("a/b.md", "Title: A\nImage: images/c.png\n", "", "images/c.png")
    assert references == (Reference("image", "images/c.png", 2),)


def test_text_that_looks_like_a_link_is_none() -> None:
    """Nor is an ordinary address with braces further on."""
    html = (
        'say {filename}c.md <code>{static}x</code> <a href="https://e.org/{x}">y</a> <p title="a">'
    )
    assert found(html) == []


@pytest.mark.parametrize(
    "written", ["{bogus}x", "{filname}c.md", "{{ site.url }}/x", "{% link x %}", "{{x}}y"]
)
def test_an_unknown_kind_of_link_is_an_error(written: str) -> None:
    """It is shown as it was written."""
    _, problems = FINDER.find(
        "b.md", f"Title: A\n\n[x]({written})", f'<a href="{written}">x</a>', ""
    )
    (error,) = said(problems)
    assert error.startswith(f"content/b.md:3: error: `{written}` is not a link")


@given(st.text(max_size=60), st.text("./ab", max_size=20))
def test_no_target_is_above_the_content_folder_and_within_it(value: str, folder: str) -> None:
    """It is a plain path, or one that no source has."""
    target = target_of(posixpath.normpath(f"x/{folder}/story.md").lstrip("/"), value)
    assert not target.startswith("/")
    assert posixpath.normpath(target) == target


# Resolving


def test_what_is_resolved_takes_the_place_of_the_link() -> None:
    """With its fragment or query, escaped; what stays unpublished leaves no address at all."""
    html = '<a href="{filename}c.md#part">x</a> <a href=\'{tag}a\'>y</a> <a href="{static}d">z</a>'
    places = {("filename", "c.md#part"): "/c/", ("tag", "a"): '/tag/"a&b"/'}
    resolved = FINDER.resolve(html, lambda what, value: places.get((what, value)))
    assert resolved == (
        "<a href=\"/c/#part\">x</a> <a href='/tag/&quot;a&amp;b&quot;/'>y</a> <a >z</a>"
    )


@pytest.fixture
def linked(site: Site) -> Site:
    """A small archive with a link of each kind."""
    site.write("images/ship one.svg", PICTURE)
    site.write("data/ships.csv", "a,b\n")
    site.write("2024/near.png", "png")
    site.write("pages/about.md", "Title: About\n\n[Story]({filename}/2024/one.md)")
    site.story("2024/two.md", Category="World", Author="World desk", Tags="C++, sea")
    links = """\
[story]({filename}two.md#part) [page]({filename}/pages/about.md)
![picture]({static}/images/ship%20one.svg) [table]({static}/data/ships.csv?x=1)
[near]({attach}near.png) [tag]({tag}C++) [section]({category}World)
[desk]({author}World desk) [front]({index}) [far](https://e.org/) [here](#part)
"""
    site.story("2024/one.md", links, Image="images/ship one.svg", Date="2024-11-02")
    return site


def addresses(html: str) -> list[str]:
    """Every address in a page."""
    tree = LexborHTMLParser(html)
    nodes = tree.css("[href], [src]")
    return [node.attributes.get("href") or node.attributes.get("src") or "" for node in nodes]


def test_every_kind_of_link_leads_where_it_says(linked: Site) -> None:
    """Files outside STATIC_PATHS are published because a story leads to them."""
    linked.publish()
    assert addresses(linked.body("2024/11/02/one/index.html")) == [
        "/2024/11/01/two/#part",
        "/about/",
        "/images/ship%20one.svg",
        "/data/ships.csv?x=1",
        "/2024/11/02/one/near.png",
        "/tag/c-plus-plus/",
        "/section/world/",
        "/byline/world-desk/",
        "/",
        "https://e.org/",
        "#part",
    ]
    assert {"data/ships.csv", "2024/11/02/one/near.png"} <= linked.files().keys()


@pytest.mark.parametrize("url", ["https://gazette.example", "https://gazette.example/base", ""])
def test_every_address_of_every_page_leads_to_a_file(linked: Site, url: str) -> None:
    """As a browser resolves it, whether the site stands at the root of its server or not."""
    linked.publish(SITEURL=url)
    assert _astray(linked.files(), f"{url or 'https://gazette.example'}/") == []


def test_every_address_of_a_relative_page_leads_to_a_file_of_any_folder(linked: Site) -> None:
    """RELATIVE_URLS: the output can be read from a disk as it is.

    Only the page for addresses that lead nowhere cannot: a server shows it at any depth.
    """
    linked.publish(RELATIVE_URLS=True, SITEURL="")
    files = linked.files()
    files["404.html"] = b""
    assert _astray(files, "https://disk.example/some/folder/") == []


def _astray(files: dict[str, bytes], base: str) -> list[tuple[str, str]]:
    """The pages and addresses that lead to no file, where the output stands at ``base``."""
    pages = {path: data.decode() for path, data in files.items() if path.endswith(".html")}
    assert len(pages) > 10
    return [
        (path, address)
        for path, html in pages.items()
        for address in addresses(html)
        if not _arrives(urljoin(f"{base}{path}", address), base, files)
    ]


def _arrives(address: str, base: str, files: dict[str, bytes]) -> bool:
    if urlsplit(address).netloc != urlsplit(base).netloc:
        return True  # on another server
    path = unquote(urlsplit(address).path).removeprefix(urlsplit(base).path)
    file = f"{path}index.html" if not path or path.endswith("/") else path
    return address.startswith(base) and file in files


def test_relative_pages_name_no_server(linked: Site) -> None:
    """They can be read from a disk or moved to another address."""
    linked.publish(SITEURL="", RELATIVE_URLS=True)
    for path, data in linked.files().items():
        if path.endswith(".html") and path != "404.html":
            assert not re.search(r'(?:href|src)="/', data.decode()), path


# What leads nowhere


def test_a_link_that_leads_nowhere_is_an_error_with_the_nearest_name(site: Site) -> None:
    """By the file's name first, then by what is most like it."""
    site.story("2024/harbour-opens.md")
    site.write("images/ship.svg", PICTURE)
    site.story(
        "a.md", "[x]({filename}/harbour-opens.md)\n\n[y]({static}/images/shp.svg)", Image="ship.svg"
    )
    assert site.refuse() == [
        (
            "content/a.md:3: error: the picture 'ship.svg' leads to no file; "
            "did you mean images/ship.svg?"
        ),
        (
            "content/a.md:5: error: the {filename} link to 'harbour-opens.md' leads to no file; "
            "did you mean 2024/harbour-opens.md?"
        ),
        (
            "content/a.md:7: error: the {static} link to 'images/shp.svg' leads to no file; "
            "did you mean images/ship.svg?"
        ),
    ]


def test_a_picture_of_another_host_is_an_error_that_says_so(site: Site) -> None:
    """Its address is told as it is written."""
    site.story("a.md", "Ships.", Image="https://e.org/ship.png")
    assert site.refuse() == [
        (
            "content/a.md:3: error: the picture 'https://e.org/ship.png' is on another host; "
            "put it into the content folder and give its path, or show it in the text"
        )
    ]


def test_the_nearest_name_is_of_the_kind_that_is_linked_to(site: Site) -> None:
    """A picture is no story, whatever its name."""
    site.story("harbour.md")
    site.write("images/harbour.svg", PICTURE)
    site.story("a.md", "[x]({filename}harbor.md)\n\n![y]({static}harbour.md)")
    first, second = site.refuse()
    assert first.endswith("did you mean harbour.md?")
    assert "harbour.md?" not in second


@pytest.mark.parametrize("value", ["b.md", "../2021/a.md#b", "b.markdown", "b.rst?x", "no/b.md"])
def test_a_plain_link_to_a_source_is_an_error(site: Site, value: str) -> None:
    """There is no page of that name."""
    site.story("a.md", f"First.\n\n[x]({value})")
    (error,) = site.refuse()
    assert error.startswith("content/a.md:6: error: ")
    assert error.endswith(f"write {{filename}}{value}")


@pytest.mark.parametrize(
    "value", ["https://e.org/a.md", "//e.org/a.md", "/a.md", "{filename}a.md", "a.mdx", "a?b=c.md"]
)
def test_other_links_may_end_as_sources_do(site: Site, value: str) -> None:
    """Other servers and files of the output are left alone."""
    site.story("a.md", f"[x]({value})")
    assert site.read_in("a.md").problems == ()


def test_a_link_to_no_part_of_the_story_is_a_warning(site: Site) -> None:
    """Footnotes, ids of the story's own and the top of the page are there."""
    text = "[a](#nowhere) [b](#here) [c](#top) [d](#)\n\n## Here {#here}\n\nx[^1]\n\n[^1]: y"
    site.story("a.md", text)
    reading = site.read_in("a.md")
    assert reading.story
    (warning,) = said(reading.problems, Severity.WARNING)
    assert "the link '#nowhere' leads to no part of the story" in warning


def test_fifty_links_that_lead_nowhere_are_fifty_errors(site: Site) -> None:
    """None is lost in silence."""
    site.story("a.md", "\n\n".join(f"[x]({{filename}}{number}.md)" for number in range(50)))
    assert len(site.refuse()) == 50


@pytest.mark.parametrize(
    "value",
    [
        "../../../../etc/passwd",
        "/etc/passwd",
        "/../outside.txt",
        "%2e%2e/%2e%2e/outside.txt",
        "",
        ".",
        "/",
    ],
)
@pytest.mark.parametrize("what", ["attach", "static", "filename"])
def test_no_link_leads_out_of_the_content_folder(site: Site, what: str, value: str) -> None:
    """Nothing outside is read or published."""
    (site.content.parent / "outside.txt").write_text("SECRET")
    site.story("sub/a.md", f"[x]({{{what}}}{value})")
    (error,) = site.refuse()
    assert "leads to no file" in error or "leads out of the content folder" in error


def test_links_of_a_broken_story_are_checked_too(site: Site) -> None:
    """So that one round is enough to mend it."""
    site.story("a.md", "[x]({filename}nope.md)", Date="soon", Image="nope.svg")
    assert [line.split(": ")[0] for line in site.refuse()] == [
        "content/a.md:2",
        "content/a.md:3",
        "content/a.md:5",
    ]


def test_a_link_to_a_term_that_no_story_has_is_an_error(site: Site) -> None:
    """With the nearest that there is."""
    site.story("a.md", "[x]({tag}harbuor) [y]({author}Nobody)", Tags="harbour")
    assert site.refuse() == [
        (
            "content/a.md:5: error: no published story has the byline 'Nobody'; "
            "give a story that byline"
        ),
        "content/a.md:5: error: no published story has the tag 'harbuor'; did you mean harbour?",
    ]


def test_a_link_to_an_unpublished_story_waits_with_it(site: Site) -> None:
    """The text stays; the address comes when the story does."""
    site.story("a.md", "[later]({filename}b.md) [never]({filename}c.md)")
    site.story("b.md", Date="2026-01-01")
    site.story("c.md", Status="draft")
    built = site.publish()
    assert built.notes == [
        "content/a.md:4: note: the link to 'b.md' waits: that story is not published",
        "content/a.md:4: note: the link to 'c.md' waits: that story is not published",
    ]
    assert addresses(site.body("2024/11/01/a/index.html")) == []
    site.publish(ARCHIVE_AS_OF="2026-01-02")
    assert addresses(site.body("2024/11/01/a/index.html")) == ["/2026/01/01/b/"]


def test_an_attachment_that_two_stories_take_along_lies_beside_each(site: Site) -> None:
    """Each page has its own copy, and the original is published nowhere else."""
    site.write("shared.png", "png")
    for name in ("a", "b"):
        site.story(f"{name}.md", "![x]({attach}shared.png)")
    site.publish()
    copies = [path for path in site.files() if path.endswith(".png")]
    assert copies == ["2024/11/01/a/shared.png", "2024/11/01/b/shared.png"]


def test_a_static_file_may_be_published_elsewhere(site: Site) -> None:
    """EXTRA_PATH_METADATA with `path`, as in Pelican; links follow."""
    site.write("extra/robots.txt", "User-agent: *\n")
    site.story("a.md", "[x]({static}/extra/robots.txt)")
    moved = {"extra/robots.txt": {"path": "robots.txt"}}
    site.publish(STATIC_PATHS=["extra"], EXTRA_PATH_METADATA=moved)
    assert addresses(site.body("2024/11/01/a/index.html")) == ["/robots.txt"]
    assert site.files()["robots.txt"] == b"User-agent: *\n"
