"""Sources: every outside publication or document, with the stories that rest on it.

Where the sources are many, their
index is cut by the first letter of their slugs, and does not count stories: then it changes only
when a source comes or goes, and with it one letter's page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import structs

from microfiche.addresses import Addresses
from microfiche.catalog.queries import Catalog
from microfiche.pages.desk import INDEX_NAMES, Desk
from microfiche.pages.kind import PageKind
from microfiche.pages.terms import (
    TermIndex,
    TermPage,
    TermPeriodPage,
    TermPeriods,
    Terms,
)
from microfiche.records import Claim
from microfiche.views import Card, Head, Headline, Link, Note, View

KIND = "source"
_MOST = 1000


class SourcePage(TermPage, frozen=True):
    """A source: ``documents`` has, by the address of a story, what it rests on."""

    documents: dict[str, tuple[Note, ...]]


class SourcePeriodPage(TermPeriodPage, frozen=True):
    """A source's stories of a year or a month, likewise."""

    documents: dict[str, tuple[Note, ...]]


class SourceLetterPage(View, frozen=True):
    """The sources under a letter; or, as their index, all letters with their numbers of sources."""

    head: Head
    name: str
    sources: tuple[Link, ...] = ()
    letters: tuple[Link, ...] = ()


class Sources(Terms):
    """One page a source."""

    template = "source.html"

    def view(self, desk: Desk, key: str) -> SourcePage:
        """A source with its newest stories, and what each has of it."""
        page = super().view(desk, key)
        documents = _documents(desk, key, page.latest)
        return SourcePage(**structs.asdict(page), documents=documents)


class SourcePeriods(TermPeriods):
    """The years and months of sources."""

    template = "source_period.html"

    def view(self, desk: Desk, key: str) -> SourcePeriodPage:
        """The stories of a year by month, or of a month by day."""
        page = super().view(desk, key)
        lines = [line for group in page.groups for line in group.headlines]
        documents = _documents(desk, key.rsplit("/", 1)[0], lines)
        return SourcePeriodPage(**structs.asdict(page), documents=documents)


class SourceIndex(TermIndex):
    """The index of all sources, or of their letters."""

    def view(self, desk: Desk, key: str) -> View:
        """Every source with its number of stories; every letter where they are too many."""
        if desk.catalog.citations.count() <= one_page(self._page_size):
            return super().view(desk, key)
        place = self._addresses.indexes[KIND].place()
        name = desk.words().gettext(INDEX_NAMES[KIND])
        return SourceLetterPage(
            head=desk.head(name, place.address, place.output),
            name=name,
            letters=tuple(
                Link(self._addresses.source_letter(letter).address, letter.upper(), count)
                for letter, count in desk.catalog.citations.letters()
            ),
        )

    def page_template(self, view: View) -> str:
        """The template of an index, or of one that is cut."""
        return "source_letter.html" if isinstance(view, SourceLetterPage) else self.template


class SourceLetters(PageKind):
    """One page a letter, where sources are more than stand on one page."""

    name = "source letter"
    template = "source_letter.html"

    def __init__(self, addresses: Addresses, page_size: int) -> None:
        self._addresses = addresses
        self._most = one_page(page_size)
        self._on = bool(addresses.terms[KIND] and addresses.indexes[KIND])

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every letter, if sources are too many for one page."""
        if self._on and catalog.citations.count() > self._most:
            for letter in catalog.citations.letters():
                yield self._claim(letter.period, exists=True)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """The letters of changed stories' sources; all when the index is cut or made whole."""
        changes = catalog.terms.changes(KIND) if self._on else []
        if not changes:
            return
        count = catalog.citations.count()
        there = {letter.period for letter in catalog.citations.letters()}
        letters = set(catalog.citations.letters_touched())
        if abs(count - self._most) <= len(changes):
            letters |= there
        for letter in sorted(letters):
            yield self._claim(letter, exists=count > self._most and letter in there)

    def _claim(self, letter: str, *, exists: bool) -> Claim:
        return Claim(letter, self._addresses.source_letter(letter).output if exists else None)

    def above(self, key: str) -> tuple[str, str] | None:
        """The index."""
        return f"{KIND} index", ""

    def view(self, desk: Desk, key: str) -> SourceLetterPage:
        """The sources under a letter, by name."""
        place = self._addresses.source_letter(key)
        index = self._addresses.indexes[KIND].place()
        name = desk.words().gettext(INDEX_NAMES[KIND])
        links = [
            Link(self._addresses.term(KIND, slug).address, label)
            for slug, label in desk.catalog.citations.under(key)
        ]
        return SourceLetterPage(
            head=desk.head(
                f"{name}, {key.upper()}",
                place.address,
                place.output,
                crumbs=(Link(index.address, name),),
            ),
            name=f"{name}, {key.upper()}",
            sources=tuple(sorted(links, key=lambda link: (link.text.casefold(), link.address))),
        )


def one_page(page_size: int) -> int:
    """How many sources stand on one page: as many pages' worth as a page has stories."""
    return min(page_size * page_size, _MOST)


def _documents(
    desk: Desk, source: str, cards: Sequence[Card | Headline]
) -> dict[str, tuple[Note, ...]]:
    """What these stories rest on, by their address; what only repeats the source's name is not."""
    if not cards:
        return {}
    days = [card.time.day for card in cards]
    found = desk.catalog.citations.documents(source, min(days), max(days))
    row = desk.term(KIND, source)
    label = row.label if row else ""
    return {
        card.address: tuple(
            Note(note.text, note.href)
            for note in found[card.address]
            if note.href or note.text != label
        )
        for card in cards
    }
