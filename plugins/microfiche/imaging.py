"""What is made of a picture: narrower ones, in formats that weigh less, in the colours of screens.

Nothing but the picture is in them: no metadata, no position, no profile. Colours are turned into
sRGB, sides as the camera was held. The same file gives the same bytes on the same versions.

Figures, of photographs 960 pixels wide on one processor: AVIF at speed 9 and quality 60 takes
0.03 s and 69 KiB; WebP at quality 75 takes 0.04 s and 80 KiB for the same likeness; JPEG at
quality 75 has 95 KiB. AVIF at speed 8 is 5 % smaller and takes four times as long.
"""

from __future__ import annotations

import hashlib
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from microfiche.catalog.pictures import Exposure
from microfiche.limits import OutOfTime, time_limit
from microfiche.pictures import FORMATS, orientation, pillow
from microfiche.records import Made
from microfiche.settings import PictureSettings

PIXELS = 100_000_000
SECONDS = 60
SCANS = 200
"""Scans of a progressive JPEG; cameras and programs write a dozen."""

FOLDER = "renditions"
"""The folder of the output for renditions; the name of a file in it stands for what it holds."""

_SAVED: dict[str, tuple[str, dict[str, Any]]] = {
    "image/avif": ("AVIF", {"quality": 60, "speed": 9, "max_threads": 1}),
    "image/webp": ("WEBP", {"quality": 75, "method": 4}),
    "image/jpeg": ("JPEG", {"quality": 80, "progressive": True, "optimize": True}),
    "image/png": ("PNG", {"compress_level": 9}),
}
_LOSSLESS = {"lossless": True, "quality": 60, "method": 4}
_ENDINGS = {"image/avif": "avif", "image/webp": "webp", "image/jpeg": "jpg", "image/png": "png"}
_EVERYWHERE = ("image/jpeg", "image/png", "image/gif")
_GRAPHIC = ("image/png", "image/gif")
_WEBP_SIDE = 16_383  # the WebP container specification, VP8X: 14 bits
_SCAN = b"\xff\xda"
_WORTHWHILE = 1.2


class Unmakeable(Exception):
    """A picture of which nothing can be made: what is wrong and what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


class Recipe:
    """What is made of pictures, by the owner's settings."""

    def __init__(self, settings: PictureSettings) -> None:
        self._widths = settings.widths
        self.types = tuple(f"image/{name}" for name in settings.formats)
        self.digest = hashlib.blake2b(repr((settings, _SAVED, _LOSSLESS)).encode()).digest()

    def __bool__(self) -> bool:
        return bool(self._widths)

    def widths(self, own: int) -> tuple[int, ...]:
        """The widths for a picture: none is wider than it, and the widest it has is among them."""
        if not self._widths or own <= self._widths[0]:
            return ()
        widest = min(own, self._widths[-1])
        return (*(each for each in self._widths if each * _WORTHWHILE < widest), widest)

    def plain_width(self, own: int) -> int:
        """The width for browsers that know none of the formats: the middle one."""
        return min(own, self._widths[len(self._widths) // 2]) if self._widths else 0

    def name(self, digest: bytes, made: Made) -> str:
        """The file name of a rendition of the picture whose file has this digest."""
        named = hashlib.blake2b(self.digest + digest, digest_size=8).hexdigest()
        return f"{named}-{made.width}.{_ENDINGS[made.type]}"


@cache
def codecs() -> str:
    """The versions of all that decides what bytes a rendition has."""
    from PIL import __version__, features

    names = ("libjpeg_turbo", "jpg", "webp", "avif", "zlib", "littlecms2")
    versions = (f"{name} {features.version(name)}" for name in names)
    return f"pillow {__version__} {' '.join(versions)}"


def make(file: Path, exposure: Exposure, recipe: Recipe) -> list[tuple[Made, bytes]]:
    """The renditions of a picture, with their bytes.

    Raises:
        Unmakeable: when the picture is damaged, too large or too slow.
    """
    facts = exposure.facts
    if facts.width * facts.height > PIXELS:
        what = f"the picture has {facts.width:,} × {facts.height:,} pixels"
        raise Unmakeable(f"{what}: nothing smaller is made of it", f"keep within {PIXELS:,}")
    widths = recipe.widths(facts.width)
    plain = recipe.plain_width(facts.width)
    if facts.type in _EVERYWHERE and not widths:
        return []
    data = file.read_bytes()
    if facts.type == "image/jpeg" and data.count(_SCAN) > SCANS:
        raise Unmakeable("the picture is built to take long to decode", "save it anew")
    try:
        with time_limit(SECONDS):
            picture = decoded(data, facts.width, max((*widths, plain)))
            return _prints(picture, exposure, len(data), recipe)
    except OutOfTime:
        what = f"making the picture smaller took more than {SECONDS} seconds"
        raise Unmakeable(what, "save it anew, with fewer pixels") from None
    except MemoryError:
        raise
    except Exception:  # a decoder may raise anything at what a stranger sends
        what = "the picture is damaged or cut off: nothing smaller is made of it"
        raise Unmakeable(what, "replace it by a sound copy") from None


def _prints(
    picture: Any, exposure: Exposure, size: int, recipe: Recipe
) -> list[tuple[Made, bytes]]:
    """Every rendition that is worth its bytes; those for all browsers come last.

    A format is left out where one further down the list weighs no more, or the file itself.
    """
    facts = exposure.facts
    webp = picture.height <= _WEBP_SIDE
    flat = webp and facts.type in _GRAPHIC and _is_flat(picture)
    kinds = [each for each in _types(recipe, flat=flat) if webp or each != "image/webp"]
    widths = recipe.widths(facts.width)
    copies = {width: _scaled(picture, width) for width in widths}
    found: list[tuple[Made, bytes]] = []
    least = 0
    for kind in reversed(kinds if widths else ()):
        prints = _worthwhile([_print(copies[width], kind, flat=flat) for width in widths])
        weight = sum(made.size for made, _ in prints)
        if prints[-1][0].size < size and (not least or weight < least):
            found = prints + found
            least = weight
    plain = recipe.plain_width(facts.width)
    if facts.type not in _EVERYWHERE or plain < facts.width:
        kind = "image/png" if flat or picture.mode == "RGBA" else "image/jpeg"
        made = _print(_scaled(picture, plain), kind, flat=flat)
        if facts.type not in _EVERYWHERE or made[0].size < size:
            found.append(made)
    return found


def _worthwhile(prints: list[tuple[Made, bytes]]) -> list[tuple[Made, bytes]]:
    """Those that are much lighter than the next wider one, and the widest."""
    found = prints[-1:]
    for each in reversed(prints[:-1]):
        if each[0].size * _WORTHWHILE <= found[0][0].size:
            found.insert(0, each)
    return found


def _types(recipe: Recipe, *, flat: bool) -> tuple[str, ...]:
    """The formats to make; drawings and lettering stay sharp in WebP, which can lose nothing."""
    return ("image/webp",) if flat and "image/webp" in recipe.types else recipe.types


def _is_flat(picture: Any) -> bool:
    """Whether a picture is drawn or lettered: it weighs less when nothing of it is lost."""
    lossless, lossy = (_encoded(picture, "image/webp", flat=flat) for flat in (True, False))
    return len(lossless) <= len(lossy)


def _scaled(picture: Any, width: int) -> Any:
    if width == picture.width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), pillow().Resampling.LANCZOS)


def _print(picture: Any, kind: str, *, flat: bool) -> tuple[Made, bytes]:
    data = _encoded(picture, kind, flat=flat)
    return Made(kind, picture.width, picture.height, len(data)), data


def _encoded(picture: Any, kind: str, *, flat: bool) -> bytes:
    written = BytesIO()
    name, options = _SAVED[kind]
    picture.save(written, name, **(_LOSSLESS if flat and kind == "image/webp" else options))
    return written.getvalue()


def decoded(data: bytes, own: int, widest: int) -> Any:
    """A picture upright, in sRGB, ``widest`` pixels wide; ``own`` is its width in the file."""
    image = pillow()
    with image.open(BytesIO(data), formats=FORMATS) as picture:
        turn = orientation(picture)
        width, height = (max(1, round(side * widest / own)) for side in picture.size)
        picture.draft(None, (2 * width, 2 * height))
        profile = picture.info.get("icc_profile")
        small = _resizable(picture).resize((width, height), image.Resampling.LANCZOS)
    small = _turned(_in_srgb(small, profile), turn)
    if small.mode == "RGBA" and small.getextrema()[3][0] == 255:
        small = small.convert("RGB")
    small.info.clear()
    return small


def _resizable(picture: Any) -> Any:
    """A picture in a mode that can be scaled: grey, RGB, RGBA or CMYK, eight bits a channel."""
    mode = picture.mode
    if mode.startswith(("I", "F")):
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if "transparency" in picture.info or mode in ("LA", "La", "PA", "RGBa"):
        return picture.convert("RGBA")
    if mode == "1":
        return picture.convert("L")
    return picture if mode in ("L", "RGB", "RGBA", "CMYK") else picture.convert("RGB")


def _in_srgb(picture: Any, profile: bytes | None) -> Any:
    """A picture with its colours as screens have them; a profile that is of no use is passed by."""
    if profile:
        from PIL import ImageCms

        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        try:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            return ImageCms.profileToProfile(
                picture, own, ImageCms.createProfile("sRGB"), outputMode=mode
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return picture.convert("RGB") if picture.mode == "CMYK" else picture


def _turned(picture: Any, turn: int) -> Any:
    """A picture as Exif says that it is to be held."""
    way = pillow().Transpose
    turns = {
        2: way.FLIP_LEFT_RIGHT,
        3: way.ROTATE_180,
        4: way.FLIP_TOP_BOTTOM,
        5: way.TRANSPOSE,
        6: way.ROTATE_270,
        7: way.TRANSVERSE,
        8: way.ROTATE_90,
    }
    return picture.transpose(turns[turn]) if turn in turns else picture
