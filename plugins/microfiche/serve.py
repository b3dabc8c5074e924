"""Serving the output on this machine, as a host of static files would."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedReader
from pathlib import Path
from typing import Any

from microfiche.publish.policy import content_type

Say = Callable[[str], None]


class Server(ThreadingHTTPServer):
    """Serves a folder at an address and port of this machine; port 0 is any that is free.

    ``say`` is given one line for each request that is not answered with a file.

    Raises:
        OSError: when the port is taken, or the address is none of this machine's.
    """

    allow_reuse_port = False  # else a second server would share a busy port in silence

    def __init__(self, folder: Path, address: str, port: int, say: Say) -> None:
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        handler = partial(_Handler, directory=os.path.realpath(folder), say=say)
        super().__init__((address, port), handler)

    @property
    def url(self) -> str:
        """The address of the front page."""
        host, port = self.socket.getsockname()[:2]
        return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a reader who has gone away."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(SimpleHTTPRequestHandler):
    """Answers with files of one folder, never through a symbolic link."""

    server_version = "Microfiche"

    def __init__(self, *args: Any, directory: str, say: Say) -> None:
        self._say = say
        super().__init__(*args, directory=directory)

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        """The content type that hosts are told to send."""
        return content_type(os.fspath(path))

    def send_head(self) -> Any:
        """Answer with a file or a folder's index.html, and with 404.html where there is none."""
        path = self.translate_path(self.path)
        file = os.path.join(path, "index.html") if os.path.isdir(path) else path
        return super().send_head() if _is_plain(file) else self._send_missing()

    def _send_missing(self) -> BufferedReader | None:
        page = Path(self.directory, "404.html")
        if not _is_plain(str(page)):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        file = page.open("rb")
        self.send_response(HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", self.guess_type(page))
        self.send_header("Content-Length", str(os.fstat(file.fileno()).st_size))
        self.end_headers()
        return file

    def end_headers(self) -> None:
        """Have nothing kept: the next build may change any file."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_request(self, code: int | str = "-", *_: object) -> None:
        """Tell of what went wrong."""
        if isinstance(code, int) and code >= HTTPStatus.BAD_REQUEST:
            self._say(f"{int(code)} {self.requestline}")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its base's
        """Say no more than ``log_request`` does."""


def _is_plain(path: str) -> bool:
    """Whether a path is a file, and no part of it a symbolic link."""
    return os.path.isfile(path) and os.path.realpath(path) == path
