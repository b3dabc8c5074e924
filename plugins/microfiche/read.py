"""The reading stage: one source in, typed headers and harmless HTML out.

Markdown is read by us, other formats through Pelican's readers, which are given no say over
dates and names: they hand over the text of each header, and the rules are the same for all.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

from microfiche import figures, links, losses, pictures, workers
from microfiche import headers as header_lines
from microfiche.addresses import Place, file
from microfiche.bodies import BodyWriter
from microfiche.catalog import Catalog, open_reader
from microfiche.catalog.store import Entry
from microfiche.decoding import FORBIDDEN, bytes_of, decode, file_digest, irregular
from microfiche.errors import Problem, SettingsError, Severity, Unreadable, of_setting
from microfiche.foreign import ForeignReaders
from microfiche.limits import BODY_LIMIT, HTML_LIMIT, OutOfTime, time_limit
from microfiche.markup import Markup
from microfiche.records import Changed, Found, Header, Reading, Shown, SourceKind, Story
from microfiche.sanitise import (
    DEPTH,
    Sanitiser,
    below_headline,
    lost,
    nesting,
    removed,
)
from microfiche.settings import ReadSettings
from microfiche.slugs import Slugger
from microfiche.story import Maker, picture_path
from microfiche.workers import Orders

MARKDOWN_SUFFIXES = ("md", "markdown", "mkd", "mdown")
_TAG = re.compile(r"<[^>]*(?:>|$)")
_SHORT = 500
_SHOWN = re.compile(r"[^\s<]|<(?:img|audio|video|iframe|picture)\b")


class Reader:
    """Reads sources by the archive's settings; made once a worker.

    ``spellings`` is from kind and slug of the vocabulary's other spellings to the term's slug.
    """

    def __init__(
        self,
        content: Path,
        settings: ReadSettings,
        pelican: Mapping[str, Any],
        spellings: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        self._content = content
        self._settings = settings
        self._pelican = pelican
        self._markup = _make_markup(settings.markdown)
        self._sanitiser = Sanitiser(settings.embed_hosts)
        self._maker = Maker(settings, Slugger(settings.slugs, spellings))
        self._links = links.Finder(settings.link_pattern)
        self._images = figures.Images(self._links, settings.addresses.static.url, settings.base)
        self._foreign_readers: ForeignReaders | None = None

    def close(self) -> None:
        """Nothing is kept open between sources."""

    def read(self, changed: Changed) -> Reading:
        """Read one source; whatever is wrong with it is in the reading, never raised."""
        found = changed.found
        try:
            if found.kind == SourceKind.IRREGULAR:
                raise Unreadable(irregular(self._content, found))
            return self._read(found, changed.digest)
        except Unreadable as error:
            return Reading(found, None, False, None, "", (), error.problems)
        except OutOfTime:
            problem = _too_slow(found.path, self._settings.story_seconds)
            return Reading(found, None, False, None, "", (), (problem,))
        except OSError as error:
            remedy = "check the file and its permissions"
            problem = Problem(found.path, 0, f"cannot be read: {error.strerror}", remedy)
            return Reading(found, None, False, None, "", (), (problem,))

    def passage(self, path: str, raw: str, text: str) -> tuple[str, list[Problem]]:
        """Markdown that stands in a file of another kind, as harmless HTML, with what is wrong.

        ``text`` is the whole file. Links between sources are not followed from there.
        """
        try:
            with time_limit(self._settings.story_seconds):
                html, clean = self._converted(path, raw)
                html, problems = self._harmless(path, text, html, clean=clean, markdown=True)
        except Unreadable as error:
            return "", list(error.problems)
        except OutOfTime:
            return "", [_too_slow(path, self._settings.story_seconds)]
        references, broken = self._links.find(path, text, html, "")
        for each in references:
            what = f"the link to {each.target!r} leads to a source, which only stories can do"
            problems.append(Problem(path, each.line, what, "write the whole address"))
        return html, [*problems, *broken]

    def _read(self, found: Found, known: bytes | None) -> Reading:
        path = self._content / found.path
        if found.kind in (SourceKind.STATIC, SourceKind.LOOSE):
            digest = file_digest(path)
            if digest == known or not pictures.is_picture(found.path):
                place = static_place(self._settings, found.path)
                return Reading(found, digest, digest == known, None, "", (), (), place)
            return self._picture(found, digest)
        if found.size > 2 * BODY_LIMIT:
            raise Unreadable(_too_long(found.path, found.size))
        data = bytes_of(path, found.size)
        digest = hashlib.blake2b(data, digest_size=16).digest()
        if digest == known:
            return Reading(found, digest, True, None, "", (), ())
        text, problems = decode(found.path, data)
        with time_limit(self._settings.story_seconds):
            reading = self._convert(found, text)
        return reading._replace(digest=digest, problems=(*problems, *reading.problems))

    def _picture(self, found: Found, digest: bytes) -> Reading:
        """A picture is published like any file; what its header tells goes with it."""
        with time_limit(self._settings.story_seconds):
            facts, problems = pictures.look(self._content / found.path, found.path)
        place = static_place(self._settings, found.path)
        return Reading(found, digest, False, None, "", (), problems, place, facts)

    def _convert(self, found: Found, text: str) -> Reading:
        """What a source says; its digest is for the caller to put in."""
        path, suffix = found.path, found.path.rsplit(".", 1)[-1].lower()
        if suffix in MARKDOWN_SUFFIXES and not self._replaced(suffix):
            own, html, problems = self._markdown(path, text)
        else:
            own, html, problems = self._foreign(path, suffix, text)
        if len(html) < _SHORT and not _SHOWN.search(_TAG.sub(_kept, html)):
            problems.append(_no_text(path, suffix))
        own = [self._plain_summary(path, header) for header in own]
        summary = partial(self._excerpt, html)
        story, wrong = self._maker.make(path, found.kind, own, summary)
        picture = story.picture.path if story and story.picture else picture_path(_image(own))
        references, broken = self._links.find(path, text, html, picture)
        problems += [*wrong, *broken, *figures.nameless(path, text, html)]
        if any(problem.severity == Severity.ERROR for problem in problems):
            story = None
        shown = self._shown(story, html) if story else ()
        return Reading(
            found, None, False, story, html, references, tuple(problems), None, None, shown
        )

    def _shown(self, story: Story, html: str) -> tuple[Shown, ...]:
        """The pictures of a story: its headers' and its text's."""
        own = (Shown(story.picture.path, linked=True),) if story.picture else ()
        return tuple(dict.fromkeys((*own, *self._images.shown(story.path, story.address, html))))

    def _markdown(self, path: str, text: str) -> tuple[list[Header], str, list[Problem]]:
        """Headers, harmless HTML and problems of a Markdown source."""
        split = header_lines.split(path, text)
        problems = [*split.problems, *header_lines.check(path, split.headers)]
        if not split.fenced:
            problems += header_lines.swallowed(path, text, split.headers)
        if not split.headers:
            raise Unreadable(*(problems or [_no_headers(path)]))
        try:
            html, clean = self._converted(path, split.body)
            html, warnings = self._harmless(path, text, html, clean=clean, markdown=True)
        except Unreadable as error:
            return list(split.headers), "", [*problems, *error.problems]
        return list(split.headers), html, [*problems, *warnings]

    def _foreign(
        self, path: str, suffix: str, text: str
    ) -> tuple[list[Header], str, list[Problem]]:
        """The same of reStructuredText, HTML and what else Pelican has a reader for."""
        if not self._foreign_readers:
            self._foreign_readers = ForeignReaders(self._content, self._pelican)
        values, html = self._foreign_readers.read(path, suffix)
        headers = [
            Header(name, _plain(value), _line_of_header(text, name)) for name, value in values
        ]
        problems = header_lines.check(path, headers)
        html, warnings = self._harmless(path, text, html, clean=False, markdown=False)
        return headers, html, [*problems, *warnings]

    def _converted(self, path: str, raw: str) -> tuple[str, bool]:
        """Markdown as HTML, and whether a sanitiser would leave it as it is.

        What goes wrong in Markdown or an extension of it is a finding of this story alone.
        """
        if len(raw) > BODY_LIMIT:
            raise Unreadable(_too_long(path, len(raw)))
        try:
            return self._markup.convert(raw)
        except RecursionError:
            what, remedy = (
                "the markup is nested too deeply",
                "look for lists or quotes within others",
            )
        except Exception as error:
            what = f"Markdown fails: {type(error).__name__}: {error}"
            remedy = "mend the markup, or the extension that is at fault"
        raise Unreadable(Problem(path, 1, what, remedy))

    def _harmless(
        self, path: str, text: str, html: str, *, clean: bool, markdown: bool
    ) -> tuple[str, list[Problem]]:
        """Sanitise a body; what was taken away is said, with the line it stood on."""
        if len(html) > HTML_LIMIT:
            what = f"the story becomes {len(html):,} characters of HTML"
            raise Unreadable(
                Problem(path, 1, what, "look for a footnote or link that stands very often")
            )
        if clean:
            return html if self._settings.trust_html else below_headline(html), []
        depth, unclosed = nesting(html)
        problems = losses.left_open(path, text, unclosed) if markdown and unclosed else []
        if self._settings.trust_html:
            return html, problems
        if depth > DEPTH:
            what = f"more than {DEPTH} elements stand one within the other"
            remedy = "close what is left open (`</b>`, `</div>`), or nest quotes and lists less"
            raise Unreadable(Problem(path, 1, what, remedy))
        after = self._sanitiser.clean(html)
        problems += losses.taken_out(path, text, removed(html, after))
        problems += [losses.without_address(path, text, each) for each in lost(html)]
        return below_headline(FORBIDDEN.sub("", after)), problems

    def _plain_summary(self, path: str, header: Header) -> Header:
        """A summary may be Markdown, as in Pelican; lists show its text."""
        if header.name != "summary" or not re.search(r"[*_`\[<&\\]", header.value):
            return header
        html = self._converted(path, header.value)[0]
        return header._replace(value=_plain(html))

    def _excerpt(self, html: str) -> str:
        """The first words of a body as text."""
        limit = self._settings.summary_words
        text = _TAG.sub(" ", html[: 24 * limit])
        words = FORBIDDEN.sub("", unescape(text) if "&" in text else text).split(None, limit)
        if len(words) <= limit:
            return " ".join(words)
        return " ".join(words[:limit]) + self._settings.summary_end

    def _replaced(self, suffix: str) -> bool:
        """Whether the owner or another plugin reads Markdown in another way."""
        stated = self._pelican.get("READERS") or {}
        return suffix in stated


def static_place(settings: ReadSettings, path: str) -> Place:
    """Where a static file is published: as EXTRA_PATH_METADATA or STATIC_SAVE_AS have it."""
    for name, values in settings.extra_path_metadata:
        stated = dict(values)
        if name == path and ("path" in stated or "save_as" in stated):
            return file((stated.get("save_as") or stated["path"]).lstrip("/"))
    return settings.addresses.static.place(path=path)


def _line_of_header(text: str, name: str) -> int:
    """The line on which reStructuredText or HTML has a header, 1 where it is not found."""
    name = re.escape(name)
    written = rf"""^[ \t]*:{name}:|\bname\s*=\s*["']?{name}["'\s>]"""
    match = re.search(written, text, re.IGNORECASE | re.MULTILINE)
    return text.count("\n", 0, match.start()) + 1 if match else 1


def _too_long(path: str, size: int) -> Problem:
    remedy = f"keep a story within {BODY_LIMIT:,} characters: part it, or link to a document"
    return Problem(path, 1, f"the story has {size:,} characters", remedy)


def _plain(html: str) -> str:
    """The text of a little HTML, on one line."""
    return " ".join(FORBIDDEN.sub("", unescape(_TAG.sub("", html))).split())


def _kept(match: re.Match[str]) -> str:
    """A tag that shows something by itself, else nothing."""
    return match[0] if _SHOWN.match(match[0]) else ""


def _make_markup(setting: Mapping[str, Any]) -> Markup:
    try:
        return Markup(setting)
    except Exception as error:
        what = f"Markdown cannot be set up with it: {type(error).__name__}: {error}"
        remedy = "correct the extension's name or options, or install it"
        raise SettingsError([of_setting("MARKDOWN", what, remedy)]) from None


def _too_slow(path: str, seconds: int) -> Problem:
    limit = "1 second" if seconds == 1 else f"{seconds} seconds"
    what = f"converting the story took more than {limit}"
    remedy = "look for long runs of brackets, nested markup or thousands of footnotes"
    return Problem(path, 1, what, f"{remedy}, or raise ARCHIVE_STORY_SECONDS")


def _image(headers: Sequence[Header]) -> str:
    return next((header.value for header in headers if header.name == "image"), "")


def _no_headers(path: str) -> Problem:
    remedy = "begin with lines such as `Title: …` and `Date: …`, then an empty line"
    return Problem(path, 1, "there are no headers", remedy)


def _no_text(path: str, suffix: str) -> Problem:
    remedy = "write it below the headers and an empty line"
    if suffix in ("html", "htm"):
        remedy = "write it between `<body>` and `</body>`"
    return Problem(path, 1, "the story has no text", remedy, Severity.WARNING)


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
    db = open_reader(settings.state / "catalog.sqlite")
    spellings = Catalog(db).vocabulary.spellings()
    db.close()
    return Reader(settings.content, settings.reading, orders.pelican, spellings)


def _make_writer(orders: Orders) -> BodyWriter:
    return BodyWriter(orders.settings.state / "bodies", f"{workers.station.number}")
