"""The documents say what is there: all headers and settings, commands and examples that work."""

from __future__ import annotations

import ast
import os
import re
import shlex
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pelican.settings import DEFAULT_CONFIG, read_settings

import microfiche
from microfiche.commands import main
from microfiche.headers import HEADERS, HeaderDoc
from microfiche.hooks import orders_for
from microfiche.limits import BODY_LIMIT, TAG_LIMIT, TITLE_LIMIT
from microfiche.options import SETTINGS
from microfiche.pages.kind import PageKind
from microfiche.rules import IDLE
from microfiche.settings import Settings
from microfiche.slugs import LIMIT
from tests import reference
from tests.browser import screenshots
from tests.conftest import PICTURE, ROOT, Site
from tests.test_theme import PAGES

README = ROOT / "README.md"
THEME_DOC = ROOT / "docs" / "theme.md"
DOCUMENTS = [README, *sorted((ROOT / "docs").glob("*.md"))]
OWN_TABLE = "Pelican's own"
REFUSED_TABLE = "Pelican's settings that do not count"

TESTED_ELSEWHERE = {
    "python -m pip install dist/*.whl",
    "python -m json.tool output/api/v1/index.json",
    "python -m json.tool output/api/v1/months/1969-07.json",
    "cp -r public.bag /media/disk/gazette-2026-11-24",
    "cd /media/disk/gazette-2026-11-24",
    "sha256sum --check --quiet tagmanifest-sha256.txt",
    "sha256sum --check --quiet manifest-sha256.txt",
    "find data -type f | wc -l",
    "npx netlify deploy --prod --no-build --dir public",  # the hosts' own: nothing is there to ask
    "npx wrangler pages deploy public --project-name gazette --branch main",
}
"""Commands that the tests of the wheel, of the bag and of the API run."""


class Setting(NamedTuple):
    """A row on one of Pelican's settings: the heading it stands under, and its default if shown."""

    name: str
    heading: str
    default: str


def blocks(document: Path, language: str) -> list[str]:
    """Every fenced block of a language in a document, without its indentation."""
    fences = re.finditer(
        rf"^( *)```{language}\n(.*?)^\1```$", document.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    return [re.sub(rf"^{match[1]}", "", match[2], flags=re.MULTILINE) for match in fences]


def all_blocks(language: str) -> list[Any]:
    """Every fenced block of a language in all documents, as a test's parameters."""
    return [
        pytest.param(block, id=f"{document.stem} {number}")
        for document in DOCUMENTS
        for number, block in enumerate(blocks(document, language), 1)
    ]


def commands() -> list[str]:
    """Every command in all documents, once."""
    found = (
        line
        for document in DOCUMENTS
        for block in blocks(document, "sh")
        for line in block.splitlines()
    )
    return sorted({line for line in found if line})


def links(document: Path) -> Iterator[str]:
    """Every link and picture of a document that leads to no other site."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", document.read_text("utf-8"), flags=re.DOTALL)
    return (target for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target)


def anchors(document: Path) -> set[str]:
    """What can be linked to in a document: its headings, as they are written in addresses."""
    titles = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def names(*headings: str) -> set[str]:
    """Pelican's settings under these headings of docs/configuration.md."""
    return {setting.name for setting in pelican_settings() if setting.heading in headings}


def pelican_settings() -> Iterator[Setting]:
    """Every setting of Pelican's that docs/configuration.md has in a table."""
    heading = ""
    for line in (ROOT / "docs" / "configuration.md").read_text("utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("| `") and "`ARCHIVE_" not in line:
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            shown = len(cells) == 3 and cells[1].startswith("`")
            default = cells[1].strip("`").replace(r"\|", "|") if shown else ""
            for name in re.findall(r"`([A-Z_]+)`", cells[0]):
                yield Setting(name, heading, default)


class Recorder(dict[str, Any]):
    """Settings that remember which of them were asked for."""

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        """A setting; it was asked for."""
        self.asked.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """A setting if it is there; it was asked for."""
        self.asked.add(name)
        return super().get(name, default)


def settings_of(site: Site, **conf: Any) -> Settings:
    """The whole configuration of an archive, with settings on top of its own."""
    plain = {**site.conf, **conf}
    return orders_for(read_settings(override=plain)).settings


def asked(site: Site) -> set[str]:
    """Every setting that Microfiche asks for."""
    conf = Recorder(read_settings(override=dict(site.conf)))
    orders_for(conf)
    return conf.asked


def run(site: Site, line: str, configuration: str) -> subprocess.CompletedProcess[str]:
    """Run a `pelican` command of the documents in the folder of an archive."""
    folder = site.content.parent
    (folder / "pelicanconf.py").write_text(configuration, "utf-8")
    return subprocess.run(
        [sys.executable, "-m", *shlex.split(line)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "plugins")},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.stem)
def test_tables_are_as_the_code_has_them(document: Path) -> None:
    """A header or setting that is added or changed is documented by `make docs`."""
    text = document.read_text("utf-8")
    assert reference.written(text) == text


@pytest.mark.parametrize("table", reference.TABLES)
def test_every_table_stands_in_one_document(table: str) -> None:
    """A table without its place would be written nowhere."""
    mark = f"<!-- {table}: written by make docs -->"
    assert sum(document.read_text("utf-8").count(mark) for document in DOCUMENTS) == 1


def test_a_table_is_written_between_its_marks() -> None:
    """What stands around the marks stays, what stands between them goes."""
    text = "Before.\n<!-- settings: written by make docs -->\nold\n<!-- end -->\nAfter.\n"
    new = reference.written(text)
    assert new == text.replace("old\n", reference.settings())
    assert all(f"| `{setting.name}` |" in new for setting in SETTINGS)


@pytest.mark.parametrize("header", HEADERS, ids=lambda header: header.name)
def test_the_example_of_a_header_is_sound(site: Site, header: HeaderDoc) -> None:
    """Whoever copies an example from the table gets no error for it."""
    site.write("images/moon.svg", PICTURE)
    site.story(**{header.name: header.example})
    site.publish()


def test_the_limits_are_those_of_the_code() -> None:
    """The document states each limit as a number."""
    text = (ROOT / "docs" / "headers.md").read_text("utf-8")
    for limit in (BODY_LIMIT, TITLE_LIMIT, TAG_LIMIT, LIMIT):
        assert re.search(rf"(?<![\d,]){limit:,}(?![\d,])", text), limit


def test_a_setting_has_one_row() -> None:
    """No setting both counts and does not."""
    found = [setting.name for setting in pelican_settings()]
    assert sorted(found) == sorted(set(found))


def test_every_setting_of_pelican_has_a_row() -> None:
    """A newer Pelican's settings have to be decided upon."""
    assert set(DEFAULT_CONFIG) <= {setting.name for setting in pelican_settings()}


def test_the_settings_that_count_are_those_that_are_read(site: Site) -> None:
    """Every setting that the code asks for is documented as counting, and no other.

    Some are asked for only to say that they have no effect.
    """
    counting = {setting.name for setting in pelican_settings()} - names(OWN_TABLE, REFUSED_TABLE)
    mentioned = {*IDLE, "DELETE_OUTPUT_DIRECTORY"}
    assert mentioned <= names(REFUSED_TABLE)
    assert asked(site) == counting | mentioned | {setting.name for setting in SETTINGS}


def test_no_setting_is_read_behind_the_documents_back() -> None:
    """A setting that only a rare branch reads is documented too."""
    reading = re.compile(r"""\b_?(?:conf|settings|pelican)(?:\.get\(|\[)"([A-Z][A-Z_]+)""")
    documented = {each.name for each in pelican_settings()} | {setting.name for setting in SETTINGS}
    modules = sorted((ROOT / "plugins").rglob("*.py"))
    found = {name for path in modules for name in reading.findall(path.read_text("utf-8"))}
    assert {"SITENAME", "READERS"} <= found <= documented


def test_a_stated_default_changes_nothing(site: Site) -> None:
    """The defaults in the tables are those of the code."""
    rows = [row for row in pelican_settings() if row.default and not row.name.endswith("_SAVE_AS")]
    shown = {row.name: ast.literal_eval(row.default) for row in rows}
    shown |= {setting.name: setting.default for setting in SETTINGS}
    del shown["ARCHIVE_AS_OF"]  # unset it is the moment of the build, which never comes again
    for name in shown:
        site.conf.pop(name, None)
    assert settings_of(site, **shown) == settings_of(site)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.stem)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    """Each leads to a file of this project and, if it names one, to a heading there."""
    for target in links(document):
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        assert file.is_relative_to(ROOT), target
        assert file.is_file(), target
        assert not anchor or anchor in anchors(file), target


def test_the_readme_lists_every_document() -> None:
    """A document that nothing leads to is read by nobody."""
    found = {(ROOT / target).resolve() for target in links(README)}
    assert set(DOCUMENTS) - {README} <= found


@pytest.mark.parametrize("name", screenshots.PAGES)
def test_pictures_are_small_pngs_of_the_stated_size(name: str) -> None:
    """They are what `make screenshots` takes."""
    data = (ROOT / "docs" / "pictures" / name).read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == screenshots.SIZE
    assert len(data) <= screenshots.LIMIT


@pytest.mark.parametrize("line", [line for line in commands() if line.startswith("make ")])
def test_make_commands_are_of_the_makefile(line: str) -> None:
    """Targets and variables exist; `make -n` finds nothing missing."""
    words = shlex.split(line)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for name in (word.partition("=")[0] for word in words[2:]):
        assert re.search(rf"^{name} \?=", makefile, re.MULTILINE), name
    result = subprocess.run(
        [*words, "-n", f"PYTHON={sys.executable}"],
        cwd=ROOT,
        env={"HOME": str(ROOT), "PATH": os.environ["PATH"]},
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("line", [line for line in commands() if line.startswith("pelican ")])
def test_pelican_commands_build_an_archive(site: Site, line: str) -> None:
    """They are run beside a content folder and the configuration of docs/configuration.md."""
    site.story()
    result = run(site, line, blocks(ROOT / "docs" / "configuration.md", "python")[0])
    assert result.returncode == 0, result.stdout
    output = site.content.parent / ("output-new" if "output-new" in line else "output")
    assert "Ships wait." in (output / "2024/11/01/story/index.html").read_text("utf-8")


@pytest.mark.parametrize("line", [line for line in commands() if line.startswith("microfiche ")])
def test_microfiche_commands_exist(line: str) -> None:
    """So do the options that they are given."""
    _, name, *words = shlex.split(line)
    options = {option for each in main.commands[name].params for option in each.opts}
    assert {word.partition("=")[0] for word in words if word.startswith("-")} <= options


def test_no_other_command_is_shown() -> None:
    """A command of another kind needs a test of its own."""
    kinds = ("make ", "microfiche ", "pelican ")
    assert {line for line in commands() if not line.startswith(kinds)} == TESTED_ELSEWHERE


@pytest.mark.parametrize("code", all_blocks("python"))
def test_settings_in_the_documents_are_sound(site: Site, code: str) -> None:
    """Every example of settings can be put into a configuration that works."""
    stated: dict[str, Any] = {}
    exec(compile(code, "pelicanconf.py", "exec"), stated)  # noqa: S102 - our own words
    conf = {name: value for name, value in stated.items() if name.isupper()}
    assert conf
    site.story()
    site.publish(**conf)


@pytest.mark.parametrize(
    ("block", "page", "shown"),
    [
        (blocks(THEME_DOC, "css")[0], "theme/style.*.css", "--accent: #7a1f2b;"),
        (blocks(THEME_DOC, "jinja")[0], "2024/11/01/story/index.html", "letters@gazette.example"),
        (blocks(THEME_DOC, "jinja")[1], "index.html", '<link rel="me" href="https://social.'),
        (blocks(THEME_DOC, "jinja")[2], "index.html", 'touch-icon" href="/theme/icon.'),
    ],
    ids=["site.css", "story.html", "base.html", "icon.svg"],
)
def test_what_is_laid_over_the_theme_is_shown(
    site: Site, block: str, page: str, shown: str
) -> None:
    """Each example of docs/theme.md, in the file that it names, changes its part and no other."""
    site.story()
    site.publish()
    plain = site.files()
    first = re.match(r"(?:/\*|{#) (templates/\S+) (?:\*/|#})\n", block)
    assert first
    file = site.content.parent / first[1]
    file.parent.mkdir()
    file.write_text(block, "utf-8")
    site.publish(THEME_TEMPLATES_OVERRIDES=[str(file.parent)])
    (found,) = site.output.glob(page)
    text = found.read_text("utf-8")
    assert shown in text
    if page in plain:  # what the theme has is all there yet
        lines = text.splitlines()
        assert [line for line in plain[page].decode().splitlines() if line not in lines] == []


def test_the_blocks_of_base_are_documented() -> None:
    """All of them, in their order."""
    text = THEME_DOC.read_text("utf-8")
    table = text.partition("| Block |")[2].partition("\n\n")[0]
    base = Path(microfiche.THEME, "templates", "base.html").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == re.findall(r"{% block (\w+)", base)


@pytest.mark.parametrize("kind", reference.page_kinds(), ids=lambda kind: kind.name)
def test_a_template_sees_what_its_row_says(kind: PageKind) -> None:
    """The views that templates are tested with are those of their kinds."""
    if kind.template:
        assert {type(view) for view in PAGES[kind.template]} == {reference.view_of(kind)}


@pytest.mark.parametrize("story", all_blocks("markdown"))
def test_stories_in_the_documents_build_without_a_finding(site: Site, story: str) -> None:
    """Not even a note is said of an example."""
    site.write("story.md", story)
    site.write("images/ever-given.svg", PICTURE)
    built = site.publish()
    assert built.counts
    assert (built.counts.stories, built.findings) == (1, ())


def test_the_report_in_the_documents_is_what_is_said(site: Site) -> None:
    """The example of a broken story shows the report word for word."""
    (shown,) = blocks(ROOT / "docs" / "writing.md", "text")
    site.story("a.md", Title="A", Date="May 2020")
    result = site.pelican()
    assert result.returncode == 1
    assert result.stdout.endswith(shown)


def test_pelicans_default_addresses_can_be_kept(site: Site) -> None:
    """With the settings of docs/moving.md, every page of stock Pelican has its address here too."""
    plugin, defaults = blocks(ROOT / "docs" / "moving.md", "python")
    headers = {"Category": "World", "Tags": "Moon, Egypt", "Author": "World desk"}
    site.story("one.md", Title="Ships wait", **headers)
    site.story("two.md", Title="Кораблі чекають", Slug="ships-wait", Lang="uk", **headers)
    site.write("pages/about.md", "Title: About us\n\nWe write.\n")
    common = 'SITEURL = "https://gazette.example"\nTIMEZONE = "UTC"\n'
    stock = run(site, "pelican content -o stock", common)
    ours = run(site, "pelican content -o ours", common + plugin + defaults)
    assert (stock.returncode, ours.returncode) == (0, 0), ours.stdout
    before, after = (
        {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
        for folder in (site.content.parent / "stock", site.content.parent / "ours")
    )
    assert {"ships-wait.html", "ships-wait-uk.html", "pages/about-us.html"} <= before <= after


def test_architecture_names_what_is_there() -> None:
    """Every module and folder that the document names exists."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    package = ROOT / "plugins" / "microfiche"
    named = set(re.findall(r"`([\w/]+(?:\.py|/))`", text))
    assert named
    assert not {name for name in named if not any((at / name).exists() for at in (ROOT, package))}
