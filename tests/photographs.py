"""Pictures for tests, made on the spot: small, grainy, and the same each time."""

from __future__ import annotations

import random
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image


@cache
def photograph(subject: str = "", kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    """The file of a picture; another subject is another picture."""
    return saved(grain(subject, size), kind)


def grain(subject: str, size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    """A picture of noise, which no format makes nothing of."""
    width, height = size
    channels = len(Image.new(mode, (1, 1)).getbands())
    noise = random.Random(subject).randbytes(width * height * channels)  # noqa: S311 - no secret
    return Image.frombytes(mode, size, noise)


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """The file of a picture."""
    written = BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()
