"""The theme's files are named by what they hold, and named so wherever a style sheet names them."""

from __future__ import annotations

import posixpath
import re
import shutil
from pathlib import Path

import pytest

import microfiche
from microfiche.assets import Assets
from microfiche.errors import TemplateFault
from tests.conftest import Site

NAMED = re.compile(r"(.+)\.[0-9a-f]{10}(\.\w+)")


def assets(folder: Path, **files: str) -> Assets:
    """A theme's files; in names, ``__`` stands for a slash and ``_`` for a dot."""
    for name, text in files.items():
        path = folder / "static" / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return Assets([folder / "static"], (), "theme")


def plain(text: str) -> str:
    """Text without the digests in names."""
    return re.sub(r"\.[0-9a-f]{10}(?=\.)", "", text)


def style(folder: Path, text: str) -> str:
    """What becomes of a rule in the theme's own style sheet, in a theme with two pictures."""
    found = assets(folder, css__print_css=text, a_png="a", img__b_png="b").style
    return found.split("\n\n")[-1].strip()


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ('a { b: url("../a.png") }', 'a { b: url("A") }'),
        ("a { b: url('../img/b.png') }", "a { b: url('B') }"),
        ("a { b: url( ../a.png ) }", "a { b: url( A ) }"),
        ("a { b: URL(../img/../a.png) }", "a { b: URL(A) }"),
        ("a { b: url(../a.png?x#y) }", "a { b: url(A?x#y) }"),
        ("a { b: url(../%61.png) }", "a { b: url(A) }"),
        (
            'a { b: image-set("../a.png" 1x, url(../img/b.png) type("image/png") 2x) }',
            'a { b: image-set("A" 1x, url(B) type("image/png") 2x) }',
        ),
        (
            'a { b: -webkit-image-set(url("../a.png") 1x) }',
            'a { b: -webkit-image-set(url("A") 1x) }',
        ),
    ],
)
def test_what_a_sheet_names_is_given_its_published_name(
    tmp_path: Path, rule: str, wanted: str
) -> None:
    """In every way in which CSS can name a file, seen from where the sheet is published."""
    found = assets(tmp_path, a_png="a", img__b_png="b").files
    names = {"A": found["a.png"].output, "B": found["img/b.png"].output}
    for letter, output in names.items():
        wanted = wanted.replace(f"({letter}", f"({posixpath.relpath(output, 'theme')}")
        wanted = re.sub(
            rf"(?<=[\"' ]){letter}(?=[\"' ])", posixpath.relpath(output, "theme"), wanted
        )
    assert style(tmp_path, rule) == wanted


@pytest.mark.parametrize(
    "rule",
    [
        "a { b: url(/images/a.png) }",
        "a { b: url(https://x.example/a.png) }",
        "a { b: url(//x.example/a.png) }",
        "a { b: url(data:image/png;base64,AAAA) }",
        "a { b: url(#a) }",
        "a { b: url(../images/quay.png) }",
        "a { b: url(../../a.png) }",
        "a { b: url() }",
        'a { content: "url(../a.png)" }',
        "a { content: 'it\\'s url(../a.png)' }",
        "/* url(../a.png) */",
        "a { b: curl(../a.png) }",
    ],
)
def test_what_is_no_file_of_the_theme_is_left_alone(tmp_path: Path, rule: str) -> None:
    """Other hosts, the archive's own files, text and comments."""
    assert style(tmp_path, rule) == rule


def test_the_name_follows_what_a_file_holds_and_names(tmp_path: Path) -> None:
    """Another font is another sheet that names it, and another sheet that imports that."""
    sheets = {
        "css__more_css": '@import "fonts.css";',
        "css__fonts_css": "@font-face { src: url(../fonts/a.woff2) }",
        "css__alone_css": "p {}",
    }
    before = assets(tmp_path, **sheets, fonts__a_woff2="one").files
    after = assets(tmp_path, **sheets, fonts__a_woff2="two").files
    changed = {name for name in before if before[name].output != after[name].output}
    assert changed == {"css/more.css", "css/fonts.css", "fonts/a.woff2"}
    assert all(NAMED.fullmatch(file.output) for file in after.values())
    text = after["css/fonts.css"].text
    assert text
    assert plain(text) == "@font-face { src: url(../fonts/a.woff2) }"
    assert posixpath.basename(after["fonts/a.woff2"].output) in text
    assert posixpath.basename(after["css/fonts.css"].output) in str(after["css/more.css"].text)
    assert after["css/alone.css"].text is None


def test_sheets_that_import_each_other_are_an_error(tmp_path: Path) -> None:
    """Neither could be named by what it holds."""
    found = assets(tmp_path, css__a_css='@import "b.css";', css__b_css='@import "a.css";')
    with pytest.raises(TemplateFault, match=re.escape("css/a.css → css/b.css → css/a.css")):
        assert found.files


def test_a_sheet_in_another_encoding_is_an_error(tmp_path: Path) -> None:
    """What to do is said."""
    found = assets(tmp_path)
    (tmp_path / "static" / "css").mkdir(parents=True)
    (tmp_path / "static" / "css" / "a.css").write_bytes(b"/* \xff */")
    with pytest.raises(TemplateFault, match="cannot be read"):
        assert found.files


@pytest.fixture
def themed(site: Site, tmp_path: Path) -> Site:
    """An archive with a theme of its own that has a logo, a font and a sheet beside the one."""
    theme = tmp_path / "theme"
    shutil.copytree(microfiche.THEME, theme)
    for name, text in {
        "img/logo.svg": "<svg/>",
        "fonts/a.woff2": "font",
        "vendor/player.css": "p { background: url(../img/logo.svg) }",
    }.items():
        (theme / "static" / name).parent.mkdir(exist_ok=True)
        (theme / "static" / name).write_text(text)
    (theme / "static" / "css" / "print.css").write_text(
        "@font-face { font-family: A; src: url(../fonts/a.woff2) }"
    )
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "base.html").write_text(
        '{% extends "!theme/base.html" %}\n{% block head %}\n'
        '<link rel="stylesheet" href="{{ page.head.root + site.file(\'vendor/player.css\') }}">\n'
        "{% endblock %}\n"
    )
    site.conf["THEME"] = str(theme)
    site.conf["THEME_TEMPLATES_OVERRIDES"] = [str(tmp_path / "templates")]
    site.story("a.md")
    return site


def test_whatever_a_page_or_a_sheet_names_is_there(themed: Site) -> None:
    """Every file of the theme is published once, under a name with a digest."""
    themed.publish()
    files = themed.files()
    theme = {path for path in files if path.startswith("theme/")}
    assert {plain(path) for path in theme} == {
        "theme/style.css",
        "theme/icon.svg",
        "theme/img/logo.svg",
        "theme/fonts/a.woff2",
        "theme/vendor/player.css",
    }
    page = themed.page("2024/11/01/a/index.html")
    named = set(re.findall(r'<link[^>]*href="/(theme/[^"]*)"', page))
    for path in [path for path in theme if path.endswith(".css")]:
        found = re.findall(rb"url\((\.?\.?/?[\w./]+\.(?:svg|woff2))\)", files[path])
        folder = posixpath.dirname(path)
        named |= {posixpath.normpath(posixpath.join(folder, each.decode())) for each in found}
    assert named == theme


def test_another_font_leaves_no_old_file(themed: Site) -> None:
    """The sheet that names it is another as well, and pages lead to that."""
    themed.publish()
    before = {path for path in themed.files() if path.startswith("theme/")}
    (Path(themed.conf["THEME"]) / "static" / "fonts" / "a.woff2").write_text("another")
    themed.publish()
    after = {path for path in themed.files() if path.startswith("theme/")}
    assert {plain(path) for path in before ^ after} == {"theme/style.css", "theme/fonts/a.woff2"}
    assert len(after) == len(before)
    (style,) = (path for path in after if "/style." in path)
    assert style in themed.page("index.html")


def test_a_file_that_the_theme_does_not_have_stops_the_build(themed: Site) -> None:
    """The template that names it is told."""
    (Path(themed.conf["THEME"]) / "static" / "vendor" / "player.css").unlink()
    assert any(
        "the theme has no file 'vendor/player.css'" in line for line in themed.build().errors
    )
