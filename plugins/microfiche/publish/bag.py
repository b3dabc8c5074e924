"""The bag: the last publication as an archive keeps it (RFC 8493), beside the output.

The bag of ``public`` is the folder ``public.bag``. Its payload, ``data/``, has the files of the
output by hard links, so that they take no more room; where a file system knows none, by copies. The
output may be built anew while the bag stays what was published. The tag files are

- ``manifest-sha256.txt``, which ``sha256sum -c`` reads too
- ``release.tsv``, the release manifest
- ``changes.tsv``, what became of the files of the release before

Names are written as they are, also those with ``%``, which RFC 8493 would have encoded: neither
``sha256sum`` nor the common tools decode them.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from microfiche import __version__
from microfiche.publish.manifest import (
    Difference,
    ManifestError,
    Release,
    difference,
)
from microfiche.settings import Settings

RELEASE = "release.tsv"
CHANGES = "changes.tsv"
DATA = "data"
DECLARATION = "bagit.txt"
TAGS = "tagmanifest-sha256.txt"

_PAYLOAD = "manifest-sha256.txt"
_INFO = "bag-info.txt"
_UNFINISHED = "unfinished"
_BAGIT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def bag_of(output: Path) -> Path:
    """The folder of the bag of an output."""
    return output.with_name(f"{output.name}.bag")


def last(output: Path) -> Release | None:
    """The last publication of an output; None where none is known."""
    try:
        return Release.read((bag_of(output) / RELEASE).read_bytes())
    except (FileNotFoundError, ManifestError):
        return None


def keep(settings: Settings, release: Release) -> Difference:
    """Make the bag that of a release which lies in the output; what became of the last one's files.

    Only what changed is linked. A bag whose making was interrupted is gone through as a whole.
    """
    bag = bag_of(settings.output)
    before = last(settings.output)
    found = difference(before, release)
    if before == release and (bag / TAGS).exists():
        return found
    unfinished = bag / _UNFINISHED
    whole = before is None or unfinished.exists()
    bag.mkdir(exist_ok=True)
    unfinished.touch()
    (bag / TAGS).unlink(missing_ok=True)
    if whole:
        shutil.rmtree(bag / DATA, ignore_errors=True)
    _bring(settings.output, bag / DATA, difference(None, release) if whole else found)
    _write_tags(bag, release, found, settings)
    unfinished.unlink()
    return found


def _bring(output: Path, data: Path, found: Difference) -> None:
    """Bring the payload in step with the output."""
    data.mkdir(exist_ok=True)
    for entry in found.removals():
        _remove(data, entry.path)
    for entry in found.puts():
        _link(output / entry.path, data / entry.path)


def _link(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    try:
        _linked(source, target)
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
        _linked(source, target)


def _linked(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except FileNotFoundError:
        raise
    except OSError:  # another file system, or one that knows no hard links
        shutil.copyfile(source, target, follow_symlinks=False)


def _remove(data: Path, path: str) -> None:
    """Remove a file and the folders that it leaves empty."""
    (data / path).unlink(missing_ok=True)
    for parent in (data / path).parents:
        if parent == data:
            return
        try:
            parent.rmdir()
        except OSError:
            return


def _write_tags(bag: Path, release: Release, found: Difference, settings: Settings) -> None:
    count, size = 0, 0
    for entry in release:
        count, size = count + 1, size + entry.size
    tags = {
        DECLARATION: _BAGIT.encode(),
        _INFO: _info(settings, f"{size}.{count}").encode(),
        _PAYLOAD: b"".join(_checksums(release)),
        RELEASE: release.text,
        CHANGES: found.text().encode(),
    }
    for name, data in tags.items():
        _write(bag / name, data)
    lines = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(tags.items()))
    _write(bag / TAGS, "".join(lines).encode())


def _info(settings: Settings, oxum: str) -> str:
    fields = {
        "Source-Organization": settings.site.name,
        "External-Identifier": settings.site.url,
        "Bagging-Date": settings.today,
        "Payload-Oxum": oxum,
        "Bag-Software-Agent": f"Microfiche {__version__}",
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)


def _checksums(release: Release) -> Iterator[bytes]:
    """The lines of the payload's manifest, in order of paths."""
    return (f"{entry.sha256}  {DATA}/{entry.path}\n".encode() for entry in release)


def _write(file: Path, data: bytes) -> None:
    fresh = file.with_name(f"{file.name}.new")
    fresh.write_bytes(data)
    os.replace(fresh, file)
