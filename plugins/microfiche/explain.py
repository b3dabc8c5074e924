"""Explanations: what a file of the output is made from, why it was made, what becomes of it."""

from __future__ import annotations

import difflib
import posixpath
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from microfiche import intake, pages, render
from microfiche.catalog import Catalog
from microfiche.catalog.outputs import Outputs
from microfiche.decoding import file_digest
from microfiche.errors import NotBuiltError, Problem
from microfiche.pages.kind import PageKind
from microfiche.pages.pictures import picture_of
from microfiche.records import Output
from microfiche.settings import state_of
from microfiche.views import View
from microfiche.workers import Orders

OF_STORIES = ("story", "page")
OF_FILES = ("static", "attachment")
OF_PICTURES = "rendition"

_NEIGHBOURS = 500
_EMBARGOES = 20


class Explanation(msgspec.Struct, frozen=True):
    """Where a file of the output comes from.

    ``sources`` is what it is the page or copy of, ``templates`` the template with all parts it
    draws on, ``stories`` and ``files`` the sources it shows or leads to, ``pages`` the number of
    other pages it leads to. ``reason`` says why it was last made, ``fate`` what is to come.
    """

    path: str
    kind: str
    key: str
    reason: str
    fate: str = ""
    sources: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    stories: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    pages: int = 0


class Explainer:
    """Explains the files of one output, by the settings it would be built with now.

    Raises:
        NotBuiltError: when there has been no build.
        TemplateFault: when the theme cannot be read.
    """

    def __init__(self, orders: Orders) -> None:
        settings = orders.settings
        self.content = settings.content.name
        self._orders = orders
        self._outputs = Outputs(settings.state / "catalog.sqlite")
        self._catalog = Catalog(self._outputs.db)
        self._theme = render.make_theme(settings)
        self._kinds = {kind.name: kind for kind in pages.kinds(settings, self._theme)}
        self._desk = render.make_desk(settings, self._catalog, self._theme.languages)
        self._engine = render.make_engine(
            self._theme, self._desk, orders.program, settings.precompress
        )

    def close(self) -> None:
        """Close the catalog and the bodies."""
        self._desk.close()
        self._outputs.close()

    def explain(self, path: str) -> Explanation | None:
        """Where a file comes from, None where no build wrote it.

        ``path`` is the file's in the output, or an address of it. Of a compressed file, what it was
        made of is explained.
        """
        path = self._outputs.page_of(path) or path
        output = self._outputs.output(path) or self._outputs.at(path)
        if not output:
            return None
        path = output.path
        kind = self._kinds.get(output.kind)
        if not kind:
            return Explanation(path, "", "", "an earlier build wrote it, and its catalog is gone")
        if self._vanishes(kind, output.key):
            fate = "a build removes it: what it shows is no longer published"
            return Explanation(
                path, kind.name, output.key, output.reason, fate, self._sources(output)
            )
        try:
            return self._explained(output, kind, kind.view(self._desk, output.key))
        except msgspec.MsgspecError:
            what, remedy = "another version of Microfiche built it", "build it with pelican"
            raise NotBuiltError([Problem(path, 0, what, remedy, inside=False)]) from None

    def nearest(self, path: str) -> str:
        """The file of ours whose path is most like this one: in the same folder if there are any.

        Empty where no build wrote a file.
        """

        def likeness(other: str) -> tuple[int, float]:
            shared = len(posixpath.commonpath((path, other)))
            return shared, difflib.SequenceMatcher(None, path, other).ratio()

        return max(self._outputs.near(path, _NEIGHBOURS), key=likeness, default="")

    def _explained(self, output: Output, kind: PageKind, view: View) -> Explanation:
        template = kind.page_template(view)
        parts = self._theme.parts(template) - {template} if template else ()
        sources = self._sources(output)
        found = self._reached(output.path, view)
        stories = tuple(each.key for each in found if each.kind in OF_STORIES)
        files = tuple(each.key.split("\n")[-1] for each in found if each.kind in OF_FILES)
        return Explanation(
            output.path,
            kind.name,
            output.key,
            output.reason,
            self._fate(output, kind, view, (*sources, *stories)),
            sources,
            tuple(filter(None, (template, *sorted(parts)))),
            stories,
            files,
            len(found) - len(stories) - len(files),
        )

    def _reached(self, path: str, view: View) -> list[Output]:
        """The files of ours, but for this one, whose addresses a view holds.

        Renditions are left out: the file that they are made of is there.
        """
        base = f"{self._orders.settings.site.url}/"
        reached = dict.fromkeys(address.removeprefix(base) for address in addresses(view))
        found = filter(None, map(self._outputs.at, reached))
        unique = {
            output.path: output
            for output in found
            if output.path != path and output.kind != OF_PICTURES
        }
        return list(unique.values())

    def _vanishes(self, kind: PageKind, key: str) -> bool:
        """Whether a change that is read but not yet published takes the page away."""
        if self._outputs.in_step():
            return False
        claims = {claim.key: claim.output for claim in kind.touched(self._catalog)}
        return key in claims and claims[key] is None

    def _fate(self, output: Output, kind: PageKind, view: View, shown: tuple[str, ...]) -> str:
        """What the next build does to a file, or what is the next thing to change it."""
        reason = render.why_stale(
            [output.path, output.template, output.view, output.digest, output.kind, output.key],
            self._engine.template_digest(kind.page_template(view), view),
            render.digest_of(view),
            kind.name,
            output.key,
        )
        if reason:
            return f"a build makes it anew: {reason}"
        if intake.reading_digest(self._orders) != self._outputs.meta("reading"):
            return "a build reads every source anew: the settings or Microfiche changed"
        if kind.daily and self._orders.settings.today != self._outputs.meta("today"):
            return "a build makes it anew where it shows the day: that is another day now"
        edits = filter(None, map(self._edit, shown))
        return next(edits, None) or self._altered(output) or self._due(kind, output.key)

    def _edit(self, source: str) -> str:
        """What became of a source since it was read; empty where nothing did."""
        try:
            digest = file_digest(self._orders.settings.content / source)
        except OSError:
            return f"a build misses {self._named(source)}"
        if digest == self._outputs.source_digest(source):
            return ""
        return f"a build reads {self._named(source)}, which was edited"

    def _altered(self, output: Output) -> str:
        """What became of the file since it was made; empty where nothing did."""
        file = self._orders.settings.output / output.path
        try:
            if file_digest(file) == output.digest:
                return ""
            if file.stat().st_size == output.size:  # then a build looks no further
                return "it was altered by another hand: remove it, and a build puts it back"
        except OSError:
            pass
        return "a build puts it back: it is missing or altered"

    def _due(self, kind: PageKind, key: str) -> str:
        """Which embargo may change a page when it ends; only the next few are looked at."""
        as_of = int(self._outputs.meta("as_of") or 0)
        for embargo in self._outputs.embargoes(as_of, _EMBARGOES):
            with self._outputs.supposing(embargo):
                touched = {claim.key for claim in kind.touched(self._catalog)}
            if key in touched:
                zone = ZoneInfo(self._orders.settings.reading.timezone)
                when = datetime.fromtimestamp(embargo.stamp, UTC).astimezone(zone)
                named = self._named(embargo.path)
                return f"{when:%Y-%m-%d %H:%M %Z}, when the embargo on {named} ends"
        return ""

    def _sources(self, output: Output) -> tuple[str, ...]:
        """What a file is the page, copy or rendition of; of an attachment, also its story."""
        if output.kind == OF_PICTURES:
            return self._catalog.pictures.holding(picture_of(output.key))
        if output.kind in (*OF_STORIES, *OF_FILES):
            return tuple(output.key.split("\n")[::-1])
        return ()

    def _named(self, source: str) -> str:
        return f"{self.content}/{source}"


def addresses(view: object) -> Iterator[str]:
    """Every address that a view holds, in the order of its fields."""
    if isinstance(view, tuple):
        for item in view:
            yield from addresses(item)
    elif isinstance(view, View):
        for name in view.__struct_fields__:
            value = getattr(view, name)
            if name not in ("address", "href"):
                yield from addresses(value)
            elif value:  # a link may lead nowhere
                yield value


def located(path: Path) -> tuple[Path, str] | None:
    """The output that a path lies in and its path there, None where no build wrote around it."""
    path = path.parent.resolve() / path.name
    for folder in (path, *path.parents):
        if (state_of(folder) / "catalog.sqlite").is_file():
            return folder, path.relative_to(folder).as_posix().removeprefix(".")
    return None
