"""Release manifests: their text, what is refused, and the difference between two."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microfiche.publish.manifest import (
    STAGES,
    Difference,
    Entry,
    ManifestError,
    Release,
    difference,
)
from microfiche.records import Stage


def entry(
    path: str, data: str = "", stage: Stage = Stage.PAGES, cache: str = "max-age=300"
) -> Entry:
    """A file of a release that holds ``data``."""
    digest = hashlib.sha256(data.encode()).hexdigest()
    return Entry(path, len(data), digest, "text/html; charset=utf-8", cache, stage)


PATHS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="/\\\u2028\u2029"
    ),
    min_size=1,
).filter(lambda name: name not in (".", ".."))
ENTRIES = st.builds(
    entry,
    st.lists(PATHS, min_size=1, max_size=3).map("/".join),
    st.sampled_from("abcd"),
    st.sampled_from(STAGES),
)
RELEASES = st.lists(ENTRIES, unique_by=lambda each: each.path, max_size=12)


@given(RELEASES)
def test_a_release_is_read_as_it_was_written(entries: list[Entry]) -> None:
    """Whatever the names, the entries come back, sorted by the bytes of their paths."""
    release = Release.read(Release.of(entries).text)
    assert list(release) == sorted(entries, key=lambda each: each.path.encode())
    assert len(release) == len(entries)


@given(RELEASES)
def test_the_same_files_have_the_same_text(entries: list[Entry]) -> None:
    """The text does not depend on the order in which the entries come."""
    assert Release.of(entries) == Release.of(reversed(entries))
    assert Release.of(entries).digest == Release.of(reversed(entries)).digest


@given(RELEASES, st.data())
def test_a_text_that_was_cut_short_is_refused(entries: list[Entry], data: st.DataObject) -> None:
    """Wherever it was cut, so that half a manifest is never taken for the whole."""
    text = Release.of(entries).text
    cut = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(ManifestError):
        Release.read(text[:cut])


GOOD = Release.of([entry("a.html", "a"), entry("b.html", "b")]).text


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"release 1", b"release 2", "begin"),
        (b"a.html", b"../a.html", "line 2"),
        (b"a.html", b"/etc/passwd", "line 2"),
        (b"a.html", b"c.html", "line 3 is out of order"),
        (b"a.html", b"b.html", "line 3 is out of order"),
        (b"a.html", b"\xff.html", "UTF-8"),
        (b"\t1\t", b"\t-1\t", "line 2"),
        (b"pages", b"later", "line 2"),
        (b"# 2 files", b"# 3 files", "cut short"),
        (b"b.html", b"b.html\nc.html", "cut short"),
    ],
)
def test_what_is_no_manifest_is_refused(old: bytes, new: bytes, said: str) -> None:
    """The words say where the text is wrong; nothing leads out of the site's root."""
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    with pytest.raises(ManifestError, match=said):
        Release.read(text)


def test_the_difference_says_what_became_of_each_file() -> None:
    """Added, changed, removed, and moved where the same bytes stand at another path."""
    before = Release.of([entry("a", "1"), entry("b", "2"), entry("c", "3"), entry("d", "4")])
    after = Release.of([entry("a", "1"), entry("b", "5"), entry("e", "3"), entry("f", "6")])
    found = difference(before, after)
    assert found.text() == "added\tf\nchanged\tb\nmoved\tc\te\nremoved\td\n"
    assert found.summary() == "1 added, 1 changed, 1 removed, 1 moved"


def test_without_a_release_before_all_is_added() -> None:
    """A first publication puts every file."""
    found = difference(None, Release.of([entry("a"), entry("b")]))
    assert [each.path for each in found.added] == ["a", "b"]
    assert not difference(Release.of([]), Release.of([]))


def test_a_file_of_another_policy_has_changed() -> None:
    """Its bytes are the same, but a host has to be told."""
    found = difference(Release.of([entry("a")]), Release.of([entry("a", cache="no-store")]))
    assert [pair.after.cache_control for pair in found.changed] == ["no-store"]


def test_puts_go_by_stages_and_removals_against_them() -> None:
    """Nothing leads to what is not there yet, or there no more."""
    stages = dict(zip("dcba", STAGES, strict=True))
    release = Release.of(entry(path, path, stage) for path, stage in stages.items())
    assert [each.path for each in difference(None, release).puts()] == list("dcba")
    assert [each.path for each in difference(release, Release.of([])).removals()] == list("abcd")


def test_what_is_new_is_put_before_what_leads_to_it() -> None:
    """A story of a new day is led to by older ones: the day's page is there before they are."""
    older, day, month = "2024/1.html", "2024/2/index.html", "2024/index.html"
    before = Release.of([entry(older, "1"), entry(month, "1", Stage.LISTS)])
    after = Release.of(
        [
            entry(older, "2"),
            entry("2024/2.html"),
            entry(day, "", Stage.LISTS),
            entry(month, "2", Stage.LISTS),
            entry("style.css", "", Stage.ASSETS),
        ]
    )
    puts = [each.path for each in difference(before, after).puts()]
    assert puts == ["style.css", "2024/2.html", day, older, month]


@given(RELEASES, RELEASES)
def test_a_difference_leads_from_one_release_to_the_other(
    before: list[Entry], after: list[Entry]
) -> None:
    """Puts, then removals, make the one of the other, and touch nothing that is the same."""
    found = difference(Release.of(before), Release.of(after))
    site = {each.path: each for each in before}
    touched = set(_touched(found, site))
    assert site == {each.path: each for each in after}
    assert touched.isdisjoint(set(before) & set(after))


def _touched(found: Difference, site: dict[str, Entry]) -> Iterator[Entry]:
    for each in found.puts():
        site[each.path] = each
        yield each
    for each in found.removals():
        yield site.pop(each.path)
