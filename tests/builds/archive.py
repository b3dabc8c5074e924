"""A small archive that can be edited in every way, built in place, and built clean beside it."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pelican.settings import read_settings

import microfiche
from microfiche.build import build
from microfiche.errors import MicroficheError, Problem, Severity
from microfiche.hooks import orders_for
from microfiche.records import Counts
from microfiche.report import Report

Item = TypeVar("Item")

FOREIGN = {
    "CNAME": b"archive.example\n",
    "2024/kept.txt": b"not ours\n",
    "tag/kept.txt": b"nor this\n",
}
"""Files that somebody else put into the output."""


@dataclass(frozen=True)
class Draft:
    """What stands in the file of a story or page; ``links`` are Markdown below the body."""

    title: str
    date: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: str = "Body 1."
    links: tuple[str, ...] = ()
    raw: str | None = None
    """The whole file, where it is no sound story."""

    def having(self, **headers: str) -> Draft:
        """The same with headers set, or taken away where empty."""
        merged = dict(self.headers) | headers
        kept = tuple((name, value) for name, value in sorted(merged.items()) if value)
        return replace(self, headers=kept)

    def header(self, name: str) -> str:
        """The value of a header, empty where there is none."""
        return dict(self.headers).get(name, "")

    def data(self) -> bytes:
        """The bytes of the file."""
        if self.raw is not None:
            return self.raw.encode()
        lines = [f"Title: {self.title}"]
        lines += [f"Date: {self.date}"] if self.date else []
        lines += [f"{name}: {value}" for name, value in self.headers]
        lines += ["", self.body, ""]
        for link in self.links:
            lines += [link, ""]
        return "\n".join(lines).encode()


@dataclass
class State:
    """All that a build depends on; ``theme`` has the text put into each changed theme file."""

    drafts: dict[str, Draft] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    theme: dict[str, str] = field(default_factory=dict)
    conf: dict[str, Any] = field(default_factory=dict)

    def copy(self) -> State:
        """A copy that does not change with this one."""
        return State(dict(self.drafts), dict(self.files), dict(self.theme), dict(self.conf))

    def content(self) -> dict[str, bytes]:
        """Every file of the content folder."""
        return {path: draft.data() for path, draft in self.drafts.items()} | self.files

    def key(self) -> str:
        """Tells states apart."""
        parts = (
            sorted(self.content().items()),
            sorted(self.theme.items()),
            sorted(self.conf.items()),
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()


class Built(NamedTuple):
    """What a build said: its counts (None where it was refused), its findings, when it is due."""

    counts: Counts | None
    findings: tuple[Problem, ...]
    due: datetime | None = None

    def errors(self) -> list[str]:
        """What it called an error."""
        return [
            f"{each.path}: {each.what}" for each in self.findings if each.severity == Severity.ERROR
        ]


class File(NamedTuple):
    """A file as it lies on the disk."""

    data: bytes
    mtime: int
    inode: int


class Archive:
    """Sources, theme and settings in one folder, with the output of every build so far."""

    def __init__(self, folder: Path, state: State) -> None:
        self.state = state
        self._folder = folder
        self.content = folder / "content"
        self.output = folder / "site" / "output"
        self.theme = folder / "theme"
        self._on_disk: dict[str, bytes] = {}
        self._styled: dict[str, str] = {}
        self.content.mkdir(parents=True)
        shutil.copytree(microfiche.THEME, self.theme)
        self.sync()

    def sync(self, *, keep_times: bool = False) -> None:
        """Bring the files in step with the state; ``keep_times`` hides edits behind old mtimes."""
        wanted = self.state.content()
        for path in [path for path in self._on_disk if path not in wanted]:
            self._remove(path)
        for path, data in wanted.items():
            if self._on_disk.get(path) != data:
                self._write(path, data, keep_times=keep_times)
        for name in {*self.state.theme, *self._styled}:
            self._style(name, self.state.theme.get(name, ""))

    def found(self, path: str) -> None:
        """Take a file that a publication wrote for a source."""
        self._on_disk[path] = self.state.files[path] = (self.content / path).read_bytes()

    def move(self, old: str, new: str) -> None:
        """Rename a source, whatever file was there before; its times and inode stay its own."""
        (self.content / new).parent.mkdir(parents=True, exist_ok=True)
        os.rename(self.content / old, self.content / new)
        self._on_disk[new] = self._on_disk.pop(old)

    def move_folder(self, old: str, new: str) -> bool:
        """Rename a folder of sources, unless the new name is taken; whether it was done."""
        if not (self.content / old).is_dir() or (self.content / new).exists():
            return False
        os.rename(self.content / old, self.content / new)
        self._on_disk = renamed(self._on_disk, old, new)
        return True

    def orders(self, output: Path, jobs: int = 1) -> Any:
        """What a build of the sources into ``output`` is told."""
        conf = {
            "PATH": str(self.content),
            "OUTPUT_PATH": str(output),
            "THEME": str(self.theme),
            "TIMEZONE": "UTC",
            "ARCHIVE_JOBS": jobs,
            **self.state.conf,
        }
        overrides = conf.get("THEME_TEMPLATES_OVERRIDES", ())
        conf["THEME_TEMPLATES_OVERRIDES"] = [str(self.theme / name) for name in overrides]
        return orders_for(read_settings(override=conf))

    def build(self, jobs: int = 1) -> Built:
        """Build into the output of all builds before."""
        return self._build(self.output, jobs)

    def must_build(self) -> None:
        """Build what has to be in order, or the test that asks for it means nothing."""
        built = self.build()
        assert built.counts, built.errors()

    def published(self) -> dict[str, bytes]:
        """The bytes of every file of the output."""
        return {path: file.data for path, file in tree(self.output).items()}

    def clean(self) -> tuple[Built, dict[str, bytes]]:
        """What a first build makes of the sources as they are now."""
        folder = self._folder / "clean"
        shutil.rmtree(folder, ignore_errors=True)
        built = self._build(folder / "output", 1)
        files = {path: file.data for path, file in tree(folder / "output").items()}
        shutil.rmtree(folder, ignore_errors=True)
        return built, files

    def _build(self, output: Path, jobs: int) -> Built:
        try:
            outcome = build(self.orders(output, jobs), Report(io.StringIO()))
        except MicroficheError as error:
            return Built(None, error.problems)
        return Built(outcome.counts, outcome.findings, outcome.next_embargo)

    def _write(self, path: str, data: bytes, *, keep_times: bool) -> None:
        file = self.content / path
        before = file.stat() if file.exists() else None
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        if before and keep_times:
            os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        self._on_disk[path] = data

    def _remove(self, path: str) -> None:
        (self.content / path).unlink()
        del self._on_disk[path]

    def _style(self, name: str, text: str) -> None:
        if self._styled.get(name, "") == text:
            return
        original = Path(microfiche.THEME) / name.replace("overrides/", "templates/")
        file = self.theme / name
        if original.exists():
            text = _inserted(original.read_text("utf-8"), text)
        if text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        else:
            file.unlink()
        self._styled[name] = self.state.theme.get(name, "")


def renamed(paths: Mapping[str, Item], old: str, new: str) -> dict[str, Item]:
    """What stands under paths, with one folder in them renamed."""
    return {
        new + path[len(old) :] if path.startswith(f"{old}/") else path: item
        for path, item in paths.items()
    }


def _inserted(template: str, text: str) -> str:
    """A template with text put where it is shown: in its main block or its first macro."""
    for opening in ("{% block main %}", "{% macro "):
        at = template.find(opening)
        if at >= 0:
            end = template.index("%}", at) + 2
            return f"{template[:end]}{text}{template[end:]}"
    return template + text


def tree(folder: Path) -> dict[str, File]:
    """Every file below a folder by its path."""
    return {path: file for path, file in _walk(folder) if file}


def folders(folder: Path) -> set[str]:
    """Every folder below a folder."""
    return {path for path, file in _walk(folder) if not file}


def _walk(folder: Path, prefix: str = "") -> Iterator[tuple[str, File | None]]:
    if not folder.exists():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                yield path, None
                yield from _walk(Path(entry.path), f"{path}/")
            else:
                status = entry.stat(follow_symlinks=False)
                with open(entry.path, "rb") as file:
                    yield path, File(file.read(), status.st_mtime_ns, status.st_ino)


def differences(found: Mapping[str, bytes], wanted: Mapping[str, bytes]) -> list[str]:
    """How a tree differs from the wanted one, a line a file."""
    told = [f"missing: {path}" for path in sorted(wanted.keys() - found.keys())]
    told += [f"left over: {path}" for path in sorted(found.keys() - wanted.keys())]
    both = sorted(found.keys() & wanted.keys())
    told += [
        _unlike(path, found[path], wanted[path]) for path in both if found[path] != wanted[path]
    ]
    return told


def _unlike(path: str, found: bytes, wanted: bytes) -> str:
    pairs = zip(found.splitlines(), wanted.splitlines(), strict=False)
    for number, (is_, should) in enumerate(pairs, 1):
        if is_ != should:
            return f"{path}:{number}: is {is_[:300]!r}, should be {should[:300]!r}"
    return f"{path}: is {len(found)} bytes long, should be {len(wanted)}"
