"""What a person sees: progress on long work, findings like a good compiler's, one summary."""

from __future__ import annotations

import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from microfiche.errors import Problem, Severity
from microfiche.records import Counts

_NOTES_SHOWN = 20
_PATIENCE = 1.0
_OF_A_STORY = 3
_OF_A_KIND = 50
_PARTICULARS = re.compile(r"""'[^']*'|"[^"]*"|`[^`]*`|<[^>]*>|\d[\d,.]*""")


class Report:
    """Speaks to a person on one stream; plain lines where the stream is not a terminal."""

    def __init__(self, stream: TextIO | None = None, *, content: str = "content") -> None:
        self._stream = stream or sys.stderr
        self._content = content
        self._console = Console(file=self._stream, emoji=False, highlight=False, soft_wrap=True)

    def say(self, line: str) -> None:
        """One line, as it is."""
        self._console.print(line, markup=False)

    def findings(self, problems: Sequence[Problem]) -> None:
        """Show findings by path and line: errors and warnings, and the first few notes.

        Of one kind three a source are shown and fifty in all; the others are counted.
        """
        problems = sorted(problems, key=lambda problem: (problem.path, problem.line, problem.what))
        notes = [problem for problem in problems if problem.severity == Severity.NOTE]
        shown, folded = _folded(
            [problem for problem in problems if problem.severity != Severity.NOTE]
        )
        for problem in shown:
            self._finding(problem)
        for line in folded:
            self.say(line)
        for problem in notes[:_NOTES_SHOWN]:
            self._finding(problem)
        if len(notes) > _NOTES_SHOWN:
            self.say(f"note: and {len(notes) - _NOTES_SHOWN:,} more notes")

    def _finding(self, problem: Problem) -> None:
        self.say(finding(problem, self._content))

    @contextmanager
    def progress(self, title: str, total: int | None) -> Iterator[Steps]:
        """Show how far work has come, once it has taken more than a second."""
        steps = Steps(self._console, title, total)
        try:
            yield steps
        finally:
            steps.close()


def _folded(problems: Sequence[Problem]) -> tuple[list[Problem], list[str]]:
    """The findings to show, and a line for each kind of which there are more."""
    of_source: Counter[tuple[str, str]] = Counter()
    of_kind: Counter[str] = Counter()
    shown: list[Problem] = []
    more: defaultdict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        kind = f"{problem.severity}: {_PARTICULARS.sub('…', problem.what)}"
        if of_source[problem.path, kind] < _OF_A_STORY and of_kind[kind] < _OF_A_KIND:
            of_source[problem.path, kind] += 1
            of_kind[kind] += 1
            shown.append(problem)
        else:
            more[kind].append(problem)
    return shown, [_more(hidden) for hidden in more.values()]


def _more(hidden: Sequence[Problem]) -> str:
    """One line for findings of a kind that are not shown; it quotes the first."""
    first = hidden[0]
    places = _count(len({problem.path for problem in hidden}), "story", "stories")
    line = f"{first.severity}: … and {len(hidden):,} more of these in {places}: {first.what}"
    return printable(line)


class Steps:
    """The progress of one stage; nothing is shown of what is quick."""

    def __init__(self, console: Console, title: str, total: int | None) -> None:
        self._console = console
        self._title = title
        self._total = total
        self._done = 0
        self._begun = self._said = time.monotonic()
        self._bar: Progress | None = None

    def advance(self, count: int) -> None:
        """So many more are done."""
        self._done += count
        now = time.monotonic()
        if now - self._begun < _PATIENCE:
            return
        if self._console.is_terminal:
            self._draw()
        elif now - self._said >= 10 * _PATIENCE:
            self._said = now
            of = f" of {self._total:,}" if self._total else ""
            self._console.print(f"{self._title}: {self._done:,}{of}", markup=False)

    def _draw(self) -> None:
        if not self._bar:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=self._console,
                transient=True,
            )
            self._bar.add_task(self._title, total=self._total, completed=self._done)
            self._bar.start()
        self._bar.update(self._bar.task_ids[0], completed=self._done)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar:
            self._bar.stop()


def finding(problem: Problem, content: str = "content") -> str:
    """A finding in one line: where, how bad, what, and what to do."""
    where = ""
    if problem.path:
        where = f"{content}/{problem.path}" if problem.inside else problem.path
        where += f":{problem.line}: " if problem.line else ": "
    remedy = f"; {problem.remedy}" if problem.remedy else ""
    return printable(f"{where}{problem.severity}: {problem.what}{remedy}")


def printable(text: str) -> str:
    """Text that cannot play tricks on a terminal: control characters are shown as escapes."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def accounts(counts: Counts) -> str:
    """How every source is accounted for."""
    parts = [
        _count(counts.stories, "story", "stories"),
        _count(counts.pages, "page", "pages"),
        _count(counts.drafts, "draft", "drafts"),
        f"{counts.embargoed:,} embargoed",
        f"{counts.quarantined:,} quarantined",
    ]
    line = f"{_count(counts.sources, 'source', 'sources')} = {' + '.join(parts)}"
    if counts.flawed:
        line += f"; {counts.flawed:,} published in spite of errors, without links and pictures "
        line += "that lead nowhere"
    return line


def summary(counts: Counts, seconds: float, embargo: datetime | None) -> str:
    """What a build did, in one line."""
    line = (
        f"{_count(counts.changed, 'source', 'sources')} changed → "
        f"{_count(counts.written, 'file', 'files')} written, {counts.removed:,} removed, "
        f"{counts.unchanged:,} unchanged, {seconds:.2f} s"
    )
    if embargo:
        line += f" · next embargo ends {embargo:%Y-%m-%d %H:%M %Z}"
    return line


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
