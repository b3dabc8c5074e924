"""The static API: what the archive knows as JSON, for scripts.

The records in ``records.py`` are the documents; ``openapi.py`` describes them, from the same
records. The names are those of schema.org where it has one.
"""

from __future__ import annotations

import msgspec

from microfiche.views import View

FOLDER = "api/v1/"
"""Where all documents are but those beside stories; another major version has another folder."""

VERSION = "1.0.0"
"""Of the API (Semantic Versioning): what is added makes a minor version, what breaks a major."""

_encode = msgspec.json.Encoder().encode


def document(view: View) -> bytes:
    """A document as JSON, in UTF-8."""
    return _encode(view) + b"\n"
