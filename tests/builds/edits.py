"""Edits that a newsroom makes, as data: a script of them can be drawn, shrunk and printed."""

from __future__ import annotations

import posixpath
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from microfiche.publish.publication import write_down
from microfiche.scan import LEDGER
from tests.builds.archive import FOREIGN, Archive, Draft, Item, State, renamed, tree
from tests.builds.injection import Child, Moments
from tests.builds.ledgers import ALIASES, LEDGERS
from tests.photographs import photograph


class Edit(NamedTuple):
    """One edit: ``which`` picks what it is done to, ``how`` one of its variants."""

    what: str
    which: int = 0
    how: int = 0


DATES = (
    "2024-02-29 12:00",
    "2023-12-31 23:30",
    "2024-01-01",
    "2024-01-01 09:00",
    "2023-12-30",
    "2024-02-01",
    "2025-03-01 10:00",
    "2024-01-31",
    "2026-01-01 06:00",
    "2025-03-01 10:00",
    "1999-05-05",
    "2020-02-29",
    "2027-06-01",
    "2026-05-31 18:00",
)
MOMENTS = (
    "2026-06-01T00:00Z",
    "2024-01-01T08:00Z",
    "2026-01-01T06:00Z",
    "2028-01-01T00:00Z",
    "2024-02-15",
    "2026-02-28T23:30Z",
)
TITLES = ("Alpha", "Beta", "Gamma rays & <light>", "Delta")
SECTIONS = ("World", "world", "Culture", "WORLD", "", "Élan")
TAGS = ("Russia", "russia", "Moon, Russia", "RUSSIA", "moon", "", "C++, Moon", "Élan; elan", "C++")
BYLINES = ("Ann Lee", "Bo; Ann Lee", "ann lee", "", "Bo")
RUNNING = ("The Race", "", "the race", "Storm")
STATUSES = ("draft", "hidden", "published")
STATICS = ("images/a.png", "files/doc.pdf", "images/b.png", "2024/beside.jpg")
PICTURES = {"images/a.png": "PNG", "images/b.png": "JPEG", "2024/beside.jpg": "JPEG"}
"""What is in the static files that are pictures; one has not what its name says."""

FOLDERS = ("news", "2024", "olds")
LINKS = (
    "[x]({static}/images/a.png)",
    "[x]({attach}/files/doc.pdf)",
    "[x]({filename}/files/doc.pdf)",
    "![x]({static}/images/b.png)",
    "[x]({attach}/2024/beside.jpg)",
    "[x]({tag}Russia)",
    "[x]({tag}moon)",
    "[x]({category}World)",
    "[x]({author}Ann Lee)",
    "[x]({story}The Race)",
    "[x]({index})",
    "[x]({static}/images/b.png?v=1#f)",
    "![x]({attach}/2024/beside.jpg 'At sea')",
    "![x](/images/a.png)",
    "![](/2024/beside.jpg)",
)
SAVED = ("x/special.html", "", "x/index.html", "2024/01/01/index.html", "robots.txt")
NAMES = ("e.md", "2024/f.md", "news/g.md", "news/a.md", "h.md", "pages/about.md")
TEMPLATES = (
    "templates/story.html",
    "templates/base.html",
    "templates/parts/card.html",
    "templates/term.html",
    "templates/day.html",
    "templates/on_this_day.html",
    "templates/parts/footer.html",
    "templates/month.html",
    "templates/term_period.html",
    "templates/parts/pager.html",
    "static/css/content.css",
    "static/css/site.css",
    "static/extra.txt",
    "templates/special.html",
    "templates/front.html",
    "templates/unused.html",
    "overrides/parts/footer.html",
)
BROKEN = (
    "",
    "Title: no date\n\nBody.\n",
    "Title: x\nDate: yesterday\n\nBody.\n",
    "Tgas: x\n\nBody.\n",
)
VOCABULARIES = (
    """
    [tag.Moon]
    aliases = ["Ice"]
    broader = "Space"
    description = "A satellite."
    image = "images/b.png"
    [tag.Space]
    [section.Culture]
    """,
    """
    [tag.Moon]
    label = "The Moon & <more>"
    aliases = ["C++"]
    broader = "Space"
    same_as = "Q405"
    [tag.Space]
    aliases = ["Élan"]
    broader = "Universe"
    [tag.Universe]
    [section.World]
    aliases = ["Élan"]
    description = "Abroad."
    [byline.Bo]
    aliases = ["Ann Lee"]
    biography = "Bo *wrote*."
    person = true
    [story."The Race"]
    title = "A race"
    """,
    "",
    """
    [tag.Lune]
    aliases = ["moon"]
    broader = "russia"
    [tag.Russia]
    image = "images/a.png"
    [section.Culture]
    aliases = ["World"]
    [byline."Ann Lee"]
    person = true
    links = { Site = "https://ann.example/" }
    [story.Storm]
    aliases = ["the race"]
    """,
    """
    [tag.Moon]
    broader = "Nowhere"
    [tag.Russia]
    aliases = ["Élan"]
    """,
    "[tag.Moon\n",
)
"""Good ones, none, one with a broken entry, and one that is no TOML."""
SPECIAL = '{% extends "story.html" %}{% block kind %}special{% endblock %}'
UNSET = None

SOURCES = (
    "Wire: the storm, https://wire.example/1\nSource: Log",
    "WIRE: the race",
    "",
    "https://www.log.example/a\nSource: Wire",
    "Log\nSource: Lists\nSource: Atlas, https://atlas.example/\nSource: Atlas: map 2",
    "9 notes\nSource: wire",
)
CORRECTIONS = (
    "2024-02-02: Wrong.\nCorrection: 2024-03-02: Wrong again.",
    "",
    "2024-02-03: Worse.",
    "2023-12-31 10:00: Late.",
    "2025-01-01: Far.",
)

SETTINGS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("SITENAME", ("Gazette", "Courier")),
    ("ARCHIVE_PAGE_SIZE", (1, 2)),
    ("SITEURL", ("https://a.example", "https://b.example/sub", "")),
    ("ARCHIVE_KEEP_GOING", (True, False)),
    ("ARTICLE_URL", (UNSET, "{slug}.html", "{category}/{date:%Y}/{slug}/", "{date:%Y}/{slug}/")),
    ("MARKDOWN", (UNSET, {"extensions": ["markdown.extensions.smarty"], "output_format": "html"})),
    ("RELATIVE_URLS", (False, True)),
    ("FEED_MAX_ITEMS", (UNSET, 1, 2)),
    ("TAG_SAVE_AS", (UNSET, "", "tag/{slug}.html")),
    ("ARCHIVES_SAVE_AS", (UNSET, "", "all.html")),
    ("DAY_ARCHIVE_SAVE_AS", (UNSET, False)),
    ("ON_THIS_DAY_SAVE_AS", (UNSET, "", "dates/{date:%m%d}.html")),
    ("ON_THIS_DAYS_SAVE_AS", (UNSET, "")),
    ("YEAR_ARCHIVE_SAVE_AS", (UNSET, False, "y/{date:%Y}.html")),
    ("TAGS_SAVE_AS", (UNSET, "")),
    ("CATEGORY_URL", (UNSET, "topic/{slug}/")),
    ("AUTHOR_SAVE_AS", (UNSET, "")),
    ("INDEX_SAVE_AS", (UNSET, "home.html")),
    ("FEED_ALL_RSS", (UNSET, "all.rss")),
    ("TAG_FEED_RSS", (UNSET, "feeds/{slug}.rss")),
    ("FEED_ALL_ATOM", (UNSET, "feeds/all.atom.xml")),
    ("AUTHOR_FEED_ATOM", (UNSET, "feeds/by/{slug}.xml")),
    ("FEEDS_SAVE_AS", (UNSET, "", "follow.html")),
    ("ARCHIVE_FEEDS", (UNSET, {"history": [], "tag": ["json"]}, {"archive": ["rss"]})),
    ("ARCHIVE_ANNOUNCE_CORRECTIONS", (False, True)),
    ("ARCHIVE_OEMBED", (True, False)),
    ("ARCHIVE_API", (True, False)),
    ("ARCHIVE_HUBS", ((), ("https://hub.example/",))),
    ("DISPLAY_PAGES_ON_MENU", (True, False)),
    ("MENUITEMS", ((), (("Shop", "https://shop.example/"),))),
    ("SITESUBTITLE", ("", "All the news")),
    ("DEFAULT_LANG", ("en", "uk")),
    ("TIMEZONE", ("UTC", "Europe/Kyiv")),
    ("STATIC_PATHS", (["images"], ["images", "files"], [])),
    ("STATIC_SAVE_AS", ("{path}", "s/{path}")),
    (
        "EXTRA_PATH_METADATA",
        ({}, {"images/a.png": {"path": "icon.png"}, "news": {"author": "Desk"}}),
    ),
    ("DEFAULT_METADATA", ({}, {"tags": "Moon"})),
    ("SUMMARY_MAX_LENGTH", (50, 2)),
    ("USE_FOLDER_AS_CATEGORY", (True, False)),
    ("IGNORE_FILES", ([], ["a.*"])),
    ("ARCHIVE_RAW_HTML", ("sanitise", "trust")),
    ("AUTHOR", (UNSET, "The desk")),
    ("THEME_STATIC_DIR", ("theme", "look")),
    ("SLUGIFY_SOURCE", ("basename", "title")),
    ("PAGE_PATHS", (["pages"], ["pages", "news"])),
    ("THEME_TEMPLATES_OVERRIDES", ([], ["overrides"])),
    ("SOURCE_SAVE_AS", (UNSET, "", "by/{slug}.html")),
    ("SOURCES_SAVE_AS", (UNSET, "", "sources.html")),
    ("CORRECTIONS_SAVE_AS", (UNSET, "", "corrected.html")),
    ("ARCHIVE_PICTURE_WIDTHS", ([16, 32], [], [24], [16, 32, 64])),
    ("ARCHIVE_PICTURE_FORMATS", (["webp"], ["avif", "webp"], [])),
    ("ARCHIVE_PRECOMPRESS", (["gz"], [], ["br", "gz"])),
    ("ARCHIVE_LANGUAGE_STORIES", (2, 1, 0)),
    ("INDEX_LANG_SAVE_AS", (UNSET, "", "in/{lang}.html")),
    ("TRANSLATION_FEED_RSS", (UNSET, "feeds/{lang}.rss")),
    ("SITEMAP_SAVE_AS", (UNSET, "", "map.xml")),
    ("SITEMAP_NEWS_SAVE_AS", (UNSET, "")),
    ("ROBOTS_SAVE_AS", (UNSET, "")),
)


def at_first() -> State:
    """The archive that every script begins with."""
    lead = Draft("Lead", DATES[2]).having(
        Category="World",
        Tags="Russia, Moon",
        Author="Ann Lee",
        Story="The Race",
        Source=SOURCES[0],
        Correction=CORRECTIONS[0],
        Image="images/a.png",
    )
    return State(
        drafts={
            "a.md": lead,
            "2024/b.md": Draft("Second", DATES[3]).having(Category="world", Tags="russia"),
            "news/c.md": Draft("Third", DATES[1], links=("[x]({filename}/a.md)",)).having(
                Tags="Moon"
            ),
            "d.md": Draft("Last", DATES[6]).having(Category="Culture", Author="Bo", Tags="Russia"),
            "pages/about.md": Draft("About", links=("[x]({filename}/d.md)",)),
        },
        files={path: held(path, 0) for path in STATICS},
        theme={"templates/special.html": SPECIAL},
        conf={
            "SITENAME": "Gazette",
            "SITEURL": "https://a.example",
            "SLUGIFY_SOURCE": "basename",
            "ARCHIVE_AS_OF": MOMENTS[0],
            "ARCHIVE_LANGUAGE_STORIES": 2,
            "ARCHIVE_OEMBED": True,
            "ARCHIVE_API": True,
            "ARCHIVE_PAGE_SIZE": 1,
            "STATIC_PATHS": ["images"],
            "ARCHIVE_PICTURE_WIDTHS": [16, 32],
            "ARCHIVE_PICTURE_FORMATS": ["webp"],
            "ARCHIVE_PRECOMPRESS": ["gz"],
            "ARCHIVE_KEEP_GOING": True,
        },
    )


def held(path: str, how: int) -> bytes:
    """What a static file holds: of a picture another one, one that is cut off, one that is not."""
    kind = PICTURES.get(path)
    if not kind or how % 5 == 4:
        return f"{path} {how % 3}".encode()
    data = photograph(str(how % 3), kind)
    return data[: len(data) // 2] if how % 5 == 3 else data


def perform(archive: Archive, edit: Edit) -> None:
    """Do an edit, in the state and on the disk."""
    EDITS[edit.what](archive, edit.which, edit.how)
    archive.sync(keep_times=edit.what == "edit body unseen")


def mend(archive: Archive) -> None:
    """Repair every broken story and take out every link, so that a build succeeds again."""
    for path, draft in archive.state.drafts.items():
        date = draft.date or ("" if path.startswith("pages/") else DATES[0])
        archive.state.drafts[path] = replace(draft, raw=None, links=(), date=date)
        archive.state.drafts[path] = archive.state.drafts[path].having(
            Image="", Template="", Aliases=""
        )
    archive.state.files.pop(LEDGER, None)
    archive.state.files.pop("vocabulary.toml", None)
    archive.sync()


def _pick(items: Sequence[Item], number: int) -> Item:
    return items[number % len(items)]


def _path(archive: Archive, which: int) -> str | None:
    paths = sorted(archive.state.drafts)
    return _pick(paths, which) if paths else None


def _with(change: Callable[[Draft, int], Draft]) -> Callable[[Archive, int, int], None]:
    """An edit of one story's text."""

    def edit(archive: Archive, which: int, how: int) -> None:
        path = _path(archive, which)
        if path:
            archive.state.drafts[path] = change(archive.state.drafts[path], how)

    return edit


def _header(name: str, values: Sequence[str]) -> Callable[[Archive, int, int], None]:
    return _with(lambda draft, how: draft.having(**{name: _pick(values, how)}))


def _nothing(_archive: Archive, _which: int, _how: int) -> None:
    """Build again without any change."""


def _add(archive: Archive, which: int, how: int) -> None:
    path = next((name for name in _rotated(NAMES, which) if name not in archive.state.drafts), None)
    if path:
        archive.state.drafts[path] = Draft(f"New {which}", _pick(DATES, how)).having(
            Category=_pick(SECTIONS, how),
            Tags=_pick(TAGS, which + how),
            Author=_pick(BYLINES, which),
        )


def _rotated(items: Sequence[Item], number: int) -> list[Item]:
    cut = number % len(items)
    return [*items[cut:], *items[:cut]]


def _delete(archive: Archive, which: int, _how: int) -> None:
    path = _path(archive, which)
    if path:
        del archive.state.drafts[path]


def _rename(archive: Archive, which: int, how: int) -> None:
    path, new = _path(archive, which), _pick(NAMES, how)
    if path and new not in archive.state.drafts:
        archive.state.drafts[new] = archive.state.drafts.pop(path)
        archive.move(path, new)


def _swap_files(archive: Archive, which: int, how: int) -> None:
    one, other = _path(archive, which), _path(archive, how)
    if one and other and one != other:
        drafts = archive.state.drafts
        drafts[one], drafts[other] = drafts[other], drafts[one]
        archive.move(one, "swapping.md")
        archive.move(other, one)
        archive.move("swapping.md", other)


def _swap_slugs(archive: Archive, which: int, how: int) -> None:
    one, other = _path(archive, which), _path(archive, how)
    if one and other and one != other:
        drafts = archive.state.drafts
        slugs = [drafts[path].header("Slug") or _stem(path) for path in (one, other)]
        drafts[one] = drafts[one].having(Slug=slugs[1])
        drafts[other] = drafts[other].having(Slug=slugs[0])


def _stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]


def _translate(archive: Archive, which: int, how: int) -> None:
    """Put a translation beside a story, or take it away."""
    path = _path(archive, which)
    if not path:
        return
    draft, lang = archive.state.drafts[path], _pick(("uk", "de"), how)
    new = f"{posixpath.splitext(path)[0]}-{lang}.md"
    if new in archive.state.drafts:
        del archive.state.drafts[new]
    else:
        slug = draft.header("Slug") or _stem(path)
        archive.state.drafts[new] = draft.having(Slug=slug, Lang=lang)


def _move_folder(archive: Archive, which: int, how: int) -> None:
    old, new = _pick(FOLDERS, which), _pick(FOLDERS, how)
    if archive.move_folder(old, new):
        archive.state.drafts = renamed(archive.state.drafts, old, new)
        archive.state.files = renamed(archive.state.files, old, new)


def _lose(archive: Archive, which: int, how: int) -> None:
    """Have somebody take away what builds have written, cut it off, or take what is known of it."""
    ours = sorted(tree(archive.output).keys() - FOREIGN.keys())
    if not ours:
        return
    file = archive.output / _pick(ours, which * 7)
    if how % 5 == 4:
        for path in (archive.output.parent / ".microfiche").rglob("catalog*"):
            path.unlink()
    elif how % 4 == 0:
        file.unlink()
    elif how % 4 == 1:
        file.write_bytes(b"")
    elif how % 4 == 2:
        shutil.rmtree(archive.output / _pick(ours, which * 7).split("/")[0], ignore_errors=True)
    else:
        shutil.rmtree(archive.output)


def _link(archive: Archive, which: int, how: int) -> None:
    path = _path(archive, which)
    if path:
        draft = archive.state.drafts[path]
        links = (*draft.links, _pick(LINKS, how))[-4:]
        archive.state.drafts[path] = replace(draft, links=links)


def _link_story(archive: Archive, which: int, how: int) -> None:
    path, target = _path(archive, which), _path(archive, how)
    if path and target:
        draft = archive.state.drafts[path]
        archive.state.drafts[path] = replace(
            draft, links=(*draft.links, f"[y]({{filename}}/{target})")[-4:]
        )


def _static(archive: Archive, which: int, how: int) -> None:
    """Change a static file, take it away, or put it back."""
    path = _pick(STATICS, which)
    if how % 3 == 0:
        archive.state.files.pop(path, None)
    else:
        archive.state.files[path] = held(path, how)


def _vocabulary(archive: Archive, which: int, how: int) -> None:
    """Put another vocabulary in place of the one there is."""
    text = _pick(VOCABULARIES, which * 3 + how)
    archive.state.files.pop("vocabulary.toml", None)
    if text:
        archive.state.files["vocabulary.toml"] = text.encode()


def _theme(archive: Archive, which: int, how: int) -> None:
    name = _pick(TEMPLATES, which)
    if name.endswith("special.html"):
        text = SPECIAL + _pick(("{# 1 #}", "", "{# 2 #}"), how)
    else:
        text = _pick(("v1", "", "v2"), how)
    archive.state.theme[name] = text


def _set(archive: Archive, which: int, how: int) -> None:
    name, values = _pick(SETTINGS, which)
    value = _pick(values, how)
    if value is UNSET:
        archive.state.conf.pop(name, None)
    else:
        archive.state.conf[name] = value


def _time(archive: Archive, _which: int, how: int) -> None:
    archive.state.conf["ARCHIVE_AS_OF"] = _pick(MOMENTS, how)


def _break(archive: Archive, which: int, how: int) -> None:
    path = _path(archive, which)
    if path:
        draft = archive.state.drafts[path]
        raw = _pick(BROKEN, how) if draft.raw is None else None
        archive.state.drafts[path] = replace(draft, raw=raw)


def _correct(draft: Draft, how: int) -> Draft:
    return draft.having(Correction=_pick(CORRECTIONS, how))


def _ledger(archive: Archive, _which: int, how: int) -> None:
    """Have another ledger, or none."""
    text = _pick(LEDGERS, how)
    if text:
        archive.state.files[LEDGER] = text.encode()
    else:
        archive.state.files.pop(LEDGER, None)


def _publish(archive: Archive, _which: int, _how: int) -> None:
    """Build, and write down in the ledger what is published."""
    if archive.build().counts:
        write_down(archive.orders(archive.output).settings)
        archive.found(LEDGER)


def _be_killed(archive: Archive, which: int, how: int) -> None:
    """Edit something, and have the build of it killed at some moment."""
    perform(archive, Edit(_pick(("edit title", "retag", "delete", "add", "set"), how), which, how))
    moments = Moments(archive.output.parent, at=1 + which * 14 + how)
    child = Child(moments.around(lambda: str(archive.build())), archive.content.parent)
    child.wait()
    assert not child.lingers()


DISTURBING = {"lose", "be killed"}
"""Edits that leave the output in disorder, so that what was done to it cannot be counted."""

EDITS: dict[str, Callable[[Archive, int, int], None]] = {
    "nothing": _nothing,
    "add": _add,
    "edit body": _with(lambda draft, how: replace(draft, body=f"Body {how}.")),
    "edit body unseen": _with(lambda draft, how: replace(draft, body=f"Body {how}.")),
    "edit title": _with(lambda draft, how: replace(draft, title=_pick(TITLES, how))),
    "retag": _header("Tags", TAGS),
    "section": _header("Category", SECTIONS),
    "byline": _header("Authors", BYLINES),
    "running story": _header("Story", RUNNING),
    "event date": _header("Event_date", ("2023-12-01", "", "2024-01-01 08:00", "2026-05-01")),
    "redate": _with(lambda draft, how: replace(draft, date=_pick(DATES, how))),
    "rename": _rename,
    "swap files": _swap_files,
    "swap slugs": _swap_slugs,
    "delete": _delete,
    "status": _header("Status", STATUSES),
    "time": _time,
    "source": _header("Source", SOURCES),
    "correct": _with(_correct),
    "modify": _header("Modified", ("2024-05-05", "", "2024-05-06 10:00")),
    "dek": _header("Dek", ("Short & sharp", "")),
    "lead": _header("Lead", ("yes", "", "no")),
    "translate": _translate,
    "link": _link,
    "link story": _link_story,
    "picture": _header("Image", ("images/a.png", "", "files/doc.pdf", "images/b.png")),
    "words for a picture": _header("Image_alt", ("A ship", "", "A quay & a <ship>")),
    "template": _header("Template", ("special", "")),
    "static": _static,
    "vocabulary": _vocabulary,
    "theme": _theme,
    "set": _set,
    "break": _break,
    "save as": _header("Save_as", SAVED),
    "move folder": _move_folder,
    "ledger": _ledger,
    "aliases": _header("Aliases", ALIASES),
    "publish": _publish,
    "lose": _lose,
    "be killed": _be_killed,
}
