"""Files compressed ahead of time: what they hold, and that none outlives what it was made of."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from microfiche.precompress import FORMATS, SMALLEST, compressed, compressible
from tests.conftest import Built, Site

UNPACK = {"br": brotli.decompress, "gz": gzip.decompress}
BOTH = ["br", "gz"]


@pytest.fixture
def gazette(site: Site) -> Site:
    """An archive whose text files are compressed ahead of time."""
    site.conf["ARCHIVE_PRECOMPRESS"] = BOTH
    site.conf["STATIC_PATHS"] = ["images", "data"]
    site.story("a.md", Tags="Moon")
    site.story("b.md", Date="2024-11-02")
    site.write("images/quay.svg", "<svg>" + "<g/>" * 200 + "</svg>")
    site.write("images/quay.png", b"\x89PNG" + b"\0" * 900)
    return site


def exact(site: Site, **conf: Any) -> Built:
    """Build; every text file has its twins, which hold what it holds, and nothing else is there."""
    built = site.publish(**conf)
    files = site.files()
    forms = conf.get("ARCHIVE_PRECOMPRESS", site.conf["ARCHIVE_PRECOMPRESS"])
    twins = {
        f"{path}.{form}": FORMATS[form](data)
        for path, data in files.items()
        for form in forms
        if compressible(path) and len(data) >= SMALLEST
    }
    worth = {path: data for path, data in twins.items() if len(data) <= 0.9 * len(files[path[:-3]])}
    found = {path: data for path, data in files.items() if path.endswith((".br", ".gz"))}
    own = {path for path in found if (site.content / path).exists()}
    assert {path: data for path, data in found.items() if path not in own} == {
        path: data for path, data in worth.items() if path not in own
    }
    assert worth or not forms
    return built


@given(st.binary(max_size=2000))
def test_what_is_compressed_is_what_was(data: bytes) -> None:
    """Whatever the bytes, and the same every time."""
    for form, press in FORMATS.items():
        assert UNPACK[form](press(data)) == data
        assert press(data) == press(data)


def test_gzip_says_nothing_of_the_machine() -> None:
    """Neither time nor name nor system stands in the header."""
    data = FORMATS["gz"](b"a" * 999)
    assert data[:10] == b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"
    assert zlib.decompress(data, zlib.MAX_WBITS | 16) == b"a" * 999


def test_what_is_small_or_saves_little_is_left_alone(tmp_path: Path) -> None:
    """A file more is not worth a few bytes."""
    (tmp_path / "small").write_bytes(b"a" * (SMALLEST - 1))
    (tmp_path / "dense").write_bytes(zlib.compress(bytes(range(256)) * 4)[:SMALLEST])
    assert [*compressed(tmp_path / "small", ("br", "gz"))] == []
    (tmp_path / "large").write_bytes(b"a" * SMALLEST)
    assert [each.form for each in compressed(tmp_path / "large", ("br", "gz"))] == BOTH


def test_text_has_twins_and_pictures_have_none(gazette: Site) -> None:
    """Pages, feeds, the style sheet, drawings."""
    exact(gazette)
    found = {path.rpartition(".")[0] for path in gazette.files() if path.endswith(".br")}
    assert {"index.html", "feed.xml", "images/quay.svg", "404.html"} <= found
    assert "images/quay.png" not in found


def test_they_are_the_same_whoever_makes_them(gazette: Site) -> None:
    """One worker or several, into an output or where there is none yet."""
    exact(gazette)
    before = gazette.files()
    gazette.story("c.md")
    exact(gazette, ARCHIVE_JOBS=3)
    (gazette.content / "c.md").unlink()
    exact(gazette)
    assert gazette.files() == before


def test_only_those_of_changed_files_are_made(gazette: Site) -> None:
    """A build after nothing writes nothing; another story leaves the first one's twins alone."""
    exact(gazette)
    quiet = exact(gazette).counts
    assert quiet
    assert (quiet.written, quiet.removed) == (0, 0)
    twin = gazette.output / "2024" / "11" / "01" / "a" / "index.html.br"
    status = twin.stat()
    gazette.write("images/other.svg", "<svg>" + "<a/>" * 200 + "</svg>")
    assert getattr(exact(gazette).counts, "written", 0) == 3
    assert twin.stat() == status


def test_they_go_with_their_file(gazette: Site) -> None:
    """A removed story's page leaves neither them nor an empty folder."""
    exact(gazette)
    (gazette.content / "b.md").unlink()
    exact(gazette)
    assert not (gazette.output / "2024" / "11" / "02").exists()


def test_a_setting_switches_them(gazette: Site) -> None:
    """One format, none, both again: without a trace of those before."""
    exact(gazette)
    exact(gazette, ARCHIVE_PRECOMPRESS=["gz"])
    exact(gazette, ARCHIVE_PRECOMPRESS=[])
    assert not list(gazette.output.rglob("*.gz"))
    exact(gazette)


def test_what_is_missing_or_altered_is_made_again(gazette: Site) -> None:
    """And the file that it is made of is not written again for that."""
    exact(gazette)
    page = gazette.output / "index.html"
    status = page.stat()
    (gazette.output / "index.html.br").unlink()
    (gazette.output / "index.html.gz").write_bytes(b"")
    assert getattr(exact(gazette).counts, "written", 0) == 2
    assert page.stat() == status
    page.unlink()
    assert getattr(exact(gazette).counts, "written", 0) == 1


def test_the_archives_own_files_come_first(gazette: Site) -> None:
    """One that has the name of a twin is published, and its twin is back when it goes."""
    exact(gazette)
    gazette.write("images/quay.svg.gz", b"the archive's own")
    exact(gazette)
    assert gazette.files()["images/quay.svg.gz"] == b"the archive's own"
    gazette.write("images/quay.svg", "<svg>" + "<a/>" * 200 + "</svg>")
    exact(gazette)
    assert gazette.files()["images/quay.svg.gz"] == b"the archive's own"
    (gazette.content / "images" / "quay.svg.gz").unlink()
    exact(gazette)
    assert gazette.files()["images/quay.svg.gz"] != b"the archive's own"


def test_a_folder_of_that_name_comes_first_too(gazette: Site) -> None:
    """Odd, but no reason to end halfway."""
    exact(gazette)
    gazette.write("images/quay.svg.br/a.txt", "a")
    built = gazette.publish()
    assert built.counts
    assert gazette.files()["images/quay.svg.br/a.txt"] == b"a"
    assert "images/quay.svg.gz" in gazette.files()
    (gazette.content / "images" / "quay.svg.br" / "a.txt").unlink()
    exact(gazette)


def test_a_lost_catalog_takes_none_for_another_s(gazette: Site) -> None:
    """Those of an earlier build are kept or removed, as the files are."""
    exact(gazette)
    before = gazette.files()
    (gazette.output / "kept.html.gz").write_bytes(b"somebody's")
    state = gazette.output.parent / ".microfiche" / "output"
    (state / "catalog.sqlite").unlink()
    (gazette.content / "b.md").unlink()
    gazette.publish()
    files = gazette.files()
    assert files.pop("kept.html.gz") == b"somebody's"
    assert not [path for path in files if path.startswith("2024/11/02/b/")]
    assert files["2024/11/01/a/index.html.br"] == FORMATS["br"](files["2024/11/01/a/index.html"])
    gazette.story("b.md", Date="2024-11-02")
    gazette.publish()
    (gazette.output / "kept.html.gz").unlink()
    assert gazette.files() == before


def test_an_unknown_format_is_an_error(gazette: Site) -> None:
    """The known ones are named."""
    (said,) = gazette.refuse(ARCHIVE_PRECOMPRESS=["zip"])
    assert 'give a list of "br" and "gz"' in said
