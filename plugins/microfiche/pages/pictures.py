"""The files of pictures' renditions."""

from __future__ import annotations

from collections.abc import Iterator

from microfiche.catalog.queries import Catalog
from microfiche.imaging import FOLDER, Recipe, codecs
from microfiche.pages.desk import Desk
from microfiche.pages.kind import PageKind
from microfiche.records import Claim, Made, Stage
from microfiche.settings import PictureSettings
from microfiche.views import View


class RenditionView(View, frozen=True):
    """A rendition: the picture it is of, and what makes it."""

    digest: bytes
    made: Made
    codecs: str


class Renditions(PageKind):
    """One file for each width and format of a picture that a published story shows.

    A key is the digest of the picture's file, in hexadecimal, the media type and the width, parted
    by blanks.
    """

    name = "rendition"
    lasting = False
    stage = Stage.ASSETS
    named = True

    def __init__(self, settings: PictureSettings) -> None:
        self._recipe = Recipe(settings)

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every rendition of every picture that is shown."""
        for digest, renditions in catalog.pictures.published():
            yield from self._claims(digest, renditions, shown=True)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """Those of pictures that came or went, or that a changed story shows or showed."""
        for digest, renditions, shown in catalog.pictures.touched():
            yield from self._claims(digest, renditions, shown=shown)

    def _claims(
        self, digest: bytes, renditions: tuple[Made, ...], *, shown: bool
    ) -> Iterator[Claim]:
        for made in renditions:
            output = f"{FOLDER}/{self._recipe.name(digest, made)}"
            yield Claim(f"{digest.hex()} {made.type} {made.width}", output if shown else None)

    def view(self, desk: Desk, key: str) -> RenditionView:
        """What is known of a rendition."""
        digest = picture_of(key)
        _, kind, width = key.split(" ")
        renditions = desk.catalog.pictures.renditions(digest)
        made = next(each for each in renditions if (each.type, str(each.width)) == (kind, width))
        return RenditionView(digest, made, codecs())


def picture_of(key: str) -> bytes:
    """The digest of the file that the rendition of this key is made of."""
    return bytes.fromhex(key.split(" ", maxsplit=1)[0])
