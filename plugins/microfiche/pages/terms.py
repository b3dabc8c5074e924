"""Tags, sections, bylines and running stories: their pages, cut by calendar, and their indexes."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from itertools import groupby

from msgspec import structs

from microfiche import dates
from microfiche.addresses import Addresses
from microfiche.catalog.queries import Catalog
from microfiche.catalog.terms import TermRow
from microfiche.catalog.vocabulary import Topic
from microfiche.pages.desk import INDEX_NAMES, KIND_NAMES, Desk
from microfiche.pages.kind import PageKind
from microfiche.pages.sparkline import sparkline
from microfiche.records import Brief, Claim, TermEntry
from microfiche.views import Card, Head, Headlines, Link, Note, Picture, Sparkline, Time, View

_HEADLINES = 4
"""So many times as many headlines as cards are a page's worth."""

_MONTHS = range(1, 13)


class About(View, frozen=True):
    """What the vocabulary says of a term.

    ``biography`` is harmless HTML, ``same_as`` the same thing in outside vocabularies.
    """

    description: str
    biography: str
    picture: Picture | None
    same_as: tuple[Note, ...]
    links: tuple[Note, ...]


class TermPage(View, frozen=True):
    """A term: its newest stories and, where it has more than these, an index by year.

    A year that is shown whole among the newest has no page, so its link has no address.
    """

    head: Head
    kind: str
    kind_name: str
    name: str
    count: int
    first: Time
    last: Time
    latest: tuple[Card, ...]
    years: tuple[Link, ...]
    volume: Sparkline | None
    index: Link
    about: About | None
    narrower: tuple[Link, ...]


class TermPeriodPage(View, frozen=True):
    """A term's headlines of a year or a month; a full year leads to its months instead."""

    head: Head
    kind: str
    kind_name: str
    term: Link
    name: str
    count: int
    groups: tuple[Headlines, ...]
    months: tuple[Link, ...]
    previous: Link | None
    next: Link | None


class Initial(View, frozen=True):
    """The terms that begin with one letter."""

    letter: str
    links: tuple[Link, ...]


class Described(View, frozen=True):
    """A link to a term, and what is said of it."""

    link: Link
    description: str


class TermsPage(View, frozen=True):
    """All terms of a kind: the broadest topics, those that the vocabulary puts in order, the rest.

    A topic is among the rest, too.
    """

    head: Head
    kind: str
    name: str
    count: int
    topics: tuple[Link, ...]
    ordered: tuple[Described, ...]
    groups: tuple[Initial, ...]


class _TermKind(PageKind):
    """What the page kinds of one kind of term share."""

    suffix: str

    def __init__(self, kind: str, addresses: Addresses, page_size: int) -> None:
        self.kind = kind
        self.name = f"{kind}{self.suffix}"
        self._addresses = addresses
        self._page_size = page_size
        self._on = bool(addresses.terms[kind])

    def respelt(self, catalog: Catalog, key: str) -> str:
        """The key with the slug of the term that it is a spelling of."""
        slug, *period = key.split("/", 1)
        return "/".join((catalog.vocabulary.slug(self.kind, slug), *period))


class EachTerm(PageKind):
    """One output a term; a key is its slug."""

    kind: str
    _on: bool

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every term."""
        if self._on:
            for row in catalog.terms.every(self.kind):
                yield self._claim(row.slug, exists=True)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """The terms of changed stories."""
        if self._on:
            for slug in catalog.terms.touched(self.kind):
                yield self._claim(slug, exists=catalog.terms.get(self.kind, slug) is not None)

    @abstractmethod
    def _claim(self, slug: str, *, exists: bool) -> Claim:
        """The claim of a term, of no file where it exists no more."""


class Terms(_TermKind, EachTerm):
    """One page a term."""

    suffix = " list"
    template = "term.html"

    def spellings(self, catalog: Catalog) -> Iterator[tuple[str, str]]:
        """Where a term would be by each of its aliases."""
        if self._on:
            for alias in catalog.vocabulary.aliases(self.kind):
                yield self._addresses.term(self.kind, alias.slug).output, alias.term

    def _claim(self, slug: str, *, exists: bool) -> Claim:
        return Claim(slug, self._addresses.term(self.kind, slug).output if exists else None)

    def view(self, desk: Desk, key: str) -> TermPage:
        """A term with its newest stories."""
        row = desk.term(self.kind, key)
        assert row, key
        place = self._addresses.term(self.kind, key)
        years = desk.catalog.terms.tallies(self.kind, key, 4)
        lang = desk.site.lang
        index = _index_link(desk, self.kind)
        entry = desk.catalog.vocabulary.entry(self.kind, key)
        narrower = desk.catalog.vocabulary.below(key) if self.kind == "tag" else []
        return TermPage(
            head=desk.head(
                row.label,
                place.address,
                place.output,
                description=entry.description if entry else "",
                crumbs=_crumbs(desk, row),
                feeds=(*desk.term_feeds(row), *desk.feed()),
            ),
            kind=self.kind,
            kind_name=desk.words().gettext(KIND_NAMES[self.kind]),
            name=row.label,
            count=row.stories,
            first=dates.midnight(row.first, lang),
            last=dates.midnight(row.last, lang),
            latest=desk.cards(desk.catalog.terms.latest(self.kind, key, self._page_size)),
            years=self._years(desk, row, dict(years)),
            volume=sparkline(years),
            index=index,
            about=_about(desk, entry) if entry else None,
            narrower=tuple(_topic_link(desk, topic) for topic in narrower),
        )

    def _years(self, desk: Desk, row: TermRow, years: dict[str, int]) -> tuple[Link, ...]:
        """An index by year, newest first; a year that the page shows whole leads nowhere."""
        if row.stories <= self._page_size:
            return ()
        last = last_cut(years, self._page_size)
        return tuple(
            _period_link(desk, row, year, stories)
            if year <= last
            else Link("", desk.period_name(year), stories)
            for year, stories in reversed(years.items())
        )


def last_cut(years: dict[str, int], shown: int) -> str:
    """The last year that a page of the newest stories does not show whole; empty where none is.

    ``years`` are those with stories and their numbers, oldest first.
    """
    total = 0
    for year, stories in reversed(years.items()):
        total += stories
        if total > shown:
            return year
    return ""


class TermPeriods(_TermKind):
    """One page a year of a term of which its own page does not show all stories.

    So years get their pages one after another, as their stories leave the term's own page. Of
    headlines far more than cards go on a page: a year with more than these is cut into months. A
    key is ``slug/2024`` or ``slug/2024-11``.
    """

    suffix = " by calendar"
    template = "term_period.html"

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every year that leaves its term's own page, and the months of full years."""
        if not self._on:
            return
        last = {
            row.slug: last_cut(catalog.terms.years(self.kind, row.slug), self._page_size)
            for row in catalog.terms.every(self.kind)
            if row.stories > self._page_size
        }
        years = groupby(catalog.terms.months(self.kind), lambda row: (row[0], row[1][:4]))
        for (slug, year), months in years:
            if year <= last.get(slug, ""):
                yield self._claim(slug, year, exists=True)
                rows = list(months)
                if self._cut(sum(count for _, _, count in rows)):
                    for _, month, _ in rows:
                        yield self._claim(slug, month, exists=True)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """The years of changed stories, those that may enter or leave the term's own page.

        Also those before and after, which lead to them.
        """
        for changes in catalog.terms.changes(self.kind) if self._on else ():
            slug, years = changes.slug, set(changes.years)
            # A story that comes or goes moves the end of the term's own page by one place.
            ends = catalog.terms.years_at(self.kind, slug, self._page_size, changes.stories)
            years.update(ends)
            for year in tuple(years):
                years.update(filter(None, catalog.terms.periods_near(self.kind, slug, year)))
            last = last_cut(catalog.terms.years(self.kind, slug), self._page_size)
            for year in sorted(years):
                yield from self._claims(catalog, slug, year, full=year <= last)

    def _claims(self, catalog: Catalog, slug: str, year: str, *, full: bool) -> Iterator[Claim]:
        """The pages of a term's year, and those that it may have had before."""
        months = catalog.terms.tallies(self.kind, slug, 7, year)
        count = sum(month.stories for month in months)
        yield self._claim(slug, year, exists=full and count > 0)
        there = {month.period for month in months} if full and self._cut(count) else set()
        for number in _MONTHS:
            month = f"{year}-{number:02d}"
            yield self._claim(slug, month, exists=month in there)

    def _cut(self, stories: int) -> bool:
        """Whether a year of so many stories is cut into months."""
        return stories > _HEADLINES * self._page_size

    def _claim(self, slug: str, period: str, *, exists: bool) -> Claim:
        place = self._addresses.term_period(self.kind, slug, period)
        return Claim(f"{slug}/{period}", place.output if exists else None)

    def above(self, key: str) -> tuple[str, str] | None:
        """A month's year, and above a year the term's first page."""
        slug, _, period = key.rpartition("/")
        return (f"{self.kind} list", slug) if len(period) <= 4 else (self.name, key[:-3])

    def view(self, desk: Desk, key: str) -> TermPeriodPage:
        """The stories of a year by month, or of a month by day."""
        slug, period = key.rsplit("/", 1)
        row = desk.term(self.kind, slug)
        assert row, key
        split = len(period) == 4 and self._full(desk, slug, period)
        stories = [] if split else desk.catalog.terms.stories(self.kind, slug, period)
        months = desk.catalog.terms.tallies(self.kind, slug, 7, period) if split else []
        before, after = self._periods_near(desk, slug, period)
        return TermPeriodPage(
            head=self._head(desk, row, period),
            kind=self.kind,
            kind_name=desk.words().gettext(KIND_NAMES[self.kind]),
            term=Link(self._term_address(row), row.label),
            name=desk.period_name(period),
            count=sum(month.stories for month in months) or len(stories),
            groups=_groups(desk, stories, period),
            months=tuple(_period_link(desk, row, month.period, month.stories) for month in months),
            previous=self._near(desk, row, before),
            next=self._near(desk, row, after),
        )

    def _head(self, desk: Desk, row: TermRow, period: str) -> Head:
        place = self._addresses.term_period(self.kind, row.slug, period)
        crumbs = [*_crumbs(desk, row), Link(self._term_address(row), row.label)]
        if len(period) == 7:
            crumbs.append(_period_link(desk, row, period[:4]))
        title = f"{row.label}, {desk.period_name(period)}"
        return desk.head(
            title, place.address, place.output, crumbs=tuple(crumbs), feeds=desk.term_feeds(row)[:1]
        )

    def _term_address(self, row: TermRow) -> str:
        return self._addresses.term(self.kind, row.slug).address

    def _near(self, desk: Desk, row: TermRow, period: str) -> Link | None:
        """A link to a nearby year, or to a nearby month where that month has a page of its own."""
        year = period[:4]
        if not year or year > last_cut(desk.term_years(self.kind, row.slug), self._page_size):
            return None
        return _period_link(desk, row, period if self._full(desk, row.slug, year) else year)

    def _full(self, desk: Desk, slug: str, year: str) -> bool:
        """Whether a year is cut into months."""
        return self._cut(desk.term_years(self.kind, slug)[year])

    def _periods_near(self, desk: Desk, slug: str, period: str) -> tuple[str, str]:
        """The years or months before and after one in which a term has stories, or empty."""
        if len(period) == 7:
            return desk.catalog.terms.periods_near(self.kind, slug, period)
        years = list(desk.term_years(self.kind, slug))
        at = years.index(period)
        return years[at - 1] if at else "", years[at + 1] if at + 1 < len(years) else ""


class TermIndex(_TermKind):
    """The index of all terms of a kind."""

    suffix = " index"
    template = "terms.html"

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """The one page, unless there is no term."""
        pattern = self._addresses.indexes[self.kind]
        if self._on and pattern:
            exists = catalog.terms.has_any(self.kind)
            yield Claim("", pattern.place().output if exists else None)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """The one page, if a story with such a term changed."""
        if catalog.terms.touched(self.kind):
            yield from self.keys(catalog)

    def above(self, key: str) -> tuple[str, str] | None:
        """All years: there may be no term of a kind any more."""
        return "archive", ""

    def view(self, desk: Desk, key: str) -> View:
        """Every term, those without an order by first letter, with its number of stories."""
        vocabulary = desk.catalog.vocabulary
        ranks = vocabulary.ranks(self.kind)
        rows = list(desk.catalog.terms.every(self.kind))
        ordered = sorted((row for row in rows if row.slug in ranks), key=lambda r: ranks[r.slug])
        others = (desk.counted(row) for row in rows if row.slug not in ranks)
        links = sorted(others, key=_sorted_as)
        topics = vocabulary.broadest() if self.kind == "tag" else []
        groups = groupby(links, lambda link: initial(link.text))
        place = self._addresses.indexes[self.kind].place()
        return TermsPage(
            head=desk.head(
                desk.words().gettext(INDEX_NAMES[self.kind]),
                place.address,
                place.output,
                feeds=desk.feed(),
            ),
            kind=self.kind,
            name=desk.words().gettext(INDEX_NAMES[self.kind]),
            count=len(rows),
            topics=tuple(_topic_link(desk, topic) for topic in topics),
            ordered=tuple(_described(desk, row) for row in ordered),
            groups=tuple(Initial(letter, tuple(group)) for letter, group in groups),
        )


def initial(name: str) -> str:
    """The letter that a name stands under; ``0–9`` for digits, ``#`` for the rest."""
    first = name[:1].upper()
    if first.isdigit():
        return "0–9"
    return first if first.isalpha() else "#"


def _sorted_as(link: Link) -> tuple[str, str, str]:
    return initial(link.text), link.text.casefold(), link.address


def _index_link(desk: Desk, kind: str) -> Link:
    pattern = desk.addresses.indexes[kind]
    return Link(pattern.place().address if pattern else "", desk.words().gettext(INDEX_NAMES[kind]))


def _crumbs(desk: Desk, row: TermRow) -> tuple[Link, ...]:
    """The way down to a term: the index of its kind, and the broader topics of a tag."""
    above = desk.catalog.vocabulary.above(row.slug) if row.kind == "tag" else []
    links = (Link(desk.addresses.term("tag", topic.slug).address, topic.label) for topic in above)
    return (_index_link(desk, row.kind), *links)


def _topic_link(desk: Desk, topic: Topic) -> Link:
    return Link(desk.addresses.term("tag", topic.slug).address, topic.label, topic.stories)


def _described(desk: Desk, row: TermRow) -> Described:
    entry = desk.catalog.vocabulary.entry(row.kind, row.slug)
    return Described(desk.counted(row), entry.description if entry else "")


def _about(desk: Desk, entry: TermEntry) -> About | None:
    """What is said of a term; None where that is only how it is spelt or where it belongs."""
    about = About(
        entry.description,
        entry.biography,
        desk.picture(entry.picture),
        tuple(identified(each) for each in entry.same_as),
        tuple(Note(text, address) for text, address in entry.links),
    )
    return about if any(structs.astuple(about)) else None


def identified(identifier: str) -> Note:
    """A link to a thing in Wikidata or in IPTC's Media Topics, by its identifier there."""
    scheme, _, number = identifier.partition(":")
    if number:
        return Note(f"IPTC {scheme}:{number}", f"http://cv.iptc.org/newscodes/mediatopic/{number}")
    return Note(f"Wikidata {identifier}", f"https://www.wikidata.org/wiki/{identifier}")


def _period_link(desk: Desk, row: TermRow, period: str, count: int = 0) -> Link:
    address = desk.addresses.term_period(row.kind, row.slug, period).address
    return Link(address, desk.period_name(period), count)


def _groups(desk: Desk, stories: list[Brief], period: str) -> tuple[Headlines, ...]:
    """Stories, newest first, by month in a year and by day in a month."""
    length = 7 if len(period) == 4 else 10
    return tuple(
        Headlines(desk.period_link(part), desk.headlines(group))
        for part, group in groupby(stories, lambda story: story.moment.day[:length])
    )
