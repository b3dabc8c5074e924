"""The calendar: what leads a day, how days are shaded, and the way to a story without a search."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.conftest import PICTURE, Site

Texts = Callable[[str, str], list[str]]


@pytest.fixture
def texts(site: Site) -> Texts:
    """What a selector finds on a page of the output, by the page's address."""

    def found(address: str, selector: str) -> list[str]:
        page = LexborHTMLParser((site.output / address / "index.html").read_text("utf-8"))
        return [" ".join(node.text().split()) for node in page.css(selector)]

    return found


def write(site: Site, day: str, name: str, clock: str = "09:00", **headers: str) -> Path:
    """Write a story of a day, titled as it is named."""
    return site.story(f"{day}-{name}.md", **{"Title": name, "Date": f"{day} {clock}", **headers})


LEAD = ".lead .headline"


def test_the_newest_story_leads_a_day(site: Site, texts: Texts) -> None:
    """Where nothing else is said."""
    write(site, "2024-11-01", "early", "08:00")
    write(site, "2024-11-01", "late", "20:00")
    site.publish()
    assert texts("2024/11/01", LEAD) == ["late"]


def test_a_story_with_a_picture_leads_before_a_newer_one(site: Site, texts: Texts) -> None:
    """A front page has a picture if it can."""
    site.write("images/a.svg", PICTURE)
    write(site, "2024-11-01", "pictured", "08:00", Image="images/a.svg", Image_alt="A")
    write(site, "2024-11-01", "late", "20:00")
    site.publish(STATIC_PATHS=["images"])
    assert texts("2024/11/01", LEAD) == ["pictured"]


def test_the_lead_header_goes_before_all_else(site: Site, texts: Texts) -> None:
    """On the day's page, in the month, on the date's page and on the front page; the newest one."""
    site.write("images/a.svg", PICTURE)
    write(site, "2024-11-01", "chosen", "07:00", Lead="yes")
    write(site, "2024-11-01", "earlier choice", "06:00", Lead="Yes")
    write(site, "2024-11-01", "pictured", "08:00", Image="images/a.svg", Image_alt="A")
    write(site, "2024-11-01", "late", "20:00", Lead="no")
    site.publish(STATIC_PATHS=["images"])
    assert texts("2024/11/01", LEAD) == ["chosen"]
    assert texts("2024/11", ".days li a")[0] == "chosen"
    assert texts("on-this-day/11-01", "h3")[0] == "chosen"
    assert texts("", LEAD) == ["chosen"]


def test_the_lead_of_the_newest_day_is_found_among_many(site: Site, texts: Texts) -> None:
    """Though the front page shows fewer stories than stand before it."""
    for hour in range(10, 16):
        write(site, "2024-11-01", f"news {hour}", f"{hour}:00")
    write(site, "2024-11-01", "chosen", "06:00", Lead="yes")
    site.publish(ARCHIVE_PAGE_SIZE=2)
    assert texts("", LEAD) == ["chosen"]


def test_a_lead_that_is_neither_yes_nor_no_is_doubted(site: Site, texts: Texts) -> None:
    """Other systems keep a standfirst under that name; the story is published all the same."""
    write(site, "2024-11-01", "early", "08:00", Lead="The boat waited for hours.")
    write(site, "2024-11-01", "late", "20:00")
    (warning,) = site.publish().warnings
    assert warning == (
        "content/2024-11-01-early.md:3: warning: Lead is neither yes nor no and is passed over; "
        "write `Lead: yes`, or call a standfirst `Dek`"
    )
    assert texts("2024/11/01", LEAD) == ["late"]


def test_the_rest_of_a_day_stands_by_section(site: Site, texts: Texts) -> None:
    """The fullest first, stories without one last; a few in full, the others by headline."""
    for hour in range(1, 6):
        write(site, "2024-11-01", f"sport {hour}", f"0{hour}:00", Category="Sport")
    write(site, "2024-11-01", "world", "06:00", Category="World")
    write(site, "2024-11-01", "loose", "07:00", Category="")
    write(site, "2024-11-01", "lead", "23:00", Category="World")
    site.publish(DEFAULT_CATEGORY="", USE_FOLDER_AS_CATEGORY=False)
    assert texts("2024/11/01", "h2.label") == ["Sport", "World", "Other stories"]
    assert texts("2024/11/01", ".section h3") == ["sport 5", "sport 4", "sport 3", "world", "loose"]
    assert texts("2024/11/01", ".section .headlines a") == ["sport 2", "sport 1"]


def test_sections_of_a_day_follow_the_vocabulary(site: Site, texts: Texts) -> None:
    """Those that it does not name come after; a new order rewrites the day."""
    for number, name in enumerate(("Culture", "Sport", "World", "lead")):
        write(site, "2024-11-01", name, f"1{number}:00", Category=name)
    site.write("vocabulary.toml", "[section.World]\n[section.Sport]\n")
    site.publish(USE_FOLDER_AS_CATEGORY=False)
    assert texts("2024/11/01", "h2.label") == ["World", "Sport", "Culture"]
    site.write("vocabulary.toml", "[section.Sport]\n[section.World]\n")
    site.publish(USE_FOLDER_AS_CATEGORY=False)
    assert texts("2024/11/01", "h2.label") == ["Sport", "World", "Culture"]


def test_turning_the_page_skips_empty_days(site: Site, texts: Texts) -> None:
    """The day before is the one before that has a story."""
    for day in ("2023-12-30", "2024-02-29", "2024-11-01"):
        write(site, day, f"of {day}")
    write(site, "2024-02-28", "draft", Status="draft")
    write(site, "2024-03-01", "hidden", Status="hidden")
    site.publish()
    turned = texts("2024/02/29", ".pager a > :last-child")
    assert turned == ["December 30, 2023", "November 1, 2024"]


def test_shades_follow_the_rank_of_the_number(site: Site) -> None:
    """The fullest quarter of the days is the darkest: one very full day flattens no other."""
    for day, count in (("01", 1), ("02", 2), ("03", 3), ("04", 4), ("05", 5)):
        for number in range(count):
            write(site, f"2024-11-{day}", f"s{day}{number}")
    site.publish()
    assert shades(site, "2024") == [1, 2, 3, 3, 4]
    for number in range(15):
        write(site, "2024-11-06", f"busy {number}")
    site.publish()
    assert shades(site, "2024/11") == [1, 2, 2, 3, 4, 4]


def test_a_few_stories_are_never_dark(site: Site) -> None:
    """Where days have one story each, and one has two, that one is no full day."""
    for day in ("01", "02", "03", "04"):
        write(site, f"2024-11-{day}", f"s{day}")
    write(site, "2024-11-04", "second")
    site.publish()
    assert shades(site, "2024") == [1, 1, 1, 2]


def test_a_long_archive_is_cut_by_decades(site: Site) -> None:
    """From twenty years on, the page of all years has a row to jump by."""
    for year in range(1999, 2018):
        write(site, f"{year}-11-01", f"s{year}")
    site.publish()
    assert "years-" not in (site.output / "archive/index.html").read_text("utf-8")
    write(site, "2018-11-01", "s2018")
    site.publish()
    page = LexborHTMLParser((site.output / "archive/index.html").read_text("utf-8"))
    assert [link.attributes["href"] for link in page.css("main nav a")] == [
        "#years-2010",
        "#years-2000",
        "#years-1990",
    ]
    assert [node.text() for node in page.css("#years-1990 ~ ul h3")] == ["1999"]


def shades(site: Site, address: str) -> list[int]:
    """The shades of the days that have stories, in order."""
    page = LexborHTMLParser((site.output / address / "index.html").read_text("utf-8"))
    squares = page.css(".calendar td[class]")
    return [int((square.attributes["class"] or "").removeprefix("shade-")) for square in squares]


@pytest.mark.parametrize(
    ("lang", "first", "month"),
    [
        ("en-us", "Sun", "November 2024"),
        ("uk", "пн", "листопад 2024 р."),
        ("zh", "周一", "2024年11月"),
        ("ar", "السبت", "نوفمبر 2024"),
    ],
)
def test_weeks_and_months_are_those_of_the_language(
    site: Site, texts: Texts, lang: str, first: str, month: str
) -> None:
    """The week begins where the language has it, and a month stands in the nominative."""
    write(site, "2024-11-01", "story")
    site.publish(DEFAULT_LANG=lang)
    assert texts("2024/11", "thead th")[0] == first
    assert texts("2024/11", "h1") == [month]


def test_a_year_has_a_bar_for_its_volume(site: Site) -> None:
    """In hundredths of the fullest year's."""
    for year, count in ((2022, 1), (2023, 4), (2024, 2)):
        for number in range(count):
            write(site, f"{year}-11-01", f"s{year}{number}")
    site.publish()
    page = LexborHTMLParser((site.output / "archive/index.html").read_text("utf-8"))
    assert [bar.attributes["width"] for bar in page.css(".bar rect")] == ["50", "100", "25"]


def test_a_story_is_three_clicks_from_the_front_page(site: Site) -> None:
    """Its year, its month and its headline: autumn 2014, something about a comet."""
    for year in range(1990, 2025):
        write(site, f"{year}-03-01", f"other {year}")
    write(site, "2014-11-12", "Philae lands on a comet")
    site.publish(ARCHIVE_PAGE_SIZE=3)
    here = "/"
    for text in ("2014", "November", "Philae lands on a comet"):
        here = urljoin(here, followed(site, here, text))
    assert here == "/2014/11/12/2014-11-12-philae-lands-on-a-comet/"


def followed(site: Site, address: str, text: str) -> str:
    """Where the one link of a page's main part with this text leads."""
    page = LexborHTMLParser((site.output / address[1:] / "index.html").read_text("utf-8"))
    links = {
        link.attributes["href"] for link in page.css("main a") if link.text(strip=True) == text
    }
    (href,) = links
    assert href
    return href
