"""What is made of pictures: how wide, in which formats, in which colours, and what is left out."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageDraw

from microfiche import imaging
from microfiche.catalog.pictures import Exposure
from microfiche.imaging import Recipe, Unmakeable, make
from microfiche.pictures import look
from microfiche.records import Made
from microfiche.settings import PictureSettings
from tests.photographs import grain, photograph, saved

FORMATS = ("avif", "webp")


def recipe(*widths: int, formats: tuple[str, ...] = FORMATS) -> Recipe:
    """A recipe of these widths."""
    return Recipe(PictureSettings(widths, formats))


def made(folder: Path, name: str, data: bytes, made_by: Recipe) -> list[tuple[Made, bytes]]:
    """What is made of a file."""
    (folder / name).write_bytes(data)
    facts, _ = look(folder / name, name)
    assert facts
    return make(folder / name, Exposure(b"", name, facts), made_by)


def kinds(found: list[tuple[Made, bytes]]) -> list[tuple[str, int]]:
    """Formats and widths."""
    return [(each.type.removeprefix("image/"), each.width) for each, _ in found]


def opened(found: list[tuple[Made, bytes]], kind: str) -> Image.Image:
    """The widest rendition of a format, which is what is said of it."""
    said, data = [each for each in found if each[0].type == f"image/{kind}"][-1]
    picture = Image.open(BytesIO(data))
    assert (said.width, said.height, said.size) == (*picture.size, len(data))
    assert picture.get_format_mimetype() == said.type
    return picture


def drawing(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    """A picture of lines and areas."""
    picture = Image.new(mode, size)
    pen = ImageDraw.Draw(picture)
    for at in range(0, size[0], 8):
        pen.rectangle(
            (at, 4, at + 3, size[1] - at // 2), fill="#fff" if mode != "RGBA" else "#abc8"
        )
    return picture


@pytest.mark.parametrize(
    ("own", "widths"),
    [
        (4000, (480, 960, 1600)),
        (1600, (480, 960, 1600)),
        (1200, (480, 960, 1200)),
        (1100, (480, 1100)),
        (960, (480, 960)),
        (481, (481,)),
        (480, ()),
        (1, ()),
    ],
)
def test_no_rendition_is_wider_than_the_picture(own: int, widths: tuple[int, ...]) -> None:
    """Its own width is the last where it is not the widest there may be."""
    assert recipe(480, 960, 1600).widths(own) == widths


def test_without_widths_nothing_is_made(tmp_path: Path) -> None:
    """An owner may do without."""
    assert not recipe()
    assert made(tmp_path, "a.jpg", photograph("", "JPEG"), recipe()) == []


def test_a_photograph_gets_each_format_in_each_width(tmp_path: Path) -> None:
    """And one that every browser knows."""
    found = made(tmp_path, "a.jpg", photograph("", "JPEG", (640, 480)), recipe(80, 160, 320))
    modern = [(kind, width) for kind in FORMATS for width in (80, 160, 320)]
    assert kinds(found) == [*modern, ("jpeg", 160)]
    assert opened(found, "avif").size == (320, 240)
    assert opened(found, "webp").size == (320, 240)
    assert opened(found, "jpeg").info["progressive"]


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    """On every run, in every process."""
    data = photograph("", "JPEG", (160, 120))
    first, second = (made(tmp_path, "a.jpg", data, recipe(40, 80)) for _ in range(2))
    assert first == second


def test_a_small_picture_is_left_as_it_is(tmp_path: Path) -> None:
    """Of a spacer of one pixel too."""
    for size in ((40, 30), (1, 1)):
        assert made(tmp_path, "a.png", photograph("", "PNG", size), recipe(40, 80)) == []


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_what_old_browsers_do_not_know_gets_a_plain_one(tmp_path: Path, kind: str) -> None:
    """However small it is."""
    assert kinds(made(tmp_path, "a.webp", photograph("", kind), recipe(40, 80))) == [("jpeg", 40)]


def test_a_drawing_loses_nothing(tmp_path: Path) -> None:
    """Lines and letters are sharp in WebP as in the file."""
    picture = drawing()
    found = made(tmp_path, "a.png", saved(picture, "PNG", compress_level=0), recipe(32, 64))
    assert {kind for kind, _ in kinds(found)} == {"webp"}
    assert opened(found, "webp").convert("RGB").tobytes() == picture.tobytes()


def test_what_weighs_more_than_the_file_is_left_out(tmp_path: Path) -> None:
    """A palette of two colours is hard to beat."""
    picture = drawing((320, 200), "1")
    assert made(tmp_path, "a.png", saved(picture, "PNG", optimize=True), recipe(160, 319)) == []


def test_what_shows_through_goes_on_to(tmp_path: Path) -> None:
    """Also in the plain one, which is no JPEG then."""
    picture = grain("", (160, 120), "RGBA")
    found = made(tmp_path, "a.png", saved(picture, "PNG"), recipe(40, 80))
    assert {kind for kind, _ in kinds(found)} == {"avif", "webp", "png"}
    for kind in ("avif", "webp", "png"):
        assert opened(found, kind).mode == "RGBA"


def test_nothing_but_the_picture_is_in_a_rendition(tmp_path: Path) -> None:
    """No position, no camera, no comment, no profile."""
    exif = Image.Exif()
    exif[0x010F] = "SECRET camera"
    exif.get_ifd(0x8825)[1] = "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options = {"exif": exif, "icc_profile": profile, "comment": "SECRET"}
    data = saved(grain("", (160, 120)), "JPEG", **options)
    for said, written in made(tmp_path, "a.jpg", data, recipe(40, 80)):
        picture = Image.open(BytesIO(written))
        assert b"SECRET" not in written, said
        assert not picture.getexif(), said
        assert not {"icc_profile", "comment", "xmp"} & picture.info.keys(), said


@pytest.mark.parametrize(("turn", "corner"), [(1, 0), (3, 3), (6, 1), (8, 2)])
def test_a_picture_stands_upright(tmp_path: Path, turn: int, corner: int) -> None:
    """As Exif says that it was held; ``corner`` is where the dark one comes to be."""
    picture = Image.new("L", (160, 120), 255)
    picture.paste(0, (0, 0, 80, 60))
    exif = Image.Exif()
    exif[0x0112] = turn
    data = saved(picture, "JPEG", exif=exif, quality=100)
    found = made(tmp_path, "a.jpg", data + b"\0" * 9_000, recipe(30, 60))
    upright = opened(found, "jpeg").convert("L")
    width, height = upright.size
    assert (width > height) == (turn in (1, 3))
    ends = [(x, y) for y in (4, height - 5) for x in (4, width - 5)]
    levels = [upright.crop((x, y, x + 1, y + 1)).getextrema()[0] for x, y in ends]
    assert levels.index(min(levels)) == corner


def wide_gamut() -> bytes:
    """A profile that is not that of screens: L*a*b*."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("CMYK", {}),
        ("CMYK", {"icc_profile": wide_gamut()}),
        ("L", {}),
        ("RGB", {"icc_profile": b"no profile"}),
        ("RGB", {"icc_profile": wide_gamut()}),
    ],
)
def test_every_photograph_comes_out_in_colours_of_screens(
    tmp_path: Path, mode: str, options: dict[str, Any]
) -> None:
    """A profile that is of no use does no harm."""
    data = saved(grain("", (160, 120), mode), "JPEG", **options)
    found = made(tmp_path, "a.jpg", data, recipe(40, 80))
    assert opened(found, "jpeg").mode in ("L", "RGB")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "I;16", "RGB", "RGBA"])
def test_every_kind_of_png_is_understood(tmp_path: Path, mode: str) -> None:
    """Sixteen bits a channel too."""
    size = (160, 120)
    picture = (
        Image.frombytes("I;16", size, bytes(range(240)) * 160)
        if mode == "I;16"
        else grain("", size).convert("RGBA" if mode == "PA" else mode)
    )
    found = made(tmp_path, "a.png", saved(picture, "PNG", compress_level=0), recipe(40, 80))
    assert {width for _, width in kinds(found)} == {40, 80}


def test_grey_of_sixteen_bits_keeps_its_levels(tmp_path: Path) -> None:
    """Halfway stays halfway."""
    picture = Image.new("I;16", (160, 120), 32_768)
    found = made(tmp_path, "a.png", saved(picture, "PNG", compress_level=0), recipe(40, 80))
    levels = opened(found, "webp").convert("L").getextrema()
    assert levels == (128, 128)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
def test_a_picture_that_is_cut_off_is_told(tmp_path: Path, kind: str) -> None:
    """Its header is sound, so it is only found when it is decoded."""
    data = photograph("", kind, (160, 120))
    with pytest.raises(Unmakeable, match="damaged or cut off"):
        made(tmp_path, f"a.{kind.lower()}", data[: len(data) * 2 // 3], recipe(40, 80))


def test_a_picture_of_too_many_pixels_is_told(tmp_path: Path) -> None:
    """It is not decoded: a small file may hold a picture that fills the memory."""
    data = saved(Image.new("1", (20_000, 20_000)), "PNG")
    assert len(data) < 100_000
    with pytest.raises(Unmakeable, match="has 20,000 × 20,000 pixels"):
        made(tmp_path, "a.png", data, recipe(40, 80))


def test_a_jpeg_of_hundreds_of_scans_is_told(tmp_path: Path) -> None:
    """Each of them would be a pass over the whole picture."""
    data = photograph("", "JPEG", (160, 120)) + b"\xff\xda" * (imaging.SCANS + 1)
    with pytest.raises(Unmakeable, match="built to take long"):
        made(tmp_path, "a.jpg", data, recipe(40, 80))


def test_a_picture_that_takes_too_long_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build must not hang."""

    def spin(*_: object) -> None:
        while True:
            pass

    monkeypatch.setattr(imaging, "SECONDS", 1)
    monkeypatch.setattr(imaging, "decoded", spin)
    with pytest.raises(Unmakeable, match="took more than 1 second"):
        made(tmp_path, "a.jpg", photograph("", "JPEG", (160, 120)), recipe(40, 80))


def test_a_very_tall_picture_goes_without_what_cannot_hold_it(tmp_path: Path) -> None:
    """WebP has sides of at most 16,383 pixels."""
    data = photograph("", "JPEG", (40, 20_000))
    found = made(tmp_path, "a.jpg", data, recipe(16, 39))
    assert ("webp", 39) not in kinds(found)
    assert ("avif", 16) in kinds(found)
