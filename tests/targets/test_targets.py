"""What is said of targets that are none, that cannot be reached, and that refuse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from microfiche.errors import MicroficheError, TargetError
from microfiche.publish.delivery import roll_back
from microfiche.publish.targets import FORMS, programs, target
from tests.conftest import said
from tests.targets.places import FIRST, SECOND, Machine, put

HOSTILE = (
    "-oProxyCommand=touch pwned",
    "rsync:-oProxyCommand=touch${IFS}pwned:/srv",
    "rsync:a@-oProxyCommand=touch pwned:/srv",
    "rsync:host;touch pwned:/srv",
    "rsync:host name:/srv",
    "rsync:host::module",
    "rsync:host:",
    "rsync:/srv/archive",
    "folder:",
    "folder:-x",
    "folder:a\nb",
    "s3:-b/x",
    "s3:b",
    "s3:bucket/../other",
    "git:repository",
    "git:#branch",
    "git:--upload-pack=touch pwned#branch",
    "git:repository#-f",
    "git:repository#a..b",
    "git:repository#",
    "rclone:remote",
    "rclone:-v:/x",
    "rclone::local:/x",
    'rclone:a,b="c":x',
    "ftp:host",
    "folders:/srv",
    "S3:bucket",
    "",
    ":",
    "\x1b[31mfolder:x",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_target_is_refused_before_anything_is_run(
    text: str, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a remedy; no word of it reaches a program as an option."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TargetError) as error:
        target(text, machine.around())
    assert error.value.problems[0].remedy
    assert [path.name for path in tmp_path.iterdir()] == []


def test_the_target_that_was_meant_is_named(machine: Machine) -> None:
    """For a letter too many, a capital letter; else all are named."""
    assert errors(machine, "folders:/srv") == [
        "folders:/srv: error: there is no such target; did you mean folder:/srv?"
    ]
    (line,) = errors(machine, "content")
    assert all(form in line for form in FORMS.values())


def errors(machine: Machine, text: str, **how: Any) -> list[str]:
    """What is said when one publishes to a target."""
    with pytest.raises(MicroficheError) as error:
        machine.publish(text, FIRST, **how)
    return said(error.value.problems)


@pytest.mark.parametrize("kind", ["rsync", "git", "rclone"])
def test_a_program_that_is_missing_is_named_with_its_package(
    kind: str, make: Callable[[str], Any], machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is done."""
    name = make(kind).name
    monkeypatch.setenv("PATH", "")
    (line,) = errors(machine, name)
    assert f"the program {kind} is not installed" in line
    assert f"apt install {kind}" in line


def test_a_host_without_a_name_is_told_from_one_that_does_not_answer(
    sshd: str, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And from one that does not let the user in, or is not known."""
    conf = tmp_path / "config"
    real = Path(sshd.removeprefix("ssh -F ")).read_text()
    usual = "Host *\n HostName 127.0.0.1\n"
    found = {}
    for name, lines in {
        "nobody": "Host *\n HostName nobody.invalid\n",
        "closed": f"{usual} Port 1\n",
        "strange": real.replace("known", "unknown"),
        "forbidden": real.replace("/user\n", "/host\n"),
    }.items():
        conf.write_text(lines)
        monkeypatch.setenv("RSYNC_RSH", f"ssh -F {conf}")
        (found[name],) = errors(machine, "rsync:gazette:/srv/archive")
    assert "the name of the host is known to nobody" in found["nobody"]
    assert "the host refuses connections" in found["closed"]
    assert "it is not known to be the right host" in found["strange"]
    assert "the host does not let this user in" in found["forbidden"]


def test_over_ssh_with_a_path_that_has_spaces_and_quotes(
    sshd: str, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real server, the real rsync; no shell on the way takes a part of the path for its own."""
    monkeypatch.setenv("RSYNC_RSH", sshd)
    root = tmp_path / "all 'our' \"news\" $(touch pwned); touch pwned"
    name = f"rsync:gazette:{root}"
    machine.publish(name, FIRST)
    machine.publish(name, SECOND)
    found = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    ours = {path for path in found if not path.startswith(".microfiche/")}
    assert ours == {*SECOND, "style.1.css"}
    assert not (root / "b").exists()
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize(
    ("complaint", "meaning"),
    [
        ("rsync: write failed: No space left on device (28)", "the disk there is full"),
        ('rsync: mkstemp "/srv/.x" failed: Permission denied (13)', "writing is not allowed there"),
        ("bash: line 1: rsync: command not found", "the host has no rsync"),
        ("fatal: repository 'https://x/' not found", "exit code 12"),
        ("something else", "exit code 12: something else; mend it, and publish again"),
    ],
)
def test_what_programs_complain_of_is_explained(complaint: str, meaning: str) -> None:
    """With what they said, and what to do."""
    error = programs.failure(programs.Answer(12, b"", complaint), "rsync:a:b", "sending files")
    (line,) = said(error.problems)
    assert meaning in line
    assert complaint in line


def test_the_folder_of_stories_and_that_of_pages_are_no_targets(
    machine: Machine, tmp_path: Path
) -> None:
    """Nor is one that they lie in, or that lies in them."""
    for path in (
        "content",
        "content/www",
        ".",
        "public",
        "public/www",
        "state/public",
        str(tmp_path),
    ):
        (line,) = errors(machine, f"folder:{path}")
        assert "name a folder elsewhere" in line
    (machine.root / "content").mkdir()
    (machine.root / "way").symlink_to("content")
    (line,) = errors(machine, "folder:way")
    assert "name a folder elsewhere" in line
    assert list((machine.root / "content").iterdir()) == []


def test_a_folder_with_files_of_others_is_no_target(machine: Machine, tmp_path: Path) -> None:
    """Whatever is asked; an empty folder is one."""
    put(tmp_path / "www" / "letters.txt", "dear")
    (line,) = errors(machine, f"folder:{tmp_path}/www", adopt=True)
    assert "the folder holds files that were not published from here" in line
    (tmp_path / "www" / "letters.txt").unlink()
    machine.publish(f"folder:{tmp_path}/www", FIRST)


@pytest.mark.parametrize("kind", ["rsync", "git", "rclone", "s3"])
def test_only_releases_that_are_kept_can_be_served_again(
    kind: str, make: Callable[[str], Any], machine: Machine
) -> None:
    """Where there are none, what to do instead is said."""
    place = make(kind)
    machine.publish(place, FIRST)
    with pytest.raises(TargetError) as error:
        roll_back(target(place.name, machine.around()))
    assert error.value.problems[0].remedy
    assert place.files() == FIRST


def test_a_program_gets_its_input_and_what_is_stated_of_its_environment() -> None:
    """Where None is stated, a variable of ours is not handed on."""
    assert programs.run(["cat"], "x", stdin=b"y").out == b"y"
    assert "PATH" not in programs.environment({"PATH": None})
    assert b"A=b\n" in programs.run(["env"], "x", env={"A": "b"}).out
