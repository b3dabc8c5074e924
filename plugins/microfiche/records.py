"""The records that pass between the stages: frozen, typed, picklable."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct, structs

from microfiche.addresses import Place
from microfiche.errors import Problem


class SourceKind(StrEnum):
    """What a file under ``content/`` is for."""

    STORY = "story"
    PAGE = "page"
    STATIC = "static"
    LOOSE = "loose"
    IRREGULAR = "irregular"


class Stage(StrEnum):
    """When a publication puts a file before the public, in this order; removals come after all."""

    ASSETS = "assets"
    PAGES = "pages"
    LISTS = "lists"
    FEEDS = "feeds"


class Found(NamedTuple):
    """A file as the walk finds it; sizes in bytes, times in nanoseconds since the epoch."""

    path: str
    kind: SourceKind
    size: int
    mtime: int
    ctime: int
    inode: int


class Changed(NamedTuple):
    """A source to read: ``digest`` is that of the last reading, None for a new source."""

    found: Found
    digest: bytes | None


class Header(NamedTuple):
    """One header line of a source, with its line number (0 when it comes from elsewhere)."""

    name: str
    value: str
    line: int


class Moment(Struct, frozen=True, array_like=True, gc=False):
    """A date in the archive's time zone.

    ``stamp`` is seconds since the epoch (negative before 1970), ``day`` is ``YYYY-MM-DD``,
    ``clock`` is ``HH:MM`` or empty where only the day is known, ``offset`` minutes east of UTC.
    """

    stamp: int
    day: str
    clock: str
    offset: int
    zone: str


class TermRef(Struct, frozen=True, array_like=True, gc=False, order=True):
    """A tag, section, byline or running story as one story names it."""

    kind: str
    slug: str
    label: str


class TermEntry(Struct, frozen=True, array_like=True, gc=False):
    """What the vocabulary says of a tag, section, byline or running story.

    ``label`` is how it is shown; ``names`` are all spellings that are stated, the one that gives
    the address first. ``rank`` counts sections from 1 in the order of the vocabulary. ``broader``
    is the slug of the broader topic or empty, ``biography`` harmless HTML; ``links`` are texts
    and absolute addresses. ``person`` says that a byline is no desk or agency.
    """

    kind: str
    slug: str
    rank: int
    label: str
    names: tuple[str, ...]
    description: str
    biography: str
    broader: str
    picture: PictureRef | None
    same_as: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    person: bool = False

    def under(self, broader: str) -> TermEntry:
        """The same below another broader topic."""
        return structs.replace(self, broader=broader)


class PictureRef(Struct, frozen=True, array_like=True, gc=False):
    """The picture that a story's headers name; ``path`` is relative to the content folder."""

    path: str
    alt: str
    caption: str
    credit: str


class PictureFacts(Struct, frozen=True, array_like=True, gc=False):
    """What the header of a picture file tells.

    ``type`` is its media type, ``width`` and ``height`` are in pixels as it is seen, turned as its
    Exif says, 0 where it depends on the page. ``still`` is false for what is animated or drawn.
    """

    type: str
    width: int
    height: int
    still: bool


class Shown(NamedTuple):
    """A picture that a story shows, by its content path.

    ``linked`` is false where the story gives the address that a static file would have.
    """

    path: str
    linked: bool


class Made(Struct, frozen=True, array_like=True, gc=False):
    """A rendition of a picture: smaller, or in another format; ``size`` in bytes."""

    type: str
    width: int
    height: int
    size: int


class SourceNote(Struct, frozen=True, array_like=True, gc=False):
    """A publication or document that a story rests on.

    ``href`` may be empty; ``source`` is the slug of whoever published it, empty where it has none.
    """

    text: str
    href: str
    source: str


class CorrectionNote(Struct, frozen=True, array_like=True, gc=False):
    """A correction: when it was made and what it says."""

    moment: Moment
    text: str


class Story(Struct, frozen=True, array_like=True, gc=False):
    """A story or an ordinary page: everything its headers said, typed.

    ``address`` is percent-encoded and relative to the site's root; ``output`` is the file that
    it is saved as, relative to the output folder. ``id`` is the Id header,
    ``identity`` the URN made of it, or of the path. ``group`` gathers translations of one story.
    ``leads`` says that it is to lead its day. ``aliases`` are the output files behind its
    former addresses.
    ``folded`` has kind and slug of the spellings that the vocabulary takes for another's.
    """

    path: str
    kind: SourceKind
    id: str
    identity: str
    status: str
    slug: str
    lang: str
    group: str
    translation: bool
    title: str
    address: str
    output: str
    dek: str
    summary: str
    dateline: str
    template: str
    moment: Moment | None
    modified: Moment | None
    event: Moment | None
    leads: bool
    terms: tuple[TermRef, ...]
    picture: PictureRef | None
    notes: tuple[SourceNote, ...]
    corrections: tuple[CorrectionNote, ...]
    aliases: tuple[str, ...]
    folded: tuple[tuple[str, str], ...]
    extra: tuple[tuple[str, str], ...]

    def slugs(self, kind: str) -> tuple[str, ...]:
        """The slugs of the story's terms of a kind, in its order."""
        return tuple(term.slug for term in self.terms if term.kind == kind)

    def brief(self) -> Brief:
        """What lists need of the story; a page without a date gets the first day there is."""
        return Brief(
            self.path,
            self.address,
            self.title,
            self.dek or self.summary,
            self.lang,
            self.moment or Moment(0, "0001-01-01", "", 0, ""),
            next(iter(self.slugs("section")), ""),
            self.slugs("byline"),
            self.picture,
            bool(self.corrections),
            self.modified is not None,
            2 if self.leads else 1 if self.picture else 0,
        )

    def term(self, kind: str) -> TermRef | None:
        """The first term of a kind, or None."""
        return next((term for term in self.terms if term.kind == kind), None)


class Brief(Struct, frozen=True, array_like=True, gc=False):
    """What lists need of a story: small, because they read it by the hundred.

    ``section`` and ``bylines`` are slugs; how they are spelt is for the catalog to say. ``weight``
    is how much the story may lead its day: 2 by its Lead header, 1 for its picture, else 0.
    """

    path: str
    address: str
    title: str
    standfirst: str
    lang: str
    moment: Moment
    section: str
    bylines: tuple[str, ...]
    picture: PictureRef | None
    corrected: bool
    updated: bool
    weight: int


class Reference(NamedTuple):
    """A ``{filename}``, ``{static}`` or ``{attach}`` link of a story to a file of the archive."""

    what: str
    target: str
    line: int


class Reading(NamedTuple):
    """What reading one source gave.

    ``digest`` is None for a source that could not be read at all; ``unchanged`` says that the
    digest is the one already known, so that only the hint is to be noted. ``place`` is
    where a static file is published, ``picture`` what is known of it if it is a picture; ``shown``
    are the pictures that a story shows.
    """

    found: Found
    digest: bytes | None
    unchanged: bool
    story: Story | None
    body: str
    references: tuple[Reference, ...]
    problems: tuple[Problem, ...]
    place: Place | None = None
    picture: PictureFacts | None = None
    shown: tuple[Shown, ...] = ()


class Claim(NamedTuple):
    """A page that a kind wants at an output path; ``output`` None says that it is no more."""

    key: str
    output: str | None


class LedgerEntry(NamedTuple):
    """A line of the ledger, taken apart.

    ``path`` is the output file behind the address, ``since`` the day of first publication.
    ``identity``, ``since`` and ``known`` are empty in an owner's line, ``leads`` in one that a
    publication wrote. ``known`` is the UUID made of the name of a story whose identity was made of
    another name. ``leads`` is ``gone`` or an output file.
    """

    line: str
    path: str
    identity: str
    since: str
    known: str
    leads: str


class Output(NamedTuple):
    """A file under the output folder as the catalog knows it."""

    path: str
    kind: str
    key: str
    template: bytes
    view: bytes
    digest: bytes
    size: int
    reason: str


class Counts(Struct, frozen=True):
    """How every source is accounted for, and what was done to the output.

    ``flawed`` stories and pages are published in spite of an error, which ARCHIVE_KEEP_GOING lets
    pass: their links and pictures that lead nowhere are left out.
    """

    sources: int = 0
    stories: int = 0
    pages: int = 0
    drafts: int = 0
    embargoed: int = 0
    quarantined: int = 0
    changed: int = 0
    written: int = 0
    removed: int = 0
    unchanged: int = 0
    flawed: int = 0
