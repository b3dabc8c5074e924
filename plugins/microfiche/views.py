"""What templates see: frozen structs, and nothing else.

A page is a pure function of its template and its view, so everything here is plain data,
encoded by msgspec for the digest that decides whether a page is stale.

Addresses are relative to the site's root, percent-encoded, without a leading slash
(``2024/11/01/slug/``). A template writes ``{{ page.head.root }}{{ link.address }}`` for a link
and ``{{ site.url }}/{{ link.address }}`` where an absolute address is needed.
"""

from __future__ import annotations

from msgspec import Struct


class View(Struct, frozen=True, omit_defaults=True, gc=False):
    """Base of every struct that a template sees."""


class Link(View, frozen=True):
    """A link to a page of the archive; ``count`` is the number of stories behind it."""

    address: str
    text: str
    count: int = 0
    lang: str = ""


class Shaded(View, frozen=True):
    """A link to a period among others of its length; ``shade`` 0 to 4 follows the count."""

    link: Link
    shade: int = 0


class Time(View, frozen=True):
    """A moment as a reader sees it, in the archive's time zone.

    ``iso`` is for ``<time datetime>`` (HTML's valid date or global date and time string),
    ``text`` the date in words, ``clock`` the hour with its zone or empty when unknown,
    ``day`` the calendar day ``YYYY-MM-DD``.
    """

    iso: str
    text: str
    clock: str
    day: str


class Rendition(View, frozen=True):
    """A picture made smaller, or in another format; ``width`` in pixels."""

    address: str
    width: int


class PictureSource(View, frozen=True):
    """Renditions of a picture in one format (``type`` is its media type), narrow ones first."""

    type: str
    renditions: tuple[Rendition, ...]


class Picture(View, frozen=True):
    """A picture with what stands beside it; ``width`` and ``height`` in pixels, 0 if unknown.

    ``address`` is that of the file as the owner made it and ``type`` its media type (empty if
    unknown). ``plain`` is the address for browsers that know none of ``sources``, the formats to
    choose from, best first; ``plain_size`` is that picture's width and height.
    """

    address: str
    alt: str
    caption: str = ""
    credit: str = ""
    width: int = 0
    height: int = 0
    type: str = ""
    plain: str = ""
    plain_size: tuple[int, int] = (0, 0)
    sources: tuple[PictureSource, ...] = ()

    @property
    def src(self) -> str:
        """What ``<img src>`` says."""
        return self.plain or self.address


class Card(View, frozen=True):
    """What lists show of a story."""

    address: str
    title: str
    standfirst: str
    time: Time
    lang: str
    dir: str
    section: Link | None = None
    bylines: tuple[str, ...] = ()
    picture: Picture | None = None
    corrected: bool = False
    updated: bool = False


class Headline(View, frozen=True):
    """A story in one line."""

    address: str
    title: str
    time: Time
    lang: str
    dir: str
    corrected: bool = False
    updated: bool = False


class Thread(View, frozen=True):
    """Where a story stands in its running story: part ``number`` of ``count``, 0 if not counted.

    ``earlier`` are the last parts before it, oldest first; ``later`` is the one after it.
    """

    all: Link
    number: int
    count: int
    earlier: tuple[Headline, ...]
    later: tuple[Headline, ...]


class Feed(View, frozen=True):
    """A feed that a page offers."""

    address: str
    title: str
    type: str = "application/rss+xml"


class Shared(View, frozen=True):
    """A picture for previews: absolute address, width and height in pixels, 0 if unknown."""

    href: str
    width: int
    height: int
    alt: str


class Structured(View, frozen=True):
    """What a page says of itself to machines.

    ``data`` is JSON-LD that is safe inside a ``script`` element. ``type`` and ``locale`` are as
    OpenGraph has them; ``href`` is the page's absolute address, empty where the site's is unknown,
    ``oembed`` that of the story's oEmbed file and ``document`` that of its JSON, where there are.
    """

    data: str
    type: str
    locale: str
    href: str
    picture: Shared | None = None
    oembed: str = ""
    document: str = ""


class Head(View, frozen=True):
    """What every page has: the document's head, its place in the tree, its language.

    ``root`` leads from this page to the site's root (``/``, ``/base/`` or ``../../``).
    ``crumbs`` lead down to this page, without it. ``alternates`` are the same page in other
    languages. ``home`` is the address of the front page for readers of this page's language.
    ``index`` is false for a page that search engines should leave out. ``structured`` is None where
    there is nothing to describe, as on a page that leads on to another.
    """

    title: str
    address: str
    root: str
    lang: str
    dir: str
    description: str = ""
    feeds: tuple[Feed, ...] = ()
    crumbs: tuple[Link, ...] = ()
    alternates: tuple[Link, ...] = ()
    home: str = ""
    index: bool = True
    structured: Structured | None = None


class Appeal(View, frozen=True):
    """What the owner asks of readers: ``text`` is harmless HTML.

    ``link`` leads to ``address``, as a link of the menu does; without an address there is none.
    """

    title: str
    text: str
    link: str = ""
    address: str = ""


class Site(View, frozen=True):
    """What all pages share; ``url`` is absolute, without a trailing slash, or empty.

    ``style`` and ``icon`` are files of the theme; ``icon`` is empty where there is none. ``files``
    has the path of each in the theme and the file that it is published as.
    ``subscribe`` is the address of the page about feeds, empty where there is none.
    ``policy`` is the Content Security Policy, which is safe inside an attribute.
    """

    name: str
    tagline: str
    url: str
    lang: str
    dir: str
    style: str
    menu: tuple[Link, ...]
    places: tuple[Link, ...]
    feed: Feed | None
    icon: str = ""
    files: tuple[tuple[str, str], ...] = ()
    subscribe: str = ""
    credit: str = ""
    policy: str = ""
    appeal: Appeal | None = None

    def file(self, name: str) -> str:
        """The file that a file of the theme is published as, such as ``img/logo.svg``.

        Raises:
            LookupError: where the theme has none of that name.
        """
        for known, output in self.files:
            if known == name:
                return output
        raise LookupError(f"the theme has no file {name!r}")


class Note(View, frozen=True):
    """A source that a story rests on: a name, and an absolute address or empty.

    ``stories`` is the address of the page of stories that rest on it, empty where there is none.
    """

    text: str
    href: str = ""
    stories: str = ""


class Correction(View, frozen=True):
    """A correction of a story: when it was made and what it says."""

    time: Time
    text: str


class Day(View, frozen=True):
    """A square of a calendar; ``number`` 0 is a blank one, ``shade`` 0 to 4 follows the count."""

    number: int = 0
    address: str = ""
    count: int = 0
    shade: int = 0
    iso: str = ""


class Month(View, frozen=True):
    """A month's grid: weeks of seven days; ``address`` is empty when the month has no story."""

    name: str
    address: str
    count: int
    weeks: tuple[tuple[Day, ...], ...]


class Sparkline(View, frozen=True):
    """Stories by year as bars, from ``first`` to ``last`` with the empty years between them.

    ``path`` is the data of an SVG path, ``width`` units wide and 24 high; ``most`` is the fullest
    year's number.
    """

    first: str
    last: str
    most: int
    width: int
    path: str


class Headlines(View, frozen=True):
    """Stories, a line each, under a heading that may lead somewhere."""

    link: Link
    headlines: tuple[Headline, ...]


class Group(View, frozen=True):
    """Stories under a heading that may lead somewhere."""

    link: Link
    cards: tuple[Card, ...]
