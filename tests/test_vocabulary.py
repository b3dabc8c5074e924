"""The vocabulary: what it may say, what is told of mistakes, and what it does to an archive."""

from __future__ import annotations

import os
import re

import pytest

from microfiche import vocabulary
from microfiche.errors import Problem, Severity, Unreadable
from microfiche.pages.terms import identified
from microfiche.report import finding
from microfiche.settings import Pairs, Slugs
from microfiche.slugs import Slugger
from microfiche.vocabulary import DEPTH_LIMIT, FIELDS, Vocabulary
from tests.conftest import ROOT, Site
from tests.reference import DOCS

_RULES: Pairs = ((r"[^\w\s-]", ""), (r"(?u)\A\s*", ""), (r"(?u)\s*\Z", ""), (r"[-\s]+", "-"))
RULES = dict.fromkeys(("slug", "tag", "section", "byline", "story"), _RULES)


def parse(text: str) -> Vocabulary:
    """A vocabulary whose biographies are taken as they are."""
    slugger = Slugger(Slugs(rules=RULES, preserve_case=False, use_unicode=False))
    return vocabulary.parse(text.encode(), slugger, lambda raw, _: (raw, []))


def said(text: str) -> list[str]:
    """All that is wrong with a vocabulary."""
    return [finding(each) for each in parse(text).problems]


def test_every_key() -> None:
    """What each says is in the entry."""
    found = parse(
        """
        [tag.Moon]
        label = "The Moon"
        aliases = ["Luna", "La  Lune"]
        description = "It goes round."
        broader = "sky"
        image = "images/moon.png"
        image_alt = "It"
        image_credit = "Us"
        same_as = ["Q405", "medtop:13000000"]
        [tag.Sky]
        [section.World]
        [section.Home]
        [byline.Bo]
        biography = "*Bo*"
        links = { Site = "https://bo.example/" }
        [story.Race]
        title = "The race"
        standfirst = "Who was first."
        """
    )
    assert found.problems == ()
    moon = found.entries["tag", "moon"]
    assert (moon.label, moon.description, moon.broader) == ("The Moon", "It goes round.", "sky")
    assert moon.names == ("Moon", "The Moon", "Luna", "La Lune")
    assert moon.same_as == ("Q405", "medtop:13000000")
    assert moon.picture
    assert (moon.picture.path, moon.picture.alt, moon.picture.credit) == (
        "images/moon.png",
        "It",
        "Us",
    )
    assert found.spellings == {
        ("tag", "the-moon"): "moon",
        ("tag", "luna"): "moon",
        ("tag", "la-lune"): "moon",
        ("story", "the-race"): "race",
    }
    assert [found.entries["section", slug].rank for slug in ("world", "home")] == [1, 2]
    assert found.entries["byline", "bo"].biography == "*Bo*"
    assert found.entries["byline", "bo"].links == (("Site", "https://bo.example/"),)
    assert found.entries["story", "race"].label == "The race"
    assert found.entries["story", "race"].description == "Who was first."


def test_signs_that_mean_something_keep_terms_apart() -> None:
    """C, C++ and C# are three tags; an alias of one is none of another."""
    found = parse('[tag.C]\n[tag."C++"]\naliases = ["cpp"]\n[tag."C#"]\naliases = ["C sharp lang"]')
    assert found.problems == ()
    assert {slug for _, slug in found.entries} == {"c", "c-plus-plus", "c-sharp"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[tags.Moon]", "1: error: there is no kind of term 'tags'; did you mean tag?"),
        ("tag = 1", "1: error: 'tag' is not a table"),
        ("[tag]\nMoon = 1", "2: error: tag 'Moon' is a number, not a table"),
        ("[tag.Moon]\n\ndesciption = 'x'", "3: error: a tag has no 'desciption'; did you mean"),
        ("[story.Race]\nbroader = 'x'", "2: error: a running story has no 'broader'; it has"),
        ("[tag.Moon]\nlabel = 1", "2: error: label is a number; write a text"),
        ("[tag.Moon]\nlabel = ' '", "2: error: label is an empty text"),
        ("[tag.Moon]\naliases = 'x'", "2: error: aliases is a text"),
        ("[tag.Moon]\naliases = ['a',\n'!']", "3: error: tag '!' gives no address"),
        ("[tag.'…']", "1: error: tag '…' gives no address; use a name with letters or digits"),
        ("[tag.Moon]\nlabel = '?'", "2: error: tag '?' gives no address"),
        ("[tag.A]\naliases = ['x']\n[tag.B]\naliases = ['X!']", "4: error: 'X!' stands for two"),
        ("[tag.A]\n[tag.B]\naliases = ['a']", "3: error: 'a' stands for two: 'A' and 'B'"),
        ("[tag.'Élan']\n[tag.elan]", "2: error: tag 'elan' is 'Élan' already; make one entry"),
        ("[tag.Moon]\nbroader = 'Sly'\n[tag.Sky]", "2: error: the broader topic 'Sly' has no"),
        ("[tag.A]\nbroader = 'B'\n[tag.B]\nbroader = 'A'", "2: error: a topic is broader than i"),
        ("[tag.A]\nbroader = 'a'", "2: error: a topic is broader than itself: A → A"),
        ("[tag.Moon]\nsame_as = 'q405'", "2: error: 'q405' is no identifier that we know"),
        ("[byline.Bo]\nlinks = { a = 'javascript:x' }", "2: error: the address of the link 'a'"),
        ("[byline.Bo]\nlinks = 'https://a.example'", "2: error: links is a text"),
        ('[tag.Moon]\ndescription = "a\\u0000"', "2: error: description has the character U+0000"),
        ("[tag.Moon]\ndescription = '" + "x" * 10_001 + "'", "2: error: description has 10,001 ch"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, problem: str) -> None:
    """One mistake, one finding, with what to do."""
    (told,) = said(text)
    assert told.startswith(f"content/vocabulary.toml:{problem}")


def test_an_entry_with_a_mistake_counts_for_nothing() -> None:
    """Others do; one below it has no broader topic then."""
    found = parse("[tag.A]\nlabel = 1\naliases = ['x']\n[tag.B]\nbroader = 'A'\n[tag.C]")
    assert set(found.entries) == {("tag", "b"), ("tag", "c")}
    assert found.entries["tag", "b"].broader == ""
    assert found.spellings == {}


def test_ladders_have_an_end() -> None:
    """So many broader topics may stand above a tag, and no more."""
    ladder = [f"[tag.t{n}]\nbroader = 't{n + 1}'" for n in range(DEPTH_LIMIT + 1)]
    (told,) = said("\n".join([*ladder, f"[tag.t{DEPTH_LIMIT + 1}]"]))
    assert "more than 8 broader topics stand above 't0'" in told
    assert said("\n".join([*ladder[1:], f"[tag.t{DEPTH_LIMIT + 1}]"])) == []


@pytest.mark.parametrize(
    ("data", "line", "what"),
    [
        (b"[tag.Moon]\nlabel = \n", 2, "not TOML: Invalid value"),
        (b"[tag.Moon]\nrank = " + b"9" * 5000, 2, "not TOML: Exceeds the limit"),
        (b"[tag.Moon]\n[tag.Moon]\n", 2, "not TOML: Cannot declare"),
        (b"[tag.Moon]\nlabel = 'Lun\xe9'", 2, "the byte 0xE9 is not UTF-8"),
        (b"a = " + b"[" * 100_000, 1, ""),
    ],
)
def test_a_file_that_is_no_toml_is_unreadable(data: bytes, line: int, what: str) -> None:
    """Nothing in it can be relied on."""
    slugger = Slugger(Slugs(rules=RULES, preserve_case=False, use_unicode=False))
    with pytest.raises(Unreadable) as caught:
        vocabulary.parse(data, slugger, lambda raw, _: (raw, []))
    (problem,) = caught.value.problems
    assert problem.line == line
    assert problem.what.startswith(what)


def test_a_problem_of_a_biography_is_told() -> None:
    """On its own line where that is known, and else on that of the biography."""
    slugger = Slugger(Slugs(rules=RULES, preserve_case=False, use_unicode=False))
    wrong = Problem("", 1, "bad", "mend it", Severity.WARNING)
    found = vocabulary.parse(b"[byline.Bo]\nbiography = 'x'", slugger, lambda *_: ("", [wrong]))
    assert found.problems == (Problem("vocabulary.toml", 2, "bad", "mend it", Severity.WARNING),)


def test_identifiers_lead_where_they_are_defined() -> None:
    """To Wikidata's page of the thing, and to IPTC's of the topic."""
    assert identified("Q405").href == "https://www.wikidata.org/wiki/Q405"
    assert identified("medtop:15000000").href == "http://cv.iptc.org/newscodes/mediatopic/15000000"


def test_every_field_is_of_a_kind() -> None:
    """The table of the document has no key that no entry may have."""
    assert all(field.kinds and field.means for field in FIELDS)


def test_spellings_become_one_term(site: Site) -> None:
    """Aliases fold at reading, each story is listed once, and the label is the vocabulary's."""
    site.write("vocabulary.toml", '[tag."Ukraine war"]\nlabel = "War in Ukraine"\naliases = ["RU"]')
    site.story("a.md", Tags="ukraine war, RU")
    site.story("b.md", Tags="Ru")
    site.story("c.md", Tags="War in Ukraine")
    built = site.publish()
    assert {path for path in site.files() if path.startswith("tag/")} == {
        "tag/ukraine-war/index.html",
        "tag/ukraine-war/feed.xml",
        "tag/ru/index.html",
        "tag/war-in-ukraine/index.html",
    }
    assert "3 stories" in site.page("tag/ukraine-war/index.html")
    assert built.notes == [
        "note: tag 'Ru' of 1 story is taken for 'War in Ukraine'",
        "note: tag 'ukraine war' of 1 story is taken for 'War in Ukraine'",
    ]


def test_the_address_of_another_spelling_leads_on(site: Site) -> None:
    """Where stories use it; not where only a draft does."""
    site.write("vocabulary.toml", '[tag.Moon]\naliases = ["Luna", "Selene", "Lune"]')
    site.story("a.md", Tags="Luna")
    site.story("b.md", Tags="Selene", Status="draft")
    site.publish()
    assert 'href="https://gazette.example/tag/moon/"' in site.page("tag/luna/index.html")
    assert not {"tag/selene/index.html", "tag/lune/index.html"} & site.files().keys()


def test_a_link_to_a_tag_by_an_alias_leads_to_the_term(site: Site) -> None:
    """And is no finding."""
    site.write("vocabulary.toml", '[tag.Moon]\naliases = ["Luna"]')
    site.story("a.md", "See [it]({tag}Luna).", Tags="Moon")
    site.publish()
    assert 'href="/tag/moon/"' in site.body("2024/11/01/a/index.html")


def test_broader_topics_hold_the_stories_of_narrower_ones(site: Site) -> None:
    """With breadcrumbs down, links to what is narrower, and their own lists by year."""
    site.write(
        "vocabulary.toml", "[tag.Sky]\n[tag.Moon]\nbroader='Sky'\n[tag.Crater]\nbroader='Moon'"
    )
    site.story("a.md", Tags="Crater", Date="2020-01-01")
    site.story("b.md", Tags="Moon, Crater", Date="2021-01-01")
    site.publish(ARCHIVE_PAGE_SIZE=1)
    sky = site.page("tag/sky/index.html")
    assert "2 stories" in sky
    assert '<a href="../../tag/moon/">Moon</a>' in sky.replace('"/tag', '"../../tag')
    assert "tag/sky/2020/index.html" in site.files()
    crumbs = site.page("tag/crater/2020/index.html").split('class="crumbs"')[1].split("</nav>")[0]
    assert [crumbs.index(f"tag/{slug}/") for slug in ("sky", "moon", "crater")] == sorted(
        crumbs.index(f"tag/{slug}/") for slug in ("sky", "moon", "crater")
    )
    assert ">Sky<" not in site.page("2021/01/01/b/index.html")


def test_hostile_words_come_to_nothing(site: Site) -> None:
    """Texts are escaped, and a biography is sanitised as a story is."""
    site.write(
        "vocabulary.toml",
        """
        [byline.Bo]
        label = "Bo <b>"
        biography = "Hi <script>alert(1)</script> **you** [x](javascript:alert)"
        links = { "<i>" = "https://bo.example/?\\"><i>" }
        """,
    )
    site.story("a.md", Author="Bo")
    built = site.publish()
    page = site.page("byline/bo/index.html")
    assert "Bo &lt;b&gt;" in page
    assert "<strong>you</strong>" in page
    assert "<script" not in page.split("</head>")[1]
    assert "javascript:" not in page
    assert "<i>" not in page
    assert any("<script> was taken out" in warning for warning in built.warnings)


def test_a_picture_of_a_term_is_published(site: Site) -> None:
    """Though no story shows it; and one that is not there is an error with its line."""
    site.write("moon.png", b"not much of a picture")
    site.write("vocabulary.toml", "[tag.Moon]\nimage = 'moon.png'")
    site.story("a.md", Tags="Moon")
    site.publish()
    assert "moon.png" in site.files()
    assert 'src="/moon.png"' in site.page("tag/moon/index.html")
    site.write("vocabulary.toml", "[tag.Moon]\nimage = 'mon.png'")
    (told,) = site.refuse()
    assert told.startswith("content/vocabulary.toml:2: error: the picture 'mon.png' leads to no")


def test_the_file_itself_is_not_published(site: Site) -> None:
    """Not even where every file is."""
    site.write("vocabulary.toml", "[tag.Moon]")
    site.write("other.txt", "x")
    site.story()
    site.publish(STATIC_PATHS=[""])
    assert "other.txt" in site.files()
    assert "vocabulary.toml" not in site.files()


def test_a_broken_entry_stops_publication(site: Site) -> None:
    """With a build that keeps going, it counts for nothing, and the exit says so."""
    site.write(
        "vocabulary.toml", "[tag.Moon]\nlabel = 1\naliases = ['Luna']\n[tag.Sky]\naliases=['Air']"
    )
    site.story("a.md", Tags="Luna, Air")
    assert site.refuse() == [
        "content/vocabulary.toml:2: error: label is a number; write a text in quotes"
    ]
    built = site.build(ARCHIVE_KEEP_GOING=True)
    assert built.counts
    assert built.errors
    assert {"tag/luna/index.html", "tag/sky/index.html"} <= site.files().keys()


def test_a_file_that_is_no_toml_stops_even_a_build_that_keeps_going(site: Site) -> None:
    """For without it every alias would have a page of its own."""
    site.write("vocabulary.toml", "[tag.Moon]\naliases = ['Luna']")
    site.story("a.md", Tags="Luna")
    site.publish()
    site.write("vocabulary.toml", "[tag.Moon\n")
    (told,) = site.refuse(ARCHIVE_KEEP_GOING=True)
    assert told.startswith("content/vocabulary.toml:1: error: not TOML")


@pytest.mark.skipif(os.name != "posix", reason="links are made as POSIX has them")
def test_a_link_is_not_followed(site: Site) -> None:
    """The file has to lie in the content folder."""
    outside = site.content.parent / "outside.toml"
    outside.write_text("[tag.Moon]")
    (site.content / "vocabulary.toml").symlink_to(outside)
    site.story()
    (told,) = site.refuse()
    assert "vocabulary.toml: error: cannot be read" in told


def test_sections_stand_in_the_order_of_the_vocabulary(site: Site) -> None:
    """On the front page and in their index; those that it does not name come after."""
    site.write("vocabulary.toml", "[section.Sport]\ndescription = 'Who won.'\n[section.Arts]")
    for number, section in enumerate(("Arts", "World", "World", "Sport", "Sport", "Sport")):
        site.story(f"{number}.md", Category=section)
    site.publish()
    for page in ("index.html", "sections/index.html"):
        html = site.page(page).split("<main")[1]
        found = [html.index(f'section/{slug}/"') for slug in ("sport", "arts", "world")]
        if page == "sections/index.html":
            assert "Who won." in html
            assert found == sorted(found)
    front = site.page("index.html").split('<div class="sections">')[1]
    found = [front.index(f'section/{slug}/"') for slug in ("sport", "arts", "world")]
    assert found == sorted(found)


def test_the_example_of_the_document_is_sound() -> None:
    """Whoever copies it gets no error."""
    document = (DOCS / "vocabulary.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", document, re.DOTALL)
    assert said(example) == []


def test_the_sample_archive_has_a_sound_vocabulary() -> None:
    """Every entry of it counts."""
    text = (ROOT / "content" / "vocabulary.toml").read_text("utf-8")
    assert said(text) == []
    assert parse(text).entries["tag", "apollo"].broader == "human-spaceflight"
