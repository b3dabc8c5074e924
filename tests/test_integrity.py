"""`microfiche verify FOLDER`: whether a publication is whole, file by file."""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pelican.settings import read_settings

from microfiche.commands import main
from microfiche.hooks import orders_for
from microfiche.publish import integrity
from microfiche.publish.bag import bag_of
from microfiche.publish.publication import publish
from microfiche.report import Report
from tests.conftest import Site


@pytest.fixture
def public(site: Site) -> Path:
    """A publication of one story and a picture with an odd name."""
    site.story("a.md", Tags="Moon")
    site.write("images/two words é%.svg", "<svg/>")
    site.conf["STATIC_PATHS"] = ["images"]
    orders = orders_for(read_settings(override=site.conf))
    publish(orders, Report(io.StringIO()))
    return site.output


def verify(*words: str | Path) -> Result:
    """Run the command, in a folder without settings."""
    return CliRunner().invoke(main, ["verify", *map(str, words)])


def told(*words: str | Path) -> list[str]:
    """What is said of a publication that is not whole, but for the last line."""
    result = verify(*words)
    assert result.exit_code == 1
    *lines, last = result.stdout.splitlines()
    assert last.startswith("not as it was published: ")
    return lines


def test_a_whole_publication_is_told_to_be_one(public: Path) -> None:
    """The output, its bag, and a copy of either; neither stories nor settings are needed."""
    shutil.rmtree(public.parent / "content")
    shutil.rmtree(public.parent / ".microfiche")
    shutil.copytree(public, public.parent / "elsewhere")
    shutil.copytree(bag_of(public), public.parent / "copy")
    count = sum(path.is_file() for path in public.rglob("*"))
    manifest = bag_of(public) / "release.tsv"
    for words in (
        (public,),
        (bag_of(public),),
        (public.parent / "copy",),
        (public.parent / "elsewhere", "-m", manifest),
    ):
        result = verify(*words)
        assert result.stdout == f"{count} files, all as they were published, and no other\n"
        assert result.exit_code == 0


def test_every_breach_is_listed(public: Path) -> None:
    """Corrupted, missing and foreign files in order of paths, and how many there are of each."""
    page = public / "2024" / "11" / "01" / "a" / "index.html"
    page.write_bytes(page.read_bytes()[:-1] + b"!")
    (public / "404.html").write_text("short")
    shutil.rmtree(public / "tag")
    (public / "2024" / "shell.php").touch()
    result = verify(public)
    lines = result.stdout.splitlines()
    assert lines[:3] == [
        "corrupted: output/2024/11/01/a/index.html",
        "foreign: output/2024/shell.php",
        f"corrupted: output/404.html (it has 5 bytes, not {_size(public, '404.html')})",
    ]
    assert {line for line in lines if "/tag/" in line} == {
        "missing: output/tag/moon/feed.xml",
        "missing: output/tag/moon/index.html",
    }
    assert lines[-1].startswith("not as it was published: 2 corrupted, 1 foreign, 2 missing; ")
    assert result.exit_code == 1


def _size(public: Path, path: str) -> str:
    lines = (bag_of(public) / "release.tsv").read_text("utf-8").splitlines()
    return next(f"{int(line.split()[1]):,}" for line in lines if line.startswith(f"{path}\t"))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_one_flipped_bit_anywhere_is_found(public: Path, data: st.DataObject) -> None:
    """In whichever file, with its size and its times kept."""
    files = sorted(path for path in public.rglob("*") if path.is_file() and path.stat().st_size)
    file = data.draw(st.sampled_from(files))
    before, status = file.read_bytes(), file.stat()
    flipped = bytearray(before)
    flipped[data.draw(st.integers(0, len(before) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    file.write_bytes(flipped)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    try:
        assert told(public) == [f"corrupted: {file.relative_to(public.parent)}"]
    finally:
        file.write_bytes(before)


def test_links_are_never_followed(public: Path, tmp_path: Path) -> None:
    """A link to the very same bytes is none of what was published; behind one nothing is read."""
    (tmp_path / "page.html").write_bytes((public / "index.html").read_bytes())
    (public / "index.html").unlink()
    (public / "index.html").symlink_to(tmp_path / "page.html")
    (public / "tag").rename(tmp_path / "tag")
    (public / "tag").symlink_to(tmp_path / "tag")
    (public / "loop").symlink_to(".")
    (public / "nowhere").symlink_to("nothing")
    lines = told(public)
    assert "corrupted: output/index.html (it is a symbolic link)" in lines
    assert {"foreign: output/tag", "foreign: output/loop", "foreign: output/nowhere"} < set(lines)
    assert "missing: output/tag/moon/index.html" in lines


def test_what_is_no_file_is_told_and_hangs_nothing(public: Path) -> None:
    """A pipe in the place of a page would wait for a writer for ever."""
    (public / "index.html").unlink()
    os.mkfifo(public / "index.html")
    (public / "404.html").unlink()
    (public / "404.html").mkdir()
    assert told(public) == [
        "missing: output/404.html",
        "corrupted: output/index.html (it is no regular file)",
    ]


def test_hostile_names_play_no_tricks(public: Path) -> None:
    """Escapes, line feeds and bytes that are no UTF-8 are shown and not sent to the terminal."""
    for name in (b"\x1b[2Jx", b"two\nlines", b"\xff\xfe", "à".encode()):
        (Path(os.fsdecode(os.fsencode(public) + b"/" + name))).touch()
    assert sorted(told(public)) == [
        r"foreign: output/\udcff\udcfe",
        r"foreign: output/\x1b[2Jx",
        r"foreign: output/two\nlines",
        "foreign: output/à",
    ]


def test_what_cannot_be_read_is_told(public: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file, and a folder with all that should be in it: nobody knows whether it is missing."""
    opening, listing = os.open, os.scandir

    def refuse_file(path: str, *rest: int) -> int:
        if str(path).endswith("output/feed.xml"):
            raise PermissionError(13, "Permission denied")
        return opening(path, *rest)

    def refuse_folder(path: str) -> object:
        if str(path).endswith("/tag/moon"):
            raise PermissionError(13, "Permission denied")
        return listing(path)

    monkeypatch.setattr(os, "open", refuse_file)
    monkeypatch.setattr(os, "scandir", refuse_folder)
    assert told(public, "-j", "1") == [
        "unreadable: output/feed.xml (Permission denied)",
        "unreadable: output/tag/moon/ (Permission denied)",
        "unreadable: output/tag/moon/feed.xml",
        "unreadable: output/tag/moon/index.html",
    ]


def test_a_damaged_manifest_is_not_relied_on(public: Path) -> None:
    """Cut short it is refused; with another digest in it, the bag's own digests tell."""
    manifest = bag_of(public) / "release.tsv"
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace("max-age=300", "max-age=301", 1), "utf-8")
    assert told(public) == ["corrupted: output.bag/release.tsv"]
    manifest.write_text(text[:-30], "utf-8")
    result = verify(public)
    assert result.exit_code == 1
    assert "the release manifest is damaged" in result.stderr
    assert result.stderr.endswith("Nothing was compared.\n")


def test_the_files_of_the_bag_are_looked_at_too(public: Path) -> None:
    """They are what an archive relies on in years to come."""
    (bag_of(public) / "manifest-sha256.txt").unlink()
    assert told(public) == ["missing: output.bag/manifest-sha256.txt"]


def test_a_folder_that_was_never_published_is_no_publication(tmp_path: Path) -> None:
    """What to do is said."""
    result = verify(tmp_path)
    assert result.exit_code == 1
    assert "a publication writes one" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("FOLDER", "-o", "x"), "-o and -e are for a clean build"),
        (("FOLDER", "-e", "X=1"), "-o and -e are for a clean build"),
        (("-m", "FILE"), "-m needs FOLDER"),
        ((), "there is no pelicanconf.py"),
    ],
)
def test_what_does_not_go_together_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    """Nothing that was asked for is passed over in silence."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    places = {"FOLDER": tmp_path, "FILE": tmp_path / "file"}
    result = verify(*(places.get(word, word) for word in words))
    assert result.exit_code == 2
    assert said in result.stderr


def test_many_files_are_shared_among_workers(public: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The findings are those of one process, in the same order."""
    (public / "index.html").write_text("x")
    (public / "feed.xml").write_text("x")
    alone = told(public, "-j", "1")
    monkeypatch.setattr(integrity, "_FEW", 0)
    monkeypatch.setattr(integrity, "_BATCH", 3)
    assert told(public, "-j", "2") == alone
