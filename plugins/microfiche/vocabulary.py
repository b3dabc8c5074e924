"""The vocabulary: what ``vocabulary.toml`` says of tags, sections, bylines and running stories.

An entry is a table ``[tag.Moon]``: its name gives the address of the term's page, and stories may
write the term by that name, by the label or by any of the aliases. Everything in the file is
checked, and everything that is wrong is told at once. An entry with an error counts for nothing.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from microfiche.addresses import TERM_KINDS, astray
from microfiche.errors import Problem, Severity, Unreadable
from microfiche.limits import TEXT_LIMIT
from microfiche.records import PictureRef, Reference, TermEntry
from microfiche.scan import VOCABULARY
from microfiche.slugs import LIMIT, Slugger
from microfiche.story import picture_path
from microfiche.toml_lines import Lines

SIZE_LIMIT = 50_000_000
"""Bytes that the file may have."""
DEPTH_LIMIT = 8
"""Broader topics that may stand above a tag: each is a list that a story of it belongs to."""
_ALIASES_LIMIT = 1000
_SUGGESTIONS = 20  # looking for the nearest of ten thousand names takes a while
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_IDENTIFIER = re.compile(r"Q[1-9][0-9]{0,11}|medtop:[0-9]{8}")
_ADDRESS = re.compile(r"(?:https?://[^\s/?#]+\S*|mailto:\S+@\S+)", re.IGNORECASE)
_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")

Converter = Callable[[str, str], tuple[str, list[Problem]]]
"""From Markdown, and the whole file for its lines, to harmless HTML and what was wrong with it."""


class Field(NamedTuple):
    """A key of an entry: its name, which kinds of term have it, what it is and what it means."""

    name: str
    kinds: tuple[str, ...]
    type: str
    means: str


_ALL = TERM_KINDS
FIELDS = (
    Field(
        "label",
        ("tag", "section", "byline"),
        "text",
        "How the name is shown, where not as the table has it. The address does not follow it.",
    ),
    Field("title", ("story",), "text", "How the running story is called, where not as its table."),
    Field("aliases", _ALL, "list of texts", "Other spellings that stories may use."),
    Field("description", ("tag", "section"), "text", "A sentence or two, above the list."),
    Field("standfirst", ("story",), "text", "The same of a running story."),
    Field("biography", ("byline",), "Markdown", "Who it is, above the list."),
    Field(
        "person",
        ("byline",),
        "true or false",
        "Whether it is a person: else [machines](structured-data.md) are told that it is a desk or "
        "an agency.",
    ),
    Field("broader", ("tag",), "text", "The broader topic, which has an entry of its own."),
    Field("links", ("byline",), "table of addresses", "Pages elsewhere, by the text of the link."),
    Field("image", _ALL, "path", "A picture, from the content folder."),
    Field("image_alt", _ALL, "text", "What the picture shows, for those who do not see it."),
    Field("image_credit", _ALL, "text", "Whose picture it is."),
    Field(
        "same_as",
        _ALL,
        "text or list of texts",
        "The same thing in [Wikidata](https://www.wikidata.org/) (`Q405`) or in IPTC's "
        "[Media Topics](https://iptc.org/standards/media-topics/) (`medtop:15000000`).",
    ),
)
_KINDS = {field.name: field.kinds for field in FIELDS}


class Vocabulary(NamedTuple):
    """The sound entries by kind and slug, the pictures that they name, and what is wrong."""

    entries: dict[tuple[str, str], TermEntry]
    spellings: dict[tuple[str, str], str]
    """From kind and slug of every other spelling to the slug of the term."""
    pictures: tuple[Reference, ...] = ()
    problems: tuple[Problem, ...] = ()


NONE = Vocabulary({}, {})


def read(content: Path) -> bytes:
    """The bytes of the file, none where there is no such file.

    Raises:
        Unreadable: for a link, a folder, or a file that is too large.
    """
    try:
        descriptor = os.open(content / VOCABULARY, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb", buffering=0) as file:
            data = file.read(SIZE_LIMIT + 1)
    except FileNotFoundError:
        return b""
    except OSError as error:
        remedy = "put the file itself here; links are never followed"
        raise Unreadable(_problem(0, f"cannot be read: {error.strerror}", remedy)) from None
    if len(data) > SIZE_LIMIT:
        raise Unreadable(_problem(0, f"has more than {SIZE_LIMIT:,} bytes", "make it smaller"))
    return data


def parse(data: bytes, slugger: Slugger, convert: Converter) -> Vocabulary:
    """Everything that the file says.

    Raises:
        Unreadable: where it is not TOML at all, so that nothing in it can be relied on.
    """
    text, table = _loaded(data)
    draft = _Draft(text, slugger, convert)
    for kind, entries in table.items():
        if kind not in TERM_KINDS:
            known = ", ".join(f"[{each}.…]" for each in TERM_KINDS)
            remedy = suggestion(kind, TERM_KINDS, f"write {known}")
            draft.wrong((), f"there is no kind of term {kind!r}", remedy, draft.lines.of(kind))
        elif not isinstance(entries, dict):
            draft.wrong((), f"{kind!r} is not a table", "", draft.lines.of(kind))
        else:
            for rank, (name, fields) in enumerate(entries.items(), 1):
                draft.add(kind, name, fields, rank if kind == "section" else 0)
    return draft.finished()


def _loaded(data: bytes) -> tuple[str, dict[str, Any]]:
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"the byte 0x{data[error.start]:02X} is not UTF-8"
        raise Unreadable(_problem(line, what, "save the file as UTF-8")) from None
    try:
        return text, tomllib.loads(text)
    except ValueError as error:  # TOMLDecodeError is one, and what Python says of a huge number
        place = _PLACE.search(str(error))
        line = int(place[1] or 0) if place else 0
        what = f"not TOML: {_PLACE.sub('', str(error)).partition(';')[0]}"
        remedy = "mend the line, or quote the text"
        if "key part" in what:
            remedy = (
                "put a name in quotes that has more than the letters a to z, digits and hyphens"
            )
        raise Unreadable(_problem(line or text.count("\n") + 1, what, remedy)) from None
    except RecursionError:
        raise Unreadable(_problem(1, "the tables are nested too deeply", "write plain ones")) from (
            None
        )


class _Draft:
    """Entries as they are checked one after the other."""

    def __init__(self, text: str, slugger: Slugger, convert: Converter) -> None:
        self.lines = Lines(text)
        self._text = text
        self._slugger = slugger
        self._convert = convert
        self._problems: list[Problem] = []
        self._entries: dict[tuple[str, str], TermEntry] = {}
        self._tables: dict[tuple[str, str], str] = {}
        self._claims: dict[tuple[str, str], tuple[str, str]] = {}
        self._unknown = 0
        self._broken: set[tuple[str, str]] = set()
        self._pictures: dict[tuple[str, str], Reference] = {}

    def wrong(self, key: tuple[()] | tuple[str, str], what: str, remedy: str, line: int) -> None:
        """Note a problem; the entry with this kind and slug, if it is one's, is broken by it."""
        if key:
            self._broken.add(key)
        self._problems.append(_problem(line, what, remedy))

    def add(self, kind: str, name: str, fields: Any, rank: int) -> None:
        """Check an entry by itself, and its spellings against those above it."""
        slug = self._slug(kind, name, (kind, name))
        key = (kind, slug)
        if slug and key in self._tables:
            other = self._tables[key]
            what = f"{kind} {name!r} is {other!r} already"
            self.wrong((), what, "make one entry of the two", self.lines.of(kind, name))
            return
        self._tables[key] = name
        checked = _Fields(self, key, (kind, name), fields)
        label = checked.text("title" if kind == "story" else "label") or name
        names = (name, label, *checked.texts("aliases", _ALIASES_LIMIT))
        picture = self._picture(checked, key)
        biography = checked.text("biography")
        entry = TermEntry(
            kind=kind,
            slug=slug,
            rank=rank,
            label=" ".join(label.split()),
            names=tuple(dict.fromkeys(" ".join(each.split()) for each in names)),
            description=checked.text("standfirst" if kind == "story" else "description"),
            biography=self._converted(key, biography, name) if biography else "",
            broader=checked.text("broader"),
            picture=picture,
            same_as=tuple(self._identifiers(checked, key)),
            links=checked.addresses("links"),
            person=checked.flag("person"),
        )
        if not slug:
            return
        self._entries[key] = entry
        for each in entry.names:
            self._claim(key, each, (kind, name))

    def _claim(self, key: tuple[str, str], spelling: str, path: tuple[str, str]) -> None:
        """Let an entry have a spelling, unless another has it."""
        slug = self._slug(key[0], spelling, path)
        if not slug:
            self._broken.add(key)
            return
        owner = self._claims.setdefault((key[0], slug), key)
        if owner != key:
            what = f"{spelling!r} stands for two: {self._tables[owner]!r} and {path[1]!r}"
            remedy = "take it from one of them"
            self.wrong(key, what, remedy, self.lines.of_text(spelling, *path))

    def _slug(self, kind: str, spelling: str, path: tuple[str, str]) -> str:
        """The slug of a spelling; empty, which is said, where it gives none."""
        slug = self._slugger.spelt(kind, " ".join(spelling.split()))
        line = self.lines.of_text
        if astray(slug):
            remedy = "use a name with letters or digits"
            what = f"{kind} {spelling!r} gives no address"
            self.wrong((), what, remedy, line(spelling, *path))
            return ""
        if len(slug.encode()) > LIMIT:
            what = f"{kind} {spelling[:40]!r}… has {len(slug.encode())} bytes"
            self.wrong((), what, f"keep it within {LIMIT}", line(spelling, *path))
            return ""
        return slug

    def _picture(self, fields: _Fields, key: tuple[str, str]) -> PictureRef | None:
        path = picture_path(fields.text("image"))
        if not path:
            return None
        path = path if "://" in path else os.path.normpath(path)
        self._pictures[key] = Reference("image", path, fields.line("image"))
        return PictureRef(path, fields.text("image_alt"), "", fields.text("image_credit"))

    def _converted(self, key: tuple[str, str], biography: str, name: str) -> str:
        line = self.lines.of(key[0], name, "biography")
        html, problems = self._convert(biography, self._text)
        for problem in problems:
            at = max(line, problem.line)
            self._problems.append(
                Problem(VOCABULARY, at, problem.what, problem.remedy, problem.severity)
            )
            if problem.severity == Severity.ERROR:
                self._broken.add(key)
        return html

    def _identifiers(self, fields: _Fields, key: tuple[str, str]) -> Iterator[str]:
        for identifier in fields.texts("same_as", 10, single=True):
            if _IDENTIFIER.fullmatch(identifier):
                yield identifier
            else:
                what = f"{identifier!r} is no identifier that we know"
                remedy = "write one of Wikidata such as Q405, or of IPTC such as medtop:15000000"
                self.wrong(key, what, remedy, fields.line("same_as", identifier))

    def finished(self) -> Vocabulary:
        """What is left once the entries are held against each other."""
        for key, entry in self._entries.items():
            if entry.broader:
                self._entries[key] = self._under(key, entry)
        self._check_ladders()
        sound = {key: entry for key, entry in self._entries.items() if key not in self._broken}
        for key, entry in sound.items():
            if entry.broader and ("tag", entry.broader) not in sound:
                sound[key] = entry.under("")
        return Vocabulary(
            sound,
            {
                (kind, slug): owner[1]
                for (kind, slug), owner in self._claims.items()
                if owner in sound and slug != owner[1]
            },
            tuple(at for key, at in self._pictures.items() if key in sound),
            tuple(sorted(self._problems)),
        )

    def _under(self, key: tuple[str, str], entry: TermEntry) -> TermEntry:
        """The entry with the slug of its broader topic in place of how it is written."""
        written = entry.broader
        owner = self._claims.get(("tag", self._slugger.spelt("tag", written)))
        if owner:
            return entry.under(owner[1])
        known = [name for (kind, _), name in self._tables.items() if kind == "tag"]
        self._unknown += 1
        known = known if self._unknown <= _SUGGESTIONS else []
        remedy = suggestion(written, known, f'add an entry [tag."{written}"]')
        line = self.lines.of("tag", self._tables[key], "broader")
        self.wrong(key, f"the broader topic {written!r} has no entry", remedy, line)
        return entry.under("")

    def _check_ladders(self) -> None:
        """Find tags that are broader than themselves, and those too far down."""
        told: set[str] = set()
        for key, entry in self._entries.items():
            ladder = [entry.slug]
            while broader := self._entries[key[0], ladder[-1]].broader:
                if broader in ladder or len(ladder) > DEPTH_LIMIT:
                    self._bad_ladder(key, [*ladder, broader], told)
                    break
                ladder.append(broader)

    def _bad_ladder(self, key: tuple[str, str], ladder: list[str], told: set[str]) -> None:
        name = self._tables[key]
        line = self.lines.of("tag", name, "broader")
        if ladder[-1] in ladder[:-1]:
            circle = ladder[ladder.index(ladder[-1]) :]
            if key[1] not in circle:
                return
            self._broken.add(key)
            if told.isdisjoint(circle):
                way = " → ".join(self._tables["tag", slug] for slug in circle)
                self.wrong(key, f"a topic is broader than itself: {way}", "end the circle", line)
            told.update(circle)
        else:
            what = f"more than {DEPTH_LIMIT} broader topics stand above {name!r}"
            self.wrong(key, what, "leave some out", line)


class _Fields:
    """The keys of one entry, with their types checked."""

    def __init__(
        self, draft: _Draft, key: tuple[str, str], path: tuple[str, str], values: Any
    ) -> None:
        self._draft = draft
        self._key = key
        self._path = path
        self._values: Mapping[str, Any] = values if isinstance(values, dict) else {}
        if not isinstance(values, dict):
            what = f"{path[0]} {path[1]!r} is {_described(values)}, not a table"
            self._wrong("", what, f'write [{path[0]}."{path[1]}"], and its keys below')
        known = [name for name, kinds in _KINDS.items() if path[0] in kinds]
        for name in self._values:
            if name not in known:
                what = f"a {_NAMES[path[0]]} has no {name!r}"
                self._wrong(name, what, suggestion(name, known, f"it has {', '.join(known)}"))

    def line(self, name: str, text: str = "") -> int:
        """The line of a key, or of a text in its value."""
        if text:
            return self._draft.lines.of_text(text, *self._path, name)
        return self._draft.lines.of(*self._path, *([name] if name else []))

    def text(self, name: str) -> str:
        """A text, empty where there is none."""
        value = self._values.get(name, "")
        if name not in _KINDS or self._path[0] not in _KINDS[name]:
            return ""
        if not isinstance(value, str) or (name in self._values and not value.strip()):
            self._wrong(name, f"{name} is {_described(value)}", "write a text in quotes")
            return ""
        return self._sound(name, value)

    def flag(self, name: str) -> bool:
        """Whether something is so; it is not where nothing is said."""
        value = self._values.get(name, False)
        if not isinstance(value, bool):
            self._wrong(name, f"{name} is {_described(value)}", "write true or false")
            return False
        return value

    def texts(self, name: str, limit: int, *, single: bool = False) -> list[str]:
        """A list of texts; with ``single``, one text may stand for a list of it."""
        value = self._values.get(name, [])
        value = [value] if single and isinstance(value, str) else value
        if not isinstance(value, list) or not all(
            isinstance(each, str) and each.strip() for each in value
        ):
            self._wrong(name, f"{name} is {_described(value)}", 'write ["one", "two"]')
            return []
        if len(value) > limit:
            self._wrong(name, f"{name} has {len(value):,} texts", f"keep it within {limit:,}")
            return []
        return [self._sound(name, each) for each in value]

    def addresses(self, name: str) -> tuple[tuple[str, str], ...]:
        """A table of addresses by the text of their links."""
        value = self._values.get(name, {})
        if not isinstance(value, dict):
            remedy = 'write { "Their own site" = "https://…" }'
            self._wrong(name, f"{name} is {_described(value)}", remedy)
            return ()
        found = []
        for text, address in value.items():
            if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
                what = f"the address of the link {text!r} cannot be linked to"
                remedy = "write one that begins with https://, http:// or mailto:"
                self._wrong(name, what, remedy, text)
            else:
                found.append((self._sound(name, text), address))
        return tuple(found)

    def _sound(self, name: str, text: str) -> str:
        text = text.strip()
        if match := _FORBIDDEN.search(text):
            what = f"{name} has the character U+{ord(match[0]):04X}, which no page may have"
            self._wrong(name, what, "take it out")
            return ""
        if len(text) > TEXT_LIMIT:
            what = f"{name} has {len(text):,} characters"
            self._wrong(name, what, f"keep it within {TEXT_LIMIT:,}")
            return ""
        return text

    def _wrong(self, name: str, what: str, remedy: str, text: str = "") -> None:
        self._draft.wrong(self._key, what, remedy, self.line(name, text))


_NAMES = {"tag": "tag", "section": "section", "byline": "byline", "story": "running story"}


def suggestion(word: str, known: Iterable[str], otherwise: str) -> str:
    """What to do about a word that is not known: write the one that is most like it."""
    known = list(known)
    near = difflib.get_close_matches(word.casefold(), [each.casefold() for each in known], 1)
    if near:
        return f"did you mean {next(each for each in known if each.casefold() == near[0])}?"
    return otherwise


def _described(value: object) -> str:
    if isinstance(value, str):
        return "a text" if value.strip() else "an empty text"
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return names.get(type(value), "a table" if isinstance(value, dict) else "a date")


def _problem(line: int, what: str, remedy: str) -> Problem:
    return Problem(VOCABULARY, line, what, remedy)
