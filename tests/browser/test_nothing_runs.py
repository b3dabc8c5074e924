"""Whatever a story says, a browser runs none of it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Frame, Page, Request

from tests.browser.conftest import Library
from tests.browser.screenshots import served
from tests.conftest import Site
from tests.payloads import PAYLOADS, hostile_archive

pytestmark = pytest.mark.xdist_group("browser")

_WATCH = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "print", "open", "fetch"])
    window[name] = (...given) => { window.ran.push(`${name}(${given})`); };
"""
_TEMPT = """
() => {
    for (const each of document.body.querySelectorAll("*")) {
        for (const event of ["mouseover", "pointerenter", "focus", "toggle", "error", "load"])
            each.dispatchEvent(new Event(event));
        each.focus?.();
    }
    const schemes = [...document.querySelectorAll("[href], [src], [action], [formaction]")]
        .flatMap(each => [each.href, each.src, each.action, each.formAction])
        .filter(address => typeof address == "string" && address)
        .map(address => address.split(":")[0])
        .filter(scheme => !["http", "https", "mailto"].includes(scheme));
    return [...window.ran, ...schemes];
}
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """An archive in which everything that can be written is an attempt to run something."""
    return hostile_archive(tmp_path_factory.mktemp("hostile"))


class Watch:
    """A browser's window that heeds no Content-Security-Policy, and what pages did in it."""

    def __init__(self, page: Page, site: str) -> None:
        self._page = page
        self._site = site
        self._found: list[str] = []
        page.add_init_script(_WATCH)
        page.on("request", self._asked)
        page.on("framenavigated", self._framed)

    def ran(self, path: str) -> list[str]:
        """What a page ran, asked for elsewhere or would run when its links are followed."""
        self._found.clear()
        self._page.goto(self._site + quote(path))
        return [*self._page.evaluate(_TEMPT), *self._found]

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(self._site):
            self._found.append(f"asked for {request.url}")

    def _framed(self, frame: Frame) -> None:
        if frame.parent_frame:
            self._found.append("a frame")


@pytest.fixture(scope="module")
def watch(library: Library, hostile: Site) -> Iterator[Watch]:
    """A window that is watched, on the hostile archive."""
    context = library.browser.new_context(bypass_csp=True)
    with served(hostile.output) as address:
        yield Watch(context.new_page(), address)
    context.close()


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "<p onmouseover=alert(1)>x</p>",
        "<a href=javascript:alert(1)>x</a>",
        "<img src=https://elsewhere.example/x.png>",
        "<iframe srcdoc=x></iframe>",
    ],
)
def test_a_page_that_runs_something_is_found_out(watch: Watch, hostile: Site, body: str) -> None:
    """Whether by itself, at a touch, or by a link."""
    page = hostile.output / "found-out.html"
    page.write_text(f"<!DOCTYPE html><title>x</title>{body}", "utf-8")
    assert watch.ran(page.name)
    page.unlink()


def test_nothing_runs_on_any_page(watch: Watch, hostile: Site) -> None:
    """Of stories, and of every list and page that quotes them, without a policy to help."""
    pages = sorted(path for path in hostile.files() if path.endswith("index.html"))
    stories = [path for path in pages if path.startswith(("2024/11/01/", "p"))]
    others = [path for path in pages if path not in stories]
    assert len(stories) > 2 * len(PAYLOADS)
    chosen = [*stories, *others[:: max(1, len(others) // 40)]]
    found = {path: ran for path in chosen if (ran := watch.ran(path))}
    assert found == {}
