"""What all page kinds share: cards, links and heads, made from the catalog for one build."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache

from msgspec import structs

from microfiche import dates, feeds, jsonld
from microfiche.addresses import Addresses, Place, base_of, file
from microfiche.assets import Assets
from microfiche.bodies import BodyReader
from microfiche.catalog.almanac import Tally
from microfiche.catalog.queries import Catalog
from microfiche.catalog.rows import StoryRow
from microfiche.catalog.terms import TermRow
from microfiche.figures import Images
from microfiche.imaging import Recipe
from microfiche.links import TERMS, Finder, target_of
from microfiche.pages.album import Album
from microfiche.pages.structured import Describer
from microfiche.records import Brief, PictureRef, SourceNote, Story
from microfiche.settings import SiteSettings
from microfiche.slugs import Slugger
from microfiche.views import Card, Feed, Head, Headline, Link, Note, Picture, Site
from microfiche.words import Languages, Words, gettext_noop

KIND_NAMES = {
    "tag": gettext_noop("Tag"),
    "section": gettext_noop("Section"),
    "byline": gettext_noop("Byline"),
    "story": gettext_noop("Running story"),
    "source": gettext_noop("Source"),
}
INDEX_NAMES = {
    "tag": gettext_noop("Tags"),
    "section": gettext_noop("Sections"),
    "byline": gettext_noop("Bylines"),
    "story": gettext_noop("Running stories"),
    "source": gettext_noop("Sources"),
}
CORRECTIONS = gettext_noop("Corrections")
_PLACES = ("tag", "section", "byline")
_GUIDES = ("story", "source")
_REMEMBERED = 65536
_FEW = 4096
_LINES = 16384


class Desk:
    """Makes the parts of views. One is made for each build in each worker, and caches freely."""

    def __init__(  # noqa: PLR0913, PLR0917 - made in one place, from all that pages draw on
        self,
        catalog: Catalog,
        bodies: BodyReader,
        addresses: Addresses,
        site: SiteSettings,
        finder: Finder,
        slugger: Slugger,
        languages: Languages,
        recipe: Recipe,
    ) -> None:
        self.catalog = catalog
        self.addresses = addresses
        self.site = site
        self._bodies = bodies
        self._finder = finder
        self._slugger = slugger
        self._languages = languages
        images = Images(finder, addresses.static.url, base_of(site.url))
        self.album = Album(catalog.pictures, images, recipe)
        self.describer = Describer(site, addresses, catalog.vocabulary)
        self.term = lru_cache(maxsize=_REMEMBERED)(catalog.terms.get)
        self.term_link = lru_cache(maxsize=_REMEMBERED)(self._term_link)
        self.term_years = lru_cache(maxsize=_FEW)(catalog.terms.years)
        self.has_day = lru_cache(maxsize=_REMEMBERED)(catalog.has)
        self.home = lru_cache(maxsize=_REMEMBERED)(self._home)
        self.feeds = lru_cache(maxsize=1)(self._archive_feeds)
        self.period_link = lru_cache(maxsize=_REMEMBERED)(self._period_link)
        self._headlines: dict[str, Headline] = {}

    def close(self) -> None:
        """Close the bodies' files."""
        self._bodies.close()

    def words(self, lang: str = "") -> Words:
        """The words of a page in ``lang``; in the archive's language where none is stated."""
        return self._languages.words(lang or self.site.lang)

    def head(  # noqa: PLR0913 - a head has many parts, all named by the caller
        self,
        title: str,
        address: str,
        output: str,
        *,
        description: str = "",
        lang: str = "",
        crumbs: tuple[Link, ...] = (),
        feeds: tuple[Feed, ...] = (),
        alternates: tuple[Link, ...] = (),
        index: bool = True,
        about: type[jsonld.WebPage] | None = jsonld.CollectionPage,
    ) -> Head:
        """The head of a page that is saved as ``output``.

        ``about`` is the type of schema.org that it is described as; None where it is not yet.
        """
        lang = lang or self.site.lang
        head = Head(
            title=title,
            address=address,
            root=self.root(output),
            lang=lang,
            dir=dates.direction(lang),
            description=description,
            feeds=feeds,
            crumbs=crumbs,
            alternates=alternates,
            home=self.home(lang),
            index=index,
        )
        if not about:
            return head
        return structs.replace(head, structured=self.describer.page(head, about))

    @cached_property
    def fronts(self) -> dict[str, int]:
        """The other languages that have a front page, with their numbers of stories."""
        if not self.addresses.language_front:
            return {}
        return self.catalog.languages.with_front(self.site.language_stories, self.site.lang)

    @cached_property
    def section_ranks(self) -> dict[str, int]:
        """The ranks of the sections that the vocabulary names."""
        return self.catalog.vocabulary.ranks("section")

    def _home(self, lang: str) -> str:
        """The address of the front page for readers of a language."""
        if lang in self.fronts:
            return self.addresses.language_front.place(lang=lang).address
        return self.addresses.front.place().address

    def other_fronts(self, lang: str) -> tuple[Link, ...]:
        """Links to the front pages in other languages than ``lang``, each by its own name."""
        langs = [self.site.lang] if self.addresses.front else []
        return tuple(
            Link(self.home(other), dates.language_name(other), lang=other)
            for other in (*langs, *self.fronts)
            if other != lang
        )

    def root(self, output: str) -> str:
        """What leads from a page to the site's root: a path, or ``../`` with RELATIVE_URLS."""
        if self.site.relative:
            return "../" * output.count("/") or "./"
        return base_of(self.site.url)

    def card(self, story: Brief) -> Card:
        """What lists show of a story."""
        bylines = (self.term_link("byline", slug) for slug in story.bylines)
        return Card(
            address=story.address,
            title=story.title,
            standfirst=story.standfirst,
            time=dates.shown(story.moment, story.lang),
            lang=story.lang,
            dir=dates.direction(story.lang),
            section=self.term_link("section", story.section) if story.section else None,
            bylines=tuple(link.text for link in bylines if link),
            picture=self.picture(story.picture),
            corrected=story.corrected,
            updated=story.updated,
        )

    def cards(self, stories: Iterable[Brief]) -> tuple[Card, ...]:
        """Cards of stories, in their order."""
        return tuple(map(self.card, stories))

    def headline(self, story: Brief, day: str = "", lang: str = "") -> Headline:
        """A story in one line, under its date, or under another ``day`` for readers of ``lang``."""
        return Headline(
            address=story.address,
            title=story.title,
            time=dates.midnight(day, lang) if day else dates.shown(story.moment, story.lang),
            lang=story.lang,
            dir=dates.direction(story.lang),
            corrected=story.corrected,
            updated=story.updated,
        )

    def headlines(self, stories: Iterable[Brief]) -> tuple[Headline, ...]:
        """Stories one line each, in their order; a story stands in a dozen lists."""
        kept = self._headlines
        if len(kept) > _LINES:
            kept.clear()
        found = []
        for story in stories:
            line = kept.get(story.path)
            found.append(line or kept.setdefault(story.path, self.headline(story)))
        return tuple(found)

    def title_link(self, story: Brief | None) -> Link | None:
        """A link to a story by its headline."""
        return Link(story.address, story.title, lang=story.lang) if story else None

    def _term_link(self, kind: str, slug: str) -> Link | None:
        """A link to a term's page, its name alone where its pages are switched off.

        None where nothing is listed: a story that no list shows (a hidden one) may have terms that
        no other story has.
        """
        row = self.term(kind, slug)
        if not row:
            return None
        on = self.addresses.terms[kind]
        return Link(self.addresses.term(kind, slug).address if on else "", row.label)

    def note(self, note: SourceNote) -> Note:
        """A source that a story rests on."""
        link = self.term_link("source", note.source) if note.source else None
        return Note(note.text, note.href, link.address if link else "")

    def term_links(self, story: Story, kind: str) -> tuple[Link, ...]:
        """A story's terms of one kind, in its order; a name alone where there is no page."""
        return tuple(
            self.term_link(kind, term.slug) or Link("", term.label)
            for term in story.terms
            if term.kind == kind
        )

    @cached_property
    def _has_moved(self) -> bool:
        return self.catalog.redirects.has_moved()

    def identity(self, story: Story) -> str:
        """The URN by which feeds and scripts know a story, wherever it has moved to."""
        return self.catalog.redirects.identity(story) if self._has_moved else story.identity

    def counted(self, row: TermRow) -> Link:
        """A link to a term with its number of stories."""
        return Link(self.addresses.term(row.kind, row.slug).address, row.label, row.stories)

    def year_links(self, tallies: list[Tally]) -> tuple[Link, ...]:
        """Links to years with their numbers of stories, newest first."""
        return tuple(self.period_link(tally.period, tally.stories) for tally in reversed(tallies))

    def _period_link(self, period: str, count: int = 0, lang: str = "") -> Link:
        """A link to the page of a year, month or day."""
        kind = {4: "year", 7: "month", 10: "day"}[len(period)]
        day = f"{period}-01-01"[:10]
        address = self.addresses.calendar(kind, day).address
        return Link(address, self.period_name(period, lang), count)

    def archive_links(self, words: Words) -> tuple[Link, ...]:
        """A link to the page of all years, where there is one."""
        archive = self.addresses.archive
        return (Link(archive.place().address, words.gettext("Archive")),) if archive else ()

    def index_links(self, kinds: Iterable[str], words: Words) -> tuple[Link, ...]:
        """Links to the indexes of those kinds of term that stories have."""
        indexes, terms = self.addresses.indexes, self.addresses.terms
        return tuple(
            Link(indexes[kind].place().address, words.gettext(INDEX_NAMES[kind]))
            for kind in kinds
            if indexes[kind] and terms[kind] and self.catalog.terms.has_any(kind)
        )

    def guides(self) -> tuple[Link, ...]:
        """Links to what the masthead leaves out, for the front page and the page of all years.

        Many archives get their first running story, source or correction late, and the masthead
        is on every page.
        """
        addresses, words = self.addresses, self.words()
        found = []
        if addresses.on_this_days and addresses.on_this_day:
            place = addresses.on_this_days.place()
            found.append(Link(place.address, words.gettext("On this day")))
        found += self.index_links(_GUIDES, words)
        if addresses.corrections and self.catalog.corrections.exist():
            place = addresses.corrections.place()
            found.append(Link(place.address, words.gettext(CORRECTIONS)))
        return tuple(found)

    def date_link(self, date: str) -> Link:
        """A link to the page of a date ``MM-DD`` in all years."""
        return Link(self.addresses.date(date).address, dates.date_of_year(date, self.site.lang))

    def period_name(self, period: str, lang: str = "") -> str:
        """A year, month or day in words of ``lang``, the archive's language if it is not stated."""
        if len(period) == 4:
            return str(int(period))
        if len(period) == 7:
            return dates.month_of_year(period, lang or self.site.lang)
        return dates.words(period, lang or self.site.lang)

    def picture(self, picture: PictureRef | None) -> Picture | None:
        """A story's picture with its address."""
        if not picture:
            return None
        found = self.album.picture(picture.path)
        if not found:
            return None
        return structs.replace(
            found, alt=picture.alt, caption=picture.caption, credit=picture.credit
        )

    def body(self, row: StoryRow, root: str, *, rich: bool = True) -> str:
        """A story's body with its links resolved, as seen from a page whose root is ``root``.

        One that is not ``rich`` has one address a picture, for readers that know no more.
        """
        html = self._bodies.read(row.body)
        if "<img" in html:
            html = self.album.body(row.story, html, root, rich=rich)
        if "{" not in html and "|" not in html:
            return html

        def address(what: str, value: str) -> str | None:
            found = self._reached(row.story, what, value)
            return None if found is None else root + found

        return self._finder.resolve(html, address)

    def _reached(self, story: Story, what: str, value: str) -> str | None:
        """The address that a link of a body leads to; None while its target is not published."""
        if what in TERMS:
            kind = TERMS[what]
            slug = self.catalog.vocabulary.slug(kind, self._slugger.spelt(kind, value))
            link = self.term_link(kind, slug)
            return link.address if link and link.address else None
        if what == "index":
            return self.addresses.front.place().address
        target = target_of(story.path, value)
        if what == "filename" and (reached := self.catalog.destination(target)):
            return reached.address if reached.live else None
        if what == "attach":
            return attached(story, target).address
        return self.catalog.files.address(target)

    def feed(self) -> tuple[Feed, ...]:
        """The feed of the whole archive in its first format, for the head of any page."""
        return self.feeds()[:1]

    def language_feed(self, lang: str) -> tuple[Feed, ...]:
        """The feed of a language, if it has a front page."""
        if lang not in self.fronts:
            return ()
        address = self.addresses.language_feed.format(lang=lang)
        return (Feed(address, f"{self.site.name} – {dates.language_name(lang)}"),)

    def _archive_feeds(self) -> tuple[Feed, ...]:
        """The feed of the whole archive in all its formats."""
        return self._feeds("archive", "", self.site.name)

    def term_feeds(self, row: TermRow) -> tuple[Feed, ...]:
        """The feed of a term in all its formats."""
        return self._feeds(row.kind, row.slug, f"{self.site.name}: {row.label}")

    def _feeds(self, kind: str, slug: str, title: str) -> tuple[Feed, ...]:
        forms = self.site.feeds.get(kind, ())
        return tuple(
            Feed(
                self.addresses.feed(kind, slug, form).address,
                f"{title} ({feeds.NAMES[form]})" if len(forms) > 1 else title,
                feeds.TYPES[form],
            )
            for form in forms
        )


def attached(story: Story, target: str) -> Place:
    """Where a file that a story takes along is published: beside the story's page."""
    home = story.path.rsplit("/", 1)[0] + "/" if "/" in story.path else ""
    below = target[len(home) :] if target.startswith(home) else target.rsplit("/", 1)[-1]
    folder = story.output.rsplit("/", 1)[0] + "/" if "/" in story.output else ""
    return file(folder + below)


def site_view(desk: Desk, assets: Assets, policy: str, words: Words) -> Site:
    """What all pages share, as the catalog has it now; its places are named in one language."""
    addresses, site = desk.addresses, desk.site
    menu = [Link(href, text) for text, href in site.menu]
    if site.pages_on_menu:
        menu += [Link(page.address, page.title, lang=page.lang) for page in desk.catalog.pages()]
    return Site(
        name=site.name,
        tagline=site.tagline,
        url=site.url,
        lang=site.lang,
        dir=dates.direction(site.lang),
        style=assets.style_path,
        menu=tuple(menu),
        places=(*desk.archive_links(words), *desk.index_links(_PLACES, words)),
        feed=next(iter(desk.feed()), None),
        icon=assets.icon_path,
        files=tuple((name, file.output) for name, file in assets.files.items()),
        subscribe=addresses.feeds.place().address if addresses.feeds else "",
        policy=policy,
        appeal=site.appeal,
    )
