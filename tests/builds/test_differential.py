"""An incremental build equals a clean build, byte for byte, whatever was edited."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tests.builds.archive import Archive, differences
from tests.builds.differential import Machine, Unequal
from tests.builds.edits import EDITS, SETTINGS, Edit, at_first

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")

SCRIPTS = int(os.environ.get("SCRIPTS") or 100)
SEED = int(os.environ.get("SEED") or 0)
"""How many scripts are tried, and which: ``make soak SCRIPTS=1000 SEED=1``."""

LENGTH = 10
AT_ONCE = 25

edits = st.builds(
    Edit,
    st.sampled_from(list(EDITS)),
    st.integers(0, len(SETTINGS) - 1),
    st.integers(0, 13),
)
scripts = st.lists(edits, min_size=LENGTH, max_size=LENGTH)


@pytest.mark.parametrize("number", range(SEED, SEED + -(-SCRIPTS // AT_ONCE)))
def test_each_build_of_a_script_of_edits_equals_a_clean_one(number: int) -> None:
    """After each edit, the output is what a first build of the same sources makes.

    A failure shows the shortest script that Hypothesis found; ``number`` is the seed to see it
    again with.
    """

    @seed(number)
    @settings(max_examples=min(AT_ONCE, SCRIPTS), deadline=None, database=None)
    @given(scripts)
    def is_exact(script: list[Edit]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            Machine(Path(folder) / "archive").run(script)

    try:
        is_exact()
    except Unequal as error:
        error.add_note(f"make soak SCRIPTS={min(AT_ONCE, SCRIPTS)} SEED={number}")
        raise


ONCE_WRONG = {
    "a picture is deleted that lists show": [Edit("static", 0, 0)],
    "a story moves that another's feed item links to": [Edit("redate", 1, 1)],
    "a loose file is published by a {filename} link": [Edit("link", 4, 2)],
    "the neighbours of a translation change": [
        Edit("translate", 2, 0),
        Edit("translate", 5, 0),
        Edit("redate", 3, 12),
    ],
    "a hidden story's tag gets a page": [
        Edit("delete", 1),
        Edit("add", 0, 3),
        Edit("status", 2, 1),
        Edit("retag", 2, 8),
        Edit("retag", 0, 8),
    ],
    "what is set aside takes a menu with it": [Edit("save as", 1, 3)],
    "an address goes to a translation": [
        Edit("save as", 1, 3),
        Edit("save as", 2, 0),
        Edit("translate", 2, 0),
    ],
    "the vocabulary changes": [
        Edit("vocabulary", 0, how) for how in (0, 1, 2, 3, 1, 0, 4, 3, 5, 1)
    ],
    "a page size changes": [Edit("set", 1, 1)],
    "a page is switched off": [Edit("set", 9, 1)],
    "a build is killed after a story was deleted": [
        Edit("be killed", 1, 2),
        Edit("be killed", 5, 2),
        Edit("nothing"),
    ],
}


@pytest.mark.parametrize("script", ONCE_WRONG.values(), ids=ONCE_WRONG)
def test_what_was_wrong_once(tmp_path: Path, script: list[Edit]) -> None:
    """Scripts that found mistakes stay."""
    Machine(tmp_path / "archive").run(script)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_make_what_one_process_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """However the system starts them."""
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: [method])
    archive = Archive(tmp_path, at_first())
    built = archive.build(jobs=2)
    clean, files = archive.clean()
    assert built == clean
    assert differences(archive.published(), files) == []
