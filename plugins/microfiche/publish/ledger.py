"""The ledger, ``content/ledger.tsv``: every address that was ever published, one a line.

A publication writes lines of three or four columns, parted by tabs::

    address   identity   first publication   known as

``identity`` is the UUID (RFC 4122) of a story or an ordinary page, or the kind and key of another
page (``tag-list:moon``). ``known as`` is the name (an ``Id`` or a path without its ending) of a
story whose UUID was made of another name. An owner adds lines of two columns::

    address   gone
    address   where-it-leads-now

Addresses begin with a slash and are written as a reader sees them, with ``%``, white space and
what has a meaning of its own (``?``, ``#``) percent-encoded. Lines are UTF-8, sorted by code points
(as ``LC_ALL=C sort`` does), after the comments, which begin with ``#``.
"""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from heapq import merge
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from microfiche.addresses import UnsoundAddress, astray, file_of, shown
from microfiche.catalog import Store
from microfiche.catalog.ledger import Book
from microfiche.errors import Problem, Severity, StorageError
from microfiche.records import LedgerEntry
from microfiche.scan import LEDGER
from microfiche.story import identity_of

GONE = "gone"
LINE_LIMIT = 8_000
"""Characters of a line; an address has 1,024 bytes at most, and grows when it is encoded."""
SIZE_LIMIT = 500_000_000
"""Bytes of the file: some five million addresses."""
COMMENT = "# Every address ever published. `microfiche publish` writes this file: docs/addresses.md"

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LISTED = re.compile(r"[a-z0-9][a-z0-9-]*:\S*")
_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
_PLAIN = re.compile(rf"(/[^\s%?#\\]*)\t({_UUID.pattern})\t({_DAY.pattern})")
_ESCAPED = re.compile(r"[%\s?#\x00-\x20\x7f-\xa0\u2028\u2029\\]")
_MARKS = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
_FRESH = 2_000_000_000
"""Nanoseconds for which another write to a file could hide behind the same hints."""
RESTORE = "restore it from version control, or write an empty file to forget every address"
"""What to do about a ledger that is gone."""
_NO_FILE = "none"
_FORM = "write the address, a tab, and `gone` or the address where it leads now"


def address_of(path: str) -> str:
    """The address of an output file, as the ledger writes it."""
    if path == "index.html" or path.endswith("/index.html"):
        path = path[: -len("index.html")]
    return f"/{escaped(path)}"


def escaped(text: str) -> str:
    """Text with what would part a line, or mean something in an address, percent-encoded."""
    return _ESCAPED.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), text)


def page_identity(kind: str, key: str) -> str:
    """The identity of a page that is no story: its kind, which has no hyphen, and its key."""
    return f"{kind.replace(' ', '-')}:{key}"


def kind_and_key(identity: str) -> tuple[str, str] | None:
    """Kind and key of a page that is no story; None for the identity of one."""
    kind, colon, key = identity.partition(":")
    return (kind.replace("-", " "), key) if colon else None


def written(path: str, identity: str, since: str, name: str = "") -> str:
    """The line of an address, as a publication writes it."""
    columns = [address_of(path), escaped(identity), since]
    return "\t".join([*columns, escaped(name)] if name else columns)


def parsed(line: str) -> LedgerEntry | None:
    """A line taken apart, None for a comment or an empty line.

    Raises:
        UnsoundAddress: for any other that does not have the form.
    """
    plain = _PLAIN.fullmatch(line)
    if plain and not astray(plain[1][1:].removesuffix("/") or "-"):
        path = plain[1][1:]
        path = f"{path}index.html" if not path or path.endswith("/") else path
        if len(path) < 200:
            return LedgerEntry(line, path, plain[2], plain[3], "", "")
    if not line.strip() or line.startswith("#"):
        return None
    if len(line) > LINE_LIMIT:
        raise UnsoundAddress(
            f"the line has {len(line):,} characters", f"keep it within {LINE_LIMIT:,}"
        )
    if line.startswith(_MARKS):
        what = "a merge was left unresolved here"
        raise UnsoundAddress(what, "keep the lines of both sides, and delete the marks")
    columns = line.split()
    if len(columns) == 2:
        return _of_owner(line, *columns)
    if len(columns) in (3, 4):
        return _of_publication(line, *columns)
    raise UnsoundAddress(f"the line has {len(columns)} columns", _FORM)


def _of_owner(line: str, address: str, leads: str) -> LedgerEntry:
    path = file_of(address)
    if any(part.startswith(".") for part in path.split("/")):
        raise UnsoundAddress(f"{shown(address)} is a hidden file", "take the line out")
    if leads == GONE:
        return LedgerEntry(line, path, "", "", "", GONE)
    if not leads.startswith("/"):
        what = f"{shown(leads)} is neither `gone` nor an address of this archive"
        raise UnsoundAddress(what, _FORM)
    return LedgerEntry(line, path, "", "", "", file_of(leads))


def _of_publication(
    line: str, address: str, identity: str, since: str, name: str = ""
) -> LedgerEntry:
    remedy = "restore the line from version control"
    if not _UUID.fullmatch(identity) and not _LISTED.fullmatch(identity):
        raise UnsoundAddress(f"{shown(identity)} is not the identity of a page", remedy)
    if not _DAY.fullmatch(since):
        raise UnsoundAddress(f"{shown(since)} is not a day such as 2024-11-01", remedy)
    known = identity_of(unquote(name)) if name else ""
    return LedgerEntry(line, file_of(address), unquote(identity), since, known, "")


class Line(NamedTuple):
    """A line with its number, counted from 1."""

    text: str
    number: int


def load(store: Store, content: Path) -> None:
    """Bring the catalog in step with the ledger, where the file is not the one last read.

    Only lines that came are taken apart; what is wrong with one is a problem of the ledger. A file
    that is gone is one, too, as long as it is.

    Raises:
        StorageError: for a file that is no ledger at all.
    """
    file = content / LEDGER
    hints = _hints(file)
    if hints and hints == store.meta("ledger"):
        return
    book = Book(store.db)
    problems: list[Problem] = []
    came, went = _differences(book.lines(), lines(file, problems))
    went = list(went)
    book.remove(went)
    book.add(_sound(came, problems))
    if went and hints == _NO_FILE:
        problems.append(_lost(len(went)))
    problems += _disputed(book, file)
    store.put_problems(LEDGER, problems)
    store.set_meta("ledger", hints)
    store.set_meta("ledger changed", "1")


def _hints(file: Path) -> str:
    """What tells a file from another without reading it; empty where nothing can be trusted."""
    try:
        found = file.stat(follow_symlinks=False)
    except FileNotFoundError:
        return _NO_FILE
    if not stat.S_ISREG(found.st_mode) or found.st_size > SIZE_LIMIT:
        what = f"is no regular file of at most {SIZE_LIMIT:,} bytes"
        raise StorageError([Problem(LEDGER, 0, what, "restore it from version control")])
    fresh = max(found.st_mtime_ns, found.st_ctime_ns) + _FRESH > time.time_ns()
    hints = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
    return "" if fresh else repr(hints)


def _lost(lines: int) -> Problem:
    """The warning about a ledger that is gone; it stops a publication."""
    counted = "1 line" if lines == 1 else f"{lines:,} lines"
    what = f"is gone; it had {counted} when the archive was last built"
    return Problem(LEDGER, 0, what, RESTORE, Severity.WARNING)


def _differences(
    known: Iterator[str], found: Iterator[Line]
) -> tuple[Iterable[Line], Iterable[str]]:
    """The lines that came and those that went; both are in order."""
    old = next(known, None)
    if old is None:
        return found, ()
    came: list[Line] = []
    went: list[str] = []
    for line in found:
        while old is not None and old < line.text:
            went.append(old)
            old = next(known, None)
        if old == line.text:
            old = next(known, None)
        else:
            came.append(line)
    went += [] if old is None else [old, *known]
    return came, went


def _sound(came: Iterable[Line], problems: list[Problem]) -> Iterator[LedgerEntry]:
    """Lines taken apart; what is wrong with others is added to the problems."""
    for line in came:
        try:
            entry = parsed(line.text)
        except UnsoundAddress as error:
            problems.append(Problem(LEDGER, line.number, error.what, error.remedy))
            continue
        if entry:
            yield entry


def _disputed(book: Book, file: Path) -> Iterator[Problem]:
    """Lines that contradict each other, with their numbers."""
    disputed = list(book.disputed())
    wanted = {line for _, *both in disputed for line in both}
    numbers = {line.text: line.number for line in lines(file, []) if line.text in wanted}
    for path, one, other in disputed:
        first, last = sorted((numbers[one], numbers[other]))
        what = f"{address_of(path)} stands in line {first} with something else"
        yield Problem(LEDGER, last, what, "keep the right one of the two lines")


def lines(file: Path, problems: list[Problem]) -> Iterator[Line]:
    """The lines of a ledger in their order, each once, without comments.

    What is no text is added to the problems. Only a file that is out of order is read whole.
    """
    found = _read(file, problems)
    if _in_order(file):
        yield from found
        return
    last = ""
    for line in sorted(found):
        if line.text != last:
            yield line
        last = line.text


def _in_order(file: Path) -> bool:
    last = ""
    for line in _read(file, []):
        if line.text <= last:
            return False
        last = line.text
    return True


def _read(file: Path, problems: list[Problem]) -> Iterator[Line]:
    if not file.exists():
        return
    with open(file, "rb") as data:
        for number, raw in enumerate(data, 1):
            try:
                text = raw.decode().rstrip("\r\n").removeprefix("\ufeff")
            except UnicodeDecodeError as error:
                what = f"the byte 0x{raw[error.start]:02X} is not UTF-8"
                problems.append(Problem(LEDGER, number, what, "save the file as UTF-8"))
                continue
            if text and not text.startswith("#"):
                yield Line(text, number)


def revise(file: Path, came: Iterable[str], went: Iterable[str]) -> None:
    """Write the ledger anew, with lines that came and without those that went.

    What else stands in the file stays; the file is replaced in one step.
    """
    obsolete = set(went)
    kept = (line.text for line in lines(file, []) if line.text not in obsolete)
    fresh = file.with_name(f".{LEDGER}.new")
    with open(fresh, "w", encoding="utf-8", newline="\n") as target:
        target.writelines(f"{line}\n" for line in _comments(file))
        last = ""
        for line in merge(kept, sorted(came)):
            if line != last:
                target.write(f"{line}\n")
            last = line
        target.flush()
        os.fsync(target.fileno())
    os.replace(fresh, file)


def _comments(file: Path) -> Iterator[str]:
    """The comments of a ledger, in their order; the first is ours."""
    yield COMMENT
    if file.exists():
        with open(file, encoding="utf-8") as found:
            for line in found:
                text = line.rstrip("\r\n").removeprefix("\ufeff")
                if text.startswith("#") and text != COMMENT:
                    yield text
