"""Places to publish to on this machine: what a reader finds there, and how to get in their way."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from microfiche.publish.delivery import Delivery, deliver
from microfiche.publish.manifest import Entry, Release
from microfiche.publish.policy import cache_control, content_type
from microfiche.publish.targets import target
from microfiche.publish.targets.target import Surroundings
from microfiche.records import Stage
from microfiche.report import Report

OURS = ".microfiche/"
Files = Mapping[str, str]

FIRST: Files = {
    "style.1.css": "body {}",
    "images/ship.svg": "<svg/>",
    "a/index.html": "A <a href='/style.1.css'> <a href='/tag/sea/'>",
    "b/index.html": "B <a href='/style.1.css'> <a href='/a/'>",
    "tag/sea/index.html": "<a href='/a/'> <a href='/b/'>",
    "index.html": "<a href='/style.1.css'> <a href='/b/'> <a href='/tag/sea/'>",
    "feed.xml": "<a href='/b/'>",
}
"""A small site."""

SECOND: Files = {
    "style.2.css": "html {}",
    "images/ship.svg": "<svg/>",
    "a/index.html": "A <a href='/style.2.css'> <a href='/tag/sea/'> <a href='/c/'>",
    "c/index.html": "C <a href='/style.2.css'> <a href='/tag/ice & \"snow\"/'> <a href='/a/'>",
    'tag/ice & "snow"/index.html': "<a href='/c/'>",
    "tag/sea/index.html": "<a href='/a/'>",
    "index.html": "<a href='/style.2.css'> <a href='/c/'> <a href='/feed.xml'>",
    "feed.xml": "<a href='/c/'>",
}
"""The same after a story was added and one was removed, and the style has changed."""


THIRD: Files = {
    **FIRST,
    'tag/ice & "snow"/index.html': "Another list <a href='/b/'>",
    "style.3.css": "main {}",
}
"""The first again, with a list whose text is another than in the second."""


def lay(folder: Path, files: Files) -> Release:
    """Write a site into a folder, in place of what is there; its release."""
    shutil.rmtree(folder, ignore_errors=True)
    entries = []
    for path, text in files.items():
        goal = folder / path
        goal.parent.mkdir(parents=True, exist_ok=True)
        goal.write_text(text, "utf-8")
        entries.append(_entry(path, text.encode()))
    return Release.of(entries)


def _entry(path: str, data: bytes) -> Entry:
    stage = Stage.LISTS
    if path.endswith((".css", ".svg")):
        stage = Stage.ASSETS
    elif path.endswith(".xml"):
        stage = Stage.FEEDS
    elif path.count("/") == 1:
        stage = Stage.PAGES
    policy = cache_control(stage, named=path.startswith("style."))
    return Entry(
        path, len(data), hashlib.sha256(data).hexdigest(), content_type(path), policy, stage
    )


class Place(Protocol):
    """Somewhere to publish to."""

    name: str

    def files(self) -> dict[str, str]:
        """All that readers find there, but for the notes of publications."""

    def add(self, path: str, text: str) -> None:
        """Somebody else puts a file there."""


class Machine:
    """A machine from which is published: its output, and what it knows."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.public = root / "public"
        self.state = root / "state" / "public"
        self.releases = 3

    def publish(self, place: Place | str, files: Files, **how: Any) -> Delivery:
        """Publish a site."""
        release = lay(self.public, files)
        return self.again(place, release, **how)

    def again(self, place: Place | str, release: Release, **how: Any) -> Delivery:
        """Publish what lies in the output."""
        self.said = io.StringIO()
        text = place if isinstance(place, str) else place.name
        return deliver(release, target(text, self.around()), Report(self.said), **how)

    def around(self) -> Surroundings:
        """What targets know of it."""
        content = self.root / "content"
        return Surroundings(self.public, content, self.state, self.root, self.releases)


class FolderPlace:
    """A folder of releases."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.name = f"folder:{root}"

    def files(self) -> dict[str, str]:
        """What the link leads to."""
        return found_below(self.root / "current")

    def add(self, path: str, text: str) -> None:
        """Into the release that is served."""
        put(self.root / "current" / path, text)


class MirrorPlace:
    """A folder that a program fills file by file."""

    def __init__(self, root: Path, name: str) -> None:
        self.root = root
        self.name = name

    def files(self) -> dict[str, str]:
        """What lies in it."""
        return found_below(self.root)

    def add(self, path: str, text: str) -> None:
        """Into it."""
        put(self.root / path, text)


class GitPlace:
    """A branch of a repository."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.name = f"git:{root}#gh-pages"
        git("init", "--quiet", "--bare", str(root))

    def files(self) -> dict[str, str]:
        """The tree of the branch, but for the mark of Pages hosts."""
        if not git("-C", str(self.root), "branch", "--list", "gh-pages"):
            return {}
        listed = git("-C", str(self.root), "ls-tree", "-rz", "--name-only", "gh-pages")
        paths = listed.rstrip("\0").split("\0")
        read = {path: git("-C", str(self.root), "show", f"gh-pages:{path}") for path in paths}
        read.pop(".nojekyll", None)
        return read

    def add(self, path: str, text: str) -> None:
        """By a commit of one's own."""
        clone = self.root.with_name("clone")
        shutil.rmtree(clone, ignore_errors=True)
        git("init", "--quiet", str(clone))
        where = ("-C", str(clone))
        if self.files():
            git(*where, "fetch", "--quiet", str(self.root), "gh-pages")
            git(*where, "reset", "--quiet", "--hard", "FETCH_HEAD")
        put(clone / path, text)
        git(*where, "add", "--all")
        person = ("-c", "user.name=Web desk", "-c", "user.email=web@gazette.example")
        git(*where, *person, "commit", "--quiet", "-m", "By hand")
        git(*where, "push", "--quiet", str(self.root), "HEAD:refs/heads/gh-pages")


class S3Place:
    """A bucket, looked into by another library than the one that publishes."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self.client = client
        self.bucket = bucket
        self.prefix = prefix
        self.name = f"s3:{bucket}/{prefix}"

    def keys(self) -> list[str]:
        """All objects, by their names below the prefix."""
        pages = self.client.get_paginator("list_objects_v2")
        found = pages.paginate(Bucket=self.bucket, Prefix=f"{self.prefix}/")
        keys = [each["Key"] for page in found for each in page.get("Contents", ())]
        return [key.removeprefix(f"{self.prefix}/") for key in keys]

    def head(self, path: str) -> dict[str, Any]:
        """What is known of an object."""
        found: dict[str, Any] = self.client.head_object(
            Bucket=self.bucket, Key=f"{self.prefix}/{path}"
        )
        return found

    def files(self) -> dict[str, str]:
        """The objects."""
        return {key: self.read(key) for key in self.keys() if not key.startswith(OURS)}

    def read(self, path: str) -> str:
        """One object, as text."""
        return self.read_bytes(path).decode()

    def read_bytes(self, path: str) -> bytes:
        """One object."""
        found = self.client.get_object(Bucket=self.bucket, Key=f"{self.prefix}/{path}")
        data: bytes = found["Body"].read()
        return data

    def add(self, path: str, text: str) -> None:
        """As an object."""
        self.write_bytes(path, text.encode())

    def write_bytes(self, path: str, data: bytes) -> None:
        """Put an object."""
        self.client.put_object(Bucket=self.bucket, Key=f"{self.prefix}/{path}", Body=data)

    def remove(self, path: str) -> None:
        """Remove an object."""
        self.client.delete_object(Bucket=self.bucket, Key=f"{self.prefix}/{path}")


def put(path: Path, text: str) -> None:
    """Write a file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def found_below(folder: Path) -> dict[str, str]:
    """Files below a folder, by path; not the notes of publications."""
    found = {}
    for top, _, names in os.walk(folder):
        for name in names:
            path = os.path.relpath(f"{top}/{name}", folder)
            if not path.startswith(OURS):
                found[path] = Path(top, name).read_text("utf-8")
    return found


def git(*words: str) -> str:
    """Run git; what it said."""
    done = subprocess.run(["git", *words], check=True, capture_output=True, encoding="utf-8")
    return done.stdout
