"""The rendering stage: a template and a view make the bytes of a page.

A page is rendered when the digest of its template (with all that the template draws on, the site
as a whole and this program) or of its view differs from what the catalog remembers.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import jinja2
import msgspec

from microfiche import catalog, pages, renditions, workers, write
from microfiche.bodies import BodyReader
from microfiche.catalog import Catalog, Store, reading
from microfiche.catalog.twins import Twin, Twins
from microfiche.catalog.work import Rendered, Work
from microfiche.decoding import file_digest
from microfiche.errors import Problem, TemplateFault
from microfiche.imaging import Recipe
from microfiche.links import Finder
from microfiche.pages.desk import Desk, site_view
from microfiche.pages.kind import PageKind
from microfiche.pages.pictures import RenditionView
from microfiche.pages.statics import FileView
from microfiche.precompress import compressed, compressible, recipe
from microfiche.report import Report
from microfiche.settings import Settings
from microfiche.slugs import Slugger
from microfiche.templating import PageTemplate
from microfiche.theme import Theme
from microfiche.views import Site, View
from microfiche.words import Languages, Words
from microfiche.workers import Crew, Orders

_encode = msgspec.msgpack.Encoder().encode

BATCH = 128

NEW = "it was new"
DOUBTED = "the file was missing or altered, or an earlier build did not finish"
RESTYLED = "its template, the settings or Microfiche itself changed"
CHANGED = "what it shows changed"
_CAUSES = 3


class _Loaded(NamedTuple):
    """A template in one language, the site as that language has it, and the digest of it all."""

    template: PageTemplate
    site: Site
    digest: bytes


class Engine:
    """What turns views into bytes: the theme, the site, and the digest of both with the program.

    A page speaks the language of its head.
    """

    def __init__(self, theme: Theme, site: Callable[[Words], Site], program: bytes) -> None:
        """``site`` gives the site as a language has it."""
        self.theme = theme
        self._site = site
        self.digest = _digest(program + _encode(site(theme.languages.words(""))))
        self._templates: dict[tuple[str, str], _Loaded] = {}

    def template_digest(self, name: str, view: View) -> bytes:
        """The digest of everything but the view that goes into a page."""
        return self._loaded(name, view).digest if name else self.digest

    def render(self, name: str, view: View) -> bytes:
        """The bytes of a page.

        Raises:
            TemplateFault: when the template fails, with its line.
        """
        try:
            template, site, _ = self._loaded(name, view)
            return template.encoded(site=site, page=view)
        except jinja2.TemplateError as error:
            raise TemplateFault([self._fault(name, error)]) from None
        except Exception as error:  # whatever an owner's template does is the template's fault
            raise TemplateFault([self._fault(name, error)]) from None

    def _fault(self, name: str, error: Exception) -> Problem:
        """What is wrong with the innermost template that took part."""
        where, line = f"templates/{name}", 0
        for frame in traceback.extract_tb(error.__traceback__):
            if inner := self.theme.named(frame.filename):
                where, line = inner, frame.lineno or 0
        what = f"the template fails: {error}"
        return Problem(where, line, what, "mend the template", inside=False)

    def _loaded(self, name: str, view: View) -> _Loaded:
        head = getattr(view, "head", None)
        key = name, head.lang if head else ""
        if key not in self._templates:
            words = self.theme.languages.words(key[1])
            template = self.theme.template(name, words)
            digest = _digest(self.digest + words.digest + self.theme.digest(name))
            self._templates[key] = _Loaded(template, self._site(words), digest)
        return self._templates[key]


class Renderer:
    """Renders jobs from the catalog into the staging folder; made once a build in each worker."""

    def __init__(self, settings: Settings, program: bytes) -> None:
        self._settings = settings
        self._db = catalog.open_reader(settings.state / "catalog.sqlite")
        theme = make_theme(settings)
        self._kinds = {kind.name: kind for kind in pages.kinds(settings, theme)}
        self._desk = make_desk(settings, Catalog(self._db), theme.languages)
        self._engine = make_engine(theme, self._desk, program, settings.precompress)
        self._formats = settings.precompress
        self._twins = Twins(self._db)
        self._repress = self._twins.recipe() != recipe(self._formats)
        changes = self._desk.catalog.changes(_CAUSES + 1)
        self._changed = _changed_with([f"{settings.content.name}/{path}" for path in changes])
        self._staging = str(settings.state / "staging")
        self._output_exists = settings.output.exists()
        self._folders: set[str] = set()

    def close(self) -> None:
        """Close the catalog and the bodies."""
        self._db.close()
        self._desk.close()

    def render(self, first: int, last: int) -> list[Rendered]:
        """Render what is stale among the jobs of these numbers."""
        with reading(self._db):
            return list(self._rendered(first, last))

    def _rendered(self, first: int, last: int) -> Iterator[Rendered]:
        rows = self._db.execute(
            """
            SELECT job.id, job.kind, job.key, job.path,
                output.path, output.template, output.view, output.digest, output.kind, output.key
            FROM job LEFT JOIN output ON output.path = job.path
            WHERE job.id BETWEEN ? AND ? AND job.path IS NOT NULL ORDER BY job.id
            """,
            (first, last),
        ).fetchall()
        for number, name, key, path, *known in rows:
            kind = self._kinds[name]
            view = kind.view(self._desk, key)
            template = kind.page_template(view)
            template_digest = self._engine.template_digest(template, view)
            view_digest = digest_of(view)
            reason = why_stale(known, template_digest, view_digest, name, key)
            if reason:
                in_place = b"" if known[0] is None else known[3]
                digest, size, staged = self._stage(kind, template, view, (number, path), in_place)
                why = self._changed if reason == CHANGED else reason
                same = in_place == digest and not self._repress
                twins = None if same else self._press((number, path), staged=staged)
                yield Rendered(
                    number, template_digest, view_digest, digest, size, staged, why, twins
                )

    def _stage(
        self, kind: PageKind, template: str, view: View, job: tuple[int, str], known: bytes | None
    ) -> tuple[bytes, int, bool]:
        """Put a page's bytes into the staging folder, unless the file in place has them already.

        ``known`` is the digest of the file in place, empty where there is none of ours, None where
        it is in doubt.
        """
        if isinstance(view, FileView):
            return self._stage_file(view, job, known)
        if isinstance(view, RenditionView):
            data = self._rendition(view)
        else:
            data = kind.document(view) if kind.document else self._engine.render(template, view)
        digest = _digest(data)
        if digest == known or (known is None and self._in_place(job[1], data)):
            return digest, len(data), False
        _write(self._target(*job), data)
        return digest, len(data), True

    def _stage_file(
        self, view: FileView, job: tuple[int, str], known: bytes | None
    ) -> tuple[bytes, int, bool]:
        source = self._settings.content / view.source
        size = source.stat().st_size
        if view.digest == known or (known is None and self._holds(job[1], view.digest)):
            return view.digest, size, False
        shutil.copyfile(source, self._target(*job), follow_symlinks=False)
        return view.digest, size, True

    def _press(self, job: tuple[int, str], *, staged: bool) -> tuple[Twin, ...]:
        """Put an output's twins into the staging folder, but for those that are in place."""
        path = job[1]
        if not self._formats or not compressible(path):
            return ()
        twins = []
        source = self._target(*job) if staged else f"{self._settings.output}/{path}"
        for form, data in compressed(source, self._formats):
            name = f"{path}.{form}"
            if self._twins.free(name):
                fresh = not (self._output_exists and self._in_place(name, data))
                if fresh:
                    _write(f"{self._target(*job)}.{form}", data)
                twins.append(Twin(form, len(data), _digest(data), fresh))
        return tuple(twins)

    def _rendition(self, view: RenditionView) -> bytes:
        exposure = self._desk.catalog.pictures.exposure(view.digest)
        return workers.tool("darkroom", renditions.make_darkroom).data(exposure, view.made)

    def _in_place(self, path: str, data: bytes) -> bool:
        try:
            return (self._settings.output / path).read_bytes() == data
        except OSError:
            return False

    def _holds(self, path: str, digest: bytes) -> bool:
        try:
            return file_digest(self._settings.output / path) == digest
        except OSError:
            return False

    def _target(self, job: int, path: str) -> str:
        """Where a file is staged.

        Under the job's number, to be renamed into the output; or, where there is no output yet, in
        a folder that becomes the output.
        """
        if self._output_exists:
            return f"{self._staging}/{job}"
        self._make_folder(path.rpartition("/")[0])
        return f"{self._staging}/{write.WHOLE}/{path}"

    def _make_folder(self, folder: str) -> None:
        if folder in self._folders:
            return
        if folder:
            self._make_folder(folder.rpartition("/")[0])
        with suppress(FileExistsError):  # another worker was quicker
            os.mkdir(f"{self._staging}/{write.WHOLE}/{folder}")
        self._folders.add(folder)


def render_span(span: tuple[int, int]) -> list[Rendered]:
    """Render a span of jobs in a worker."""
    return workers.tool("renderer", _make_renderer).render(*span)


def _make_renderer(orders: Orders) -> Renderer:
    return Renderer(orders.settings, orders.program)


def render_all(store: Store, crew: Crew, state: Path, report: Report) -> None:
    """Render every stale page beside the output."""
    write.clear_staging(state)
    work = Work(store)
    with report.progress("rendering", work.count()) as steps, store.transaction():
        for rendered in crew.run(render_span, work.spans(BATCH)):
            work.note(rendered)
            steps.advance(BATCH)
        work.twins.find_removals()


def make_theme(settings: Settings) -> Theme:
    """The theme that the settings name."""
    return Theme(
        settings.themes,
        settings.theme_statics,
        settings.reading.addresses.theme,
        settings.site.lang,
    )


def make_desk(settings: Settings, reading: Catalog, languages: Languages) -> Desk:
    """A desk over the catalog as it is now."""
    return Desk(
        reading,
        BodyReader(settings.state / "bodies"),
        settings.reading.addresses,
        settings.site,
        Finder(settings.reading.link_pattern),
        Slugger(settings.reading.slugs),
        languages,
        Recipe(settings.pictures),
    )


def make_engine(theme: Theme, desk: Desk, program: bytes, formats: tuple[str, ...]) -> Engine:
    """The engine for the catalog as it is now; ``formats`` are those of files' twins."""
    program += recipe(formats).encode()
    return Engine(
        theme, partial(site_view, desk, theme.assets, theme.policy(desk.site.policy)), program
    )


def digest_of(view: View) -> bytes:
    """The digest of all that a template sees of a page."""
    return _digest(_encode(view))


def why_stale(known: list[object], template: bytes, view: bytes, name: str, key: str) -> str:
    """Why a page has to be rendered; empty when it need not be.

    ``known`` is what is remembered of its file: path, digests of template, view and bytes, the
    kind and key it was made for.
    """
    path, old_template, old_view, _, old_name, old_key = known
    if path is None or (old_name, old_key) != (name, key):
        return NEW
    if old_view is None:
        return DOUBTED
    if old_template != template:
        return RESTYLED
    return CHANGED if old_view != view else ""


def _changed_with(sources: list[str]) -> str:
    """That what a page shows changed, and with which sources; the first few are named."""
    if not sources:
        return CHANGED
    more = " and more" if len(sources) > _CAUSES else ""
    return f"{CHANGED} with {', '.join(sources[:_CAUSES])}{more}"


def _write(target: str, data: bytes) -> None:
    """Write a new file with the fewest calls to the kernel: there are a hundred thousand."""
    file = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(file, rest) :]
    finally:
        os.close(file)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()
