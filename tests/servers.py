"""Real web servers on the loopback, with the files that the output has for them."""

from __future__ import annotations

import http.client
import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from tests.conftest import no_program

SERVERS = os.pathsep.join(("/usr/sbin", os.environ.get("PATH", "")))


def free_port() -> int:
    """A port that nobody listens on, and that no client is given by chance meanwhile."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)  # Linux gives clients those above
        with socket.socket() as found, suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port


def answer(port: int, address: str) -> tuple[int, dict[str, str]]:
    """The status of an answer and its headers, by names in small letters."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", quote(unquote(address), safe="/"))
    found = connection.getresponse()
    fields = {name.lower(): value for name, value in found.getheaders()}
    connection.close()
    return found.status, fields


def _open_to_all(folder: Path) -> None:
    """Let a server of another user in: pytest's folders are its own user's alone."""
    for parent in (folder, *folder.parents):
        if parent.stat().st_uid == os.getuid() and parent != Path(parent.anchor):
            parent.chmod(parent.stat().st_mode | 0o055)


def _program(name: str) -> str:
    return shutil.which(name, path=SERVERS) or no_program(name)


@contextmanager
def nginx_at(folder: Path, output: Path, port: int) -> Iterator[None]:
    """A real nginx that serves the output with its files."""
    program = _program("nginx")
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = folder / "nginx.conf"
    file.write_text(
        f"pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary}\n"
        f"include {output}/http.nginx.conf;\n"
        f"server {{ listen 127.0.0.1:{port}; root {output};\n"
        f"include {output}/server.nginx.conf; }} }}\n"
    )
    _open_to_all(output)
    command = [program, "-e", f"{folder}/error.log", "-c", str(file)]
    subprocess.run(command, check=True)
    try:
        yield
    finally:
        subprocess.run([*command, "-s", "stop"], check=True)


@contextmanager
def apache_at(folder: Path, output: Path, port: int) -> Iterator[None]:
    """A real Apache that serves the output and heeds its `.htaccess`."""
    program = _program("apache2")
    modules = Path("/usr/lib/apache2/modules")
    if not modules.is_dir():
        pytest.skip("Apache's modules are elsewhere on this machine")
    names = ("mpm_event", "authz_core", "dir", "headers", "mime", "rewrite", "unixd")
    loaded = [
        f"LoadModule {name}_module {modules}/mod_{name}.so"
        for name in names
        if (modules / f"mod_{name}.so").exists()
    ]
    file = folder / "apache.conf"
    lines = [
        *(f"ServerRoot {folder}", "ServerName localhost", f"Listen 127.0.0.1:{port}"),
        *(f"PidFile {folder}/apache.pid", f"ErrorLog {folder}/apache.log", *loaded),
        *("User nobody", "Group nogroup", f"DocumentRoot {output}", f"DefaultRuntimeDir {folder}"),
        *("TypesConfig /dev/null", f"<Directory {output}>", "AllowOverride FileInfo"),
        *("Require all granted", "Options FollowSymLinks", "</Directory>"),
    ]
    file.write_text("\n".join(lines) + "\n")
    _open_to_all(output)
    subprocess.run([program, "-f", str(file), "-k", "start"], check=True)
    try:
        yield
    finally:
        subprocess.run([program, "-f", str(file), "-k", "stop"], check=True)


@contextmanager
def caddy_at(folder: Path, output: Path, port: int) -> Iterator[None]:
    """A real Caddy that serves the output with its file."""
    program = _program("caddy")
    file = folder / "Caddyfile"
    file.write_text(
        "{\n    admin off\n    auto_https off\n}\n"
        f"http://127.0.0.1:{port} {{\n    root * {output}\n    import {output}/site.caddy\n}}\n"
    )
    surroundings = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    words = [program, "run", "--config", str(file), "--adapter", "caddyfile"]
    with (folder / "caddy.log").open("w") as log:
        process = subprocess.Popen(words, stderr=log, env=surroundings)
    try:
        await_answer(port, process)
        yield
    finally:
        process.terminate()
        process.wait()


def await_answer(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers; connecting is what waits."""
    while process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    pytest.fail("the server has ended")
