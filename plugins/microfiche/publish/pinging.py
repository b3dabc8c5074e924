"""Telling WebSub hubs which feeds changed (W3C Recommendation, section 5; hub.mode=publish).

What each hub was told last lies beside the catalog: the digest of each feed by its address. A hub
that could not be reached is told the next time.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import msgspec

from microfiche.addresses import file
from microfiche.catalog.outputs import Outputs

TIMEOUT = 10
"""Seconds that a hub may take for any step of an answer."""

_MEMORY = "pings.json"
_Told = dict[str, dict[str, str]]
"""By hub: the digest of each feed that it was told of, by the feed's address."""


class PingError(Exception):
    """A hub did not take what it was told; the words say why."""


class _Straight(HTTPRedirectHandler):
    """Follows no redirect: what is posted would get lost on the way."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Nowhere: the answer is an error."""


class Memory:
    """What hubs were told, kept in the folder of what builds know."""

    def __init__(self, state: Path) -> None:
        self._file = state / _MEMORY
        try:
            self._told = msgspec.json.decode(self._file.read_bytes(), type=_Told)
        except (FileNotFoundError, msgspec.MsgspecError):
            self._told = {}

    def news(self, hub: str, feeds: Mapping[str, str]) -> list[str]:
        """The feeds that are other than a hub was told."""
        told = self._told.get(hub, {})
        return [address for address, digest in feeds.items() if told.get(address) != digest]

    def note(self, hub: str, feeds: Mapping[str, str], told: Iterable[str]) -> None:
        """A hub was told of these feeds; what is no more is forgotten."""
        known = {at: how for at, how in self._told.get(hub, {}).items() if at in feeds}
        self._told[hub] = {**known, **{address: feeds[address] for address in told}}
        fresh = self._file.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(self._told, order="sorted"))
        os.replace(fresh, self._file)


def feeds_of(state: Path, url: str) -> dict[str, str]:
    """The digests of all feeds of the output, by their whole addresses below ``url``.

    Raises:
        NotBuiltError: when there has been no build.
    """
    outputs = Outputs(state / "catalog.sqlite")
    try:
        return {f"{url}/{file(path).address}": digest for path, digest in outputs.feeds()}
    finally:
        outputs.close()


def ping(hub: str, feeds: Mapping[str, str], memory: Memory) -> int:
    """Tell a hub of each feed that changed since it was told last; how many.

    Raises:
        PingError: at the first that it does not take; those before are remembered.
        OSError: when what it was told cannot be kept.
    """
    told = []
    try:
        for address in memory.news(hub, feeds):
            _announce(hub, address)
            told.append(address)
    finally:
        memory.note(hub, feeds, told)
    return len(told)


def _announce(hub: str, feed: str) -> None:
    """Tell a hub of one feed.

    Raises:
        PingError: when it cannot be reached, or says no.
    """
    body = urlencode({"hub.mode": "publish", "hub.url": feed}).encode()
    request = Request(hub, body, {"User-Agent": "Microfiche"})  # noqa: S310 - settings see to it
    try:
        with build_opener(_Straight).open(request, timeout=TIMEOUT):
            pass
    except HTTPError as error:
        error.close()
        raise PingError(f"it answered {error.code} to {feed}") from None
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise PingError(f"it could not be reached: {reason}") from None
