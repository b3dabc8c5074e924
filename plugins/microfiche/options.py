"""The settings that are ours: what each may be, its default and what it does."""

from __future__ import annotations

from msgspec import Struct

LANGUAGE_STORIES = 10
STORY_SECONDS = 10
RELEASES = 5
PAGE_SIZE = 30
PICTURE_FORMATS = ("avif", "webp")
PICTURE_WIDTHS = (480, 960, 1600)


class Setting(Struct, frozen=True):
    """A setting that is ours: its name, what it may be, its default and what it does."""

    name: str
    type: str
    default: object
    does: str


FEEDS: dict[str, tuple[str, ...]] = {
    "archive": ("rss", "atom", "json"),
    "section": ("rss", "atom", "json"),
    "story": ("rss", "atom", "json"),
    "tag": ("rss",),
    "byline": ("rss",),
    "history": ("atom",),
}
"""The formats of feeds by what they follow, where ARCHIVE_FEEDS says nothing of it."""

SETTINGS = (
    Setting(
        "ARCHIVE_ANNOUNCE_CORRECTIONS",
        "true or false",
        False,
        "Puts a correction at the top of the story's entry in feeds and counts it as an update; "
        "otherwise it stands at the end and is none.",
    ),
    Setting(
        "ARCHIVE_API",
        "true or false",
        False,
        "Writes the [API](api.md), the archive as JSON for scripts: one file more a story, and one "
        "a term, a month and a year.",
    ),
    Setting(
        "ARCHIVE_APPEAL",
        "dictionary or None",
        None,
        "A box under every story and the front page: `title`, `text` (its HTML is sanitised) "
        "and, if it leads somewhere, `link`, a pair of a text and an address.",
    ),
    Setting(
        "ARCHIVE_AS_OF",
        "date or None",
        None,
        "Builds the archive as of this moment: what is dated later is embargoed. "
        "The moment of the build when unset.",
    ),
    Setting(
        "ARCHIVE_CONTENT_POLICY",
        "dictionary",
        {},
        "Directives of the Content Security Policy in place of ours, such as "
        """`{"script-src": "'self'"}`; see [Hosting](hosting.md#headers).""",
    ),
    Setting(
        "ARCHIVE_EMBED_HOSTS",
        "list of hosts",
        [],
        "Hosts whose pages a story may embed in a sandboxed frame.",
    ),
    Setting(
        "ARCHIVE_FEEDS",
        "dictionary",
        {},
        'Formats of feeds by what they follow, such as `{"tag": ["rss", "atom"]}`; '
        "the kinds and their defaults are in [Feeds](feeds.md#formats).",
    ),
    Setting(
        "ARCHIVE_HOST",
        "name or None",
        None,
        "The host: its [files](hosting.md#host-files) are written and its limits heeded. When "
        "unset, the files of all hosts are written. `other` is a host that has none.",
    ),
    Setting(
        "ARCHIVE_HUBS",
        "list of addresses",
        [],
        "WebSub hubs that feeds name, which pass on what is new at once.",
    ),
    Setting(
        "ARCHIVE_JOBS", "number", 0, "Worker processes; 0 takes as many as there are processors."
    ),
    Setting(
        "ARCHIVE_KEEP_GOING",
        "true or false",
        False,
        "Publishes what is sound although other stories are broken, and a story with a link or "
        "picture that leads nowhere without it; the exit code is still 1.",
    ),
    Setting(
        "ARCHIVE_LANGUAGE_STORIES",
        "number",
        LANGUAGE_STORIES,
        "Stories that another language than the archive's needs for a front page and a feed of its "
        "own; 0 for none.",
    ),
    Setting(
        "ARCHIVE_OEMBED",
        "true or false",
        False,
        "Writes an [oEmbed](structured-data.md#oembed) file beside every story: one file more a "
        "story.",
    ),
    Setting(
        "ARCHIVE_PAGE_SIZE",
        "number",
        PAGE_SIZE,
        "Stories on the front page and on a term's first page; a longer year is split by month.",
    ),
    Setting(
        "ARCHIVE_PICTURE_FORMATS",
        "list of formats",
        list(PICTURE_FORMATS),
        'Formats into which pictures are put, the best first; "avif" and "webp" are known.',
    ),
    Setting(
        "ARCHIVE_PICTURE_WIDTHS",
        "list of numbers",
        list(PICTURE_WIDTHS),
        "Widths in pixels in which pictures are made; with an empty list, none are.",
    ),
    Setting(
        "ARCHIVE_PRECOMPRESS",
        "list of formats",
        [],
        "Formats in which text files are compressed ahead of time, for "
        '[hosts that send such files](hosting.md#compressed-files); "br" and "gz" are known.',
    ),
    Setting(
        "ARCHIVE_PUBLIC",
        "true or false",
        False,
        "Says that the build is for publication: it stops where it would lose an address that the "
        "ledger has.",
    ),
    Setting(
        "ARCHIVE_PUBLISH_TO",
        "target or None",
        None,
        "Where `microfiche publish` puts the archive if it is told nothing else: one of the "
        "[targets](hosting.md#targets), such as `rsync:HOST:PATH`.",
    ),
    Setting(
        "ARCHIVE_RAW_HTML",
        '"sanitise" or "trust"',
        "sanitise",
        "Whether HTML in stories is sanitised, or trusted because the archive owns it all.",
    ),
    Setting(
        "ARCHIVE_RELEASES",
        "number",
        RELEASES,
        "Releases that a target `folder:` keeps, the served one counted; with 1, a target `git:` "
        "keeps no history.",
    ),
    Setting(
        "ARCHIVE_STORY_SECONDS",
        "number",
        STORY_SECONDS,
        "Processor time that converting one story may take before it is quarantined.",
    ),
    Setting(
        "ARCHIVE_STRICT",
        "true or false",
        False,
        "Makes every warning an error.",
    ),
)
