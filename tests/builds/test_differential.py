"""An incremental build equals a clean build, byte for byte, whatever was edited."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.builds.differential import Machine
from tests.builds.edits import EDITS, Edit

SCRIPTS = int(os.environ.get("SCRIPTS", 100))
SEED = int(os.environ.get("SEED", 0))
PARTS = 4

edits = st.builds(Edit, st.sampled_from(sorted(EDITS)), st.integers(0, 13), st.integers(0, 13))


@pytest.mark.parametrize("part", range(PARTS))
def test_every_build_of_a_script_of_edits_equals_a_clean_one(tmp_path_factory, part):
    """After each of ten edits, the output is what a first build of the same sources makes."""

    @seed(SEED + part)
    @settings(max_examples=SCRIPTS // PARTS, deadline=None, database=None, print_blob=False,
              suppress_health_check=list(HealthCheck))
    @given(st.lists(edits, min_size=10, max_size=10))
    def script_holds(script):
        with tempfile.TemporaryDirectory() as folder:
            Machine(Path(folder) / "archive").run(script)

    script_holds()
