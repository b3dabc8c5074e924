"""Real servers and programs on the loopback, to publish to."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import no_program
from tests.servers import await_answer, free_port
from tests.targets.places import FolderPlace, GitPlace, Machine, MirrorPlace, Place, S3Place

KINDS = ("folder", "rsync", "s3", "git", "rclone")
KEYS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "us-east-1",
}


def needs(*programs: str) -> None:
    """Leave a test out, loudly, where a program is not installed."""
    for program in programs:
        if not shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin"):
            no_program(program)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Where is published from."""
    return Machine(tmp_path / "here")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Machine:
    """Another machine, which knows nothing of the first."""
    return Machine(tmp_path / "there")


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of ssh on the loopback; the command that gets to it as ``gazette``."""
    needs("sshd", "ssh", "rsync")
    folder = tmp_path_factory.mktemp("sshd")
    for name in ("host", "user"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(words, check=True)
    port = free_port()
    server, client = _configurations(folder, port)
    Path("/run/sshd").mkdir(exist_ok=True) if os.getuid() == 0 else None
    daemon = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    assert daemon
    words = [daemon, "-D", "-f", str(server), "-E", str(folder / "log")]
    process = subprocess.Popen(words)
    try:
        await_answer(port, process)
        yield f"ssh -F {client}"
    finally:
        process.terminate()
        process.wait()


def _configurations(folder: Path, port: int) -> tuple[Path, Path]:
    """Files that let the user's key in, and lead to the server."""
    server, client = folder / "sshd_config", folder / "ssh_config"
    server.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile none\n"
        f"AuthorizedKeysFile {folder}/user.pub\nStrictModes no\nUsePAM no\n"
        "PasswordAuthentication no\nMaxStartups 100\n"
    )
    key = (folder / "host.pub").read_text().split(" ", 2)
    (folder / "known").write_text(f"[127.0.0.1]:{port} {key[0]} {key[1]}\n")
    client.write_text(
        f"Host gazette\n HostName 127.0.0.1\n Port {port}\n IdentityFile {folder}/user\n"
        f" IdentitiesOnly yes\n UserKnownHostsFile {folder}/known\n"
    )
    return server, client


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """Object storage on the loopback; its address."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(moto: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> S3Place:
    """A bucket of this test's own, and the credentials for it."""
    import boto3

    for name, value in {**KEYS, "AWS_ENDPOINT_URL": moto}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    client = boto3.client("s3", endpoint_url=moto, region_name="us-east-1")
    bucket = f"gazette-{abs(hash(tmp_path))}"
    client.create_bucket(Bucket=bucket)
    return S3Place(client, bucket, "news")


def straight(script: Path) -> Path:
    """A command that runs what ssh would run on the host ``gazette``; ssh takes its time."""
    script.write_text(
        '#!/bin/sh\nwhile [ "$1" != gazette ]; do shift; done\nshift\nexec sh -c "$*"\n'
    )
    script.chmod(0o755)
    return script


@pytest.fixture
def make(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Any]:
    """A place of a kind."""

    def made(kind: str) -> Any:
        if kind == "folder":
            return FolderPlace(tmp_path / "www")
        if kind == "rsync":
            needs("rsync")
            monkeypatch.setenv("RSYNC_RSH", str(straight(tmp_path / "shell")))
            return MirrorPlace(tmp_path / "www", f"rsync:gazette:{tmp_path}/www")
        if kind == "git":
            needs("git")
            return GitPlace(tmp_path / "pages.git")
        if kind == "rclone":
            needs("rclone")
            monkeypatch.setenv("RCLONE_CONFIG_SHELF_TYPE", "local")
            monkeypatch.setenv("RCLONE_CONFIG", str(tmp_path / "rclone.conf"))
            return MirrorPlace(tmp_path / "www", f"rclone:shelf:{tmp_path}/www")
        return request.getfixturevalue("s3")

    return made


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, make: Callable[[str], Any]) -> Place:
    """A place of every kind."""
    found: Place = make(request.param)
    return found
