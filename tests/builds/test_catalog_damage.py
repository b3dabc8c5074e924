"""The catalog is disposable: whatever happens to it, the next build equals a clean one."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builds.trial import Trial, edited

SEEDS = range(30)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """The archive that all damage is done to."""
    return Trial(tmp_path_factory.mktemp("damage"), edited)


@pytest.fixture
def trial(archive: Trial) -> Trial:
    """An archive whose sources were edited after the last build."""
    archive.restart()
    archive.sources("after")
    return archive


def ends_clean(trial: Trial) -> None:
    """What has to hold after any damage, in this build and the one after."""
    for _ in range(2):
        trial.build()
        assert trial.inexact("after") == []


def test_deleted(trial: Trial) -> None:
    """Also what was deleted from the sources at the same time leaves nothing behind."""
    trial.catalog.unlink()
    ends_clean(trial)


def test_deleted_with_all_state_but_the_list_of_files(trial: Trial) -> None:
    """The list of the files that were ever written is enough to remove what is no longer wanted."""
    for path in trial.state.iterdir():
        if path.name != "written":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    ends_clean(trial)


def test_unchanged_files_are_kept_when_the_catalog_is_rebuilt(trial: Trial) -> None:
    """A build without its catalog writes no file that has the right bytes already."""
    trial.sources("before")
    before = trial.files()
    trial.catalog.unlink()
    trial.build()
    assert trial.files() == before


@pytest.mark.parametrize("share", [0, 0.001, 0.1, 0.5, 0.9, 0.999])
def test_truncated(trial: Trial, share: float) -> None:
    """As after a disk that was full, or a crash of the machine."""
    data = trial.catalog.read_bytes()
    trial.catalog.write_bytes(data[: int(len(data) * share)])
    ends_clean(trial)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_bit_flipped(trial: Trial, seed: int) -> None:
    """Anywhere in the catalog."""
    flip(trial.catalog, chance_of(seed))
    ends_clean(trial)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_bit_flipped_in_a_body(trial: Trial, seed: int) -> None:
    """Anywhere in the packs of converted stories."""
    chance = chance_of(seed)
    flip(chance.choice(sorted(trial.state.glob("bodies/*"))), chance)
    ends_clean(trial)


@pytest.mark.parametrize("seed", SEEDS)
def test_any_file_of_the_state_damaged(trial: Trial, seed: int) -> None:
    """Each file beside the output may be truncated, flipped, emptied, deleted or be foreign."""
    chance = chance_of(seed)
    files = [
        path for path in sorted(trial.state.rglob("*")) if path.is_file() and path.name != "written"
    ]
    chance.choice(DAMAGES)(chance.choice(files), chance)
    ends_clean(trial)


def test_old_schema(trial: Trial) -> None:
    """A catalog of another version is thrown away, also where its tables look alike."""
    with sqlite3.connect(trial.catalog) as db:
        db.execute("UPDATE meta SET value = 'another' WHERE name = 'schema'")
        db.execute("UPDATE story SET head = x'00'")
    db.close()
    trial.unseal()
    ends_clean(trial)


def test_schema_without_a_table(trial: Trial) -> None:
    """A catalog that only says it is of this version."""
    with sqlite3.connect(trial.catalog) as db:
        db.execute("DROP TABLE story")
    db.close()
    trial.unseal()
    ends_clean(trial)


def test_foreign_file(trial: Trial) -> None:
    """Something else by the catalog's name."""
    trial.catalog.write_bytes(b"This is no catalog.\n" * 1000)
    trial.unseal()
    ends_clean(trial)


def test_foreign_database(trial: Trial) -> None:
    """Another program's database by the catalog's name."""
    trial.catalog.unlink()
    with sqlite3.connect(trial.catalog) as db:
        db.execute("CREATE TABLE meta (name, value)")
    db.close()
    trial.unseal()
    ends_clean(trial)


def test_a_leftover_journal(trial: Trial) -> None:
    """A write-ahead log that does not belong to this catalog."""
    trial.catalog.with_name(f"{trial.catalog.name}-wal").write_bytes(b"\x37\x7f\x06\x82" * 5000)
    ends_clean(trial)


def chance_of(seed: int) -> random.Random:
    """Chance that can be repeated."""
    return random.Random(seed)  # noqa: S311 - nothing here is secret


def flip(file: Path, chance: random.Random) -> None:
    """Flip one bit of a file."""
    data = bytearray(file.read_bytes())
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        file.write_bytes(data)


def truncate(file: Path, chance: random.Random) -> None:
    """Cut a file off somewhere."""
    data = file.read_bytes()
    file.write_bytes(data[: chance.randrange(len(data) + 1)])


def delete(file: Path, _chance: random.Random) -> None:
    """Delete a file."""
    file.unlink()


def replace(file: Path, chance: random.Random) -> None:
    """Put random bytes into a file."""
    file.write_bytes(chance.randbytes(3000))


DAMAGES: tuple[Callable[[Path, random.Random], None], ...] = (flip, truncate, delete, replace)
