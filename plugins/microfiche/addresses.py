"""Where each page lives: Pelican's URL settings, turned into patterns once.

A setting that the owner states counts; what is unstated gets Microfiche's own default. Where
only one of ``…_URL`` and ``…_SAVE_AS`` is stated, the other follows from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from posixpath import splitext
from typing import Any, NamedTuple
from unicodedata import normalize
from urllib.parse import quote, unquote

from msgspec import Struct

_SAFE = "/-._~!$&'()*+,;=:@"  # RFC 3986, pchar and the slash
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_LEAP_YEAR = "2000"
_PLAIN = re.compile(r"[A-Za-z0-9/._~-]*")
_NOWHERE = frozenset(("", ".", ".."))
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PATH_ALONE = "give the path alone, such as `/2024/moon/`"
_LOCALISED = re.compile(r"%([aAbBhYy])")

TERM_KINDS = ("tag", "section", "byline", "story")
"""What a story's headers put it under; what it rests on, its sources, is kept like a term too."""
FEED_FILES = {"rss": "feed.xml", "atom": "feed.atom", "json": "feed.json"}
"""The formats of feeds, the widest known first, and the name of the file beside a page."""
FEED_KINDS = ("archive", "history", *TERM_KINDS)
"""What feeds follow; ``history`` is the complete history of the archive (RFC 5005)."""


class Place(NamedTuple):
    """An address (percent-encoded, relative to the root) and the file it is saved as."""

    address: str
    output: str


class UnsoundAddress(ValueError):
    """What is written as an address and is none: what is wrong, and what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


class PathDate:
    """A day for ``{date:%Y}`` in a pattern: English names whatever the locale, four-digit years."""

    def __init__(self, day: str) -> None:
        self._day = day
        self._parts = {"%Y": day[:4], "%m": day[5:7], "%d": day[8:10], "": day}

    def __format__(self, spec: str) -> str:
        plain = self._parts.get(spec)
        if plain is not None:
            return plain
        return self._date().strftime(_LOCALISED.sub(self._fixed, spec))

    def __str__(self) -> str:
        return self._day

    def _date(self) -> date:
        return date.fromisoformat(self._day)

    def _fixed(self, match: re.Match[str]) -> str:
        date = self._date()
        weekday, month = _WEEKDAYS[date.weekday()], _MONTHS[date.month - 1]
        return {
            "a": weekday[:3],
            "A": weekday,
            "b": month[:3],
            "h": month[:3],
            "B": month,
            "Y": f"{date.year:04d}",
            "y": f"{date.year % 100:02d}",
        }[match[1]]


class Pattern(Struct, frozen=True):
    """A ``…_URL`` and its ``…_SAVE_AS``; an empty ``save_as`` switches the page off."""

    url: str
    save_as: str

    def __bool__(self) -> bool:
        return bool(self.save_as)

    def place(self, /, **fields: object) -> Place:
        """The address and file for these fields; KeyError for a field that there is not."""
        return Place(encoded(self.url.format(**fields)), self.save_as.format(**fields))


class Addresses(Struct, frozen=True):
    """All patterns, one a page kind.

    ``stated_feeds`` has the addresses that the owner states: kind, format, pattern.
    """

    story: Pattern
    story_translation: Pattern
    page: Pattern
    page_translation: Pattern
    front: Pattern
    language_front: Pattern
    archive: Pattern
    year: Pattern
    month: Pattern
    day: Pattern
    on_this_day: Pattern
    on_this_days: Pattern
    terms: dict[str, Pattern]
    indexes: dict[str, Pattern]
    corrections: Pattern
    language_feed: str
    feeds: Pattern
    stated_feeds: dict[str, dict[str, str]]
    sitemap: Pattern
    news_sitemap: Pattern
    robots: Pattern
    static: Pattern
    theme: str

    def term(self, kind: str, slug: str) -> Place:
        """Where the page of a term lives."""
        return _of_slug(self.terms[kind], slug)

    def term_period(self, kind: str, slug: str, period: str) -> Place:
        """Where a term's page of a year ``YYYY`` or a month ``YYYY-MM`` lives."""
        folder = _folder(_of_slug(self.terms[kind], slug).output)
        return directory(f"{folder}{period.replace('-', '/')}/")

    def feed(self, kind: str, slug: str, form: str) -> Place:
        """Where a feed lives: as stated, else beside what it follows.

        ``kind`` is ``archive`` or a kind of term, ``form`` one of FEED_FILES.
        """
        stated = self.stated_feeds.get(kind, {}).get(form, "")
        if stated:
            return file(stated.format(slug=slug))
        folder = "" if kind == "archive" else _folder(self.term(kind, slug).output)
        return file(f"{folder}{FEED_FILES[form]}")

    def sitemap_of(self, what: str) -> Place:
        """Where the sitemap of a year or of lists lives: beside the index."""
        stem, ending = splitext(self.sitemap.place().output)
        return file(f"{stem}-{what}{ending}")

    def date(self, date: str) -> Place:
        """Where the page of a date ``MM-DD`` in all years lives."""
        return self.on_this_day.place(date=PathDate(f"{_LEAP_YEAR}-{date}"))

    def source_letter(self, letter: str) -> Place:
        """Where the sources under a letter live."""
        folder = _folder(self.indexes["source"].place().output)
        return directory(f"{folder}{letter}/")

    def correction_period(self, period: str) -> Place:
        """Where the corrections of a year ``YYYY`` or a month ``YYYY-MM`` live."""
        folder = _folder(self.corrections.place().output)
        return directory(f"{folder}{period.replace('-', '/')}/")

    def calendar(self, kind: str, day: str) -> Place:
        """Where the page of a ``year``, ``month`` or ``day`` lives, given its first day."""
        pattern: Pattern = getattr(self, kind)
        return pattern.place(date=PathDate(day))


# A page asks for its term's place half a dozen times.
@lru_cache(maxsize=8192)
def _of_slug(pattern: Pattern, slug: str) -> Place:
    return pattern.place(slug=slug)


def encoded(address: str) -> str:
    """Percent-encode an address, without its leading slash and a trailing ``index.html``."""
    address = address.lstrip("/")
    if address == "index.html" or address.endswith("/index.html"):
        address = address[: -len("index.html")]
    return address if _PLAIN.fullmatch(address) else quote(address, safe=_SAFE)


def base_of(url: str) -> str:
    """The path at which a site stands: ``/`` or ``/archive/``."""
    rest = url.split("://", 1)[-1]
    path = rest.split("/", 1)[1].strip("/") if "/" in rest else ""
    return f"/{path}/" if path else "/"


def folded(path: str) -> str:
    """A path as a file system knows it that heeds neither case nor how accents are put together.

    These are the canonical caseless matches of Unicode (3.13, D145).
    """
    if path.isascii():
        return path.lower()
    return normalize("NFD", normalize("NFD", path).casefold())


def astray(path: str) -> bool:
    """Whether a path could lead out of the folder that it is meant to lie in."""
    parts = path.split("/")
    return not _NOWHERE.isdisjoint(parts) or "\\" in path or bool(_CONTROL.search(path))


def file_of(address: str) -> str:
    """The output file behind an address that a person wrote, percent-encoded or not.

    Raises:
        UnsoundAddress: for what no file of an archive can be behind.
    """
    if not address.startswith("/"):
        raise UnsoundAddress(f"{shown(address)} does not begin with a slash", _PATH_ALONE)
    if re.search(r"[?#]", address):
        what = f"{shown(address)} has a query or a fragment, which no file can answer"
        raise UnsoundAddress(what, _PATH_ALONE)
    if re.search(r"\s", address):
        raise UnsoundAddress(f"{shown(address)} has white space", "write %20 for a space")
    try:
        path = unquote(address[1:], errors="strict")
    except UnicodeDecodeError:
        what = f"{shown(address)} is not UTF-8 once it is decoded"
        raise UnsoundAddress(what, "write it as a reader sees it") from None
    path = f"{path}index.html" if not path or path.endswith("/") else path
    if astray(path):
        raise UnsoundAddress(f"{shown(address)} cannot be the address of a page", _PATH_ALONE)
    if len(path.encode()) > 1024 or any(len(part.encode()) > 255 for part in path.split("/")):
        raise UnsoundAddress(f"{shown(address)} is too long for a file system", "shorten it")
    return path


def shown(text: str) -> str:
    """Text quoted for a person, cut short."""
    return repr(text if len(text) <= 120 else f"{text[:119]}…")


def directory(path: str) -> Place:
    """The place of a page that is addressed as a folder."""
    return Place(encoded(path), f"{path}index.html")


def file(path: str) -> Place:
    """The place of a file that is addressed by its own name."""
    return Place(encoded(path), path)


def beside(output: str, name: str) -> Place:
    """The place of a file that goes with a page: ``a/name`` by ``a/index.html``, else ``a.name``.

    ``output`` is the page's file.
    """
    if output == "index.html" or output.endswith("/index.html"):
        return file(output[: -len("index.html")] + name)
    return file(f"{output.removesuffix('.html')}.{name}")


def as_json(output: str) -> Place:
    """The place of what a page says as JSON: ``a/index.json`` for ``a/index.html``."""
    return file(f"{output.removesuffix('.html')}.json")


def _folder(output: str) -> str:
    """The folder for pages below one: ``tag/a/`` for ``tag/a/index.html`` and ``tag/a.html``."""
    if output == "index.html" or output.endswith("/index.html"):
        return output[: -len("index.html")]
    return output.rsplit(".", 1)[0] + "/"


def from_settings(conf: Mapping[str, Any], defaults: Mapping[str, Any]) -> Addresses:
    """Read the patterns from Pelican's settings; ``defaults`` is Pelican's DEFAULT_CONFIG."""

    def stated(name: str) -> Any:
        # Pelican copies its defaults into the settings. An untouched default is the very same
        # string object, which tells "unstated" from "stated with the same words".
        value = conf.get(name)
        return None if name in defaults and value is defaults[name] else value

    def pattern(name: str, default: str) -> Pattern:
        url, save_as = stated(f"{name}_URL"), stated(f"{name}_SAVE_AS")
        if save_as is None:
            url = default if url is None else str(url)
            return Pattern(url, _saved(url))
        save_as = str(save_as or "")
        return Pattern(save_as if url is None else str(url), save_as.lstrip("/"))

    terms = {
        "tag": "TAG",
        "section": "CATEGORY",
        "byline": "AUTHOR",
        "story": "STORY",
        "source": "SOURCE",
    }
    indexes = {
        "tag": ("TAGS", "tags/"),
        "section": ("CATEGORIES", "sections/"),
        "byline": ("AUTHORS", "bylines/"),
        "story": ("STORIES", "stories/"),
        "source": ("SOURCES", "sources/"),
    }
    day = "{date:%Y}/{date:%m}/{date:%d}/"
    return Addresses(
        story=pattern("ARTICLE", day + "{slug}/"),
        story_translation=pattern("ARTICLE_LANG", "{lang}/" + day + "{slug}/"),
        page=pattern("PAGE", "{slug}/"),
        page_translation=pattern("PAGE_LANG", "{lang}/{slug}/"),
        front=pattern("INDEX", ""),
        language_front=pattern("INDEX_LANG", "{lang}/"),
        archive=pattern("ARCHIVES", "archive/"),
        year=pattern("YEAR_ARCHIVE", "{date:%Y}/"),
        month=pattern("MONTH_ARCHIVE", "{date:%Y}/{date:%m}/"),
        day=pattern("DAY_ARCHIVE", day),
        on_this_day=pattern("ON_THIS_DAY", "on-this-day/{date:%m}-{date:%d}/"),
        on_this_days=pattern("ON_THIS_DAYS", "on-this-day/"),
        terms={kind: pattern(name, f"{kind}/{{slug}}/") for kind, name in terms.items()},
        indexes={kind: pattern(*index) for kind, index in indexes.items()},
        corrections=pattern("CORRECTIONS", "corrections/"),
        language_feed=str(stated("TRANSLATION_FEED_RSS") or "{lang}/feed.xml"),
        feeds=pattern("FEEDS", "feeds/"),
        stated_feeds={
            kind: {form: text for form, text in forms.items() if text}
            for kind, forms in _stated_feeds(stated).items()
        },
        sitemap=pattern("SITEMAP", "sitemap.xml"),
        news_sitemap=pattern("SITEMAP_NEWS", "sitemap-news.xml"),
        robots=pattern("ROBOTS", "robots.txt"),
        static=Pattern(str(conf["STATIC_URL"]), str(conf["STATIC_SAVE_AS"])),
        theme=str(conf["THEME_STATIC_DIR"]).strip("/"),
    )


def _stated_feeds(stated: Callable[[str], Any]) -> dict[str, dict[str, str]]:
    def first(*names: str) -> str:
        return next((str(value) for name in names if (value := stated(name))), "")

    names = {"section": "CATEGORY", "tag": "TAG", "byline": "AUTHOR"}
    return {
        "archive": {
            "rss": first("FEED_ALL_RSS", "FEED_RSS"),
            "atom": first("FEED_ALL_ATOM", "FEED_ATOM"),
        },
        **{
            kind: {"rss": first(f"{name}_FEED_RSS"), "atom": first(f"{name}_FEED_ATOM")}
            for kind, name in names.items()
        },
    }


def _saved(url: str) -> str:
    """The file behind an address pattern: a folder's is its ``index.html``."""
    url = url.lstrip("/")
    return f"{url}index.html" if not url or url.endswith("/") else url
