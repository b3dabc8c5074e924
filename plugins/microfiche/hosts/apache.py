"""``.htaccess`` for Apache."""

from __future__ import annotations

from collections.abc import Iterator

from microfiche.hosts.rules import (
    DAY,
    DOCUMENT_ENDS,
    LONG,
    SHORT,
    HostView,
    address_of,
    as_pattern,
    encoded,
    ends_pattern,
    folders_pattern,
)
from microfiche.publish.policy import TYPES, TYPES_OF_NAMES
from microfiche.publish.protection import DOCUMENTS, headers


def htaccess(view: HostView) -> str:
    """Redirects, errors, headers and content types, each where its module is there."""
    lost = f"{view.base}404.html"
    lines = [
        "# Written by Microfiche.",
        f"ErrorDocument 404 {lost}",
        f"ErrorDocument 410 {lost}",
        *_where("mime", _types()),
        *_where("headers", _headers(view)),
        *_where("rewrite", _redirects(view)),
    ]
    return "\n".join([*lines, ""])


def _where(module: str, lines: Iterator[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield f"<IfModule mod_{module}.c>"
        yield from found
        yield "</IfModule>"


def _types() -> Iterator[str]:
    for end, kind in TYPES.items():
        yield f'AddType "{kind}" {end}'
    yield r'<FilesMatch "^feed\.json$">'
    yield f"ForceType {TYPES_OF_NAMES['feed.json']}"
    yield "</FilesMatch>"


def _headers(view: HostView) -> Iterator[str]:
    for name, value in headers(view.policy).items():
        yield f'Header always set {name} "{value}"'
    document = rf"expr=%{{REQUEST_URI}} =~ m#\.({DOCUMENT_ENDS})$#i"
    yield f'Header always set Content-Security-Policy "{DOCUMENTS}" "{document}"'
    yield f'Header set Cache-Control "{SHORT}"'
    ends = rf"expr=%{{REQUEST_URI}} =~ m#\.({ends_pattern()})$#i"
    yield f'Header set Cache-Control "{DAY}" "{ends}"'
    if view.kept:
        folders = f"expr=%{{REQUEST_URI}} =~ m#^({folders_pattern(view)})#"
        yield f'Header set Cache-Control "{LONG}" "{folders}"'
    yield 'Header unset Cache-Control "expr=%{REQUEST_STATUS} -ge 400"'


def _redirects(view: HostView) -> Iterator[str]:
    """Rules count from the folder that the file lies in."""
    if view.rules:
        yield "RewriteEngine On"
    for rule in view.rules:
        start = f"^{as_pattern(address_of(rule.path)).removesuffix('/')}"
        start += "/?$" if rule.path.endswith("index.html") else "$"
        if rule.address is None:
            yield f'RewriteRule "{start}" "-" [G]'
        else:
            yield f'RewriteRule "{start}" "{encoded(view.base, rule.address)}" [R=301,L,NE]'
