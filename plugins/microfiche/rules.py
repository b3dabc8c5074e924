"""What ``pelicanconf.py`` may say: what each setting has to be, and what to write where it is not.

Pelican's own settings are checked too, for a wrong one must end in one line, not in a traceback.
"""

from __future__ import annotations

import difflib
import re
import string
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from microfiche import addresses, dates
from microfiche.addresses import FEED_FILES, FEED_KINDS, astray
from microfiche.errors import Problem, Severity
from microfiche.headers import KNOWN

_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LANG = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
_SITE = re.compile(r"(?:https?://[^\s/?#]+(?:/[^\s?#]*)?)?")
_WEB = re.compile(r"https?://[^\s/?#<>\"]+[^\s#<>\"]*")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_APPEAL = {"title", "text", "link"}
_MENU_SCHEMES = ("http:", "https:", "mailto:", "tel:")


class Rule(NamedTuple):
    """What a setting has to be, and what to do where it is not."""

    fits: Callable[[Any], bool]
    remedy: str


def problems(conf: Mapping[str, Any], known: Iterable[str]) -> list[Problem]:
    """Everything that is wrong with the settings; ``known`` are the names that are ours."""
    found = [*_unknown(conf, list(known)), *_ill_valued(conf)]
    broken = {problem.path for problem in found}
    found += [problem for problem in _ill_addressed(conf) if problem.path not in broken]
    return found or [*_ill_placed(conf)]


def notes(conf: Mapping[str, Any], defaults: Mapping[str, Any]) -> list[Problem]:
    """What a person should know of settings that are sound; ``defaults`` are Pelican's."""
    found = []
    if conf.get("DELETE_OUTPUT_DIRECTORY"):
        what = "the output folder is not deleted: files of earlier builds that are no longer "
        what += "wanted are removed, and nothing else"
        found.append(_note("DELETE_OUTPUT_DIRECTORY", what))
    if not conf.get("SITEURL") and conf.get("SITEMAP_SAVE_AS") != "":
        what = "it is empty: there are no sitemaps and no robots.txt, which need whole addresses"
        found.append(_note("SITEURL", what))
    idle = [name for name in IDLE if conf.get(name, defaults.get(name)) != defaults.get(name)]
    if idle:
        found.append(
            _note(
                ", ".join(idle), "has no effect here" if len(idle) == 1 else "have no effect here"
            )
        )
    return found


def _note(name: str, what: str) -> Problem:
    return Problem(name, 0, what, severity=Severity.NOTE, inside=False)


IDLE = (
    "ARTICLE_ORDER_BY",
    "CACHE_CONTENT",
    "DATE_FORMATS",
    "DEFAULT_DATE",
    "DEFAULT_DATE_FORMAT",
    "DEFAULT_PAGINATION",
    "DIRECT_TEMPLATES",
    "JINJA_FILTERS",
    "JINJA_GLOBALS",
    "OUTPUT_SOURCES",
    "PAGE_ORDER_BY",
    "STATIC_CREATE_LINKS",
    "TEMPLATE_PAGES",
    "TYPOGRIFY",
)
"""Pelican's settings that change its pages and not ours: whoever states one is told so."""


def _unknown(conf: Mapping[str, Any], known: list[str]) -> list[Problem]:
    found = []
    for name in sorted(conf):
        if name.startswith("ARCHIVE_") and name not in known:
            endings = [each.removeprefix("ARCHIVE_") for each in known]
            close = difflib.get_close_matches(name.removeprefix("ARCHIVE_"), endings, 1)
            remedy = (
                f"did you mean ARCHIVE_{close[0]}?" if close else f"there are {', '.join(known)}"
            )
            found.append(_wrong(name, "there is no such setting", remedy))
    return found


def _wrong(name: str, what: str, remedy: str) -> Problem:
    return Problem(name, 0, what, remedy, inside=False)


def _ill_valued(conf: Mapping[str, Any]) -> list[Problem]:
    return [
        _wrong(name, f"{_shown(conf[name])} is not a value for it", rule.remedy)
        for name, rule in RULES.items()
        if name in conf and not rule.fits(conf[name])
    ]


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:119]}…"


# What values may be


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not _CONTROL.search(value)


def _is_text_or_none(value: object) -> bool:
    return value is None or _is_text(value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100_000


def _is_size(value: object) -> bool:
    return _is_count(value) and value != 0


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_language(value: object) -> bool:
    return (
        isinstance(value, str)
        and bool(_LANG.fullmatch(value))
        and dates.is_language(dates.language_tag(value))
    )


def _is_zone(value: object) -> bool:
    try:
        ZoneInfo(value if isinstance(value, str) else "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_moment(value: object) -> bool:
    return value is None or isinstance(dates.parse(str(value), ZoneInfo("UTC")), dates.Parsed)


def _is_list_of(fits: Callable[[Any], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list | tuple) and all(map(fits, value))


def _is_host(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[A-Za-z0-9.-]+", value))


def _is_web_address(value: object) -> bool:
    return isinstance(value, str) and bool(value) and bool(_WEB.fullmatch(value))


def _is_feeds(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        kind in FEED_KINDS
        and isinstance(forms, list | tuple)
        and all(form in (FEED_FILES if kind != "history" else ("atom",)) for form in forms)
        for kind, forms in value.items()
    )


def _is_inner_path(value: object) -> bool:
    """Whether a path stays below the content folder; ``""`` and ``.`` are all of it."""
    if not isinstance(value, str) or _CONTROL.search(value) or value.startswith("/"):
        return False
    return ".." not in value.split("/")


def _is_path(value: object) -> bool:
    return isinstance(value, Path) or (_is_text(value) and bool(value))


def _is_pattern(value: object) -> bool:
    try:
        re.compile(value if isinstance(value, str) else "")
    except re.error:
        return False
    return value is None or isinstance(value, str)


def _is_link_pattern(value: object) -> bool:
    return _is_pattern(value) and isinstance(value, str) and "what" in re.compile(value).groupindex


def _is_substitutions(value: object) -> bool:
    return isinstance(value, list | tuple) and all(
        isinstance(pair, list | tuple)
        and len(pair) == 2
        and all(isinstance(part, str) for part in pair)
        and _substitutes(*pair)
        for pair in value
    )


def _substitutes(pattern: str, text: str) -> bool:
    try:
        re.compile(f"(?:{pattern})|").sub(text, "a") if "\\" in text else re.compile(pattern)
    except re.error:
        return False
    return True


def _is_metadata(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(name, str) for name in value)
    return isinstance(value, list | tuple) and all(
        isinstance(pair, list | tuple) and len(pair) == 2 for pair in value
    )


def _is_path_metadata(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        _is_inner_path(path)
        and isinstance(given, Mapping)
        and not any(
            astray(str(given[name]).lstrip("/")) for name in ("path", "save_as") if name in given
        )
        for path, given in value.items()
    )


def _is_menu(value: object) -> bool:
    return value is None or _is_list_of(_is_menu_item)(value)


def _is_appeal(value: object) -> bool:
    if value is None:
        return True
    if not isinstance(value, Mapping) or not {"title", "text"} <= {*value} <= _APPEAL:
        return False
    texts = value["title"], value["text"]
    return all(map(_is_text, texts)) and ("link" not in value or _is_menu_item(value["link"]))


def _is_menu_item(value: object) -> bool:
    if not (isinstance(value, list | tuple) and len(value) == 2 and all(map(_is_text, value))):
        return False
    return not _SCHEME.match(value[1]) or value[1].lower().startswith(_MENU_SCHEMES)


_CONTENT_PATHS = Rule(
    _is_list_of(_is_inner_path), "give a list of paths below the content folder, without `..`"
)
_SUBSTITUTIONS = Rule(
    _is_substitutions, "give a list of pairs: a regular expression and its replacement"
)

RULES = {
    "ARCHIVE_APPEAL": Rule(
        _is_appeal,
        'give {"title": "…", "text": "…", "link": ("…", "https://archive.example/give/")}, '
        "or None for no box",
    ),
    "ARCHIVE_AS_OF": Rule(_is_moment, 'give an ISO 8601 date such as "2024-11-01T18:00Z"'),
    "ARCHIVE_EMBED_HOSTS": Rule(
        _is_list_of(_is_host), 'give a list of host names such as ["www.youtube-nocookie.com"]'
    ),
    "ARCHIVE_ANNOUNCE_CORRECTIONS": Rule(_is_switch, "give True or False"),
    "ARCHIVE_FEEDS": Rule(
        _is_feeds,
        f"give formats for kinds: {', '.join(FEED_KINDS)}; the formats are "
        f"{', '.join(FEED_FILES)}, of history atom alone",
    ),
    "ARCHIVE_HUBS": Rule(
        _is_list_of(_is_web_address), 'give a list of addresses such as ["https://hub.example/"]'
    ),
    "ARCHIVE_JOBS": Rule(
        lambda value: _is_count(value) and value <= 1024,
        "give a whole number, 0 for one a processor",
    ),
    "ARCHIVE_KEEP_GOING": Rule(_is_switch, "give True or False"),
    "ARCHIVE_LANGUAGE_STORIES": Rule(
        _is_count, "give a whole number, 0 for no front pages of languages"
    ),
    "ARCHIVE_OEMBED": Rule(_is_switch, "give True or False"),
    "ARCHIVE_PAGE_SIZE": Rule(_is_size, "give a whole number from 1 up"),
    "ARCHIVE_PICTURE_FORMATS": Rule(
        _is_list_of(lambda value: value in ("avif", "webp")), 'give a list of "avif" and "webp"'
    ),
    "ARCHIVE_PICTURE_WIDTHS": Rule(
        _is_list_of(lambda value: _is_count(value) and 16 <= value <= 4096),
        "give a list of whole numbers from 16 to 4096, or [] for no renditions",
    ),
    "ARCHIVE_PUBLIC": Rule(_is_switch, "give True or False"),
    "ARCHIVE_RAW_HTML": Rule(
        lambda value: value in ("sanitise", "trust"), 'give "sanitise" or "trust"'
    ),
    "ARCHIVE_STORY_SECONDS": Rule(_is_size, "give a whole number of seconds from 1 up"),
    "ARCHIVE_STRICT": Rule(_is_switch, "give True or False"),
    "ARTICLE_EXCLUDES": _CONTENT_PATHS,
    "ARTICLE_PATHS": _CONTENT_PATHS,
    "AUTHOR": Rule(_is_text_or_none, "give a name as text"),
    "AUTHOR_REGEX_SUBSTITUTIONS": _SUBSTITUTIONS,
    "CATEGORY_REGEX_SUBSTITUTIONS": _SUBSTITUTIONS,
    "DEFAULT_CATEGORY": Rule(_is_text_or_none, "give a section's name, or None for none"),
    "DEFAULT_DATE": Rule(
        lambda value: value != "fs",
        "give each story a Date header, or take the date from the file's name: FILENAME_METADATA",
    ),
    "DEFAULT_LANG": Rule(
        _is_language,
        'give the tag of a language such as "en", "uk" or "ar"',
    ),
    "DEFAULT_METADATA": Rule(_is_metadata, 'give headers and values: {"status": "draft"}'),
    "DOCUTILS_SETTINGS": Rule(_is_mapping, "give a dictionary"),
    "EXTRA_PATH_METADATA": Rule(
        _is_path_metadata,
        "give headers for paths, inside content and output: "
        '{"extra/robots.txt": {"path": "robots.txt"}}',
    ),
    "FEED_MAX_ITEMS": Rule(
        lambda value: value is None or _is_size(value), "give a whole number from 1 up"
    ),
    "FILENAME_METADATA": Rule(_is_pattern, "give a regular expression with named groups"),
    "IGNORE_FILES": Rule(_is_list_of(_is_text), 'give a list of patterns such as ["*.tmp"]'),
    "INTRASITE_LINK_REGEX": Rule(
        _is_link_pattern, "give a regular expression with a group named `what`"
    ),
    "MARKDOWN": Rule(_is_mapping, "give a dictionary of Markdown's options"),
    "MENUITEMS": Rule(_is_menu, 'give pairs of a text and an address: [("Imprint", "/imprint/")]'),
    "OUTPUT_PATH": Rule(_is_path, "give the path of a folder"),
    "PAGE_EXCLUDES": _CONTENT_PATHS,
    "PAGE_PATHS": _CONTENT_PATHS,
    "PATH_METADATA": Rule(_is_pattern, "give a regular expression with named groups"),
    "READERS": Rule(_is_mapping, "give a dictionary from file endings to readers"),
    "SITENAME": Rule(lambda value: _is_text(value) and value.strip(), "give the archive's name"),
    "SITESUBTITLE": Rule(_is_text_or_none, "give text"),
    "SITEURL": Rule(
        lambda value: _is_text(value) and bool(_SITE.fullmatch(value)),
        'give the address with its scheme, such as "https://archive.example", or "" for a preview',
    ),
    "SLUG_REGEX_SUBSTITUTIONS": _SUBSTITUTIONS,
    "SLUGIFY_SOURCE": Rule(
        lambda value: value in ("title", "basename"), 'give "title" or "basename"'
    ),
    "STATIC_EXCLUDES": _CONTENT_PATHS,
    "STATIC_PATHS": _CONTENT_PATHS,
    "SUMMARY_END_SUFFIX": Rule(_is_text, "give text"),
    "SUMMARY_MAX_LENGTH": Rule(
        lambda value: value is None or _is_count(value), "give a whole number of words"
    ),
    "TAG_REGEX_SUBSTITUTIONS": _SUBSTITUTIONS,
    "THEME_STATIC_DIR": Rule(
        lambda value: isinstance(value, str) and not astray(value.strip("/")),
        'give a folder of the output such as "theme"',
    ),
    "THEME_STATIC_PATHS": Rule(_is_list_of(_is_inner_path), "give a list of folders of the theme"),
    "THEME_TEMPLATES_OVERRIDES": Rule(_is_list_of(_is_path), "give a list of folders of templates"),
    "TIMEZONE": Rule(_is_zone, 'give a name of the IANA time zone database such as "Europe/Kyiv"'),
}
"""What settings have to be; of each that is stated or has a default in Pelican."""


# Where pages are to live

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


def _ill_addressed(conf: Mapping[str, Any]) -> list[Problem]:
    """Check that address patterns can be filled in, and lead below the output folder."""
    found = []
    for name, field in _PATTERNS.items():
        value = conf.get(name)
        if value == "" and name in _ALWAYS:
            found.append(
                _wrong(name, "it is empty", "give a pattern: there is no page without a file")
            )
        elif value and (problem := _ill_pattern(name, value, field)):
            found.append(problem)
        elif value and name.startswith("ON_THIS_DAY_") and not _is_of_all_years(value):
            what = f"{value!r} is not one address for each date of all years"
            found.append(_wrong(name, what, "put {date:%m} and {date:%d} into it, and no year"))
    return found


def _ill_pattern(name: str, value: object, field: str) -> Problem | None:
    if not isinstance(value, str) or not _is_text(value):
        return _wrong(name, f"{value!r} is not a pattern", 'give text such as "{slug}/"')
    try:
        filled = value.format_map(_Fields(field))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        remedy = _EXAMPLES.get(field, f"its field is {{{field}}}" if field else "it has no fields")
        return _wrong(name, f"{value!r} cannot be filled in: {error}", remedy)
    if field == _ANY and (slip := _slip(value)):
        written, meant = slip
        return _wrong(name, f"{value!r} has a field {{{written}}}", f"did you mean {{{meant}}}?")
    if field not in ("", _ANY) and f"{{{field}" not in value:
        return _wrong(name, f"{value!r} is one address for all", f"put {{{field}}} into it")
    if astray(filled.strip("/")):
        what = f"{value!r} leads out of the output folder"
        return _wrong(name, what, "give a path without `..` and `//`")
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


# Where things lie


def _ill_placed(conf: Mapping[str, Any]) -> list[Problem]:
    found = []
    content, output = Path(conf["PATH"]).resolve(), Path(conf["OUTPUT_PATH"]).resolve()
    if content.is_relative_to(output) or output.is_relative_to(content):
        remedy = "keep stories and output in folders beside each other"
        found.append(_wrong("OUTPUT_PATH", "the output and the content lie in one another", remedy))
    elif output.exists() and not output.is_dir():
        found.append(
            _wrong("OUTPUT_PATH", f"{output} is not a folder", "give the path of a folder")
        )
    if not (Path(conf["THEME"]) / "templates" / "story.html").is_file():
        remedy = "set THEME = microfiche.THEME (after `import microfiche`), or a theme made from it"
        found.append(_wrong("THEME", "the theme has no templates/story.html", remedy))
    return found
