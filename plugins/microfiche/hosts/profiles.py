"""What hosts take, as their own documents said on the day that is named: facts, not promises.

A limit that is 0 is none, or none that is stated.
"""

from __future__ import annotations

from typing import NamedTuple

AS_OF = "2026-11"
"""The month in which the limits were looked up."""

_MIB = 1024 * 1024
_GB = 1_000_000_000


class Profile(NamedTuple):
    """A host's limits: files, those of one folder, bytes of one file and of all, and redirects."""

    label: str
    files: int = 0
    folder_files: int = 0
    file_bytes: int = 0
    bytes: int = 0
    rules: int = 0


PROFILES = {
    "apache": Profile("Apache"),
    "caddy": Profile("Caddy"),
    "cloudflare-pages": Profile(
        "Cloudflare Pages", files=20_000, file_bytes=25 * _MIB, rules=2_000
    ),
    "cloudflare-pages-paid": Profile(
        "Cloudflare Pages with a paid plan", files=100_000, file_bytes=25 * _MIB
    ),
    "github-pages": Profile("GitHub Pages", file_bytes=100 * _MIB, bytes=_GB),
    "gitlab-pages": Profile("GitLab Pages", files=200_000, bytes=_GB, rules=1_000),
    "netlify": Profile("Netlify", folder_files=54_000),
    "nginx": Profile("nginx"),
    "other": Profile("another host"),
}
"""Hosts by the name that ``ARCHIVE_HOST`` gives them."""
