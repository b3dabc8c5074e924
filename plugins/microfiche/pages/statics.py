"""Files that are published as they are: the theme's, the archive's, and stories' attachments."""

from __future__ import annotations

from collections.abc import Iterator

from microfiche.catalog.queries import Catalog
from microfiche.pages.desk import Desk, attached
from microfiche.pages.kind import PageKind
from microfiche.records import Claim, Stage
from microfiche.theme import Theme
from microfiche.views import View


class FileView(View, frozen=True):
    """A file to copy: where it is, and the digest of what it holds."""

    source: str
    digest: bytes


class StyleView(View, frozen=True):
    """The style sheet."""

    text: str


def _sheet(view: StyleView) -> bytes:
    return view.text.encode()


class _OfTheme(PageKind):
    """What the theme's own files share."""

    lasting = False
    stage = Stage.ASSETS
    named = True

    def __init__(self, theme: Theme) -> None:
        self._assets = theme.assets

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """Nothing: another theme plans everything."""
        return iter(())


class Style(_OfTheme):
    """The one style sheet, named by its content so that it may be cached for ever."""

    name = "style"
    document = staticmethod(_sheet)

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """The one sheet."""
        yield Claim("", self._assets.style_path)

    def view(self, desk: Desk, key: str) -> StyleView:
        """The sheet's text."""
        return StyleView(self._assets.style)


class ThemeFiles(_OfTheme):
    """The theme's files, but for the style sheets that are joined into one."""

    name = "theme"
    document = staticmethod(_sheet)

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every file."""
        for key, found in self._assets.files.items():
            yield Claim(key, found.output)

    def view(self, desk: Desk, key: str) -> FileView | StyleView:
        """The file and its digest, or the text of a style sheet that names others."""
        found = self._assets.files[key]
        if found.text is not None:
            return StyleView(found.text)
        return FileView(str(found.source), found.digest)


class Statics(PageKind):
    """Files of STATIC_PATHS, and others that stories lead to."""

    name = "static"
    stage = Stage.ASSETS

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every file that is published."""
        return map(Claim._make, catalog.files.published())

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """Changed files, and those of changed stories."""
        return map(Claim._make, catalog.files.touched())

    def view(self, desk: Desk, key: str) -> FileView:
        """The file and its digest."""
        return _file_view(desk, key)


class Attachments(PageKind):
    """Files that stories take along: ``{attach}`` puts a copy beside the story's page.

    A key is the story's path and the file's, parted by a line feed.
    """

    name = "attachment"
    stage = Stage.ASSETS

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every attachment of a published story."""
        return self._claims(catalog, catalog.files.attachments())

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """Attachments of changed stories, and changed attachments."""
        claims = {
            claim.key: claim for claim in self._claims(catalog, catalog.files.attachments_touched())
        }
        for key in catalog.files.attachments_owned():
            claims.setdefault(key, Claim(key, None))
        yield from claims.values()

    def _claims(self, catalog: Catalog, pairs: Iterator[tuple[str, str]]) -> Iterator[Claim]:
        for path, target in pairs:
            row = catalog.story(path)
            if row:
                output = attached(row.story, target).output
                yield Claim(f"{path}\n{target}", output)

    def view(self, desk: Desk, key: str) -> FileView:
        """The file and its digest."""
        return _file_view(desk, key.split("\n", 1)[1])


def _file_view(desk: Desk, path: str) -> FileView:
    return FileView(path, desk.catalog.files.digest(path) or b"")
