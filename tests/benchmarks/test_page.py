"""The page on performance says what was measured, and where a target is missed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import page, results
from tests.benchmarks.results import Measured, Session


def run(tool: str, work: str, number: int = 1, seconds: float = 1.0, written: int = 0) -> Measured:
    """A run with figures of its own, all of them telling."""
    return Measured(tool, work, number, seconds, 50_000_000, 30_000_000, 12_000, 2_000_000, written)


def session(stories: int, *measured: Measured) -> Session:
    """What was measured on an archive of this size."""
    rounds = max(run.round for run in measured)
    return Session(
        stories=stories,
        seed=1,
        until="2025-12-31",
        sources=30_000_000,
        day="2026-01-01",
        machine="2 cores",
        load=0.1,
        versions={"Microfiche": "1.0", "Hugo": "0.168.0"},
        rounds=rounds,
        measured=measured,
    )


def row(text: str, *words: str) -> list[str]:
    """The cells of the one row of a table that has all of these words."""
    [line] = [line for line in text.splitlines() if all(f"| {word} |" in line for word in words)]
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize(("seconds", "word"), [(5.0, "met"), (5.1, "**missed**")])
def test_a_ratio_is_judged_by_its_limit(seconds: float, word: str) -> None:
    """Half of Hugo's time is promised: more than that is missed, and the page says so."""
    found = session(10_000, run("microfiche", "clean", 1, seconds), run("hugo", "clean", 1, 10.0))
    text = page.write({10_000: found})
    assert row(text, "clean build, 10,000 stories", "≤ 0.5 × Hugo")[-1] == word
    assert f"1 of 14 targets were measured: {int(word == 'met')} met" in text


def test_a_ratio_is_the_median_of_those_within_a_round() -> None:
    """A machine that was slow for a round was so for both: the order of rounds does not matter."""
    ours = [run("microfiche", "clean", number, time) for number, time in ((1, 2), (2, 8), (3, 3))]
    hugo = [run("hugo", "clean", number, time) for number, time in ((3, 6), (1, 8), (2, 10))]
    found = session(10_000, *ours, *sorted(hugo, key=lambda each: each.round))
    text = page.write({10_000: found})
    assert row(text, "clean build, 10,000 stories", "≤ 0.5 × Hugo")[2] == "0.5 × (3.00 s to 8.00 s)"


def test_files_written_are_judged_by_the_worst_round() -> None:
    """One round in which too many files were written is a miss."""
    runs = (run("microfiche", "edited", number, written=number) for number in (8, 9, 7))
    text = page.write({100_000: session(100_000, *runs)})
    cells = row(text, "one story edited (body only), 100,000 stories", "≤ 8 files written")
    assert cells[2:] == ["9 files", "**missed**"]


@pytest.mark.parametrize(("seconds", "word"), [(52.0, "met"), (53.0, "**missed**")])
def test_growth_compares_the_time_of_a_story(seconds: float, word: str) -> None:
    """Ten times the stories may take thirteen times as long."""
    small = session(10_000, run("microfiche", "clean", 1, 4.0))
    large = session(100_000, run("microfiche", "clean", 1, seconds))
    text = page.write({10_000: small, 100_000: large})
    assert row(text, "growth of a clean build")[-1] == word


def test_what_was_not_measured_is_said_to_be_so() -> None:
    """No verdict is given on work that was not done."""
    text = page.write({300: session(300, run("microfiche", "clean"))})
    assert "0 of 14 targets were measured" in text
    assert text.count("| not measured |") == 14
    assert "stock Pelican and Hugo: not run on an archive of this size." in text


def test_every_run_is_in_the_table_of_its_size() -> None:
    """Times, memory, files and bytes of each tool, medians where there were several rounds."""
    runs = (run("microfiche", "added", number, number * 2, 20 + number) for number in (1, 2, 3))
    text = page.write({300: session(300, *runs)})
    assert row(text, "one story added", "Microfiche")[2:] == [
        "4.00",
        "2.00 – 6.00",
        "50 MB",
        "30 MB",
        "12,000",
        "2 MB",
        "23",
    ]


def test_results_are_kept_by_the_size_of_the_archive(tmp_path: Path) -> None:
    """A size that is measured again replaces the last of that size; the others stay."""
    path = tmp_path / "results.json"
    results.save(path, session(10_000, run("microfiche", "clean", 1, 9.0)))
    results.save(path, session(300, run("microfiche", "clean")))
    again = session(10_000, run("microfiche", "clean", 1, 4.0))
    assert list(results.save(path, again)) == [300, 10_000]
    assert results.load(path)[10_000] == again
