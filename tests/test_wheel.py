"""The wheel carries the plugin and the theme, and is all that a Pelican site needs to add."""

import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

CONFIGURATION = """\
import microfiche

SITENAME = "The Harbour Gazette"
SITEURL = "https://gazette.example"
TIMEZONE = "Europe/Lisbon"
PLUGINS = ["microfiche"]
THEME = microfiche.THEME
"""

STORY = """\
Title: {title}
Date: {date} 09:30

{text}
"""
STORIES = {
    "2024/10/31/storm-warning": ("Storm warning", "All boats stay in the harbour."),
    "2024/11/01/harbour-opens": ("Harbour opens", "The mayor cuts a ribbon."),
    "2024/11/02/first-ship": ("First ship", "She carries salt."),
}


def run(*command: str | Path, folder: Path = ROOT) -> str:
    """Run a command as from a bare shell and return what it prints; fail if it fails."""
    result = subprocess.run(
        command,
        cwd=folder,
        env={"HOME": str(folder), "PATH": os.defpath},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert result.returncode == 0, result.stdout
    return result.stdout


def build(target: str, into: Path) -> Path:
    """Build the `target` (wheel or sdist) of this tree; return its file."""
    run(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", into)
    (package,) = into.iterdir()
    return package


def pip(*words: str | Path) -> None:
    """Run this environment's pip, which leaves no cache behind."""
    run(sys.executable, "-m", "pip", "--no-cache-dir", *words)


def files(folder: Path) -> set[str]:
    """Every file under `folder` that belongs in a package, relative to it."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)) for path in found if path.parent.name != "__pycache__"}


def names(wheel: Path) -> set[str]:
    """Every file in a wheel but the packaging's own."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the wheel of this tree."""
    return build("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the Python of a new environment with the wheel in it.

    Other packages come from this environment through a path file. The path files of this
    environment are not followed from there, so its own link to the plugin has no effect.
    """
    venv = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", venv)
    python = venv / "bin" / "python"
    pip("--python", python, "install", "--no-index", "--no-deps", wheel)
    (packages,) = venv.glob("lib/python*/site-packages")
    (packages / "others.pth").write_text(sysconfig.get_path("purelib"))
    return python


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Give a Pelican site of three stories with the least configuration."""
    (tmp_path / "pelicanconf.py").write_text(CONFIGURATION)
    for name, (title, text) in STORIES.items():
        story = tmp_path / "content" / f"{name}.md"
        story.parent.mkdir(parents=True)
        date = "-".join(story.parent.parts[-3:])
        story.write_text(STORY.format(title=title, date=date, text=text))
    return tmp_path


def test_the_wheel_holds_the_plugin_and_the_theme_and_nothing_else(wheel: Path) -> None:
    """A new module, template or style sheet needs no entry in a list."""
    plugin = {f"microfiche/{name}" for name in files(ROOT / "plugins" / "microfiche")}
    theme = {f"microfiche/theme/{name}" for name in files(ROOT / "theme")}
    assert names(wheel) == plugin | theme


def test_the_source_archive_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    """Whoever packages from the source archive gets the plugin and the theme too."""
    archive = build("sdist", tmp_path / "sdist")
    options = ("--no-index", "--no-deps", "--no-build-isolation", "-w", tmp_path / "wheel")
    pip("wheel", *options, archive)
    (rebuilt,) = (tmp_path / "wheel").iterdir()
    assert names(rebuilt) == names(wheel)


def test_the_installed_plugin_uses_the_theme_beside_it(python: Path, tmp_path: Path) -> None:
    """The plugin is imported from the wheel, not from this tree."""
    code = "import microfiche; print(microfiche.__file__, microfiche.THEME, sep='\\n')"
    module, theme = map(Path, run(python, "-c", code, folder=tmp_path).splitlines())
    assert python.parents[1] in module.parents
    assert theme == module.parent / "theme"


def test_the_console_script_is_installed(python: Path) -> None:
    """`microfiche` is a command beside Pelican's."""
    assert "Usage: microfiche" in run(python.parent / "microfiche", "--help")


def test_a_site_needs_no_more_than_plugin_theme_name_address_and_zone(
    python: Path, site: Path
) -> None:
    """`pelican` builds the front page, every story and the theme's files."""
    run(python, "-m", "pelican", "content", "-s", "pelicanconf.py", "-o", "output", folder=site)
    output = site / "output"
    front = (output / "index.html").read_text()
    for name, (title, text) in STORIES.items():
        assert title in front
        assert text in (output / name / "index.html").read_text()
    icon, style = sorted(files(output / "theme"))
    assert re.fullmatch(r"icon\.[0-9a-f]+\.svg", icon)
    assert re.fullmatch(r"style\.[0-9a-f]+\.css", style)
    tokens = (ROOT / "theme" / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    assert tokens.strip() in (output / "theme" / style).read_text(encoding="utf-8")
