"""Stories as lists need them, from the form in which the catalog keeps them."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from microfiche.records import Brief

# A story stands in a dozen lists, which ask for it within a short time.
decode_brief = lru_cache(maxsize=16384)(msgspec.msgpack.Decoder(Brief).decode)
