"""What pages may do in a browser: the headers that hosts send with them, and the policy they carry.

A page runs no script, sends no form and loads nothing from another host but pictures, sound and
films of stories, and frames of hosts that the owner names (Content Security Policy, level 3). The
policy stands in each page too, for hosts that send no headers of ours.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping

REFERRERS = "strict-origin-when-cross-origin"
UNUSED = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "screen-wake-lock",
    "usb",
    "xr-spatial-tracking",
)
"""What browsers can do and an archive has no use for (Permissions Policy)."""

DOCUMENTS = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
"""The policy of an SVG or XML file that is looked at by itself.

A drawing has its styles in it, and browsers show a feed with styles of their own.
"""

_BASE = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "font-src": "'self'",
    "form-action": "'none'",
    "img-src": "'self' data: https:",
    "manifest-src": "'self'",
    "media-src": "'self' https:",
    "style-src": "'self'",
}
_TRUSTING = {
    "connect-src": "'self' https:",
    "font-src": "'self' data: https:",
    "form-action": "'self' https:",
    "frame-src": "'self' https:",
    "img-src": "'self' data: https:",
    "script-src": "'self' 'unsafe-inline' https:",
    "style-src": "'self' 'unsafe-inline' https:",
}


def directives(
    frames: Iterable[str], stated: Mapping[str, str], *, trusting: bool
) -> tuple[tuple[str, str], ...]:
    """The directives of the policy; ``frames`` are hosts, ``stated`` those in place of ours.

    ``trusting`` says that stories may have scripts and styles of their own.
    """
    hosts = " ".join(f"https://{host}" for host in frames)
    ours = _BASE | ({"frame-src": hosts} if hosts else {}) | (_TRUSTING if trusting else {})
    return tuple((ours | dict(stated)).items())


def policy(given: Iterable[tuple[str, str]], styles: Iterable[str]) -> str:
    """The policy that stands in a page; ``styles`` are the texts of style elements of templates."""
    hashes = "".join(f" {_hash(text)}" for text in styles)
    return "; ".join(
        f"{name} {sources}{hashes}" if name == "style-src" and "'unsafe-inline'" not in sources
        else f"{name} {sources}".rstrip()
        for name, sources in given
    )  # fmt: skip


def headers(page_policy: str) -> dict[str, str]:
    """The headers that go with every answer."""
    return {
        "Content-Security-Policy": f"{page_policy}; frame-ancestors 'self'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": REFERRERS,
        "Permissions-Policy": ", ".join(f"{name}=()" for name in UNUSED),
    }


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
