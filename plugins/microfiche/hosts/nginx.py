"""Two files for nginx: one is included in its ``http`` block, one in a ``server`` block."""

from __future__ import annotations

import re
from collections.abc import Iterator

from microfiche.catalog.redirects import Rule
from microfiche.hosts.rules import (
    DAY,
    DOCUMENT_ENDS,
    LONG,
    SHORT,
    HostView,
    as_pattern,
    encoded,
    ends_pattern,
    folders_pattern,
    forms,
)
from microfiche.publish.policy import TYPES, TYPES_OF_NAMES, UNKNOWN
from microfiche.publish.protection import DOCUMENTS, headers

_BUCKET = 128
_PLAIN = re.compile(r"""[^A-Z"\\$\x00-\x20\x7f]+""")
_CHARSET = "; charset=utf-8"
_POLICY = "Content-Security-Policy"


def http(view: HostView) -> str:
    """Maps from decoded addresses: where each leads or ``gone``, how long it is kept, its policy.

    Plain keys of a map are compared whatever the case of their letters, so that one with a capital
    is written as a regular expression. What leads on is looked up anew for the page of an error.
    """
    rows = [row for rule in view.rules for row in _rows(view.base, rule)]
    kept = [(f"~^(?:{folders_pattern(view)})", LONG)] if view.kept else []
    lines = [
        "# Written by Microfiche; include it in the http block, and server.nginx.conf in server.",
        *_sizes(rows),
        *_map("moved", "", rows, volatile=True),
        *_map("cache", SHORT, [*kept, (rf"~*\.(?:{ends_pattern()})$", DAY)]),
        *_map("policy", headers(view.policy)[_POLICY], [(rf"~*\.(?:{DOCUMENT_ENDS})$", DOCUMENTS)]),
    ]
    return "\n".join([*lines, ""])


def server(view: HostView) -> str:
    """What answers say: redirects, errors, headers and content types."""
    fixed = {name: value for name, value in headers(view.policy).items() if name != _POLICY}
    lost = f"{view.base}404.html"
    lines = [
        "# Written by Microfiche; include it in a server block that sets root.",
        "index index.html;",
        "absolute_redirect off;",
        f"error_page 404 {lost};",
        f"error_page 410 {lost};",
        'if ($microfiche_moved = "gone") { return 410; }',
        "if ($microfiche_moved) { return 301 $microfiche_moved; }",
        "add_header Cache-Control $microfiche_cache;",
        f"add_header {_POLICY} $microfiche_policy always;",
        *(f'add_header {name} "{value}" always;' for name, value in fixed.items()),
        *_types(),
    ]
    return "\n".join([*lines, ""])


def _sizes(rows: list[tuple[str, str]]) -> list[str]:
    longest = max((len(key.encode()) for key, _ in rows), default=0)
    bucket = _BUCKET
    while bucket < longest + 32:
        bucket *= 2
    size = 2048
    while size < len(rows):
        size *= 2
    return [f"map_hash_bucket_size {bucket};", f"map_hash_max_size {size};"]


def _map(
    name: str, default: str, rows: list[tuple[str, str]], *, volatile: bool = False
) -> Iterator[str]:
    yield f"map $uri $microfiche_{name} {{"
    if volatile:
        yield "    volatile;"
    yield f'    default "{default}";'
    yield from (f'    "{key}" "{value}";' for key, value in rows)
    yield "}"


def _rows(base: str, rule: Rule) -> Iterator[tuple[str, str]]:
    value = "gone" if rule.address is None else encoded(base, rule.address)
    for start in forms(rule.path):
        key = f"{base}{start}"
        yield (key if _PLAIN.fullmatch(key) else f"~^{as_pattern(key)}$"), value


def _types() -> Iterator[str]:
    ends: dict[str, list[str]] = {}
    for end, kind in TYPES.items():
        ends.setdefault(kind.removesuffix(_CHARSET), []).append(end[1:])
    texts = sorted({kind.removesuffix(_CHARSET) for kind in TYPES.values() if _CHARSET in kind})
    yield "types {"
    yield from (f"    {kind} {' '.join(names)};" for kind, names in ends.items())
    yield "}"
    yield f"default_type {UNKNOWN};"
    yield "charset utf-8;"
    texts.remove("text/html")  # nginx has it always, and warns of it twice
    yield f"charset_types {' '.join(texts)};"
    feed = TYPES_OF_NAMES["feed.json"]
    yield rf"location ~ /feed\.json$ {{ types {{ }} default_type {feed}; }}"
