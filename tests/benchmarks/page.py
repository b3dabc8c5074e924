"""Writes docs/performance.md from what was measured: targets, runs, how to repeat them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from tests.benchmarks.results import Measured, Quantity, Session, memory, seconds

Sessions = Mapping[int, Session]

_TOOLS = {
    "microfiche": "Microfiche",
    "complete": "Microfiche as it comes",
    "hugo": "Hugo",
    "pelican": "stock Pelican",
    "cp": "`cp -r`",
}
_WORKS = {
    "clean": "clean build",
    "copied": "finished output copied",
    "unchanged": "nothing changed",
    "added": "one story added",
    "edited": "one story edited (body only)",
    "template": "theme template changed",
}

_TOP = """\
# Performance

This page is written by `make bench`, which builds the same archive with Microfiche, with Pelican
as it comes, and with Hugo, in turn on the same machine.
"""

_METHOD = """\
## How it is measured

- **The archive** is made up, the same for all three: stories of 250 to 600 words with headings,
  emphasis, links, quotations and lists, one in twenty with a table or code, over thirty years;
  eight sections, three to five tags a story, forty bylines. The vocabulary of tags grows with it:
  300 at 10,000 stories, 2,000 at 100,000. The last story is of the day before the measurement.
- **The runs** of the tools alternate, and so does who comes first. One clean build of each goes
  before and does not count, unless there is one round only or the archive is larger than 10,000
  stories. Times and memory are medians over the
  rounds; a ratio is the median of the ratios within each round; the numbers of files written and
  the largest process are the highest of all rounds.
- **Time** is wall-clock time of the whole command, from start to exit.
- **Memory** is the peak of the proportional set size (PSS) of all processes together, sampled every
  20 ms, more rarely where a sample takes long. *Largest process* is the most memory that any one
  process had, pages that it shares with others included.
- **Files written** are those in the output whose inode has changed since the run began.
- **Microfiche** makes the pages that the others make too, and is what the targets are about.
  **Microfiche as it comes** makes all of its pages besides: days, dates in other years, Atom and
  JSON feeds, feeds of bylines, the complete history.
- **Clean build**: the output is taken away first, and Microfiche's state with it. It is deleted
  only when all is measured, because ext4 is slow to give out anew what was deleted just before.
- **One story added**: with the current time, so in the first round it is the first of its day.
- **One story edited**: a paragraph is added to the body of that newest story, which is in the feeds
  of the archive, of its section and of its tags.
- **Theme template changed**: the template that every page is based on, so every page changes.
- Hugo and Pelican have no incremental build: whatever changed, they build everything again. Hugo
  is run for every kind of work all the same, but on archives of more than 10,000 stories its
  rebuild is measured once a round, with nothing changed. Pelican is run for the clean build only;
  its content cache is off, as it is by default. Hugo's cache of resources stays, but these pages
  need none. Hugo's program is started directly, without the starter of its Python package.
- Nothing is dropped from the system's file cache.

## What is built

| | Microfiche | Pelican | Hugo |
|---|---|---|---|
| theme | its own | `simple` | a small one of the benchmark's |
| story: section, bylines, tags | yes | yes | yes |
| story: previous and next | yes | no | yes |
| story: related stories | yes | no | no |
| tag, section, byline: lists by 30 | by year and month | numbered | numbered |
| indexes of tags, sections, bylines | yes | yes | yes |
| front page | yes | numbered pages | numbered pages |
| year, month | yes | yes | not built in, not built |
| day | not built | yes | not built in, not built |
| RSS with full text: archive, tags, sections | 30 stories | 30 stories | 30 stories |

Pelican's own addresses for the further pages of a list clash (page 19 of the tag `covid` is the
page of the tag `covid19`), and it gives up. Here each list has a folder instead.
"""

_REPEAT = """\
## Repeat it

    make bench
    make bench STORIES="10000 100000" RUNS=3
    make bench STORIES=1000000 RUNS=1

It needs Linux, and about 150 KB of disk for each story. What was measured is kept in
`.bench/results.json`; a size that is measured again replaces what the page said of it.
"""


class Verdict(NamedTuple):
    """What was measured, in words, and whether the target is met."""

    measured: str
    met: bool


class Target(NamedTuple):
    """A promise; ``verdict`` is None where it was not measured."""

    work: str
    promise: str
    verdict: Verdict | None


def write(sessions: Sessions) -> str:
    """The whole page, given sessions by the size of their archive."""
    parts = (
        _TOP,
        _verdicts(targets(sessions)),
        *(_session(session) for session in sessions.values()),
        _METHOD,
        _REPEAT,
    )
    return "\n".join(parts)


def targets(sessions: Sessions) -> list[Target]:
    """Every promise and how it is kept, in the order in which the page has them."""
    small, large, huge = (_At(sessions.get(size), size) for size in (10_000, 100_000, 1_000_000))
    return [
        small.ratio("clean", "≤ 0.5 × Hugo", 0.5, "hugo"),
        small.ratio("clean", "≤ 0.08 × stock Pelican", 0.08, "pelican"),
        large.ratio("clean", "≤ 0.5 × Hugo", 0.5, "hugo"),
        large.ratio("clean", "peak memory ≤ 0.15 × Hugo", 0.15, "hugo", quantity=memory),
        large.ratio("added", "≤ 0.015 × Hugo's rebuild", 0.015, "hugo", to="unchanged"),
        large.ceiling("added", "≤ 40 files written", 40, _written, _files),
        large.ratio("edited", "≤ 0.015 × Hugo's rebuild", 0.015, "hugo", to="unchanged"),
        large.ceiling("edited", "≤ 8 files written", 8, _written, _files),
        large.ratio("unchanged", "≤ 0.01 × Hugo's rebuild", 0.01, "hugo"),
        small.ratio("template", "≤ 0.6 × our own clean build", 0.6, "microfiche", to="clean"),
        small.ratio("clean", "≤ 3 × copying the output with `cp -r`", 3, "cp", to="copied"),
        huge.ceiling("clean", "peak memory ≤ 24 GB", 24e9, memory, _bytes),
        huge.ceiling("clean", "≤ 1 GB in any process", 1e9, _largest, _bytes),
        _growth(small, large),
    ]


class _At(NamedTuple):
    """The archive of one size, and what was measured on it, if anything was."""

    session: Session | None
    stories: int

    def ratio(
        self,
        work: str,
        promise: str,
        most: float,
        tool: str,
        *,
        to: str = "",
        quantity: Quantity = seconds,
    ) -> Target:
        """Microfiche against a run of another tool, or of other work, in the same round."""
        runs = ("microfiche", work), (tool, to or work)
        verdict = None
        if self.session and all(self.session.of(*run) for run in runs):
            ratio = self.session.ratio(*runs, quantity)
            ours, theirs = (self.session.median(*run, quantity) for run in runs)
            show = _bytes if quantity is memory else _timed
            verdict = Verdict(f"{ratio:.3g} × ({show(ours)} to {show(theirs)})", ratio <= most)
        return Target(self._named(work), promise, verdict)

    def ceiling(
        self,
        work: str,
        promise: str,
        most: float,
        quantity: Quantity,
        show: Callable[[float], str],
    ) -> Target:
        """The highest that Microfiche came to in any round."""
        verdict = None
        if self.session and (runs := self.session.of("microfiche", work)):
            highest = max(map(quantity, runs))
            verdict = Verdict(show(highest), highest <= most)
        return Target(self._named(work), promise, verdict)

    def _named(self, work: str) -> str:
        return f"{_WORKS[work]}, {self.stories:,} stories"


def _growth(small: _At, large: _At) -> Target:
    """How much longer a story takes in a larger archive."""
    verdict = None
    if small.session and large.session:
        before, after = (
            session.median("microfiche", "clean", seconds) / session.stories * 1e3
            for session in (small.session, large.session)
        )
        ratio = after / before
        verdict = Verdict(f"{ratio:.3g} × ({after:.2f} ms to {before:.2f} ms)", ratio <= 1.3)
    promise = "time per story at 100,000 ≤ 1.3 × that at 10,000"
    return Target("growth of a clean build", promise, verdict)


def _verdicts(promises: list[Target]) -> str:
    measured = [each.verdict for each in promises if each.verdict]
    missed = sum(not verdict.met for verdict in measured)
    said = f"{len(measured)} of {len(promises)} targets were measured: "
    said += f"{len(measured) - missed} met, {missed} missed."
    rows = [(each.work, each.promise, *_judged(each.verdict)) for each in promises]
    table = _table(("work", "target", "measured", ""), rows)
    return f"## Targets\n\n{said}\n\n{table}"


def _judged(verdict: Verdict | None) -> tuple[str, str]:
    if not verdict:
        return "", "not measured"
    return verdict.measured, "met" if verdict.met else "**missed**"


def _session(session: Session) -> str:
    """All that was measured on an archive of one size."""
    versions = ", ".join(f"{name} {number}" for name, number in session.versions.items())
    rounds = "1 round" if session.rounds == 1 else f"{session.rounds} rounds"
    missing = [_TOOLS[tool] for tool in ("pelican", "hugo") if not session.of(tool, "clean")]
    left_out = f" {' and '.join(missing)}: not run on an archive of this size." if missing else ""
    remark = f" {session.remark}" if session.remark else ""
    head = ("work", "tool", "s", "from – to", "memory", "largest", "files", "output", "written")
    table = _table(head, (_row(session, work, tool) for work, tool in session.pairs()))
    return (
        f"## {session.stories:,} stories\n\n"
        f"{rounds} on {session.day}; {versions}; {session.machine}; load before the first run "
        f"{session.load:.1f}. Seed {session.seed}, stories until {session.until}, "
        f"{_bytes(session.sources)} of sources.{left_out}{remark}\n\n{table}"
    )


def _row(session: Session, work: str, tool: str) -> tuple[str, ...]:
    runs = session.of(tool, work)
    times = [run.seconds for run in runs]
    return (
        _WORKS[work],
        _TOOLS[tool],
        _seconds(session.median(tool, work, seconds)),
        f"{_seconds(min(times))} – {_seconds(max(times))}",
        _bytes(session.median(tool, work, memory)),
        _bytes(max(map(_largest, runs))),
        f"{runs[-1].files:,}",
        _bytes(runs[-1].size),
        f"{max(map(_written, runs)):,}",
    )


def told(run: Measured) -> str:
    """A run in one line, for whoever waits."""
    return (
        f"{_TOOLS[run.tool]}, {_WORKS[run.work]}: {_seconds(run.seconds)} s, "
        f"{_bytes(run.memory)}, {run.written:,} of {run.files:,} files written"
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _written(run: Measured) -> float:
    return run.written


def _largest(run: Measured) -> float:
    return run.largest


def _files(number: float) -> str:
    return f"{number:,.0f} files"


def _seconds(number: float) -> str:
    """Three digits, where there are as many."""
    return f"{number:,.{2 if number < 10 else 1 if number < 100 else 0}f}"


def _timed(number: float) -> str:
    return f"{_seconds(number)} s"


def _bytes(number: float) -> str:
    """Decimal megabytes or gigabytes."""
    return f"{number / 1e9:.2f} GB" if number >= 1e9 else f"{number / 1e6:,.0f} MB"
