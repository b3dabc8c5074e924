"""What the value of a setting may be: one question a function."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from microfiche import dates
from microfiche.addresses import FEED_FILES, FEED_KINDS, astray

_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LANG = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
_SITE = re.compile(r"(?:https?://[^\s/?#]+(?:/[^\s?#]*)?)?")
_WEB = re.compile(r"https?://[^\s/?#<>\"]+[^\s#<>\"]*")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_APPEAL = {"title", "text", "link"}
_MENU_SCHEMES = ("http:", "https:", "mailto:", "tel:")


def is_text(value: object) -> bool:
    """Text without control characters."""
    return isinstance(value, str) and not _CONTROL.search(value)


def is_text_or_none(value: object) -> bool:
    """The same, or None."""
    return value is None or is_text(value)


def is_count(value: object) -> bool:
    """A whole number from 0 to 100,000."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100_000


def is_size(value: object) -> bool:
    """The same from 1."""
    return is_count(value) and value != 0


def is_switch(value: object) -> bool:
    """True or False, and nothing that is taken for one."""
    return isinstance(value, bool)


def is_mapping(value: object) -> bool:
    """A dictionary."""
    return isinstance(value, Mapping)


def is_language(value: object) -> bool:
    """The tag of a language (BCP 47) in which dates are known."""
    return (
        isinstance(value, str)
        and bool(_LANG.fullmatch(value))
        and dates.is_language(dates.language_tag(value))
    )


def is_zone(value: object) -> bool:
    """The name of a time zone (IANA)."""
    try:
        ZoneInfo(value if isinstance(value, str) else "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def is_moment(value: object) -> bool:
    """An ISO 8601 date, or None."""
    return value is None or isinstance(dates.parse(str(value), ZoneInfo("UTC")), dates.Parsed)


def is_list_of(fits: Callable[[Any], bool]) -> Callable[[object], bool]:
    """The question whether a value is a list whose items all fit."""
    return lambda value: isinstance(value, list | tuple) and all(map(fits, value))


def is_host(value: object) -> bool:
    """A host name, without scheme and port."""
    return isinstance(value, str) and bool(re.fullmatch(r"[A-Za-z0-9.-]+", value))


def is_policy(value: object) -> bool:
    """Directives of a Content Security Policy with their sources."""
    return isinstance(value, Mapping) and all(
        isinstance(name, str)
        and isinstance(sources, str)
        and re.fullmatch(r"[a-z]+(?:-[a-z]+)*", name)
        and re.fullmatch(r"[\w '*+./:=-]*", sources, re.ASCII)
        for name, sources in value.items()
    )


def is_web_address(value: object) -> bool:
    """A whole address (http or https) without a fragment."""
    return isinstance(value, str) and bool(value) and bool(_WEB.fullmatch(value))


def is_feeds(value: object) -> bool:
    """Formats of feeds by what they follow."""
    return isinstance(value, Mapping) and all(
        kind in FEED_KINDS
        and isinstance(forms, list | tuple)
        and all(form in (FEED_FILES if kind != "history" else ("atom",)) for form in forms)
        for kind, forms in value.items()
    )


def is_inner_path(value: object) -> bool:
    """Whether a path stays below the content folder; ``""`` and ``.`` are all of it."""
    if not isinstance(value, str) or _CONTROL.search(value) or value.startswith("/"):
        return False
    return ".." not in value.split("/")


def is_path(value: object) -> bool:
    """The path of a file or folder."""
    return isinstance(value, Path) or (is_text(value) and bool(value))


def is_pattern(value: object) -> bool:
    """A regular expression, or None."""
    try:
        re.compile(value if isinstance(value, str) else "")
    except re.error:
        return False
    return value is None or isinstance(value, str)


def is_link_pattern(value: object) -> bool:
    """A regular expression with the group ``what``, which names the kind of link."""
    return is_pattern(value) and isinstance(value, str) and "what" in re.compile(value).groupindex


def is_substitutions(value: object) -> bool:
    """Pairs of a regular expression and its replacement."""
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


def is_metadata(value: object) -> bool:
    """Headers and values, as a dictionary or as pairs."""
    if isinstance(value, Mapping):
        return all(isinstance(name, str) for name in value)
    return isinstance(value, list | tuple) and all(
        isinstance(pair, list | tuple) and len(pair) == 2 for pair in value
    )


def is_path_metadata(value: object) -> bool:
    """Headers for paths of the content folder; none leads out of the output."""
    return isinstance(value, Mapping) and all(
        is_inner_path(path)
        and isinstance(given, Mapping)
        and not any(
            astray(str(given[name]).lstrip("/")) for name in ("path", "save_as") if name in given
        )
        for path, given in value.items()
    )


def is_menu(value: object) -> bool:
    """A list of menu items, or None."""
    return value is None or is_list_of(is_menu_item)(value)


def is_appeal(value: object) -> bool:
    """The box under every story, or None."""
    if value is None:
        return True
    if not isinstance(value, Mapping) or not {"title", "text"} <= {*value} <= _APPEAL:
        return False
    texts = value["title"], value["text"]
    return all(map(is_text, texts)) and ("link" not in value or is_menu_item(value["link"]))


def is_menu_item(value: object) -> bool:
    """A text and an address that leads into the archive, to the web, to mail or a telephone."""
    if not (isinstance(value, list | tuple) and len(value) == 2 and all(map(is_text, value))):
        return False
    if not bare(value[0]):
        return False
    return not _SCHEME.match(value[1]) or value[1].lower().startswith(_MENU_SCHEMES)


def bare(text: str) -> str:
    """The text of a menu item without the markup that Pelican's themes let through."""
    return " ".join(unescape(_TAG.sub(" ", text)).split())


def is_site(value: object) -> bool:
    """The archive's own address (http or https), or empty."""
    return is_text(value) and bool(_SITE.fullmatch(str(value)))
