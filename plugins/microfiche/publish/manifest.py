"""The release manifest: every file with its size, digest, content type, cache policy and stage.

The text form is UTF-8, ends every line with a line feed and is sorted by path as ``LC_ALL=C sort``
does. The columns are parted by tabs::

    # Microfiche release 1: path, bytes, SHA-256, content type, cache policy, stage
    2024/11/01/harbour-opens/index.html  5120  9f86d0…  text/html; charset=utf-8  public, …  pages
    # 1 file

The last line tells a whole manifest from one that was cut short. The same release has the same
text, so the digest of the text names the release.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from io import BytesIO
from itertools import islice
from typing import NamedTuple

from microfiche.addresses import astray
from microfiche.records import Stage

STAGES = tuple(Stage)
"""The order in which files are put before the public: see ``Difference.puts``."""

_FIRST = b"# Microfiche release 1: path, bytes, SHA-256, content type, cache policy, stage\n"
_FORM = re.compile(
    rb"([^\t\n]+)\t(\d{1,15})\t([0-9a-f]{64})\t([ -~]+)\t([ -~]*)\t("
    + "|".join(STAGES).encode()
    + rb")\n"
)


class ManifestError(ValueError):
    """What was read is no release manifest; the words say why, and in which line."""


class Entry(NamedTuple):
    """A file of a release.

    ``path`` is relative to the site's root and parted by slashes, ``size`` in bytes, ``sha256`` in
    hexadecimal; ``content_type`` and ``cache_control`` are the values of the HTTP headers of those
    names (RFC 9110, RFC 9111).
    """

    path: str
    size: int
    sha256: str
    content_type: str
    cache_control: str
    stage: Stage


class Pair(NamedTuple):
    """A file before and after."""

    before: Entry
    after: Entry


class Release:
    """The files of a release, in order of their paths.

    It is kept as text, for a quarter of a million entries as objects would fill the memory.
    """

    def __init__(self, text: bytes) -> None:
        """``text`` is known to have the form; ``read`` finds that out."""
        self.text = text

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Release:
        """The release of these files, which may come in any order."""
        return cls.in_order(sorted(entries, key=lambda entry: entry.path.encode()))

    @classmethod
    def in_order(cls, entries: Iterable[Entry]) -> Release:
        """The release of files that come in the order of the bytes of their paths."""
        text = BytesIO()
        text.write(_FIRST)
        count = 0
        for count, entry in enumerate(entries, 1):  # noqa: B007 - it is how many there were
            text.write(_written(entry))
        text.write(_last(count))
        return cls(text.getvalue())

    @classmethod
    def read(cls, text: bytes) -> Release:
        """The release that a text states.

        Raises:
            ManifestError: for a text that is no manifest, was cut short, is out of order or names
                a path that leads out of the site's root.
        """
        if not text.startswith(_FIRST):
            raise ManifestError("it does not begin as a release manifest of this version does")
        found = cls(text)
        if not text.endswith(b"\n" + _last(len(found))):
            raise ManifestError("it was cut short, or has lines that are not its own")
        before = b""
        for number, line in enumerate(_lines(text), 2):
            path = _sound(line, number)
            if path <= before:
                raise ManifestError(f"line {number} is out of order")
            before = path
        return found

    def __iter__(self) -> Iterator[Entry]:
        """The entries, in order of paths."""
        return map(_parsed, _lines(self.text))

    def __len__(self) -> int:
        return max(0, self.text.count(b"\n") - 2)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Release) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the text in hexadecimal: the release's name."""
        return hashlib.sha256(self.text).hexdigest()


class Difference(NamedTuple):
    """What a release has that the one before had not; each list is in order of paths.

    ``changed`` are files with other bytes or another type, cache policy or stage. ``moved`` have
    the same bytes at another path; they stand in neither ``added`` nor ``removed``.
    """

    added: tuple[Entry, ...]
    changed: tuple[Pair, ...]
    removed: tuple[Entry, ...]
    moved: tuple[Pair, ...]

    def __bool__(self) -> bool:
        """Whether there is any."""
        return any(self[:])

    def puts(self) -> list[Entry]:
        """What has to be put before the public, in an order in which no link leads nowhere.

        Assets come first. Then come the other files that are new, which nobody leads to yet, and
        then those that changed and lead to them; each in the order of stages and paths.
        """
        fresh = [*self.added, *(pair.after for pair in self.moved)]
        changed = [pair.after for pair in self.changed]
        assets = [entry for entry in (*fresh, *changed) if entry.stage == Stage.ASSETS]
        waves = [
            assets,
            *([e for e in wave if e.stage != Stage.ASSETS] for wave in (fresh, changed)),
        ]
        return [entry for wave in waves for entry in sorted(wave, key=_in_stages)]

    def removals(self) -> list[Entry]:
        """What has to go after that: what leads to others before what others lead to."""
        found = [*self.removed, *(pair.before for pair in self.moved)]
        return sorted(found, key=lambda entry: (-STAGES.index(entry.stage), entry.path))

    def text(self) -> str:
        """A line for each file, sorted: what became of it, its path, and where it moved to."""
        lines = [f"added\t{entry.path}\n" for entry in self.added]
        lines += [f"changed\t{pair.after.path}\n" for pair in self.changed]
        lines += [f"moved\t{pair.before.path}\t{pair.after.path}\n" for pair in self.moved]
        lines += [f"removed\t{entry.path}\n" for entry in self.removed]
        return "".join(lines)

    def summary(self) -> str:
        """How many files there are of each."""
        counts = zip(self._fields, self, strict=True)
        return ", ".join(f"{len(found):,} {name}" for name, found in counts)


def _in_stages(entry: Entry) -> tuple[int, str]:
    return STAGES.index(entry.stage), entry.path


def difference(before: Release | None, after: Release) -> Difference:
    """What became of the files of a release; without one before, all are added."""
    old = _lines(before.text) if before else iter(())
    came, changed, went = _apart(old, _lines(after.text))
    sources: dict[str, list[Entry]] = {}
    for entry in reversed(went):
        sources.setdefault(entry.sha256, []).append(entry)
    moved = [Pair(sources[e.sha256].pop(), e) for e in came if sources.get(e.sha256)]
    arrived = {pair.after.path for pair in moved}
    departed = {pair.before.path for pair in moved}
    return Difference(
        tuple(entry for entry in came if entry.path not in arrived),
        tuple(changed),
        tuple(entry for entry in went if entry.path not in departed),
        tuple(moved),
    )


def _apart(
    old: Iterator[bytes], new: Iterator[bytes]
) -> tuple[list[Entry], list[Pair], list[Entry]]:
    """The entries that came, those that are other than before, and those that went."""
    came: list[Entry] = []
    changed: list[Pair] = []
    went: list[Entry] = []
    one, other = next(old, b""), next(new, b"")
    while one or other:
        if one == other:
            one, other = next(old, b""), next(new, b"")
            continue
        here, there = _path(one), _path(other)
        if here == there:
            changed.append(Pair(_parsed(one), _parsed(other)))
            one, other = next(old, b""), next(new, b"")
        elif not other or (one and here < there):
            went.append(_parsed(one))
            one = next(old, b"")
        else:
            came.append(_parsed(other))
            other = next(new, b"")
    return came, changed, went


def _lines(text: bytes) -> Iterator[bytes]:
    """The lines of entries, with their ends."""
    stream = BytesIO(text)
    stream.seek(len(_FIRST))
    return islice(stream, max(0, text.count(b"\n") - 2))


def _last(count: int) -> bytes:
    return f"# {count} {'file' if count == 1 else 'files'}\n".encode()


def _path(line: bytes) -> bytes:
    return line.partition(b"\t")[0]


def _written(entry: Entry) -> bytes:
    return ("\t".join(map(str, entry)) + "\n").encode()


def _sound(line: bytes, number: int) -> bytes:
    found = _FORM.fullmatch(line)
    if not found:
        raise ManifestError(f"line {number} does not have the form of an entry")
    try:
        if astray(found[1].decode()):
            raise ManifestError(f"the path in line {number} leads out of the site's root")
    except UnicodeDecodeError:
        raise ManifestError(f"the path in line {number} is not UTF-8") from None
    return found[1]


def _parsed(line: bytes) -> Entry:
    path, size, sha256, content_type, cache_control, stage = line[:-1].decode().split("\t")
    return Entry(path, int(size), sha256, content_type, cache_control, Stage(stage))
