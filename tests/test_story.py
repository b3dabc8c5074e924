"""From headers to a typed story: every field checked, every problem collected."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pelican.settings import DEFAULT_CONFIG

from microfiche.addresses import astray
from microfiche.errors import Severity
from microfiche.records import CorrectionNote, PictureRef, SourceNote, Story, TermRef
from tests.conftest import Site, said

LONG = "x" * 300


def made(site: Site, path: str = "story.md", conf: Any = None, **headers: str) -> Story:
    """The story that a source with these headers makes."""
    site.story(path, **headers)
    reading = site.read_in(path, **conf or {})
    assert reading.story, reading.problems
    return reading.story


def wrong(site: Site, path: str = "story.md", conf: Any = None, **headers: str) -> str:
    """The one thing that is wrong with a source with these headers."""
    site.story(path, **headers)
    (found,) = said(site.read_in(path, **conf or {}).problems)
    return found


def labels(story: Story, kind: str) -> list[str]:
    """How a story spells its terms of a kind."""
    return [term.label for term in story.terms if term.kind == kind]


# Where the values come from


def test_a_header_beats_the_files_name_the_path_and_the_settings(site: Site) -> None:
    """The more specific wins, as in Pelican."""
    conf: dict[str, Any] = {
        "DEFAULT_METADATA": {"date": "2001-01-01", "lang": "de"},
        "EXTRA_PATH_METADATA": {"a": {"date": "2002-01-01"}},
        "PATH_METADATA": r"(?P<path>a/b)/(?P<category>[^/]+)/.*",
        "FILENAME_METADATA": r"(?P<date>\d{4}-\d{2}-\d{2})-(?P<slug>.*)",
    }

    def story(path: str) -> Story:
        site.write(path, "Title: A\n\nShips.")
        found = site.read_in(path, **conf).story
        assert found
        assert found.moment
        return found

    def day(path: str) -> str:
        moment = story(path).moment
        return moment.day if moment else ""

    assert day("x/one.md") == "2001-01-01"
    assert day("a/two.md") == "2002-01-01"
    assert day("a/b/News/2003-01-01-three.md") == "2003-01-01"
    assert story("a/b/News/2003-01-01-three.md").slug == "three"
    assert labels(story("a/b/News/four.md"), "section") == ["News"]
    assert made(site, "a/2003-01-01-five.md", conf, Date="2004-01-01").slug == "five"
    assert story("x/one.md").lang == "de"


def test_the_date_comes_from_the_files_name_by_pelicans_default(site: Site) -> None:
    """Names such as 2024-11-01-harbour.md."""
    site.write("2024-11-01-harbour.md", "Title: A\n\nShips.")
    story = site.read_in("2024-11-01-harbour.md").story
    assert story
    assert story.moment
    assert story.moment.day == "2024-11-01"


@pytest.mark.parametrize("mark", ["-", "_", "/"])
def test_a_date_from_a_path_may_have_other_marks(site: Site, mark: str) -> None:
    """It is a pattern's doing, not a person's guess."""
    path = mark.join(["2024", "11", "01"]) + ".md"
    pattern = r"(?P<date>\d{4}.\d{2}.\d{2}).*"
    site.write(path, "Title: A\n\nShips.")
    story = site.read_in(path, PATH_METADATA=pattern, FILENAME_METADATA="").story
    assert story
    assert story.moment
    assert story.moment.day == "2024-11-01"


def test_a_section_comes_from_the_folder_unless_it_is_a_number(site: Site) -> None:
    """USE_FOLDER_AS_CATEGORY, DEFAULT_CATEGORY and DEFAULT_METADATA as in Pelican."""
    assert labels(made(site, "Sport/a.md"), "section") == ["Sport"]
    assert labels(made(site, "2024/11/01/a.md"), "section") == ["misc"]
    assert labels(made(site, "a.md"), "section") == ["misc"]
    assert labels(made(site, "a.md", {"DEFAULT_CATEGORY": None}), "section") == []
    assert labels(made(site, "Sport/a.md", {"USE_FOLDER_AS_CATEGORY": False}), "section") == [
        "misc"
    ]
    default = {"DEFAULT_METADATA": {"category": "News"}}
    assert labels(made(site, "a.md", default), "section") == ["News"]
    assert labels(made(site, "Sport/a.md", default), "section") == ["Sport"]
    by_path = {"PATH_METADATA": r"(?P<category>\w)\w*/.*"}
    assert labels(made(site, "Sport/a.md", by_path), "section") == ["S"]
    assert labels(made(site, "Sport/a.md", Category="World"), "section") == ["World"]


def test_the_default_author_is_the_byline_of_stories_without_one(site: Site) -> None:
    """AUTHOR as in Pelican."""
    conf = {"AUTHOR": "Science desk"}
    assert labels(made(site, conf=conf), "byline") == ["Science desk"]
    assert labels(made(site, conf=conf, Author="World desk"), "byline") == ["World desk"]


def test_an_empty_header_is_none(site: Site) -> None:
    """Blank `URL:` and `save_as:` lines, as old sites have them, mean nothing."""
    story = made(site, URL="", save_as="", Slug="", Category="", Tags="")
    assert story.output == "2024/11/01/story/index.html"


# Slugs and addresses


def test_the_slug_comes_from_the_title_or_the_files_name(site: Site) -> None:
    """SLUGIFY_SOURCE as in Pelican."""
    title = {"Title": "Harbour opens"}
    assert made(site, "x y.md", **title).slug == "x-y"
    assert made(site, "x y.md", {"SLUGIFY_SOURCE": "title"}, **title).slug == "harbour-opens"
    assert made(site, Slug="Stated_As-it.is").slug == "Stated_As-it.is"


def test_the_address_follows_the_owners_pattern(site: Site) -> None:
    """Any header may stand in it."""
    pattern = {"ARTICLE_URL": "{category}/{author}/{date:%b}/{path}/{mood}/{slug}/"}
    story = made(site, "sea/a.md", pattern, Author="World desk", Mood="calm")
    assert story.output == "sea/world-desk/Nov/sea/a.md/calm/a/index.html"


@pytest.mark.parametrize("field", ["mood", "author"])
def test_a_header_that_the_pattern_asks_for_and_the_story_lacks_is_an_error(
    site: Site, field: str
) -> None:
    """Its name is in the message."""
    found = wrong(site, conf={"ARTICLE_URL": f"{{{field}}}/{{slug}}/"})
    assert f"asks for '{field}'; add that header" in found


def test_a_page_without_a_date_cannot_have_one_in_its_address(site: Site) -> None:
    """Pages need no date, unless PAGE_URL asks for it."""
    site.write("pages/about.md", "Title: About\n\nUs.")
    conf = {"PAGE_URL": "{date:%Y}/{slug}/"}
    (found,) = said(site.read_in("pages/about.md", **conf).problems)
    assert "asks for 'date'" in found


@pytest.mark.parametrize(
    ("headers", "address", "output"),
    [
        ({"Url": "moon/"}, "moon/", "moon/index.html"),
        ({"Url": "/moon.html"}, "moon.html", "moon.html"),
        ({"Save_as": "moon/index.html"}, "moon/", "moon/index.html"),
        ({"Url": "moon", "Save_as": "moon.html"}, "moon", "moon.html"),
        ({"Url": "caf%C3%A9/"}, "caf%C3%A9/", "café/index.html"),
        ({"Url": "café/"}, "caf%C3%A9/", "café/index.html"),
        ({"Url": "100%/"}, "100%25/", "100%/index.html"),
        ({"Url": "a b?c#d/"}, "a%20b%3Fc%23d/", "a b?c#d/index.html"),
        ({"Slug": "a/b"}, "2024/11/01/a/b/", "2024/11/01/a/b/index.html"),
        ({"Slug": "%2e%2e"}, "2024/11/01/%252e%252e/", "2024/11/01/%2e%2e/index.html"),
    ],
)
def test_a_story_may_state_its_address(
    site: Site, headers: dict[str, str], address: str, output: str
) -> None:
    """Of Url and Save_as the other follows where one is given; encoding happens once."""
    story = made(site, **headers)
    assert (story.address, story.output) == (address, output)


@pytest.mark.parametrize("name", ["Save_as", "Url", "Slug"])
@pytest.mark.parametrize(
    "value",
    [
        "../x.html",
        "a/../../x",
        "..",
        ".",
        "a//b",
        "a/./b",
        "a\\b",
        "%2e%2e/x",
        "x\ty",
        "https://e.org/x",
    ],
)
def test_no_address_leads_out_of_the_output(site: Site, name: str, value: str) -> None:
    """The line of the header that says so is told. An encoded slug is a strange one, no way out."""
    site.story(**{name: value})
    reading = site.read_in()
    if "%" in value and name != "Url":
        assert reading.story
    else:
        (found,) = said(reading.problems)
        assert found.startswith("content/story.md:3: error: ")


@pytest.mark.parametrize(
    "headers", [{"Save_as": ".htaccess"}, {"Url": "a/.git/"}, {"Slug": ".well-known"}]
)
def test_no_story_is_a_hidden_file(site: Site, headers: dict[str, str]) -> None:
    """A server may obey it."""
    assert "is a hidden file; give it a name without the dot" in wrong(site, **headers)


def test_an_address_that_differs_from_the_file_may_not_lead_elsewhere_either(site: Site) -> None:
    """Each link to the story would."""
    assert "is not an address of the archive" in wrong(site, Url="../x", Save_as="ok.html")


@pytest.mark.parametrize(
    ("headers", "what"),
    [
        ({"Slug": LONG}, "the slug has 300 bytes; keep it within 150"),
        ({"Save_as": f"{LONG}.html"}, "too long for a file system; give a shorter Slug"),
        ({"Save_as": "d/" * 600 + "x"}, "too long for a file system; give a shorter Slug"),
        ({"Tags": LONG}, "has 300 bytes; keep it within 150"),
        ({"Title": "word " * 300}, "the title has 1,499 characters; is an empty line missing"),
        ({"Dek": "x" * 10_001}, "Dek has 10,001 characters; keep it within 10,000"),
        ({"Source": "x" * 10_001}, "Source has 10,001 characters; keep it within 10,000"),
        ({"Authors": "a;" * 101 + "b"}, "the story has 102 bylines; keep it within 100"),
        (
            {"Tags": ",".join(map(str, range(10_000)))},
            "the story has 10,000 tags; keep it within 100",
        ),
    ],
)
def test_what_is_too_long_is_an_error(site: Site, headers: dict[str, str], what: str) -> None:
    """With the limit, and the line."""
    found = wrong(site, **headers)
    line = 1 if "Title" in headers else 3
    assert found.startswith(f"content/story.md:{line}: error: ")
    assert what in found


def test_a_title_of_eighty_words_is_no_error(site: Site) -> None:
    """Its slug is cut."""
    story = made(site, conf={"SLUGIFY_SOURCE": "title"}, Title="word " * 80)
    assert story.slug == "-".join(["word"] * 30)


# Terms


def test_lists_are_parted_by_commas_or_else_semicolons(site: Site) -> None:
    """A semicolon lets an item have a comma; a list may be given in several lines."""
    assert labels(made(site, Tags="sea, fish ,,"), "tag") == ["sea", "fish"]
    assert labels(made(site, Tags="Lisbon, Portugal; fish;"), "tag") == ["Lisbon, Portugal", "fish"]
    assert labels(made(site, Authors="Doe, J.; Roe, R."), "byline") == ["Doe, J.", "Roe, R."]
    assert labels(made(site, Tags="sea", Keywords="fish"), "tag") == ["sea", "fish"]


def test_a_tag_given_twice_counts_once(site: Site) -> None:
    """Under the spelling that comes first."""
    assert labels(made(site, Tags="Russia, russia, RUSSIA"), "tag") == ["Russia"]


@pytest.mark.parametrize("tag", ["???", "🎉", "..", ".", "/", "\u202e"])
def test_a_tag_that_gives_no_address_is_an_error(site: Site, tag: str) -> None:
    """Two of them would share one page."""
    assert "gives no address; use a name with letters or digits" in wrong(site, Tags=f"sea, {tag}")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\n\r\0"), max_size=80))
def test_any_tag_gives_a_safe_address_or_an_error(site: Site, tag: str) -> None:
    """Nothing else."""
    site.story(Tags=tag)
    reading = site.read_in()
    if reading.story:
        assert not any(astray(term.slug) for term in reading.story.terms)
    else:
        assert said(reading.problems)


# Fields


@pytest.mark.parametrize("name", ["Date", "Modified", "Event_date"])
def test_a_garbled_date_is_an_error_in_every_field(site: Site, name: str) -> None:
    """With the line of that field."""
    line = 2 if name == "Date" else 3
    assert wrong(site, **{name: "soon"}).startswith(
        f"content/story.md:{line}: error: 'soon' is not"
    )


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("images/a.png", "images/a.png"),
        ("/images/a.png", "images/a.png"),
        ("{static}/images/a.png", "images/a.png"),
        ("{attach}images/a.png", "images/a.png"),
    ],
)
def test_a_picture_is_named_from_the_content_folder(site: Site, value: str, path: str) -> None:
    """With its text, caption and credit."""
    more = {"Image_alt": "A ship", "Image_caption": "The ship.", "Image_credit": "NASA"}
    assert made(site, Image=value, **more).picture == PictureRef(
        path, "A ship", "The ship.", "NASA"
    )


@pytest.mark.parametrize(
    ("date", "clock"),
    [
        ("2024-11-02 12:00+02:00", "10:00"),
        ("2024-11-02T12:00Z", "12:00"),
        ("2024-11-02 12:00", "12:00"),
        ("2024-11-2 9:05", "09:05"),
    ],
)
def test_a_correction_may_have_a_time(site: Site, date: str, clock: str) -> None:
    """Whatever stands between it and the text, as with a date."""
    for mark in (": ", " – ", " "):
        (correction,) = made(site, Correction=f"{date}{mark}It was 40 m.").corrections
        assert (correction.moment.day, correction.moment.clock) == ("2024-11-02", clock)
        assert correction.text == "It was 40 m."


def test_an_impossible_date_of_a_correction_is_named(site: Site) -> None:
    """It has a date and a text, so that this is not what is wrong."""
    assert "month must be in 1..12" in wrong(site, Correction="2024-13-02: It was 40 m.")


def test_a_correction_has_a_date_and_a_text(site: Site) -> None:
    """What parts them does not matter."""
    for mark in (": ", " ", ", ", " – "):
        (correction,) = made(site, Correction=f"2024-11-02{mark}The height was wrong.").corrections
        assert isinstance(correction, CorrectionNote)
        assert (correction.moment.day, correction.text) == ("2024-11-02", "The height was wrong.")
    assert "write `Correction: 2024-11-02:" in wrong(site, Correction="The height was wrong.")


@pytest.mark.parametrize(
    ("value", "note"),
    [
        ("NASA, https://www.nasa.gov/", SourceNote("NASA", "https://www.nasa.gov/", "nasa")),
        ("NASA (https://www.nasa.gov/)", SourceNote("NASA", "https://www.nasa.gov/", "nasa")),
        ("NASA <https://www.nasa.gov/>", SourceNote("NASA", "https://www.nasa.gov/", "nasa")),
        ("The minutes", SourceNote("The minutes", "", "the-minutes")),
        ("NASA, javascript:a(1)", SourceNote("NASA, javascript:a(1)", "", "nasa-javascripta1")),
        ("???", SourceNote("???", "", "")),
    ],
)
def test_a_source_is_a_name_and_perhaps_an_address(
    site: Site, value: str, note: SourceNote
) -> None:
    """Only http and https are addresses."""
    assert made(site, Source=value).notes == (note,)


@pytest.mark.parametrize(
    ("value", "slug", "label"),
    [
        ("NASA: Apollo 11, https://www.nasa.gov/", "nasa", "NASA"),
        ("N.A.S.A.: a report", "nasa", "N.A.S.A."),
        ("https://www.nasa.gov/a?b", "nasa-gov", "nasa.gov"),
        ("http://nasa.gov", "nasa-gov", "nasa.gov"),
        (": a report", "a-report", ": a report"),
        ("Log of 4:30", "log-of-430", "Log of 4:30"),
        ("long " * 40, "-".join(["long"] * 30), " ".join(["long"] * 30) + "…"),
    ],
)
def test_who_published_a_source_gathers_stories(
    site: Site, value: str, slug: str, label: str
) -> None:
    """It is what stands before a colon, else the whole name, else the host of an address."""
    story = made(site, Source=value)
    assert [term for term in story.terms if term.kind == "source"] == [
        TermRef("source", slug, label)
    ]
    assert [note.source for note in story.notes] == [slug]


def test_a_story_has_not_too_many_sources(site: Site) -> None:
    """Every one of them has a page to keep."""
    lines = "\nSource: ".join(f"Log {number}" for number in range(101))
    assert "the story has 101 sources" in wrong(site, Source=lines)


def test_a_status_is_one_of_three(site: Site) -> None:
    """Pelican's `skip` is a draft: it is published nowhere."""
    assert [made(site, Status=status).status for status in ("Draft", "hidden", "skip", "")] == [
        "draft",
        "hidden",
        "draft",
        "published",
    ]
    assert "use published, draft or hidden" in wrong(site, Status="pubished")


def test_a_translation_shares_the_group_of_its_original(site: Site) -> None:
    """Same day, same slug; another language lies below its own folder."""
    original = made(site, "a.md")
    translation = made(site, "uk/a.md", Lang="UK")
    assert translation.group == original.group
    assert (translation.lang, translation.translation) == ("uk", True)
    assert translation.output == "uk/2024/11/01/a/index.html"
    assert made(site, "b.md", Translation="true").translation


@pytest.mark.parametrize("lang", ["ukrainian!", "english", "xx", "e"])
def test_a_language_that_nobody_knows_is_an_error(site: Site, lang: str) -> None:
    """Else its dates would be in English."""
    assert "write a tag such as `en`, `uk` or `ar`" in wrong(site, Lang=lang)


@pytest.mark.parametrize("lang", ["en", "ar", "pt-BR", "zh-Hans"])
def test_a_language_may_be_any_that_dates_are_known_in(site: Site, lang: str) -> None:
    """With a script or a region, or without."""
    assert made(site, Lang=lang).lang == lang.lower()


@pytest.mark.parametrize(
    ("modified", "warnings"),
    [("2024-10-31", 1), ("2024-11-01", 0), ("2024-11-01 17:00", 1), ("2024-11-01 19:00", 0)],
)
def test_a_change_before_publication_is_a_warning(site: Site, modified: str, warnings: int) -> None:
    """Of a day alone only the day counts."""
    site.story(Date="2024-11-01 18:00", Modified=modified)
    reading = site.read_in()
    assert reading.story
    found = said(reading.problems, Severity.WARNING)
    assert len(found) == warnings
    assert all("is before Date, 2024-11-01; mend one of them" in line for line in found)


def test_a_mistyped_address_of_a_source_is_a_warning(site: Site) -> None:
    """It is shown as text."""
    site.story(Source="NASA, htp://nasa.gov")
    reading = site.read_in()
    assert reading.story
    (warning,) = said(reading.problems, Severity.WARNING)
    assert "'htp://nasa.gov' is no address that can be linked to" in warning


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Tilte: A\nDate: 2024-11-01", "did you mean Title?"),
        ("Title: A\nDaet: 2024-11-01", "did you mean Date?"),
    ],
)
def test_a_misspelt_header_is_not_missing_too(site: Site, text: str, meant: str) -> None:
    """One mistake is one error."""
    site.write("story.md", f"{text}\n\nShips.")
    reading = site.read_in()
    assert reading.story is None
    (error,) = said(reading.problems)
    assert meant in error


@pytest.mark.parametrize("template", ["nope", "archive", "base", "../story", "parts/card", "404"])
def test_only_a_template_for_stories_can_be_named(site: Site, template: str) -> None:
    """A month's template would fail on a story."""
    found = wrong(site, Template=template)
    assert found.endswith(f"the theme has no template '{template}' for a story; it has page, story")


def test_a_template_may_be_named_with_its_ending(site: Site) -> None:
    """As Pelican has it without."""
    assert made(site, Template="page.html").template == "page"


def test_a_storys_identity_survives_a_move_in_time(site: Site) -> None:
    """It depends on the path, or on the Id header alone."""
    first = made(site).identity
    assert made(site, Date="2023-01-01", Title="Other", Slug="other").identity == first
    assert made(site, "moved.md").identity != first
    assert made(site, "a.md", Id="moon").identity == made(site, "b.md", Id="moon").identity
    assert first.startswith("urn:uuid:")


@pytest.mark.parametrize("name", ["self", "path", "is_valid", "__class__", "make", "fields"])
def test_a_header_is_data_whatever_its_name(site: Site, name: str) -> None:
    """It is set on nothing."""
    site.write("story.md", f"Title: A\nDate: 2024-11-01\n{name}: x\n\nShips.")
    story = site.read_in().story
    assert story
    assert story.extra == ((name, "x"),)


def test_every_problem_of_a_story_is_found_at_once(site: Site) -> None:
    """Nobody has to build eight times."""
    bad = {"Date": "soon", "Tags": "???", "Status": "x", "Lang": "!", "Template": "x", "Slug": ".."}
    site.story(Title="", **bad)
    lines = [problem.line for problem in site.read_in().problems]
    assert sorted(lines) == [1, 2, 3, 4, 5, 6, 7]


def test_pelicans_default_settings_alone_make_a_story(site: Site) -> None:
    """Nothing of ours has to be configured."""
    conf = {name: DEFAULT_CONFIG[name] for name in ("SLUGIFY_SOURCE", "DEFAULT_LANG")}
    assert made(site, conf=conf).slug == "story"
