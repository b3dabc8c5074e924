"""What a host takes: how many files, how many bytes of one and of all (``hosts/profiles.py``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from microfiche.errors import Problem
from microfiche.hosts.profiles import AS_OF, PROFILES, Profile
from microfiche.publish.manifest import Release


def past_limits(host: str, release: Release) -> Iterator[Problem]:
    """What of a release a host would refuse; nothing where none is named, or it has no limits."""
    profile = PROFILES.get(host)
    if not profile or not any(profile[1:5]):
        return
    folders: Counter[str] = Counter()
    total = 0
    for entry in release:
        total += entry.size
        folders[entry.path.rpartition("/")[0]] += 1
        if profile.file_bytes and entry.size > profile.file_bytes:
            limit = f"{profile.file_bytes:,} bytes in a file"
            yield _past(profile, entry.path, f"it has {entry.size:,} bytes", limit)
    if profile.files and len(release) > profile.files:
        yield _past(profile, "", f"there are {len(release):,} files", f"{profile.files:,}")
    if profile.bytes and total > profile.bytes:
        yield _past(profile, "", f"there are {total:,} bytes", f"{profile.bytes:,}")
    for folder, count in sorted(folders.items()):
        if profile.folder_files and count > profile.folder_files:
            limit = f"{profile.folder_files:,} in a folder"
            yield _past(profile, f"{folder}/", f"there are {count:,} files in it", limit)


def _past(profile: Profile, path: str, what: str, limit: str) -> Problem:
    what += f", and {profile.label} takes {limit} (stated {AS_OF})"
    remedy = "publish less, choose another host, or set ARCHIVE_HOST to what takes it"
    return Problem(path, 0, what, remedy, inside=False)
