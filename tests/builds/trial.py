"""A build from one known state to another, tried again and again with something going wrong."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.builds.archive import Archive, Draft, File, State, differences, tree
from tests.builds.injection import Child, Ended
from tests.photographs import photograph

_STORY = re.compile(r"\d{4}/\d\d/\d\d/[^/]+/index\.html|about/index\.html")
_ASSETS = ("theme/", "images/", "files/", "renditions/")


def small() -> State:
    """As small as an archive can be that has every way of changing."""
    first = Draft("First", "2024-01-01").having(Category="World", Image="images/a.png")
    return State(
        drafts={
            "a.md": first,
            "b.md": Draft("Second", "2024-01-02", links=("[x]({attach}files/doc.pdf)",)),
            "pages/about.md": Draft("About"),
        },
        files={"images/a.png": photograph("a"), "files/doc.pdf": b"doc"},
        conf={
            "SITENAME": "Gazette",
            "SITEURL": "https://a.example",
            "SLUGIFY_SOURCE": "basename",
            "ARCHIVE_AS_OF": "2025-01-01",
            "STATIC_PATHS": ["images"],
            "ARCHIVE_PICTURE_WIDTHS": [16],
            "ARCHIVE_PICTURE_FORMATS": ["webp"],
            "DEFAULT_CATEGORY": "",
            "ON_THIS_DAY_SAVE_AS": "",
            "ON_THIS_DAYS_SAVE_AS": "",
            "FEEDS_SAVE_AS": "",
            "ARCHIVE_FEEDS": {"archive": ["rss"], "section": [], "history": []},
        },
    )


def edited(before: State) -> State:
    """Something added, something changed, something taken away, on pages and in files."""
    after = before.copy()
    after.drafts["a.md"] = Draft("First, corrected", "2024-01-01").having(Image="images/a.png")
    del after.drafts["b.md"]
    after.drafts["c.md"] = Draft("Third", "2024-02-01").having(Category="World")
    after.files["images/a.png"] = photograph("other")
    return after


def restyled(before: State) -> State:
    """All pages changed."""
    after = before.copy()
    after.conf["SITENAME"] = "Courier"
    return after


class Trial:
    """An archive built in state ``before``, about to be built in state ``after``.

    ``output`` says what is in the output: "built" what the first state makes, "foreign" one file
    of somebody else's, "nothing" not even the folder.
    """

    def __init__(
        self, folder: Path, after: Callable[[State], State], output: str = "built"
    ) -> None:
        self.folder = folder
        self.before, self.after = small(), after(small())
        self.archive = Archive(folder / "archive", self.before.copy())
        self.site = self.archive.output.parent
        self.site.mkdir()
        if output == "built":
            self.build()
        elif output == "foreign":
            self.archive.output.mkdir()
            (self.archive.output / "CNAME").write_text("archive.example\n")
        self.old = self.archive.published()
        self.foreign = self.old if output == "foreign" else {}
        self._keep("start")
        self.wanted = {state: self._clean(state) for state in ("before", "after")}
        self.new = self.wanted["after"]

    @property
    def state(self) -> Path:
        """The folder of all that is known of the output."""
        return self.site / ".microfiche" / "output"

    @property
    def catalog(self) -> Path:
        """The catalog's file."""
        return self.state / "catalog.sqlite"

    def unseal(self) -> None:
        """Have the catalog as a killed build leaves it: without its check sum."""
        self.catalog.with_name("catalog.sqlite.seal").unlink(missing_ok=True)

    def files(self) -> dict[str, File]:
        """The output as it lies on the disk."""
        return tree(self.archive.output)

    def restart(self) -> None:
        """Go back to where the trial began."""
        self.empty()
        self.refill()

    def empty(self) -> None:
        """Take away the output and all that is known of it."""
        for path in self.site.iterdir():
            shutil.rmtree(path)

    def refill(self, kept: str = "start") -> None:
        """Put back the output, and all that is known of it, as it was kept."""
        shutil.copytree(self.folder / kept, self.site, symlinks=True, dirs_exist_ok=True)

    def keep(self) -> None:
        """Keep the output, with all that is known of it, as it is now."""
        self._keep("interrupted")

    def resume(self) -> None:
        """Go back to what was kept."""
        self.empty()
        self.refill("interrupted")

    def sources(self, state: str) -> None:
        """Edit the sources into the state ``before`` or ``after``."""
        self.archive.state = (self.before if state == "before" else self.after).copy()
        self.archive.sync()

    def attempt(self, work: Callable[[], str]) -> Ended:
        """Do something in a process of its own, and wait until all that it started has ended."""
        child = Child(work, self.folder)
        ended = child.wait()
        assert not child.lingers()
        return ended

    def told(self, jobs: int = 1) -> str:
        """Build; what a person is told of it."""
        built = self.archive.build(jobs)
        return "published" if built.counts else "\n".join(built.errors())

    def build(self) -> None:
        """Build, which has to succeed."""
        self.archive.must_build()

    def inexact(self, state: str) -> list[str]:
        """How the output differs from a clean build of a state."""
        found = self.archive.published()
        return differences(found, {**self.wanted[state], **self.foreign})

    def disorder(self) -> list[str]:
        """What is wrong with an output between two states: neither old nor new, or out of order."""
        now = self.archive.published()
        wanted = {**self.new, **self.foreign}
        told = []
        done: list[tuple[int, str]] = []
        undone: list[tuple[int, str]] = []
        for path in sorted({*self.old, *wanted, *now}):
            old, new, found = self.old.get(path), wanted.get(path), now.get(path)
            if found not in (old, new):
                told.append(f"{path}: neither old nor new")
            elif old != new:
                (done if found == new else undone).append((_turn(path, wanted), path))
        if done and undone and max(done)[0] > min(undone)[0]:
            told.append(f"{max(done)[1]} was done before {min(undone)[1]}")
        return told

    def untouched(self) -> bool:
        """Whether the output is as it was."""
        return self.old == self.archive.published()

    def _keep(self, name: str) -> None:
        shutil.rmtree(self.folder / name, ignore_errors=True)
        shutil.copytree(self.site, self.folder / name, symlinks=True)

    def _clean(self, state: str) -> dict[str, bytes]:
        self.sources(state)
        built, files = self.archive.clean()
        assert built.counts, built.errors()
        return files


def _turn(path: str, wanted: Mapping[str, bytes]) -> int:
    """When a file's turn is: assets, stories, lists, feeds, removals."""
    if path not in wanted:
        return 4
    if path.startswith(_ASSETS) or path.endswith(".pdf"):
        return 0
    if _STORY.fullmatch(path):
        return 1
    return 2 if path.endswith(".html") else 3
