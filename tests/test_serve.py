"""`microfiche serve` answers as a host of static files does, and hands out nothing else."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from microfiche.commands import main
from microfiche.serve import Server
from tests.conftest import ROOT

FILES = {
    "index.html": "front",
    "404.html": "nothing here",
    "2024/index.html": "a year",
    "feed.xml": "<rss/>",
    "theme/style.css": "p {}",
    "images/ship.svg": "<svg/>",
    "images/ship.webp": "RIFF",
    "notes.txt": "é",
    "ünï côdé.html": "accents",
}


class Answer(NamedTuple):
    """What the server answered; names of headers are written like `Content-Type`."""

    status: int
    headers: dict[str, str]
    body: bytes


class Served:
    """A folder that is being served, with what the server said of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.server = Server(folder, "127.0.0.1", 0, self.said.append)

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Ask for a path, sent just as it is given."""
        port = self.server.server_port
        with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
            connection.putrequest(method, path)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            response = connection.getresponse()
            named = {name.title(): value for name, value in response.getheaders()}
            return Answer(response.status, named, response.read())


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """Serve a folder at a free port."""
    served = Served(folder)
    thread = Thread(target=served.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield served
    finally:
        served.server.shutdown()
        thread.join()
        served.server.server_close()


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """A folder like an output."""
    folder = tmp_path / "output"
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


@pytest.fixture
def served(output: Path) -> Iterator[Served]:
    """That folder, served."""
    with serving(output) as served:
        yield served


@pytest.mark.parametrize(
    ("path", "file", "kind"),
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/index.html?from=mail", "index.html", "text/html; charset=utf-8"),
        ("/2024/", "2024/index.html", "text/html; charset=utf-8"),
        ("/feed.xml", "feed.xml", "application/xml"),
        ("/theme/style.css", "theme/style.css", "text/css; charset=utf-8"),
        ("/images/ship.svg", "images/ship.svg", "image/svg+xml"),
        ("/images/ship.webp", "images/ship.webp", "image/webp"),
        ("/notes.txt", "notes.txt", "text/plain; charset=utf-8"),
        ("/%C3%BCn%C3%AF%20c%C3%B4d%C3%A9.html", "ünï côdé.html", "text/html; charset=utf-8"),
    ],
)
def test_a_file_is_served_as_what_it_is(served: Served, path: str, file: str, kind: str) -> None:
    """A folder is its index.html, and nothing is said of what goes well."""
    answer = served.ask(path)
    assert (answer.status, answer.body.decode()) == (200, FILES[file])
    assert answer.headers["Content-Type"] == kind
    assert served.said == []


def test_a_folder_without_its_slash_leads_to_the_one_with_it(served: Served) -> None:
    """Relative links of its page would lead astray otherwise."""
    answer = served.ask("/2024")
    assert (answer.status, answer.headers["Location"]) == (301, "/2024/")


@pytest.mark.parametrize(
    "path",
    ["/no", "/no/", "/images/", "/images", "/index.html/", "/%00", "/" + "a" * 5000, "/%ED%A0%80"],
)
def test_what_is_not_there_is_the_page_of_the_archive(served: Served, path: str) -> None:
    """With status 404, and no list of a folder's files."""
    answer = served.ask(path)
    assert (answer.status, answer.body) == (404, b"nothing here")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert served.said == [f"404 GET {path} HTTP/1.1"]


def test_without_a_404_page_there_is_a_plain_one(served: Served) -> None:
    """An archive can have it switched off."""
    (served.folder / "404.html").unlink()
    answer = served.ask("/no")
    assert answer.status == 404
    assert b"nothing here" not in answer.body


def test_a_request_for_the_head_alone_has_no_body(served: Served) -> None:
    """Of the missing page neither."""
    for path, status, size in (("/", 200, "5"), ("/no", 404, "12")):
        answer = served.ask(path, "HEAD")
        assert (answer.status, answer.headers["Content-Length"]) == (status, size)
        assert answer.body == b""


@pytest.mark.parametrize("path", ["/../secret", "/%2e%2e/secret", "/2024/../../secret", "//secret"])
def test_nothing_outside_the_folder_is_served(served: Served, path: str) -> None:
    """However the way out is written."""
    (served.folder.parent / "secret").write_text("secret")
    answer = served.ask(path)
    assert (answer.status, answer.body) == (404, b"nothing here")


def test_symbolic_links_are_not_followed(served: Served, tmp_path: Path) -> None:
    """To a file, a folder, an index, the 404 page: none is there for the server."""
    secret = tmp_path / "elsewhere"
    secret.mkdir()
    (secret / "index.html").write_text("secret")
    (served.folder / "file.html").symlink_to(secret / "index.html")
    (served.folder / "folder").symlink_to(secret)
    (served.folder / "2025").mkdir()
    (served.folder / "2025" / "index.html").symlink_to(secret / "index.html")
    for path in ("/file.html", "/folder/", "/folder", "/folder/index.html", "/2025/"):
        assert served.ask(path)[::2] == (404, b"nothing here"), path
    (served.folder / "404.html").unlink()
    (served.folder / "404.html").symlink_to(secret / "index.html")
    assert b"secret" not in served.ask("/404.html").body


def test_an_output_that_is_itself_a_link_is_served(output: Path, tmp_path: Path) -> None:
    """Its owner has named it."""
    (tmp_path / "current").symlink_to(output)
    with serving(tmp_path / "current") as served:
        assert served.ask("/").body == b"front"


def test_a_pipe_holds_nobody_up(served: Served) -> None:
    """Only files are opened."""
    os.mkfifo(served.folder / "pipe")
    assert served.ask("/pipe").status == 404


def test_a_browser_keeps_nothing(served: Served) -> None:
    """The next build may change any file."""
    for path in ("/", "/no", "/2024"):
        assert served.ask(path).headers["Cache-Control"] == "no-store"


def test_only_reading_is_answered(served: Served) -> None:
    """A form has nowhere to go."""
    assert served.ask("/", "POST").status == 501


# The command


@pytest.fixture
def folder(output: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder beside the output, with settings, where the command is given."""
    (output.parent / "pelicanconf.py").write_text('OUTPUT_PATH = "output"\n')
    monkeypatch.chdir(output.parent)
    return output.parent


@pytest.mark.usefixtures("folder")
def test_a_busy_port_is_one_line() -> None:
    """With exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = CliRunner().invoke(main, ["serve", "-p", str(port)])
    line = f"Error: port {port} is taken; choose another with -p (make serve PORT=...)\n"
    assert (result.exit_code, result.output) == (1, line)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("address", ["192.0.2.1", "a..b"])
def test_an_address_of_another_machine_is_one_line(address: str) -> None:
    """With exit code 1."""
    result = CliRunner().invoke(main, ["serve", "-p", "0", "-b", address])
    assert result.exit_code == 1
    assert result.output.startswith("Error: cannot serve at ")
    assert result.output.count("\n") == 1


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["public", "empty"])
def test_before_a_build_there_is_nothing_to_serve(folder: Path, name: str) -> None:
    """The line says what to do."""
    (folder / "empty").mkdir()
    result = CliRunner().invoke(main, ["serve", "-o", name])
    line = f"Error: there is nothing in {name}; build first: make html\n"
    assert (result.exit_code, result.output) == (1, line)


@pytest.mark.parametrize("words", [[], ["-o", "output"]], ids=["settings", "-o"])
def test_an_interrupt_ends_it_well(folder: Path, words: list[str]) -> None:
    """Ctrl-C is how it is meant to end; the first line says where it serves."""
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from microfiche.commands import main; main(sys.argv[1:])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, "serve", "-p", "0", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "plugins")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    assert line.startswith("Serving output at http://127.0.0.1:")
    assert (process.returncode, rest) == (0, "")
