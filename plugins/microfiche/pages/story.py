"""A story's own page."""

from __future__ import annotations

from collections.abc import Iterator

from microfiche import dates
from microfiche.catalog.queries import Catalog
from microfiche.pages.desk import Desk
from microfiche.pages.kind import PageKind
from microfiche.records import Claim, Moment, Story
from microfiche.views import Correction, Head, Link, Note, Picture, Time, View


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
    running: Link | None
    picture: Picture | None
    body: str
    notes: tuple[Note, ...]
    corrections: tuple[Correction, ...]
    previous: Link | None
    next: Link | None
    day: Link | None
    template: str = ""


class StoryPages(PageKind):
    """One page a story."""

    name = "story"
    template = "story.html"

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every published story."""
        return map(Claim._make, catalog.live("story"))

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """Changed stories, their neighbours, their translations and what links to them."""
        return map(Claim._make, catalog.stories_touched("story"))

    def view(self, desk: Desk, key: str) -> StoryPage:
        """A story as its reader sees it."""
        row = desk.catalog.story(key)
        assert row, key
        story = row.story
        assert story.moment
        near = desk.catalog.neighbours(story)
        crumbs = _calendar_crumbs(desk, story.moment.day)
        section = story.term("section")
        running = story.term("story")
        head = _head(desk, story, crumbs)
        return StoryPage(
            head=head,
            title=story.title,
            dek=story.dek,
            dateline=story.dateline,
            time=dates.shown(story.moment, story.lang),
            modified=_shown(story.modified, story.lang),
            event=_shown(story.event, story.lang),
            section=desk.term_link("section", section.slug) if section else None,
            bylines=desk.term_links(story, "byline"),
            tags=desk.term_links(story, "tag"),
            running=desk.term_link("story", running.slug) if running else None,
            picture=desk.picture(story.picture),
            body=desk.body(row, head.root),
            notes=tuple(Note(note.text, note.href) for note in story.notes),
            corrections=tuple(
                Correction(dates.shown(item.moment, story.lang), item.text)
                for item in story.corrections
            ),
            previous=desk.title_link(near.previous),
            next=desk.title_link(near.next),
            day=crumbs[-1] if crumbs else None,
            template=story.template,
        )

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

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every published page."""
        return map(Claim._make, catalog.live("page"))

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """Changed pages, their translations and what links to them."""
        return map(Claim._make, catalog.stories_touched("page"))

    def view(self, desk: Desk, key: str) -> OrdinaryPage:
        """A page as its reader sees it."""
        row = desk.catalog.story(key)
        assert row, key
        head = _head(desk, row.story, ())
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


def _head(desk: Desk, story: Story, crumbs: tuple[Link, ...]) -> Head:
    feed = desk.feed()
    others = desk.catalog.translations(story)
    return desk.head(
        story.title,
        story.address,
        story.output,
        description=story.dek or story.summary,
        lang=story.lang,
        crumbs=crumbs,
        feeds=(feed,) if feed else (),
        alternates=tuple(
            Link(other.address, dates.language_name(other.lang), lang=other.lang)
            for other in others
            if other.lang != story.lang
        ),
        index=story.status == "published",
    )


def _calendar_crumbs(desk: Desk, day: str) -> tuple[Link, ...]:
    """Links to a story's year, month and day; none for a hidden story alone on its day."""
    if not desk.has_day(day):
        return ()
    return tuple(desk.period_link(day[:length]) for length in (4, 7, 10))


def _shown(moment: Moment | None, lang: str) -> Time | None:
    return dates.shown(moment, lang) if moment else None
