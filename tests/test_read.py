"""Reading one source: whatever is in it, the outcome is a story or findings, never a traceback."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from microfiche.decoding import decode
from microfiche.errors import SettingsError, Severity, Unreadable
from microfiche.limits import BODY_LIMIT, OutOfTime, time_limit
from microfiche.records import Reading
from tests.conftest import Site, said

HEAD = "Title: A\nDate: 2024-11-01\n\n"
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def read(site: Site, text: str | bytes, path: str = "story.md", **conf: Any) -> Reading:
    """The reading of a source that holds this."""
    site.write(path, text)
    return site.read_in(path, **conf)


def body(site: Site, text: str, **conf: Any) -> str:
    """The HTML of a story with this text."""
    reading = read(site, HEAD + text, **conf)
    assert reading.story, reading.problems
    return reading.body


def error(site: Site, text: str | bytes, path: str = "story.md", **conf: Any) -> str:
    """The one error of a source that holds this; it gives no story."""
    reading = read(site, text, path, **conf)
    assert reading.story is None
    (found,) = said(reading.problems)
    return found


# Text


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", ":1: error: the file is empty; write a story in it, or delete it"),
        (b" \n\t\n", ":1: error: the file is empty; write a story in it, or delete it"),
        (HEAD.encode("utf-16"), ":1: error: the file is UTF-16 or UTF-32; save it as UTF-8"),
        (HEAD.encode("utf-32"), ":1: error: the file is UTF-16 or UTF-32; save it as UTF-8"),
        (HEAD.encode("utf-16-le"), ":1: error: the file has a NUL byte: it is not UTF-8 text"),
        (HEAD.encode() + b"a\0b", ":4: error: the file has a NUL byte: it is not UTF-8 text"),
        (
            HEAD.encode() + b"caf\xe9",
            ":4: error: the byte 0xE9 is not UTF-8; save the file as UTF-8",
        ),
        (bytes(range(1, 256)), ":2: error: the byte 0x80 is not UTF-8; save the file as UTF-8"),
        (b"Ships wait.\n", ":1: error: there are no headers; begin with lines such as `Title: "),
    ],
    ids=["empty", "blank", "utf16", "utf32", "utf16-bare", "nul", "latin1", "binary", "prose"],
)
def test_what_is_no_story_is_an_error_that_says_why(site: Site, data: bytes, what: str) -> None:
    """With the line, and what to do."""
    assert error(site, data).startswith(f"content/story.md{what}")


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + HEAD.encode() + b"x\ny",
        b"\xef\xbb\xbf\xef\xbb\xbf" + HEAD.encode() + b"x\ny",
        b"\n\xef\xbb\xbf" + HEAD.encode() + b"x\ny",
        b"\n\n  \n" + HEAD.encode() + b"x\ny",
        HEAD.replace("\n", "\r\n").encode() + b"x\r\ny",
        HEAD.replace("\n", "\r").encode() + b"x\ry",
    ],
    ids=["bom", "boms", "late-bom", "blank-lines", "crlf", "cr"],
)
def test_marks_and_line_ends_of_other_systems_do_not_matter(site: Site, data: bytes) -> None:
    """They are no part of the story."""
    reading = read(site, data)
    assert reading.story
    assert reading.problems == ()
    assert (reading.story.title, reading.body) == ("A", "<p>x\ny</p>")


@pytest.mark.parametrize("character", ["\x01", "\x0b", "\x0c", "\x1f", "\ufffe", "\uffff"])
def test_what_no_xml_may_hold_is_taken_out_with_a_warning(site: Site, character: str) -> None:
    """It would break every feed that shows the story."""
    reading = read(site, f"Title: A{character}B\nDate: 2024-11-01\n\nx{character}y")
    assert reading.story
    assert (reading.story.title, reading.body) == ("AB", "<p>xy</p>")
    (found,) = said(reading.problems, Severity.WARNING)
    assert found.startswith(
        f"content/story.md:1: warning: the character U+{ord(character):04X} was"
    )


@pytest.mark.parametrize("entity", ["&#1;", "&#x1f;", "&#xFFFE;", "&#65535;", "&#xD800;", "&#0;"])
@pytest.mark.parametrize("place", ["{}", "*{}*", "<b title='{}'>x</b>", "`{}`", "[x]({})", "# {}"])
def test_nothing_forbidden_comes_in_as_an_entity(site: Site, entity: str, place: str) -> None:
    """Neither into the body nor into the words that lists show."""
    reading = read(site, f"{HEAD}a {place.format(entity)}")
    assert reading.story
    assert not FORBIDDEN.search(reading.body + reading.story.summary)
    summary = read(
        site, f"Title: A\nDate: 2024-11-01\nSummary: a {place.format(entity)}\n\nx"
    ).story
    assert summary
    assert not FORBIDDEN.search(summary.summary)


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_any_bytes_are_text_or_a_finding(data: bytes) -> None:
    """Text without what XML forbids, and with one kind of line end."""
    try:
        text, problems = decode("story.md", data)
    except Unreadable as unreadable:
        text, problems = "", list(unreadable.problems)
        assert problems
    assert not FORBIDDEN.search(text)
    assert "\r" not in text
    assert all(problem.remedy for problem in problems)


# Conversion


@pytest.mark.parametrize(
    "text",
    [
        "<a " * 7_000,
        "[a](" * 5_000,
        "<http://" * 10_000,
        "[^1] " * 20_000 + "\n\n[^1]: x",
        "a\n=\n" * 150_000,
        "".join(f"<p><b class={number}>x</p>" for number in range(20_000)),
    ],
    ids=["tags", "links", "addresses", "notes", "headings", "unclosed"],
)
# Time may run out inside Hypothesis's own callback of the garbage collector, where it cannot go up.
@pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning")
def test_markup_that_takes_for_ever_is_an_error_of_its_story(site: Site, text: str) -> None:
    """After as much processor time as ARCHIVE_STORY_SECONDS says."""
    assert "content/story.md:1: error: " in error(site, HEAD + text, ARCHIVE_STORY_SECONDS=1)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            "\n".join("    " * deep + "* x" for deep in range(300)),
            "the markup is nested too deeply",
        ),
        ("a\n:   b\n" * 5_000, "the markup is nested too deeply"),
        (">" * 5_000, "more than 100 elements stand one within the other"),
        ("<div>" * 5_000, "more than 100 elements stand one within the other"),
        ("<ul><li>" * 5_000, "more than 100 elements stand one within the other"),
        ("[r]: /" + "x" * 5_000 + "\n\n" + "[r] " * 10_000, "characters of HTML"),
        ("x\n\n" * (BODY_LIMIT // 3 + 1), f"keep a story within {BODY_LIMIT:,} characters"),
        ("x" * 2 * BODY_LIMIT, f"keep a story within {BODY_LIMIT:,} characters"),
    ],
    ids=["lists", "definitions", "quotes", "divs", "html-lists", "bomb", "long", "longer"],
)
def test_markup_beyond_all_measure_is_an_error_of_its_story(
    site: Site, text: str, what: str
) -> None:
    """At once, whatever the time limit."""
    assert what in error(site, HEAD + text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000,
        "![" * 10_000,
        "(" * 50_000,
        "*a **b " * 5_000,
        "*" * 50_000,
        "`" * 30_000,
        "\\" * 50_000,
        "&amp;" * 50_000,
        "word " * 100_000,
        "w" * 500_000,
        "a\n\n" * 20_000,
        "<p>x" * 5_000,
        "<!--" * 5_000 + "x",
        "|" + "a|" * 500 + "\n|" + "-|" * 500 + "\n" + ("|" + "b|" * 500 + "\n") * 10,
    ],
)
def test_odd_but_bearable_markup_is_published(site: Site, text: str) -> None:
    """A story may be strange."""
    assert read(site, HEAD + text).story


@pytest.mark.parametrize("tag", ["div", "p", "center", "section", "details", "blockquote", "pre"])
@pytest.mark.parametrize("trust", ["sanitise", "trust"])
def test_an_element_that_swallows_the_rest_of_a_story_is_an_error(
    site: Site, tag: str, trust: str
) -> None:
    """Markdown takes all that follows it for HTML, so that readers would see asterisks."""
    text = f"{HEAD}One.\n\n<{tag}>\n\n**bold** text\n"
    found = error(site, text, ARCHIVE_RAW_HTML=trust)
    assert found == (
        f"content/story.md:6: error: <{tag}> is not closed, "
        f"so that what follows it is no Markdown; add `</{tag}>` where it is to end"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<div>\n\nraw\n\n</div>\n\n**bold**",
        "<p>The end.",
        "<br>\n\n**bold**",
        "a <b>b\n\n**bold**",
        "<ul><li>a<li>b</ul>\n\n**bold**",
        "<!-- <div> -->\n\n**bold**",
        "`<div>`\n\n**bold**",
        "```\n<div>\n```\n\n**bold**",
        "</div>\n\n**bold**",
    ],
)
def test_html_that_swallows_nothing_is_no_error(site: Site, text: str) -> None:
    """However it is written."""
    assert read(site, HEAD + text).problems == ()


def test_a_story_cannot_close_the_elements_of_its_page(site: Site) -> None:
    """Or it could put something in their place."""
    html = body(site, "a</div></div></article></main></body>b")
    assert "</" not in html.replace("</p>", "")


class _Failing(Extension):
    """A Markdown extension that fails on every story, in the way that it is told to."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's name
        error = self.error

        class Fail(Preprocessor):
            def run(self, lines: list[str]) -> list[str]:  # noqa: ARG002 - Markdown's signature
                raise error

        md.preprocessors.register(Fail(md), "fail", 1000)


@pytest.mark.parametrize(
    "raised", [KeyError("x"), RecursionError(), MemoryError("x"), ValueError("x")]
)
def test_an_extension_that_fails_is_an_error_of_each_story(site: Site, raised: Exception) -> None:
    """The build goes on to find what else is wrong."""
    found = error(site, HEAD + "x", MARKDOWN={"extensions": [_Failing(raised)]})
    assert found.startswith("content/story.md:1: error: ")


@pytest.mark.parametrize(
    "markdown",
    [
        {"extensions": ["no.such.extension"]},
        {"extension_configs": {"markdown.extensions.toc": {"no_such_option": 1}}},
    ],
)
def test_an_extension_that_is_not_there_is_an_error_of_the_settings(
    site: Site, markdown: dict[str, Any]
) -> None:
    """Not one of every story."""
    with pytest.raises(SettingsError) as raised:
        read(site, HEAD + "x", MARKDOWN=markdown)
    (found,) = said(raised.value.problems)
    assert found.startswith("MARKDOWN: error: Markdown cannot be set up with it: ")


def test_header_and_body_errors_are_found_together(site: Site) -> None:
    """A body that cannot be converted hides nothing above it."""
    found = said(read(site, "Title: A\nDate: soon\nTgas: x\n\n" + "<div>" * 500).problems)
    assert [line.split(": ")[0] for line in found] == [
        "content/story.md:1",
        "content/story.md:2",
        "content/story.md:3",
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a <script>x</script>", "<script> was taken out: stories are sanitised; use Markdown"),
        (
            "set <nrtMode> here",
            "<nrtmode> is no element of HTML and was taken out; write `&lt;nrtmode>`",
        ),
        (
            "<iframe src='https://v.example/x'></iframe>",
            "name its host in ARCHIVE_EMBED_HOSTS to embed it",
        ),
    ],
)
def test_what_is_taken_out_is_told_with_its_line(site: Site, text: str, what: str) -> None:
    """The story is published without it."""
    reading = read(site, HEAD + "First.\n\n" + text)
    assert reading.story
    (found,) = said(reading.problems, Severity.WARNING)
    assert found.startswith("content/story.md:6: warning: ")
    assert what in found


def test_many_elements_that_are_no_html_are_one_finding(site: Site) -> None:
    """A list of `#include <…>` is one slip; what is HTML keeps its own line."""
    lines = [f"#include <{name}.h>" for name in ("assert", "errno", "float", "wchar")]
    text = "\n\n".join([*lines, "<form>"])
    found = said(read(site, HEAD + text).problems, Severity.WARNING)
    assert [line.split(";")[0] for line in found] == [
        (
            "content/story.md:4: warning: <assert> is no element of HTML and was taken out, "
            "as were 3 others"
        ),
        "content/story.md:12: warning: <form> was taken out: stories are sanitised",
    ]
    few = read(site, HEAD + "\n\n".join(lines[1:]))
    assert len(said(few.problems, Severity.WARNING)) == 3


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[x](javascript:alert)", "the javascript: address of a link was taken out"),
        ("![x](data:image/png;base64,AAAA)", "the data: address of a picture was taken out"),
        ('a <a href="JavaScript:x">b</a>', "the javascript: address of a link was taken out"),
        ('a <img alt="x">', "<img> has no src and was taken out"),
    ],
)
def test_an_address_that_is_taken_out_is_told_with_its_line(
    site: Site, text: str, what: str
) -> None:
    """A picture without one is none."""
    reading = read(site, HEAD + "First.\n\n" + text)
    assert reading.story
    assert "<img" not in reading.body
    (found,) = said(reading.problems, Severity.WARNING)
    assert found.startswith(f"content/story.md:6: warning: {what}")
    assert "; " in found


@pytest.mark.parametrize("text", ["<desk@e.org>", "[x](tel:1)", "[x](/a:b)", "`<a href='data:x'>`"])
def test_addresses_that_stay_are_not_told(site: Site, text: str) -> None:
    """However they are written, and if they are only shown."""
    assert read(site, HEAD + text).problems == ()


def test_headings_move_below_the_headline_in_silence(site: Site) -> None:
    """A page has one first-level heading, its story's."""
    reading = read(site, HEAD + "# One\n\n<b>x</b>\n\n## Two")
    assert re.findall(r"<h\d>", reading.body) == ["<h2>", "<h3>"]
    assert reading.problems == ()


def test_an_archive_that_owns_its_stories_may_trust_their_html(site: Site) -> None:
    """Nothing is taken out then."""
    html = body(site, "<script>1</script>\n\n<form></form>", ARCHIVE_RAW_HTML="trust")
    assert "<script>1</script>" in html
    assert "<form>" in html


@pytest.mark.parametrize("text", ["", "<!-- later -->", "<div></div>", "&nbsp;" * 0])
def test_a_story_without_text_is_told(site: Site, text: str) -> None:
    """It is published: a headline may be all there is."""
    reading = read(site, HEAD + text)
    assert reading.story
    (found,) = said(reading.problems, Severity.WARNING)
    assert "the story has no text" in found


def test_a_picture_is_text_enough(site: Site) -> None:
    """Nothing is said of it."""
    assert read(site, HEAD + "![A ship](https://e.org/a.png)").problems == ()


def test_the_first_words_stand_in_for_a_summary(site: Site) -> None:
    """As many as SUMMARY_MAX_LENGTH says, as text."""
    text = "One *two* [three](https://e.org/) four &amp; five."
    story = read(site, HEAD + text, SUMMARY_MAX_LENGTH=4).story
    assert story
    assert story.summary == "One two three four…"
    long = read(site, HEAD + f"[one](https://e.org/{'x' * 5000}) two", SUMMARY_MAX_LENGTH=4).story
    assert long
    assert long.summary.rstrip("…") in ("one", "one two", "")


def test_a_summary_may_be_markdown(site: Site) -> None:
    """Lists show its text."""
    story = read(site, "Title: A\nDate: 2024-11-01\nSummary: *One* & `two` [three](/x)\n\nx").story
    assert story
    assert story.summary == "One & two three"


# Files


def test_a_file_that_cannot_be_opened_is_an_error_of_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what the system says of it."""

    def refuse(path: str, *_: int) -> int:
        raise PermissionError(13, "Permission denied", path)

    site.story()
    monkeypatch.setattr(os, "open", refuse)
    (found,) = said(site.read_in().problems)
    assert found == (
        "content/story.md: error: cannot be read: Permission denied; "
        "check the file and its permissions"
    )


def test_a_link_put_in_place_of_a_file_is_not_followed(site: Site, tmp_path: Path) -> None:
    """Not even if that happens between the scan and the reading."""
    (tmp_path / "secret.md").write_text(HEAD + "SECRET")
    (site.content / "story.md").symlink_to(tmp_path / "secret.md")
    reading = site.read_in()
    assert reading.body == ""
    assert said(reading.problems)


# The time limit


def _busy(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_work_that_is_quick_enough_is_not_disturbed() -> None:
    """And nothing rings later."""
    with time_limit(1):
        _busy(0.01)
    _busy(0.01)


def test_a_limit_that_is_swallowed_inside_still_ends_the_work() -> None:
    """A library may call us back and drop what we raise."""
    with pytest.raises(OutOfTime), time_limit(1), suppress(BaseException):
        _busy(5)
