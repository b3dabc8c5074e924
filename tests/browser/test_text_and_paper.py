"""Pages without a screen: as text, read from the top, and on paper."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator

import pypdf
import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.browser.archives import Archive
from tests.browser.conftest import Library
from tests.browser.test_pages import both_ways, each_page
from tests.conftest import no_program

pytestmark = pytest.mark.xdist_group("browser")

STORY = "2014/11/12/philae-landing/"
IN_ORDER = (
    ".masthead .name",
    ".crumbs li",
    "h1",
    ".standfirst",
    ".body > p",
    ".tags a",
    ".footer a",
)
"""What a story's page says, as it is read."""


def text_of(archive: Archive, path: str) -> str:
    """A page as a text browser shows it, with its spaces made alike."""
    if not shutil.which("w3m"):
        no_program("w3m")
    file = archive.output / (path + "index.html" if path.endswith("/") or not path else path)
    command = ["w3m", "-dump", "-cols", "80", "-O", "UTF-8", "-T", "text/html", str(file)]
    result = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", timeout=60)
    return spaced(result.stdout)


def spaced(text: str) -> str:
    """A text whose spaces and line breaks are single spaces."""
    return re.sub(r"\s+", " ", text)


def said(archive: Archive, path: str, *selectors: str) -> Iterator[str]:
    """The first words of the first element that each selector finds."""
    file = archive.output / (path + "index.html" if path.endswith("/") or not path else path)
    tree = LexborHTMLParser(file.read_bytes().decode())
    for selector in selectors:
        node = tree.css_first(selector)
        assert node, selector
        yield spaced(node.text()).strip()[:40].strip()


def stand_in_order(words: list[str], text: str) -> bool:
    """Whether all these words are in a text, one after the other."""
    place = 0
    for each in words:
        place = text.find(each, place) + len(each)
        if place < len(each):
            return False
    return True


def test_a_story_reads_in_order_as_text(books: dict[str, Archive]) -> None:
    """The archive's name first, then where one is, the headline, what it says, and what follows."""
    text = text_of(books["ltr"], STORY)
    words = list(said(books["ltr"], STORY, *IN_ORDER))
    assert stand_in_order(words, text), (words, text)


@both_ways
@each_page
def test_every_page_reads_from_its_name_to_its_foot(
    books: dict[str, Archive], direction: str, kind: str
) -> None:
    """In a text browser a page begins with the archive's name and ends with its footer."""
    path = books[direction].pages[kind]
    name, title, foot = said(books[direction], path, ".name", "h1", ".footer > p:last-child")
    text = text_of(books[direction], path)
    words = [name, foot] if kind.endswith("front") else [name, title, foot]
    assert stand_in_order(words, text), (words, text)


def printed(library: Library, direction: str, path: str) -> pypdf.PdfReader:
    """A page as it is printed."""
    page = library.browser.new_page()
    page.goto(library.sites[direction] + path)
    data = page.pdf(format="A4", prefer_css_page_size=True)
    page.close()
    return pypdf.PdfReader(io.BytesIO(data))


@each_page
def test_every_page_can_be_printed(library: Library, kind: str) -> None:
    """Its headline stands on the first sheet."""
    path = library.archives["ltr"].pages[kind]
    (title,) = said(library.archives["ltr"], path, "h1")
    document = printed(library, "ltr", path)
    assert title in spaced(document.pages[0].extract_text())


def test_a_printed_story_is_the_story(library: Library) -> None:
    """Paper has the text to its end, the addresses of links, and none of the ways about."""
    archive = library.archives["ltr"]
    text = spaced(" ".join(each.extract_text() for each in printed(library, "ltr", STORY).pages))
    (ending,) = said(archive, STORY, ".body > p:last-of-type")
    assert ending in text
    assert "https://" in text
    menu = list(said(archive, STORY, ".skip", ".pager .label"))
    assert not [words for words in menu if words in text]
