"""The scan finds every file below the content folder, and follows nothing out of it."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from microfiche.records import SourceKind
from microfiche.scan import Known, Scan
from microfiche.settings import FolderSettings

ALL = FolderSettings(
    stories=("",),
    story_excludes=(),
    pages=("pages",),
    page_excludes=(),
    statics=("images",),
    static_excludes=(),
    static_sources=False,
    ignore=("**/.*",),
    suffixes=("html", "md", "rst"),
)


class Memory:
    """What a build remembers: nothing, or a scan that was noted."""

    def __init__(self) -> None:
        self.listings: dict[str, bytes | None] = {}
        self.known: dict[str, dict[str, Known]] = {}

    def folders(self) -> dict[str, bytes | None]:
        """The listings' digests."""
        return dict(self.listings)

    def files(self, folder: str) -> dict[str, Known]:
        """The files of a folder."""
        return dict(self.known.get(folder, {}))

    def note(self, scan: Scan) -> None:
        """Remember all that a scan finds."""
        for changed in scan:
            found = changed.found
            folder = found.path[: found.path.rfind("/") + 1]
            known = Known(found.path, found.kind, *found[2:], b"digest")
            self.known.setdefault(folder, {})[found.path] = known
        self.listings.update(scan.folders)


def kinds(content: Path, **changed: object) -> dict[str, SourceKind]:
    """Every file with what it is taken for."""
    folders = FolderSettings(
        **{name: getattr(ALL, name) for name in ALL.__struct_fields__} | changed
    )
    return {each.found.path: each.found.kind for each in Scan(content, folders, Memory())}


def touch(folder: Path, *paths: str) -> None:
    """Make files."""
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("x")


def test_a_file_is_a_story_a_page_a_static_file_or_loose(tmp_path: Path) -> None:
    """By its folder and its ending; the ending's case does not matter."""
    touch(
        tmp_path,
        "a.md",
        "b/c.RST",
        "pages/d.md",
        "images/e.png",
        "images/f.md",
        "g.csv",
        "pages/h.png",
    )
    assert kinds(tmp_path) == {
        "a.md": SourceKind.STORY,
        "b/c.RST": SourceKind.STORY,
        "g.csv": SourceKind.LOOSE,
        "images/e.png": SourceKind.STATIC,
        "images/f.md": SourceKind.STORY,
        "pages/d.md": SourceKind.PAGE,
        "pages/h.png": SourceKind.LOOSE,
    }


def test_paths_and_excludes_are_the_owners(tmp_path: Path) -> None:
    """ARTICLE_PATHS, PAGE_PATHS, STATIC_PATHS and their excludes, as in Pelican."""
    touch(
        tmp_path,
        "news/a.md",
        "news/old/b.md",
        "c.md",
        "about/d.md",
        "files/e.csv",
        "files/no/f.csv",
    )
    found = kinds(
        tmp_path,
        stories=("news",),
        story_excludes=("news/old",),
        pages=("about",),
        statics=("files",),
        static_excludes=("files/no",),
    )
    assert [path for path, kind in found.items() if kind == SourceKind.STORY] == ["news/a.md"]
    assert [path for path, kind in found.items() if kind == SourceKind.PAGE] == ["about/d.md"]
    assert [path for path, kind in found.items() if kind == SourceKind.STATIC] == ["files/e.csv"]


def test_a_folder_is_not_another_that_begins_with_its_name(tmp_path: Path) -> None:
    """`pages` is not `pages-old`."""
    touch(tmp_path, "pages-old/a.md")
    assert kinds(tmp_path) == {"pages-old/a.md": SourceKind.STORY}


def test_what_is_ignored_is_not_found(tmp_path: Path) -> None:
    """IGNORE_FILES speaks of the names of files and folders alike."""
    touch(tmp_path, ".hidden.md", ".git/a.md", "b.md", "c.tmp", "d/.e.md")
    assert list(kinds(tmp_path, ignore=("**/.*", "*.tmp"))) == ["b.md"]


def test_every_file_comes_once_and_in_one_order(tmp_path: Path) -> None:
    """Whatever order the file system has them in."""
    paths = ["a-b.md", "a.md", "a/b.md", "a/b/c.md", "b.md", "é.md", "日本.md"]
    touch(tmp_path, *reversed(paths))
    assert sorted(kinds(tmp_path)) == sorted(paths)
    assert list(kinds(tmp_path)) == list(kinds(tmp_path))


def test_a_folder_may_be_named_like_a_story(tmp_path: Path) -> None:
    """It is a folder."""
    touch(tmp_path, "a.md/b.md")
    assert kinds(tmp_path) == {"a.md/b.md": SourceKind.STORY}


def test_no_symbolic_link_is_followed(tmp_path: Path) -> None:
    """Neither to a file nor to a folder, above or within, whole or broken; loops do not hang."""
    content = tmp_path / "content"
    touch(content, "a.md", "b/c.md")
    touch(tmp_path, "secret/d.md")
    (content / "file.md").symlink_to(tmp_path / "secret" / "d.md")
    (content / "folder").symlink_to(tmp_path / "secret")
    (content / "loop").symlink_to(".")
    (content / "b" / "up").symlink_to("..")
    (content / "broken.md").symlink_to("nowhere")
    found = kinds(content)
    links = {path for path, kind in found.items() if kind == SourceKind.IRREGULAR}
    assert links == {"b/up", "broken.md", "file.md", "folder", "loop"}
    assert found.keys() - links == {"a.md", "b/c.md"}


def test_what_is_no_file_is_irregular(tmp_path: Path) -> None:
    """A pipe, a socket: they are not opened, so nothing hangs."""
    os.mkfifo(tmp_path / "pipe.md")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s.md"))
        assert set(kinds(tmp_path).values()) == {SourceKind.IRREGULAR}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_a_device_is_irregular(tmp_path: Path) -> None:
    """An endless one would fill the memory."""
    try:
        os.mknod(tmp_path / "zero.md", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("devices are forbidden here")
    assert kinds(tmp_path) == {"zero.md": SourceKind.IRREGULAR}


@pytest.mark.parametrize(
    "name", [b"bad\xff.md", b"dir\xff/a.md", b"new\nline.md", b"tab\t/a.md", b"\x7f.md"]
)
def test_a_name_that_cannot_be_an_address_is_irregular(tmp_path: Path, name: bytes) -> None:
    """What is not UTF-8 in it is spelt out, so that the catalog and a person can read it."""
    path = os.fsencode(tmp_path) + b"/" + name
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write("x")
    ((found, kind),) = kinds(tmp_path).items()
    assert kind == SourceKind.IRREGULAR
    assert found.encode()
    assert found == name.decode(errors="surrogateescape").encode(errors="backslashreplace").decode()


@pytest.mark.parametrize(
    "name",
    [
        "a b.md",
        "-rf.md",
        "--help.md",
        "q?.md",
        "h#.md",
        "p%20.md",
        "'.md",
        '".md',
        "{slug}.md",
        "$(x).md",
        "`x`.md",
        "<b>.md",
        "&amp;.md",
        "é.md",
        "é.md",
        "🎉.md",
        "日本.md",
        "\u202e.md",
        "~.md",
        "x" * 250 + ".md",
    ],
)
def test_a_file_may_have_any_other_name(tmp_path: Path, name: str) -> None:
    """Nothing is done with it but to open it."""
    touch(tmp_path, name)
    assert kinds(tmp_path) == {name: SourceKind.STORY}


def test_only_what_changed_is_read_again(tmp_path: Path) -> None:
    """A folder that is as it was is not even compared; files that are gone are named."""
    touch(tmp_path, "a/one.md", "a/two.md", "b/three.md", "c/four.md")
    memory = Memory()
    memory.note(Scan(tmp_path, ALL, memory))
    again = Scan(tmp_path, ALL, memory)
    assert list(again) == []
    assert (again.gone, again.folders) == ([], {})

    (tmp_path / "a" / "one.md").write_text("longer")
    (tmp_path / "b" / "three.md").unlink()
    touch(tmp_path, "a/five.md")
    third = Scan(tmp_path, ALL, memory)
    assert sorted(changed.found.path for changed in third) == ["a/five.md", "a/one.md"]
    assert third.gone == ["b/three.md"]
    assert list(third.folders) == ["a/"]


def test_an_edit_that_keeps_size_and_time_is_seen(tmp_path: Path) -> None:
    """By the time that the file system itself notes."""
    touch(tmp_path, "a.md")
    memory = Memory()
    memory.note(Scan(tmp_path, ALL, memory))
    before = (tmp_path / "a.md").stat()
    (tmp_path / "a.md").write_text("y")
    os.utime(tmp_path / "a.md", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert [changed.found.path for changed in Scan(tmp_path, ALL, memory)] == ["a.md"]


def test_a_file_that_becomes_another_kind_is_read_anew(tmp_path: Path) -> None:
    """A link in the place of a story is no story."""
    touch(tmp_path, "a.md")
    memory = Memory()
    memory.note(Scan(tmp_path, ALL, memory))
    (tmp_path / "a.md").unlink()
    (tmp_path / "a.md").symlink_to("b.md")
    (changed,) = Scan(tmp_path, ALL, memory)
    assert (changed.found.kind, changed.digest) == (SourceKind.IRREGULAR, None)
