"""Stories from the form in which the catalog keeps them: whole, or as lists need them."""

from __future__ import annotations

import sqlite3
from functools import lru_cache
from typing import NamedTuple

import msgspec

from microfiche.bodies import Body
from microfiche.records import Brief, Story

BODY = "pack, offset, length, digest"

decode_story = msgspec.msgpack.Decoder(Story).decode

# A story stands in a dozen lists, which ask for it within a short time.
decode_brief = lru_cache(maxsize=16384)(msgspec.msgpack.Decoder(Brief).decode)


class StoryRow(NamedTuple):
    """A published story or page with the place of its body."""

    story: Story
    body: Body


def briefs(db: sqlite3.Connection, sql: str, values: tuple[object, ...]) -> list[Brief]:
    """Stories as lists need them, by a query for ``brief``."""
    return [decode_brief(row[0]) for row in db.execute(sql, values)]


def with_bodies(db: sqlite3.Connection, sql: str, values: tuple[object, ...]) -> list[StoryRow]:
    """Stories with their bodies, by a query for ``head`` and ``BODY``."""
    return [StoryRow(decode_story(row[0]), Body(*row[1:])) for row in db.execute(sql, values)]
