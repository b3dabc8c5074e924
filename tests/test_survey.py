"""A survey knows what a release consists of, and reads no file that it knows already."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from pelican.settings import read_settings

from microfiche.build import build
from microfiche.errors import StorageError
from microfiche.hooks import orders_for
from microfiche.publish import survey as surveying
from microfiche.publish.manifest import Entry, Release
from microfiche.publish.policy import ASSETS, KEPT, PAGES
from microfiche.publish.survey import survey
from microfiche.records import Stage
from microfiche.report import Report
from microfiche.workers import Orders
from tests.conftest import Site


@pytest.fixture
def gazette(site: Site) -> Site:
    """An archive of two stories and a picture, built and left alone long enough to be trusted."""
    site.story("a.md", Tags="Moon")
    site.story("b.md", Date="2024-11-02")
    site.write("images/quay.svg", "<svg/>")
    site.conf["STATIC_PATHS"] = ["images"]
    site.publish()
    return site


def orders(site: Site, **conf: Any) -> Orders:
    """What a survey is told."""
    return orders_for(read_settings(override={**site.conf, **conf}))


def surveyed(site: Site, **conf: Any) -> Release:
    """Survey a site that has been built."""
    return survey(orders(site, **conf), Report(io.StringIO()))


def entries(release: Release) -> dict[str, Entry]:
    """The entries of a release by path."""
    return {entry.path: entry for entry in release}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of files that surveys read, in this process; no file is too fresh to be trusted."""
    found: list[str] = []
    original = surveying.read_file

    def noted(path: str) -> surveying.Read | str:
        found.append(path)
        return original(path)

    monkeypatch.setattr(surveying, "read_file", noted)
    monkeypatch.setattr(surveying, "_FRESH", -(10**18))
    return found


def test_a_release_has_every_file_as_it_lies_there(gazette: Site) -> None:
    """With size and SHA-256 of its bytes, and nothing that no build wrote."""
    (gazette.output / "CNAME").write_text("gazette.example")
    wanted = {
        path: (len(data), hashlib.sha256(data).hexdigest())
        for path, data in gazette.files().items()
        if path != "CNAME"
    }
    release = surveyed(gazette)
    assert {path: entry[1:3] for path, entry in entries(release).items()} == wanted
    assert Release.read(release.text) == release


def test_a_release_says_when_files_are_put_and_how_long_they_are_kept(gazette: Site) -> None:
    """Stages and cache policies are those of the kinds of pages."""
    found = entries(surveyed(gazette))
    style = next(path for path in found if path.endswith(".css"))
    wanted = {
        style: (Stage.ASSETS, KEPT),
        "images/quay.svg": (Stage.ASSETS, ASSETS),
        "2024/11/01/a/index.html": (Stage.PAGES, PAGES),
        "tag/moon/index.html": (Stage.LISTS, PAGES),
        "feed.xml": (Stage.FEEDS, PAGES),
        "sitemap.xml": (Stage.FEEDS, PAGES),
    }
    assert {path: (found[path].stage, found[path].cache_control) for path in wanted} == wanted


def test_a_file_is_read_once(gazette: Site, read: list[str]) -> None:
    """The next survey tells by its times and its inode that it is the same."""
    first = surveyed(gazette)
    assert len(read) == len(first)
    read.clear()
    assert surveyed(gazette) == first
    assert read == []


def test_only_what_a_build_wrote_is_read_again(gazette: Site, read: list[str]) -> None:
    """After an edit; and what is no more is in no release."""
    surveyed(gazette)
    read.clear()
    before = gazette.files()
    gazette.story("b.md", "They sail.", Date="2024-11-02")
    (gazette.content / "images" / "quay.svg").unlink()
    gazette.publish()
    found = surveyed(gazette)
    after = gazette.files()
    changed = {path for path in after if after[path] != before.get(path)}
    assert {os.path.relpath(path, gazette.output) for path in read} == changed
    assert entries(found).keys() == after.keys()


def test_a_fresh_file_is_not_trusted(gazette: Site) -> None:
    """Another write in the same moment could hide behind the same times."""
    surveyed(gazette)
    page = gazette.output / "index.html"
    status = page.stat()
    page.write_bytes(page.read_bytes().swapcase())
    os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))
    with pytest.raises(StorageError, match="not as the build left it"):
        surveyed(gazette)


def test_all_that_is_not_as_the_build_left_it_is_told(gazette: Site) -> None:
    """Altered with the size kept, missing, a link: nothing of that is published."""
    for name in ("index.html", "404.html", "feed.xml"):
        data = (gazette.output / name).read_bytes()
        (gazette.output / name).unlink()
        if name == "index.html":
            (gazette.output / name).write_bytes(data.swapcase())
        if name == "404.html":
            (gazette.output / name).symlink_to("/etc/hosts")
    with pytest.raises(StorageError) as error:
        surveyed(gazette)
    assert [(each.path, each.what) for each in error.value.problems] == [
        ("404.html", "cannot be read: Too many levels of symbolic links"),
        ("feed.xml", "cannot be read: No such file or directory"),
        ("index.html", "is not as the build left it"),
    ]
    gazette.publish()


def test_a_release_does_not_depend_on_who_surveys(gazette: Site) -> None:
    """One worker or several, with what was known before or without."""
    first = surveyed(gazette)
    state = gazette.output.parent / ".microfiche" / "output" / "survey.sqlite"
    state.unlink()
    assert surveyed(gazette, ARCHIVE_JOBS=3) == first


@pytest.mark.parametrize("damage", [b"", b"no database", None])
def test_a_damaged_survey_is_made_anew(
    gazette: Site, read: list[str], damage: bytes | None
) -> None:
    """Cut short, something else, or with a flipped bit: nothing is taken from it."""
    first = surveyed(gazette)
    state = gazette.output.parent / ".microfiche" / "output" / "survey.sqlite"
    data = bytearray(state.read_bytes())
    data[-200] ^= 1
    state.write_bytes(bytes(data) if damage is None else damage)
    read.clear()
    assert surveyed(gazette) == first
    assert len(read) == len(first)


def test_a_clean_build_is_the_same_release(gazette: Site, tmp_path: Path) -> None:
    """However the output came to be what it is."""
    gazette.story("c.md")
    gazette.publish()
    (gazette.content / "b.md").unlink()
    gazette.publish()
    first = surveyed(gazette)
    clean = orders(gazette, OUTPUT_PATH=str(tmp_path / "clean" / "output"))
    build(clean, Report(io.StringIO()))
    assert survey(clean, Report(io.StringIO())) == first
    shutil.rmtree(tmp_path / "clean")
