"""Pelican's ways stay: its options, its watch for changes, its server, and its terminal."""

from __future__ import annotations

import os
import pty
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from pelican import Pelican
from pelican.settings import read_settings

import microfiche
from microfiche import hooks
from tests.conftest import ROOT, Site
from tests.servers import free_port

BOUND = 60.0
"""Seconds that a line may be waited for; it comes much sooner unless something is broken."""

TERMINAL = {"TERM": "xterm", "COLUMNS": "200"}

DONE = " unchanged, "
REFUSED = "nothing was published"
SERVING = "Serving site"


class Running:
    """Pelican at work, and the lines that it says."""

    def __init__(self, site: Site, words: tuple[str, ...]) -> None:
        if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as in the background
            signal.signal(signal.SIGINT, signal.default_int_handler)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pelican", "-s", str(configure(site)), *words],
            cwd=site.content.parent,
            env={**os.environ, "PYTHONPATH": str(ROOT / "plugins"), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line)
        self._lines.put(None)

    def until(self, *texts: str) -> list[str]:
        """Read on until each of these texts has been in a line; return all lines up to there."""
        said: list[str] = []
        while missing := [text for text in texts if not any(text in line for line in said)]:
            line = self._lines.get(timeout=BOUND)
            assert line is not None, f"it ended before it said {missing}: {said}"
            said.append(line)
        return said

    def close(self) -> None:
        """End it, if it has not ended."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self._listener.join()
        self.process.wait()

    def end(self) -> tuple[int, list[str]]:
        """Press Ctrl-C; return the exit code and the last words."""
        os.killpg(self.process.pid, signal.SIGINT)
        code = self.process.wait(BOUND)
        return code, list(iter(self._lines.get, None))


def configure(site: Site, **conf: object) -> Path:
    """Write the configuration of a site beside its content."""
    stated = {**site.conf, **conf, "PLUGINS": ["microfiche"]}
    file = site.content.parent / "pelicanconf.py"
    file.write_text("".join(f"{name} = {value!r}\n" for name, value in stated.items()), "utf-8")
    return file


@contextmanager
def running(site: Site, *words: str) -> Iterator[Running]:
    """Pelican with these options; it is ended in any case."""
    pelican = Running(site, words)
    try:
        yield pelican
    finally:
        pelican.close()


def text_of(site: Site, path: str) -> str:
    """A file of the output."""
    return (site.output / path).read_text("utf-8")


def fetched(port: int, path: str) -> str:
    """A page from a server on this machine."""
    with urlopen(f"http://127.0.0.1:{port}/{path}", timeout=BOUND) as answer:
        return str(answer.read().decode())


# Options


def test_options_of_pelican_work(site: Site) -> None:
    """-o names the output, -e sets a setting for one build, -t takes another theme."""
    theme = site.content.parent / "theme"
    shutil.copytree(microfiche.THEME, theme)
    (theme / "templates" / "404.html").write_text("{{ site.name }} has no such page.")
    site.story("a.md", Date="2024-11-01")
    site.story("b.md", Date="2024-11-03")
    extra = ['SITENAME="The Other Gazette"', 'ARCHIVE_AS_OF="2024-11-02"']
    result = site.pelican("-o", "elsewhere", "-t", "theme", "-e", *extra)
    elsewhere = site.content.parent / "elsewhere"
    assert result.returncode == 0, result.stdout
    assert (elsewhere / "404.html").read_text() == "The Other Gazette has no such page."
    assert (elsewhere / "2024/11/01/a/index.html").is_file()
    assert not (elsewhere / "2024/11/03").exists()
    assert not site.output.exists()


# Watching


def test_watching_outlives_a_broken_story(site: Site) -> None:
    """It is reported, the output stays as it was, and the next edit is built."""
    site.story("good.md", "Before.")
    with running(site, "--autoreload") as pelican:
        pelican.until(DONE)
        site.write("bad.md", "no headers\n")
        said = pelican.until(REFUSED)
        assert any(line.startswith("content/bad.md:1: error: there are no") for line in said)
        site.story("good.md", "After.")
        pelican.until(REFUSED)
        assert "Before." in text_of(site, "2024/11/01/good/index.html")
        site.story("bad.md", "Mended.")
        pelican.until(DONE)
        assert "After." in text_of(site, "2024/11/01/good/index.html")
        assert "Mended." in text_of(site, "2024/11/01/bad/index.html")
        code, last = pelican.end()
    assert code == 0
    assert "Traceback" not in "".join(last)


def test_what_is_edited_while_a_build_runs_is_built_next(site: Site) -> None:
    """No edit has to be made twice."""
    site.story()
    with running(site, "--autoreload") as pelican:
        pelican.until("AutoReload Mode")
        for number in range(8):
            site.story(f"{number}.md")
            page = site.output / f"2024/11/01/{number}/index.html"
            while not page.exists():
                pelican.until("sources = ")  # said when pages are in place, the summary follows
    assert len(list(site.output.glob("2024/11/01/*/index.html"))) == 9


def test_settings_are_read_again_when_they_change(site: Site) -> None:
    """Also after an editor has put another file in the place of the old, and after a mistake."""
    site.story()
    with running(site, "--autoreload") as pelican:
        pelican.until(DONE)
        for name in ("First", "Second", "Third"):
            written = configure(site, SITENAME=name)
            written.rename(written.with_suffix(".new"))
            written.with_suffix(".new").rename(written)
            while name not in text_of(site, "index.html"):
                pelican.until(DONE)
        configure(site, TIMEZONE="Nowhere/Land")
        assert any("TIMEZONE: error" in line for line in pelican.until(REFUSED))
        configure(site, SITENAME="Fourth")
        while "Fourth" not in text_of(site, "index.html"):
            pelican.until(DONE)


def test_a_template_is_watched_too(site: Site) -> None:
    """A broken one is reported with its line; the pages stay until it is mended."""
    theme = site.content.parent / "theme"
    shutil.copytree(microfiche.THEME, theme)
    site.conf["THEME"] = str(theme)
    site.story()
    with running(site, "--autoreload") as pelican:
        pelican.until(DONE)
        (theme / "templates" / "404.html").write_text("No such page.\n{% if %}")
        said = pelican.until(REFUSED)
        assert any(line.startswith("templates/404.html:2: error") for line in said)
        (theme / "templates" / "404.html").write_text("No such page.")
        pelican.until(DONE)
    assert text_of(site, "404.html") == "No such page."


def test_an_owners_words_are_watched_too(site: Site) -> None:
    """A broken catalog is reported with its line; the pages stay until it is mended."""
    catalog = site.content.parent / "languages" / "en.po"
    catalog.parent.mkdir()
    site.conf["THEME_TEMPLATES_OVERRIDES"] = [str(site.content.parent / "templates")]
    site.story()
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    with running(site, "--autoreload") as pelican:
        pelican.until(DONE)
        catalog.write_text(header + "msgid broken\n", "utf-8")
        said = pelican.until(REFUSED)
        assert any(line.startswith("languages/en.po:4: error") for line in said)
        catalog.write_text(header + 'msgid "Page not found"\nmsgstr "Lost"\n', "utf-8")
        pelican.until(DONE)
    assert '<h1 class="title">Lost</h1>' in text_of(site, "404.html")


def test_the_server_shows_what_the_watch_has_built(site: Site) -> None:
    """--listen and --autoreload go together."""
    site.story(body="Before.")
    port = free_port()
    with running(site, "--autoreload", "--listen", "-p", str(port)) as pelican:
        pelican.until(DONE, SERVING)
        assert "Before." in fetched(port, "2024/11/01/story/")
        site.story(body="After.")
        while "After." not in fetched(port, "2024/11/01/story/"):
            pelican.until(DONE)


def test_the_server_alone_shows_the_output_and_builds_nothing(site: Site) -> None:
    """What was built before is looked at as it is."""
    site.story(body="Before.")
    site.publish()
    site.story(body="After.")
    port = free_port()
    with running(site, "--listen", "-p", str(port)) as pelican:
        pelican.until(SERVING)
        assert "Before." in fetched(port, "2024/11/01/story/")


# At a terminal


def at_terminal(site: Site, errors: Path | None = None) -> tuple[str, list[str]]:
    """Build at a terminal; return all that was written to it, and what stands there at last.

    ``errors`` is a file that the standard error stream is sent to.
    """
    leader, follower = pty.openpty()
    with open(errors or os.devnull, "wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "pelican", "-s", str(configure(site))],
            cwd=site.content.parent,
            env={**os.environ, "PYTHONPATH": str(ROOT / "plugins"), **TERMINAL},
            stdin=follower,
            stdout=follower,
            stderr=file if errors else follower,
        )
    os.close(follower)
    written = b"".join(iter(lambda: _read(leader), b"")).decode()
    os.close(leader)
    process.wait()
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written).replace("\r\n", "\n")
    lines = (line.rpartition("\r")[2] for line in shown.split("\n"))
    return written, [line for line in lines if line.strip()]


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 65536)
    except OSError:  # so a terminal says that nobody writes to it any more
        return b""


def test_the_report_stands_alone_at_a_terminal(site: Site) -> None:
    """Pelican's spinner would turn in the midst of it."""
    site.story()
    written, shown = at_terminal(site)
    assert "Generating" not in written
    assert shown[0] == "1 source = 1 story + 0 pages + 0 drafts + 0 embargoed + 0 quarantined"
    assert re.fullmatch(r"1 source changed → \d+ files written, .*, \d+\.\d\d s", shown[1])
    assert len(shown) == 2


def test_the_report_goes_where_errors_are_sent(site: Site, tmp_path: Path) -> None:
    """`2> log` keeps it, though the standard output is a terminal."""
    site.write("bad.md", "no headers\n")
    written, _ = at_terminal(site, tmp_path / "log")
    assert written == ""
    assert "content/bad.md:1: error: there are no headers" in (tmp_path / "log").read_text()


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Site], Pelican]:
    """Pelican over a site, with a build during which somebody presses Ctrl-C."""

    def press(*_: object) -> None:
        raise KeyboardInterrupt

    def prepared(site: Site) -> Pelican:
        monkeypatch.setattr(hooks, "build", press)
        return Pelican(read_settings(override={**site.conf, "PLUGINS": ["microfiche"]}))

    return prepared


def test_an_interrupted_build_is_no_success(
    site: Site, interrupted: Callable[[Site], Pelican], capsys: pytest.CaptureFixture[str]
) -> None:
    """Pelican itself would end with exit code 0, and a script would publish."""
    with pytest.raises(SystemExit) as ended:
        interrupted(site).run()
    assert ended.value.code == 130
    said = "Interrupted: the next build finishes what this one began.\n"
    assert capsys.readouterr().err == said
