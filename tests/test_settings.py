"""pelicanconf.py becomes one frozen struct, or a list of everything that is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pelican.settings import DEFAULT_CONFIG, read_settings

from microfiche import pages, render, rules
from microfiche.errors import SettingsError, Severity
from microfiche.hooks import orders_for
from microfiche.options import SETTINGS
from microfiche.rules.allowed import RULES
from microfiche.settings import NOT_FOR_STORIES, Settings
from tests.conftest import AS_OF, Site, said

WRONG: list[tuple[str, Any]] = [
    ("ARCHIVE_APPEAL", "Give"),
    ("ARCHIVE_APPEAL", {"title": "Give"}),
    ("ARCHIVE_APPEAL", {"title": "Give", "text": "Please.", "url": "/give/"}),
    ("ARCHIVE_APPEAL", {"title": "Give", "text": "Please.", "link": ("Here", "javascript:0")}),
    ("ARCHIVE_AS_OF", "soon"),
    ("ARCHIVE_AS_OF", 20240101),
    ("ARCHIVE_EMBED_HOSTS", "www.example.org"),
    ("ARCHIVE_EMBED_HOSTS", ["https://www.example.org/"]),
    ("ARCHIVE_JOBS", "many"),
    ("ARCHIVE_JOBS", -1),
    ("ARCHIVE_JOBS", True),
    ("ARCHIVE_KEEP_GOING", "yes"),
    ("ARCHIVE_PAGE_SIZE", 0),
    ("ARCHIVE_RAW_HTML", True),
    ("ARCHIVE_STORY_SECONDS", 0),
    ("ARTICLE_PATHS", ["../news"]),
    ("ARTICLE_SAVE_AS", ""),
    ("ARTICLE_SAVE_AS", "../{slug}.html"),
    ("ARTICLE_URL", "{slug"),
    ("ARTICLE_URL", "{date.year}/{slug}/"),
    ("ARTICLE_URL", "https://e.org/{slug}"),
    ("ARTICLE_URL", 5),
    ("DEFAULT_LANG", "english!"),
    ("DEFAULT_LANG", "english"),
    ("DEFAULT_METADATA", 5),
    ("DOCUTILS_SETTINGS", 5),
    ("EXTRA_PATH_METADATA", []),
    ("EXTRA_PATH_METADATA", {"a.md": "x"}),
    ("EXTRA_PATH_METADATA", {"images/a.png": {"path": "../../a.png"}}),
    ("FEED_ALL_RSS", "../feed.xml"),
    ("FEED_MAX_ITEMS", 0),
    ("FILENAME_METADATA", "("),
    ("IGNORE_FILES", [5]),
    ("INDEX_SAVE_AS", "../index.html"),
    ("INTRASITE_LINK_REGEX", "("),
    ("INTRASITE_LINK_REGEX", "x"),
    ("MARKDOWN", None),
    ("MENUITEMS", [("a",)]),
    ("MENUITEMS", [('<i class="icon"></i>', "/about/")]),
    ("MENUITEMS", [("a", "javascript:alert(1)")]),
    ("MENUITEMS", 5),
    ("OUTPUT_PATH", ""),
    ("PAGE_SAVE_AS", ""),
    ("PATH_METADATA", "(?P<slug"),
    ("READERS", 5),
    ("SITENAME", ""),
    ("SITENAME", None),
    ("SITENAME", "a\x01b"),
    ("SITEURL", "archive.example"),
    ("SITEURL", "javascript:alert(1)"),
    ("SITEURL", "https://archive.example/a b"),
    ("SLUGIFY_SOURCE", "name"),
    ("SLUG_REGEX_SUBSTITUTIONS", 5),
    ("SLUG_REGEX_SUBSTITUTIONS", [("(", "")]),
    ("SLUG_REGEX_SUBSTITUTIONS", [("a", r"\9")]),
    ("STATIC_PATHS", ["/etc"]),
    ("STATIC_PATHS", [5]),
    ("STATIC_SAVE_AS", "x"),
    ("STATIC_URL", "../{path}"),
    ("SUMMARY_MAX_LENGTH", "x"),
    ("TAG_FEED_RSS", "feeds/tags.xml"),
    ("TAG_REGEX_SUBSTITUTIONS", [("a",)]),
    ("TAG_URL", "{tag}/"),
    ("TAG_URL", "tags.html"),
    ("THEME_STATIC_DIR", ""),
    ("THEME_STATIC_DIR", "../theme"),
    ("THEME_STATIC_PATHS", ["../static"]),
    ("THEME_TEMPLATES_OVERRIDES", [5]),
    ("TIMEZONE", "Mars/Base"),
    ("TIMEZONE", "../../etc/passwd"),
    ("TIMEZONE", None),
    ("YEAR_ARCHIVE_SAVE_AS", "year.html"),
]
SOUND: list[tuple[str, Any]] = [
    ("ARCHIVE_APPEAL", None),
    ("ARCHIVE_APPEAL", {"title": "Give", "text": "Please.", "link": ("Here", "give/")}),
    ("ARCHIVE_AS_OF", "2024-11-01 18:00 +02:00"),
    ("ARCHIVE_EMBED_HOSTS", ("www.example.org",)),
    ("ARTICLE_PATHS", ["."]),
    ("ARTICLE_URL", "/news/{mood}/{date:%Y}/{slug}.html"),
    ("DEFAULT_CATEGORY", None),
    ("DEFAULT_METADATA", (("status", "draft"),)),
    ("EXTRA_PATH_METADATA", {"extra/CNAME": {"path": "CNAME"}}),
    ("FEED_ALL_RSS", None),
    ("FEED_MAX_ITEMS", None),
    ("FILENAME_METADATA", ["x"]),  # Pelican warns of it and goes on without
    ("MENUITEMS", (("Write", "mailto:desk@e.org"), ("Us", "/about/"), ("Far", "https://e.org/"))),
    ("READERS", {"html": None}),
    ("SITEURL", ""),
    ("SITEURL", "https://archive.example/base"),
    ("SITENAME", "<b> & ünïcode"),
    ("STATIC_PATHS", ["", ".well-known"]),
    ("SUMMARY_MAX_LENGTH", None),
    ("TAG_SAVE_AS", ""),
    ("INDEX_SAVE_AS", "front.html"),
    ("THEME_TEMPLATES_OVERRIDES", ["no/such/folder"]),
]


def load(site: Site, **conf: Any) -> Settings:
    """The settings of an archive."""
    return orders_for(read_settings(override={**site.conf, **conf})).settings


def wrong(site: Site, **conf: Any) -> list[str]:
    """All that is wrong with settings."""
    with pytest.raises(SettingsError) as raised:
        load(site, **conf)
    return said(raised.value.problems)


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_an_error_that_names_the_setting_and_the_remedy(
    site: Site, name: str, value: Any
) -> None:
    """Pelican's own settings included: no traceback for a slip in pelicanconf.py."""
    found = wrong(site, **{name: value})
    assert any(line.startswith(f"{name}: error: ") and "; " in line for line in found), found


@pytest.mark.parametrize(("name", "value"), SOUND)
def test_a_sound_value_is_none(site: Site, name: str, value: Any) -> None:
    """The archive is built with it."""
    site.story(Mood="calm")
    site.publish(**{name: value})


def test_the_owners_appeal_is_made_harmless_and_stands_under_stories(site: Site) -> None:
    """Its title is text, its text keeps what a story's would; on the front page and under each."""
    site.story()
    text = "<em>Please.</em><script>alert(1)</script><a href='javascript:0'>x</a>"
    link = ("Give", "https://e.org/give")
    site.publish(ARCHIVE_APPEAL={"title": "<b>Give", "text": text, "link": link})
    box = (
        '<aside class="appeal" aria-label="&lt;b&gt;Give">\n'
        '<h2 class="label">&lt;b&gt;Give</h2>\n<div><em>Please.</em><a>x</a></div>\n'
        '<p><a class="button" href="https://e.org/give">Give</a></p>\n</aside>'
    )
    pages = [page for page in site.output.rglob("index.html") if box in page.read_text("utf-8")]
    assert len(pages) == 2
    assert site.output / "index.html" in pages


def test_a_misspelt_field_of_a_storys_address_is_an_error_of_the_setting(site: Site) -> None:
    """Not of each story; a header of the owner's own may be named."""
    (error,) = wrong(site, ARTICLE_URL="{slgu}/")
    assert error == ("ARTICLE_URL: error: '{slgu}/' has a field {slgu}; did you mean {slug}?")


def test_every_problem_is_told_at_once(site: Site) -> None:
    """And an unknown setting of ours with the one that was meant."""
    assert [
        line.split("; ")[0] for line in wrong(site, TIMEZONE="x", ARCHIVE_JOB=1, ARCHIVE_FOO=1)
    ] == [
        "ARCHIVE_FOO: error: there is no such setting",
        "ARCHIVE_JOB: error: there is no such setting",
        "TIMEZONE: error: 'x' is not a value for it",
    ]
    assert "did you mean ARCHIVE_JOBS?" in wrong(site, ARCHIVE_JOB=1)[0]
    assert "did you mean" not in wrong(site, ARCHIVE_FOO=1)[0]


def test_a_value_of_any_length_is_told_in_one_line(site: Site) -> None:
    """It is cut."""
    assert len(wrong(site, STATIC_PATHS=[5] * 10_000)[0]) < 300


@pytest.mark.parametrize("name", ["notmyidea", "simple"])
def test_a_theme_of_pelicans_is_an_error_with_the_line_to_write(site: Site, name: str) -> None:
    """Its templates would know nothing of our views."""
    (found,) = wrong(site, THEME=name)
    assert "set THEME = microfiche.THEME" in found


@pytest.mark.parametrize("inside", ["content/output", "."])
def test_content_and_output_must_not_lie_in_one_another(site: Site, inside: str) -> None:
    """Output would be read as content, or content be taken for output."""
    (found,) = wrong(site, OUTPUT_PATH=str(site.content.parent / inside))
    assert found.startswith("OUTPUT_PATH: error: the output and the content lie in one another")


def test_an_output_that_is_a_file_is_an_error(site: Site) -> None:
    """Before anything is built."""
    site.output.write_text("precious")
    (found,) = wrong(site)
    assert found.startswith("OUTPUT_PATH: error: ")
    assert site.output.read_text() == "precious"


def test_the_moment_of_a_build_is_stated_or_now(site: Site) -> None:
    """A moment without an offset is in the archive's zone."""
    summer = load(site, ARCHIVE_AS_OF="2024-07-01 12:00").as_of
    assert summer == datetime(2024, 7, 1, 11, tzinfo=UTC)
    del site.conf["ARCHIVE_AS_OF"]
    before = datetime.now(UTC)
    assert before <= load(site).as_of <= datetime.now(UTC)
    assert load(site, ARCHIVE_AS_OF=None).as_of >= before
    assert f"{before:%Y-%m-%d}" > AS_OF


def test_paths_are_made_plain(site: Site) -> None:
    """`.` is all of the content folder; a hidden folder keeps its name."""
    folders = load(site, STATIC_PATHS=["./images/", ".well-known"], ARTICLE_PATHS=["."]).folders
    assert folders.statics == ("images", ".well-known")
    assert folders.stories == ("",)


def test_a_menu_item_is_its_text(site: Site) -> None:
    """Pelican's own themes let markup through; ours has no use for icons of another's font."""
    items = [('<i class="icon"></i> <b>Home</b>', "/"), ("R&amp;D", "/r/"), ("a < b & c", "/a/")]
    texts = [text for text, _ in load(site, MENUITEMS=items).site.menu]
    assert texts == ["Home", "R&D", "a < b & c"]


def test_the_date_of_a_file_is_nobodys_date(site: Site) -> None:
    """It changes with every copy: it is passed over with a word, and a story needs its own."""
    site.story("a.md")
    (note,) = [each for each in site.publish(DEFAULT_DATE="fs").notes if "DEFAULT" in each]
    assert note == "DEFAULT_DATE: note: has no effect here"
    site.write("b.md", "Title: B\n\nText.\n")
    (error,) = site.refuse(DEFAULT_DATE="fs")
    assert error.startswith("content/b.md:1: error: there is no date; add")


def test_what_has_no_effect_is_told_once(site: Site) -> None:
    """Nobody should wonder why typogrify does nothing."""
    idle = {"TYPOGRIFY": True, "DEFAULT_PAGINATION": 10, "DEFAULT_DATE_FORMAT": "%d"}
    notes = said(load(site, **idle).notes, Severity.NOTE)
    assert notes == [
        "DEFAULT_DATE_FORMAT, DEFAULT_PAGINATION, TYPOGRIFY: note: have no effect here"
    ]
    assert load(site).notes == ()
    assert set(rules.IDLE) <= DEFAULT_CONFIG.keys() | {"DEFAULT_DATE"}


def test_settings_are_data(site: Site) -> None:
    """Equal settings are equal: they are compared to see whether sources must be read anew."""
    assert load(site) == load(site)
    assert load(site, TIMEZONE="UTC").reading != load(site).reading
    assert load(site, SITENAME="Other").reading == load(site).reading


def test_every_setting_of_ours_is_checked_and_explained() -> None:
    """docs/configuration.md is made from SETTINGS."""
    names = [setting.name for setting in SETTINGS]
    assert names == sorted(names)
    assert set(names) <= RULES.keys()
    assert all(setting.does.endswith(".") and setting.type for setting in SETTINGS)
    for setting in SETTINGS:
        assert RULES[setting.name].fits(setting.default), setting.name


def test_templates_of_other_pages_are_not_for_stories(site: Site) -> None:
    """Every page kind but those of stories and pages is on the list."""
    settings = load(site)
    kinds = pages.kinds(settings, render.make_theme(settings))
    theirs = {Path(kind.template).stem for kind in kinds if kind.template}
    assert {*theirs, "base"} - {"story", "page"} == NOT_FOR_STORIES
    assert settings.reading.templates == ("page", "story")
