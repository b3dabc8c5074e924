"""The static API, where the owner wants it: the archive as JSON (``api/records.py``).

A month is one document, in parts of PART stories where it has more: parts are filled from the
month's first story on, so that a story more at its end changes the last part alone. No document
but those of terms' lists grows with the archive.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from microfiche import api, dates, jsonld
from microfiche.addresses import TERM_KINDS, Addresses, Pattern, Place, as_json, file
from microfiche.api import openapi
from microfiche.api.records import (
    ArchiveDocument,
    ListedKind,
    ListedMonth,
    ListedStory,
    ListedTerm,
    ListedYear,
    MonthDocument,
    StoryDocument,
    TermDocument,
    TermsDocument,
    TermType,
    Translation,
    YearDocument,
)
from microfiche.catalog import chronicle
from microfiche.catalog.queries import Catalog
from microfiche.catalog.rows import StoryRow
from microfiche.catalog.terms import TermRow
from microfiche.pages.desk import INDEX_NAMES, Desk
from microfiche.pages.entries import absolute
from microfiche.pages.kind import PageKind, Single
from microfiche.pages.terms import EachTerm, identified
from microfiche.records import Brief, Claim, Stage, Story, TermEntry
from microfiche.settings import SiteSettings

PART = 500
"""Stories in a document of a month at most."""

_TYPES: dict[str, TermType] = {
    "tag": "DefinedTerm",
    "section": "DefinedTerm",
    "byline": "Organization",
    "story": "CreativeWorkSeries",
}


class _ApiKind(PageKind):
    """What the kinds of documents share: they are there only where they are wanted."""

    document = staticmethod(api.document)
    lasting = False
    stage = Stage.FEEDS

    def __init__(self, addresses: Addresses, site: SiteSettings) -> None:
        self._addresses = addresses
        self._on = _wanted(site)


class ApiStories(_ApiKind):
    """A story beside its page; a key is the path of its source."""

    name = "api story"
    stage = Stage.PAGES

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every published story."""
        if self._on:
            for path, output in catalog.live("story"):
                yield Claim(path, as_json(output).output)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """Changed stories and their translations."""
        if self._on:
            for path, output in catalog.stories_touched("story"):
                yield Claim(path, as_json(output).output if output else None)

    def view(self, desk: Desk, key: str) -> StoryDocument:
        """A story with its text."""
        row = desk.catalog.story(key)
        assert row, key
        story, listed = row.story, _listed(desk, row.story)
        body = desk.body(row, f"{desk.site.url}/", rich=False)
        return StoryDocument(
            **{name: getattr(listed, name) for name in listed.__struct_fields__},
            context=jsonld.CONTEXT,
            publisher=desk.describer.publisher,
            dateline=story.dateline,
            corrections=tuple(
                jsonld.CorrectionComment(text=each.text, published=dates.stated(each.moment))
                for each in story.corrections
            ),
            citations=tuple(jsonld.CreativeWork(note.text, note.href) for note in story.notes),
            translations=tuple(map(partial(_translation, desk), desk.catalog.translations(story))),
            body=absolute(body, listed.url),
        )


class ApiMonths(_ApiKind):
    """The documents of months; a key is ``2024-11/1``, the month and the part."""

    name = "api month"

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every part of every month."""
        if self._on:
            for month, count in catalog.tallies(7):
                for part in range(1, _parts(count) + 1):
                    yield self._claim(month, part, exists=True)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """All parts of months in which a story changed."""
        if self._on:
            for month in chronicle.months_touched(catalog):
                last = _parts(chronicle.stories_in(catalog, month))
                former = chronicle.parts_published(catalog, self.name, month)
                for part in range(1, max(last, former) + 1):
                    yield self._claim(month, part, exists=part <= last)

    def _claim(self, month: str, part: int, *, exists: bool) -> Claim:
        return Claim(f"{month}/{part}", _month(month, part).output if exists else None)

    def view(self, desk: Desk, key: str) -> MonthDocument:
        """A part of a month, oldest first."""
        month, number = key.split("/")
        part = int(number)
        rows = chronicle.month_part(desk.catalog, month, part, PART)
        more = part < _parts(chronicle.stories_in(desk.catalog, month))
        return MonthDocument(
            context=jsonld.CONTEXT,
            type="ItemList",
            name=desk.period_name(month),
            month=month,
            url=_calendar(desk, self._addresses.month, month),
            next=_whole(desk, _month(month, part + 1)) if more else None,
            stories=_listed_all(desk, rows[::-1]),
        )


class ApiYears(_ApiKind):
    """One document a year; a key is the year."""

    name = "api year"

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every year that has a story."""
        if self._on:
            for year, _ in catalog.tallies(4):
                yield Claim(year, _year(year).output)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """Years in which a story changed."""
        if self._on:
            for year in sorted({month[:4] for month in chronicle.months_touched(catalog)}):
                yield Claim(year, _year(year).output if catalog.has(year) else None)

    def view(self, desk: Desk, key: str) -> YearDocument:
        """A year's months with their numbers of stories."""
        months = desk.catalog.tallies(7, key)
        return YearDocument(
            context=jsonld.CONTEXT,
            type="ItemList",
            name=key,
            url=_calendar(desk, self._addresses.year, key),
            stories=sum(month.stories for month in months),
            months=tuple(_listed_month(desk, *month) for month in months),
        )


class _ApiTermKind(_ApiKind):
    """What the documents of one kind of term share."""

    suffix: str

    def __init__(self, kind: str, addresses: Addresses, site: SiteSettings) -> None:
        super().__init__(addresses, site)
        self.kind = kind
        self.name = f"{kind} api{self.suffix}"
        self._on = self._on and bool(addresses.terms[kind])


class ApiTerms(_ApiTermKind, EachTerm):
    """One document a term; a key is its slug."""

    suffix = ""

    def _claim(self, slug: str, *, exists: bool) -> Claim:
        return Claim(slug, _term(self.kind, slug).output if exists else None)

    def view(self, desk: Desk, key: str) -> TermDocument:
        """A term with its newest stories and its months."""
        row, entry = desk.term(self.kind, key), desk.catalog.vocabulary.entry(self.kind, key)
        assert row, key
        listed = _listed_term(desk, row, entry)
        terms = desk.catalog.terms
        return TermDocument(
            **{name: getattr(listed, name) for name in listed.__struct_fields__},
            context=jsonld.CONTEXT,
            kind=self.kind,
            same_as=tuple(identified(each).href for each in entry.same_as) if entry else (),
            image=desk.describer.image(desk.picture(entry.picture)) if entry else None,
            latest=_listed_all(desk, terms.latest_bodies(self.kind, key, desk.site.page_size)),
            months=tuple(_listed_month(desk, *month) for month in terms.tallies(self.kind, key, 7)),
        )


class ApiTermList(_ApiTermKind):
    """All terms of a kind in one document."""

    suffix = " list"

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """The one document, unless there is no term."""
        if self._on:
            exists = catalog.terms.has_any(self.kind)
            yield Claim("", _terms(self.kind).output if exists else None)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """The one document, if a story with such a term changed."""
        if catalog.terms.touched(self.kind):
            yield from self.keys(catalog)

    def view(self, desk: Desk, key: str) -> TermsDocument:
        """Every term, by slug."""
        vocabulary = desk.catalog.vocabulary
        return TermsDocument(
            context=jsonld.CONTEXT,
            type="ItemList",
            name=desk.words().gettext(INDEX_NAMES[self.kind]),
            kind=self.kind,
            terms=tuple(
                _listed_term(desk, row, vocabulary.entry(self.kind, row.slug))
                for row in desk.catalog.terms.every(self.kind)
            ),
        )


class ApiArchive(Single):
    """Where scripts begin."""

    name = "api"
    document = staticmethod(api.document)
    lasting = False
    stage = Stage.FEEDS
    output = ""

    def __init__(self, addresses: Addresses, site: SiteSettings) -> None:
        self._kinds = _kinds(addresses)
        if _wanted(site):
            self.output = f"{api.FOLDER}index.json"

    def view(self, desk: Desk, key: str) -> ArchiveDocument:
        """The archive's years and kinds of term."""
        first, last = desk.catalog.bounds() or (None, None)
        site, catalog = desk.site, desk.catalog
        return ArchiveDocument(
            context=jsonld.CONTEXT,
            type="WebSite",
            name=site.name,
            url=desk.describer.home,
            lang=site.lang,
            description=site.tagline,
            version=api.VERSION,
            openapi=_whole(desk, _OPENAPI),
            stories=catalog.total(),
            first=first,
            last=last,
            years=tuple(
                ListedYear(year=year, stories=count, document=_whole(desk, _year(year)))
                for year, count in catalog.tallies(4)
            ),
            terms=tuple(
                ListedKind(kind=kind, document=_whole(desk, _terms(kind)))
                for kind in self._kinds
                if catalog.terms.has_any(kind)
            ),
        )


class ApiDescription(Single):
    """What documents there are, and of what form."""

    name = "api description"
    document = staticmethod(openapi.document)
    lasting = False
    stage = Stage.FEEDS
    output = ""

    def __init__(self, addresses: Addresses, site: SiteSettings) -> None:
        self._addresses = addresses
        if _wanted(site):
            self.output = _OPENAPI.output

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """None: no story is described in it, and settings have all pages planned."""
        return iter(())

    def view(self, desk: Desk, key: str) -> openapi.OpenapiView:
        """The archive's own addresses."""
        patterns = dict.fromkeys((self._addresses.story, self._addresses.story_translation))
        return openapi.OpenapiView(
            desk.site.name,
            desk.site.url,
            tuple(as_json(pattern.save_as).output for pattern in patterns),
            _kinds(self._addresses),
        )


_OPENAPI = file(f"{api.FOLDER}openapi.json")


def _wanted(site: SiteSettings) -> bool:
    return site.api and bool(site.url)


def _kinds(addresses: Addresses) -> tuple[str, ...]:
    """The kinds of term that have pages."""
    return tuple(kind for kind in TERM_KINDS if addresses.terms[kind])


def _year(year: str) -> Place:
    return file(f"{api.FOLDER}years/{year}.json")


def _month(month: str, part: int = 1) -> Place:
    name = month if part == 1 else f"{month}-part-{part}"
    return file(f"{api.FOLDER}months/{name}.json")


def _terms(kind: str) -> Place:
    return file(f"{api.FOLDER}terms/{kind}.json")


def _term(kind: str, slug: str) -> Place:
    return file(f"{api.FOLDER}terms/{kind}/{slug}.json")


def _parts(stories: int) -> int:
    return -(-stories // PART)


def _whole(desk: Desk, place: Place) -> str:
    return desk.describer.whole(place.address)


def _calendar(desk: Desk, pattern: Pattern, period: str) -> str:
    """The address of the page of a year or month; the front page's where it has none."""
    return (
        desk.describer.whole(desk.period_link(period).address) if pattern else desk.describer.home
    )


def _listed_month(desk: Desk, month: str, stories: int) -> ListedMonth:
    return ListedMonth(month=month, stories=stories, document=_whole(desk, _month(month)))


def _listed_all(desk: Desk, rows: list[StoryRow]) -> tuple[ListedStory, ...]:
    return tuple(_listed(desk, row.story) for row in rows)


def _listed(desk: Desk, story: Story) -> ListedStory:
    """A story as lists have it."""
    assert story.moment
    describer = desk.describer
    moments = [each.moment for each in story.corrections]
    moments += [story.modified] if story.modified else []
    changed = max(moments, key=lambda moment: moment.stamp, default=None)
    running = [link for link in desk.term_links(story, "story") if link.address]
    return ListedStory(
        type="NewsArticle",
        identifier=desk.identity(story),
        url=describer.whole(story.address),
        document=_whole(desk, as_json(story.output)),
        headline=story.title,
        published=dates.stated(story.moment),
        modified=dates.stated(changed) if changed else None,
        lang=story.lang,
        description=story.dek or story.summary,
        section=next((link.text for link in desk.term_links(story, "section")), ""),
        keywords=tuple(link.text for link in desk.term_links(story, "tag")),
        authors=tuple(map(describer.author, desk.term_links(story, "byline"))),
        part_of=describer.series(running[0]) if running else None,
        image=describer.image(desk.picture(story.picture)),
    )


def _translation(desk: Desk, other: Brief) -> Translation:
    story = desk.catalog.story(other.path)
    assert story, other.path
    return Translation(
        lang=other.lang,
        url=desk.describer.whole(other.address),
        document=_whole(desk, as_json(story.story.output)),
    )


def _listed_term(desk: Desk, row: TermRow, entry: TermEntry | None) -> ListedTerm:
    person = bool(entry and entry.person)
    return ListedTerm(
        type="Person" if person else _TYPES[row.kind],
        identifier=row.slug,
        name=row.label,
        url=desk.describer.whole(desk.addresses.term(row.kind, row.slug).address),
        document=_whole(desk, _term(row.kind, row.slug)),
        stories=row.stories,
        first=row.first,
        last=row.last,
        description=entry.description if entry else "",
        broader=entry.broader if entry else "",
    )
