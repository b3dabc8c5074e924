"""`microfiche messages` starts catalogs and keeps them in step with what is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from microfiche import messages
from microfiche.commands import main
from tests.conftest import Site


@pytest.fixture
def folder(site: Site, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of a site with a template of its own, and work in it."""
    folder = site.content.parent
    conf = {**site.conf, "THEME_TEMPLATES_OVERRIDES": ["templates"]}
    (folder / "pelicanconf.py").write_text("".join(f"{k} = {v!r}\n" for k, v in conf.items()))
    (folder / "templates").mkdir()
    (folder / "templates" / "mine.html").write_text('{{ _("Ferry times") }}')
    monkeypatch.chdir(folder)
    return folder


def run(*words: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["messages", *words])


def test_a_catalog_is_started_with_all_that_is_said(folder: Path) -> None:
    """The owner's templates, the theme's and the package's; with the language's plural rule."""
    assert run("languages/pl.po").exit_code == 0
    catalog = (folder / "languages" / "pl.po").read_text("utf-8")
    for text in ("Ferry times", "Skip to the content", "Running stories"):
        assert f'msgid "{text}"\nmsgstr ""\n' in catalog
    assert '"Plural-Forms: nplurals=3; ' in catalog
    assert 'msgid_plural "{count} stories"\nmsgstr[0] ""\nmsgstr[1] ""\nmsgstr[2] ""\n' in catalog


def test_translations_and_notes_are_kept_and_what_is_gone_goes(folder: Path) -> None:
    """A second run changes nothing more."""
    run("languages/pl.po")
    path = folder / "languages" / "pl.po"
    text = path.read_text("utf-8")
    text = text.replace('msgid "Tags"\nmsgstr ""', '# as at the fair\nmsgid "Tags"\nmsgstr "Tagi"')
    path.write_text(text + '\nmsgid "Gone"\nmsgstr "Nie ma"\n', "utf-8")
    assert run("languages/pl.po").exit_code == 0
    assert path.read_text("utf-8") == text
    assert run("languages/pl.po").exit_code == 0
    assert path.read_text("utf-8") == text


def test_what_cannot_be_read_is_named(folder: Path) -> None:
    """A broken template and a broken catalog end the command with one line."""
    (folder / "pl.po").write_text("msgid broken\n")
    broken = run("pl.po")
    assert broken.exit_code == 1
    assert (folder / "pl.po").read_text() == "msgid broken\n"
    (folder / "templates" / "mine.html").write_text("{% if %}")
    result = run("pl.po")
    assert result.exit_code == 1
    assert "templates/mine.html:1" in result.output


def test_messages_of_code_are_those_written_out(tmp_path: Path) -> None:
    """A variable is no message: what it holds is made known where it is written."""
    (tmp_path / "a.py").write_text(
        'words.gettext("One")\nwords.gettext(name)\nngettext("{count} a", "{count} b", 2)\n'
        'X = gettext_noop("Two")\n'
    )
    assert [*messages.in_code(tmp_path)] == ["One", ("{count} a", "{count} b"), "Two"]
