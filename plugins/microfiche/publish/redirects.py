"""Where addresses lead that have no page any more.

In this order: where the ledger's owner or an ``Aliases`` header says; where the story with the same
identity is now; where the page of the same kind and key is now; where that is of the term that the
vocabulary takes it for; for a list, where the page above it is, or leads. Chains end at their last
page. What leads nowhere is lost: a publication stops there.

Where a term would be by another spelling, which stories use, leads on, published or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from microfiche.catalog import Catalog, Store
from microfiche.catalog.ledger import Book, Dead, Owned
from microfiche.errors import Problem, Severity
from microfiche.hosts.profiles import PROFILES
from microfiche.pages.kind import PageKind
from microfiche.publish.ledger import GONE, address_of, kind_and_key, lines, page_identity
from microfiche.scan import LEDGER

Page = tuple[str, str]
"""Kind and key of a page that is no story."""


class Lost(Exception):
    """An address leads nowhere; ``loop`` has the files that lead round to each other."""

    def __init__(self, loop: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.loop = loop


class Fates(NamedTuple):
    """What becomes of the addresses without a page: problems, and those that lead nowhere."""

    problems: list[Problem]
    lost: list[Dead]


class Guide:
    """Finds where addresses lead, by the plan and by what owners say."""

    def __init__(
        self, book: Book, catalog: Catalog, kinds: Iterable[PageKind], owned: Mapping[str, str]
    ) -> None:
        self._book = book
        self._catalog = catalog
        self._kinds = {kind.name: kind for kind in kinds}
        self._owned = owned
        # Asked at once, for an archive that has moved may have as many former addresses as stories.
        self._asked = {*owned, *owned.values()}
        self._living = book.living(self._asked)
        self._ends: dict[str, str] = {}

    def lives(self, path: str) -> bool:
        """Whether the plan has a page at a file."""
        return path in self._living if path in self._asked else self._book.lives(path)

    def end(self, path: str, passed: tuple[str, ...] = ()) -> str:
        """The file of the page that an address leads to in the end, ``gone`` if it is gone.

        Raises:
            Lost: where it leads nowhere, or round in a circle.
        """
        way = list(passed)
        end = self._ends.get(path)
        while not end:
            if path in way:
                raise Lost(tuple(way[way.index(path) :]))
            way.append(path)
            leads = self._owned.get(path)
            if self.lives(path):
                end = path
            elif leads == GONE:
                end = GONE
            elif leads:
                path = leads
                end = self._ends.get(path)
            else:
                end = self.heir(path, self._book.identity(path), tuple(way))
        self._ends.update(dict.fromkeys(way[len(passed) :], end))
        return end

    def heir(self, path: str, identity: str, passed: tuple[str, ...] = ()) -> str:
        """Where the page is that an address had.

        Raises:
            Lost: where it is nowhere.
        """
        page = kind_and_key(identity)
        end = self._of_page(page, passed) if page else self._book.home_of_story(identity)
        if not end:
            raise Lost
        return GONE if _is_html(end) and not _is_html(path) and page else end

    def _of_page(self, page: Page, passed: tuple[str, ...]) -> str:
        """Where a page that is no story is, or leads by what is said of it or of those above it."""
        for above in self._up(page):
            home = self._book.home(*above) or self._book.home(*self._respelt(above))
            if home:
                return home
            for path in self._book.files(page_identity(*above)):
                if path in self._owned:
                    end = self.end(path, passed)
                    return end if end == GONE else self._counterpart(page, above, end)
        return ""

    def _counterpart(self, page: Page, above: Page, end: str) -> str:
        """What a page is below the one that the page above it leads to: a year of another tag."""
        owner = self._book.owner(end)
        if not owner or owner[0] != above[0] or not page[1].startswith(above[1]):
            return end
        twin = (page[0], owner[1] + page[1][len(above[1]) :])
        homes = (self._book.home(*each) for each in self._up(twin))
        return next(filter(None, homes), end)

    def _respelt(self, page: Page) -> Page:
        """The page of the same kind that the vocabulary's spelling of its term has."""
        kind = self._kinds.get(page[0])
        return (page[0], kind.respelt(self._catalog, page[1])) if kind else page

    def _up(self, page: Page) -> Iterator[Page]:
        """A page and those above it."""
        found: Page | None = page
        while found:
            yield found
            kind = self._kinds.get(found[0])
            found = kind.above(found[1]) if kind else None

    def hangs(self, identity: str) -> bool:
        """Whether a page leads nowhere only because one above it that was published does."""
        page = kind_and_key(identity)
        above = list(self._up(page))[1:] if page else ()
        return any(self._book.files(page_identity(*each)) for each in above)


def settle(store: Store, kinds: Iterable[PageKind], ledger: Path, *, everything: bool) -> Fates:
    """Set where each address without a page leads.

    The plan has all pages already but those that follow from which others there are.
    """
    book = Book(store.db)
    book.look(everything=everything)
    owned = list(book.owned())
    said = {each.path: each.leads for each in reversed(owned)}
    catalog = Catalog(store.db)
    guide = Guide(book, catalog, kinds, said)
    found: dict[str, str] = {}
    said_wrong = [*_contradictions(owned), *_of_owners(book, guide, owned, found)]
    lost = _of_ledger(book, guide, said, found)
    for kind in kinds:
        for path, key in kind.spellings(catalog):
            home = book.home(kind.name, key)
            if home and path not in said and not book.lives(path):
                found.setdefault(path, home)
    book.redirect({path: "" if end == GONE else end for path, end in found.items()})
    problems = [*_numbered(said_wrong, ledger), *_many(len(found))]
    return Fates(problems, [dead for dead in lost if not guide.hangs(dead.identity)])


def _of_ledger(
    book: Book, guide: Guide, said: Mapping[str, str], found: dict[str, str]
) -> list[Dead]:
    """Find where the ledger's other addresses lead; those that lead nowhere."""
    lost = []
    for dead in book.dead():
        if dead.path not in said:
            try:
                found[dead.path] = dead.home or guide.heir(dead.path, dead.identity, (dead.path,))
            except Lost:
                lost.append(dead)
    return lost


def _of_owners(
    book: Book, guide: Guide, owned: Iterable[Owned], found: dict[str, str]
) -> Iterator[_Said]:
    """Find where what owners say leads; what is wrong with it."""
    circling: set[str] = set()
    for each in owned:
        if guide.lives(each.path):
            if each.leads != each.path:
                yield _shadows(book, each)
            continue
        if above := book.file_above(each.path):
            yield _below_a_file(each, above)
            continue
        try:
            found[each.path] = guide.end(each.path)
        except Lost as lost:
            if lost.loop and (each.path not in lost.loop or each.path in circling):
                continue  # a circle is told once, by a line of its own
            circling.update(lost.loop)
            yield _leads_nowhere(each, lost)


def _many(rules: int) -> Iterator[Problem]:
    """A note where the rules are more than a host heeds."""
    limits = sorted((each.rules, each.label) for each in PROFILES.values() if each.rules)
    passed = [f"{host} ({limit:,})" for limit, host in limits if rules > limit]
    if passed:
        what = f"it has {rules:,} rules, more than {' and '.join(passed)} heed"
        remedy = "the pages at the former addresses lead on there"
        yield Problem("_redirects", 0, what, remedy, Severity.NOTE, inside=False)


def _is_html(path: str) -> bool:
    return path.endswith((".html", ".htm"))


class _Said(NamedTuple):
    """Something wrong with what an owner says."""

    owned: Owned
    what: str
    remedy: str


def _shadows(book: Book, each: Owned) -> _Said:
    kind, key = book.owner(each.path) or ("", "")
    page = f"{key!r}" if kind in ("story", "page", "static") else f"the {kind} page"
    what = f"the address {address_of(each.path)} is that of {page}, and cannot lead elsewhere"
    remedy = "take it out of Aliases" if each.source else "delete the line"
    return _Said(each, what, f"{remedy}, or give that page another address")


def _below_a_file(each: Owned, file: str) -> _Said:
    what = f"the address {address_of(each.path)} would lie below the file {file!r} of the archive"
    return _Said(each, what, "take it out of Aliases" if each.source else "delete the line")


def _leads_nowhere(each: Owned, lost: Lost) -> _Said:
    if lost.loop:
        circle = " → ".join(map(address_of, (*lost.loop, lost.loop[0])))
        return _Said(each, f"these addresses lead in a circle: {circle}", "have one lead to a page")
    what = f"{address_of(each.path)} leads to {address_of(each.leads)}, where there is no page"
    return _Said(each, what, f"give the address of a page, or write `{GONE}`")


def _contradictions(owned: Iterable[Owned]) -> Iterator[_Said]:
    """Stories that claim an address as their former one of which something else is said."""
    said: dict[str, Owned] = {}
    for each in owned:
        first = said.setdefault(each.path, each)
        if each.source and first.leads != each.leads:
            by = f"{first.source!r}" if first.source else "the ledger"
            what = f"the alias {address_of(each.path)} is claimed by {by} too"
            yield _Said(each, what, "keep one of the two")


def _numbered(said: Iterable[_Said], ledger: Path) -> list[Problem]:
    """Problems with the numbers of the lines that the ledger has now."""
    said = list(said)
    wanted = {each.owned.line for each in said} - {""}
    numbers = {line.text: line.number for line in lines(ledger, [])} if wanted else {}
    return [
        Problem(
            each.owned.source or LEDGER, numbers.get(each.owned.line, 1), each.what, each.remedy
        )
        for each in said
    ]
