"""From names to addresses: Pelican's slugify, so that an existing site keeps its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from pelican.utils import slugify

from microfiche.settings import Pairs, Slugs

LIMIT = 150
"""Bytes that a slug may have: file systems allow 255 a name, and archives are copied to many."""

_MEANINGFUL = re.compile(r"([+#])")
_SPELT = {"+": " plus ", "#": " sharp "}


class Slugger:
    """Makes slugs by the archive's rules, remembering what it has made.

    ``folded`` is from kind and slug of the vocabulary's other spellings to the slug of the term.
    """

    def __init__(self, slugs: Slugs, folded: Mapping[tuple[str, str], str] | None = None) -> None:
        self._slugs = slugs
        self._folded = folded or {}
        self.spelt = lru_cache(maxsize=65536)(self._spelt)

    def title(self, title: str) -> str:
        """The slug of a story from its title, cut at a word so that it keeps within the limit."""
        return _cut(self._make(title, self._slugs.rules["slug"]))

    def source(self, name: str) -> str:
        """The slug of a publication or document, cut likewise; empty where it has no letters."""
        name = _MEANINGFUL.sub(lambda match: _SPELT[match[1]], name)
        return _cut(self._make(name, self._slugs.rules["slug"])).strip("-")

    def term(self, kind: str, label: str) -> str:
        """The slug of the tag, section, byline or running story that a spelling stands for."""
        slug = self.spelt(kind, label)
        return self._folded.get((kind, slug), slug)

    def _spelt(self, kind: str, label: str) -> str:
        """The slug of a spelling as it stands; ``C``, ``C++`` and ``C#`` differ."""
        label = _MEANINGFUL.sub(lambda match: _SPELT[match[1]], label)
        slug = self._make(label, self._slugs.rules[kind])
        return slug.strip("-")

    def _make(self, text: str, rules: Pairs) -> str:
        slug: str = slugify(
            text.replace("<", " "),  # slugify would take what follows for a tag and drop it
            regex_subs=rules,
            preserve_case=self._slugs.preserve_case,
            use_unicode=self._slugs.use_unicode,
        )
        return slug


def _cut(slug: str) -> str:
    """A slug that keeps within the limit."""
    if len(slug.encode()) <= LIMIT:
        return slug
    cut = slug.encode()[: LIMIT + 1].decode(errors="ignore")
    return cut.rsplit("-", 1)[0] if "-" in cut else cut[:-1]
