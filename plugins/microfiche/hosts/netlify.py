"""``_redirects`` and ``_headers``, as Netlify and Cloudflare Pages read them."""

from __future__ import annotations

from microfiche.hosts.rules import LONG, HostView, address_of, encoded
from microfiche.publish.policy import TYPES_OF_NAMES
from microfiche.publish.protection import headers

_DEPTHS = ("", ":one/", ":one/:two/")
_FEED = "feed.json"


def redirects(view: HostView) -> str:
    """``_redirects``: from, to and status, a line each.

    Cloudflare passes over what is gone, and answers 404 there.
    """
    lines = ["# Former addresses. Written by Microfiche."]
    for rule in view.rules:
        start = encoded(view.base, address_of(rule.path))
        if rule.address is None:
            lines.append(f"{start} {view.base}404.html 410")
        else:
            lines.append(f"{start} {encoded(view.base, rule.address)} 301")
    return "\n".join(lines) + "\n"


def header_file(view: HostView) -> str:
    """``_headers``: a pattern of addresses, then headers.

    Hosts put together what several patterns say of one header, each in its own way, so that no
    header stands twice: how long pages are kept is left to the host, and both have browsers ask
    each time.
    """
    blocks = [("*", headers(view.policy))]
    blocks += [(f"{folder}/*", {"Cache-Control": LONG}) for folder in view.kept]
    blocks += [(f"{depth}{_FEED}", {"Content-Type": TYPES_OF_NAMES[_FEED]}) for depth in _DEPTHS]
    lines = ["# Written by Microfiche."]
    for pattern, fields in blocks:
        lines.append(f"{view.base}{pattern}")
        lines += [f"  {name}: {value}" for name, value in fields.items()]
    return "\n".join(lines) + "\n"
