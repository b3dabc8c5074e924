"""``s3:BUCKET/PREFIX``: S3-compatible object storage.

The place and the credentials are stated as for every program of that kind: in the environment
(``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_REGION``, ``AWS_ENDPOINT_URL`` …), or in
the files ``~/.aws/credentials`` and ``~/.aws/config``.
"""

from __future__ import annotations

import configparser
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from microfiche.errors import Problem, TargetError
from microfiche.publish.manifest import Entry
from microfiche.publish.targets.mirror import Found, Mirror, Overtaken, digest_of
from microfiche.publish.targets.target import ADOPT, Advance, Surroundings, refused

if TYPE_CHECKING:
    from obstore.store import S3Config, S3Store

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
_AT_ONCE = 16
"""Requests under way at the same time."""
_PARTS = 64 * 1024 * 1024
"""Bytes from which a file is sent in parts."""
_IDENTITIES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
_FILES = {
    "aws_access_key_id": "access_key_id",
    "aws_secret_access_key": "secret_access_key",
    "aws_session_token": "session_token",
    "region": "region",
    "endpoint_url": "endpoint",
}
"""What the files of a user's settings call things, and what the library does."""
_NOTES = {"Content-Type": "application/octet-stream", "Cache-Control": "no-store"}


def target(name: str, place: str, around: Surroundings) -> Mirror:
    """The bucket, and the folder in it, that a text names.

    Raises:
        TargetError: for what is no bucket, or when the library or credentials are missing.
    """
    bucket, _, prefix = place.partition("/")
    prefix = prefix.strip("/")
    if not _BUCKET.fullmatch(bucket):
        raise refused(
            name, f"{bucket} is no name of a bucket", "write s3:BUCKET or s3:BUCKET/PREFIX"
        )
    if not {"", ".", ".."}.isdisjoint(prefix.split("/")) and prefix:
        raise refused(name, f"{prefix} is no prefix", "write s3:BUCKET/PREFIX")
    remote = S3(name, _store(name, bucket, prefix), around.public)
    return Mirror(name, remote, around.state / "journals" / digest_of(name.encode())[:16])


def _store(name: str, bucket: str, prefix: str) -> S3Store:
    try:
        from obstore.store import S3Store
    except ModuleNotFoundError:
        what = "object storage needs a library that is not installed"
        raise refused(name, what, "pip install 'microfiche[s3]'") from None
    stated = _of_files()
    if not any(os.environ.get(each) for each in _IDENTITIES) and "access_key_id" not in stated:
        what = "there are no credentials"
        remedy = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write ~/.aws/credentials"
        raise refused(name, what, remedy)
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    endpoint = endpoint or stated.pop("endpoint", None)
    config: S3Config = {}
    config.update(stated)  # type: ignore[typeddict-item]  # its keys are those of _FILES
    if endpoint:
        config["endpoint"] = endpoint
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=config,
        client_options={
            "allow_http": bool(endpoint and endpoint.startswith("http:")),
            "connect_timeout": timedelta(seconds=20),
            "timeout": timedelta(minutes=10),
        },
        retry_config={"max_retries": 3, "retry_timeout": timedelta(minutes=1)},
    )


def _of_files() -> dict[str, str]:
    """What the files of a user's settings say of the profile in ``AWS_PROFILE``, or the default."""
    profile = os.environ.get("AWS_PROFILE") or "default"
    home = Path("~/.aws").expanduser()
    found: dict[str, str] = {}
    for variable, file, section in (
        ("AWS_CONFIG_FILE", "config", profile if profile == "default" else f"profile {profile}"),
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials", profile),
    ):
        parser = configparser.RawConfigParser()
        try:
            parser.read(os.environ.get(variable) or home / file, "utf-8")
        except (configparser.Error, OSError, UnicodeDecodeError):
            continue
        if parser.has_section(section):
            found |= {_FILES[key]: value for key, value in parser.items(section) if key in _FILES}
    if os.environ.get("AWS_ACCESS_KEY_ID"):
        for key in ("access_key_id", "secret_access_key", "session_token"):
            found.pop(key, None)
    if os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"):
        found.pop("region", None)
    return found


class S3:
    """A bucket, or a folder in one; see ``Remote`` for what its methods do."""

    heeds_headers = True

    def __init__(self, name: str, store: S3Store, public: Path) -> None:
        self._name = name
        self._store = store
        self._public = public
        self._threads = ThreadPoolExecutor(_AT_ONCE)

    def read(self, path: str) -> Found | None:
        """An object of the journal."""
        with self._refusals("reading what was published last"):
            try:
                answer = self._store.get(path)
            except FileNotFoundError:
                return None
            return Found(bytes(answer.bytes()), answer.meta["e_tag"] or "")

    def write(self, path: str, data: bytes) -> None:
        """Write a note."""
        with self._refusals("noting what is published"):
            self._store.put(path, data, attributes=dict(_NOTES))

    def exchange(self, path: str, data: bytes, version: str) -> str:
        """Write the head on the condition that it is as it was (If-Match, If-None-Match)."""
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        with self._refusals("noting who publishes"):
            try:
                done = self._store.put(
                    path,
                    data,
                    attributes=dict(_NOTES),
                    mode={"e_tag": version} if version else "create",
                )
            except (AlreadyExistsError, PreconditionError):
                return self._settled(path, data)
            return done["e_tag"] or ""

    def _settled(self, path: str, data: bytes) -> str:
        """The version of a head that is ours after all: an answer got lost, and we asked again."""
        found = self.read(path)
        if not found or found.data != data:
            raise Overtaken
        return found.version

    def foreign(self, entries: Sequence[Entry], *, first: bool) -> list[str]:
        """Paths at which there is an object with other bytes."""
        with self._refusals("looking at what stands there"):
            if first:
                stored = dict(self._listed())
                there = [(entry, stored[e]) for entry in entries if (e := entry.path) in stored]
            else:
                heads = self._threads.map(self._tag, (entry.path for entry in entries))
                there = [(e, tag) for e, tag in zip(entries, heads, strict=True) if tag]
            return [entry.path for entry, tag in there if not self._alike(entry, tag)]

    def _listed(self) -> Iterator[tuple[str, str]]:
        for batch in self._store.list(chunk_size=1000):
            yield from ((each["path"], each["e_tag"] or "-") for each in batch)

    def _tag(self, path: str) -> str:
        try:
            return self._store.head(path)["e_tag"] or "-"
        except FileNotFoundError:
            return ""

    def _alike(self, entry: Entry, tag: str) -> bool:
        """Whether an object has a file's bytes; where the tag does not tell, it has not."""
        with open(self._public / entry.path, "rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
        return tag.strip('"') == digest.hexdigest()

    def put(self, entries: Sequence[Entry], advance: Advance, *, guarded: bool) -> None:
        """Send files, several at once."""
        with self._refusals("sending files"):
            for _ in self._threads.map(self._guard if guarded else self._send, entries):
                advance(1)

    def _send(self, entry: Entry, mode: str = "overwrite") -> None:
        self._store.put(
            entry.path,
            self._public / entry.path,
            attributes={"Content-Type": entry.content_type, "Cache-Control": entry.cache_control},
            mode="create" if mode == "create" else "overwrite",
            use_multipart=None if entry.size > _PARTS and mode == "overwrite" else False,
        )

    def _guard(self, entry: Entry) -> None:
        """Send a file where nothing is to stand, or what has its bytes already."""
        from obstore.exceptions import AlreadyExistsError

        try:
            self._send(entry, "create")
        except AlreadyExistsError:
            if not self._alike(entry, self._tag(entry.path)):
                what = "somebody else has put it there in the meantime"
                where = f"{self._name}/{entry.path}"
                raise TargetError([Problem(where, 0, what, ADOPT, inside=False)]) from None
            self._send(entry)

    def remove(self, paths: Sequence[str], folders: Sequence[str]) -> None:
        """Remove objects; there are no folders."""
        with self._refusals("removing files"):
            self._store.delete(list(paths))

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(cancel_futures=True)

    @contextmanager
    def _refusals(self, doing: str) -> Iterator[None]:
        """Say in words what the library reports."""
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, FileNotFoundError) as error:
            meaning, remedy = _meaning(error)
            said = " ".join(str(error).partition("Debug source")[0].split())[:_SAID]
            what = f"{doing} failed, for {meaning}: {said}"
            raise refused(self._name, what, remedy) from error


_SAID = 300
_MEANINGS = (
    ("<Code>NoSuchBucket<", "there is no such bucket", "create it, or correct its name"),
    ("<Code>InvalidAccessKeyId<", "the key is not known", "correct AWS_ACCESS_KEY_ID"),
    ("<Code>SignatureDoesNotMatch<", "the secret is not the key's", "correct the secret key"),
    ("<Code>ExpiredToken<", "the credentials have expired", "get new ones"),
    ("<Code>NotImplemented<", "it knows no conditional writes", "publish by rclone: instead"),
    ("http://169.254.", "there are no credentials", "set AWS_ACCESS_KEY_ID and its secret"),
    ("dns error", "its name is known to nobody", "correct AWS_ENDPOINT_URL or AWS_REGION"),
    (
        "error sending request",
        "it cannot be reached",
        "look at AWS_ENDPOINT_URL, and whether the way is open",
    ),
)
"""What a message holds, what is meant by it, and what to do."""


def _meaning(error: Exception) -> tuple[str, str]:
    from obstore.exceptions import PermissionDeniedError, UnauthenticatedError

    for sign, meaning, remedy in _MEANINGS:
        if sign in str(error):
            return meaning, remedy
    if isinstance(error, PermissionDeniedError | UnauthenticatedError):
        return "it is not allowed", "let the key list, read, write and delete there"
    return "it was refused", "mend it, and publish again"
