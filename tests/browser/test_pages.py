"""Every kind of page in a real browser: all widths, by day and by night, in both directions."""

from __future__ import annotations

import pytest

from tests import reference
from tests.browser.archives import Archive
from tests.browser.conftest import Library

pytestmark = pytest.mark.xdist_group("browser")

KINDS = sorted({kind.name for kind in reference.page_kinds() if kind.template} - {"redirect"})
"""Every kind of page that stays where it is."""

each_page = pytest.mark.parametrize("kind", KINDS)
both_ways = pytest.mark.parametrize("direction", ["ltr", "rtl"])


@both_ways
def test_every_kind_of_page_is_looked_at(books: dict[str, Archive], direction: str) -> None:
    """Both archives have a page of each kind."""
    assert set(KINDS) <= books[direction].pages.keys()


@both_ways
@each_page
def test_axe_finds_nothing(library: Library, direction: str, kind: str) -> None:
    """No violation of WCAG 2.2 AA, nor of axe's own good practice."""
    assert library.visit(direction, kind).violations == ()


@both_ways
@each_page
def test_nothing_overflows_sideways(library: Library, direction: str, kind: str) -> None:
    """A page is scrolled in one direction only; what is too wide scrolls by itself."""
    assert library.visit(direction, kind).overflowing == ()


@both_ways
@each_page
def test_nothing_is_said_or_asked_of_others(library: Library, direction: str, kind: str) -> None:
    """No message on the console, no file that is missing, no request to another host."""
    visit = library.visit(direction, kind)
    assert (visit.said, visit.asked_elsewhere) == ((), ())


@both_ways
@each_page
def test_nothing_jumps_while_a_page_loads(library: Library, direction: str, kind: str) -> None:
    """The cumulative layout shift is next to none; up to 0.1 counts as good."""
    assert library.visit(direction, kind).shift < 0.001


@both_ways
@each_page
def test_the_keyboard_reaches_every_link_in_order(
    library: Library, direction: str, kind: str
) -> None:
    """Tab goes from link to link as they are written, and it is seen where one is."""
    visit = library.visit(direction, kind)
    assert visit.reached == tuple((number, True) for number in range(visit.links))


def test_a_page_that_has_moved_leads_on(library: Library) -> None:
    """A reader of a former address comes to the story that was there, by the page alone."""
    page = library.browser.new_page()
    page.goto(library.sites["rtl"] + library.archives["rtl"].pages["redirect"])
    page.wait_for_url("**/s8/")
    assert page.locator("h1").inner_text().endswith("8")
    page.close()
