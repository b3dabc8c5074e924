"""The journal at a target: what it tells of an interrupted publication, and who publishes."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from microfiche.errors import LockedError, MicroficheError, TargetError
from microfiche.publish.manifest import Release
from microfiche.publish.targets import holder, journal, mirror
from microfiche.publish.targets.journal import Head, JournalError, Note
from tests.conftest import said
from tests.targets.conftest import straight
from tests.targets.places import FIRST, SECOND, Machine, MirrorPlace, lay


@pytest.fixture
def www(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MirrorPlace:
    """A folder that rsync fills."""
    monkeypatch.setenv("RSYNC_RSH", str(straight(tmp_path / "shell")))
    return MirrorPlace(tmp_path / "www", f"rsync:gazette:{tmp_path}/www")


def begun_elsewhere(machine: Machine, www: MirrorPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another machine has begun the second site, sent nothing, and is not heard of any more."""
    release = lay(machine.public, SECOND)
    with monkeypatch.context() as there:
        there.setattr(socket, "gethostname", lambda: "elsewhere")
        there.setattr(mirror.Mirror, "close", lambda self: self._remote.close())

        def die(*_: object, **__: object) -> None:
            raise TargetError([])

        there.setattr(mirror.Mirror, "put", die)
        with pytest.raises(TargetError):
            machine.again(www, release)


def test_a_publisher_on_another_machine_counts_as_alive_for_a_while(
    www: MirrorPlace, machine: Machine, elsewhere: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the way is free is said; then, the next one goes on."""
    machine.publish(www, FIRST)
    now = 1_800_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    begun_elsewhere(machine, www, monkeypatch)
    with pytest.raises(LockedError) as error:
        elsewhere.publish(www, FIRST)
    (line,) = said(error.value.problems)
    assert "@elsewhere, process" in line
    assert line.endswith("if it has died, publish again after 08:05:00 UTC")
    monkeypatch.setattr(time, "time", lambda: now + mirror.LEASE + 1)
    elsewhere.publish(www, SECOND)
    assert www.files().items() >= SECOND.items()


def test_a_rehearsal_too_is_told_of_a_running_publication(
    www: MirrorPlace, machine: Machine, elsewhere: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it would say of what stands there would not be true for long."""
    machine.publish(www, FIRST)
    begun_elsewhere(machine, www, monkeypatch)
    with pytest.raises(LockedError):
        elsewhere.publish(www, FIRST, rehearse=True)


def test_who_was_overtaken_sends_nothing_more(
    www: MirrorPlace, machine: Machine, elsewhere: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that slept through its lease finds out before it sends a file."""
    machine.publish(www, FIRST)
    release = lay(elsewhere.public, FIRST)
    put = mirror.Mirror.put
    later = time.time() + mirror.LEASE + 1

    def slow(self: mirror.Mirror, *args: Any, **how: Any) -> None:
        monkeypatch.setattr(mirror.Mirror, "put", put)
        monkeypatch.setattr(time, "time", lambda: later)
        elsewhere.again(www, release)
        put(self, *args, **how)

    monkeypatch.setattr(mirror.Mirror, "put", slow)
    with pytest.raises(LockedError, match="another publication came in between"):
        machine.publish(www, SECOND)
    assert www.files() == FIRST


def test_notes_are_put_together_once_they_outweigh_the_first(
    www: MirrorPlace, machine: Machine, elsewhere: Machine
) -> None:
    """So that a publication reads few of them; what does not count is removed here and there."""
    for number in range(4):
        machine.publish(www, {**FIRST, "index.html": f"number {number}"})
    notes = sorted(path.name for path in (www.root / ".microfiche").glob("*.gz"))
    head = journal.read_head((www.root / ".microfiche" / "head.json").read_bytes())
    assert sorted(f"{name}.gz" for name in head.notes) == notes
    assert len(notes) < 5
    assert elsewhere.publish(www, {**FIRST, "index.html": "number 3"}).sent == 0


@pytest.mark.parametrize("text", [b"", b"{}x", b'{"format":2}', b'{"notes":["../x"],"sizes":[1]}'])
def test_a_damaged_journal_is_told_with_the_way_on(
    www: MirrorPlace, machine: Machine, text: bytes
) -> None:
    """Nothing is removed on the word of what cannot be read."""
    machine.publish(www, FIRST)
    (www.root / ".microfiche" / "head.json").write_bytes(text)
    with pytest.raises(
        TargetError, match="what was noted there of the last publication is damaged"
    ):
        machine.publish(www, SECOND)
    assert www.files() == FIRST
    (www.root / ".microfiche" / "head.json").unlink()
    machine.publish(www, SECOND, adopt=True)
    assert www.files().items() >= SECOND.items()


def test_a_note_that_was_tampered_with_is_found(
    www: MirrorPlace, machine: Machine, elsewhere: Machine
) -> None:
    """Its name is its digest, and it names no path that leads out of the archive."""
    machine.publish(www, FIRST)
    for path in (www.root / ".microfiche").glob("*.gz"):
        path.write_bytes(journal.packed(Note(gone=("a",)))[1])
    with pytest.raises(MicroficheError, match="is damaged"):
        elsewhere.publish(www, SECOND)
    for note in (Note(gone=("../x",)), Note(doubt=("/etc/passwd",)), Note(lingering=("a/../b",))):
        with pytest.raises(JournalError, match="names a path that leads elsewhere"):
            journal.unpacked(*journal.packed(note))
    with pytest.raises(JournalError):
        journal.told([Note(stands="no release")])


def test_later_notes_prevail() -> None:
    """What is in doubt is not certain, until it is sent or removed."""
    first, other = Release.of(_entries("a", "b")), Release.of(_entries("b", "c"))
    standing = journal.told(
        [
            Note(str(first.text, "utf-8")),
            Note(doubt=("b", "c", "d")),
            Note(str(other.text, "utf-8"), gone=("a",), lingering=("c",)),
        ]
    )
    assert (standing.release, standing.doubt, standing.lingering) == (
        other,
        frozenset("d"),
        frozenset("c"),
    )
    assert journal.told([]) == journal.told([Note()])


def _entries(*names: str) -> list[Any]:
    from tests.targets.places import _entry

    return [_entry(name, name.encode()) for name in names]


def test_a_process_that_ended_holds_nothing() -> None:
    """Nor does one whose number another has now; one that lives does, and one of elsewhere may."""
    me = holder.myself(0.0)
    assert not me.dead()
    assert holder.Holder(me.who, me.host, 2**22 + 1, me.born, 0).dead()
    assert holder.Holder(me.who, me.host, me.process, f"{me.born}0", 0).dead()
    assert not holder.Holder(me.who, "elsewhere", 2**22 + 1, me.born, 0).dead()
    assert not holder.Holder(me.who, me.host, 2**22 + 1, "", 0).dead()


def test_the_head_is_read_as_it_was_written() -> None:
    """With who is publishing."""
    import msgspec

    head = Head(notes=("a" * 64,), sizes=(5,), holder=holder.myself(3.0), heard=4)
    assert journal.read_head(msgspec.json.encode(head)) == head
    assert json.loads(msgspec.json.encode(head))["holder"]["process"] == holder.myself(0).process
