"""Dates in all years: which there are, what they show, and what the front page takes from them."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.conftest import Site


def texts(site: Site, address: str, selector: str) -> list[str]:
    """What a selector finds on a page of the output."""
    page = LexborHTMLParser((site.output / address / "index.html").read_text("utf-8"))
    return [" ".join(node.text().split()) for node in page.css(selector)]


def write(site: Site, day: str, name: str, clock: str = "09:00", **headers: str) -> None:
    """Write a story of a day, titled as it is named."""
    site.story(f"{day}-{name}.md", **{"Title": name, "Date": f"{day} {clock}", **headers})


def dates(site: Site) -> list[str]:
    """The dates that have a page."""
    folder = site.output / "on-this-day"
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def test_each_date_with_a_story_has_a_page(site: Site) -> None:
    """What is a draft, hidden, embargoed or a translation is on none."""
    write(site, "2024-02-29", "leap")
    write(site, "1999-11-01", "old")
    write(site, "2023-11-01", "new")
    write(site, "2023-05-05", "draft", Status="draft")
    write(site, "2023-05-06", "hidden", Status="hidden")
    write(site, "2030-05-07", "embargoed")
    write(site, "1999-11-01", "translated", Slug="1999-11-01-old", Lang="uk")
    site.publish()
    assert dates(site) == ["02-29", "11-01"]
    assert texts(site, "on-this-day/11-01", "h1, .summary, h2, h3") == [
        "November 1",
        "2 stories · 2 years",
        "2023",
        "new",
        "1999",
        "old",
    ]
    assert texts(site, "on-this-day", "ol a") == ["29", "1"]


def test_of_each_year_a_few_stories_are_shown(site: Site) -> None:
    """What leads the day comes first; the way to all of it says how many there are."""
    for number in range(7):
        write(site, "2020-11-01", f"n{number}", f"0{number}:00")
    write(site, "2020-11-01", "lead", "00:30", Lead="yes")
    write(site, "2021-11-01", "alone")
    site.publish()
    assert texts(site, "on-this-day/11-01", ".anniversary h3, .anniversary li a") == [
        "alone",
        "lead",
        "n6",
        "n5",
        "n4",
    ]
    assert texts(site, "on-this-day/11-01", ".more") == ["November 1, 2020 8 stories"]


def test_dates_turn_over_the_end_of_the_year(site: Site) -> None:
    """The date after the last of December is the first of January that has a story."""
    for day in ("2020-01-03", "2021-06-01", "2022-12-30"):
        write(site, day, day)
    site.publish()
    turned = {
        date: texts(site, f"on-this-day/{date}", ".pager a > :last-child") for date in dates(site)
    }
    assert turned == {
        "01-03": ["December 30", "June 1"],
        "06-01": ["January 3", "December 30"],
        "12-30": ["June 1", "January 3"],
    }


def test_a_date_alone_turns_nowhere(site: Site) -> None:
    """There is no other."""
    write(site, "2020-01-03", "story")
    site.publish()
    assert texts(site, "on-this-day/01-03", ".pager") == []


def test_a_day_leads_to_its_date_where_another_year_has_it(site: Site) -> None:
    """The link comes with the second year and goes with it."""
    write(site, "2020-11-01", "old")
    site.publish()
    assert texts(site, "2020/11/01", ".more a") == ["November 2020"]
    write(site, "2021-11-01", "new")
    site.publish()
    assert texts(site, "2020/11/01", ".more a") == ["November 2020", "November 1"]
    (site.content / "2021-11-01-new.md").unlink()
    site.publish()
    assert texts(site, "2020/11/01", ".more a") == ["November 2020"]


@pytest.mark.parametrize(
    ("as_of", "shown"),
    [
        ("2024-10-31T12:00Z", []),
        ("2024-11-01T00:30Z", ["2021 of 2021", "2019 of 2019"]),
        ("2024-11-01T23:59Z", ["2021 of 2021", "2019 of 2019"]),
        ("2024-11-02T00:00Z", []),
    ],
)
def test_the_front_page_shows_the_date_of_the_build(
    site: Site, as_of: str, shown: list[str]
) -> None:
    """In the archive's time zone; of earlier years alone, one story a year."""
    for year in (2019, 2021, 2024):
        write(site, f"{year}-11-01", f"of {year}", "00:10")
    write(site, "2021-11-01", "less", "00:05")
    site.publish(ARCHIVE_AS_OF="2024-06-01")
    assert texts(site, "", ".on-this-day li") == []
    site.publish(ARCHIVE_AS_OF=as_of)
    assert texts(site, "", ".on-this-day li") == shown


def test_a_new_day_rewrites_the_front_page_alone(site: Site) -> None:
    """And a second build on that day nothing."""
    write(site, "2020-11-01", "old")
    site.publish(ARCHIVE_AS_OF="2024-10-31")
    counts = site.publish(ARCHIVE_AS_OF="2024-11-01T08:00Z").counts
    assert counts
    assert counts.written == 1
    counts = site.publish(ARCHIVE_AS_OF="2024-11-01T20:00Z").counts
    assert counts
    assert counts.written == 0


def test_a_new_day_is_not_lost_with_a_refused_build(site: Site) -> None:
    """The front page turns with the next build that publishes."""
    write(site, "2020-11-01", "old")
    site.publish(ARCHIVE_AS_OF="2024-10-31")
    broken = site.write("broken.md", "Title: x\n\nBody.\n")
    site.refuse(ARCHIVE_AS_OF="2024-11-01")
    broken.unlink()
    site.publish(ARCHIVE_AS_OF="2024-11-01")
    assert texts(site, "", ".on-this-day li a") == ["old"]


def test_dates_can_be_switched_off(site: Site) -> None:
    """Nothing leads to them then."""
    write(site, "2020-11-01", "old")
    write(site, "2021-11-01", "new")
    site.publish(ON_THIS_DAY_SAVE_AS="", ARCHIVE_AS_OF="2024-11-01")
    assert not (site.output / "on-this-day").exists()
    assert texts(site, "2020/11/01", ".more a") == ["November 2020"]
    assert texts(site, "", ".on-this-day") == []
    assert texts(site, "archive", ".more") == []


@pytest.mark.parametrize(
    "pattern", ["on/{date:%Y}-{date:%m}-{date:%d}/", "on/{date:%m}/", "on/{date:%d}/"]
)
def test_a_date_needs_an_address_of_its_own_in_all_years(site: Site, pattern: str) -> None:
    """Month and day tell it from others, and no year is in it."""
    (error,) = site.refuse(ON_THIS_DAY_URL=pattern)
    assert error.startswith(f"ON_THIS_DAY_URL: error: {pattern!r} is not one address for each date")
