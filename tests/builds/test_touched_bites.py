"""The scripts of edits bite: a page kind that names too few pages is found out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pelican.settings import read_settings

import microfiche
from microfiche import pages, render
from microfiche.catalog import Catalog
from microfiche.catalog.almanac import Almanac
from microfiche.hooks import orders_for
from microfiche.pages.kind import PageKind
from microfiche.records import Claim
from tests.builds.differential import Machine, Unequal
from tests.builds.edits import Edit

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")

SCRIPT = (
    Edit("add", which=0, how=2),
    Edit("retag", which=4, how=2),
    Edit("running story", which=4, how=3),
    Edit("running story", which=0, how=3),
    Edit("link", which=4, how=1),
    Edit("edit body", which=5, how=2),
    Edit("static", which=0, how=1),
    Edit("add", which=1, how=4),
    Edit("aliases", which=0, how=0),
    Edit("source", which=0, how=4),
    Edit("source", which=3, how=5),
    Edit("source", which=5, how=1),
    Edit("correct", which=3, how=2),
    Edit("translate", which=0),
    Edit("translate", which=2),
    Edit("add", which=2, how=13),
    Edit("save as", which=0, how=4),
)
"""A story comes, gets tags, a running story and an attachment; a page and a picture change;
another story comes on a date that no year had one on; one gets former addresses; stories get
sources and a correction; two are translated into a language that has a front page then; one comes
on the day before the build, and one is saved where the robots look.
"""

TURNING = (Edit("time", how=2),)
"""Nothing happens but that the day is one on which earlier years have stories."""

THEME_ONLY = {"style", "theme", "api description"}
"""Kinds that no story touches: a change of the theme or of a setting has all pages planned."""

FILE_ONLY = {"_headers", "nginx server"}
"""Kinds that only a file of the archive's own with their name touches."""


def kinds() -> dict[str, type[PageKind]]:
    """Every page kind's class by the kind's name."""
    conf = {
        "PATH": microfiche.THEME,
        "OUTPUT_PATH": "output",
        "THEME": microfiche.THEME,
        "TIMEZONE": "UTC",
    }
    settings = orders_for(read_settings(override=conf)).settings
    return {kind.name: type(kind) for kind in pages.kinds(settings, render.make_theme(settings))}


KINDS = kinds()


def test_the_script_is_sound(tmp_path: Path) -> None:
    """With nothing taken away, every build of it is exact."""
    Machine(tmp_path / "archive").run(SCRIPT)


@pytest.mark.parametrize("name", sorted(KINDS.keys() - THEME_ONLY - FILE_ONLY))
def test_a_kind_that_names_no_page_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """With what one kind says is touched taken away, a build is not exact."""
    names = KINDS[name].touched

    def touched(self: PageKind, catalog: Catalog) -> Iterator[Claim]:
        return iter(()) if self.name == name else names(self, catalog)

    monkeypatch.setattr(KINDS[name], "touched", touched)
    machine = Machine(tmp_path / "archive")
    with pytest.raises(Unequal):
        machine.run(SCRIPT)


def test_a_front_page_that_misses_the_day_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It shows what happened on the day of the build: a new day is a change of its own."""
    Machine(tmp_path / "sound").run(TURNING)
    monkeypatch.setattr(Almanac, "turned", lambda _: False)
    with pytest.raises(Unequal):
        Machine(tmp_path / "archive").run(TURNING)


@pytest.mark.parametrize("name", sorted(THEME_ONLY))
def test_no_story_touches_the_theme(name: str) -> None:
    """The kinds left out above name no page whatever changed."""
    assert name in KINDS
