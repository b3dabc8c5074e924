"""`microfiche publish` with a target: from stories to what readers find."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from microfiche.commands import main
from microfiche.write import lock
from tests.conftest import Site
from tests.targets.places import found_below
from tests.test_commands import configure

Publish = Callable[..., Result]


@pytest.fixture
def publish(site: Site, monkeypatch: pytest.MonkeyPatch) -> Publish:
    """Run the command in the folder of an archive with a story."""
    site.story("a.md")
    monkeypatch.chdir(configure(site))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    usual = ("publish", "-s", "pelicanconf.py", "-o", "public")
    return lambda *words: CliRunner().invoke(main, (*usual, *words))


def test_an_archive_is_built_and_put_at_the_target(publish: Publish, tmp_path: Path) -> None:
    """The last line says what was done there; the ledger is written."""
    result = publish("folder:www")
    count = len(found_below(tmp_path / "public"))
    assert result.exit_code == 0
    assert result.stderr.splitlines()[-1].startswith(f"folder:www: {count} files uploaded (")
    assert found_below(tmp_path / "www" / "current") == found_below(tmp_path / "public")
    assert (tmp_path / "content" / "ledger.tsv").exists()


def test_a_rehearsal_leaves_target_ledger_and_bag(publish: Publish, tmp_path: Path) -> None:
    """It builds, and names what would be sent."""
    result = publish("folder:www", "--dry-run")
    assert result.exit_code == 0
    assert "new: 2024/11/01/a/index.html\n" in result.stderr
    assert " would be uploaded (" in result.stderr.splitlines()[-1]
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"content", "public", "pelicanconf.py", ".microfiche"}
    assert not (tmp_path / "content" / "ledger.tsv").exists()


def test_a_publication_is_taken_back(publish: Publish, site: Site, tmp_path: Path) -> None:
    """Nothing is built; broken stories do not stand in the way."""
    publish("folder:www")
    before = found_below(tmp_path / "www" / "current")
    site.story("b.md")
    publish("folder:www")
    site.write("c.md", "no story")
    result = publish("folder:www", "--rollback")
    assert result.stderr == "folder:www: release 1 is served again, in place of 2\n"
    assert found_below(tmp_path / "www" / "current") == before
    again = publish("folder:www", "--rollback")
    assert again.exit_code == 1
    assert again.stderr.splitlines()[-1] == "Nothing was changed."


@pytest.mark.usefixtures("publish")
def test_the_settings_say_where_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the folder in which they lie; what is typed goes before them."""
    with open(tmp_path / "pelicanconf.py", "a", encoding="utf-8") as file:
        file.write('ARCHIVE_PUBLISH_TO = "folder:www"\nARCHIVE_RELEASES = 1\n')
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    words = ("publish", "-s", "../pelicanconf.py", "-o", "../public")
    assert CliRunner().invoke(main, words).exit_code == 0
    assert CliRunner().invoke(main, (*words, "folder:other")).exit_code == 0
    assert (tmp_path / "www" / "current" / "index.html").exists()
    assert (tmp_path / "below" / "other" / "current" / "index.html").exists()


def test_without_a_target_nothing_is_sent_and_its_options_are_errors(publish: Publish) -> None:
    """For what they ask for cannot be done."""
    assert "uploaded" not in publish().stderr
    for option in ("--dry-run", "--rollback", "--adopt"):
        result = publish(option)
        assert result.exit_code == 2
        assert "name a TARGET, or set ARCHIVE_PUBLISH_TO" in result.stderr


def test_a_target_that_is_none_is_told_before_anything_is_built(
    publish: Publish, tmp_path: Path
) -> None:
    """So is a folder of stories, which was given there once."""
    result = publish("content")
    assert result.exit_code == 1
    assert "there is no such target" in result.stderr
    assert not (tmp_path / "public").exists()


def test_a_target_that_refuses_is_told_with_how_things_stand(
    publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was published, or the publication is not complete."""
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "letter.txt").write_text("dear")
    result = publish("folder:www")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "Nothing was published."
    (tmp_path / "www" / "letter.txt").unlink()

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28), "www")

    monkeypatch.setattr(shutil, "copyfile", full)
    result = publish("folder:www")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("The publication is not complete: publish ")


def test_a_second_publication_on_this_machine_is_told_of_the_first(
    publish: Publish, tmp_path: Path
) -> None:
    """By the number of its process."""
    with lock(tmp_path / ".microfiche" / "public" / "publication", "publication"):
        result = publish("folder:www")
    assert result.exit_code == 1
    assert f"another publication (process {os.getpid()})" in result.stderr
