"""``site.caddy``, which is imported into a site's block of a Caddyfile."""

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
    as_text_pattern,
    encoded,
    ends_pattern,
    forms,
)
from microfiche.publish.policy import TYPES, TYPES_OF_NAMES
from microfiche.publish.protection import DOCUMENTS, headers

_PLAIN = re.compile(r"[\w/.~-]+")


def site(view: HostView) -> str:
    """Redirects, errors, headers and content types; the block itself sets ``root``."""
    lines = [
        "# Written by Microfiche; import it into the block of a site that sets root.",
        *_redirects(view),
        *_headers(view),
        "file_server",
        "handle_errors {",
        "    header -Cache-Control",
        '    header Content-Type "text/html; charset=utf-8"',
        f"    rewrite * {view.base}404.html",
        "    file_server",
        "}",
    ]
    return "\n".join([*lines, ""])


def _redirects(view: HostView) -> Iterator[str]:
    if not view.rules:
        return
    yield from _map("moved", "", [row for rule in view.rules for row in _rows(view, rule)])
    yield '@microfiche_gone expression `{microfiche_moved} == "gone"`'
    yield 'error @microfiche_gone "Gone" 410'
    yield '@microfiche_moved expression `{microfiche_moved} != "" && {microfiche_moved} != "gone"`'
    yield "redir @microfiche_moved {microfiche_moved} 301"


def _rows(view: HostView, rule: Rule) -> Iterator[tuple[str, str]]:
    value = "gone" if rule.address is None else encoded(view.base, rule.address)
    for start in forms(rule.path):
        key = f"{view.base}{start}"
        yield (key if _PLAIN.fullmatch(key) else f"~^{as_text_pattern(key)}$"), value


def _headers(view: HostView) -> Iterator[str]:
    fields = headers(view.policy)
    page_policy = fields.pop("Content-Security-Policy")
    folders = "|".join(as_text_pattern(f"{view.base}{folder}/") for folder in view.kept)
    kept = [(f"~^(?:{folders})", LONG)] if folders else []
    yield from _map("cache", SHORT, [*kept, (rf"~(?i)\.(?:{ends_pattern()})$", DAY)])
    yield from _map("policy", page_policy, [(rf"~(?i)\.(?:{DOCUMENT_ENDS})$", DOCUMENTS)])
    yield from _map("type", "", list(_types()))
    yield "header {"
    yield from (f'    {name} "{value}"' for name, value in fields.items())
    yield "    Cache-Control {microfiche_cache}"
    yield "    Content-Security-Policy {microfiche_policy}"
    yield "}"
    yield '@microfiche_typed expression `{microfiche_type} != ""`'
    yield "header @microfiche_typed Content-Type {microfiche_type}"


def _map(name: str, default: str, rows: list[tuple[str, str]]) -> Iterator[str]:
    yield f"map {{path}} {{microfiche_{name}}} {{"
    yield from (f'    "{key}" "{value}"' for key, value in rows)
    yield f'    default "{default}"'
    yield "}"


def _types() -> Iterator[tuple[str, str]]:
    """Content types by patterns of names."""
    yield r"~/feed\.json$", TYPES_OF_NAMES["feed.json"]
    for end, kind in TYPES.items():
        yield rf"~(?i)\{end}$", kind
