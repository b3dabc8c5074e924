"""A story's own page."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from microfiche import dates, jsonld
from microfiche.catalog.queries import Catalog, Neighbours
from microfiche.catalog.running import Standing
from microfiche.pages.desk import Desk
from microfiche.pages.kind import PageKind
from microfiche.records import Claim, Moment, Stage, Story
from microfiche.settings import SiteSettings
from microfiche.views import Correction, Head, Headline, Link, Note, Picture, Thread, Time, View


class StoryPage(View, frozen=True):
    """A story with its neighbours, its terms and what it rests on."""

    head: Head
    title: str
    dek: str
    dateline: str
    time: Time
    modified: Time | None
    event: Time | None
    section: Link | None
    bylines: tuple[Link, ...]
    tags: tuple[Link, ...]
    thread: Thread | None
    picture: Picture | None
    body: str
    notes: tuple[Note, ...]
    corrections: tuple[Correction, ...]
    previous: Link | None
    next: Link | None
    related: tuple[Headline, ...]
    day: Link | None
    template: str = ""


class StoryPages(PageKind):
    """One page a story."""

    name = "story"
    template = "story.html"
    stage = Stage.PAGES

    def __init__(self, site: SiteSettings) -> None:
        self._site = site

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every published story."""
        return map(Claim._make, catalog.live("story"))

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """Changed stories, their neighbours, their translations and what links to them.

        Also parts of the same running stories, and what they may be related to, and stories in
        a language that gained or lost its front page.
        """
        pages = dict(catalog.stories_touched("story"))
        pages.update(_by_language(catalog, "story", self._site))
        pages.update(catalog.running.touched())
        pages.update(catalog.related.touched())
        return map(Claim._make, sorted(pages.items()))

    def view(self, desk: Desk, key: str) -> StoryPage:
        """A story as its reader sees it."""
        row = desk.catalog.story(key)
        assert row, key
        story = row.story
        assert story.moment
        near = desk.catalog.neighbours(story)
        standing = desk.catalog.running.standing(story)
        crumbs = _calendar_crumbs(desk, story.moment.day, story.lang)
        head = _head(desk, story, crumbs, None)
        page = StoryPage(
            head=head,
            title=story.title,
            dek=story.dek,
            dateline=story.dateline,
            time=dates.shown(story.moment, story.lang),
            modified=_shown(story.modified, story.lang),
            event=_shown(story.event, story.lang),
            section=next(iter(desk.term_links(story, "section")), None),
            bylines=desk.term_links(story, "byline"),
            tags=desk.term_links(story, "tag"),
            thread=_thread(desk, story, standing),
            picture=desk.picture(story.picture),
            body=desk.body(row, head.root),
            notes=tuple(map(desk.note, story.notes)),
            corrections=tuple(
                Correction(dates.shown(item.moment, story.lang), item.text)
                for item in story.corrections
            ),
            previous=desk.title_link(near.previous),
            next=desk.title_link(near.next),
            related=_related(desk, story, near, standing),
            day=crumbs[-1] if crumbs else None,
            template=story.template,
        )
        described = structs.replace(head, structured=desk.describer.story(page, story.output))
        return structs.replace(page, head=described)

    def page_template(self, view: View) -> str:
        """The template that the story names, else the kind's."""
        assert isinstance(view, StoryPage)
        return f"{view.template}.html" if view.template else self.template


class OrdinaryPage(View, frozen=True):
    """A page that is no news: About, Imprint."""

    head: Head
    title: str
    modified: Time | None
    body: str
    template: str = ""


class OrdinaryPages(PageKind):
    """One page a source under ``pages/``."""

    name = "page"
    template = "page.html"
    stage = Stage.PAGES

    def __init__(self, site: SiteSettings) -> None:
        self._site = site

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every published page."""
        return map(Claim._make, catalog.live("page"))

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """Changed pages, their translations and what links to them.

        Also pages in a language that gained or lost its front page.
        """
        pages = dict(catalog.stories_touched("page"))
        pages.update(_by_language(catalog, "page", self._site))
        return map(Claim._make, sorted(pages.items()))

    def view(self, desk: Desk, key: str) -> OrdinaryPage:
        """A page as its reader sees it."""
        row = desk.catalog.story(key)
        assert row, key
        head = _head(desk, row.story, (), jsonld.WebPage)
        return OrdinaryPage(
            head=head,
            title=row.story.title,
            modified=_shown(row.story.modified, row.story.lang),
            body=desk.body(row, head.root),
            template=row.story.template,
        )

    def page_template(self, view: View) -> str:
        """The template that the page names, else the kind's."""
        assert isinstance(view, OrdinaryPage)
        return f"{view.template}.html" if view.template else self.template


def _by_language(catalog: Catalog, kind: str, site: SiteSettings) -> Iterator[tuple[str, str]]:
    """Pages of a kind that lead to another front page than before."""
    if catalog.changed():
        yield from catalog.languages.changed(kind, site.language_stories, site.lang)


def _head(
    desk: Desk, story: Story, crumbs: tuple[Link, ...], about: type[jsonld.WebPage] | None
) -> Head:
    others = {other.lang: other for other in reversed(desk.catalog.translations(story))}
    return desk.head(
        story.title,
        story.address,
        story.output,
        description=story.dek or story.summary,
        lang=story.lang,
        crumbs=crumbs,
        feeds=(*desk.language_feed(story.lang), *desk.feed()),
        alternates=tuple(
            Link(other.address, dates.language_name(lang), lang=lang)
            for lang, other in sorted(others.items())
            if lang != story.lang
        ),
        index=story.status == "published",
        about=about,
    )


def _thread(desk: Desk, story: Story, standing: Standing | None) -> Thread | None:
    """What a part shows of its running story; None where running stories have no pages.

    A part that no list shows leads to the running story, but has no place in it.
    """
    running = story.term("story")
    slug = standing.slug if standing else running.slug if running else ""
    link = desk.term_link("story", slug) if slug else None
    if not link or not link.address:
        return None
    if not standing:
        return Thread(link, 0, 0, (), ())
    later = [standing.later] if standing.later else []
    return Thread(
        all=link,
        number=standing.number,
        count=standing.total,
        earlier=tuple(desk.headline(part.story, part.day, story.lang) for part in standing.earlier),
        later=tuple(desk.headline(part.story, part.day, story.lang) for part in later),
    )


def _related(
    desk: Desk, story: Story, near: Neighbours, standing: Standing | None
) -> tuple[Headline, ...]:
    """The stories most related to one, but not those that its page leads to in other ways."""
    shown = {other.path for other in near if other}
    if standing:
        parts = [*standing.earlier, standing.later]
        shown.update(part.story.path for part in parts if part)
    return desk.headlines(desk.catalog.related.to(story, shown))


def _calendar_crumbs(desk: Desk, day: str, lang: str) -> tuple[Link, ...]:
    """Links to a story's year, month and day; none for a hidden story alone on its day."""
    if not desk.has_day(day):
        return ()
    return tuple(desk.period_link(day[:length], 0, lang) for length in (4, 7, 10))


def _shown(moment: Moment | None, lang: str) -> Time | None:
    return dates.shown(moment, lang) if moment else None
