"""What each setting has to be, and what to write where it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from microfiche.addresses import FEED_FILES, FEED_KINDS, astray
from microfiche.hosts.profiles import PROFILES
from microfiche.rules.values import (
    is_appeal,
    is_count,
    is_feeds,
    is_host,
    is_inner_path,
    is_language,
    is_link_pattern,
    is_list_of,
    is_mapping,
    is_menu,
    is_metadata,
    is_moment,
    is_path,
    is_path_metadata,
    is_pattern,
    is_policy,
    is_site,
    is_size,
    is_substitutions,
    is_switch,
    is_text,
    is_text_or_none,
    is_web_address,
    is_zone,
)


class Rule(NamedTuple):
    """What a setting has to be, and what to do where it is not."""

    fits: Callable[[Any], bool]
    remedy: str


_CONTENT_PATHS = Rule(
    is_list_of(is_inner_path), "give a list of paths below the content folder, without `..`"
)
_SUBSTITUTIONS = Rule(
    is_substitutions, "give a list of pairs: a regular expression and its replacement"
)

RULES = {
    "ARCHIVE_API": Rule(is_switch, "give True or False"),
    "ARCHIVE_APPEAL": Rule(
        is_appeal,
        'give {"title": "…", "text": "…", "link": ("…", "https://archive.example/give/")}, '
        "or None for no box",
    ),
    "ARCHIVE_AS_OF": Rule(is_moment, 'give an ISO 8601 date such as "2024-11-01T18:00Z"'),
    "ARCHIVE_CONTENT_POLICY": Rule(
        is_policy, """give directives and their sources, such as {"script-src": "'self'"}"""
    ),
    "ARCHIVE_EMBED_HOSTS": Rule(
        is_list_of(is_host), 'give a list of host names such as ["www.youtube-nocookie.com"]'
    ),
    "ARCHIVE_ANNOUNCE_CORRECTIONS": Rule(is_switch, "give True or False"),
    "ARCHIVE_FEEDS": Rule(
        is_feeds,
        f"give formats for kinds: {', '.join(FEED_KINDS)}; the formats are "
        f"{', '.join(FEED_FILES)}, of history atom alone",
    ),
    "ARCHIVE_HOST": Rule(
        lambda value: value is None or value in PROFILES, f"give one of {', '.join(PROFILES)}"
    ),
    "ARCHIVE_HUBS": Rule(
        is_list_of(is_web_address), 'give a list of addresses such as ["https://hub.example/"]'
    ),
    "ARCHIVE_JOBS": Rule(
        lambda value: is_count(value) and value <= 1024,
        "give a whole number, 0 for one a processor",
    ),
    "ARCHIVE_KEEP_GOING": Rule(is_switch, "give True or False"),
    "ARCHIVE_LANGUAGE_STORIES": Rule(
        is_count, "give a whole number, 0 for no front pages of languages"
    ),
    "ARCHIVE_OEMBED": Rule(is_switch, "give True or False"),
    "ARCHIVE_PAGE_SIZE": Rule(is_size, "give a whole number from 1 up"),
    "ARCHIVE_PICTURE_FORMATS": Rule(
        is_list_of(lambda value: value in ("avif", "webp")), 'give a list of "avif" and "webp"'
    ),
    "ARCHIVE_PICTURE_WIDTHS": Rule(
        is_list_of(lambda value: is_count(value) and 16 <= value <= 4096),
        "give a list of whole numbers from 16 to 4096, or [] for no renditions",
    ),
    "ARCHIVE_PRECOMPRESS": Rule(
        is_list_of(lambda value: value in ("br", "gz")), 'give a list of "br" and "gz"'
    ),
    "ARCHIVE_PUBLIC": Rule(is_switch, "give True or False"),
    "ARCHIVE_PUBLISH_TO": Rule(
        is_text_or_none, 'give a target such as "folder:/srv/archive" or "rsync:HOST:PATH"'
    ),
    "ARCHIVE_RELEASES": Rule(is_size, "give a whole number from 1 up"),
    "ARCHIVE_RAW_HTML": Rule(
        lambda value: value in ("sanitise", "trust"), 'give "sanitise" or "trust"'
    ),
    "ARCHIVE_STORY_SECONDS": Rule(is_size, "give a whole number of seconds from 1 up"),
    "ARCHIVE_STRICT": Rule(is_switch, "give True or False"),
    "ARTICLE_EXCLUDES": _CONTENT_PATHS,
    "ARTICLE_PATHS": _CONTENT_PATHS,
    "AUTHOR": Rule(is_text_or_none, "give a name as text"),
    "AUTHOR_REGEX_SUBSTITUTIONS": _SUBSTITUTIONS,
    "CATEGORY_REGEX_SUBSTITUTIONS": _SUBSTITUTIONS,
    "DEFAULT_CATEGORY": Rule(is_text_or_none, "give a section's name, or None for none"),
    "DEFAULT_LANG": Rule(
        is_language,
        'give the tag of a language such as "en", "uk" or "ar"',
    ),
    "DEFAULT_METADATA": Rule(is_metadata, 'give headers and values: {"status": "draft"}'),
    "DOCUTILS_SETTINGS": Rule(is_mapping, "give a dictionary"),
    "EXTRA_PATH_METADATA": Rule(
        is_path_metadata,
        "give headers for paths, inside content and output: "
        '{"extra/robots.txt": {"path": "robots.txt"}}',
    ),
    "FEED_MAX_ITEMS": Rule(
        lambda value: value is None or is_size(value), "give a whole number from 1 up"
    ),
    "FILENAME_METADATA": Rule(is_pattern, "give a regular expression with named groups"),
    "IGNORE_FILES": Rule(is_list_of(is_text), 'give a list of patterns such as ["*.tmp"]'),
    "INTRASITE_LINK_REGEX": Rule(
        is_link_pattern, "give a regular expression with a group named `what`"
    ),
    "MARKDOWN": Rule(is_mapping, "give a dictionary of Markdown's options"),
    "MENUITEMS": Rule(is_menu, 'give pairs of a text and an address: [("Imprint", "/imprint/")]'),
    "OUTPUT_PATH": Rule(is_path, "give the path of a folder"),
    "PAGE_EXCLUDES": _CONTENT_PATHS,
    "PAGE_PATHS": _CONTENT_PATHS,
    "PATH_METADATA": Rule(is_pattern, "give a regular expression with named groups"),
    "READERS": Rule(is_mapping, "give a dictionary from file endings to readers"),
    "SITENAME": Rule(lambda value: is_text(value) and value.strip(), "give the archive's name"),
    "SITESUBTITLE": Rule(is_text_or_none, "give text"),
    "SITEURL": Rule(
        is_site,
        'give the address with its scheme, such as "https://archive.example", or "" for a preview',
    ),
    "SLUG_REGEX_SUBSTITUTIONS": _SUBSTITUTIONS,
    "SLUGIFY_SOURCE": Rule(
        lambda value: value in ("title", "basename"), 'give "title" or "basename"'
    ),
    "STATIC_EXCLUDES": _CONTENT_PATHS,
    "STATIC_PATHS": _CONTENT_PATHS,
    "SUMMARY_END_SUFFIX": Rule(is_text, "give text"),
    "SUMMARY_MAX_LENGTH": Rule(
        lambda value: value is None or is_count(value), "give a whole number of words"
    ),
    "TAG_REGEX_SUBSTITUTIONS": _SUBSTITUTIONS,
    "THEME_STATIC_DIR": Rule(
        lambda value: isinstance(value, str) and not astray(value.strip("/")),
        'give a folder of the output such as "theme"',
    ),
    "THEME_STATIC_PATHS": Rule(is_list_of(is_inner_path), "give a list of folders of the theme"),
    "THEME_TEMPLATES_OVERRIDES": Rule(is_list_of(is_path), "give a list of folders of templates"),
    "TIMEZONE": Rule(is_zone, 'give a name of the IANA time zone database such as "Europe/Kyiv"'),
}
"""What settings have to be; of each that is stated or has a default in Pelican."""
