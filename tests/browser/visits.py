"""What a browser makes of a page: looked at once, in all widths, by day and by night."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from playwright.sync_api import BrowserContext, Page

WIDTHS = (1440, 768, 320)
"""Widths of windows in pixels: a desk's, a tablet's, and a small phone's (WCAG 2.2, 1.4.10)."""

_HEIGHT = 900
_AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_COLOURS = ["color-contrast", "link-in-text-block"]

_VIOLATIONS = """
([only, rules]) => axe.run(document, {
    runOnly: only, rules, resultTypes: ["violations"],
}).then(found => found.violations.flatMap(rule => rule.nodes.map(
    node => `${rule.id}: ${node.target}: ${node.failureSummary}`)))
"""

_OVERFLOWING = """
() => {
    const page = document.documentElement, width = page.clientWidth;
    if (page.scrollWidth <= width) return [];
    const outside = [...document.body.querySelectorAll("*")].filter(each => {
        const box = each.getBoundingClientRect();
        return box.width && (box.right > width + 1 || box.left < -1);
    });
    return [`${page.scrollWidth} pixels`, ...outside.slice(0, 5).map(
        each => each.outerHTML.slice(0, 120))];
}
"""

_SHIFT = """
() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(seen => seen.getEntries().forEach(each => sum += each.value))
        .observe({type: "layout-shift", buffered: true});
    requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
})
"""

_LISTEN = """
() => {
    window.links = [...document.querySelectorAll("a[href]")];
    window.reached = [];
    document.addEventListener("focusin", event => {
        const number = links.indexOf(event.target);
        if (number < 0) return;
        const style = getComputedStyle(event.target);
        const seen = style.outlineStyle != "none" && parseFloat(style.outlineWidth) >= 2;
        reached.push([number, seen]);
    });
    return links.length;
}
"""


class Visit(NamedTuple):
    """What was found on a page.

    ``shift`` is the cumulative layout shift while it was loaded. ``reached`` are the numbers of
    the links that Tab came to, in that order, each with whether its focus could be seen.
    """

    violations: tuple[str, ...]
    overflowing: tuple[str, ...]
    said: tuple[str, ...]
    asked_elsewhere: tuple[str, ...]
    shift: float
    links: int
    reached: tuple[tuple[int, bool], ...]


def visit(context: BrowserContext, site: str, path: str) -> Visit:
    """Look at the page at ``path`` of the archive that is served at the address ``site``."""
    page = context.new_page()
    said, asked = _overheard(page, site)
    page.set_viewport_size({"width": WIDTHS[0], "height": _HEIGHT})
    page.goto(site + quote(path))
    shift = page.evaluate(_SHIFT)
    links, reached = _tabbed(page)
    violations, overflowing = [], []
    page.evaluate(_AXE)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": _HEIGHT})
        overflowing += _each(width, page.evaluate(_OVERFLOWING))
        violations += _each(width, _violations(page, colours=width == WIDTHS[0]))
    page.emulate_media(color_scheme="dark")
    violations += _each("night", page.evaluate(_VIOLATIONS, [_COLOURS, {}]))
    page.close()
    return Visit(
        tuple(violations), tuple(overflowing), tuple(said), tuple(asked), shift, links, reached
    )


def _violations(page: Page, *, colours: bool) -> list[str]:
    """What axe finds; colours take it longest, and are the same in all widths."""
    left_out = {} if colours else {rule: {"enabled": False} for rule in _COLOURS}
    found: list[str] = page.evaluate(_VIOLATIONS, [_TAGS, left_out])
    return found


def _overheard(page: Page, site: str) -> tuple[list[str], list[str]]:
    """What a page says on its console, errors included, and what it asks of other hosts."""
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))

    def note(url: str) -> None:
        if urlsplit(url).netloc not in {urlsplit(site).netloc, ""}:
            asked.append(url)

    page.on("request", lambda request: note(request.url))
    return said, asked


def _tabbed(page: Page) -> tuple[int, tuple[tuple[int, bool], ...]]:
    """How many links a page has, and those that Tab reaches, in order."""
    links = page.evaluate(_LISTEN)
    found: list[Any] = []
    for _ in range(3):  # scrolling regions are reached too, and are none of them
        for _ in range(links - len(found) + 3):
            page.keyboard.press("Tab")
        found = page.evaluate("() => reached")
        if len(found) >= links:
            break
    return links, tuple((number, seen) for number, seen in found[:links])


def _each(where: object, found: list[str]) -> list[str]:
    return [f"at {where}: {each}" for each in found]
