"""oEmbed 1.0: a file beside each story, from which other sites make a card of a link to it.

It is a static answer of the type ``link``, found by the link in the story's head; what a site asks
of the size cannot be heeded. It needs the site's address.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from microfiche.addresses import beside
from microfiche.catalog.queries import Catalog
from microfiche.pages.desk import Desk
from microfiche.pages.kind import PageKind
from microfiche.records import Claim, Stage
from microfiche.settings import SiteSettings
from microfiche.views import Shared, View


class OembedView(View, frozen=True):
    """What is said of a story; ``author_href`` is empty unless there is one byline."""

    title: str
    authors: tuple[str, ...]
    author_href: str
    provider: str
    provider_href: str
    picture: Shared | None


def answer(view: OembedView) -> bytes:
    """The answer, as JSON."""
    found: dict[str, str | int] = {
        "version": "1.0",
        "type": "link",
        "title": view.title,
        "author_name": ", ".join(view.authors),
        "author_url": view.author_href,
        "provider_name": view.provider,
        "provider_url": view.provider_href,
    }
    if view.picture and view.picture.width:  # an address, a width and a height, or none of them
        found["thumbnail_url"] = view.picture.href
        found["thumbnail_width"] = view.picture.width
        found["thumbnail_height"] = view.picture.height
    return msgspec.json.encode({name: value for name, value in found.items() if value}) + b"\n"


class Oembed(PageKind):
    """One file a story, where the owner wants them."""

    name = "oembed"
    document = staticmethod(answer)
    lasting = False
    stage = Stage.PAGES

    def __init__(self, site: SiteSettings) -> None:
        self._on = site.oembed and bool(site.url)

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every published story."""
        if self._on:
            for path, output in catalog.live("story"):
                yield _claim(path, output)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """Changed stories."""
        if self._on:
            for path, output in catalog.stories_touched("story"):
                yield _claim(path, output)

    def view(self, desk: Desk, key: str) -> OembedView:
        """What a card shows of a story."""
        row = desk.catalog.story(key)
        assert row, key
        story = row.story
        bylines = desk.term_links(story, "byline")
        return OembedView(
            title=story.title,
            authors=tuple(link.text for link in bylines),
            author_href=desk.describer.author(bylines[0]).url if len(bylines) == 1 else "",
            provider=desk.site.name,
            provider_href=desk.describer.home,
            picture=desk.describer.shared(desk.picture(story.picture)),
        )


def _claim(path: str, output: str | None) -> Claim:
    return Claim(path, beside(output, "oembed.json").output if output else None)
