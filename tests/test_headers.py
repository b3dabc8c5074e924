"""Headers are taken off a source line by line; what is wrong with them is said with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microfiche import headers
from microfiche.errors import Severity
from microfiche.headers import HEADERS, KNOWN
from microfiche.records import Header
from tests.conftest import said

NAMES = st.from_regex(r"[A-Za-z0-9_-]+", fullmatch=True)
VALUES = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" ")).map(str.strip)


def taken(text: str) -> dict[str, str]:
    """The headers of a source by name."""
    return {header.name: header.value for header in headers.split("a.md", text).headers}


def checked(*names: str) -> list[str]:
    """What is said of headers of these names."""
    found = [Header(name.lower(), "x", line) for line, name in enumerate(names, 1)]
    return said(headers.check("a.md", found))


def swallowed(text: str) -> list[str]:
    """What is said of prose among the headers."""
    return said(headers.swallowed("a.md", text, headers.split("a.md", text).headers))


# Splitting


def test_headers_end_at_the_first_empty_line() -> None:
    """What follows is the story, whatever it looks like."""
    split = headers.split("a.md", "Title: A\nDate: 2024-11-01\n\nNote: b\n\nc\n")
    assert split.headers == (Header("title", "A", 1), Header("date", "2024-11-01", 2))
    assert split.body == "Note: b\n\nc\n"
    assert split.start == 4


def test_empty_lines_before_the_headers_do_not_matter() -> None:
    """Lines are counted from the top of the file all the same."""
    split = headers.split("a.md", "\n  \nTitle: A\n\nb")
    assert split.headers == (Header("title", "A", 3),)
    assert split.body == "b"


def test_a_long_line_of_prose_right_under_the_headers_begins_the_story() -> None:
    """As in Python-Markdown: archives made with Pelican have such stories."""
    prose = "The harbour was opened on Friday by the mayor.\nShips came."
    split = headers.split("a.md", f"Title: A\nsave_as:\n{prose}")
    assert split.body == prose
    assert split.start == 3
    assert split.problems == ()


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["Dek : y", "Tags: sea"], "2: error: 'Dek : y' is not a header; write `Dek: y`"),
        (["Tags:", "- sea", "- fish"], "3: error: '- sea' is not a header; write `Tags: one, two`"),
        (["Tags:", "    - sea"], "3: error: '- sea' is not a header; write `Tags: one, two`"),
        (
            ["Ships wait.", "They leave."],
            "2: error: 'Ships wait.' is not a header; put an empty line between headers and story",
        ),
        (
            ["Summary: one", "  two"],
            "3: error: the value of 'Summary', begun on line 2, goes on here; indent it by four",
        ),
        (
            ["Dek: one two three four five six seven eight", "a b c d e f g h i j"],
            "3: error: the value of 'Dek', begun on line 2, goes on here; indent it by four",
        ),
        (
            ["The harbour was opened on Friday by the mayor.", "Dek: x"],
            "2: error: 'The harbour was opened on Friday by the mayor.' is not a header",
        ),
    ],
)
def test_a_line_among_the_headers_that_is_none_is_an_error(lines: list[str], found: str) -> None:
    """It never becomes story text in silence; the headers below it are read all the same."""
    text = "\n".join(["Title: A", *lines, "Date: 2024-11-01", "", "Story."])
    split = headers.split("a.md", text)
    (error,) = said(split.problems)
    assert error.startswith(f"content/a.md:{found}")
    assert split.headers[-1].name == "date"
    assert split.body == "Story."


def test_a_long_line_is_quoted_in_part() -> None:
    """Sixty characters tell which it is."""
    (error,) = said(headers.split("a.md", f"Title: A\n- {'x' * 500}\n\nb").problems)
    assert f"'- {'x' * 57}…' is not a header" in error


def test_a_value_goes_on_where_the_next_line_is_indented() -> None:
    """By four spaces or a tab."""
    assert taken("Summary: one\n    two\n\tthree\nTitle: A\n")["summary"] == "one two three"


def test_names_of_headers_have_no_case() -> None:
    """`TITLE` is `Title`."""
    assert taken("TITLE: A\nimage_ALT: b\n") == {"title": "A", "image_alt": "b"}


def test_a_value_may_hold_colons_and_be_empty() -> None:
    """The first colon parts name and value."""
    assert taken("Title: A: b: c\nURL:\nsave_as:   \n") == {
        "title": "A: b: c",
        "url": "",
        "save_as": "",
    }


def test_prose_alone_has_no_headers() -> None:
    """Nothing is taken from it."""
    split = headers.split("a.md", "Ships wait.\n\nThey leave.")
    assert split.headers == ()
    assert split.body == "Ships wait.\n\nThey leave."


@given(st.dictionaries(NAMES, VALUES, min_size=1), VALUES)
def test_what_is_written_is_what_is_read(written: dict[str, str], body: str) -> None:
    """Every header with its value and its line, and the whole body."""
    lines = [f"{name}: {value}" for name, value in written.items()]
    split = headers.split("a.md", "\n".join([*lines, "", body]))
    rows = enumerate(written.items(), 1)
    assert split.headers == tuple(Header(name.lower(), value, line) for line, (name, value) in rows)
    assert split.body == body


@given(st.text(st.sampled_from("a:-\n\t |>[]'\"{}"), max_size=60))
def test_any_text_can_be_split(text: str) -> None:
    """The body is the end of the text, or there is a finding."""
    split = headers.split("a.md", text)
    assert text.endswith(split.body)
    assert all(0 < header.line <= text.count("\n") + 1 for header in split.headers)
    assert all(problem.remedy for problem in split.problems)


# Between lines of ---


def fenced(*lines: str) -> dict[str, str]:
    """The headers between two fences."""
    return taken("\n".join(["---", *lines, "---", "Story."]))


def test_headers_may_stand_between_fences() -> None:
    """Empty lines do not end them there, and the story begins right below."""
    split = headers.split("a.md", "---\nTitle: A\n\nDate: 2024-11-01\n---\nShips.")
    assert [header.line for header in split.headers] == [2, 4]
    assert split.body == "Ships."
    assert split.start == 6


@pytest.mark.parametrize("value", ['"A: b"', "'A: b'", "A: b"])
def test_a_value_between_fences_may_be_quoted(value: str) -> None:
    """The quotation marks are not part of it."""
    assert fenced(f"title: {value}") == {"title": "A: b"}


def test_a_list_between_fences_may_stand_below_its_header() -> None:
    """Items may hold commas; of a header that can be repeated each is one."""
    assert fenced("tags:", "- sea", "  - Lisbon, Portugal")["tags"] == "sea; Lisbon, Portugal"
    assert fenced("tags:", "- Lisbon, Portugal")["tags"] == "Lisbon, Portugal;"
    split = headers.split("a.md", "---\nsource:\n- A, https://a.example/\n- B\n---\n")
    assert [header.value for header in split.headers] == ["A, https://a.example/", "B"]


def test_a_list_between_fences_may_stand_in_brackets() -> None:
    """With or without quotation marks."""
    assert fenced("""tags: [sea, "harbour", 'fish']""")["tags"] == "sea, harbour, fish"


@pytest.mark.parametrize("sign", [">", "|", ">-", ""])
def test_text_between_fences_may_go_on_below(sign: str) -> None:
    """Indented by any number of spaces."""
    assert fenced(f"summary: {sign}", "  one: two", "  three")["summary"] == "one: two three"


@pytest.mark.parametrize("mark", ['"', "'"])
@pytest.mark.parametrize("indent", ["", "  "])
def test_a_quoted_value_between_fences_goes_on_to_its_closing_mark(mark: str, indent: str) -> None:
    """As in YAML, where its lines need no indent; what follows is a header again."""
    lines = (f"summary: {mark}One: two", f"{indent}three,", "", f"{indent}four.{mark}", "title: A")
    assert fenced(*lines) == {"summary": "One: two three, four.", "title": "A"}


@pytest.mark.parametrize("value", ["'Tis the season", "\"A\" and 'B'"])
def test_a_quotation_mark_that_is_not_closed_or_closed_early_swallows_nothing(value: str) -> None:
    """It is a part of the value."""
    assert fenced(f"title: {value}", "tags: a") == {"title": value, "tags": "a"}


@pytest.mark.parametrize("value", [r'"A \"b\" c"', """'A "b" c'"""])
def test_a_quoted_value_may_hold_quotation_marks(value: str) -> None:
    """Escaped as YAML has it, or of the other kind."""
    assert fenced(f"title: {value}") == {"title": 'A "b" c'}
    assert fenced("title: 'It''s'") == {"title": "It's"}


def test_lines_between_fences_that_are_no_header_are_one_finding_where_they_hang_together() -> None:
    """One slip of the pen is one line to read."""
    text = "---\nTitle: A\nSummary: one\ntwo\nthree\nDate: 2024\nfour\n---\n"
    found = said(headers.split("a.md", text).problems)
    assert [line.split(";")[0] for line in found] == [
        "content/a.md:4: error: the value of 'Summary', begun on line 3, goes on here",
        "content/a.md:7: error: the value of 'Date', begun on line 6, goes on here",
    ]


def test_fences_that_do_not_end_are_an_error() -> None:
    """Else the whole story would be headers."""
    (found,) = said(headers.split("a.md", "\n---\nTitle: A\n\nShips.").problems)
    assert found.startswith("content/a.md:2: error: the headers begin with `---` and do not end")


# Checking


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Tgas", "Tags"),
        ("Tag", "Tags"),
        ("Catagory", "Category"),
        ("Sumary", "Summary"),
        ("Autor", "Author"),
        ("Deck", "Dek"),
        ("Alias", "Aliases"),
        ("Save-as", "Save_as"),
        ("Image_figcaption", "Image_caption"),
        ("Correctoin", "Correction"),
    ],
)
def test_a_misspelt_header_is_an_error_with_the_right_spelling(name: str, meant: str) -> None:
    """Whatever it was meant to say is not lost."""
    (found,) = checked("Title", name)
    assert found.startswith("content/a.md:2: error: there is no header")
    assert found.endswith(f"did you mean {meant}?")


@pytest.mark.parametrize(
    "name",
    [
        "Subtitle",
        "Description",
        "Series",
        "Layout",
        "is_valid",
        "Image_url",
        "Source_url",
        "State",
        "Type",
        "Link",
        "Foo",
        "Self",
        "__class__",
        "Content",
        "Metadata",
    ],
)
def test_a_header_of_ones_own_is_no_error(name: str) -> None:
    """It is kept as it is."""
    assert checked("Title", name) == []


@pytest.mark.parametrize("name", [doc.name for doc in HEADERS])
def test_no_known_header_is_taken_for_a_misspelling(name: str) -> None:
    """Every one of them can be written."""
    assert checked(name) == []


def test_a_header_given_twice_is_an_error_with_both_lines() -> None:
    """Which of the two counts would be a guess."""
    (found,) = checked("Title", "Date", "Title")
    assert found == "content/a.md:3: error: Title is given twice, first on line 1; keep one of them"


def test_there_is_a_limit_to_headers() -> None:
    """A file of a hundred thousand lines like headers is something else."""
    assert checked(*(f"H{number}" for number in range(100_000))) == [
        (
            "content/a.md:501: error: there are 100,000 headers; "
            "keep them within 500, and put an empty line below them"
        )
    ]


@pytest.mark.parametrize("name", ["Source", "Correction", "Aliases", "Tags", "Authors"])
def test_headers_that_may_be_repeated_are_no_error(name: str) -> None:
    """As docs/headers.md has it."""
    assert checked(name, name) == []


@pytest.mark.parametrize(
    "line",
    [
        "WASHINGTON: The president spoke.",
        "KYIV: Talks on the exchange of prisoners began on Friday, two ministries said.",
        "Reporter: It was the third time in a week that the harbour was closed.",
    ],
)
def test_prose_taken_for_a_header_is_an_error(line: str) -> None:
    """The first sentence of the story would be missing from its page."""
    (found,) = swallowed(f"Title: A\nDate: 2024-11-01\n{line}\n\nMore.")
    assert found.startswith("content/a.md:3: error: ")
    assert "put an empty line between headers and story" in found


@pytest.mark.parametrize(
    "line", ["ISBN: 3", "Url: a", "Lead: It was the third time in a week or so, he said."]
)
def test_values_are_not_taken_for_prose(line: str) -> None:
    """Not even long ones of headers that other programs have."""
    assert swallowed(f"Title: A\n{line}\n\nMore.") == []


def test_unknown_headers_are_kept_and_told_once_with_their_number() -> None:
    """A thousand stories with one header of the owner's give one line."""
    own = [Header("title", "A", 1), Header("mood", "calm", 2)]
    assert headers.unknown(own) == (("mood", "calm"),)
    assert said([headers.unknown_headers_note("mood", 1000)], Severity.NOTE) == [
        "note: 1,000 stories have a header 'Mood' that means nothing here; it is kept"
    ]


def test_every_known_header_says_what_it_means() -> None:
    """docs/headers.md is made from this."""
    assert len(KNOWN) == len(HEADERS)
    assert all(doc.means.endswith(".") and doc.example for doc in HEADERS)
