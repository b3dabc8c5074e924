"""What feeds say, in no format yet: plain data, which the writers of all formats share."""

from __future__ import annotations

from microfiche.records import Moment
from microfiche.views import View


class Enclosure(View, frozen=True):
    """A picture that goes with an entry: whole address, size in bytes, media type."""

    href: str
    length: int
    type: str


class Author(View, frozen=True):
    """A byline: its name, and its page's whole address or empty."""

    name: str
    href: str


class Entry(View, frozen=True):
    """A story in a feed; ``identity`` is a URI that lasts, ``href`` its page's whole address.

    ``title`` and ``summary`` are text, ``content`` is HTML in which every address is whole.
    """

    identity: str
    href: str
    title: str
    lang: str
    published: Moment
    updated: Moment
    summary: str
    content: str
    authors: tuple[Author, ...]
    categories: tuple[str, ...]
    picture: Enclosure | None


class Chain(View, frozen=True):
    """The complete history around a document (RFC 5005, section 4), as whole addresses.

    ``current`` is the feed that readers follow, empty in that feed itself; ``previous`` leads to
    what is older, ``next`` to what is newer. All but the first may be empty at the ends.
    """

    current: str = ""
    previous: str = ""
    next: str = ""


class FeedView(View, frozen=True):
    """A feed or a document of its history: what it is of, and its entries, newest first.

    ``form`` is its format, ``href`` the page that it follows, ``self_href`` where it is and
    ``identity`` the same in all documents of a feed.
    """

    form: str
    identity: str
    title: str
    description: str
    author: str
    lang: str
    href: str
    self_href: str
    entries: tuple[Entry, ...]
    hubs: tuple[str, ...] = ()
    chain: Chain | None = None

    @property
    def updated(self) -> Moment | None:
        """The last moment at which an entry changed; None where there is no entry."""
        moments = (entry.updated for entry in self.entries)
        return max(moments, key=lambda moment: moment.stamp, default=None)
