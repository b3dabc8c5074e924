"""What pages say of themselves to machines: search engines, chat previews, citation tools.

All of it follows from the view of a page and from the site's settings. Absolute addresses need the
site's; where that is not known, what needs them is left out.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import structs

from microfiche import dates, jsonld
from microfiche.addresses import Addresses, as_json, beside
from microfiche.catalog.vocabulary import Vocabulary
from microfiche.settings import SiteSettings
from microfiche.views import Head, Link, Picture, Shared, Structured, Time

if TYPE_CHECKING:
    from microfiche.pages.story import StoryPage

_DRAWN = "image/svg+xml"


class Describer:
    """Describes pages; made once a build in each worker."""

    def __init__(self, site: SiteSettings, addresses: Addresses, vocabulary: Vocabulary) -> None:
        self._base = f"{site.url}/" if site.url else ""
        front = addresses.front.place().address if addresses.front else ""
        self.home = self.whole(front)
        self._site = jsonld.WebSite(site.name, self.home)
        self.publisher = jsonld.NewsMediaOrganization(site.name, self.home)
        self._oembed = site.oembed
        self._api = site.api
        self._addresses = addresses
        self._vocabulary = vocabulary

    @cached_property
    def _persons(self) -> frozenset[str]:
        """The addresses of the pages of bylines that are persons."""
        if not self._addresses.terms["byline"]:
            return frozenset()
        slugs = self._vocabulary.persons()
        return frozenset(self._addresses.term("byline", slug).address for slug in slugs)

    def whole(self, address: str) -> str:
        """An absolute address; empty where the site's is not known."""
        return self._base and self._base + address

    def page(self, head: Head, kind: type[jsonld.WebPage]) -> Structured:
        """A page that is no story."""
        page = kind(
            name=head.title,
            url=self.whole(head.address),
            description=head.description,
            lang=head.lang,
            part_of=self._site,
        )
        return self._structured(head, page, "website")

    def story(self, page: StoryPage, output: str) -> Structured:
        """A story, from all that its page shows; the page is saved as ``output``."""
        head = page.head
        href = self.whole(head.address)
        times = [correction.time for correction in page.corrections]
        if page.modified:
            times.append(page.modified)
        article = jsonld.NewsArticle(
            headline=page.title,
            url=href,
            main_entity_of=href,
            published=_stated(page.time),
            modified=_stated(max(times, key=_in_order)) if times else "",
            lang=head.lang,
            description=head.description,
            publisher=self.publisher,
            part_of=self._wholes(page),
            position=page.thread.number if page.thread else 0,
            authors=tuple([self.author(link) for link in page.bylines]),
            section=page.section.text if page.section else "",
            keywords=tuple([link.text for link in page.tags]),
            image=self.image(page.picture),
            dateline=page.dateline,
            corrections=tuple(
                [
                    jsonld.CorrectionComment(text=each.text, published=_stated(each.time))
                    for each in page.corrections
                ]
            ),
            citations=tuple([jsonld.CreativeWork(note.text, note.href) for note in page.notes]),
        )
        described = self._structured(head, article, "article", page.picture)
        return structs.replace(
            described,
            oembed=self.whole(beside(output, "oembed.json").address) if self._oembed else "",
            document=self.whole(as_json(output).address) if self._api else "",
        )

    def _structured(
        self,
        head: Head,
        thing: jsonld.Thing,
        kind: str,
        picture: Picture | None = None,
    ) -> Structured:
        crumbs = self._crumbs(head)
        return Structured(
            data=jsonld.document(thing, crumbs) if crumbs else jsonld.document(thing),
            type=kind,
            locale=dates.territorial(head.lang),
            href=thing.url,
            picture=self.shared(picture),
        )

    def _crumbs(self, head: Head) -> jsonld.BreadcrumbList | None:
        """The way down; None where there is none, or no address to name its steps by."""
        if not (self._base and head.crumbs):
            return None
        way = [(crumb.text, crumb.address) for crumb in head.crumbs if crumb.address]
        steps = [
            jsonld.ListItem(name=text, position=number, item=self._base + address)
            for number, (text, address) in enumerate([*way, (head.title, head.address)], 1)
        ]
        return jsonld.BreadcrumbList(steps=tuple(steps)) if way else None

    def author(self, link: Link) -> jsonld.Organization | jsonld.Person:
        """A byline: a desk, unless the vocabulary says that it is a person."""
        kind = jsonld.Person if link.address in self._persons else jsonld.Organization
        return kind(link.text, self.whole(link.address) if link.address else "")

    def _wholes(self, page: StoryPage) -> tuple[jsonld.CreativeWorkSeries | jsonld.WebSite, ...]:
        """What a story is a part of: its running story, and the archive."""
        if not page.thread:
            return (self._site,)
        return self.series(page.thread.all), self._site

    def series(self, link: Link) -> jsonld.CreativeWorkSeries:
        """A running story."""
        return jsonld.CreativeWorkSeries(link.text, self.whole(link.address))

    def image(self, picture: Picture | None) -> jsonld.ImageObject | None:
        """A story's picture as its owner made it; None where it has no absolute address."""
        if not (picture and self._base):
            return None
        return jsonld.ImageObject(
            url=self._base + picture.address,
            width=picture.width,
            height=picture.height,
            caption=picture.caption or picture.alt,
            credit=picture.credit,
        )

    def shared(self, picture: Picture | None) -> Shared | None:
        """A story's picture for previews; None for a drawing, which they cannot show."""
        if not (picture and self._base) or picture.type == _DRAWN:
            return None
        width, height = picture.plain_size if picture.plain else (picture.width, picture.height)
        return Shared(self._base + picture.src, width, height, picture.alt)


def _in_order(time: Time) -> str:
    """Moments of one time zone are in the order of their dates as ISO 8601 writes them."""
    return time.iso


def _stated(time: Time) -> str:
    """A moment as schema.org has it: with seconds where the hour is known, else the day alone."""
    return f"{time.iso[:16]}:00{time.iso[16:]}" if time.clock else time.day
