"""What a host says of files: their content types (RFC 9110) and cache policies (RFC 9111)."""

from __future__ import annotations

from functools import lru_cache
from posixpath import splitext

from microfiche.records import Stage

TYPES = {
    ".atom": "application/atom+xml",
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".epub": "application/epub+zip",
    ".geojson": "application/geo+json",
    ".gif": "image/gif",
    ".gz": "application/gzip",
    ".htm": "text/html; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".m4a": "audio/mp4",
    ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".ogv": "video/ogg",
    ".opml": "text/x-opml; charset=utf-8",
    ".opus": "audio/ogg",
    ".otf": "font/otf",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".rss": "application/rss+xml",
    ".svg": "image/svg+xml",
    ".tsv": "text/tab-separated-values; charset=utf-8",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".wav": "audio/wav",
    ".webm": "video/webm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
    ".zip": "application/zip",
}
"""Content types by the end of a file's name, in small letters."""

TYPES_OF_NAMES = {
    "feed.json": "application/feed+json",
    "_headers": "text/plain; charset=utf-8",
    "_redirects": "text/plain; charset=utf-8",
    ".htaccess": "text/plain; charset=utf-8",
    "http.nginx.conf": "text/plain; charset=utf-8",
    "server.nginx.conf": "text/plain; charset=utf-8",
    "site.caddy": "text/plain; charset=utf-8",
}
"""Content types of files of one name, whatever it ends in."""

UNKNOWN = "application/octet-stream"
"""The content type of all other files."""

KEPT = "public, max-age=31536000, immutable"
"""For files named by what they hold: for a year, which is as long as there is."""

ASSETS = "public, max-age=86400"
"""For other assets, such as pictures under their own names: for a day."""

PAGES = "public, max-age=300"
"""For all that a publication changes: for five minutes."""


def content_type(path: str) -> str:
    """The content type of a file, by its name alone: the same on every machine."""
    return _type_of(path.rpartition("/")[2])


@lru_cache(maxsize=1024)
def _type_of(name: str) -> str:
    return TYPES_OF_NAMES.get(name) or TYPES.get(splitext(name)[1].lower(), UNKNOWN)


def cache_control(stage: Stage, *, named: bool) -> str:
    """How long copies may be kept; ``named`` says that the name changes with what a file holds."""
    if named:
        return KEPT
    return ASSETS if stage == Stage.ASSETS else PAGES
