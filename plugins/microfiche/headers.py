"""The headers of a story: lines of ``Name: value`` before the first empty line.

The syntax is that of Python-Markdown's meta-data extension, read by us so that every finding has
its line. Between lines of ``---`` the simple forms of YAML are understood too: quoted values,
lists and text that goes on below. A header is data: it is never set on anything.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import NamedTuple

from msgspec import Struct

from microfiche.errors import Problem, Severity
from microfiche.records import Header

_LINE = re.compile(r" {0,3}([A-Za-z0-9_-]+):[ \t]*(.*)")
_MORE = re.compile(r"(?: {4,}|\t)\s*(.*)")
_FENCE_OPENS = re.compile(r"-{3}(?:\s.*)?$")
_FENCE_CLOSES = re.compile(r"(?:-{3}|\.{3})(?:\s.*)?$")
_ITEM = re.compile(r"\s*-\s+(.*)")
_INDENTED = re.compile(r"\s+(.*)")
_QUOTED = re.compile(r"""(["'])(.*)\1$""")
_QUOTE_OPENS = re.compile(r"""[A-Za-z0-9_-]+:[ \t]*(["'])""")
_ESCAPES = {'"': re.compile(r'\\(["\\/])'), "'": re.compile(r"'(')")}
_INLINE_LIST = re.compile(r"\[(.*)\]$")
_FOLDED = re.compile(r"[>|][+-]?$")
_SPACED = re.compile(r"([A-Za-z0-9_-]+)[ \t]+:(?:[ \t]+(.*))?$")
_QUOTATION = 60
_PROSE = 8
_SENTENCE = re.compile(r"[.!?…]['\"”’)]?$")


class HeaderDoc(Struct, frozen=True):
    """A header that we know: how it is written and what it means."""

    name: str
    example: str
    means: str
    repeatable: bool = False


HEADERS = (
    HeaderDoc("Title", "Men walk on the Moon", "The headline. Required."),
    HeaderDoc("Date", "1969-07-20 20:17", "When the story was published. Required."),
    HeaderDoc("Modified", "1969-07-21", "When the story was last changed for its readers."),
    HeaderDoc("Category", "Space", "The section that the story stands in."),
    HeaderDoc("Tags", "Moon, NASA", "What the story is about, parted by commas or semicolons."),
    HeaderDoc("Keywords", "Moon, NASA", "Another word for Tags."),
    HeaderDoc("Author", "Science desk", "The byline."),
    HeaderDoc(
        "Authors", "Science desk; World desk", "Several bylines, parted by commas or semicolons."
    ),
    HeaderDoc(
        "Slug",
        "men-walk-on-the-moon",
        "The last part of the address; made from the title when absent.",
    ),
    HeaderDoc(
        "Summary",
        "Two men have …",
        "A sentence for lists; the first words of the story when absent.",
    ),
    HeaderDoc(
        "Status",
        "draft",
        "`published` (when absent), `draft` (in no page, list or feed) or `hidden` (a page that "
        "no list shows).",
    ),
    HeaderDoc("Lang", "uk", "The language of the story (BCP 47)."),
    HeaderDoc(
        "Translation", "true", "Marks a translation of the story with the same slug and day."
    ),
    HeaderDoc("Dek", "After a journey of four days …", "The standfirst under the headline."),
    HeaderDoc("Lead", "yes", "Has the story lead its day; of several, the newest does."),
    HeaderDoc("Dateline", "HOUSTON", "The place that the story was filed from."),
    HeaderDoc("Image", "images/moon.svg", "The story's picture, from the content folder."),
    HeaderDoc(
        "Image_alt",
        "A footprint in grey dust",
        "What the picture shows, for those who do not see it.",
    ),
    HeaderDoc(
        "Image_caption", "A footprint in the Sea of Tranquility.", "What stands under the picture."
    ),
    HeaderDoc("Image_credit", "NASA", "Whose picture it is."),
    HeaderDoc(
        "Source",
        "NASA, https://www.nasa.gov/",
        "What the story rests on: a name and, if there is one, an address.",
        repeatable=True,
    ),
    HeaderDoc("Story", "The race to the Moon", "The running story that this is a part of."),
    HeaderDoc("Event_date", "1969-07-20", "When it happened, if not when it was published."),
    HeaderDoc(
        "Correction",
        "1969-07-22: The height was …",
        "A date and what was corrected.",
        repeatable=True,
    ),
    HeaderDoc(
        "Aliases",
        "/old/moon.html",
        "Former addresses of the story, parted by commas; they lead to it.",
        repeatable=True,
    ),
    HeaderDoc("Id", "moon-1969", "The story's lasting identity, which feeds name it by."),
    HeaderDoc("Url", "moon/", "The address, where the usual one does not fit."),
    HeaderDoc("Save_as", "moon/index.html", "The file that the page is saved as."),
    HeaderDoc("Template", "story", "Another template of the theme for this page."),
)
HEADER_LIMIT = 500
"""Header lines that a source may have."""

KNOWN = {doc.name.lower(): doc for doc in HEADERS}
LISTS = {"tags", "keywords", "authors"}
_FOREIGN = {
    "abstract",
    "comments",
    "description",
    "excerpt",
    "layout",
    "note",
    "permalink",
    "series",
    "sortorder",
    "subtitle",
    "thumbnail",
    "twitter",
}


class Split(NamedTuple):
    """A source taken apart.

    ``start`` is the line on which the body begins, ``fenced`` says whether the headers stand
    between lines of ``---``.
    """

    headers: tuple[Header, ...]
    body: str
    start: int
    problems: tuple[Problem, ...]
    fenced: bool


def split(path: str, text: str) -> Split:
    """Take the headers off a source; empty lines before them do not matter."""
    lines = text.split("\n")
    at = next((index for index, line in enumerate(lines) if line.strip()), len(lines))
    if at < len(lines) and _FENCE_OPENS.match(lines[at]):
        return _split_fenced(path, lines, at + 1)
    headers: list[Header] = []
    odd: list[int] = []
    while at < len(lines) and (line := lines[at].rstrip()):
        if match := _LINE.match(line):
            headers.append(Header(match[1].lower(), match[2].strip(), at + 1))
        elif headers and (match := _MORE.match(line)) and not _is_item(line, headers[-1]):
            headers[-1] = _continued(headers[-1], match[1])
        elif not headers or (not odd and _begins_story(lines[at:], headers[-1])):
            break
        else:
            odd.append(at)
        at += 1
    else:
        at = at + 1 if at < len(lines) else odd[0] if odd else at
    problems = _strays(path, lines, odd, headers, fenced=False)
    return Split(tuple(headers), "\n".join(lines[at:]), at + 1, problems, fenced=False)


def _is_item(line: str, above: Header) -> bool:
    """Whether a line is an item of a list, which has its meaning only between fences."""
    return above.name in LISTS and bool(_ITEM.match(line))


def _begins_story(lines: list[str], above: Header) -> bool:
    """Whether prose stands right under the headers, as Pelican lets it.

    It is a long line with no known header below it, and not the rest of the value above it.
    """
    first = lines[0]
    if first[0].isspace() or _ITEM.match(first) or _SPACED.match(first):
        return False
    if len(first.split()) < _PROSE or not _is_whole(above.value):
        return False
    paragraph = takewhile(str.strip, lines)
    named = (_LINE.match(line) for line in paragraph)
    return not any(match and match[1].lower() in KNOWN for match in named)


def _is_whole(value: str) -> bool:
    """Whether a value is a name or a sentence that has come to its end."""
    return len(value.split()) < _PROSE or bool(_SENTENCE.search(value))


def _strays(
    path: str, lines: list[str], odd: list[int], headers: list[Header], *, fenced: bool
) -> tuple[Problem, ...]:
    """Findings about lines among the headers; one for all that hang together."""
    found = []
    for at in odd:
        if at - 1 not in odd:
            above = [header for header in headers if header.line <= at]
            found.append(_stray(path, lines[at], at + 1, above, fenced=fenced))
    return tuple(found)


def _stray(path: str, line: str, number: int, above: list[Header], *, fenced: bool) -> Problem:
    """What a line among the headers was probably meant to be."""
    text = line.strip()
    what, remedy = f"{_cut(text)!r} is not a header", "write `Name: value`, each on one line"
    if match := _SPACED.match(text):
        remedy = f"write `{_cut(': '.join(filter(None, match.groups())))}`"
    elif above and _is_item(line, above[-1]):
        remedy = f"write `{_written(above[-1].name)}: one, two`, parted by commas"
    elif above and (fenced or line[:1].isspace() or not _is_whole(above[-1].value)):
        name, begun = _written(above[-1].name), above[-1].line
        what = f"the value of {name!r}, begun on line {begun}, goes on here"
        remedy = "indent it by four spaces"
    elif above:
        remedy = "put an empty line between headers and story"
    return Problem(path, number, what, remedy)


def _cut(text: str) -> str:
    return text if len(text) <= _QUOTATION else f"{text[: _QUOTATION - 1]}…"


def _split_fenced(path: str, lines: list[str], start: int) -> Split:
    """Take the headers off that stand above the next fence; ``start`` lines are above them."""
    end = next(
        (at for at in range(start, len(lines)) if _FENCE_CLOSES.match(lines[at])), len(lines)
    )
    if end == len(lines):
        what, remedy = (
            "the headers begin with `---` and do not end",
            "put `---` between headers and story",
        )
        return Split((), "", end, (Problem(path, start, what, remedy),), fenced=True)
    headers: list[Header] = []
    odd = [at for at, line in _joined(lines, start, end) if not _taken(headers, line, at + 1)]
    problems = _strays(path, lines, odd, headers, fenced=True)
    return Split(tuple(headers), "\n".join(lines[end + 1 :]), end + 2, problems, fenced=True)


def _joined(lines: list[str], start: int, end: int) -> Iterator[tuple[int, str]]:
    """The lines between fences, each with its index; a quoted value that goes on below is one."""
    at = start
    while at < end:
        last = _quote_ends(lines, at, end)
        whole = " ".join(filter(None, (line.strip() for line in lines[at + 1 : last + 1])))
        yield at, f"{lines[at].rstrip()} {whole}".rstrip()
        at = last + 1


def _quote_ends(lines: list[str], at: int, end: int) -> int:
    """The index of the line that closes the quotes opened on this one; this one if none does."""
    opens = _QUOTE_OPENS.match(lines[at])
    if not opens:
        return at
    quote = opens[1]
    rest = lines[at][opens.end() :]
    for last in range(at, end):
        bare = _ESCAPES[quote].sub("", rest).rstrip()
        if quote in bare:
            return last if bare.index(quote) == len(bare) - 1 else at
        rest = lines[last + 1]
    return at


def _taken(headers: list[Header], line: str, number: int) -> bool:
    """Add a line between fences to the headers; whether it could be."""
    if match := _LINE.match(line) if line[:1].strip() else None:
        headers.append(Header(match[1].lower(), _plain(match[2]), number))
    elif headers and (match := _ITEM.match(line)):
        _add_item(headers, _plain(match[1]), number)
    elif headers and (match := _INDENTED.match(line)):
        headers[-1] = _continued(headers[-1], match[1])
    return bool(match) or not line


def _add_item(headers: list[Header], item: str, number: int) -> None:
    """Add an item of a list to the header above it."""
    last = headers[-1]
    if last.name in KNOWN and KNOWN[last.name].repeatable and last.value:
        headers.append(Header(last.name, item, number))
    elif last.value:
        headers[-1] = last._replace(value=f"{last.value.rstrip(';')}; {item}")
    else:
        ending = ";" if last.name in LISTS else ""  # or a comma in it would part one item
        headers[-1] = last._replace(value=f"{item}{ending}")


def _continued(header: Header, more: str) -> Header:
    return header._replace(value=f"{header.value} {more.strip()}".strip())


def _plain(value: str) -> str:
    """A value without what YAML puts around it."""
    value = value.strip()
    if match := _QUOTED.match(value):
        return _ESCAPES[match[1]].sub(r"\1", match[2])
    if match := _INLINE_LIST.match(value):
        return ", ".join(_plain(item) for item in match[1].split(","))
    return "" if _FOLDED.match(value) else value


def check(path: str, headers: Iterable[Header]) -> list[Problem]:
    """Find headers that are misspelt or given twice, or too many."""
    headers = list(headers)
    if len(headers) > HEADER_LIMIT:
        what = f"there are {len(headers):,} headers"
        remedy = f"keep them within {HEADER_LIMIT}, and put an empty line below them"
        return [Problem(path, headers[HEADER_LIMIT].line, what, remedy)]
    problems = []
    first: dict[str, int] = {}
    for header in headers:
        meant = "" if header.name in KNOWN else _meant(header.name)
        if meant:
            what = f"there is no header {_written(header.name)!r}"
            problems.append(Problem(path, header.line, what, f"did you mean {KNOWN[meant].name}?"))
        elif header.name in first and _single(header.name):
            what = f"{_written(header.name)} is given twice, first on line {first[header.name]}"
            problems.append(Problem(path, header.line, what, "keep one of them"))
        first.setdefault(header.name, header.line)
    return problems


def misspelt(headers: Iterable[Header]) -> set[str]:
    """The known headers that others are misspellings of."""
    return {_meant(header.name) for header in headers if header.name not in KNOWN} - {""}


def _single(name: str) -> bool:
    return name in KNOWN and not KNOWN[name].repeatable and name not in LISTS


def _meant(name: str) -> str:
    """The header that an unknown one is a misspelling of, empty where it is a name of its own."""
    if name in _FOREIGN:
        return ""
    name = name.replace("-", "_")
    alike = [known for known in KNOWN if known.count("_") == name.count("_") and len(name) > 2]
    close = difflib.get_close_matches(name, alike, 1, cutoff=0.8)
    anagrams = [known for known in alike if sorted(known) == sorted(name)]
    return next(iter([*anagrams, *close]), "")


def _is_prose(header: Header) -> bool:
    """Whether an unknown header is a sentence rather than a value."""
    if header.name.split("_")[0] in _FOREIGN:
        return False
    return len(header.value.split()) >= _PROSE and bool(_SENTENCE.search(header.value))


def _written(name: str) -> str:
    return KNOWN[name].name if name in KNOWN else name.capitalize()


def swallowed(path: str, text: str, headers: Iterable[Header]) -> list[Problem]:
    """Find prose that was taken for a header: a dateline such as ``WASHINGTON: …``, a sentence."""
    odd = [header for header in headers if header.name not in KNOWN]
    lines = text.split("\n") if odd else []
    problems = []
    for header in odd:
        written = lines[header.line - 1].strip().split(":", 1)[0]
        dateline = len(written) > 2 and written.isupper() and len(header.value.split()) > 2
        if dateline or _is_prose(header):
            what = f"{written!r} looks like the beginning of the story, not like a header"
            remedy = "put an empty line between headers and story"
            remedy += ", or write `Dateline:`" if dateline else ""
            problems.append(Problem(path, header.line, what, remedy))
    return problems


def unknown(headers: Iterable[Header]) -> tuple[tuple[str, str], ...]:
    """The headers that we do not know, as they are: kept, and reported once with their count."""
    return tuple((header.name, header.value) for header in headers if header.name not in KNOWN)


def unknown_headers_note(name: str, count: int) -> Problem:
    """The one line that is said of an unknown header."""
    stories = "1 story has" if count == 1 else f"{count:,} stories have"
    what = f"{stories} a header {_written(name)!r} that means nothing here; it is kept"
    return Problem("", 0, what, severity=Severity.NOTE)
