"""The bytes of a source: opened without following links, told by their digest, made text."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from pathlib import Path

from microfiche.errors import Problem, Severity, Unreadable
from microfiche.records import Found

# What XML 1.0 forbids (section 2.2, production Char), so that it can stand in no feed.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = bytes({*range(32)} - {*b"\t\n\r"})
_NO_CHARACTER = "\uffff".encode()[:2]  # what U+FFFE and U+FFFF begin with, and a few others
_BLOCK = 1 << 20
_MARKS = re.compile(r"\A(\s*)\ufeff+")
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")


def decode(path: str, data: bytes) -> tuple[str, list[Problem]]:
    """Text of a source: UTF-8, line ends of one kind, nothing that XML forbids (it is reported).

    Raises:
        Unreadable: for an empty file, another encoding, or bytes that are no text.
    """
    if not data.strip():
        remedy = "write a story in it, or delete it"
        raise Unreadable(Problem(path, 1, "the file is empty", remedy))
    if data.startswith(_UTF16):
        raise Unreadable(Problem(path, 1, "the file is UTF-16 or UTF-32", "save it as UTF-8"))
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        what = "the file has a NUL byte: it is not UTF-8 text"
        raise Unreadable(Problem(path, line, what, "remove the byte, or the file"))
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"the byte 0x{data[error.start]:02X} is not UTF-8"
        raise Unreadable(Problem(path, line, what, "save the file as UTF-8")) from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\ufeff" in text:
        text = _MARKS.sub(r"\1", text)  # joined files and some editors leave more than one
    if len(data.translate(None, _CONTROLS)) == len(data) and _NO_CHARACTER not in data:
        return text, []
    return _without_forbidden(path, text)


def _without_forbidden(path: str, text: str) -> tuple[str, list[Problem]]:
    match = FORBIDDEN.search(text)
    if not match:
        return text, []
    line = text.count("\n", 0, match.start()) + 1
    what = f"the character U+{ord(match[0]):04X} was taken out: no XML may have it"
    problem = Problem(path, line, what, "remove it from the file", Severity.WARNING)
    return FORBIDDEN.sub("", text), [problem]


def file_digest(path: Path) -> bytes:
    """The digest of a file of any size, read in blocks."""
    digest = hashlib.blake2b(digest_size=16)
    with open(path, "rb", buffering=0, opener=_no_link) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.digest()


def bytes_of(path: Path, size: int) -> bytes:
    """All bytes of a file, which had ``size`` bytes when it was found.

    That spares the kernel's time: there are a hundred thousand files.
    """
    file = _no_link(os.fspath(path), os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = os.read(file, size + 1)
        while more := os.read(file, _BLOCK) if data else b"":
            data += more
        return data
    finally:
        os.close(file)


def _no_link(path: str, flags: int) -> int:
    """Open a file, but never through a symbolic link and never a pipe that would not answer."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def irregular(content: Path, found: Found) -> Problem:
    """The finding about what lies in the content folder and is no file that can be read."""
    try:
        mode = os.lstat(content / found.path).st_mode
    except (OSError, ValueError):
        mode = 0
    if stat.S_ISLNK(mode):
        remedy = "put the file itself here; links are never followed"
        return Problem(found.path, 0, "is a symbolic link", remedy)
    if stat.S_ISREG(mode) or not mode:
        what = (
            "the file's name is not UTF-8"
            if not mode
            else "the file's name has a control character"
        )
        return Problem(found.path, 0, what, "rename it")
    return Problem(found.path, 0, "is not a regular file", "remove it from the content folder")
