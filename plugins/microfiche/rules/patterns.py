"""Address patterns: each can be filled in, and leads below the output folder."""

from __future__ import annotations

import difflib
import string
from collections.abc import Mapping
from typing import Any

from microfiche import addresses
from microfiche.addresses import astray
from microfiche.errors import Problem, of_setting
from microfiche.headers import KNOWN
from microfiche.rules.values import is_text

_ANY = "any"
_INDEXES = (
    "INDEX",
    "ARCHIVES",
    "AUTHORS",
    "CATEGORIES",
    "CORRECTIONS",
    "FEEDS",
    "ON_THIS_DAYS",
    "ROBOTS",
    "SITEMAP",
    "SITEMAP_NEWS",
    "SOURCES",
    "STORIES",
    "TAGS",
)
_FIELD = {
    **dict.fromkeys(("ARTICLE", "ARTICLE_LANG", "PAGE", "PAGE_LANG"), _ANY),
    "INDEX_LANG": "lang",
    **dict.fromkeys(("AUTHOR", "CATEGORY", "SOURCE", "STORY", "TAG"), "slug"),
    **dict.fromkeys(("YEAR_ARCHIVE", "MONTH_ARCHIVE", "DAY_ARCHIVE", "ON_THIS_DAY"), "date"),
    **dict.fromkeys(_INDEXES, ""),
    "STATIC": "path",
}
_PATTERNS = {
    f"{name}{end}": field for name, field in _FIELD.items() for end in ("_URL", "_SAVE_AS")
}
_PATTERNS |= {
    "FEED_ALL_ATOM": "",
    "FEED_ALL_RSS": "",
    "FEED_ATOM": "",
    "FEED_RSS": "",
    "AUTHOR_FEED_ATOM": "slug",
    "AUTHOR_FEED_RSS": "slug",
    "CATEGORY_FEED_ATOM": "slug",
    "CATEGORY_FEED_RSS": "slug",
    "TAG_FEED_ATOM": "slug",
    "TAG_FEED_RSS": "slug",
    "TRANSLATION_FEED_RSS": "lang",
}
_ALWAYS = ("ARTICLE_SAVE_AS", "PAGE_SAVE_AS", "STATIC_SAVE_AS")


class _Fields(dict[str, object]):
    """What fills a pattern on trial; a story's may name any of its headers."""

    def __init__(self, field: str) -> None:
        super().__init__({field: "a"})
        self._any = field == _ANY
        if self._any or field == "date":
            self["date"] = addresses.PathDate("2000-01-01")

    def __missing__(self, name: str) -> str:
        if self._any:
            return "a"
        raise KeyError(name)


def ill_addressed(conf: Mapping[str, Any]) -> list[Problem]:
    """Check that address patterns can be filled in, and lead below the output folder."""
    found = []
    for name, field in _PATTERNS.items():
        value = conf.get(name)
        if value == "" and name in _ALWAYS:
            found.append(
                of_setting(name, "it is empty", "give a pattern: there is no page without a file")
            )
        elif value and (problem := _ill_pattern(name, value, field)):
            found.append(problem)
        elif value and name.startswith("ON_THIS_DAY_") and not _is_of_all_years(value):
            what = f"{value!r} is not one address for each date of all years"
            found.append(of_setting(name, what, "put {date:%m} and {date:%d} into it, and no year"))
    return found


def _ill_pattern(name: str, value: object, field: str) -> Problem | None:
    if not isinstance(value, str) or not is_text(value):
        return of_setting(name, f"{value!r} is not a pattern", 'give text such as "{slug}/"')
    try:
        filled = value.format_map(_Fields(field))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        remedy = _EXAMPLES.get(field, f"its field is {{{field}}}" if field else "it has no fields")
        return of_setting(name, f"{value!r} cannot be filled in: {error}", remedy)
    if field == _ANY and (slip := _slip(value)):
        written, meant = slip
        return of_setting(
            name, f"{value!r} has a field {{{written}}}", f"did you mean {{{meant}}}?"
        )
    if field not in ("", _ANY) and f"{{{field}" not in value:
        return of_setting(name, f"{value!r} is one address for all", f"put {{{field}}} into it")
    if astray(filled.strip("/")):
        what = f"{value!r} leads out of the output folder"
        return of_setting(name, what, "give a path without `..` and `//`")
    return None


def _is_of_all_years(pattern: str) -> bool:
    """Whether an address tells the dates of a year apart, and not the years of a date."""
    days = ("2000-01-02", "2001-01-02", "2000-01-03", "2000-02-02")
    one, in_another_year, *others = (pattern.format(date=addresses.PathDate(day)) for day in days)
    return one == in_another_year and one not in others


def _slip(pattern: str) -> tuple[str, str] | None:
    """A field that is no header of ours and much like one that every story has, and that one."""
    for _, field, _, _ in string.Formatter().parse(pattern):
        if field and field not in _STORY_FIELDS and field not in KNOWN:
            close = difflib.get_close_matches(field, _STORY_FIELDS, 1, cutoff=0.7)
            if close:
                return field, close[0]
    return None


_STORY_FIELDS = ("slug", "date", "lang", "category", "author", "path")
_EXAMPLES = {
    _ANY: "fields are {slug}, {date:%Y}, {lang}, {category}, {author}, {path} and the story's "
    "own headers",
    "date": "its field is the date: {date:%Y}, {date:%m}, {date:%d}",
}
