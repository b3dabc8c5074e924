"""What the documents say of timers is what the programs understand that read it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import yaml

from tests.conftest import ROOT, no_program

DOCUMENT = (ROOT / "docs" / "hosting.md").read_text("utf-8")


def examples(language: str) -> list[str]:
    """The examples in a language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)


def is_sound(script: str) -> bool:
    """Whether the shell understands a script; nothing of it is run."""
    return subprocess.run(["sh", "-n"], input=script, text=True, check=False).returncode == 0


def test_systemd_understands_the_timer_and_its_service(tmp_path: Path) -> None:
    """Both are loaded, with programs that are there in place of the archive's own."""
    program = shutil.which("systemd-analyze")
    if not program:
        no_program("systemd-analyze")
    service, timer = (text for text in examples("ini") if text.startswith("[Unit]"))
    command = tmp_path / "microfiche"
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    service = service.replace("/srv/gazette/.venv/bin/microfiche", str(command))
    service = service.replace("/usr/bin/make", str(command)).replace("/srv/gazette", str(tmp_path))
    (tmp_path / "gazette.service").write_text(service)
    (tmp_path / "gazette.timer").write_text(timer)
    words = [program, "verify", "--man=no", str(tmp_path / "gazette.timer")]
    found = subprocess.run(words, capture_output=True, text=True, check=False)
    said = [line for line in found.stderr.splitlines() if "gazette" in line]
    assert (found.returncode, said) == (0, [])


def test_cron_is_given_five_fields_and_a_command() -> None:
    """Nothing in the command means something to cron itself."""
    (line,) = examples("crontab")
    fields = re.fullmatch(r"((?:[\d*/,-]+ ){5})(.*)\n", line)
    assert fields
    assert "%" not in fields[2]
    assert is_sound(fields[2])


def test_the_workflow_has_the_form_of_one() -> None:
    """Every step runs a script or an action; nothing is published while nothing is due."""
    (text,) = (each for each in examples("yaml") if "actions/checkout" in each)
    workflow = yaml.safe_load(text)
    assert [each["cron"].count(" ") for each in workflow[True]["schedule"]] == [4]
    steps = workflow["jobs"]["publish"]["steps"]
    assert all(("run" in step) != ("uses" in step) for step in steps)
    assert all(is_sound(step["run"]) for step in steps if "run" in step)
    assert "idle" in steps[-1]["if"]
    assert "make publish" in steps[-1]["run"]
