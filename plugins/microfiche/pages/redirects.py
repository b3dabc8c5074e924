"""Addresses that have no page any more: a page at each that leads on, and rules for hosts.

The page works on every host. The rules have a host answer by itself: with 301 (moved permanently)
or 410 (gone), as RFC 9110 has them. In all of them addresses are percent-encoded but for letters,
digits and ``-._~/`` (RFC 3986, unreserved), so that nothing in them means anything to a host.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator
from urllib.parse import quote, unquote

from microfiche.addresses import base_of
from microfiche.catalog.queries import Catalog
from microfiche.catalog.redirects import Rule
from microfiche.pages.desk import Desk
from microfiche.pages.kind import PageKind
from microfiche.records import Claim
from microfiche.views import Head, Link, View

NETLIFY = "_redirects"
NGINX = "redirects.nginx.conf"
APACHE = ".htaccess"
_NGINX_BUCKET = 128
_LITERAL = frozenset(f"{string.ascii_letters}{string.digits}/_-")
_PLAIN = re.compile(r"""[^A-Z"\\$\x00-\x20\x7f]+""")


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


class RulesView(View, frozen=True):
    """Rules for a host: ``base`` is the path at which the site stands."""

    base: str
    rules: tuple[Rule, ...]


class HostRules(PageKind):
    """The rules of one host, in the file where it looks for them; none where nothing has moved.

    An archive that publishes a file of that name keeps its own.
    """

    lasting = False
    follows = True

    def __init__(self, name: str, output: str, write: Callable[[RulesView], str]) -> None:
        self.name = name
        self.output = output
        self.document = lambda view: write(view).encode()

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """The one file."""
        exists = catalog.redirects.any() and not catalog.redirects.taken(self.output, self.name)
        yield Claim("", self.output if exists else None)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """The one file, if any address leads elsewhere, or the archive has such a file now."""
        (claim,) = self.keys(catalog)
        there = catalog.redirects.there(self.name)
        if catalog.redirects.changed() or there != (claim.output is not None):
            yield claim

    def view(self, desk: Desk, key: str) -> RulesView:
        """Every rule."""
        return RulesView(base_of(desk.site.url), tuple(desk.catalog.redirects.rules()))


def hosts() -> tuple[HostRules, ...]:
    """The rules for each host."""
    return (
        HostRules("_redirects", NETLIFY, netlify),
        HostRules("nginx redirects", NGINX, nginx),
        HostRules("apache redirects", APACHE, apache),
    )


def netlify(view: RulesView) -> str:
    """``_redirects`` for Netlify and Cloudflare Pages: from, to and status, a line each.

    Cloudflare passes over what is gone, and answers 404 there.
    """
    lines = ["# Former addresses. Written by Microfiche."]
    for rule in view.rules:
        start = _encoded(view.base, address_of(rule.path))
        if rule.address is None:
            lines.append(f"{start} {view.base}404.html 410")
        else:
            lines.append(f"{start} {_encoded(view.base, rule.address)} 301")
    return "\n".join(lines) + "\n"


def nginx(view: RulesView) -> str:
    """A map for nginx from decoded addresses; ``gone`` or where each leads.

    Plain keys of a map are compared whatever the case of their letters, so that one with a capital
    is written as a regular expression.
    """
    rows = [row for rule in view.rules for row in _nginx_rows(view.base, rule)]
    longest = max((len(key.encode()) for key, _ in rows), default=0)
    bucket = _NGINX_BUCKET
    while bucket < longest + 32:
        bucket *= 2
    size = 2048
    while size < len(rows):
        size *= 2
    head = [
        "# Former addresses. Written by Microfiche; include it in the http block, and write into",
        "# the server block:",
        '#   if ($microfiche_moved = "gone") { return 410; }',
        "#   if ($microfiche_moved) { return 301 $microfiche_moved; }",
        f"map_hash_bucket_size {bucket};",
        f"map_hash_max_size {size};",
        "map $uri $microfiche_moved {",
        '    default "";',
    ]
    return "\n".join([*head, *(f'    "{key}" "{value}";' for key, value in rows), "}", ""])


def _nginx_rows(base: str, rule: Rule) -> Iterator[tuple[str, str]]:
    value = "gone" if rule.address is None else _encoded(base, rule.address)
    for start in _forms(rule.path):
        key = f"{base}{start}"
        yield (key if _PLAIN.fullmatch(key) else f"~^{_as_regex(key)}$"), value


def apache(view: RulesView) -> str:
    """``.htaccess`` for Apache, with mod_rewrite where it is there."""
    lines = ["# Former addresses. Written by Microfiche.", "<IfModule mod_rewrite.c>"]
    lines.append("RewriteEngine On")
    for rule in view.rules:
        start = f"^{_as_regex(address_of(rule.path)).removesuffix('/')}"
        start += "/?$" if rule.path.endswith("index.html") else "$"
        if rule.address is None:
            lines.append(f'RewriteRule "{start}" "-" [G]')
        else:
            lines.append(
                f'RewriteRule "{start}" "{_encoded(view.base, rule.address)}" [R=301,L,NE]'
            )
    return "\n".join([*lines, "</IfModule>", ""])


def address_of(path: str) -> str:
    """The address of a file, relative to the root and not encoded."""
    return (
        path[: -len("index.html")] if path == "index.html" or path.endswith("/index.html") else path
    )


def _forms(path: str) -> tuple[str, ...]:
    """The addresses that a server answers with a file: a folder's with its slash and without."""
    address = address_of(path)
    return (address, address[:-1]) if address.endswith("/") else (address,)


def _encoded(base: str, address: str) -> str:
    return quote(unquote(f"{base}{address}"), safe="/-._~")


def _as_regex(text: str) -> str:
    """A regular expression (PCRE) that matches these bytes, without quotes, spaces and ``$``."""
    return "".join(
        chr(byte) if chr(byte) in _LITERAL else f"\\x{byte:02x}" for byte in text.encode()
    )
