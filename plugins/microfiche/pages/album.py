"""Pictures as pages show them: with their size, and with their renditions to choose from."""

from __future__ import annotations

from functools import lru_cache

from microfiche.addresses import file
from microfiche.catalog.pictures import Gallery, Portrait
from microfiche.figures import Images, Pixels, dress
from microfiche.imaging import FOLDER, Recipe
from microfiche.records import Made, Story
from microfiche.views import Picture, PictureSource, Rendition

_REMEMBERED = 1024


class Album:
    """Makes views of pictures."""

    def __init__(self, gallery: Gallery, images: Images, recipe: Recipe) -> None:
        self._gallery = gallery
        self._images = images
        self._recipe = recipe
        self._portrait = lru_cache(maxsize=_REMEMBERED)(gallery.portrait)
        self.picture = lru_cache(maxsize=_REMEMBERED)(self._picture)

    def _picture(self, path: str) -> Picture | None:
        """A picture by its content path, without words; None where it is not known as one."""
        portrait = self._portrait(path)
        if not portrait:
            return None
        facts = portrait.facts
        made = self._gallery.renditions(portrait.digest)
        plain = next((each for each in made if each.type not in self._recipe.types), None)
        sources = (self._source(portrait, made, kind) for kind in self._recipe.types)
        return Picture(
            portrait.address,
            "",
            width=facts.width,
            height=facts.height,
            type=facts.type,
            plain=self._address(portrait, plain) if plain else "",
            plain_size=(plain.width, plain.height) if plain else (0, 0),
            sources=tuple(source for source in sources if source.renditions),
        )

    def _source(self, portrait: Portrait, made: tuple[Made, ...], kind: str) -> PictureSource:
        found = (
            Rendition(self._address(portrait, each), each.width)
            for each in made
            if each.type == kind
        )
        return PictureSource(kind, tuple(found))

    def _address(self, portrait: Portrait, made: Made) -> str:
        return file(f"{FOLDER}/{self._recipe.name(portrait.digest, made)}").address

    def body(self, story: Story, html: str, root: str, *, rich: bool) -> str:
        """A story's body with what is known of its pictures."""

        def pixels(src: str) -> Pixels | None:
            shown = self._images.target(story.path, story.address, src)
            picture = self.picture(shown.path) if shown else None
            if not shown or not picture:
                return None
            if not (shown.linked or self._is_public(shown.path)):
                return None
            return Pixels(picture, picture.plain)

        return dress(html, pixels, root, leads=not story.picture, rich=rich)

    def _is_public(self, path: str) -> bool:
        portrait = self._portrait(path)
        return portrait is not None and portrait.public
