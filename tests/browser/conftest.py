"""One browser and two archives for all tests here, and what the browser makes of each page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import archives
from tests.browser.archives import Archive
from tests.browser.screenshots import find_browser, served
from tests.browser.visits import Visit, visit
from tests.conftest import no_program

ARCHIVES = {"ltr": archives.sample, "rtl": archives.right_to_left}


class Library:
    """The archives, served on this machine, and what the browser found on their pages."""

    def __init__(self, browser: Browser, archives: dict[str, Archive], sites: dict[str, str]):
        self.browser = browser
        self.archives = archives
        self.sites = sites
        self._context = browser.new_context()
        self._visits: dict[tuple[str, str], Visit] = {}

    def visit(self, direction: str, kind: str) -> Visit:
        """What there is on the fullest page of a kind; each is looked at once."""
        if (direction, kind) not in self._visits:
            path = self.archives[direction].pages[kind]
            found = visit(self._context, self.sites[direction], path)
            self._visits[direction, kind] = found
        return self._visits[direction, kind]


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Archive]:
    """The archives, built once."""
    return {name: make(tmp_path_factory.mktemp(name)) for name, make in ARCHIVES.items()}


@pytest.fixture(scope="session")
def library(books: dict[str, Archive]) -> Iterator[Library]:
    """The archives in a browser."""
    path = find_browser()
    if not path:
        no_program("Chromium")
    with sync_playwright() as playwright, ExitStack() as servers:
        sites = {name: servers.enter_context(served(book.output)) for name, book in books.items()}
        browser = playwright.chromium.launch(executable_path=path)
        yield Library(browser, books, sites)
        browser.close()
