"""Renditions of pictures in builds: which there are, where pages name them, what is kept."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pelican.settings import read_settings

from microfiche import imaging, renditions, write
from microfiche.catalog.pictures import Exposure
from microfiche.errors import Severity
from microfiche.hooks import orders_for
from microfiche.imaging import Recipe
from microfiche.report import Report
from microfiche.verify import verify
from tests.conftest import PICTURE, Site
from tests.photographs import photograph

LEAD = {"Image": "images/quay.jpg", "Image_alt": "The quay"}
PAGE = "2024/11/01/story/index.html"
NAME = re.compile(r"renditions/([0-9a-f]{16})-(\d+)\.(avif|webp|jpg|png)")


def quay(subject: str = "quay") -> bytes:
    """A photograph large enough for all widths of these tests."""
    return photograph(subject, "JPEG", (80, 60))


@pytest.fixture
def harbour(site: Site) -> Site:
    """An archive with a story that has a picture."""
    site.conf |= {"ARCHIVE_PICTURE_WIDTHS": [20, 40], "ARCHIVE_PICTURE_FORMATS": ["webp"]}
    site.conf["STATIC_PATHS"] = ["images"]
    site.write("images/quay.jpg", quay())
    site.story(**LEAD)
    return site


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pictures that were decoded, in order."""
    decoded: list[str] = []
    make = imaging.make

    def counting(file: Path, exposure: Exposure, recipe: Recipe) -> Any:
        decoded.append(exposure.path)
        return make(file, exposure, recipe)

    monkeypatch.setattr(renditions, "make", counting)
    return decoded


def named(site: Site) -> list[str]:
    """Every rendition in the output."""
    return [path for path in site.files() if path.startswith("renditions/")]


def told(site: Site, page: str = PAGE) -> set[str]:
    """Every rendition that a page names."""
    return {match[0] for match in NAME.finditer(site.page(page))}


def test_a_picture_is_there_in_every_width(harbour: Site) -> None:
    """Each file is named by a page, and each that a page names is there."""
    harbour.publish()
    found = [match.groups()[1:] for match in map(NAME.fullmatch, named(harbour)) if match]
    assert sorted(found) == [("20", "webp"), ("40", "jpg"), ("40", "webp")]
    assert told(harbour) == set(named(harbour))
    assert told(harbour, "index.html") == set(named(harbour))
    assert harbour.files()["images/quay.jpg"] == quay()


def test_feeds_name_the_plain_one(harbour: Site) -> None:
    """Their readers know no other."""
    harbour.publish()
    (name,) = (path for path in named(harbour) if path.endswith(".jpg"))
    feed = harbour.page("feed.xml")
    assert f'src="https://gazette.example/{name}" alt="The quay" width="80" height="60"' in feed
    assert told(harbour, "feed.xml") == {name}


@pytest.mark.parametrize(
    "markdown",
    [
        "![A]({static}/images/quay.jpg)",
        "![A]({attach}images/quay.jpg)",
        "![A](/images/quay.jpg)",
        "![A](../../../../images/quay.jpg)",
        '<img src="{static}/images/quay.jpg" alt="A">',
        '[![A](/images/quay.jpg "The quay")]({index})',
    ],
)
def test_pictures_in_the_text_are_made_smaller_too(harbour: Site, markdown: str) -> None:
    """However the story names them."""
    harbour.story(body=markdown)
    harbour.publish()
    assert len(named(harbour)) == 3
    assert told(harbour) == set(named(harbour))
    assert 'width="80" height="60"' in harbour.body(PAGE)


def test_a_site_may_stand_below_the_root_of_its_host(harbour: Site) -> None:
    """Its pictures' addresses begin with the path there; others are another site's."""
    harbour.story(body="![A](/images/quay.jpg)")
    harbour.publish(SITEURL="https://e.org/gazette")
    assert told(harbour) == set()
    harbour.story(body="![A](/gazette/images/quay.jpg)")
    harbour.publish(SITEURL="https://e.org/gazette")
    assert told(harbour) == set(named(harbour))


def test_a_picture_that_is_not_published_is_not_made_smaller(harbour: Site) -> None:
    """The address of a file outside STATIC_PATHS leads nowhere."""
    harbour.write("2024/quay.jpg", quay("other"))
    harbour.story(body="![A](/2024/quay.jpg)")
    harbour.publish()
    assert named(harbour) == []


def test_addresses_lead_from_the_page_where_they_are_relative(harbour: Site) -> None:
    """RELATIVE_URLS."""
    harbour.publish(RELATIVE_URLS=True)
    assert re.search(
        r'srcset="\.\./\.\./\.\./\.\./renditions/\w+-20\.webp 20w, ', harbour.page(PAGE)
    )


@pytest.mark.parametrize("headers", [{"Status": "draft"}, {"Date": "2030-01-01"}])
def test_pictures_of_unpublished_stories_are_not_made(
    harbour: Site, headers: dict[str, str], counted: list[str]
) -> None:
    """Nothing of them is in the output."""
    harbour.story(**LEAD, **headers)
    harbour.publish()
    assert (named(harbour), counted) == ([], [])


def test_an_embargo_ends_for_the_picture_too(harbour: Site) -> None:
    """Its renditions come with the story, and go with it."""
    harbour.story(**LEAD, Date="2024-12-31")
    harbour.publish(ARCHIVE_AS_OF="2024-06-01")
    assert named(harbour) == []
    harbour.publish()
    assert len(named(harbour)) == 3
    harbour.publish(ARCHIVE_AS_OF="2024-06-01")
    assert named(harbour) == []


def test_another_picture_has_other_addresses(harbour: Site) -> None:
    """What a browser has kept of the former one is never shown for it."""
    harbour.publish()
    before = set(named(harbour))
    harbour.write("images/quay.jpg", quay("another"))
    harbour.publish()
    assert told(harbour) == set(named(harbour))
    assert not before & set(named(harbour))


def test_a_picture_that_moves_keeps_its_renditions(harbour: Site, counted: list[str]) -> None:
    """They are named by what the file holds."""
    harbour.publish()
    before = named(harbour)
    (harbour.content / "images/quay.jpg").rename(harbour.content / "images/pier.jpg")
    harbour.story(**{**LEAD, "Image": "images/pier.jpg"})
    assert harbour.publish().counts
    assert named(harbour) == before
    assert counted == ["images/quay.jpg"]


def test_two_files_of_one_picture_share_renditions(harbour: Site, counted: list[str]) -> None:
    """And keep them when one goes."""
    harbour.write("images/pier.jpg", quay())
    harbour.story("pier.md", Image="images/pier.jpg", Image_alt="The pier")
    harbour.publish()
    assert len(named(harbour)) == 3
    assert counted == ["images/pier.jpg"]
    (harbour.content / "pier.md").unlink()
    (harbour.content / "images/pier.jpg").unlink()
    harbour.publish()
    assert told(harbour) == set(named(harbour))
    assert len(named(harbour)) == 3


def test_nothing_is_decoded_twice(harbour: Site, counted: list[str]) -> None:
    """Not when the story changes, nor the theme, nor when the output is gone, nor the catalog."""
    harbour.publish()
    first = harbour.files()
    harbour.story(body="Ships wait no more.", **LEAD)
    harbour.publish()
    harbour.publish(SITENAME="Courier")
    for path in (harbour.output, harbour.output.parent / ".microfiche/output/catalog.sqlite"):
        path.rename(path.with_name("gone"))
        harbour.story(**LEAD)
        harbour.publish()
        (path.parent / "gone").rename(path.parent / f"gone from {path.name}")
        assert harbour.files() == first
    assert counted == ["images/quay.jpg"]


def test_other_widths_are_made_anew(harbour: Site, counted: list[str]) -> None:
    """The owner's settings are part of the recipe."""
    harbour.publish()
    harbour.publish(ARCHIVE_PICTURE_WIDTHS=[30])
    assert {path.rsplit("-", 1)[1] for path in named(harbour)} == {"30.webp", "30.jpg"}
    assert len(counted) == 2


def test_other_codecs_make_pictures_anew(
    harbour: Site, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their bytes may differ, and a build must be what a clean one is; addresses stay."""
    harbour.publish()
    before = named(harbour)
    monkeypatch.setattr(renditions, "codecs", lambda: "pillow 99")
    harbour.publish()
    assert named(harbour) == before
    assert len(counted) == 2


def test_an_owner_may_do_without(harbour: Site, counted: list[str]) -> None:
    """Pictures are published as they are then, with their size."""
    harbour.publish()
    harbour.publish(ARCHIVE_PICTURE_WIDTHS=[])
    assert named(harbour) == []
    assert 'src="/images/quay.jpg" alt="The quay" width="80" height="60"' in harbour.page(PAGE)
    assert len(counted) == 1


def test_what_was_made_is_kept_when_a_build_is_refused(
    harbour: Site, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next goes on where it was."""

    def refused(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(write, "check_place", refused)
        harbour.output.mkdir()
        assert harbour.build().counts is None
    harbour.publish()
    assert counted == ["images/quay.jpg"]


def test_pictures_wait_while_a_story_is_broken(harbour: Site, counted: list[str]) -> None:
    """Who has to mend a story is not kept waiting for an hour of pictures."""
    harbour.story("broken.md", Date="soon")
    assert harbour.refuse()
    assert counted == []
    assert harbour.build(ARCHIVE_KEEP_GOING=True).counts
    assert counted == ["images/quay.jpg"]


def test_what_is_kept_and_damaged_is_made_anew(harbour: Site, counted: list[str]) -> None:
    """A flipped bit reaches no reader; nor does a file that is no entry at all."""
    harbour.publish()
    first = harbour.files()
    kept = harbour.output.parent / ".microfiche/output/pictures"
    (entry,) = (path for path in kept.rglob("*") if path.is_file())
    whole = entry.read_bytes()
    for data in (whole[:-1] + bytes([whole[-1] ^ 1]), b"", whole[:40]):
        entry.write_bytes(data)
        for path in named(harbour):
            (harbour.output / path).unlink()
        harbour.publish()
        assert harbour.files() == first
    assert len(counted) == 4


def test_what_nobody_needs_is_not_kept_for_ever(harbour: Site) -> None:
    """A build that looks over everything clears up."""
    harbour.publish()
    kept = harbour.output.parent / ".microfiche/output/pictures"
    harbour.write("images/quay.jpg", quay("another"))
    harbour.publish(SITENAME="Courier")
    assert sum(path.is_file() for path in kept.rglob("*")) == 1


def test_verifying_makes_nothing_again(harbour: Site, counted: list[str]) -> None:
    """What is kept is used there too; its bytes are checked whenever they are read."""
    harbour.publish()
    orders = orders_for(read_settings(override=harbour.conf))
    assert verify(orders, Report()).sound
    assert counted == ["images/quay.jpg"]


def test_workers_make_the_same(harbour: Site) -> None:
    """However many there are."""
    for number in range(8):
        harbour.write(f"images/{number}.jpg", quay(str(number)))
        harbour.story(f"{number}.md", f"![A](/images/{number}.jpg)")
    harbour.publish()
    alone = harbour.files()
    harbour.conf["OUTPUT_PATH"] = str(harbour.output.with_name("other"))
    harbour.output = harbour.output.with_name("other")
    harbour.publish(ARCHIVE_JOBS=2)
    assert harbour.files() == alone


def test_a_damaged_picture_is_a_warning_while_a_story_shows_it(harbour: Site) -> None:
    """The file itself is published, for browsers may show the part that is there."""
    harbour.write("images/quay.jpg", quay()[:2_000])
    built = harbour.publish()
    warning = (
        "content/images/quay.jpg: warning: the picture is damaged or cut off: nothing smaller is "
        "made of it; replace it by a sound copy"
    )
    assert built.warnings == [warning]
    assert harbour.publish().warnings == [warning]
    assert 'src="/images/quay.jpg"' in harbour.page(PAGE)
    harbour.story()
    assert harbour.publish().warnings == []


def test_a_picture_without_words_is_a_warning(harbour: Site) -> None:
    """In headers and in the text, each with its line."""
    harbour.story(body="![](/images/quay.jpg)", Image="images/quay.jpg")
    header, text = harbour.publish().warnings
    assert header == (
        "content/story.md:3: warning: the picture 'images/quay.jpg' has no text for who cannot see "
        "it; say what it shows: add a line `Image_alt: …`"
    )
    assert text == (
        "content/story.md:5: warning: the picture '/images/quay.jpg' has no text for who cannot "
        "see it; write what it shows: `![…](…)`; or, where it only decorates, "
        '`<img src="…" alt="" role="presentation">`'
    )


def test_a_strict_build_takes_warnings_for_errors(harbour: Site) -> None:
    """All of them, those about decoding too; notes stay notes."""
    harbour.story(Image="images/quay.jpg", Mood="calm")
    (error,) = harbour.refuse(ARCHIVE_STRICT=True)
    assert "error: the picture 'images/quay.jpg' has no text" in error
    harbour.story(**LEAD)
    harbour.write("images/quay.jpg", quay()[:2_000])
    (error,) = harbour.refuse(ARCHIVE_STRICT=True)
    assert "error: the picture is damaged or cut off" in error
    built = harbour.build(ARCHIVE_STRICT=True, ARCHIVE_KEEP_GOING=True)
    assert built.counts
    assert {each.severity for each in built.findings} == {Severity.ERROR}


def test_an_archive_of_drawings_needs_no_decoder(harbour: Site, counted: list[str]) -> None:
    """Their size is put in; they are sharp in any."""
    (harbour.content / "images/quay.jpg").unlink()
    harbour.write("images/quay.svg", PICTURE)
    harbour.story(Image="images/quay.svg", Image_alt="The quay")
    harbour.publish()
    assert (named(harbour), counted) == ([], [])
    assert 'src="/images/quay.svg" alt="The quay" width="4" height="3"' in harbour.page(PAGE)
