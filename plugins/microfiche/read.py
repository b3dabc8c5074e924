"""The reading stage: one source in, typed headers and harmless HTML out.

Markdown is read by us, other formats through Pelican's readers, which are given no say over
dates and names: they hand over the text of each header, and the rules are the same for all.
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

from docutils.utils import SystemMessage

from microfiche import headers as header_lines
from microfiche import links, workers
from microfiche.addresses import Place, file
from microfiche.bodies import BodyWriter
from microfiche.catalog.store import Entry
from microfiche.errors import Problem, Severity
from microfiche.markup import Markup
from microfiche.records import Changed, Found, Header, Reading, Reference, SourceKind, Story
from microfiche.sanitise import Sanitiser, removed
from microfiche.settings import ReadSettings
from microfiche.story import Maker
from microfiche.workers import Orders

BODY_LIMIT = 2_000_000
MARKDOWN_SUFFIXES = ("md", "markdown", "mkd", "mdown")
_BLOCK = 1 << 20
# What XML 1.0 forbids (section 2.2, production Char), so that it can stand in no feed.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TAG = re.compile(r"<[^>]*>")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Unreadable(Exception):
    """A source that gives no story; ``problems`` say why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__()
        self.problems = problems


class OutOfTime(BaseException):
    """A story took longer than it may; not an Exception, so that no reader swallows it."""


class Reader:
    """Reads sources by the archive's settings; made once a worker."""

    def __init__(self, content: Path, settings: ReadSettings, pelican: Mapping[str, Any]) -> None:
        self._content = content
        self._settings = settings
        self._pelican = pelican
        self._markup = Markup(settings.markdown)
        self._sanitiser = Sanitiser(settings.embed_hosts)
        self._maker = Maker(settings)
        self._links = links.Finder(settings.link_pattern)
        self._others: dict[str, Any] | None = None

    def close(self) -> None:
        """Nothing is kept open between sources."""

    def read(self, changed: Changed) -> Reading:
        """Read one source; whatever is wrong with it is in the reading, never raised."""
        found = changed.found
        try:
            if found.kind == SourceKind.IRREGULAR:
                raise Unreadable(_irregular(self._content, found))
            return self._read(found, changed.digest)
        except Unreadable as error:
            return Reading(found, None, False, None, "", (), error.problems)
        except OutOfTime:
            seconds = self._settings.story_seconds
            what = f"converting the story took more than {seconds} seconds"
            problem = Problem(found.path, 1, what, "look for long runs of brackets or nested markup")
            return Reading(found, None, False, None, "", (), (problem,))
        except OSError as error:
            remedy = "check the file and its permissions"
            problem = Problem(found.path, 0, f"cannot be read: {error.strerror}", remedy)
            return Reading(found, None, False, None, "", (), (problem,))

    def _read(self, found: Found, known: bytes | None) -> Reading:
        path = self._content / found.path
        if found.kind in (SourceKind.STATIC, SourceKind.LOOSE):
            digest = digest_of(path)
            place = static_place(self._settings, found.path)
            return Reading(found, digest, digest == known, None, "", (), (), place)
        if found.size > 2 * BODY_LIMIT:
            raise Unreadable(_too_long(found.path, found.size))
        data = _bytes_of(path)
        digest = hashlib.blake2b(data, digest_size=16).digest()
        if digest == known:
            return Reading(found, digest, True, None, "", (), ())
        text, problems = decode(found.path, data)
        with time_limit(self._settings.story_seconds):
            story, body, references, more = self._convert(found, text)
        return Reading(found, digest, False, story, body, references, (*problems, *more))

    def _convert(
        self, found: Found, text: str
    ) -> tuple[Story | None, str, tuple[Reference, ...], tuple[Problem, ...]]:
        suffix = found.path.rsplit(".", 1)[-1].lower()
        if suffix in MARKDOWN_SUFFIXES and not self._replaced(suffix):
            split = header_lines.split(found.path, text)
            own, raw, problems = split.headers, split.body, list(split.problems)
            problems += header_lines.check(found.path, own)
            problems += header_lines.shouted(found.path, text, own)
            if not own:
                remedy = "begin with lines such as `Title: …` and `Date: …`, then an empty line"
                raise Unreadable(Problem(found.path, 1, "there are no headers", remedy), *problems)
            if len(raw) > BODY_LIMIT:
                raise Unreadable(_too_long(found.path, len(raw)))
            html, clean = self._markup.convert(raw)
        else:
            own, html = self._foreign(found, suffix)
            problems, clean = header_lines.check(found.path, own), False
        html, warnings = self._harmless(found.path, text, html, clean=clean)
        own = tuple(self._plain_summary(header) for header in own)
        story, wrong = self._maker.make(found.path, found.kind, own, self._excerpt(html))
        references, broken = self._links.find(found.path, text, html, story)
        problems = [*problems, *wrong, *broken, *warnings]
        if any(problem.severity == Severity.ERROR for problem in problems):
            story = None
        return story, html, references, tuple(problems)

    def _harmless(
        self, path: str, text: str, html: str, *, clean: bool
    ) -> tuple[str, list[Problem]]:
        """Sanitise a body; what was taken away is said, with the line it stood on."""
        if clean or self._settings.trust_html:
            return html, []
        after = self._sanitiser.clean(html)
        warnings = []
        for name in removed(html, after):
            what = f"<{name}> was taken out: stories are sanitised"
            remedy = 'use Markdown, or ARCHIVE_RAW_HTML = "trust" if every story is your own'
            if name == "iframe":
                remedy = "name its host in ARCHIVE_EMBED_HOSTS to embed it"
            line = line_of(text, f"<{name}")
            warnings.append(Problem(path, line, what, remedy, Severity.WARNING))
        return after, warnings

    def _plain_summary(self, header: Header) -> Header:
        """A summary may be Markdown, as in Pelican; lists show its text."""
        if header.name != "summary" or not re.search(r"[*_`\[<&\\]", header.value):
            return header
        html = self._markup.convert(header.value).html
        return header._replace(value=" ".join(unescape(_TAG.sub("", html)).split()))

    def _excerpt(self, html: str) -> str:
        """The first words of a body as text."""
        limit = self._settings.summary_words
        words = unescape(_TAG.sub(" ", html[: 24 * limit])).split()
        if len(words) <= limit:
            return " ".join(words)
        return " ".join(words[:limit]) + self._settings.summary_end

    def _replaced(self, suffix: str) -> bool:
        """Whether the owner or another plugin reads Markdown in another way."""
        stated = self._pelican.get("READERS") or {}
        return suffix in stated

    def _foreign(self, found: Found, suffix: str) -> tuple[tuple[Header, ...], str]:
        """Read reStructuredText, HTML and what else Pelican has a reader for."""
        if self._others is None:
            self._others = _pelican_readers(self._pelican)
        reader = self._others[suffix]
        try:
            body, metadata = reader.read(str(self._content / found.path))
        except SystemMessage as error:
            raise Unreadable(_docutils_problem(found.path, str(error))) from None
        except (ValueError, TypeError, KeyError, AttributeError, LookupError) as error:
            remedy = "check the file's markup"
            raise Unreadable(Problem(found.path, 1, f"cannot be read: {error}", remedy)) from None
        own = tuple(
            Header(name.lower(), value, 0)
            for name, values in metadata.items()
            for value in _texts(name.lower(), values)
        )
        return own, body or ""


def static_place(settings: ReadSettings, path: str) -> Place:
    """Where a static file is published: as EXTRA_PATH_METADATA or STATIC_SAVE_AS have it."""
    for name, values in settings.extra_path_metadata:
        stated = dict(values)
        if name == path and ("path" in stated or "save_as" in stated):
            return file((stated.get("save_as") or stated["path"]).lstrip("/"))
    return settings.addresses.static.place(path=path)


def decode(path: str, data: bytes) -> tuple[str, list[Problem]]:
    """Text of a source: UTF-8, newlines as ``\\n``, without what XML forbids (which is reported).

    Raises:
        Unreadable: for an empty file, another encoding, or bytes that are no text.
    """
    if not data.strip():
        remedy = "write a story in it, or delete it"
        raise Unreadable(Problem(path, 1, "the file is empty", remedy))
    if data.startswith(_UTF16):
        raise Unreadable(Problem(path, 1, "the file is UTF-16", "save it as UTF-8"))
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        what = "the file has a NUL byte: it is not text"
        raise Unreadable(Problem(path, line, what, "remove the byte, or the file"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"the byte 0x{data[error.start]:02X} is not UTF-8"
        raise Unreadable(Problem(path, line, what, "save the file as UTF-8")) from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _without_forbidden(path, text)


def _without_forbidden(path: str, text: str) -> tuple[str, list[Problem]]:
    match = _FORBIDDEN.search(text)
    if not match:
        return text, []
    line = text.count("\n", 0, match.start()) + 1
    what = f"the character U+{ord(match[0]):04X} was taken out: no XML may have it"
    problem = Problem(path, line, what, "remove it from the file", Severity.WARNING)
    return _FORBIDDEN.sub("", text), [problem]


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Stop what runs inside after so many seconds of processor time.

    Raises:
        OutOfTime: when they have passed.
    """

    def stop(_signal: int, _frame: object) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def digest_of(path: Path) -> bytes:
    """The digest of a file of any size, read in blocks."""
    digest = hashlib.blake2b(digest_size=16)
    with open(path, "rb", buffering=0, opener=_no_link) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.digest()


def line_of(text: str, needle: str) -> int:
    """The line on which ``needle`` first stands, 1 where it does not."""
    at = text.lower().find(needle.lower())
    return text.count("\n", 0, at) + 1 if at >= 0 else 1


def _bytes_of(path: Path) -> bytes:
    with open(path, "rb", buffering=0, opener=_no_link) as file:
        return file.read()


def _no_link(path: str, flags: int) -> int:
    """Open a file, but never through a symbolic link and never a pipe that would not answer."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _irregular(content: Path, found: Found) -> Problem:
    try:
        mode = os.lstat(content / found.path).st_mode
    except (OSError, ValueError):
        mode = 0
    if stat.S_ISLNK(mode):
        remedy = "put the file itself here; links are never followed"
        return Problem(found.path, 0, "is a symbolic link", remedy)
    if stat.S_ISREG(mode) or not mode:
        return Problem(found.path, 0, "the file's name is not UTF-8", "rename it")
    return Problem(found.path, 0, "is not a regular file", "remove it from the content folder")


def _too_long(path: str, size: int) -> Problem:
    remedy = f"keep a story within {BODY_LIMIT:,} characters: part it, or link to a document"
    return Problem(path, 1, f"the story has {size:,} characters", remedy)


def _pelican_readers(pelican: Mapping[str, Any]) -> dict[str, Any]:
    """Pelican's readers by suffix, told to leave headers as text and to include no files."""
    from pelican.readers import Readers

    settings = dict(pelican)
    safe = {"file_insertion_enabled": False, "_disable_config": True}
    settings["DOCUTILS_SETTINGS"] = {**settings.get("DOCUTILS_SETTINGS", {}), **safe}
    readers: dict[str, Any] = Readers(settings).readers
    for reader in readers.values():
        reader.process_metadata = _as_text
    return readers


def _as_text(_name: str, value: object) -> object:
    return value


def _texts(name: str, values: object) -> list[str]:
    """A header's value or values as a reader of Pelican's gives them, as plain text."""
    many = values if isinstance(values, list | tuple) else [values]
    if name in ("tags", "authors", "keywords") and isinstance(values, list | tuple):
        many = ["; ".join(str(value) for value in values) + ";"]
    texts = [" ".join(unescape(_TAG.sub("", str(value))).split()) for value in many if value]
    return [text for text in texts if text]


def _docutils_problem(path: str, message: str) -> Problem:
    match = re.search(r":(\d+): \([A-Z]+/\d\) (.*)", message)
    line, what = (int(match[1]), match[2]) if match else (1, message)
    return Problem(path, line, what, "mend the reStructuredText")


def read_batch(batch: Sequence[Changed]) -> list[Entry]:
    """Read sources in a worker, and put their bodies into the worker's pack."""
    reader = workers.tool("reader", _make_reader)
    writer = workers.tool("bodies", _make_writer)
    entries = []
    for changed in batch:
        reading = reader.read(changed)
        body = writer.append(reading.body) if reading.story else None
        entries.append(Entry(reading._replace(body=""), body))
    writer.flush()
    return entries


def _make_reader(orders: Orders) -> Reader:
    settings = orders.settings
    return Reader(settings.content, settings.reading, orders.pelican)


def _make_writer(orders: Orders) -> BodyWriter:
    return BodyWriter(orders.settings.state / "bodies", f"{workers.station.number}")
