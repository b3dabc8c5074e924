"""Pelican's readers read reStructuredText and HTML; they get no say over files and dates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pelican.readers import BaseReader

from microfiche.errors import Severity
from microfiche.records import Reading, Story
from tests.conftest import Site, said

RST = """\
Harbour opens
#############

:date: 2024-11-01 18:00
:tags: sea, Lisbon
:authors: World desk; Science desk
:summary: *The* ribbon is cut.
:mood: calm

"""
HTML = """\
<html><head><title>Harbour &amp; opens</title>
<meta charset="utf-8">
<meta name="date" content="2024-11-01 18:00">
<meta name="tags" content="sea, Lisbon">
<meta name="author" content="World desk">
</head><body>{}</body></html>
"""


def read(site: Site, path: str, text: str, **conf: Any) -> Reading:
    """The reading of a source that holds this."""
    site.write(path, text)
    return site.read_in(path, **conf)


def story(site: Site, path: str, text: str, **conf: Any) -> Story:
    """The story that it gives."""
    reading = read(site, path, text, **conf)
    assert reading.story, reading.problems
    return reading.story


def rst_errors(site: Site, text: str) -> list[str]:
    """What is wrong with a story in reStructuredText."""
    reading = read(site, "a.rst", RST + text)
    assert reading.story is None
    assert reading.body == ""
    return said(reading.problems)


def test_restructuredtext_gives_a_story(site: Site) -> None:
    """With the same headers as Markdown's, by the same rules."""
    text = (
        RST
        + "A *ribbon*.\n\n.. code-block:: python\n\n   x = 1\n\n.. image:: {static}/images/a.png\n"
    )
    reading = read(site, "a.rst", text)
    assert reading.story
    assert reading.story.title == "Harbour opens"
    assert [term.label for term in reading.story.terms if term.kind == "tag"] == ["sea", "Lisbon"]
    assert reading.story.slugs("byline") == ("world-desk", "science-desk")
    assert reading.story.summary == "The ribbon is cut."
    assert reading.story.extra == (("mood", "calm"),)
    assert "<em>ribbon</em>" in reading.body
    assert 'class="highlight"' in reading.body
    assert [reference.target for reference in reading.references] == ["images/a.png"]


def test_html_gives_a_story(site: Site) -> None:
    """Its head has the headers; a meta element without a name is nobody's business."""
    reading = read(site, "a.html", HTML.format("<p>A <em>ribbon</em>.</p>"))
    assert reading.story
    assert reading.problems == ()
    assert reading.story.title == "Harbour & opens"
    assert reading.story.slugs("tag") == ("sea", "lisbon")
    assert reading.body == "<p>A <em>ribbon</em>.</p>"


@pytest.mark.parametrize(
    "text",
    [
        ".. raw:: html\n   :file: /etc/passwd\n",
        ".. raw:: html\n   :url: file:///etc/passwd\n",
        ".. include:: /etc/passwd\n",
        ".. csv-table:: x\n   :file: /etc/passwd\n",
        ".. csv-table:: x\n   :url: file:///etc/passwd\n",
        ".. literalinclude:: /etc/passwd\n",
    ],
)
def test_no_file_comes_in_by_a_directive(site: Site, text: str) -> None:
    """Each is an error on its line."""
    (found,) = rst_errors(site, text)
    assert found.startswith("content/a.rst:10: error: ")


def test_all_errors_of_restructuredtext_are_found_at_once(site: Site) -> None:
    """Docutils would end at the first."""
    found = rst_errors(site, "|a|\n\n.. include:: x\n\n.. nope:: x\n\n`a`_\n")
    assert [line.split(": ")[0] for line in found] == [
        f"content/a.rst:{n}" for n in (10, 12, 14, 16)
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [(".. vimeo:: 1\n", "directive 'vimeo'"), ("A :fa:`cog`.\n", "role 'fa'")],
)
def test_a_word_of_a_plugin_that_is_not_there_is_called_so(
    site: Site, text: str, what: str
) -> None:
    """The markup itself is not at fault."""
    found = rst_errors(site, text)
    remedy = "name the plugin that adds it in PLUGINS, or write it in another way"
    assert f"content/a.rst:10: error: reStructuredText has no {what}; {remedy}" in found


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [("a.rst", RST + "A story.", 4), ("a.html", HTML.format("A story."), 3)],
)
def test_a_wrong_header_is_shown_on_its_line(site: Site, path: str, text: str, line: int) -> None:
    """In these formats too."""
    (found,) = said(read(site, path, text.replace("2024-11-01", "2024-13-01")).problems)
    assert found.startswith(f"content/{path}:{line}: error: '2024-13-01 18:00' is no date")


def test_no_day_of_a_build_gets_into_a_story(site: Site) -> None:
    """Two builds of the same sources are the same."""
    found = rst_errors(site, ".. |d| date:: %Y\n\n|d|\n")
    assert any("write the date itself" in line for line in found)


def test_raw_html_in_restructuredtext_is_sanitised(site: Site) -> None:
    """As it is in Markdown."""
    text = ".. raw:: html\n\n   <p onclick=x>a<script>alert(1)</script></p>\n"
    reading = read(site, "a.rst", RST + text)
    assert reading.story
    assert "<p>a</p>" in reading.body
    assert "<script> was taken out" in said(reading.problems, Severity.WARNING)[0]


def test_html_is_sanitised(site: Site) -> None:
    """Body and headers alike."""
    text = HTML.format("<p onclick=x>a<script>alert(1)</script></p>")
    reading = read(
        site, "a.html", text.replace("World desk", "<script>alert(1)</script>World desk")
    )
    assert reading.story
    assert reading.body == "<p>a</p>"
    assert reading.story.terms[-1].label == "alert(1)World desk"


def test_characters_that_no_xml_may_hold_are_taken_out_of_headers_too(site: Site) -> None:
    """Pelican's readers open the file themselves."""
    assert story(site, "a.rst", RST.replace("calm", "ca\x1flm") + "x").extra == (("mood", "calm"),)
    assert (
        story(site, "a.html", HTML.replace("opens", "op&#1;ens").format("x")).title
        == "Harbour & opens"
    )


@pytest.mark.parametrize(
    ("path", "text", "remedies"),
    [
        ("a.rst", "A story.\n", ("`:title: …`", "`:date: 2024-11-01 18:00`")),
        ("a.html", "<p>A story.</p>", ("`<title>…</title>`", '`<meta name="date" content="2024')),
    ],
)
def test_the_remedy_for_a_missing_header_is_in_the_sources_own_format(
    site: Site, path: str, text: str, remedies: tuple[str, str]
) -> None:
    """A line `Title: …` would be wrong advice."""
    found = "\n".join(said(read(site, path, text).problems))
    assert all(remedy in found for remedy in remedies)


def test_html_whose_body_is_not_closed_is_told(site: Site) -> None:
    """Pelican's reader sees no text in it."""
    reading = read(site, "a.html", HTML.format("A story.").replace("</body>", ""))
    (found,) = said(reading.problems, Severity.WARNING)
    assert found.endswith("the story has no text; write it between `<body>` and `</body>`")


class _Own(BaseReader):  # type: ignore[misc, unused-ignore]  # Pelican comes without types
    """A reader that a plugin adds."""

    def read(self, path: str) -> tuple[str, dict[str, object]]:
        text = Path(path).read_text("utf-8")
        if "fail" in text:
            raise RuntimeError("no such thing")
        headers: dict[str, object] = {"Title": "Own", "date": "2024-11-01", "tags": ["a, b", "c"]}
        return f"<p>{text}<script>x</script></p>", headers | {
            "source": ["NASA", "ESA"],
            "empty": None,
        }


def test_a_reader_of_the_owners_is_used(site: Site) -> None:
    """READERS as in Pelican: also in place of Markdown's, and its HTML is sanitised too."""
    for path, readers in (("a.own", {"own": _Own}), ("a.md", {"md": _Own})):
        reading = read(site, path, "text", READERS=readers)
        assert reading.story
        assert reading.body == "<p>text</p>"
        assert [term.label for term in reading.story.terms if term.kind == "tag"] == ["a, b", "c"]
        assert [note.text for note in reading.story.notes] == ["NASA", "ESA"]


def test_a_reader_that_fails_is_an_error_of_its_source(site: Site) -> None:
    """With what it says."""
    reading = read(site, "a.own", "fail", READERS={"own": _Own})
    (found,) = said(reading.problems)
    assert found == (
        "content/a.own:1: error: cannot be read: RuntimeError: no such thing; "
        "check the file's markup"
    )
