"""JSON-LD 1.1 in the terms of schema.org: what a page is, for search engines and scripts.

Each struct is a type of schema.org with the properties that pages have; what is empty is left out.
A document is a data block of HTML, which browsers do not run, and cannot end the element around it.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct, field

CONTEXT = "https://schema.org"

_encode = msgspec.json.Encoder().encode


class Thing(Struct, frozen=True, omit_defaults=True, tag_field="@type", tag=True):
    """Base of all types; ``url`` is absolute, or empty where the site's address is not known."""

    name: str = ""
    url: str = ""


class Organization(Thing, frozen=True, tag=True):
    """A desk, an agency: who is no person."""


class Person(Thing, frozen=True, tag=True):
    """A person who writes."""


class NewsMediaOrganization(Thing, frozen=True, tag=True):
    """Who publishes the archive."""


class WebSite(Thing, frozen=True, tag=True):
    """The archive."""


class CreativeWorkSeries(Thing, frozen=True, tag=True):
    """A running story."""


class CreativeWork(Thing, frozen=True, tag=True):
    """What a story rests on."""


class ImageObject(Thing, frozen=True, tag=True, kw_only=True):
    """A picture; ``width`` and ``height`` in pixels."""

    width: int = 0
    height: int = 0
    caption: str = ""
    credit: str = field(default="", name="creditText")


class CorrectionComment(Thing, frozen=True, tag=True, kw_only=True):
    """A correction; ``published`` is a date or a date and time with offset (ISO 8601)."""

    text: str
    published: str = field(name="datePublished")


class ListItem(Thing, frozen=True, tag=True, kw_only=True):
    """A step of the way down, counted from 1; ``item`` is the page's absolute address."""

    position: int
    item: str


class BreadcrumbList(Thing, frozen=True, tag=True, kw_only=True):
    """The way down to a page, which is its last step."""

    steps: tuple[ListItem, ...] = field(name="itemListElement")


class WebPage(Thing, frozen=True, tag=True, kw_only=True):
    """An ordinary page."""

    description: str = ""
    lang: str = field(default="", name="inLanguage")
    part_of: WebSite | None = field(default=None, name="isPartOf")


class CollectionPage(WebPage, frozen=True, tag=True, kw_only=True):
    """A list of stories, or of what they are listed under."""


class NewsArticle(Thing, frozen=True, tag=True, kw_only=True):
    """A story; dates are as in ``CorrectionComment``.

    ``position`` is its number in the running story, 0 if the parts are not counted.
    """

    headline: str
    published: str = field(name="datePublished")
    lang: str = field(name="inLanguage")
    publisher: NewsMediaOrganization
    part_of: tuple[CreativeWorkSeries | WebSite, ...] = field(name="isPartOf")
    modified: str = field(default="", name="dateModified")
    description: str = ""
    main_entity_of: str = field(default="", name="mainEntityOfPage")
    authors: tuple[Organization | Person, ...] = field(default=(), name="author")
    section: str = field(default="", name="articleSection")
    keywords: tuple[str, ...] = ()
    image: ImageObject | None = None
    dateline: str = ""
    corrections: tuple[CorrectionComment, ...] = field(default=(), name="correction")
    citations: tuple[CreativeWork, ...] = field(default=(), name="citation")
    position: int = 0


class _Document(Struct, frozen=True):
    context: str = field(name="@context")
    graph: tuple[Thing, ...] = field(name="@graph")


def document(*things: Thing) -> str:
    """A document about these things, safe inside a ``script`` element of HTML.

    Nothing in it is a tag or a comment to HTML, or the end of a line to JavaScript.
    """
    text = _encode(_Document(CONTEXT, things)).replace(b"<", b"\\u003c").decode()
    if text.isascii():
        return text
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
