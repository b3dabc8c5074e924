"""What hosts are told, as files of the output: one kind of page a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from microfiche.addresses import base_of
from microfiche.catalog.queries import Catalog
from microfiche.hosts import apache, caddy, netlify, nginx
from microfiche.hosts.rules import HostView
from microfiche.imaging import FOLDER
from microfiche.pages.desk import Desk
from microfiche.pages.kind import PageKind
from microfiche.records import Claim
from microfiche.settings import Settings
from microfiche.theme import Theme


class HostFile(PageKind):
    """One file, where a host looks for it. An archive that publishes such a file keeps its own."""

    lasting = False
    follows = True

    def __init__(
        self,
        name: str,
        output: str,
        write: Callable[[HostView], str],
        told: tuple[str, tuple[str, ...]],
    ) -> None:
        """``told`` are the policy of pages and the folders of files named by what they hold."""
        self.name = name
        self.output = output
        self.document = lambda view: write(view).encode()
        self._told = told

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """The one file."""
        taken = catalog.redirects.taken(self.output, self.name)
        yield Claim("", None if taken or not self._needed(catalog) else self.output)

    def _needed(self, catalog: Catalog) -> bool:
        """Whether it has something to say."""
        return True

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """The one file, if any address leads elsewhere, or the archive has such a file now."""
        (claim,) = self.keys(catalog)
        there = catalog.redirects.there(self.name)
        if catalog.redirects.changed() or there != (claim.output is not None):
            yield claim

    def view(self, desk: Desk, key: str) -> HostView:
        """Every rule, the policy, and what is kept for long."""
        return HostView(base_of(desk.site.url), tuple(desk.catalog.redirects.rules()), *self._told)


class RuleFile(HostFile):
    """A file of rules alone: there is none where nothing has moved."""

    def _needed(self, catalog: Catalog) -> bool:
        return catalog.redirects.any()


def hosts(settings: Settings, theme: Theme) -> tuple[HostFile, ...]:
    """The files of the host that the settings name; of all hosts that have some, if of none."""
    told = (theme.policy(settings.site.policy), (settings.reading.addresses.theme, FOLDER))
    pages = ("netlify", "cloudflare-pages", "cloudflare-pages-paid")
    files = (
        ((*pages, "gitlab-pages"), RuleFile("_redirects", "_redirects", netlify.redirects, told)),
        (pages, HostFile("_headers", "_headers", netlify.header_file, told)),
        (("nginx",), HostFile("nginx maps", "http.nginx.conf", nginx.http, told)),
        (("nginx",), HostFile("nginx server", "server.nginx.conf", nginx.server, told)),
        (("apache",), HostFile("apache", ".htaccess", apache.htaccess, told)),
        (("caddy",), HostFile("caddy", "site.caddy", caddy.site, told)),
    )
    host = settings.site.host
    return tuple(file for names, file in files if not host or host in names)
