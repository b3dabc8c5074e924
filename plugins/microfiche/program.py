"""The digest of this program: its own files and the versions of what it builds on."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

LIBRARIES = (
    "babel",
    "docutils",
    "jinja2",
    "lxml",
    "markdown",
    "msgspec",
    "nh3",
    "pelican",
    "pillow",
    "pygments",
)
"""Libraries that pages are made with; ``tzdata`` and ``unidecode`` decide dates and addresses."""


@cache
def digest() -> bytes:
    """Changes whenever another program could make another page of the same sources."""
    found = hashlib.blake2b(digest_size=16)
    package = Path(__file__).parent
    for path in sorted(package.rglob("*.py")):
        found.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    for name in (*LIBRARIES, "tzdata", "unidecode"):
        found.update(f"{name} {version(name)}\n".encode())
    found.update(f"python {sys.version_info[:2]}".encode())
    return found.digest()
