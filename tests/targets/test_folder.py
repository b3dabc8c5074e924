"""A folder of releases: what they share, how one is taken back, and whose files are whose."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from microfiche.errors import LockedError, TargetError, UnfinishedError
from microfiche.publish.delivery import roll_back
from microfiche.publish.targets import target
from microfiche.publish.targets.folder import Folder
from tests.conftest import said
from tests.targets.places import FIRST, SECOND, THIRD, FolderPlace, Machine, lay, put


@pytest.fixture
def www(tmp_path: Path) -> FolderPlace:
    """The folder."""
    return FolderPlace(tmp_path / "www")


def back(machine: Machine, www: FolderPlace) -> str:
    """Serve the former release again."""
    return roll_back(target(www.name, machine.around()))


def releases(www: FolderPlace) -> list[str]:
    """The releases that are kept."""
    return sorted(path.name for path in (www.root / "releases").iterdir())


def test_what_does_not_change_is_shared(www: FolderPlace, machine: Machine) -> None:
    """One file for both releases; what changed, and the output itself, are other files."""
    machine.publish(www, FIRST)
    machine.publish(www, SECOND)
    one, other = (www.root / "releases" / name for name in ("1", "2"))
    assert (one / "images/ship.svg").samefile(other / "images/ship.svg")
    assert (one / "style.1.css").samefile(other / "style.1.css")
    assert not (one / "index.html").samefile(other / "index.html")
    assert not (machine.public / "index.html").samefile(other / "index.html")
    assert os.readlink(www.root / "current") == "releases/2"


def test_the_former_release_is_served_again(www: FolderPlace, machine: Machine) -> None:
    """And the one before that; what is published next has only what is served under it."""
    machine.releases = 9
    for files in (FIRST, SECOND, THIRD):
        machine.publish(www, files)
    assert back(machine, www) == f"{www.name}: release 2 is served again, in place of 3"
    assert www.files().items() >= SECOND.items()
    back(machine, www)
    assert www.files() == FIRST
    with pytest.raises(TargetError, match="release 1 is the oldest that is kept"):
        back(machine, www)
    machine.publish(www, {**FIRST, "new/index.html": "N"})
    assert back(machine, www) == f"{www.name}: release 1 is served again, in place of 4"


def test_the_last_few_releases_are_kept(www: FolderPlace, machine: Machine) -> None:
    """Those that were taken back are none of them."""
    machine.releases = 2
    for files in (FIRST, SECOND, THIRD):
        machine.publish(www, files)
    assert releases(www) == ["2", "3"]
    back(machine, www)
    machine.publish(www, FIRST)
    assert releases(www) == ["2", "4"]
    assert sorted(path.name for path in (www.root / ".microfiche").iterdir()) == [
        "2.json",
        "2.release",
        "4.json",
        "4.release",
        "lock",
    ]


def test_a_release_with_files_of_others_is_kept(www: FolderPlace, machine: Machine) -> None:
    """Unless the next one has them too; what is kept is said."""
    machine.releases = 1
    machine.publish(www, FIRST)
    machine.publish(www, SECOND)
    www.add(".well-known/security.txt", "write to us")
    put(www.root / "releases" / "by-hand" / "notes.txt", "mine")
    machine.publish(www, FIRST)
    assert machine.said.getvalue() == "carried over, for it is not ours: .well-known/security.txt\n"
    assert releases(www) == ["3", "by-hand"]
    www.add("b/letter.txt", "late")
    machine.publish(www, SECOND)
    assert www.files()["b/letter.txt"] == "late"
    assert www.files()[".well-known/security.txt"] == "write to us"


def test_nothing_is_written_through_a_link(
    www: FolderPlace, machine: Machine, tmp_path: Path
) -> None:
    """Neither one in place of a folder of ours, nor one that waits where a folder will be."""
    machine.publish(www, FIRST)
    (tmp_path / "precious").mkdir()
    (www.root / "current" / "c").symlink_to(tmp_path / "precious")
    with pytest.raises(TargetError):
        machine.publish(www, SECOND)
    machine.publish(www, SECOND, adopt=True)
    assert www.files().items() >= SECOND.items()
    served = www.root / "current" / "a"
    (served / "index.html").unlink()
    served.rmdir()
    served.symlink_to(tmp_path / "precious")
    machine.publish(www, {**SECOND, "index.html": "again"})
    assert www.files().items() >= {**SECOND, "index.html": "again"}.items()
    assert list((tmp_path / "precious").iterdir()) == []


@pytest.mark.parametrize("name", ["releases", ".microfiche"])
def test_a_link_in_place_of_a_folder_of_ours_is_refused(
    www: FolderPlace, machine: Machine, tmp_path: Path, name: str
) -> None:
    """With what to do."""
    machine.publish(www, FIRST)
    (www.root / name).rename(tmp_path / "elsewhere")
    (www.root / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TargetError, match="is a symbolic link; nothing is written through it"):
        machine.publish(www, SECOND)


def test_what_was_edited_in_a_release_is_published_anew(www: FolderPlace, machine: Machine) -> None:
    """A hand in one release does not reach into the next; nor does a file that got lost."""
    machine.publish(www, FIRST)
    edited = www.root / "current" / "b" / "index.html"
    edited.write_text(FIRST["b/index.html"].upper(), "utf-8")
    after = (www.root / ".microfiche" / "1.release").stat().st_mtime_ns + 1
    os.utime(edited, ns=(after, after))
    (www.root / "current" / "feed.xml").unlink()
    machine.publish(www, {**FIRST, "new/index.html": "N"})
    assert www.files() == {**FIRST, "new/index.html": "N"}


@pytest.mark.parametrize("name", ["1.release", "1.json"])
def test_without_its_notes_a_release_is_not_built_upon(
    www: FolderPlace, machine: Machine, name: str
) -> None:
    """For nobody knows which files are ours."""
    machine.publish(www, FIRST)
    (www.root / ".microfiche" / name).write_bytes(b"torn")
    with pytest.raises(TargetError, match="is lost or damaged"):
        machine.publish(www, SECOND)
    assert www.files() == FIRST


@pytest.mark.parametrize("leads", ["releases/9", "../elsewhere", "releases/1/a"])
def test_a_link_that_leads_to_no_release_is_told(
    www: FolderPlace, machine: Machine, leads: str
) -> None:
    """It is somebody's doing, and not for us to undo."""
    machine.publish(www, FIRST)
    (www.root / "current").unlink()
    (www.root / "current").symlink_to(leads)
    with pytest.raises(TargetError, match="which is no release"):
        machine.publish(www, SECOND)
    assert os.readlink(www.root / "current") == leads


def test_a_full_disk_leaves_the_former_release(
    www: FolderPlace, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words say what to do; the next publication finishes."""
    machine.publish(www, FIRST)
    with monkeypatch.context() as full:

        def refuse(*_: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "index.html")

        full.setattr(Folder, "_copy", refuse)
        with pytest.raises(UnfinishedError) as error:
            machine.publish(www, SECOND)
    assert said(error.value.problems) == [
        (
            "index.html: error: the file system refused: No space left on device; "
            "make room or mend permissions, and publish again"
        )
    ]
    assert www.files() == FIRST
    machine.publish(www, SECOND)
    assert www.files().items() >= SECOND.items()


def test_who_looked_before_another_published_begins_anew(
    www: FolderPlace, machine: Machine, elsewhere: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was planned is not what has to be done any more."""
    machine.publish(www, FIRST)
    release = lay(elsewhere.public, THIRD)
    begin = Folder.begin

    def late(self: Folder, plan: object) -> None:
        monkeypatch.setattr(Folder, "begin", begin)
        elsewhere.again(www, release)
        begin(self, plan)  # type: ignore[arg-type]  # it is what begin was given

    monkeypatch.setattr(Folder, "begin", late)
    with pytest.raises(LockedError, match="another publication came in between"):
        machine.publish(www, SECOND)
    assert www.files() == THIRD
