"""What a person sees: findings like a good compiler's, and accounts that add up."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microfiche.errors import Problem, Severity
from microfiche.records import Counts
from microfiche.report import Report, accounts, finding, printable, summary

numbers = st.integers(0, 10**6)


def shown(*problems: Problem) -> list[str]:
    """The lines that a report makes of findings."""
    stream = io.StringIO()
    Report(stream, content="news").findings(problems)
    return stream.getvalue().splitlines()


def note(what: str) -> Problem:
    """A note of no source."""
    return Problem("", 0, what, severity=Severity.NOTE)


def test_a_finding_says_where_how_bad_what_and_what_to_do() -> None:
    """In one line that editors can follow."""
    problem = Problem("a/b.md", 3, "there is no date", "add one")
    assert finding(problem) == "content/a/b.md:3: error: there is no date; add one"
    assert finding(Problem("README", 0, "x")) == "content/README: error: x"
    assert (
        finding(Problem("folder", 0, "x", severity=Severity.WARNING))
        == "content/folder: warning: x"
    )
    assert finding(note("x")) == "note: x"


def test_what_is_not_below_the_content_folder_is_named_as_it_is() -> None:
    """Settings, templates, files of the output."""
    assert finding(Problem("TIMEZONE", 0, "x", inside=False)) == "TIMEZONE: error: x"
    assert (
        finding(Problem("templates/a.html", 2, "x", inside=False)) == "templates/a.html:2: error: x"
    )


def test_findings_come_by_path_and_line_with_the_content_folders_name() -> None:
    """Whatever order they were found in."""
    problems = [Problem(path, line, "x") for path, line in (("b", 1), ("a", 10), ("a", 9))]
    assert shown(*problems) == ["news/a:9: error: x", "news/a:10: error: x", "news/b:1: error: x"]


def test_every_error_is_shown_and_the_first_notes() -> None:
    """A thousand different ones are a thousand lines; notes are counted from the twentieth on."""
    errors = [Problem("a.md", line, chr(0x4E00 + line)) for line in range(1, 1001)]
    lines = shown(*errors, *[note(f"{number:04}") for number in range(1500)])
    assert len(lines) == 1000 + 20 + 1
    assert lines[-1] == "note: and 1,480 more notes"


def test_of_one_kind_three_a_story_are_shown() -> None:
    """What is quoted does not make another kind of it."""
    problems = [Problem("a.md", line, f"no file '{line}'") for line in range(1, 8)]
    assert shown(*problems, Problem("a.md", 9, "x")) == [
        "news/a.md:1: error: no file '1'",
        "news/a.md:2: error: no file '2'",
        "news/a.md:3: error: no file '3'",
        "news/a.md:9: error: x",
        "error: … and 4 more of these in 1 story: no file '4'",
    ]


def test_of_one_kind_fifty_are_shown_in_all() -> None:
    """One line tells of all the others."""
    problems = [Problem(f"{number:03}.md", 1, "x") for number in range(390)]
    lines = shown(*problems)
    assert len(lines) == 51
    assert lines[-1] == "error: … and 340 more of these in 340 stories: x"


@given(st.text())
def test_no_text_plays_tricks_on_a_terminal(text: str) -> None:
    """Control characters are shown as escapes, so that a finding is one line."""
    line = printable(text)
    assert line.isprintable()
    assert printable(line) == line


@pytest.mark.parametrize(
    "text", ["[bold]x[/bold]", "[link=https://e.org]x[/link]", ":smile:", "[/]"]
)
def test_what_an_author_wrote_is_not_markup_of_the_report(text: str) -> None:
    """It is shown as it is."""
    assert shown(Problem("a.md", 1, text)) == [f"news/a.md:1: error: {text}"]


def test_a_long_finding_is_one_line() -> None:
    """Nothing is folded where a program may read it."""
    assert shown(Problem("a.md", 1, "word " * 200)) == ["news/a.md:1: error: " + "word " * 200]


@given(numbers, numbers, numbers, numbers, numbers)
def test_the_accounts_name_every_source_once(
    stories: int, pages: int, drafts: int, embargoed: int, quarantined: int
) -> None:
    """The sum is there to be checked."""
    total = stories + pages + drafts + embargoed + quarantined
    line = accounts(Counts(total, stories, pages, drafts, embargoed, quarantined))
    left, right = line.replace(",", "").split(" = ")
    assert int(left.split()[0]) == sum(int(part.split()[0]) for part in right.split(" + "))


def test_a_story_that_is_published_in_spite_of_an_error_is_counted() -> None:
    """It is one of those that are published, and lacks something."""
    assert accounts(Counts(3, 3, flawed=1)).endswith(
        "0 quarantined; 1 published in spite of errors, without links and pictures "
        "that lead nowhere"
    )


def test_one_of_a_thing_is_not_several() -> None:
    """Plain English."""
    assert accounts(Counts(1, 1)) == (
        "1 source = 1 story + 0 pages + 0 drafts + 0 embargoed + 0 quarantined"
    )
    assert summary(Counts(changed=1, written=1), 0.5, None) == (
        "1 source changed → 1 file written, 0 removed, 0 unchanged, 0.50 s"
    )


def test_the_summary_tells_when_the_next_embargo_ends() -> None:
    """In the archive's zone, so that the next build can be set for it."""
    line = summary(Counts(), 1.0, datetime(2026, 1, 1, 6, tzinfo=UTC))
    assert line.endswith("1.00 s · next embargo ends 2026-01-01 06:00 UTC")


def test_quick_work_shows_no_progress() -> None:
    """And nothing is drawn where the stream is no terminal."""
    stream = io.StringIO()
    with Report(stream).progress("reading", 10) as steps:
        for _ in range(10):
            steps.advance(1)
    assert stream.getvalue() == ""
