"""The bag of a publication: what archives and checksum tools make of it, and how it is kept."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import bagit
import pytest
from pelican.settings import read_settings

from microfiche.hooks import orders_for
from microfiche.publish import bag
from microfiche.publish.bag import bag_of, last
from microfiche.publish.publication import Published, publish
from microfiche.report import Report
from tests.conftest import ROOT, Site

HOSTING = ROOT / "docs" / "hosting.md"


@pytest.fixture
def gazette(site: Site) -> Site:
    """An archive with names that are not plain."""
    site.story("a.md", Tags="Moon, Île de Ré")
    site.story("b.md", Date="2024-11-02")
    site.write("images/two words & 100%.svg", "<svg/>")
    site.write("images/-rf.svg", "<svg/>")
    site.write("images/été.svg", "<svg/>")
    site.conf["STATIC_PATHS"] = ["images"]
    return site


def published(site: Site, **conf: Any) -> Published:
    """Publish; all that came of it."""
    orders = orders_for(read_settings(override={**site.conf, **conf}))
    return publish(orders, Report(io.StringIO()))


def payload(site: Site) -> dict[str, bytes]:
    """Every file of the payload by its path in the output."""
    data = bag_of(site.output) / "data"
    files = (path for path in data.rglob("*") if path.is_file())
    return {path.relative_to(data).as_posix(): path.read_bytes() for path in files}


def sums(folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    """What sha256sum says of a list of checksums."""
    words = ["sha256sum", "--quiet", "--strict", "--check", name]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)


def test_archives_and_checksum_tools_take_it(gazette: Site) -> None:
    """The bagit package finds it valid; sha256sum checks every file of it, whatever its name."""
    published(gazette)
    folder = bag_of(gazette.output)
    assert bagit.Bag(str(folder)).is_valid()
    assert sums(folder, "manifest-sha256.txt").returncode == 0
    assert sums(folder, "tagmanifest-sha256.txt").returncode == 0
    assert payload(gazette) == gazette.files()


def test_it_says_what_it_is(gazette: Site) -> None:
    """Whose it is, of which day, and how much."""
    published(gazette)
    info = bagit.Bag(str(bag_of(gazette.output))).info
    assert info["Source-Organization"] == "The Harbour Gazette"
    assert info["External-Identifier"] == "https://gazette.example"
    assert info["Bagging-Date"] == "2025-01-01"
    files = gazette.files()
    assert info["Payload-Oxum"] == f"{sum(map(len, files.values()))}.{len(files)}"


def test_a_flipped_bit_is_found_by_anyone(gazette: Site) -> None:
    """With sha256sum alone, or with the bagit package."""
    published(gazette)
    folder = bag_of(gazette.output)
    page = folder / "data" / "index.html"
    data = bytearray(page.read_bytes())
    data[100] ^= 1
    page.write_bytes(data)
    assert sums(folder, "manifest-sha256.txt").stdout == "data/index.html: FAILED\n"
    assert not bagit.Bag(str(folder)).is_valid()


def test_a_copy_is_a_bag_too(gazette: Site, tmp_path: Path) -> None:
    """It leads to nothing outside itself."""
    published(gazette)
    shutil.copytree(bag_of(gazette.output), tmp_path / "copy", symlinks=True)
    shutil.rmtree(gazette.output)
    shutil.rmtree(bag_of(gazette.output))
    assert bagit.Bag(str(tmp_path / "copy")).is_valid()


def test_the_commands_for_archivists_do_what_is_said(gazette: Site, tmp_path: Path) -> None:
    """They are silent of a whole copy, and end at a damaged one."""
    published(gazette)
    found = re.search(
        r"### For archivists.*?```sh\n(.*?)```", HOSTING.read_text("utf-8"), re.DOTALL
    )
    assert found
    disk = tmp_path / "disk"
    script = found[1].replace("public.bag", "output.bag").replace("/media/disk", str(disk))

    def run() -> subprocess.CompletedProcess[str]:
        shutil.rmtree(disk, ignore_errors=True)
        disk.mkdir()
        words = ["sh", "-e", "-c", script]
        folder = gazette.output.parent
        return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)

    count = bagit.Bag(str(bag_of(gazette.output))).info["Payload-Oxum"].rpartition(".")[2]
    assert run().stdout.split() == [count]
    (bag_of(gazette.output) / "data" / "index.html").write_text("other")
    assert run().returncode != 0


def test_it_stays_what_was_published(gazette: Site) -> None:
    """A build changes the output; the bag follows with the next publication."""
    published(gazette)
    before = payload(gazette)
    gazette.story("b.md", "They sail.", Date="2024-11-02")
    gazette.publish()
    assert payload(gazette) == before
    published(gazette)
    assert payload(gazette) == gazette.files()
    assert bagit.Bag(str(bag_of(gazette.output))).is_valid()


def test_what_became_of_the_last_release_is_kept(gazette: Site) -> None:
    """Added, changed, moved and removed, a line a file; a publication of the same keeps them."""
    published(gazette)
    gazette.story("c.md", Date="2024-11-02 10:00")
    (gazette.content / "images" / "-rf.svg").rename(gazette.content / "images" / "rf.svg")
    (gazette.content / "images" / "été.svg").write_text("<svg></svg>")
    with open(gazette.content / "ledger.tsv", "a", encoding="utf-8") as ledger:
        ledger.write("/images/-rf.svg gone\n")
    found = published(gazette)
    lines = (bag_of(gazette.output) / "changes.tsv").read_text("utf-8").splitlines()
    assert "added\t2024/11/02/c/index.html" in lines
    assert "changed\timages/été.svg" in lines
    assert "moved\timages/-rf.svg\timages/rf.svg" in lines
    assert found.difference.text().splitlines() == lines
    assert not published(gazette).difference
    assert (bag_of(gazette.output) / "changes.tsv").read_text("utf-8").splitlines() == lines


def test_unchanged_files_are_left_alone(gazette: Site) -> None:
    """Their links are those of the publication before, and those of the output."""
    published(gazette)
    data = bag_of(gazette.output) / "data"
    kept = data / "2024" / "11" / "01" / "a" / "index.html"
    folder = (data / "2024" / "11" / "01" / "a").stat().st_mtime_ns
    gazette.write("images/new.svg", "<svg/>")
    published(gazette)
    assert (data / "2024" / "11" / "01" / "a").stat().st_mtime_ns == folder
    assert kept.samefile(gazette.output / "2024" / "11" / "01" / "a" / "index.html")


def test_folders_that_are_left_empty_go(gazette: Site) -> None:
    """The payload has the folders of the output, and no others."""
    gazette.write("images/old/quay.svg", "<svg/>")
    published(gazette)
    (gazette.content / "images" / "old" / "quay.svg").unlink()
    with open(gazette.content / "ledger.tsv", "a", encoding="utf-8") as ledger:
        ledger.write("/images/old/quay.svg gone\n")
    published(gazette)
    assert not (bag_of(gazette.output) / "data" / "images" / "old").exists()


@pytest.mark.parametrize("step", ["_link", "_remove", "_write_tags"])
def test_an_interrupted_bag_is_completed(
    gazette: Site, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Wherever its making ended: it is no valid bag then, and the next publication's is."""
    published(gazette)
    gazette.story("b.md", "They sail.", Date="2024-11-02", Tags="Sea")
    (gazette.content / "images" / "-rf.svg").unlink()
    with open(gazette.content / "ledger.tsv", "a", encoding="utf-8") as ledger:
        ledger.write("/images/-rf.svg gone\n")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(bag, step, killed)
        with pytest.raises(KeyboardInterrupt):
            published(gazette)
    found = published(gazette)
    assert found.difference, "the release before is still known"
    assert payload(gazette) == gazette.files()
    assert bagit.Bag(str(bag_of(gazette.output))).is_valid()
    assert last(gazette.output) == found.release


def test_where_there_are_no_hard_links_files_are_copied(
    gazette: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a disk such as a camera has."""

    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refused)
    published(gazette)
    assert payload(gazette) == gazette.files()
    assert bagit.Bag(str(bag_of(gazette.output))).is_valid()
