"""What holds of every target: what stands there becomes the release, and no more is touched."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from microfiche.errors import LockedError, TargetError
from microfiche.publish.manifest import Release
from microfiche.publish.targets import holder
from microfiche.publish.targets.target import ADOPT
from tests.targets.places import FIRST, SECOND, Files, Machine, Place

STORY: Files = {**FIRST, "c/index.html": "C", "index.html": "anew"}
"""The first site with one more story."""


def test_a_target_comes_to_hold_the_release(place: Place, machine: Machine) -> None:
    """All files, and no others; the line says how many were sent."""
    done = machine.publish(place, FIRST)
    assert place.files() == FIRST
    assert (done.sent, done.removed, done.unchanged) == (7, 0, 0)
    size = sum(map(len, FIRST.values()))
    assert done.summary().startswith(f"{place.name}: 7 files uploaded ({size} bytes), 0 removed, ")


def test_only_what_changed_is_sent(place: Place, machine: Machine) -> None:
    """One new story is two files here, a second publication of the same is nothing."""
    machine.publish(place, FIRST)
    assert machine.publish(place, STORY).sent == 2
    assert place.files() == STORY
    done = machine.publish(place, STORY)
    assert (done.sent, done.removed, done.unchanged) == (0, 0, 8)


def test_an_asset_outlives_its_pages_by_one_publication(place: Place, machine: Machine) -> None:
    """A reader may still have the page before that shows it; pages that are no more are gone."""
    machine.publish(place, FIRST)
    done = machine.publish(place, SECOND)
    assert place.files() == {**SECOND, "style.1.css": "body {}"}
    assert done.removed == 1
    assert machine.publish(place, SECOND).removed == 0
    assert "style.1.css" in place.files()
    machine.publish(place, {**SECOND, "d/index.html": "D"})
    assert place.files() == {**SECOND, "d/index.html": "D"}


def test_another_machine_goes_on(place: Place, machine: Machine, elsewhere: Machine) -> None:
    """What is known of a release lies where it was published to."""
    machine.publish(place, FIRST)
    assert elsewhere.publish(place, STORY).sent == 2
    assert machine.publish(place, FIRST).removed == 1
    assert place.files() == FIRST


def test_a_rehearsal_changes_nothing(place: Place, machine: Machine) -> None:
    """And names every file."""
    assert machine.publish(place, FIRST, rehearse=True).sent == 7
    assert place.files() == {}
    machine.publish(place, FIRST)
    done = machine.publish(place, STORY, rehearse=True)
    assert "would be uploaded" in done.summary()
    assert machine.said.getvalue() == "new: c/index.html\nchanged: index.html\n"
    assert place.files() == FIRST


def test_files_of_others_stay(place: Place, machine: Machine) -> None:
    """Also those beside ours, and through several publications."""
    machine.publish(place, FIRST)
    place.add("CNAME", "gazette.example")
    place.add("a/photograph.txt", "by hand")
    machine.publish(place, SECOND)
    machine.publish(place, {"index.html": "all that is left"})
    left = {path: text for path, text in place.files().items() if path != "images/ship.svg"}
    left.pop("style.2.css")
    assert left == {
        "index.html": "all that is left",
        "CNAME": "gazette.example",
        "a/photograph.txt": "by hand",
    }


def test_a_file_of_others_is_not_replaced_without_a_word(place: Place, machine: Machine) -> None:
    """Nothing is sent; with ``adopt``, it becomes ours."""
    machine.publish(place, FIRST)
    place.add("c/index.html", "by hand")
    before = place.files()
    with pytest.raises(TargetError) as error:
        machine.publish(place, STORY)
    first, last = error.value.problems
    assert first.path == f"{place.name}/c/index.html"
    assert last.remedy == ADOPT
    assert place.files() == before
    machine.publish(place, STORY, adopt=True)
    assert place.files() == STORY


def test_of_two_publications_the_second_is_told_who_is_first(
    place: Place, machine: Machine, elsewhere: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A branch is pushed to all at once, so there it is told that somebody was quicker."""
    machine.publish(place, FIRST)
    told: list[str] = []

    def another(release: Release) -> None:
        with pytest.raises(LockedError) as error:
            elsewhere.again(place, release)
        told.append(str(error.value))

    _meanwhile(monkeypatch, machine, place, another, elsewhere)
    if place.name.startswith("git:"):
        return
    assert machine.publish(place, STORY).sent == 2
    who = holder.myself(time.time())
    assert f"another publication is running: {who.who}, process {os.getpid()}, since" in told[0]
    assert place.files() == STORY


def _meanwhile(
    monkeypatch: pytest.MonkeyPatch, machine: Machine, place: Place, act: Any, other: Machine
) -> None:
    """Have another publication begin when the first has begun and nothing was sent yet."""
    from microfiche.publish.targets import folder, git, mirror
    from tests.targets.places import lay

    release = lay(other.public, SECOND)
    for kind in (folder.Folder, mirror.Mirror):
        original = kind.put

        def put(self: Any, *args: Any, original: Any = original, **how: Any) -> None:
            monkeypatch.setattr(type(self), "put", original)
            act(release)
            original(self, *args, **how)

        monkeypatch.setattr(kind, "put", put)
    if place.name.startswith("git:"):
        original_put = git.Git.put

        def slow(self: Any, *args: Any, **how: Any) -> None:
            monkeypatch.setattr(git.Git, "put", original_put)
            other.again(place, release)
            original_put(self, *args, **how)

        monkeypatch.setattr(git.Git, "put", slow)
        with pytest.raises(LockedError, match="somebody has pushed"):
            machine.publish(place, STORY)
