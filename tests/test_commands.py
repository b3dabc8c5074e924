"""`microfiche explain` and `microfiche verify`, and the page that documents the commands."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from pelican.settings import read_settings

from microfiche import verify as verification
from microfiche import write
from microfiche.commands import main
from microfiche.explain import Explainer, Explanation
from microfiche.hooks import orders_for
from microfiche.records import Counts
from microfiche.report import Report, summary
from microfiche.settings import state_of
from tests.conftest import PICTURE, ROOT, Site

PAGE = ROOT / "docs" / "commands.md"
HEAVY = {"babel", "http.server", "jinja2", "lxml", "markdown", "msgspec", "pelican", "rich"}


class Clock:
    """A clock that stands still."""

    seconds = 0.0

    def monotonic(self) -> float:
        """What it shows."""
        return self.seconds


def configure(site: Site, **conf: Any) -> Path:
    """Write the configuration of a site beside its content; return the folder of both."""
    stated = {**site.conf, **conf, "PLUGINS": ["microfiche"]}
    lines = [f"{name} = {value!r}\n" for name, value in stated.items() if value is not None]
    folder = site.content.parent
    (folder / "pelicanconf.py").write_text("".join(lines), "utf-8")
    return folder


@pytest.fixture(autouse=True)
def _no_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python leaves no compiled settings beside the settings, where tests look for our traces."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


@pytest.fixture
def microfiche(site: Site, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run `microfiche` in the folder of a site that is configured."""
    monkeypatch.chdir(configure(site))
    return lambda *words: CliRunner().invoke(main, words)


@pytest.fixture
def gazette(site: Site) -> Site:
    """The archive of docs/commands.md, not built yet."""
    site.write("images/harbour.svg", PICTURE)
    site.story("2024/10/31/storm-warning.md", Date="2024-10-31 18:00", Tags="harbour")
    site.story(
        "2024/11/01/harbour-opens.md",
        Date="2024-11-01 09:30",
        Tags="harbour",
        Image="images/harbour.svg",
        Image_alt="The harbour",
    )
    site.story("2024/11/02/first-ship.md", Date="2024-11-02 07:00", Tags="ships")
    site.story("2025/06/01/new-pier.md", Date="2025-06-01 06:00", Tags="harbour")
    return site


def explained(site: Site, path: str, **conf: Any) -> Explanation:
    """The explanation of a file that a build wrote."""
    explainer = Explainer(orders_for(read_settings(override={**site.conf, **conf})))
    found = explainer.explain(path)
    explainer.close()
    assert found, path
    return found


def trace(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below a folder with the time of its last change and what it holds."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def examples() -> Iterator[tuple[str, str]]:
    """Every command of the page with what it is shown to print."""
    fences = re.findall(
        r"^```console\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    for example in re.split(r"^\$ ", "".join(fences), flags=re.MULTILINE)[1:]:
        line, _, expected = example.partition("\n")
        yield line, expected


def pattern(expected: str) -> str:
    """What is documented as a regular expression: `…` is anything, and alone it is lines."""
    text = re.escape(expected).replace("^…", "…")
    return re.sub("…", ".*", re.sub(r"^…\\\n", "(?:.*\n)*?", text, flags=re.MULTILINE))


# The page


def test_every_command_is_documented() -> None:
    """A command without a heading of its own would be found by nobody."""
    headings = re.findall(r"^## `microfiche ([a-z]+)`$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert headings == list(main.commands)


def test_the_examples_of_the_page_say_what_it_shows(gazette: Site, tmp_path: Path) -> None:
    """They are run one after another, in one archive, as a reader would."""
    folder = configure(gazette)
    (tmp_path / "bin").mkdir()
    for name, code in {
        "pelican": "from pelican import main; main()",
        "microfiche": "from microfiche.commands import main; main()",
    }.items():
        script = tmp_path / "bin" / name
        script.write_text(f"#!{sys.executable}\n{code}\n")
        script.chmod(0o755)
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    for line, expected in examples():
        result = subprocess.run(
            ["sh", "-c", line],
            cwd=folder,
            env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT / "plugins"), "COLUMNS": "80"},
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        assert re.fullmatch(pattern(expected), result.stdout), f"$ {line}\n{result.stdout}"


@pytest.mark.parametrize("words", [[], *([name] for name in main.commands)])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    """Whoever asks for help gets it at once, without Pelican and all it draws on."""
    asked = [*words, "--help"]
    code = f"import sys; from microfiche.commands import main; main({asked}, 'microfiche')"
    result = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT / "plugins")},
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    imported = {line.rsplit("|", 1)[-1].strip() for line in result.stderr.splitlines()}
    assert "click" in imported
    assert not HEAVY & imported
    assert result.stdout.startswith("Usage: microfiche ")


# What a build says


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It says so."""
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time that progress is told by, which passes only when it is told to."""
    clock = Clock()
    monkeypatch.setattr("microfiche.report.time", clock)
    monkeypatch.setenv("TERM", "xterm")
    return clock


def test_the_last_line_of_a_build_says_what_was_done_and_what_waits() -> None:
    """In one line, with thousands marked."""
    counts = Counts(changed=3, written=14, removed=1, unchanged=148_201)
    due = datetime(2026, 12, 1, 6, 0, tzinfo=ZoneInfo("Europe/Kyiv"))
    line = "3 sources changed → 14 files written, 1 removed, 148,201 unchanged, 0.84 s"
    assert summary(counts, 0.84, None) == line
    assert summary(counts, 0.84, due) == f"{line} · next embargo ends 2026-12-01 06:00 EET"


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_nothing_is_said_of_quick_work(clock: Clock, stream: type[io.StringIO]) -> None:
    """A bar that comes and goes at once only flickers."""
    out = stream()
    with Report(out).progress("rendering", 300) as steps:
        clock.seconds += 0.9
        steps.advance(100)
    assert out.getvalue() == ""


def test_long_work_shows_a_bar_at_a_terminal(clock: Clock) -> None:
    """It is there after a second, and gone when the work is done."""
    out = Terminal()
    with Report(out).progress("rendering", 300) as steps:
        clock.seconds += 1.1
        steps.advance(100)
    shown = re.sub(r"\x1b\[[0-9;?]*m", "", out.getvalue())
    assert re.search(r"rendering [━╸╺]+ +100/300", shown)
    assert out.getvalue().endswith("\x1b[2K")  # the line is wiped


def test_long_work_is_told_in_lines_elsewhere(clock: Clock) -> None:
    """A log gets one in ten seconds, in plain text."""
    out = io.StringIO()
    with Report(out).progress("rendering", 3_000) as steps:
        for _ in range(25):
            clock.seconds += 1
            steps.advance(100)
    assert out.getvalue() == "rendering: 1,000 of 3,000\nrendering: 2,000 of 3,000\n"


# Explain: what a file is made from


def test_a_list_is_explained_by_its_stories_newest_first(site: Site) -> None:
    """Pages that it leads to are counted, files that it shows are named."""
    site.write("images/ship.svg", PICTURE)
    site.story("a.md", Date="2024-11-01", Tags="Sea", Image="images/ship.svg", Image_alt="A ship")
    site.story("b.md", Date="2024-11-02", Tags="Sea")
    site.story("c.md", Date="2024-11-03", Tags="Land")
    site.publish()
    found = explained(site, "tag/sea/index.html")
    assert (found.kind, found.key, found.sources) == ("tag list", "sea", ())
    assert (found.stories, found.files) == (("b.md", "a.md"), ("images/ship.svg",))
    assert found.pages > 0


def test_a_feed_is_explained_by_its_stories(site: Site) -> None:
    """Feeds hold whole addresses, with the site's."""
    site.story("a.md")
    site.publish()
    assert explained(site, "feed.xml").stories == ("a.md",)


def test_a_story_is_explained_by_its_source_and_its_neighbours(site: Site) -> None:
    """The source is apart from what the page leads to."""
    for day in (1, 2, 3):
        site.story(f"{day}.md", Date=f"2024-11-0{day}")
    site.publish()
    found = explained(site, "2024/11/02/2/index.html")
    assert found.sources == ("2.md",)
    assert set(found.stories) == {"1.md", "3.md"}


def test_a_file_is_explained_by_what_it_is_the_copy_of(site: Site) -> None:
    """A static file comes from one source, an attachment also from the story it goes with."""
    site.write("images/ship.svg", PICTURE)
    site.write("news/map.svg", PICTURE)
    site.story("news/a.md", "[Map]({attach}map.svg) and ![a ship]({static}/images/ship.svg)")
    site.publish()
    static = explained(site, "images/ship.svg")
    attachment = explained(site, "2024/11/01/a/map.svg")
    assert (static.sources, static.templates) == (("images/ship.svg",), ())
    assert attachment.sources == ("news/map.svg", "news/a.md")


def test_a_page_draws_on_all_parts_of_its_template(site: Site) -> None:
    """What is named is what a change of would make the page anew."""
    site.story()
    site.publish()
    template, *parts = explained(site, "2024/11/01/story/index.html").templates
    assert template == "story.html"
    assert {"base.html", "parts/time.html"} <= set(parts)
    assert "parts/calendar.html" not in parts


def test_every_file_of_a_build_has_an_explanation(gazette: Site) -> None:
    """Whatever its kind: pages, feeds, files of the archive and of the theme."""
    gazette.write("pages/about.md", "Title: About\n\nWe write.\n")
    gazette.story("fr.md", Title="Le port", Lang="fr", Slug="harbour-opens", Date="2024-11-01")
    gazette.story("run.md", Story="The pier", Category="Town", Author="Ann Lee", Tags="harbour")
    gazette.publish(ARCHIVE_PAGE_SIZE=1)
    sources = {path.relative_to(gazette.content).as_posix() for path in gazette.content.rglob("*")}
    found = [explained(gazette, path, ARCHIVE_PAGE_SIZE=1) for path in gazette.files()]
    assert {"404", "front", "archive", "page", "style", "story index"} <= {e.kind for e in found}
    assert all(explanation.reason == "it was new" for explanation in found)
    assert {path for each in found for path in (*each.sources, *each.stories)} <= sources


def test_the_first_ten_stories_are_named_and_the_rest_counted(
    site: Site, microfiche: Callable[..., Result]
) -> None:
    """The label tells how many there are in all."""
    for day in range(1, 13):
        site.story(f"{day:02}.md", Date=f"2024-11-{day:02}", Tags="Sea")
    site.publish()
    said = microfiche("explain", "output/tag/sea/index.html").output
    named = re.findall(r"content/(\d\d)\.md$", said, re.MULTILINE)
    assert named == [f"{day:02}" for day in range(12, 2, -1)]
    assert re.search(r"^  12 stories  content/12\.md$", said, re.MULTILINE)
    assert re.search(r"^ +and 2 more$", said, re.MULTILINE)


# Explain: why it was last made


def test_the_reason_names_the_story_that_changed(site: Site) -> None:
    """Also on the pages of its neighbours, which show its headline."""
    site.story("a.md", Date="2024-11-01")
    site.story("b.md", Date="2024-11-02", Title="Before")
    site.publish()
    site.story("b.md", Date="2024-11-02", Title="After")
    site.publish()
    for path in ("2024/11/01/a/index.html", "2024/11/02/b/index.html", "index.html"):
        assert explained(site, path).reason == "what it shows changed with content/b.md"
    assert explained(site, "404.html").reason == "it was new"


def test_the_reason_names_a_few_of_many_stories(site: Site) -> None:
    """A long list would say no more."""
    for name in "abcde":
        site.story(f"{name}.md")
    site.publish()
    for name in "abcde":
        site.story(f"{name}.md", "Edited.")
    site.publish()
    reason = explained(site, "feed.xml").reason
    expected = "what it shows changed with content/a.md, content/b.md, content/c.md and more"
    assert reason == expected


def test_the_reason_tells_a_change_of_settings_from_one_of_stories(site: Site) -> None:
    """A new name of the site is on every page."""
    site.story()
    site.publish()
    site.publish(SITENAME="The Other Gazette")
    found = explained(site, "index.html", SITENAME="The Other Gazette")
    assert found.reason == "its template, the settings or Microfiche itself changed"


def test_the_reason_says_that_a_file_was_lost(site: Site) -> None:
    """A build puts back what somebody removed."""
    site.story()
    site.publish()
    (site.output / "index.html").unlink()
    site.publish()
    assert explained(site, "index.html").reason.startswith("the file was missing or altered")


# Explain: what is to come


def test_nothing_is_to_come_for_a_file_in_step(site: Site) -> None:
    """No guess is made."""
    site.story()
    site.publish()
    assert {explained(site, path).fate for path in site.files()} == {""}


def test_an_edited_source_and_one_that_is_gone_are_named(site: Site) -> None:
    """On the story's own page and on those that show it."""
    site.story()
    site.publish()
    site.story(Title="Another")
    edited = "a build reads content/story.md, which was edited"
    assert explained(site, "2024/11/01/story/index.html").fate == edited
    assert explained(site, "index.html").fate == edited
    (site.content / "story.md").unlink()
    assert explained(site, "index.html").fate == "a build misses content/story.md"


def test_changed_settings_and_templates_are_told(site: Site, tmp_path: Path) -> None:
    """Those of the page are told apart from those that read every story anew."""
    site.story()
    overrides = tmp_path / "templates"
    overrides.mkdir()
    conf = {"THEME_TEMPLATES_OVERRIDES": [str(overrides)]}
    site.publish(**conf)
    fate = explained(site, "index.html", **conf, TIMEZONE="Europe/Kyiv").fate
    assert fate.startswith("a build reads every source anew")
    (overrides / "404.html").write_text("Nothing.")
    fate = explained(site, "404.html", **conf).fate
    assert fate.startswith("a build makes it anew: its template")
    assert explained(site, "index.html", **conf).fate == ""


def test_an_altered_or_missing_file_is_told(site: Site) -> None:
    """An alteration that keeps the size is one that no build notices."""
    site.story()
    site.publish()
    page = site.output / "index.html"
    page.write_bytes(page.read_bytes().swapcase())
    assert explained(site, "index.html").fate.startswith("it was altered by another hand")
    page.unlink()
    assert explained(site, "index.html").fate.startswith("a build puts it back")


def test_the_next_embargo_that_touches_a_page_is_told(site: Site) -> None:
    """In the archive's time zone; an embargo on other matters is not."""
    site.story("old.md", Date="2024-11-01", Tags="Sea, Land, Air")
    site.story("sooner.md", Date="2025-03-01 08:00", Tags="Land")
    site.story("later.md", Date="2025-07-01 08:00", Tags="Sea")
    site.publish()
    later = "2025-07-01 08:00 WEST, when the embargo on content/later.md ends"
    sooner = "2025-03-01 08:00 WET, when the embargo on content/sooner.md ends"
    assert explained(site, "tag/sea/index.html").fate == later
    assert explained(site, "tag/land/index.html").fate == sooner
    assert explained(site, "index.html").fate == sooner
    assert explained(site, "tag/air/index.html").fate == ""


def test_another_day_is_told_of_pages_that_show_it(site: Site) -> None:
    """The front page has what happened on the day of the build."""
    site.story()
    site.publish()
    fate = explained(site, "index.html", ARCHIVE_AS_OF="2025-01-02").fate
    assert fate == "a build makes it anew where it shows the day: that is another day now"
    assert explained(site, "archive/index.html", ARCHIVE_AS_OF="2025-01-02").fate == ""


def test_after_a_refused_build_a_page_that_goes_is_told(site: Site) -> None:
    """The catalog is ahead of the output then."""
    site.story("a.md", Date="2024-11-01", Tags="Land")
    site.story("b.md", Date="2024-12-01", Tags="Sea")
    site.publish()
    (site.content / "b.md").unlink()
    site.write("c.md", "no headers\n")
    site.refuse()
    gone = "a build removes it: what it shows is no longer published"
    assert explained(site, "2024/12/01/b/index.html").fate == gone
    assert explained(site, "tag/sea/index.html").fate == gone
    assert explained(site, "index.html").fate == "a build makes it anew: what it shows changed"


# Explain: what is asked for


@pytest.mark.parametrize(
    "path",
    [
        "output/tag/sea/index.html",
        "output/tag/sea",
        "output/tag/sea/",
        "output/../output/tag/sea",
        "tag/sea/",
        "/tag/sea/",
    ],
)
def test_a_page_is_found_by_file_folder_and_address(
    site: Site, microfiche: Callable[..., Result], path: str
) -> None:
    """An address is one of the output that the settings name."""
    site.story(Tags="Sea")
    site.publish()
    result = microfiche("explain", path)
    assert result.exit_code == 0
    assert result.output.startswith("output/tag/sea/index.html\n  kind       tag list: sea\n")


def test_an_output_that_no_settings_name_is_found_by_its_path(
    site: Site, microfiche: Callable[..., Result], tmp_path: Path
) -> None:
    """`pelican -o` can have built it from another folder, too."""
    site.story()
    other = Site(tmp_path / "other")
    other.story("theirs.md")
    site.publish()
    site.publish(OUTPUT_PATH=str(tmp_path / "public"), PATH=str(other.content))
    said = microfiche("explain", str(tmp_path / "public" / "feed.xml")).output
    assert "content/theirs.md" in said
    assert "content/story.md" not in said
    assert "content/story.md" in microfiche("explain", "output/feed.xml").output


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("output/tag/see/index.html", "tag/sea/index.html"),
        ("output/2024/11/01/storie/index.html", "2024/11/01/story/index.html"),
        ("output/feed.xm", "feed.xml"),
    ],
)
def test_a_file_that_no_build_wrote_is_no_error_but_no_success(
    site: Site, microfiche: Callable[..., Result], path: str, nearest: str
) -> None:
    """The exit code tells, and the others that were asked for are explained."""
    site.story(Tags="Sea")
    site.publish()
    (site.output / path.removeprefix("output/")).parent.mkdir(parents=True, exist_ok=True)
    (site.output / path.removeprefix("output/")).touch()
    result = microfiche("explain", path, "output/index.html")
    assert result.exit_code == 1
    expected = f"{path}: no build wrote it; the nearest that one did is output/{nearest}\n"
    assert result.output.startswith(f"{expected}output/index.html\n")


def test_an_archive_that_was_never_built_is_told(
    site: Site, microfiche: Callable[..., Result]
) -> None:
    """Nothing is made by asking."""
    site.story()
    for words in (["explain", "output/index.html"], ["verify"]):
        result = microfiche(*words)
        assert result.exit_code == 1
        assert result.output == "output: error: it has not been built; build it with pelican\n"
    assert sorted(path.name for path in site.content.parent.iterdir()) == [
        "content",
        "pelicanconf.py",
    ]


def test_settings_that_cannot_be_used_are_told(
    site: Site, microfiche: Callable[..., Result]
) -> None:
    """As `pelican` would tell them, but without a traceback."""
    site.story()
    site.publish()
    wrong = microfiche("explain", "output/index.html", "-e", "ARCHIVE_JBS=2")
    assert wrong.output.startswith("ARCHIVE_JBS: error: there is no such setting; did you mean")
    site.content.parent.joinpath("pelicanconf.py").write_text("SITENAME = (\n")
    broken = microfiche("explain", "output/index.html")
    assert broken.output.startswith("Error: pelicanconf.py: SyntaxError: ")
    assert (wrong.exit_code, broken.exit_code) == (1, 1)


def test_explaining_leaves_no_trace(site: Site, microfiche: Callable[..., Result]) -> None:
    """The next build, perhaps another user's, finds no file that it did not leave."""
    site.story()
    site.publish()
    before = trace(site.output.parent / ".microfiche")
    assert microfiche("explain", "output/index.html", "output/none").exit_code == 1
    assert trace(site.output.parent / ".microfiche") == before


def test_a_catalog_that_a_killed_build_left_open_is_read(
    site: Site, microfiche: Callable[..., Result]
) -> None:
    """The next build is not disturbed by that."""
    site.story()
    site.publish()
    (state_of(site.output) / "catalog.sqlite.seal").unlink()
    assert microfiche("explain", "output/index.html").exit_code == 0
    site.story("another.md")
    site.publish()
    assert microfiche("verify").exit_code == 0


def test_control_characters_in_names_cannot_play_tricks(
    site: Site, microfiche: Callable[..., Result]
) -> None:
    """What is printed is what stands there, not what a terminal makes of it."""
    site.story()
    site.publish()
    assert "\x1b" not in microfiche("explain", "output/a\x1b[2J").output


# Verify


def test_a_build_is_as_a_clean_build_makes_it(
    gazette: Site, microfiche: Callable[..., Result]
) -> None:
    """After edits too; the moment is that of the last build, whatever the clock says."""
    configure(gazette, ARCHIVE_AS_OF=None)
    gazette.publish(ARCHIVE_AS_OF="2024-11-01 12:00")
    gazette.story("2024/10/31/storm-warning.md", "Gone.", Date="2024-10-31", Tags="ships")
    gazette.publish(ARCHIVE_AS_OF="2024-11-01 12:00")
    before = trace(gazette.output.parent).keys()
    result = microfiche("verify")
    count = len(gazette.files())
    assert result.stdout == f"{count:,} files, all as a clean build makes them\n"
    assert result.exit_code == 0
    assert "2024/11/02/first-ship/index.html" not in gazette.files()
    assert trace(gazette.output.parent).keys() == before


def test_what_is_missing_different_left_over_and_foreign_is_listed(
    site: Site, microfiche: Callable[..., Result]
) -> None:
    """A page is left over when its story went and no build has followed."""
    site.story("a.md", Date="2024-11-01")
    site.story("b.md", Date="2024-11-01 10:00")
    site.publish()
    (site.output / "feed.xml").unlink()
    page = site.output / "404.html"
    page.write_bytes(page.read_bytes().swapcase())
    (site.output / "archive" / "index.html").unlink()
    (site.output / "archive" / "index.html").symlink_to("/etc/hosts")
    (site.output / "CNAME").touch()
    (site.output / "link").symlink_to("/etc")
    (site.content / "b.md").unlink()
    result = microfiche("verify")
    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert "missing: output/feed.xml" in lines
    assert {"different: output/404.html", "different: output/archive/index.html"} <= set(lines)
    assert [line for line in lines if line.startswith(("left", "foreign"))] == [
        "left over: output/2024/11/01/b/index.html",
        "foreign: output/CNAME",
        "foreign: output/link",
    ]
    assert re.fullmatch(
        r"not as a clean build makes it: 1 missing, \d+ different, 1 left over, of \d+ files",
        lines[-2],
    )


def test_foreign_files_are_no_error(site: Site, microfiche: Callable[..., Result]) -> None:
    """Whoever puts a file into the output answers for it."""
    site.story()
    site.publish()
    (site.output / "CNAME").touch()
    result = microfiche("verify", "--jobs", "2")
    assert result.exit_code == 0
    assert result.stdout.startswith("foreign: output/CNAME\n")


def test_settings_of_the_build_are_given_to_verify(
    site: Site, microfiche: Callable[..., Result], tmp_path: Path
) -> None:
    """-e as for `pelican`, -o for another output."""
    site.story()
    site.publish(SITENAME="The Other Gazette", OUTPUT_PATH=str(tmp_path / "public"))
    output = ("-o", str(tmp_path / "public"))
    assert microfiche("verify", *output).exit_code == 1
    named = ("-e", 'SITENAME="The Other Gazette"', "-e", "ARCHIVE_JOBS=1")
    assert microfiche("verify", *output, *named).exit_code == 0


def test_a_broken_story_ends_verify_and_leaves_nothing(
    site: Site, microfiche: Callable[..., Result]
) -> None:
    """It is reported as a build reports it."""
    site.story()
    site.publish()
    site.write("bad.md", "no headers\n")
    before = trace(site.output.parent).keys()
    result = microfiche("verify")
    assert result.exit_code == 1
    assert result.stderr.startswith("content/bad.md:1: error: there are no headers")
    assert result.stderr.endswith("Nothing was compared.\n")
    assert trace(site.output.parent).keys() == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_verify_tidies_up_when_it_is_ended(
    site: Site,
    microfiche: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
) -> None:
    """The folder of the clean build does not outlive it."""
    site.story()
    site.publish()
    beside = state_of(site.output) / "verify"
    built = []

    def interrupted(*_: object) -> None:
        built.append((beside / "output" / "index.html").is_file())
        signal.raise_signal(number)

    monkeypatch.setattr(verification, "_compared", interrupted)
    assert microfiche("verify").exit_code != 0
    assert built == [True]
    assert not beside.exists()


def test_what_a_killed_verify_left_is_removed_by_the_next(
    site: Site, microfiche: Callable[..., Result]
) -> None:
    """Nothing could tidy up then."""
    site.story()
    site.publish()
    beside = state_of(site.output) / "verify"
    (beside / "output").mkdir(parents=True)
    (beside / "output" / "index.html").write_text("half a page")
    assert microfiche("verify").exit_code == 0
    assert not beside.exists()


def test_verify_and_a_build_keep_out_of_each_others_way(
    site: Site, microfiche: Callable[..., Result]
) -> None:
    """An output that is being written is not compared."""
    site.story()
    site.publish()
    with write.lock(state_of(site.output)):
        result = microfiche("verify")
    assert result.exit_code == 1
    assert f"another build (process {os.getpid()})" in result.stderr
