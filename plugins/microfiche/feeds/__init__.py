"""Feeds: one record of what a feed says, and a writer for each format.

Nothing in a feed tells when it was built, so that a feed changes only when a reader would see a
difference.
"""

from __future__ import annotations

from collections.abc import Callable

from microfiche.feeds import atom, jsonfeed, rss
from microfiche.feeds.records import FeedView

TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
NAMES = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}

_WRITERS: dict[str, Callable[[FeedView], bytes]] = {
    "rss": rss.document,
    "atom": atom.document,
    "json": jsonfeed.document,
}


def document(view: FeedView) -> bytes:
    """A feed in its format; an XML document has been parsed again.

    Raises:
        NotWellFormed: when what a story says broke it, which is a fault of this program.
    """
    return _WRITERS[view.form](view)
