"""What the first bytes of a picture tell: its type, its size as it is seen, where it was taken.

Only the header is read. Browsers go by what a file holds and not by its name, and so do we.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from microfiche.errors import Problem, Severity
from microfiche.records import PictureFacts

TYPES = {
    "avif": "image/avif",
    "gif": "image/gif",
    "jpe": "image/jpeg",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}
"""Media types of the pictures that browsers show, by the ending of a file's name."""

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
"""The formats that Pillow is let at; its readers of all others stay shut to what strangers send."""

_GPS = 0x8825  # Exif 2.32, the pointer to the GPS attributes
_ORIENTATION = 0x0112
_TURNED = range(5, 9)
_HEAD = 16_384
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ROOT = re.compile(r"<(?:\w+:)?svg\b((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)")
_LENGTH = re.compile(r"\s*(\d{1,6}(?:\.\d+)?)(?:px)?\s*")
_BOX = re.compile(
    r"\s*[-+.\deE]+[\s,]+[-+.\deE]+[\s,]+(\d{1,6}(?:\.\d+)?)[\s,]+(\d{1,6}(?:\.\d+)?)\s*"
)


def is_picture(path: str) -> bool:
    """Whether a file's name says that it is a picture."""
    return _ending(path) in TYPES


def look(file: Path, path: str) -> tuple[PictureFacts | None, tuple[Problem, ...]]:
    """What is to be known of a picture, and what is wrong with it.

    ``file`` is where it lies, ``path`` what findings call it. None for what is no picture.
    """
    said = TYPES[_ending(path)]
    facts, located = _vector(file) if said == "image/svg+xml" else _raster(file)
    if not facts:
        what = f"the file is no picture that can be read, though its name says {said}"
        return None, (_doubt(path, what, "replace it, or give it another name"),)
    problems = []
    if facts.type != said:
        ending = next(name for name in TYPES if TYPES[name] == facts.type)
        what = f"the picture is {facts.type}, though its name says {said}"
        problems.append(_doubt(path, what, f"let its name end in .{ending}"))
    if located:
        what = "the picture says where it was taken (GPS), to everyone who saves it"
        remedy = "take the position out of the file, as with `exiftool -gps:all= FILE`"
        problems.append(_doubt(path, what, remedy))
    return facts, tuple(problems)


def pillow() -> ModuleType:
    """Pillow, imported where there is a picture to look at: it takes a while.

    Its own limit of pixels is lifted, for it warns on the wrong stream and has no remedy; what
    decodes a picture asks how many it has.
    """
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    return Image


def orientation(picture: Any) -> int:
    """How a picture has to be turned (Exif, Orientation): 1 not at all, 5 to 8 onto its side."""
    with suppress(Exception):  # Exif of any camera and any vandal
        return int(_exif(picture).get(_ORIENTATION, 1))
    return 1


def _exif(picture: Any) -> Any:
    """The Exif of a picture, as far as it stands in the header; nothing is decoded for it."""
    found = pillow().Exif()
    found.load(picture.info.get("exif") or b"")
    return found


def _raster(file: Path) -> tuple[PictureFacts | None, bool]:
    """Facts of a picture made of pixels, and whether it says where it was taken."""
    try:
        with pillow().open(file, formats=FORMATS) as picture:
            width, height = picture.size
            if orientation(picture) in _TURNED:
                width, height = height, width
            still = not getattr(picture, "is_animated", False)
            kind = pillow().MIME[picture.format]
            return PictureFacts(kind, width, height, still), _is_located(picture)
    except OSError as error:
        if error.errno:  # the file system's, and not the decoder's
            raise
    except Exception:  # noqa: S110 - a decoder may raise anything at what a stranger sends
        pass
    return None, False


def _is_located(picture: Any) -> bool:
    with suppress(Exception):  # Exif of any camera and any vandal
        return bool(_exif(picture).get_ifd(_GPS))
    return False


def _vector(file: Path) -> tuple[PictureFacts | None, bool]:
    """Facts of an SVG: its width and height, or those of its view box, in whole pixels."""
    with open(file, "rb") as opened:
        head = _COMMENT.sub("", opened.read(_HEAD).decode("utf-8", "replace"))
    root = _ROOT.search(head)
    if not root:
        return None, False
    width, height = (_length(root[1], name) for name in ("width", "height"))
    box = _BOX.fullmatch(_attribute(root[1], "viewBox"))
    if box and not (width and height):
        wide, high = (float(number) for number in box.groups())
        width, height = _fitted(width, height, wide, high)
    return PictureFacts("image/svg+xml", round(width), round(height), still=False), False


def _fitted(width: float, height: float, wide: float, high: float) -> tuple[float, float]:
    """A size in the proportions of a view box, keeping what is stated of it."""
    if not (wide and high):
        return 0, 0
    if width:
        return width, width * high / wide
    return (height * wide / high, height) if height else (wide, high)


def _length(attributes: str, name: str) -> float:
    """A length in pixels; 0 where there is none or it depends on the page."""
    match = _LENGTH.fullmatch(_attribute(attributes, name))
    return float(match[1]) if match else 0


def _attribute(attributes: str, name: str) -> str:
    match = re.search(rf"""\s{name}\s*=\s*(?:"([^"]*)"|'([^']*)')""", attributes)
    return (match[1] or match[2] or "") if match else ""


def _ending(path: str) -> str:
    return path.rsplit(".", 1)[-1].lower() if "." in path else ""


def _doubt(path: str, what: str, remedy: str) -> Problem:
    return Problem(path, 0, what, remedy, Severity.WARNING)
