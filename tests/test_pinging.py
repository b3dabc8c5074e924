"""`microfiche ping` tells a hub, on the loopback here, of each feed that changed, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest
from click.testing import CliRunner, Result

from microfiche.commands import main
from microfiche.publish import pinging
from tests.conftest import Site

ALL = {"feed.xml", "feed.atom", "feed.json"} | {
    f"section/misc/feed.{form}" for form in ("xml", "atom", "json")
}


class Hub(HTTPServer):
    """A hub that remembers what it was told; ``answer`` is the status of its answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Ear)
        self.url = f"http://127.0.0.1:{self.server_port}/hub"
        self.told: list[dict[str, list[str]]] = []
        self.answer = 204

    def feeds(self) -> set[str]:
        """The paths of the feeds that it was told of since it was asked last."""
        found = [each["hub.url"][0] for each in self.told]
        assert {each["hub.mode"][0] for each in self.told} <= {"publish"}
        assert len(found) == len(set(found))
        self.told.clear()
        return {each.removeprefix("https://gazette.example/") for each in found}


class Ear(BaseHTTPRequestHandler):
    """Takes what a hub is told."""

    server: Hub

    def do_POST(self) -> None:
        """Remember it, and answer as the hub is to."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.server.answer < 300:
            self.server.told.append(parse_qs(body, strict_parsing=True))
        self.send_response(self.server.answer)
        self.send_header("Location", self.server.url)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub that listens."""
    monkeypatch.setenv("no_proxy", "*")
    with Hub() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ping(site: Site, *hubs: str) -> Result:
    """Run the command on what was built."""
    lines = [f"{name} = {value!r}" for name, value in {**site.conf, "ARCHIVE_HUBS": hubs}.items()]
    file = site.content.parent / "publishconf.py"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return CliRunner().invoke(main, ["ping", "-s", str(file), "-o", str(site.output)])


def test_only_what_changed_is_announced(site: Site, hub: Hub) -> None:
    """All at first, nothing when nothing changed, then what an edit changed."""
    site.story("a.md")
    site.publish(ARCHIVE_HUBS=[hub.url])
    result = ping(site, hub.url)
    assert (result.exit_code, result.output) == (0, f"{hub.url}: 6 changed feeds announced\n")
    assert hub.feeds() == ALL
    assert ping(site, hub.url).output == f"{hub.url}: 0 changed feeds announced\n"
    assert hub.feeds() == set()
    site.story("b.md", Category="Sea", Tags="Moon")
    site.publish(ARCHIVE_HUBS=[hub.url])
    assert ping(site, hub.url).exit_code == 0
    sea = {f"section/sea/feed.{form}" for form in ("xml", "atom", "json")}
    assert hub.feeds() == sea | {"feed.xml", "feed.atom", "feed.json", "tag/moon/feed.xml"}


@pytest.mark.parametrize("answer", [302, 404, 500])
def test_a_hub_that_says_no_is_told_again(site: Site, hub: Hub, answer: int) -> None:
    """The exit code is 1, and no redirect is followed."""
    site.story("a.md")
    site.publish()
    hub.answer = answer
    result = ping(site, hub.url)
    assert result.exit_code == 1
    assert f"{hub.url}: it answered {answer} to https://gazette.example/feed" in result.output
    hub.answer = 202
    assert ping(site, hub.url).exit_code == 0
    assert hub.feeds() == ALL


def test_another_hub_is_told_although_one_is_away(site: Site, hub: Hub) -> None:
    """Each has a memory of its own."""
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as gone:
        away = f"http://127.0.0.1:{gone.server_port}/"
    site.story("a.md")
    site.publish()
    result = ping(site, away, hub.url)
    assert result.exit_code == 1
    assert f"{away}: it could not be reached: " in result.output
    assert hub.feeds() == ALL
    ping(site, away, hub.url)
    assert hub.feeds() == set()


def test_a_hub_that_never_answers_is_not_waited_for(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its time it counts as not reached."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(pinging, "TIMEOUT", 0.05)
    site.story("a.md")
    site.publish()
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as mute, suppress(OSError):
        result = ping(site, f"http://127.0.0.1:{mute.server_port}/")
    assert result.exit_code == 1
    assert "it could not be reached: timed out" in result.output


def test_what_is_missing_is_said(site: Site) -> None:
    """A build, a hub, an address of the site: each in one line."""
    assert "it has not been built" in ping(site, "https://hub.example/").output
    site.story("a.md")
    site.publish()
    assert ping(site).output == "Error: there is no hub to tell; name one in ARCHIVE_HUBS\n"
    site.conf["SITEURL"] = ""
    result = ping(site, "https://another-hub.example/")
    assert result.output == "Error: feeds have no address; set SITEURL to the public one\n"
    assert result.exit_code == 1
