"""Object storage: what objects are said to be, and what keeps two publications apart."""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from microfiche.errors import MicroficheError
from microfiche.publish.policy import KEPT, PAGES
from microfiche.publish.targets.mirror import Overtaken
from microfiche.publish.targets.s3 import S3, _of_files, _store
from tests.conftest import said
from tests.targets.places import FIRST, SECOND, Machine, S3Place


def refusal(machine: Machine, name: str) -> str:
    """What is said of a publication that cannot be."""
    with pytest.raises(MicroficheError) as error:
        machine.publish(name, FIRST)
    (line,) = said(error.value.problems)
    return line


def test_objects_have_their_type_and_cache_policy(s3: S3Place, machine: Machine) -> None:
    """As the release says; those of the journal are not to be kept by anybody."""
    machine.publish(s3, FIRST)
    page, style = s3.head("a/index.html"), s3.head("style.1.css")
    assert (page["ContentType"], page["CacheControl"]) == ("text/html; charset=utf-8", PAGES)
    assert (style["ContentType"], style["CacheControl"]) == ("text/css; charset=utf-8", KEPT)
    assert s3.head(".microfiche/head.json")["CacheControl"] == "no-store"


def test_an_object_whose_policy_alone_changes_is_put_again(s3: S3Place, machine: Machine) -> None:
    """For the storage keeps policies with objects; nothing else is sent."""
    from microfiche.publish.manifest import Release
    from tests.targets.places import lay

    release = lay(machine.public, FIRST)
    machine.again(s3, release)
    stricter = Release.of(
        entry._replace(cache_control="no-cache") if entry.path == "feed.xml" else entry
        for entry in release
    )
    assert machine.again(s3, stricter).sent == 1
    assert s3.head("feed.xml")["CacheControl"] == "no-cache"


def test_an_object_with_our_bytes_is_taken_over(s3: S3Place, machine: Machine) -> None:
    """As after a copy by hand; it gets its type and policy."""
    s3.add("a/index.html", FIRST["a/index.html"])
    machine.publish(s3, FIRST)
    assert s3.head("a/index.html")["CacheControl"] == PAGES


def test_what_appears_while_a_publication_runs_is_not_replaced(
    s3: S3Place, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A condition goes with what is new: that there is nothing yet."""
    machine.publish(s3, FIRST)
    original = S3.put

    def put(self: S3, *args: object, guarded: bool) -> None:
        s3.add("c/index.html", "by hand")
        original(self, *args, guarded=guarded)  # type: ignore[arg-type]  # they are put's own

    monkeypatch.setattr(S3, "put", put)
    assert "somebody else has put it there in the meantime" in refusal_of_second(machine, s3)
    assert s3.read("c/index.html") == "by hand"


def refusal_of_second(machine: Machine, s3: S3Place) -> str:
    """What is said when the second site cannot be published."""
    with pytest.raises(MicroficheError) as error:
        machine.publish(s3, SECOND)
    return str(error.value)


def test_the_head_is_exchanged_on_a_condition(s3: S3Place, machine: Machine) -> None:
    """That it is the version that was read; also when there is none."""
    remote = S3(s3.name, _store(s3.name, s3.bucket, s3.prefix), machine.public)
    first = remote.exchange("head", b"1", "")
    with pytest.raises(Overtaken):
        remote.exchange("head", b"2", "")
    second = remote.exchange("head", b"2", first)
    with pytest.raises(Overtaken):
        remote.exchange("head", b"3", first)
    assert remote.exchange("head", b"2", first) == second
    remote.close()


def test_what_is_missing_or_wrong_is_said(
    s3: S3Place, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bucket, the place, the credentials, the library."""
    assert "for there is no such bucket: " in refusal(machine, "s3:no-such-bucket")
    with monkeypatch.context() as closed:
        closed.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        assert "for it cannot be reached" in refusal(machine, s3.name)
    with monkeypatch.context() as nobody:
        nobody.delenv("AWS_ACCESS_KEY_ID")
        assert refusal(machine, s3.name).endswith(
            "there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
            "or write ~/.aws/credentials"
        )
    with monkeypatch.context() as bare:
        bare.setitem(sys.modules, "obstore.store", None)
        assert refusal(machine, s3.name).endswith("; pip install 'microfiche[s3]'")


class Refusing(BaseHTTPRequestHandler):
    """Storage that answers everything alike."""

    code, body = 200, b""

    def answer(self) -> None:
        """No."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(self.code)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    do_GET = do_PUT = answer  # noqa: N815 - http.server looks for these names

    def log_message(self, *_: object) -> None:
        """Say nothing of it."""


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        ((403, b""), "for it is not allowed: "),
        ((401, b""), "for it is not allowed: "),
        ((403, b"<Error><Code>InvalidAccessKeyId</Code></Error>"), "for the key is not known: "),
        ((400, b"<Error><Code>NotImplemented</Code></Error>"), "it knows no conditional writes: "),
        ((400, b""), "for it was refused: "),
    ],
)
def test_a_storage_that_refuses_is_explained(
    s3: S3Place,
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
    answer: tuple[int, bytes],
    meaning: str,
) -> None:
    """By what it answers, and not by any number that stands in its words."""
    monkeypatch.setattr(Refusing, "code", answer[0])
    monkeypatch.setattr(Refusing, "body", answer[1])
    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        said_of_it = refusal(machine, s3.name)
        server.shutdown()
        thread.join()
    assert meaning in said_of_it
    assert "Debug source" not in said_of_it


def test_settings_of_other_programs_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the profile that is chosen; the environment goes before them."""
    config, credentials = tmp_path / "config", tmp_path / "credentials"
    config.write_text(
        "[default]\nregion = a\n[profile desk]\nregion = b\nendpoint_url = http://c\n"
    )
    credentials.write_text("[desk]\naws_access_key_id = d\naws_secret_access_key = e\n")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    assert _of_files() == {"region": "a"}
    monkeypatch.setenv("AWS_PROFILE", "desk")
    keys = {"access_key_id": "d", "secret_access_key": "e"}
    assert _of_files() == {"region": "b", "endpoint": "http://c", **keys}
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "f")
    monkeypatch.setenv("AWS_REGION", "g")
    assert _of_files() == {"endpoint": "http://c"}
    config.write_bytes(b"\xff[")
    assert _of_files() == {}
