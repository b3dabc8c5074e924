"""Tiny archives to build: in this process, or by Pelican's own command."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pytest
from pelican.settings import read_settings

import microfiche
from microfiche.build import build
from microfiche.errors import MicroficheError, Problem, Severity
from microfiche.hooks import orders_for
from microfiche.read import Reader
from microfiche.records import Changed, Counts, Found, Reading, SourceKind
from microfiche.report import Report, finding

ROOT = Path(__file__).parents[1]
CORPORA = ROOT.parent / "shared" / "corpora"
AS_OF = "2025-01-01"
"""The moment of every build in the tests, so that none depends on the day it is run."""

NOT_TRIED = "not tried: "

_BODY = re.compile(r'<div class="body">\n(.*?)\n</div>\n<', re.DOTALL)

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"></svg>'


class Built(NamedTuple):
    """What a build did: its counts (None if it published nothing) and all that it found."""

    counts: Counts | None
    findings: tuple[Problem, ...]

    @property
    def errors(self) -> list[str]:
        """Every error as a person sees it."""
        return self._said(Severity.ERROR)

    @property
    def warnings(self) -> list[str]:
        """Every warning as a person sees it."""
        return self._said(Severity.WARNING)

    @property
    def notes(self) -> list[str]:
        """Every note as a person sees it."""
        return self._said(Severity.NOTE)

    def _said(self, severity: Severity) -> list[str]:
        return said(self.findings, severity)


def said(problems: Iterable[Problem], severity: Severity = Severity.ERROR) -> list[str]:
    """Findings of one severity as a person sees them, by path and line."""
    return [finding(each) for each in sorted(problems) if each.severity == severity]


class Site:
    """A content folder, an output folder beside it, and the settings that join them."""

    def __init__(self, root: Path) -> None:
        self.content = root / "content"
        self.output = root / "output"
        self.content.mkdir(parents=True)
        self.conf: dict[str, Any] = {
            "PATH": str(self.content),
            "OUTPUT_PATH": str(self.output),
            "THEME": microfiche.THEME,
            "SITENAME": "The Harbour Gazette",
            "SITEURL": "https://gazette.example",
            "TIMEZONE": "Europe/Lisbon",
            "SLUGIFY_SOURCE": "basename",
            "ARCHIVE_AS_OF": AS_OF,
            "ARCHIVE_JOBS": 1,
        }

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file into the content folder."""
        target = self.content / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return target

    def story(self, path: str = "story.md", body: str = "Ships wait.", **headers: str) -> Path:
        """Write a sound Markdown story; headers given here replace or join its own."""
        found = {"Title": Path(path).stem, "Date": "2024-11-01 09:30", **headers}
        lines = [f"{name}: {value}" for name, value in found.items()]
        return self.write(path, "\n".join(lines) + f"\n\n{body}\n")

    def read_in(self, path: str = "story.md", **conf: Any) -> Reading:
        """Read one source, as a worker does; nothing is built."""
        orders = orders_for(read_settings(override={**self.conf, **conf}))
        kind = SourceKind.PAGE if path.startswith("pages/") else SourceKind.STORY
        size = (self.content / path).stat().st_size
        reader = Reader(orders.settings.content, orders.settings.reading, orders.pelican)
        return reader.read(Changed(Found(path, kind, size, 0, 0, 0), None))

    def build(self, **conf: Any) -> Built:
        """Build in this process, with settings on top of the site's own."""
        try:
            settings = read_settings(override={**self.conf, **conf})
            outcome = build(orders_for(settings), Report(io.StringIO()))
        except MicroficheError as error:
            return Built(None, error.problems)
        return Built(outcome.counts, outcome.findings)

    def publish(self, **conf: Any) -> Built:
        """Build what has to be without an error."""
        built = self.build(**conf)
        assert built.errors == []
        return built

    def refuse(self, **conf: Any) -> list[str]:
        """Build what must not be published; the errors, the output being as it was."""
        before = self.files()
        built = self.build(**conf)
        assert built.counts is None
        assert self.files() == before
        return built.errors

    def pelican(self, *words: str, **conf: Any) -> subprocess.CompletedProcess[str]:
        """Build by the command, from a configuration file, as a person does."""
        stated = {**self.conf, **conf, "PLUGINS": ["microfiche"]}
        lines = [f"{name} = {value!r}" for name, value in stated.items()]
        file = self.content.parent / "pelicanconf.py"
        file.write_text("\n".join(lines) + "\n", "utf-8")
        return subprocess.run(
            [sys.executable, "-m", "pelican", "-s", str(file), *words],
            cwd=self.content.parent,
            env={**os.environ, "PYTHONPATH": str(ROOT / "plugins"), "COLUMNS": "80"},
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )

    def page(self, path: str) -> str:
        """A file of the output as text."""
        return (self.output / path).read_bytes().decode("utf-8")

    def files(self) -> dict[str, bytes]:
        """Every file of the output by its path."""
        found = self.output.rglob("*")
        return {
            path.relative_to(self.output).as_posix(): path.read_bytes()
            for path in sorted(found)
            if path.is_file()
        }

    def body(self, path: str) -> str:
        """The body of a story's page, as it is published."""
        match = _BODY.search(self.page(path))
        assert match, path
        return match[1]


def no_program(name: str) -> NoReturn:
    """Leave a test out, and have it said at the end of all, for a program is missing."""
    pytest.skip(f"{NOT_TRIED}{name} is not there")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None]:
    """Say what was not tested for want of a program where nobody overlooks it: at the very end."""
    yield
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = [str(each.longrepr[2]).partition(NOT_TRIED) for each in skipped]
    found = Counter(reason for _, mark, reason in reasons if mark)
    for reason, count in sorted(found.items()):
        line = f"NOT TRIED: {reason}, so {count} tests were left out. Install it."
        terminalreporter.write_sep("!", red=True, bold=True)
        terminalreporter.write_line(line, red=True, bold=True)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An empty archive."""
    return Site(tmp_path)
