"""The inspection of a release: what its files lead to, and whether they give anything away.

Only files that are new or changed since the last inspection are read. Every link in them must lead
to a file of the release or to an address that leads on, and its fragment to an ``id`` there. Links
that people wrote into stories are remembered, so that a page that changes or goes is looked up
among them; all other links are made by templates, whose pages are made again when those do.

Of each story under embargo are looked for: its address, its identity, its title if that has four
words, and the three longest runs of its text of forty characters or more, in every byte of the same
files. What an author says in other words cannot be found.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from html import unescape
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from microfiche import workers
from microfiche.addresses import base_of
from microfiche.bodies import BodyReader
from microfiche.catalog.database import open_snapshot
from microfiche.catalog.inspections import Inspections, Lead, Secrets
from microfiche.errors import Problem
from microfiche.publish.ledger import address_of
from microfiche.publish.manifest import Entry, ManifestError, Release, difference
from microfiche.records import Stage
from microfiche.report import Report
from microfiche.workers import Crew, Orders

_BATCH = 64
_ENDS = " \t.,;:!?"
_RUNS, _SHORTEST, _LONGEST = 3, 40, 100
_TITLE_WORDS = 4
_TAG = re.compile(r'<[a-zA-Z][^<>]*?\s(?:href|src|poster)="([^"]*)"')
_ID = re.compile(r'<[a-zA-Z][^<>]*?\s(?:id|name)="([^"]*)"')
_BODY = re.compile(r'<div class="body">\n(.*?)\n</div>\n<', re.DOTALL)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
_MARKUP = re.compile(r"<[^>]*>|&[^;\s]*;|[\"'\\\n{|]")
_MARKS = re.compile(r"[&<>\"'\\]")


class Needle(NamedTuple):
    """What must not be in any file: bytes, whose they are, and what of it they are."""

    data: bytes
    story: str
    what: str


class Inspected(NamedTuple):
    """What a worker found in a file: its links, those of its body, and what it gives away."""

    path: str
    leads: tuple[Lead, ...]
    written: tuple[Lead, ...]
    leaks: tuple[Needle, ...]


class Reading(NamedTuple):
    """A file to read: its path, and whether it is a page of ours."""

    path: str
    page: bool


def inspect(
    orders: Orders, release: Release, report: Report
) -> tuple[list[Problem], list[Problem]]:
    """Read what is new; the links that lead nowhere, and what is given away.

    Once there is nothing of either, the files count as inspected.
    """
    state = orders.settings.state
    links = Inspections(state / "links.sqlite")
    before = None if links.empty else _last(state)
    found = difference(before, release)
    fresh = [*found.added, *(pair.after for pair in (*found.changed, *found.moved))]
    gone = [entry.path for entry in (*found.removed, *(pair.before for pair in found.moved))]
    with closing(links):
        changed = [entry.path for entry in fresh]
        links.forget([*gone, *changed])
        with closing(open_snapshot(state / "catalog.sqlite")) as db:
            secrets = Secrets(db)
            judge = _Judge(orders, release, secrets)
            leaks = list(_read(orders, report, fresh, judge, links))
            judge.weigh(links.leading_to([*gone, *changed]))
            findings = (
                judge.findings(),
                [_leak(*each) for each in leaks if _is_one(each[1], secrets)],
            )
        if not any(findings):
            links.settle()
            _keep(state, release)
    return findings


def _last(state: Path) -> Release | None:
    try:
        return Release.read((state / "inspected.tsv").read_bytes())
    except (FileNotFoundError, ManifestError):
        return None


def _keep(state: Path, release: Release) -> None:
    fresh = state / "inspected.new"
    fresh.write_bytes(release.text)
    os.replace(fresh, state / "inspected.tsv")


def _read(
    orders: Orders, report: Report, fresh: list[Entry], judge: _Judge, links: Inspections
) -> Iterator[tuple[str, Needle]]:
    """Have files read in workers; what they give away, each with its path."""
    readings = [Reading(e.path, e.stage != Stage.ASSETS and _is_html(e.path)) for e in fresh]
    with Crew(orders) as crew, report.progress("inspecting", len(readings)) as steps:
        for batch in crew.run(read_batch, workers.batched(readings, _BATCH)):
            for each in batch:
                judge.weigh(each.leads)
                links.note(each.written)
                yield from ((each.path, needle) for needle in each.leaks)
            steps.advance(len(batch))


class _Judge:
    """Weighs links: remembers those that lead nowhere, and the fragments to look for."""

    def __init__(self, orders: Orders, release: Release, secrets: Secrets) -> None:
        self._output = orders.settings.output
        self._there = {line.partition(b"\t")[0].decode() for line in release.text.split(b"\n")}
        self._redirects = secrets.redirects()
        self._dead: set[Lead] = set()
        self._fragments: dict[str, set[Lead]] = {}

    def weigh(self, leads: Iterable[Lead]) -> None:
        """Weigh links, of which many are the same."""
        for lead in leads:
            target = self._file(lead.target)
            if not target and not self._redirects.get(lead.target):
                self._dead.add(lead)
            elif target and lead.fragment and _is_html(target):
                self._fragments.setdefault(target, set()).add(lead)

    def _file(self, target: str) -> str:
        tries = (target, f"{target.removesuffix('/')}/index.html")
        return next((path for path in tries if path in self._there), "")

    def findings(self) -> list[Problem]:
        """The links that lead nowhere, by page."""
        lost = {lead for target in sorted(self._fragments) for lead in self._lost(target)}
        return [
            _dead_link(lead, gone=lead.target in self._redirects) for lead in sorted(self._dead)
        ] + [_dead_fragment(lead) for lead in sorted(lost - self._dead)]

    def _lost(self, target: str) -> Iterator[Lead]:
        ids = ids_of((self._output / target).read_text("utf-8", "replace"))
        return (lead for lead in self._fragments[target] if lead.fragment not in ids)


def _dead_link(lead: Lead, *, gone: bool) -> Problem:
    where = address_of(lead.target)
    what = f"the link to {where} leads nowhere" + (": that page is gone" if gone else "")
    remedy = "mend the link; or publish with --allow-dead-links"
    return Problem(lead.path, 0, what, remedy, inside=False)


def _dead_fragment(lead: Lead) -> Problem:
    what = f"the link to {address_of(lead.target)}#{lead.fragment} leads to no part of that page"
    remedy = "mend the link; or publish with --allow-dead-links"
    return Problem(lead.path, 0, what, remedy, inside=False)


def _is_one(needle: Needle, secrets: Secrets) -> bool:
    """Whether words give a story away: a title may be that of a published story too."""
    return needle.what != "title" or not secrets.public_title(needle.story)


def _leak(path: str, needle: Needle) -> Problem:
    shown = needle.data.decode()
    what = f"it has the {needle.what} of {needle.story!r}, which is under embargo: {shown!r}"
    remedy = "take the words out of what this page is made from, or lift the embargo"
    return Problem(path, 0, what, remedy, inside=False)


def read_batch(batch: Iterable[Reading]) -> list[Inspected]:
    """Read files in a worker."""
    reader = workers.tool("inspector", Inspector)
    return [reader.read(each) for each in batch]


class Inspector:
    """Reads files; knows what must not be in them."""

    def __init__(self, orders: Orders) -> None:
        settings = orders.settings
        self._output = settings.output
        self._url = settings.site.url
        self._needles = needles(settings.state)

    def close(self) -> None:
        """Nothing is open."""

    def read(self, each: Reading) -> Inspected:
        """Read one file."""
        file = self._output / each.path
        if not each.page:
            return Inspected(each.path, (), (), self._leaks_of(file))
        data = file.read_bytes()
        leaks = tuple(needle for needle in self._needles if needle.data in data)
        html = data.decode("utf-8", "replace")
        own = ids_of(html) if 'href="#' in html else frozenset()
        found = self._leads(each.path, html)
        leads = tuple(e for e in found if not (e.target == each.path and e.fragment in own))
        body = _BODY.search(html)
        written = tuple(self._leads(each.path, body[1])) if body else ()
        return Inspected(each.path, leads, written, leaks)

    def _leaks_of(self, file: Path) -> tuple[Needle, ...]:
        """What a file of any size gives away."""
        if not self._needles or not file.stat().st_size:
            return ()
        with open(file, "rb") as opened, mmap(opened.fileno(), 0, access=ACCESS_READ) as data:
            return tuple(needle for needle in self._needles if data.find(needle.data) >= 0)

    def _leads(self, path: str, html: str) -> list[Lead]:
        found = (led(self._url, path, written) for written in dict.fromkeys(_TAG.findall(html)))
        return list(dict.fromkeys(lead for lead in found if lead))


def led(url: str, path: str, written: str) -> Lead | None:
    """Where a link leads, None where that is not within the site at ``url``.

    ``path`` is the output file that it is in, ``written`` the attribute as HTML has it.
    """
    href, _, fragment = unescape(written).strip().partition("#")
    href = href.partition("?")[0]
    if url and (href == url or href.startswith(f"{url}/")):
        href = base_of(url) + href[len(url) + 1 :]
    if _SCHEME.match(href):
        return None
    fragment = "" if fragment == "top" or fragment.startswith(":~:") else unquote(fragment)
    if not href:
        return Lead(path, path, fragment)
    base = base_of(url)
    if not href.startswith("/"):
        href = base + posixpath.join(posixpath.dirname(path), href)
    folder = "/" if href.endswith(("/", "/.", "/..")) else ""
    place = posixpath.normpath(href) + folder
    if not f"{place}/".startswith(base):
        return None
    target = unquote(place[len(base) :]).lstrip("/")
    return Lead(path, f"{target}index.html" if not target or folder else target, fragment)


def ids_of(html: str) -> frozenset[str]:
    """The fragments that a page has."""
    return frozenset(map(unescape, _ID.findall(html)))


def needles(state: Path) -> list[Needle]:
    """What must not be in any file, of all stories under embargo."""
    with (
        closing(open_snapshot(state / "catalog.sqlite")) as db,
        closing(BodyReader(state / "bodies")) as bodies,
    ):
        secrets = Secrets(db)
        found = []
        for story, body in secrets.embargoed():
            found += _of_story(story.path, story.title, bodies.read(body))
            found.append(Needle(story.identity.encode(), story.path, "identity"))
            if "/" in story.address.rstrip("/") and not secrets.public_address(story.output):
                found.append(Needle(f"/{story.address}".encode(), story.path, "address"))
        return found


def _of_story(path: str, title: str, body: str) -> list[Needle]:
    words = max((part.strip() for part in _MARKS.split(title)), key=len)
    runs = {run.strip(_ENDS)[:_LONGEST].strip(_ENDS) for run in _MARKUP.split(body)}
    longest = sorted(
        (run for run in runs if len(run) >= _SHORTEST), key=lambda run: (-len(run), run)
    )
    found = [Needle(run.encode(), path, "text") for run in longest[:_RUNS]]
    if len(words.split()) >= _TITLE_WORDS:
        found.append(Needle(words.encode(), path, "title"))
    return found


def _is_html(path: str) -> bool:
    return path.endswith((".html", ".htm"))
