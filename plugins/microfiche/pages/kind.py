"""What a page kind is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

from microfiche.catalog.queries import Catalog
from microfiche.pages.desk import Desk
from microfiche.records import Claim, Stage
from microfiche.views import View


class PageKind(ABC):
    """One kind of output: which pages there are, which a change may touch, what each shows."""

    name: str
    """How outputs of this kind are known in the catalog and in explanations."""

    template = ""
    """The template's file name; empty for a kind whose pages no template makes."""

    document: Callable[[Any], bytes] | None = None
    """What makes the bytes of such a page of its view."""

    lasting = True
    """Whether readers may rely on its addresses: the ledger keeps them."""

    stage = Stage.LISTS
    """When a publication puts its files before the public."""

    named = False
    """Whether its files are named by what they hold, so that they may be kept for ever."""

    follows = False
    """Whether its pages follow from which others there are: it is asked after all others."""

    daily = False
    """Whether its pages show something of the day of the build: another day touches them."""

    @abstractmethod
    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every page of this kind."""

    @abstractmethod
    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """The pages that what changed may touch, and those that may be no more.

        More than needed is correct, one less is a bug.
        """

    @abstractmethod
    def view(self, desk: Desk, key: str) -> View:
        """What the template sees of a page."""

    def above(self, key: str) -> tuple[str, str] | None:
        """Kind and key of the page to lead readers to where this one is no more, None if none is.

        A list is above those that are cut from it. The key is the ledger's, and may be none that
        this kind ever had.
        """
        return None

    def respelt(self, catalog: Catalog, key: str) -> str:
        """The key of the page whose term a page's term is a spelling of; of others, their own."""
        return key

    def spellings(self, catalog: Catalog) -> Iterator[tuple[str, str]]:
        """Files that pages would have by other spellings that stories use, and the pages' keys."""
        return iter(())

    def page_template(self, view: View) -> str:
        """The template of one page: the kind's, where the page names no other."""
        return self.template


class Single(PageKind):
    """A kind of which there is one page; it may change whenever a story does."""

    output: str

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """The one page, unless it is switched off."""
        if self.output:
            yield Claim("", self.output)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """The one page, if any story changed, or the day where the page shows it."""
        if catalog.changed() or (self.daily and catalog.almanac.turned()):
            yield from self.keys(catalog)
