"""From headers to a typed story: every field checked, every problem collected."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

from microfiche import dates
from microfiche.addresses import (
    TERM_KINDS,
    PathDate,
    Pattern,
    astray,
)
from microfiche.errors import Problem
from microfiche.fields import Fields, written
from microfiche.headers import unknown
from microfiche.limits import TAG_LIMIT, TITLE_LIMIT
from microfiche.placing import former_files, named_terms, place_of
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

_NAMESPACE = uuid.UUID("6f1d4a5e-4f3c-5c38-9a1d-0c6f5b0a7d11")
_STATUSES = {"published", "draft", "hidden", "skip"}
_TRUE = {"true", "yes", "1", "on"}
_FALSE = {"false", "no", "0", "off"}
_HREF = re.compile(r"[\s,(<]*(https?://[^\s>)]+)[)>]?$")
_CORRECTED = re.compile(r"(?:\s*[:,–—-]|\s)\s*(\S.*)")
_REMEDY = "write `Correction: 2024-11-02: what was wrong and what is right`"
_DIGITS = re.compile(r"\d+$")
_LANG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$")


class Maker:
    """Makes stories by the archive's settings; made once a worker."""

    def __init__(self, settings: ReadSettings, slugger: Slugger) -> None:
        self._settings = settings
        self._slugger = slugger
        self._zone = ZoneInfo(settings.timezone)
        self._filename = re.compile(settings.filename_metadata)
        self._path = re.compile(settings.path_metadata)

    def make(
        self, path: str, kind: SourceKind, headers: Iterable[Header], summary: Callable[[], str]
    ) -> tuple[Story | None, list[Problem]]:
        """The story that these headers make, or None with what is wrong with them.

        ``summary`` gives the beginning of the body as text, for a story that has none of its own.
        """
        own = [header for header in headers if header.value]
        fields = Fields(path, self._defaults(path), own)
        fields.check_lengths()
        moment = self._moment(fields, "date", required=kind == SourceKind.STORY)
        title = self._title(fields)
        lang = self._lang(fields)
        slug = self._slug(fields, title)
        translation = fields.get("translation").lower() in _TRUE or lang != self._settings.lang
        terms, folded = self._terms(fields) if kind == SourceKind.STORY else ((), ())
        notes, sources = self._notes(fields) if kind == SourceKind.STORY else ((), ())
        named = {"slug": slug, "lang": lang, "path": path, **named_terms(terms)}
        dated = {"date": PathDate(moment.day)} if moment else {}
        pattern = self._pattern(kind, foreign=translation and lang != self._settings.lang)
        place = None if fields.broken else place_of(fields, pattern, {**named, **dated})
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
            summary=fields.get("summary") or summary(),
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
            aliases=former_files(fields),
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

    def _title(self, fields: Fields) -> str:
        title = fields.get("title")
        if not title:
            fields.missing("title", f"add {written(fields.path, 'Title', '…')} at the top")
        elif len(title) > TITLE_LIMIT:
            what = f"the title has {len(title):,} characters"
            fields.wrong("title", what, "is an empty line missing after the headers?")
        return title

    def _lang(self, fields: Fields) -> str:
        lang = dates.language_tag(fields.get("lang")) or self._settings.lang
        if not _LANG.match(lang) or not dates.is_language(lang):
            what = f"{lang!r} is not the tag of a language we know"
            fields.wrong("lang", what, "write a tag such as `en`, `uk` or `ar`")
        return lang

    def _moment(self, fields: Fields, name: str, *, required: bool = False) -> Moment | None:
        value = fields.get(name)
        if not value:
            if required:
                example = written(fields.path, "Date", "2024-11-01 18:00")
                fields.missing(name, f"add {example}; nothing is filled in from today")
            return None
        parsed = dates.parse(value, self._zone)
        if isinstance(parsed, dates.Parsed):
            return parsed.moment
        fields.wrong(name, parsed.what, parsed.remedy)
        return None

    def _modified(self, fields: Fields, published: Moment | None) -> Moment | None:
        modified = self._moment(fields, "modified")
        if modified and published and _precedes(modified, published):
            what = f"Modified, {modified.day}, is before Date, {published.day}"
            fields.doubt(fields.line("modified"), what, "mend one of them")
        return modified

    def _slug(self, fields: Fields, title: str) -> str:
        stated = fields.get("slug")
        if stated:
            self._check_slug(fields, stated)
            return stated
        stem = os.path.splitext(os.path.basename(fields.path))[0]
        by_title = self._settings.slugify_source == "title"
        slug = self._slugger.title(title if by_title else stem)
        if title and not slug:
            what = "the title gives no address" if by_title else "the file's name gives no address"
            remedy = f"add {written(fields.path, 'Slug', '…')} with letters or digits"
            fields.wrong("title", what, remedy)
        return slug

    def _check_slug(self, fields: Fields, slug: str) -> None:
        if len(slug.encode()) > LIMIT:
            fields.wrong(
                "slug", f"the slug has {len(slug.encode())} bytes", f"keep it within {LIMIT}"
            )
        elif astray(slug):
            fields.wrong("slug", f"{slug!r} is not a slug", "use letters, digits and hyphens")

    def _status(self, fields: Fields) -> str:
        status = fields.get("status").lower() or "published"
        if status not in _STATUSES:
            fields.wrong(
                "status", f"there is no status {status!r}", "use published, draft or hidden"
            )
        return "draft" if status == "skip" else status

    def _template(self, fields: Fields, kind: SourceKind) -> str:
        template = fields.get("template").removesuffix(".html")
        known = [
            each for each in self._settings.templates if each != "story" or kind == SourceKind.STORY
        ]
        if template and template not in known:
            what = f"the theme has no template {template!r} for a {kind}"
            fields.wrong("template", what, f"it has {', '.join(known)}")
        return template

    def _terms(self, fields: Fields) -> tuple[tuple[TermRef, ...], Pairs]:
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

    def _term(self, fields: Fields, kind: str, header: str, label: str) -> TermRef:
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

    def _notes(self, fields: Fields) -> tuple[tuple[SourceNote, ...], tuple[TermRef, ...]]:
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

    def _corrections(self, fields: Fields) -> tuple[CorrectionNote, ...]:
        found = []
        for header in fields.all("correction"):
            date = dates.leading(header.value)
            text = _CORRECTED.fullmatch(header.value, len(date)) if date else None
            if not text:
                fields.wrong_at(header.line, "the correction has no date and text", _REMEDY)
                continue
            parsed = dates.parse(date, self._zone)
            if isinstance(parsed, dates.Parsed):
                found.append(CorrectionNote(parsed.moment, text[1]))
            else:
                fields.wrong_at(header.line, parsed.what, parsed.remedy)
        return tuple(found)


def _matched(match: re.Match[str] | None) -> dict[str, str]:
    groups = match.groupdict() if match else {}
    return {name.lower(): value for name, value in groups.items() if value is not None}


def name_of(path: str, stated: str) -> str:
    """What a story's identity is made of: its ``Id``, or its path without the ending."""
    return stated or os.path.splitext(path)[0]


def identity_of(name: str) -> str:
    """The UUID (RFC 4122, name-based) that a story of this name has by nature."""
    return str(uuid.uuid5(_NAMESPACE, name))


def picture_path(value: str) -> str:
    """The content path that an ``Image`` header names."""
    return re.sub(r"^\{(?:static|attach|filename)\}", "", value.strip()).lstrip("/")


def _picture(fields: Fields) -> PictureRef | None:
    path = picture_path(fields.get("image"))
    if not path:
        return None
    if not fields.get("image_alt"):
        what = f"the picture {path!r} has no text for who cannot see it"
        remedy = f"say what it shows: add {written(fields.path, 'Image_alt', '…')}"
        fields.doubt(fields.line("image"), what, remedy)
    return PictureRef(
        path, fields.get("image_alt"), fields.get("image_caption"), fields.get("image_credit")
    )


def _leads(fields: Fields) -> bool:
    """Whether the story is to lead its day; other systems keep a standfirst under that name."""
    value = fields.get("lead").lower()
    if value and value not in _TRUE | _FALSE:
        remedy = "write `Lead: yes`, or call a standfirst `Dek`"
        fields.doubt(fields.line("lead"), "Lead is neither yes nor no and is passed over", remedy)
    return value in _TRUE


def _precedes(earlier: Moment, later: Moment) -> bool:
    """Whether a moment is before another; of a day alone, only the day counts."""
    if earlier.clock and later.clock:
        return earlier.stamp < later.stamp
    return earlier.day < later.day


def _note(fields: Fields, header: Header) -> tuple[str, str]:
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
