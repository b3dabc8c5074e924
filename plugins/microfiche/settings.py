"""pelicanconf.py, read once into one frozen struct; every problem is reported together."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from microfiche import addresses, dates, rules
from microfiche.addresses import FEED_FILES, Addresses
from microfiche.errors import Problem, SettingsError
from microfiche.options import (
    FEEDS,
    LANGUAGE_STORIES,
    PAGE_SIZE,
    PICTURE_FORMATS,
    PICTURE_WIDTHS,
    RELEASES,
    SETTINGS,
    STORY_SECONDS,
)
from microfiche.publish.protection import directives
from microfiche.rules.values import bare
from microfiche.sanitise import Sanitiser
from microfiche.views import Appeal

Pairs = tuple[tuple[str, str], ...]

FEED_SIZE = 30
NOT_FOR_STORIES = frozenset(
    (
        "404",
        "archive",
        "base",
        "day",
        "feeds",
        "front",
        "month",
        "on_this_day",
        "on_this_days",
        "redirect",
        "corrections",
        "running",
        "source",
        "source_letter",
        "source_period",
        "term",
        "term_period",
        "terms",
        "year",
    )
)
"""Templates that other pages are made with: a story's ``Template`` header cannot name them."""


class Slugs(Struct, frozen=True):
    """Pelican's rules for slugs; ``rules`` has one list of substitutions a kind of name."""

    rules: dict[str, Pairs]
    preserve_case: bool
    use_unicode: bool


class ReadSettings(Struct, frozen=True):
    """All that decides what a source turns into: a change here reads every source anew."""

    timezone: str
    lang: str
    slugify_source: str
    slugs: Slugs
    filename_metadata: str
    path_metadata: str
    extra_path_metadata: tuple[tuple[str, Pairs], ...]
    default_metadata: Pairs
    folder_as_section: bool
    default_section: str
    default_author: str
    markdown: dict[str, Any]
    reader_options: Pairs
    summary_words: int
    summary_end: str
    trust_html: bool
    embed_hosts: tuple[str, ...]
    story_seconds: int
    addresses: Addresses
    base: str
    link_pattern: str
    templates: tuple[str, ...]


class FolderSettings(Struct, frozen=True):
    """Which files under ``content/`` are what; paths relative to it, ``""`` for all of it."""

    stories: tuple[str, ...]
    story_excludes: tuple[str, ...]
    pages: tuple[str, ...]
    page_excludes: tuple[str, ...]
    statics: tuple[str, ...]
    static_excludes: tuple[str, ...]
    static_sources: bool
    ignore: tuple[str, ...]
    suffixes: tuple[str, ...]


class SiteSettings(Struct, frozen=True):
    """What pages say of the site as a whole."""

    name: str
    tagline: str
    url: str
    lang: str
    relative: bool
    menu: Pairs
    pages_on_menu: bool
    page_size: int
    language_stories: int
    feed_size: int
    appeal: Appeal | None
    feeds: dict[str, tuple[str, ...]]
    hubs: tuple[str, ...]
    announce_corrections: bool
    oembed: bool
    api: bool
    host: str
    policy: Pairs


class PictureSettings(Struct, frozen=True):
    """What is made of pictures: widths in pixels, narrow ones first, and formats, best first."""

    widths: tuple[int, ...]
    formats: tuple[str, ...]


class Settings(Struct, frozen=True):
    """The whole configuration; functions are given the part that they use.

    ``state`` is the folder in which builds keep what they know of the output, ``kept`` the one for
    what they made of pictures.
    """

    content: Path
    output: Path
    state: Path
    kept: Path
    themes: tuple[Path, ...]
    theme_statics: tuple[str, ...]
    as_of: datetime
    keep_going: bool
    strict: bool
    public: bool
    publish_to: str
    releases: int
    jobs: int
    folders: FolderSettings
    reading: ReadSettings
    site: SiteSettings
    pictures: PictureSettings
    precompress: tuple[str, ...]
    notes: tuple[Problem, ...]

    @property
    def today(self) -> str:
        """The day ``YYYY-MM-DD`` of ``as_of`` in the archive's time zone."""
        return self.as_of.astimezone(ZoneInfo(self.reading.timezone)).date().isoformat()


def load(
    conf: Mapping[str, Any], defaults: Mapping[str, Any], suffixes: tuple[str, ...], now: datetime
) -> Settings:
    """Read Pelican's settings.

    ``defaults`` is Pelican's DEFAULT_CONFIG, ``suffixes`` the file endings its readers know,
    ``now`` an aware datetime used where ``ARCHIVE_AS_OF`` is unset.

    Raises:
        SettingsError: with every problem there is.
    """
    problems = rules.problems(conf, (setting.name for setting in SETTINGS))
    if problems:
        raise SettingsError(problems)
    themes = template_folders(conf)
    reading = _reading(conf, defaults, themes)
    output = Path(conf["OUTPUT_PATH"]).resolve()
    return Settings(
        content=Path(conf["PATH"]).resolve(),
        output=output,
        state=state_of(output),
        kept=state_of(output) / "pictures",
        themes=themes,
        theme_statics=tuple(conf["THEME_STATIC_PATHS"]),
        as_of=_as_of(conf, now),
        keep_going=bool(conf.get("ARCHIVE_KEEP_GOING", False)),
        strict=bool(conf.get("ARCHIVE_STRICT", False)),
        public=bool(conf.get("ARCHIVE_PUBLIC", False)),
        publish_to=str(conf.get("ARCHIVE_PUBLISH_TO") or ""),
        releases=int(conf.get("ARCHIVE_RELEASES", RELEASES)),
        jobs=int(conf.get("ARCHIVE_JOBS") or 0) or processors(),
        folders=_folders(conf, suffixes),
        reading=reading,
        site=_site(conf, defaults, reading.addresses),
        pictures=PictureSettings(
            tuple(sorted(set(conf.get("ARCHIVE_PICTURE_WIDTHS", PICTURE_WIDTHS)))),
            tuple(dict.fromkeys(conf.get("ARCHIVE_PICTURE_FORMATS", PICTURE_FORMATS))),
        ),
        precompress=tuple(sorted(set(conf.get("ARCHIVE_PRECOMPRESS", ())))),
        notes=tuple(rules.notes(conf, defaults)),
    )


def state_of(output: Path) -> Path:
    """The folder in which builds keep what they know of an output."""
    return output.parent / ".microfiche" / output.name


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def template_folders(conf: Mapping[str, Any]) -> tuple[Path, ...]:
    """Folders of templates: the owner's overrides first, the theme last."""
    overrides = [Path(path).resolve() for path in conf["THEME_TEMPLATES_OVERRIDES"]]
    return (*overrides, Path(conf["THEME"]).resolve() / "templates")


def _as_of(conf: Mapping[str, Any], now: datetime) -> datetime:
    stated = conf.get("ARCHIVE_AS_OF")
    if stated is None:
        return now
    parsed = dates.parse(str(stated), ZoneInfo(str(conf.get("TIMEZONE", "UTC"))))
    assert isinstance(parsed, dates.Parsed)  # checked above
    return datetime.fromtimestamp(parsed.moment.stamp, UTC)


def _folders(conf: Mapping[str, Any], suffixes: tuple[str, ...]) -> FolderSettings:
    def paths(name: str) -> tuple[str, ...]:
        found = (os.path.normpath(path) for path in conf[name])
        return tuple("" if path == "." else path for path in found)

    def excludes(name: str) -> tuple[str, ...]:
        return tuple(filter(None, paths(name)))  # Pelican adds "" itself, and means nothing by it

    return FolderSettings(
        stories=paths("ARTICLE_PATHS"),
        story_excludes=excludes("ARTICLE_EXCLUDES"),
        pages=paths("PAGE_PATHS"),
        page_excludes=excludes("PAGE_EXCLUDES"),
        statics=paths("STATIC_PATHS"),
        static_excludes=excludes("STATIC_EXCLUDES"),
        static_sources=not conf["STATIC_EXCLUDE_SOURCES"],
        ignore=tuple(conf["IGNORE_FILES"]),
        suffixes=suffixes,
    )


def _reading(
    conf: Mapping[str, Any], defaults: Mapping[str, Any], themes: tuple[Path, ...]
) -> ReadSettings:
    return ReadSettings(
        timezone=str(conf.get("TIMEZONE", "UTC")),
        lang=dates.language_tag(conf["DEFAULT_LANG"]),
        slugify_source=conf["SLUGIFY_SOURCE"],
        slugs=_slugs(conf),
        filename_metadata=conf.get("FILENAME_METADATA", defaults["FILENAME_METADATA"]) or "",
        path_metadata=conf["PATH_METADATA"] or "",
        extra_path_metadata=tuple(
            (path, _pairs(values)) for path, values in sorted(conf["EXTRA_PATH_METADATA"].items())
        ),
        default_metadata=_pairs(dict(conf["DEFAULT_METADATA"])),
        folder_as_section=bool(conf["USE_FOLDER_AS_CATEGORY"]),
        default_section=str(conf.get("DEFAULT_CATEGORY") or ""),
        default_author=str(conf.get("AUTHOR") or ""),
        markdown=conf["MARKDOWN"],
        reader_options=tuple(
            (name, repr(conf.get(name)))
            for name in ("DOCUTILS_SETTINGS", "FORMATTED_FIELDS", "PYGMENTS_RST_OPTIONS", "READERS")
        ),
        summary_words=int(conf.get("SUMMARY_MAX_LENGTH") or 0),
        summary_end=str(conf.get("SUMMARY_END_SUFFIX", "…")),
        trust_html=conf.get("ARCHIVE_RAW_HTML") == "trust",
        embed_hosts=tuple(sorted(conf.get("ARCHIVE_EMBED_HOSTS", ()))),
        story_seconds=int(conf.get("ARCHIVE_STORY_SECONDS", STORY_SECONDS)),
        addresses=addresses.from_settings(conf, defaults),
        base=addresses.base_of(str(conf["SITEURL"] or "")),
        link_pattern=conf["INTRASITE_LINK_REGEX"],
        templates=tuple(sorted(_templates(themes) - NOT_FOR_STORIES)),
    )


def _templates(themes: tuple[Path, ...]) -> set[str]:
    return {path.stem for theme in themes for path in theme.glob("*.html")}


def _pairs(values: Mapping[str, Any]) -> Pairs:
    """Metadata given in the configuration, as the text that a header would have."""

    def text(value: object) -> str:
        if isinstance(value, list | tuple):
            return ", ".join(str(item) for item in value)
        return str(value)

    return tuple((str(name).lower(), text(value)) for name, value in sorted(values.items()))


def _slugs(conf: Mapping[str, Any]) -> Slugs:
    general = conf["SLUG_REGEX_SUBSTITUTIONS"]
    kinds = {"tag": "TAG", "section": "CATEGORY", "byline": "AUTHOR"}

    def rules(stated: Any) -> Pairs:
        return tuple((str(pattern), str(text)) for pattern, text in stated)

    own = {
        kind: rules(conf.get(f"{name}_REGEX_SUBSTITUTIONS", general))
        for kind, name in kinds.items()
    }
    return Slugs(
        rules={"slug": rules(general), "story": rules(general), **own},
        preserve_case=bool(conf["SLUGIFY_PRESERVE_CASE"]),
        use_unicode=bool(conf["SLUGIFY_USE_UNICODE"]),
    )


def _site(conf: Mapping[str, Any], defaults: Mapping[str, Any], places: Addresses) -> SiteSettings:
    feed_size = conf.get("FEED_MAX_ITEMS")
    return SiteSettings(
        name=str(conf["SITENAME"]),
        tagline=str(conf.get("SITESUBTITLE") or ""),
        url=str(conf["SITEURL"] or ""),
        lang=dates.language_tag(conf["DEFAULT_LANG"]),
        relative=bool(conf["RELATIVE_URLS"]),
        menu=tuple((bare(text), href) for text, href in conf.get("MENUITEMS") or ()),
        pages_on_menu=bool(conf["DISPLAY_PAGES_ON_MENU"]),
        page_size=int(conf.get("ARCHIVE_PAGE_SIZE", PAGE_SIZE)),
        language_stories=int(conf.get("ARCHIVE_LANGUAGE_STORIES", LANGUAGE_STORIES)),
        feed_size=FEED_SIZE if feed_size in (None, defaults["FEED_MAX_ITEMS"]) else int(feed_size),
        appeal=_appeal(conf.get("ARCHIVE_APPEAL")),
        feeds=_feeds(conf.get("ARCHIVE_FEEDS", {}), places),
        hubs=tuple(conf.get("ARCHIVE_HUBS", ())),
        announce_corrections=bool(conf.get("ARCHIVE_ANNOUNCE_CORRECTIONS", False)),
        oembed=bool(conf.get("ARCHIVE_OEMBED", False)),
        api=bool(conf.get("ARCHIVE_API", False)),
        host=str(conf.get("ARCHIVE_HOST") or ""),
        policy=directives(
            sorted(conf.get("ARCHIVE_EMBED_HOSTS", ())),
            conf.get("ARCHIVE_CONTENT_POLICY", {}),
            trusting=conf.get("ARCHIVE_RAW_HTML") == "trust",
        ),
    )


def _appeal(stated: Mapping[str, Any] | None) -> Appeal | None:
    if stated is None:
        return None
    text = Sanitiser().clean(stated["text"])
    return Appeal(stated["title"], text, *stated.get("link", ()))


def _feeds(given: Mapping[str, Any], places: Addresses) -> dict[str, tuple[str, ...]]:
    """The formats of each kind of feed, in order; a stated address switches its format on."""

    def wanted(kind: str) -> set[str]:
        if kind in given:
            return set(given[kind])
        return {*FEEDS[kind], *places.stated_feeds.get(kind, ())}

    found = {kind: tuple(filter(wanted(kind).__contains__, FEED_FILES)) for kind in FEEDS}
    if "atom" not in found["archive"]:
        found["history"] = ()  # it begins with the archive's own feed
    return found
