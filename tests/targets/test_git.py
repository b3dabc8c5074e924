"""A branch for a Pages host: commits, what goes with them, and what others put there."""

from __future__ import annotations

from pathlib import Path

import pytest

from microfiche.errors import TargetError
from tests.targets.conftest import needs
from tests.targets.places import FIRST, SECOND, GitPlace, Machine, git


@pytest.fixture
def pages(tmp_path: Path) -> GitPlace:
    """An empty repository."""
    needs("git")
    return GitPlace(tmp_path / "pages.git")


def log(pages: GitPlace, form: str) -> list[str]:
    """The branch's commits, the newest first."""
    return git("-C", str(pages.root), "log", f"--format={form}", "gh-pages").splitlines()


def test_a_publication_is_one_commit(pages: GitPlace, machine: Machine) -> None:
    """After those before it; none where nothing changed. Pages hosts are told to serve it as is."""
    machine.publish(pages, FIRST)
    machine.publish(pages, SECOND)
    machine.publish(pages, SECOND)
    assert log(pages, "%s") == ["Publish 8 files", "Publish 7 files"]
    assert git("-C", str(pages.root), "show", "gh-pages:.nojekyll") == ""


def test_without_history_there_is_one_commit(pages: GitPlace, machine: Machine) -> None:
    """The branch is replaced each time, and still only what changed is sent."""
    machine.releases = 1
    machine.publish(pages, FIRST)
    assert machine.publish(pages, {**FIRST, "index.html": "anew"}).sent == 1
    assert len(log(pages, "%H")) == 1
    assert pages.files() == {**FIRST, "index.html": "anew"}


def test_a_branch_with_sources_is_not_touched(pages: GitPlace, machine: Machine) -> None:
    """Nothing was published to it: all that it has is somebody else's."""
    pages.add("Makefile", "all:")
    with pytest.raises(TargetError) as error:
        machine.publish(pages, FIRST)
    assert [each.path for each in error.value.problems] == [f"{pages.name}/Makefile", pages.name]
    assert log(pages, "%s") == ["By hand"]
    machine.publish(pages, FIRST, adopt=True)
    assert pages.files() == {**FIRST, "Makefile": "all:"}
    machine.publish(pages, SECOND)
    assert pages.files().items() >= {**SECOND, "Makefile": "all:"}.items()


def test_it_works_in_the_hook_of_another_repository(
    pages: GitPlace, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And where git was told of nobody; and no hook or filter of the owner's changes a page."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        "[user]\n\tuseConfigOnly = true\n[core]\n\tautocrlf = true\n\thooksPath = /nowhere\n"
    )
    git("init", "--quiet", str(tmp_path / "sources"))
    monkeypatch.setenv("HOME", str(home))
    for name in (
        "GIT_AUTHOR_NAME",
        "GIT_AUTHOR_EMAIL",
        "GIT_COMMITTER_NAME",
        "GIT_COMMITTER_EMAIL",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "sources" / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "sources" / "index"))
    machine.publish(pages, {**FIRST, "crlf.txt": "a\r\nb\n", ".gitattributes": "* text"})
    monkeypatch.delenv("GIT_DIR")
    assert pages.files()[".gitattributes"] == "* text"
    raw = git("-C", str(pages.root), "cat-file", "-s", "gh-pages:crlf.txt")
    assert raw.strip() == "5"
    assert log(pages, "%an") == ["Microfiche"]


def test_a_repository_that_is_not_there_is_told(machine: Machine, tmp_path: Path) -> None:
    """With what git says of it."""
    with pytest.raises(TargetError, match="there is no repository, or none that this user sees"):
        machine.publish(f"git:{tmp_path}/none#gh-pages", FIRST)
