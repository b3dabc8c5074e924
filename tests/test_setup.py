"""The Makefile, the locks and the continuous integration do what they say, without a network."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-bench.lock"]
CANDIDATES = ["python3.14", "python3.13", "python3.12", "python3.11", "python3"]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Give a copy of what make reads, in a folder whose name has spaces and accents."""
    tree = tmp_path / "un dépôt à moi"
    for folder in ("content", "plugins", "tests"):
        (tree / folder).mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", *LOCKS):
        shutil.copy(ROOT / name, tree)
    for name in ("pelicanconf.py", "publishconf.py"):
        (tree / name).touch()
    return tree


@pytest.fixture
def venv(tree: Path) -> Path:
    """Give the tree a `.venv` that make takes for whole; its Python prints its arguments."""
    venv = tree / ".venv"
    script(venv / "bin" / "python", """printf '[%s]' "$@"; echo""")
    packages = venv / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    (packages / "_microfiche.pth").write_text(f"{tree}/plugins")
    newest = max(path.stat().st_mtime_ns for path in tree.iterdir())
    for stamp in ("html.ready", "test.ready"):
        (venv / stamp).touch()
        os.utime(venv / stamp, ns=(newest, newest))
    return venv


def script(path: Path, body: str) -> Path:
    """Write an executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def python_that(path: Path, change: str) -> Path:
    """Write a Python that runs `change` before the code it is given with -c."""
    return script(path, f"""exec '{sys.executable}' -c '{change}; exec(sys.argv[1])' "$2" """)


def make(tree: Path, *words: str, path: str = "/usr/bin:/bin") -> subprocess.CompletedProcess[str]:
    """Run make in an environment that holds nothing but HOME and PATH."""
    return subprocess.run(
        ["make", *words],
        cwd=tree,
        env={"HOME": str(tree), "PATH": path},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )


def bare_path(tree: Path, *programs: str) -> str:
    """A PATH with what make itself needs, and programs that do nothing."""
    for name in ("make", "grep"):
        found = shutil.which(name)
        assert found
        (tree / "bin").mkdir(exist_ok=True)
        (tree / "bin" / name).symlink_to(found)
    for name in programs:
        script(tree / "bin" / name, "")
    return str(tree / "bin")


def targets() -> set[str]:
    """Every target of the Makefile that a person can ask for."""
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def requirements(lock: str) -> Iterator[str]:
    """Every requirement of a lock with its markers and hashes, as one line each."""
    text = re.sub(r"^ *#.*\n", "", (ROOT / lock).read_text(), flags=re.MULTILINE)
    return (line for line in text.replace("\\\n", " ").splitlines() if line.strip())


def versions(lock: str) -> set[str]:
    """Every `name==version` of a lock."""
    return {line.split()[0] for line in requirements(lock)}


def test_help_lists_every_target_with_what_it_does(tree: Path) -> None:
    """A target without a comment would be missing from the list."""
    result = make(tree, "help")
    listed = dict(re.findall(r"^  ([a-z]+) +(\S.*)$", result.stdout, re.MULTILINE))
    assert result.returncode == 0
    assert listed.keys() == targets()


def test_make_alone_is_make_help(tree: Path) -> None:
    """Nothing is built or installed by a bare `make`."""
    assert make(tree).stdout == make(tree, "help").stdout


@pytest.mark.parametrize("target", ["html", "test"])
def test_a_python_that_is_too_old_is_one_line(tree: Path, target: str) -> None:
    """With only Python 3.10 on the PATH, make says what is needed and leaves no .venv."""
    for name in CANDIDATES:
        python_that(tree / "bin" / name, "import sys; sys.version_info = (3, 10, 9)")
    result = make(tree, target, path=f"{tree}/bin:/usr/bin:/bin")
    assert (result.returncode, result.stdout) == (2, "")
    assert re.fullmatch(r".*No Python 3\.11 or later: install .*\n", result.stderr)
    assert not (tree / ".venv").exists()


def test_a_given_python_that_is_too_old_is_named(tree: Path) -> None:
    """PYTHON is not passed over in silence for another interpreter."""
    old = python_that(tree / "old python", "import sys; sys.version_info = (3, 10, 9)")
    result = make(tree, "html", f"PYTHON={old}")
    assert (result.returncode, result.stdout) == (2, "")
    assert re.fullmatch(r".*/old python is not Python 3\.11 or later: .*\n", result.stderr)


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_is_one_line(tree: Path, module: str) -> None:
    """Debian splits venv off; make names the package and leaves no .venv."""
    for name in CANDIDATES:
        python_that(tree / "bin" / name, f'import sys; sys.modules["{module}"] = None')
    result = make(tree, "html", path=f"{tree}/bin:/usr/bin:/bin")
    assert (result.returncode, result.stdout) == (2, "")
    assert re.fullmatch(r".*python3\.14 has no venv module: .*python3-venv.*\n", result.stderr)
    assert not (tree / ".venv").exists()


def test_a_candidate_that_does_not_run_is_passed_over(tree: Path) -> None:
    """The newest Python on the PATH may be a version manager's shim with nothing behind it."""
    script(tree / "bin" / "python3.14", "echo not installed >&2; exit 127")
    python_that(tree / "bin" / "python3.13", "import sys")
    result = make(tree, "-n", "html", path=f"{tree}/bin:/usr/bin:/bin")
    assert '"python3.13" -m venv' in result.stdout


def test_html_takes_content_settings_output_and_options(tree: Path, venv: Path) -> None:
    """Every variable reaches Pelican as one word, spaces and all."""
    (tree.parent / "other stories").mkdir()
    (tree / "my.py").touch()
    words = ["CONTENT=../other stories", "OUTPUT=out", "CONF=my.py", "PELICANOPTS=--verbose"]
    result = make(tree, "-s", "html", *words)
    assert venv.exists()
    assert result.stdout == "[-m][pelican][../other stories][-s][my.py][-o][out][--verbose]\n"


def test_html_takes_workers_and_a_moment(tree: Path, venv: Path) -> None:
    """JOBS and AS_OF become settings of this build."""
    assert venv.exists()
    words = ["JOBS=4", "AS_OF=2024-11-01 18:00", "PELICANOPTS=--verbose"]
    assert make(tree, "-s", "html", *words).stdout == (
        "[-m][pelican][content][-s][pelicanconf.py][-o][output][--verbose]"
        '[-e][ARCHIVE_JOBS=4][ARCHIVE_AS_OF="2024-11-01 18:00"]\n'
    )


def test_settings_that_would_be_lost_are_refused(tree: Path, venv: Path) -> None:
    """Of several -e, Pelican heeds the last one only."""
    assert venv.exists()
    result = make(tree, "html", "JOBS=4", "PELICANOPTS=-e SITENAME=1")
    assert (result.returncode, result.stdout) == (2, "")
    assert "JOBS and AS_OF do not go with -e in PELICANOPTS" in result.stderr


@pytest.mark.parametrize(
    ("target", "word", "line"),
    [
        ("html", "CONTENT=nope", "there is no folder nope: set CONTENT to the folder of"),
        ("html", "CONTENT=Makefile", "there is no folder Makefile: set CONTENT to the folder"),
        ("html", "CONF=nope.py", "there is no file nope.py: set CONF to the file"),
        ("devserver", "CONTENT=nope", "there is no folder nope: set CONTENT"),
        ("serve", "CONF=nope.py", "there is no file nope.py: set CONF"),
        ("public", "PUBLISHCONF=a b.py", "there is no file a b.py: set PUBLISHCONF"),
    ],
)
def test_stories_and_settings_that_are_not_there_are_one_line(
    tree: Path, target: str, word: str, line: str
) -> None:
    """It is said before anything is set up, and no traceback follows."""
    result = make(tree, target, word)
    said, made = result.stderr.splitlines()
    assert (result.returncode, result.stdout) == (2, "")
    assert said.startswith(line)
    assert made.startswith("make: ***")
    assert not (tree / ".venv").exists()


def test_serve_takes_output_and_port(tree: Path, venv: Path) -> None:
    """Both reach the command as one word each."""
    script(venv / "bin" / "microfiche", """printf '[%s]' "$@"; echo""")
    result = make(tree, "-s", "serve", "OUTPUT=my output", "PORT=8080")
    assert result.stdout == "[serve][-s][pelicanconf.py][-o][my output][-p][8080]\n"


def test_publish_takes_a_target_as_one_word(tree: Path, venv: Path) -> None:
    """Whatever the shell would make of it; without one, none is handed on."""
    script(venv / "bin" / "microfiche", """printf '[%s]' "$@"; echo""")
    rest = "[--content][content][-s][publishconf.py][-o][public]\n"
    result = make(tree, "-s", "publish", "TO=folder:/srv/my `id` 'site'\"")
    assert result.stdout == f"[publish][folder:/srv/my `id` 'site'\"]{rest}"
    assert make(tree, "-s", "publish").stdout == f"[publish]{rest}"


def test_public_builds_with_the_public_settings(tree: Path, venv: Path) -> None:
    """The public site has a folder and settings of its own."""
    assert venv.exists()
    assert make(tree, "-s", "public").stdout == (
        "[-m][pelican][content][-s][publishconf.py][-o][public]\n"
    )


PROGRAMS = (
    *("w3m", "newsboat", "sfeed", "git", "rsync", "rclone", "ssh", "sshd"),
    *("nginx", "apache2", "caddy"),
)


def test_test_takes_the_tests_to_run(tree: Path, venv: Path) -> None:
    """`make test TESTS=...` runs a part of the tests."""
    assert venv.exists()
    path = bare_path(tree, "chromium", *PROGRAMS)
    result = make(tree, "-s", "test", "TESTS=tests/test_read.py", "PYTESTOPTS=-x", path=path)
    assert (result.stdout, result.stderr) == ("[-m][pytest][-x][tests/test_read.py]\n", "")


def test_a_missing_program_is_installed_where_it_can_be(tree: Path, venv: Path) -> None:
    """That is: by root, with Debian's packages."""
    assert venv.exists()
    path = bare_path(tree, "chromium", *PROGRAMS[1:])
    script(tree / "bin" / "id", "echo 0")
    script(tree / "bin" / "apt-get", """echo "apt-get $*" >&2""")
    result = make(tree, "-s", "test", path=path)
    assert result.returncode == 0
    assert result.stderr.splitlines() == [
        "apt-get update -qq",
        (
            "apt-get install -qq --no-install-recommends chromium w3m newsboat sfeed "
            "fonts-dejavu-core git rsync rclone openssh-client openssh-server nginx apache2"
        ),
        "apt-get update -qq",
        "apt-get install -qq --no-install-recommends caddy",
    ]
    assert result.stdout.endswith("[-m][pytest][-n][auto][--dist][loadgroup][tests]\n")


@pytest.mark.parametrize("user", ["0", "1000"])
def test_tests_run_without_programs_and_say_so(tree: Path, venv: Path, user: str) -> None:
    """Whether packages cannot be fetched or may not be installed, it is one line."""
    assert venv.exists()
    path = bare_path(tree)
    script(tree / "bin" / "id", f"echo {user}")
    script(tree / "bin" / "apt-get", "exit 100")
    result = make(tree, "-s", "test", path=path)
    assert result.returncode == 0
    assert result.stderr.startswith("make: not all programs are here")
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout.endswith("[-m][pytest][-n][auto][--dist][loadgroup][tests]\n")


@pytest.mark.parametrize(
    "damage",
    [
        lambda venv: (venv / "html.ready").unlink(),
        lambda venv: (venv / "bin" / "python").unlink(),
        lambda venv: next(venv.rglob("*.pth")).write_text("/elsewhere/plugins"),
    ],
    ids=["interrupted", "no interpreter", "a moved tree"],
)
def test_a_broken_venv_is_made_anew(tree: Path, venv: Path, damage: object) -> None:
    """Nothing of a half-made .venv is used."""
    assert callable(damage)
    damage(venv)
    for target in ("html", "test"):
        assert "-m venv --clear .venv" in make(tree, "-n", target).stdout


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_change_of_what_html_needs_installs_again(tree: Path, venv: Path, changed: str) -> None:
    """The packages are brought up to date in the .venv that is there."""
    os.utime(tree / changed, ns=(2**62, 2**62))
    plan = make(tree, "-n", "html").stdout
    assert venv.exists()
    assert "--require-hashes -r requirements.lock" in plan
    assert "-m venv" not in plan


def test_a_change_of_what_test_needs_leaves_html_alone(tree: Path, venv: Path) -> None:
    """Building an archive needs none of the packages for development."""
    os.utime(tree / "requirements-dev.lock", ns=(2**62, 2**62))
    assert venv.exists()
    assert "--require-hashes -r requirements-dev.lock" in make(tree, "-n", "test").stdout
    assert "pip install" not in make(tree, "-n", "html").stdout


def test_an_install_that_fails_leaves_the_venv_broken(tree: Path, venv: Path) -> None:
    """A package that is half there is never taken for installed."""
    script(venv / "bin" / "python", 'case "$*" in *pip*) exit 1 ;; esac')
    os.utime(tree / "requirements-dev.lock", ns=(2**62, 2**62))
    assert make(tree, "test").returncode == 2
    assert not list(venv.glob("*.ready"))


def test_clean_removes_the_output_and_the_state_only(tree: Path, venv: Path) -> None:
    """Sources, .venv and the public site stay."""
    before = set(tree.iterdir())
    for folder in ("my output/2024", ".microfiche", "output", "public"):
        (tree / folder).mkdir(parents=True)
    assert make(tree, "clean", "OUTPUT=my output").returncode == 0
    assert set(tree.iterdir()) == {*before, tree / "output", tree / "public"}
    assert venv.exists()


def test_clean_with_nothing_to_remove_succeeds(tree: Path) -> None:
    """A fresh tree is clean."""
    assert make(tree, "clean").returncode == 0


@pytest.mark.parametrize("output", [".", "..", "/", "", "content", "site"])
def test_clean_refuses_a_folder_of_sources_or_a_repository(tree: Path, output: str) -> None:
    """A mistyped OUTPUT costs nothing."""
    (tree / "site").mkdir()
    (tree / "site" / ".git").touch()  # a file in a work tree of its own, else a folder
    before = set(tree.rglob("*"))
    result = make(tree, "clean", f"OUTPUT={output}")
    assert "not removed" in result.stderr
    assert result.returncode == 2
    assert set(tree.rglob("*")) == before


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_package_with_hashes(lock: str) -> None:
    """Nothing can be installed that was not there when the lock was made."""
    for line in requirements(lock):
        assert re.fullmatch(r"[a-z0-9-]+==[^ ;]+( ; .+?)?( +--hash=sha256:[0-9a-f]{64})+", line)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_no_address_and_no_path(lock: str) -> None:
    """A lock is the same whatever machine made it."""
    assert not re.search(r"://|(^| )/|--(index|extra|find|trusted)", (ROOT / lock).read_text())


def test_the_locks_agree() -> None:
    """Tests run on the very packages that build an archive."""
    assert versions("requirements.lock") < versions("requirements-dev.lock")


def test_the_locks_hold_what_the_project_asks_for() -> None:
    """A dependency that is added has to be locked too."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    for lock, asked in (
        ("requirements.lock", [*project["dependencies"], *extras["build"]]),
        ("requirements-dev.lock", extras["dev"]),
        ("requirements-bench.lock", extras["bench"]),
    ):
        names = {re.split(r"[\[<>=]", text)[0].lower() for text in asked}
        assert names <= {text.split("==")[0] for text in versions(lock)}


def test_continuous_integration_is_make_test(tmp_path: Path) -> None:
    """`.ci/run` runs `make test` at the root, wherever it is called from."""
    fake = script(tmp_path / "make", """echo "$(pwd -P): make $*" """)
    result = subprocess.run(
        [ROOT / ".ci" / "run"],
        cwd=tmp_path,
        env={"PATH": f"{fake.parent}:/usr/bin:/bin"},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert result.stdout == f"{ROOT.resolve()}: make test\n"
