"""A page at each address that has none of its own any more, which leads on, on every host."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from microfiche.catalog.queries import Catalog
from microfiche.pages.desk import Desk
from microfiche.pages.kind import PageKind
from microfiche.records import Claim
from microfiche.views import Head, Link, View


class RedirectPage(View, frozen=True):
    """A page that leads on; the link's text is the address as a reader sees it."""

    head: Head
    link: Link


class Redirects(PageKind):
    """A page at each former address, for hosts that know no redirects.

    None stands where something is gone, or where a file would have a name that no server sends as
    HTML, or that differs from another in the case of letters alone.
    """

    name = "redirect"
    template = "redirect.html"
    lasting = False
    follows = True

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every address that leads on."""
        return map(Claim._make, catalog.redirects.pages())

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """Those that lead elsewhere than before."""
        return map(Claim._make, catalog.redirects.pages_touched())

    def view(self, desk: Desk, key: str) -> RedirectPage:
        """Where the page is now; that is its canonical address too."""
        address = desk.catalog.redirects.rule(key).address or ""
        return RedirectPage(
            head=desk.head(unquote(f"/{address}"), address, key, about=None),
            link=Link(address, unquote(f"/{address}")),
        )
