"""What the header of a picture tells, and what is said of one that is not what it seems."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from microfiche.pictures import is_picture, look
from microfiche.records import PictureFacts
from tests.conftest import said
from tests.photographs import grain, photograph, saved

SVG = '<svg xmlns="http://www.w3.org/2000/svg"{}><rect width="9" height="9"/></svg>'


def facts_of(folder: Path, name: str, data: bytes) -> PictureFacts | None:
    """What a file of this name and content is, which has to be sound."""
    (folder / name).write_bytes(data)
    facts, problems = look(folder / name, name)
    assert problems == ()
    return facts


def doubts(folder: Path, name: str, data: bytes) -> list[str]:
    """What is said of such a file."""
    (folder / name).write_bytes(data)
    problems = look(folder / name, name)[1]
    assert said(problems) == []
    return [problem.what for problem in problems]


@pytest.mark.parametrize(
    ("name", "kind", "mime"),
    [
        ("a.jpg", "JPEG", "image/jpeg"),
        ("a.JPEG", "JPEG", "image/jpeg"),
        ("a.png", "PNG", "image/png"),
        ("a.gif", "GIF", "image/gif"),
        ("a.webp", "WEBP", "image/webp"),
        ("a.avif", "AVIF", "image/avif"),
    ],
)
def test_a_picture_has_a_type_and_a_size(tmp_path: Path, name: str, kind: str, mime: str) -> None:
    """Every format that browsers show is known."""
    assert is_picture(name)
    assert facts_of(tmp_path, name, photograph("", kind)) == PictureFacts(mime, 40, 30, still=True)


@pytest.mark.parametrize("name", ["a.pdf", "jpg", "a.svgz", "a.tiff", "png/a"])
def test_other_files_are_not_looked_into(name: str) -> None:
    """The name says so."""
    assert not is_picture(name)


@pytest.mark.parametrize("turn", range(1, 9))
def test_the_size_is_that_of_the_picture_as_it_is_held(tmp_path: Path, turn: int) -> None:
    """Exif turns some pictures onto their side."""
    exif = Image.Exif()
    exif[0x0112] = turn
    facts = facts_of(tmp_path, "a.jpg", saved(grain("", (40, 30)), "JPEG", exif=exif))
    assert facts
    assert (facts.width, facts.height) == ((40, 30) if turn < 5 else (30, 40))


@pytest.mark.parametrize(("name", "kind"), [("a.gif", "GIF"), ("a.webp", "WEBP"), ("a.png", "PNG")])
def test_what_moves_is_not_still(tmp_path: Path, name: str, kind: str) -> None:
    """An animation is published as it is."""
    frames = [grain(str(number), (40, 30)) for number in range(3)]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:])
    facts = facts_of(tmp_path, name, data)
    assert facts
    assert not facts.still


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        (' width="640" height="400"', (640, 400)),
        (" width='640px' height='400.4'", (640, 400)),
        (' viewBox="0 0 320 200"', (320, 200)),
        (' viewBox="-1,-1, 320.4,200"', (320, 200)),
        (' width="640" viewBox="0 0 320 200"', (640, 400)),
        (' height="400" viewBox="0 0 320 200"', (640, 400)),
        (' width="100%" height="100%" viewBox="0 0 320 200"', (320, 200)),
        (' width="100%"', (0, 0)),
        (' viewBox="0 0 0 0"', (0, 0)),
        (' width="9999999999"', (0, 0)),
        (' viewBox="0 0 1..2 3"', (0, 0)),
        (' viewBox="0 0 99999999999 3"', (0, 0)),
        ("", (0, 0)),
    ],
)
def test_the_size_of_a_drawing_stands_in_its_root(
    tmp_path: Path, attributes: str, size: tuple[int, int]
) -> None:
    """SVG: width and height, or the proportions of the view box."""
    text = '<?xml version="1.0"?>\n<!-- <svg width="1" height="1"> -->\n' + SVG.format(attributes)
    facts = facts_of(tmp_path, "a.svg", text.encode())
    assert facts == PictureFacts("image/svg+xml", *size, still=False)


@pytest.mark.parametrize(
    ("name", "data", "types"),
    [
        ("a.jpg", photograph("", "PNG"), "image/png, though its name says image/jpeg"),
        ("a.png", photograph("", "WEBP"), "image/webp, though its name says image/png"),
    ],
)
def test_a_wrong_ending_is_told(tmp_path: Path, name: str, data: bytes, types: str) -> None:
    """The picture is used all the same: browsers look into the file."""
    assert doubts(tmp_path, name, data) == [f"the picture is {types}"]
    assert look(tmp_path / name, name)[0]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jpg", b""),
        ("a.jpg", b"<html>not found</html>"),
        ("a.jpg", photograph("", "JPEG")[:20]),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\xff" * 40),
        ("a.gif", b"GIF89a"),
        ("a.webp", b"RIFF\xff\xff\xff\xffWEBPVP8 "),
        ("a.avif", b"\0\0\0\x20ftypavif" + b"\0" * 40),
        ("a.jpg", saved(grain("", (4, 3)), "TIFF")),
        ("a.svg", b"<html></html>"),
        ("a.svg", photograph()),
    ],
)
def test_what_is_no_picture_is_told(tmp_path: Path, name: str, data: bytes) -> None:
    """Whatever it holds, nothing is raised."""
    (what,) = doubts(tmp_path, name, data)
    assert what.startswith("the file is no picture that can be read")
    assert look(tmp_path / name, name)[0] is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_position_in_a_picture_is_told(tmp_path: Path, kind: str) -> None:
    """Whoever saves the picture knows where its source was."""
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    data = saved(grain("", (40, 30)), kind, exif=exif.tobytes())
    (what,) = doubts(tmp_path, f"a.{kind.lower()}", data)
    assert what == "the picture says where it was taken (GPS), to everyone who saves it"
