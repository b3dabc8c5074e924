"""Slugs: names become parts of addresses as in Pelican, and stay apart where names do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pelican.settings import DEFAULT_CONFIG
from pelican.utils import slugify

from microfiche.addresses import astray
from microfiche.settings import Slugs
from microfiche.slugs import LIMIT, Slugger

RULES = tuple(DEFAULT_CONFIG["SLUG_REGEX_SUBSTITUTIONS"])


def slugger(**changed: Any) -> Slugger:
    """A slugger by Pelican's default rules, but for what is stated."""
    kinds = dict.fromkeys(("slug", "tag", "section", "byline", "story"), RULES)
    rules: dict[str, Any] = {"rules": kinds, "preserve_case": False, "use_unicode": False}
    return Slugger(Slugs(**rules | changed))


SLUGGER = slugger()


@given(st.from_regex(r"[^<>&+#]{0,60}", fullmatch=True))
def test_titles_get_pelicans_slugs(title: str) -> None:
    """So that an existing site keeps its addresses."""
    assert SLUGGER.title(title) == slugify(title, regex_subs=RULES)


@given(st.text(max_size=400), st.sampled_from(["tag", "section", "byline", "story"]))
def test_a_terms_slug_is_a_safe_part_of_a_path_or_empty(label: str, kind: str) -> None:
    """An empty one is an error that its story reports."""
    slug = SLUGGER.term(kind, label)
    assert "/" not in slug
    assert not slug or not astray(slug)


@given(st.text(max_size=2000))
def test_a_titles_slug_keeps_within_the_limit(title: str) -> None:
    """A headline of eighty words is no error: its slug ends with a whole word."""
    slug = SLUGGER.title(title)
    assert len(slug.encode()) <= LIMIT
    assert slug == slugify(title.replace("<", " "), regex_subs=RULES)[: len(slug)]


@given(st.text("äあ-", min_size=100, max_size=400))
def test_a_slug_is_cut_between_characters(title: str) -> None:
    """Also where a character has several bytes."""
    slug = slugger(use_unicode=True).title(title)
    assert len(slug.encode()) <= LIMIT


def test_a_long_slug_ends_with_a_whole_word() -> None:
    """Half a word would look like a mistake."""
    slug = SLUGGER.title("word " * 80)
    assert slug == "-".join(["word"] * 30)


def test_signs_that_part_names_are_spelt_out() -> None:
    """C, C++ and C# are three languages."""
    assert SLUGGER.term("tag", "C") == "c"
    assert SLUGGER.term("tag", "C++") == "c-plus-plus"
    assert SLUGGER.term("tag", "C#") == "c-sharp"


@pytest.mark.parametrize("other", ["russia", "RUSSIA", " Russia ", "Russia!", "Rússia"])
def test_spellings_of_one_name_fall_together(other: str) -> None:
    """What differs in case, accent or punctuation alone is one term."""
    assert SLUGGER.term("tag", other) == SLUGGER.term("tag", "Russia")


@pytest.mark.parametrize("label", ["???", "🎉", "..", ".", "/", "-", "\u202e", "&amp"])
def test_a_name_without_letters_gives_no_slug(label: str) -> None:
    """Its story says so; it does not become tag/.html."""
    assert SLUGGER.term("tag", label) == ""


def test_what_follows_a_less_than_sign_is_kept() -> None:
    """Pelican takes it for markup and drops it."""
    assert SLUGGER.term("tag", "a <b") == "a-b"


def test_the_owners_rules_count_for_each_kind_of_name() -> None:
    """TAG_REGEX_SUBSTITUTIONS speaks of tags alone."""
    rules = dict.fromkeys(("slug", "section", "byline", "story"), RULES)
    own = slugger(rules={**rules, "tag": (("o", "0"),)})
    assert own.term("tag", "foo") == "f00"
    assert own.term("section", "foo") == "foo"


def test_letters_of_other_scripts_are_kept_if_the_owner_says_so() -> None:
    """SLUGIFY_USE_UNICODE and SLUGIFY_PRESERVE_CASE as in Pelican."""
    assert SLUGGER.title("Київ") == "kiyiv"
    assert slugger(use_unicode=True).title("Київ") == "київ"
    assert slugger(preserve_case=True).title("NASA news") == "NASA-news"
