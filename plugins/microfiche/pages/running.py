"""Running stories: their parts on a timeline, in the order in which things happened."""

from __future__ import annotations

from msgspec import structs

from microfiche import dates
from microfiche.pages.desk import Desk
from microfiche.pages.terms import TermPage, Terms
from microfiche.pages.timeline import Timeline, timeline
from microfiche.views import Card, Time, View


class Part(View, frozen=True):
    """A part of a running story, and when it happened, if not when it was published."""

    time: Time | None
    card: Card


class RunningPage(TermPage, frozen=True):
    """A running story: all its parts, or its newest where they are more than a page's worth."""

    timeline: Timeline | None = None
    parts: tuple[Part, ...] = ()


class RunningStories(Terms):
    """One page a running story."""

    template = "running.html"

    def view(self, desk: Desk, key: str) -> RunningPage:
        """A running story with its timeline."""
        page = super().view(desk, key)
        lang = desk.site.lang
        days = desk.catalog.running.days(key)
        parts = desk.catalog.running.parts(key) if len(days) <= self._page_size else []
        values = structs.asdict(page) | {"volume": None}
        return RunningPage(
            **values,
            timeline=timeline(desk, days, [part.story.title for part in parts]),
            parts=tuple(
                Part(
                    dates.midnight(part.day, lang) if part.day != part.story.moment.day else None,
                    desk.card(part.story),
                )
                for part in parts
            ),
        )
