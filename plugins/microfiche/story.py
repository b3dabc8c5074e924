"""From headers to a typed story: every field checked, every problem collected."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterable, Mapping
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from microfiche import dates
from microfiche.addresses import (
    TERM_KINDS,
    PathDate,
    Pattern,
    Place,
    UnsoundAddress,
    astray,
    encoded,
    file_of,
    shown,
)
from microfiche.errors import Problem, Severity
from microfiche.headers import KNOWN, misspelt, unknown
from microfiche.records import (
    CorrectionNote,
    Header,
    Moment,
    PictureRef,
    SourceKind,
    SourceNote,
    Story,
    TermRef,
)
from microfiche.settings import Pairs, ReadSettings
from microfiche.slugs import LIMIT, Slugger

TAG_LIMIT = 100
TITLE_LIMIT = 1000
TEXT_LIMIT = 10_000
_NAMESPACE = uuid.UUID("6f1d4a5e-4f3c-5c38-9a1d-0c6f5b0a7d11")
_STATUSES = {"published", "draft", "hidden", "skip"}
_LISTS = {"tags", "keywords", "authors"}
_TRUE = {"true", "yes", "1", "on"}
_FALSE = {"false", "no", "0", "off"}
_HREF = re.compile(r"[\s,(<]*(https?://[^\s>)]+)[)>]?$")
_CORRECTION = re.compile(r"(\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}\S*)?)\s*[:,–—-]?\s*(\S.*)")
_DIGITS = re.compile(r"\d+$")
_LANG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$")
_FORMS = {
    "rst": ":{}: {}",
    "html": '<meta name="{}" content="{}">',
    "htm": '<meta name="{}" content="{}">',
}


class Maker:
    """Makes stories by the archive's settings; made once a worker."""

    def __init__(self, settings: ReadSettings, slugger: Slugger) -> None:
        self._settings = settings
        self._slugger = slugger
        self._zone = ZoneInfo(settings.timezone)
        self._filename = re.compile(settings.filename_metadata)
        self._path = re.compile(settings.path_metadata)

    def make(
        self, path: str, kind: SourceKind, headers: Iterable[Header], summary: str
    ) -> tuple[Story | None, list[Problem]]:
        """The story that these headers make, or None with what is wrong with them.

        ``summary`` is the beginning of the body as text, for stories that have none of their own.
        """
        own = [header for header in headers if header.value]
        fields = _Fields(path, self._defaults(path), own)
        fields.check_lengths()
        moment = self._moment(fields, "date", required=kind == SourceKind.STORY)
        title = self._title(fields)
        lang = self._lang(fields)
        slug = self._slug(fields, title)
        translation = fields.get("translation").lower() in _TRUE or lang != self._settings.lang
        terms, folded = self._terms(fields) if kind == SourceKind.STORY else ((), ())
        notes, sources = self._notes(fields) if kind == SourceKind.STORY else ((), ())
        named = {"slug": slug, "lang": lang, "path": path, **_first(terms)}
        dated = {"date": PathDate(moment.day)} if moment else {}
        pattern = self._pattern(kind, foreign=translation and lang != self._settings.lang)
        place = None if fields.broken else _place(fields, pattern, {**named, **dated})
        day = moment.day if moment and kind == SourceKind.STORY else ""
        story = Story(
            path=path,
            kind=kind,
            id=fields.get("id"),
            identity=f"urn:uuid:{identity_of(name_of(path, fields.get('id')))}",
            status=self._status(fields),
            slug=slug,
            lang=lang,
            group=f"{kind}|{day}|{slug}",
            translation=translation,
            title=title,
            address=place.address if place else "",
            output=place.output if place else "",
            dek=fields.get("dek"),
            summary=fields.get("summary") or summary,
            dateline=fields.get("dateline"),
            template=self._template(fields, kind),
            moment=moment,
            modified=self._modified(fields, moment),
            event=self._moment(fields, "event_date"),
            leads=_leads(fields),
            terms=(*terms, *sources),
            picture=_picture(fields),
            notes=notes,
            corrections=self._corrections(fields),
            aliases=_aliases(fields),
            folded=folded,
            extra=unknown(fields.own),
        )
        return (None if fields.broken else story), fields.problems

    def _defaults(self, path: str) -> dict[str, str]:
        """What configuration and path say of a source; the more specific last, as in Pelican."""
        settings = self._settings
        found = {"category": settings.default_section, **dict(settings.default_metadata)}
        for prefix, values in settings.extra_path_metadata:
            if path == prefix or path.startswith(f"{prefix.rstrip('/')}/"):
                found.update(values)
        folder, name = os.path.split(path)
        section = os.path.basename(folder)
        if settings.folder_as_section and section and not _DIGITS.match(section):
            found["category"] = section
        found.update(_matched(self._path.match(path)))
        found.update(_matched(self._filename.match(os.path.splitext(name)[0])))
        if "date" in found:
            found["date"] = re.sub(r"(?<=\d)[/_](?=\d)", "-", found["date"])
        found.pop("path", None)
        return found

    def _title(self, fields: _Fields) -> str:
        title = fields.get("title")
        if not title:
            fields.missing("title", f"add {_line(fields.path, 'Title', '…')} at the top")
        elif len(title) > TITLE_LIMIT:
            what = f"the title has {len(title):,} characters"
            fields.wrong("title", what, "is an empty line missing after the headers?")
        return title

    def _lang(self, fields: _Fields) -> str:
        lang = dates.language_tag(fields.get("lang")) or self._settings.lang
        if not _LANG.match(lang) or not dates.is_language(lang):
            what = f"{lang!r} is not the tag of a language we know"
            fields.wrong("lang", what, "write a tag such as `en`, `uk` or `ar`")
        return lang

    def _moment(self, fields: _Fields, name: str, *, required: bool = False) -> Moment | None:
        value = fields.get(name)
        if not value:
            if required:
                example = _line(fields.path, "Date", "2024-11-01 18:00")
                fields.missing(name, f"add {example}; nothing is filled in from today")
            return None
        parsed = dates.parse(value, self._zone)
        if isinstance(parsed, dates.Parsed):
            return parsed.moment
        fields.wrong(name, parsed.what, parsed.remedy)
        return None

    def _modified(self, fields: _Fields, published: Moment | None) -> Moment | None:
        modified = self._moment(fields, "modified")
        if modified and published and _precedes(modified, published):
            what = f"Modified, {modified.day}, is before Date, {published.day}"
            fields.doubt(fields.line("modified"), what, "mend one of them")
        return modified

    def _slug(self, fields: _Fields, title: str) -> str:
        stated = fields.get("slug")
        if stated:
            self._check_slug(fields, stated)
            return stated
        stem = os.path.splitext(os.path.basename(fields.path))[0]
        by_title = self._settings.slugify_source == "title"
        slug = self._slugger.title(title if by_title else stem)
        if title and not slug:
            what = "the title gives no address" if by_title else "the file's name gives no address"
            remedy = f"add {_line(fields.path, 'Slug', '…')} with letters or digits"
            fields.wrong("title", what, remedy)
        return slug

    def _check_slug(self, fields: _Fields, slug: str) -> None:
        if len(slug.encode()) > LIMIT:
            fields.wrong(
                "slug", f"the slug has {len(slug.encode())} bytes", f"keep it within {LIMIT}"
            )
        elif astray(slug):
            fields.wrong("slug", f"{slug!r} is not a slug", "use letters, digits and hyphens")

    def _status(self, fields: _Fields) -> str:
        status = fields.get("status").lower() or "published"
        if status not in _STATUSES:
            fields.wrong(
                "status", f"there is no status {status!r}", "use published, draft or hidden"
            )
        return "draft" if status == "skip" else status

    def _template(self, fields: _Fields, kind: SourceKind) -> str:
        template = fields.get("template").removesuffix(".html")
        known = [
            each for each in self._settings.templates if each != "story" or kind == SourceKind.STORY
        ]
        if template and template not in known:
            what = f"the theme has no template {template!r} for a {kind}"
            fields.wrong("template", what, f"it has {', '.join(known)}")
        return template

    def _terms(self, fields: _Fields) -> tuple[tuple[TermRef, ...], Pairs]:
        """The terms, each once, and the spellings that the vocabulary takes for another's."""
        tags = [*fields.items("tags"), *fields.items("keywords")]
        if len(tags) > TAG_LIMIT:
            fields.wrong("tags", f"the story has {len(tags):,} tags", f"keep it within {TAG_LIMIT}")
            return (), ()
        author = fields.get("author") or self._settings.default_author
        bylines = fields.items("authors") or ([author] if author else [])
        if len(bylines) > TAG_LIMIT:
            what = f"the story has {len(bylines):,} bylines"
            fields.wrong("authors", what, f"keep it within {TAG_LIMIT}")
            return (), ()
        named = {
            "tag": (("tags", label) for label in tags),
            "section": (("category", label) for label in [fields.get("category")] if label),
            "byline": (("authors", label) for label in bylines),
            "story": (("story", label) for label in [fields.get("story")] if label),
        }
        found: dict[tuple[str, str], TermRef] = {}
        folded: dict[tuple[str, str], None] = {}
        for kind in TERM_KINDS:
            for header, label in named[kind]:
                term = self._term(fields, kind, header, label)
                found.setdefault((kind, term.slug), term)
                spelt = self._slugger.spelt(kind, term.label)
                if spelt != term.slug:
                    folded[kind, spelt] = None
        return tuple(found.values()), tuple(folded)

    def _term(self, fields: _Fields, kind: str, header: str, label: str) -> TermRef:
        label = " ".join(label.split())
        slug = self._slugger.term(kind, label)
        if astray(slug):
            remedy = "use a name with letters or digits"
            fields.wrong(header, f"{kind} {label!r} gives no address", remedy)
        elif len(slug.encode()) > LIMIT:
            what = f"{kind} {label[:40]!r}… has {len(slug.encode())} bytes"
            fields.wrong(header, what, f"keep it within {LIMIT}")
        return TermRef(kind, slug, label)

    def _pattern(self, kind: SourceKind, *, foreign: bool) -> Pattern:
        """The pattern of a story's or page's address."""
        addresses = self._settings.addresses
        if kind == SourceKind.STORY:
            return addresses.story_translation if foreign else addresses.story
        return addresses.page_translation if foreign else addresses.page

    def _notes(self, fields: _Fields) -> tuple[tuple[SourceNote, ...], tuple[TermRef, ...]]:
        """What the story rests on, and who published that, each once."""
        sources: dict[str, TermRef] = {}
        notes = []
        given = fields.all("source")
        if len(given) > TAG_LIMIT:
            what = f"the story has {len(given):,} sources"
            fields.wrong("source", what, f"keep it within {TAG_LIMIT}")
            return (), ()
        for header in given:
            text, href = _note(fields, header)
            name = _publication(text, href)
            slug = self._slugger.source(name.replace(".", " ") if text == href else name)
            notes.append(SourceNote(text, href, slug))
            if slug:
                sources.setdefault(slug, TermRef("source", slug, name))
        return tuple(notes), tuple(sources.values())

    def _corrections(self, fields: _Fields) -> tuple[CorrectionNote, ...]:
        found = []
        for header in fields.all("correction"):
            match = _CORRECTION.match(header.value)
            parsed = dates.parse(match[1], self._zone) if match else None
            if match and isinstance(parsed, dates.Parsed):
                found.append(CorrectionNote(parsed.moment, match[2]))
            else:
                remedy = "write `Correction: 2024-11-02: what was wrong and what is right`"
                fields.wrong_at(header.line, "the correction has no date and text", remedy)
        return tuple(found)


class _Fields:
    """The headers of one source, with what is wrong with them."""

    def __init__(self, path: str, defaults: Mapping[str, str], own: list[Header]) -> None:
        self.path = path
        self.own = own
        self.problems: list[Problem] = []
        self.broken = False
        named = {header.name for header in own}
        given = [Header(name, value, 0) for name, value in defaults.items() if name not in named]
        self._by_name: dict[str, list[Header]] = {}
        for header in [*given, *own]:
            self._by_name.setdefault(header.name, []).append(header)

    def all(self, name: str) -> list[Header]:
        return self._by_name.get(name, [])

    def get(self, name: str) -> str:
        found = self._by_name.get(name)
        return found[0].value.strip() if found else ""

    def items(self, name: str) -> list[str]:
        """The parts of a list header; semicolons part them if there is one, else commas do."""
        parts = []
        for header in self.all(name):
            parts += header.value.split(";" if ";" in header.value else ",")
        return [part.strip() for part in parts if part.strip()]

    def check_lengths(self) -> None:
        """Texts must not swell every list that shows the story; lists have other limits."""
        for header in self.own:
            text = header.name in KNOWN and header.name not in _LISTS
            if text and len(header.value) > TEXT_LIMIT:
                what = f"{KNOWN[header.name].name} has {len(header.value):,} characters"
                self.wrong_at(header.line, what, f"keep it within {TEXT_LIMIT:,}")

    def wrong(self, name: str, what: str, remedy: str) -> None:
        self.wrong_at(self.line(name), what, remedy)

    def missing(self, name: str, remedy: str) -> None:
        """Nothing is said where the header is there and misspelt: that has been told."""
        self.broken = True
        if name not in misspelt(self.own):
            self.wrong(name, f"there is no {name}", remedy)

    def line(self, name: str) -> int:
        found = self._by_name.get(name)
        return found[0].line if found else 1

    def doubt(self, line: int, what: str, remedy: str) -> None:
        self.problems.append(Problem(self.path, line, what, remedy, Severity.WARNING))

    def wrong_at(self, line: int, what: str, remedy: str) -> None:
        self.broken = True
        self.problems.append(Problem(self.path, line, what, remedy))


def _line(path: str, name: str, value: str) -> str:
    """A header as the format of the source has it."""
    form = _FORMS.get(path.rsplit(".", 1)[-1].lower())
    if form and form[0] == "<" and name == "Title":
        form = "<title>{1}</title>"
    return f"`{form.format(name.lower(), value)}`" if form else f"a line `{name}: {value}`"


def _matched(match: re.Match[str] | None) -> dict[str, str]:
    groups = match.groupdict() if match else {}
    return {name.lower(): value for name, value in groups.items() if value is not None}


def _plain(own: list[Header]) -> dict[str, str]:
    """Headers of the owner's own that an address pattern may name."""
    taken = {"slug", "lang", "date", "category", "author", "path"}
    return {header.name: header.value for header in own if header.name not in taken}


def _first(terms: tuple[TermRef, ...]) -> dict[str, str]:
    """The slugs of section and first byline, by the names that Pelican's patterns have for them."""
    names = {"section": "category", "byline": "author"}
    return {names[term.kind]: term.slug for term in reversed(terms) if term.kind in names}


def name_of(path: str, stated: str) -> str:
    """What a story's identity is made of: its ``Id``, or its path without the ending."""
    return stated or os.path.splitext(path)[0]


def identity_of(name: str) -> str:
    """The UUID (RFC 4122, name-based) that a story of this name has by nature."""
    return str(uuid.uuid5(_NAMESPACE, name))


def _place(fields: _Fields, pattern: Pattern, named: Mapping[str, object]) -> Place | None:
    """Where the page lives: as its headers say, else as the pattern has it."""
    try:
        place = pattern.place(**{**_plain(fields.own), **named})
    except KeyError as error:
        what = f"the address pattern {pattern.save_as!r} asks for {error}"
        fields.wrong("slug", what, "add that header")
        return None
    return _checked(fields, _stated(fields, place))


def _stated(fields: _Fields, place: Place) -> Place:
    """Apply ``Url`` and ``Save_as``; where one is given, the other follows from it."""
    url, save_as = fields.get("url"), fields.get("save_as")
    if not url and not save_as:
        return place
    url = unquote(url).lstrip("/")
    if not save_as:
        save_as = f"{url}index.html" if url.endswith("/") else url
    return Place(encoded(url or save_as), save_as)


def _checked(fields: _Fields, place: Place) -> Place | None:
    parts = place.output.split("/")
    header = "save_as" if fields.get("save_as") else "url" if fields.get("url") else "slug"
    if astray(place.output):
        what = f"{place.output!r} does not lead to a file below the output folder"
        fields.wrong(header, what, "give a plain relative path such as `2024/moon/index.html`")
        return None
    if any(part.startswith(".") for part in parts):
        what = f"{place.output!r} is a hidden file"
        fields.wrong(header, what, "give it a name without the dot: servers obey some such files")
        return None
    if place.address and astray(unquote(place.address).removesuffix("/")):
        what = f"{fields.get('url')!r} is not an address of the archive"
        fields.wrong("url", what, "give a plain relative address such as `2024/moon/`")
        return None
    if any(len(part.encode()) > 255 for part in parts) or len(place.output.encode()) > 1024:
        fields.wrong(header, "the address is too long for a file system", "give a shorter Slug")
        return None
    return place


def picture_path(value: str) -> str:
    """The content path that an ``Image`` header names."""
    return re.sub(r"^\{(?:static|attach|filename)\}", "", value.strip()).lstrip("/")


def _picture(fields: _Fields) -> PictureRef | None:
    path = picture_path(fields.get("image"))
    if not path:
        return None
    if not fields.get("image_alt"):
        what = f"the picture {path!r} has no text for who cannot see it"
        remedy = f"say what it shows: add {_line(fields.path, 'Image_alt', '…')}"
        fields.doubt(fields.line("image"), what, remedy)
    return PictureRef(
        path, fields.get("image_alt"), fields.get("image_caption"), fields.get("image_credit")
    )


def _leads(fields: _Fields) -> bool:
    """Whether the story is to lead its day; other systems keep a standfirst under that name."""
    value = fields.get("lead").lower()
    if value and value not in _TRUE | _FALSE:
        remedy = "write `Lead: yes`, or call a standfirst `Dek`"
        fields.doubt(fields.line("lead"), "Lead is neither yes nor no and is passed over", remedy)
    return value in _TRUE


def _aliases(fields: _Fields) -> tuple[str, ...]:
    """The files behind former addresses; one without an ending was that of a folder."""
    found: dict[str, None] = {}
    for header in fields.all("aliases"):
        for alias in filter(None, map(str.strip, header.value.split(","))):
            try:
                path = file_of(alias)
            except UnsoundAddress as error:
                fields.wrong_at(header.line, f"the alias {error.what}", error.remedy)
                continue
            if any(part.startswith(".") for part in path.split("/")):
                fields.wrong_at(header.line, f"the alias {shown(alias)} is hidden", "take it out")
            folder = "." not in path.rsplit("/", 1)[-1]
            found[f"{path}/index.html" if folder else path] = None
    return tuple(found)


def _precedes(earlier: Moment, later: Moment) -> bool:
    """Whether a moment is before another; of a day alone, only the day counts."""
    if earlier.clock and later.clock:
        return earlier.stamp < later.stamp
    return earlier.day < later.day


def _note(fields: _Fields, header: Header) -> tuple[str, str]:
    """``Name of the document, https://…`` taken apart."""
    value = header.value
    match = _HREF.search(value)
    if match:
        text = value[: match.start()].strip().rstrip(",(<").strip()
        return text or match[1], match[1]
    last = value.split()[-1] if value.split() else ""
    if "://" in last:
        what = f"{last!r} is no address that can be linked to"
        remedy = "write one that begins with https:// or http://"
        fields.doubt(header.line or 1, what, remedy)
    return value, ""


def _publication(text: str, href: str) -> str:
    """Who published a source: what stands before a colon, or else the host of a mere address."""
    if text == href:
        return (
            href.split("://", 1)[1].split("/", 1)[0].split("?", 1)[0].lower().removeprefix("www.")
        )
    name, colon, _ = text.partition(": ")
    name = " ".join((name if colon and name.strip() else text).split())
    return name if len(name) <= LIMIT else f"{name[:LIMIT].rsplit(' ', 1)[0]}…"
