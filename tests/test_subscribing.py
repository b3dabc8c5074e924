"""Feed readers subscribe over HTTP: each shows a story once, and no edit makes it news again."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import feedparser
import pytest

from microfiche.serve import Server
from tests.conftest import Site, no_program

_FETCH = "import sys, urllib.request as r; sys.stdout.buffer.write(r.urlopen(sys.argv[1]).read())"


class Subscriber(ABC):
    """A program that follows one feed."""

    forms: tuple[str, ...] = ("xml", "atom")

    again = False
    """Whether it shows an entry that it knows once more when something else of it changes."""

    def __init__(self, folder: Path, feed: str) -> None:
        self.folder = folder
        self.feed = feed
        self.folder.mkdir()

    @abstractmethod
    def poll(self) -> list[str]:
        """Fetch the feed; the headlines that the program shows as new."""


class Newsboat(Subscriber):
    """Keeps entries in a database; here, all that were there at the last visit are read."""

    def __init__(self, folder: Path, feed: str) -> None:
        super().__init__(folder, feed)
        (folder / "urls").write_text(f"{feed}\n")
        (folder / "config").write_text("")

    def poll(self) -> list[str]:
        """What is unread after a reload."""
        cache = self.folder / "cache.db"
        files = ["-u", self.folder / "urls", "-c", cache, "-C", self.folder / "config"]
        run(self.folder, program("newsboat"), "-q", *map(str, files), "-x", "reload")
        with sqlite3.connect(cache) as db:
            found = db.execute("SELECT title FROM rss_item WHERE unread = 1").fetchall()
            db.execute("UPDATE rss_item SET unread = 0")
        db.close()
        return [title for (title,) in found]


class NewsboatThatRemindsOfChanges(Newsboat):
    """The same where its user wants to be told when an entry changes."""

    again = True

    def __init__(self, folder: Path, feed: str) -> None:
        super().__init__(folder, feed)
        (folder / "config").write_text(f'reset-unread-on-update "{feed}"\n')


class Sfeed(Subscriber):
    """Keeps a file of lines, a line for each identity, headline and address that it has met."""

    again = True

    def poll(self) -> list[str]:
        """The lines that were not there before."""
        kept = self.folder / "kept" / "news"
        before = set(kept.read_text("utf-8").splitlines()) if kept.exists() else set()
        names = {tuple(line.split("\t")[index] for index in (2, 1, 5)) for line in before}
        (self.folder / "sfeedrc").write_text(
            f'sfeedpath="{kept.parent}"\n'
            f'fetch() {{ {shlex.quote(sys.executable)} -c {shlex.quote(_FETCH)} "$2"; }}\n'
            f'feeds() {{ feed "news" "{self.feed}"; }}\n'
        )
        run(self.folder, program("sfeed_update"), str(self.folder / "sfeedrc"))
        lines = (line.split("\t") for line in kept.read_text("utf-8").splitlines())
        return [line[1] for line in lines if (line[2], line[1], line[5]) not in names]


class Feedparser(Subscriber):
    """A client that heeds identities."""

    def __init__(self, folder: Path, feed: str) -> None:
        super().__init__(folder, feed)
        self._seen: set[str] = set()

    def poll(self) -> list[str]:
        """Entries whose identity is new."""
        found = feedparser.parse(self.feed)
        assert (found.status, found.bozo) == (200, False)
        fresh = [entry for entry in found.entries if entry.id not in self._seen]
        self._seen.update(entry.id for entry in fresh)
        return [entry.title for entry in fresh]


class JsonReader(Subscriber):
    """The same of JSON Feed."""

    forms = ("json",)

    def __init__(self, folder: Path, feed: str) -> None:
        super().__init__(folder, feed)
        self._seen: set[str] = set()

    def poll(self) -> list[str]:
        """Items whose identity is new."""
        with urlopen(self.feed) as answer:  # noqa: S310 - it is this machine
            assert answer.headers["Content-Type"] == "application/feed+json"
            items = json.load(answer)["items"]
        fresh = [item for item in items if item["id"] not in self._seen]
        self._seen.update(item["id"] for item in fresh)
        return [item["title"] for item in fresh]


pytestmark = pytest.mark.xdist_group("subscribing")  # the states are built once

SUBSCRIBERS = (Newsboat, NewsboatThatRemindsOfChanges, Sfeed, Feedparser, JsonReader)


def program(name: str) -> str:
    """The path of a program; the test is left out, and the report says so, where there is none."""
    return shutil.which(name) or no_program(name)


def run(home: Path, *words: str) -> None:
    """Run a program that has to succeed, with a home of its own."""
    result = subprocess.run(
        words,
        check=False,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "dumb"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=60,
    )
    assert result.returncode == 0, result.stdout


class Host:
    """Serves one state of an archive after another, as a host does that is published to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.address = ""

    @contextmanager
    def serving(self) -> Iterator[Host]:
        """The host while it answers on this machine."""
        self._folder.mkdir()
        with Server(self._folder, "127.0.0.1", 0, lambda _: None) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.address = server.url
            yield self
            server.shutdown()

    def show(self, state: Path) -> None:
        """Put a state before the public; its files are as old as they were."""
        shutil.rmtree(self._folder)
        shutil.copytree(state, self._folder)


Make = Callable[[Site], Iterator[None]]


def states(folder: Path, make: Make) -> list[Path]:
    """An archive as it was after each of the steps of ``make``."""
    site = Site(folder / "archive")
    found: list[Path] = []
    for number, _ in enumerate(make(site)):
        state = folder / str(number)
        shutil.copytree(site.output, state)
        _age(state, found[-1] if found else None, number)
        found.append(state)
    return found


def _age(state: Path, before: Path | None, number: int) -> None:
    """Let a day lie between states: readers ask a host for what is newer, to the second."""
    for path in state.rglob("*"):
        old = before / path.relative_to(state) if before else None
        if old and path.is_file() and old.is_file() and old.read_bytes() == path.read_bytes():
            moment = old.stat().st_mtime
        else:
            moment = _LONG_AGO + number * 86400.0
        os.utime(path, (moment, moment))


def changing(site: Site) -> Iterator[None]:
    """A story is edited, moves to another address and is corrected; another comes."""
    site.conf["ARCHIVE_ANNOUNCE_CORRECTIONS"] = True
    for day, title in enumerate(TITLES, 1):
        site.story(f"{day}.md", Title=title, Date=f"2024-11-0{day}")
    site.publish()
    yield
    for headers in ({}, {"Slug": "moved"}, {"Slug": "moved", "Correction": "2024-11-05: So."}):
        site.story("3.md", "Other words.", Title=TITLES[2], Date="2024-11-03", **headers)
        site.publish()
        yield
    site.story("6.md", Title="New", Date="2024-11-06")
    site.publish()
    yield


def growing(site: Site) -> Iterator[None]:
    """A year of a story a week, as it is every eight weeks; a feed holds no more than these."""
    for day in WEEKS:
        site.story(f"{day}.md", Date=str(day))
    for visit in range(STEP, len(WEEKS) + 1, STEP):
        site.publish(ARCHIVE_AS_OF=str(WEEKS[visit - 1]), FEED_MAX_ITEMS=STEP)
        yield


_LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC).timestamp()
TITLES = [f"Story {number} & more" for number in range(1, 6)]
WEEKS = [date(2023, 1, 2) + timedelta(weeks=week) for week in range(56)]
STEP = 8


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> dict[Make, list[Path]]:
    """The states that are followed, built once."""
    return {make: states(tmp_path_factory.mktemp("states"), make) for make in (changing, growing)}


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        pytest.param(kind, form, id=f"{kind.__name__} {form}")
        for kind in SUBSCRIBERS
        for form in kind.forms
    ],
)
def test_a_story_is_shown_once_and_again_at_most_once_after_a_change(
    archives: dict[Make, list[Path]], tmp_path: Path, kind: type[Subscriber], form: str
) -> None:
    """After an edit, a move to another address and a correction that the owner announces."""
    first, *changed, last = archives[changing]
    with Host(tmp_path / "site").serving() as host:
        reader = kind(tmp_path / "reader", f"{host.address}feed.{form}")
        host.show(first)
        assert sorted(reader.poll()) == TITLES
        assert reader.poll() == []
        for state in changed:
            host.show(state)
            assert reader.poll() in ([], [TITLES[2]][: reader.again])
            assert reader.poll() == []
        host.show(last)
        assert reader.poll() == ["New"]


@pytest.mark.parametrize("kind", SUBSCRIBERS, ids=lambda kind: kind.__name__)
def test_a_year_of_stories_is_shown_story_by_story(
    archives: dict[Make, list[Path]], tmp_path: Path, kind: type[Subscriber]
) -> None:
    """A visit every eight weeks shows the stories of these weeks, each once; embargoes hold."""
    with Host(tmp_path / "site").serving() as host:
        reader = kind(tmp_path / "reader", f"{host.address}feed.{kind.forms[0]}")
        for number, state in enumerate(archives[growing]):
            host.show(state)
            weeks = WEEKS[number * STEP : (number + 1) * STEP]
            assert sorted(reader.poll()) == [str(day) for day in weeks]
