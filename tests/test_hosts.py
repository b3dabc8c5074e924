"""What hosts are told: where former addresses lead, and the headers of what they send."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from microfiche.publish.policy import KEPT, PAGES
from microfiche.publish.protection import DOCUMENTS
from tests.conftest import Site
from tests.servers import answer, apache_at, caddy_at, free_port, nginx_at
from tests.test_publication import published, stopped

Server = Callable[[Path, Path, int], AbstractContextManager[None]]
SERVERS = pytest.mark.parametrize("server", [nginx_at, apache_at, caddy_at])
FILES = {
    "_headers",
    ".htaccess",
    "http.nginx.conf",
    "server.nginx.conf",
    "site.caddy",
}

HOSTILE = (
    '/a$b;{}"x/',
    "/a'b`c/",
    "/a(b)[c]*+|^/",
    "/%{HTTP_HOST}/".replace("%", "%25"),
    "/${x}/",
    "/a%20b/",
    "/100%25.html",
    "/x:y*z/",
    "/~x/",
    "/слово/",
    "/About/",
    "/x%22y%23z%3F/",
)
"""Former addresses with all that means something to some server."""


@SERVERS
def test_a_real_server_answers_as_the_ledger_says(
    site: Site, tmp_path: Path, server: Server
) -> None:
    """Whatever stands in an address: 301 to the page, 410 where it is gone, 200 for what is there.

    Folders are answered without their slash too.
    """
    site.story()
    lines = [f"{address} /2024/11/" for address in HOSTILE]
    site.write("ledger.tsv", "\n".join([*lines, "/gone/ gone", "/Gone.html gone", ""]))
    site.publish(SITEURL="")
    port = free_port()

    def told(address: str) -> tuple[int, str]:
        status, fields = answer(port, address)
        return status, fields.get("location", "").removeprefix(f"http://127.0.0.1:{port}")

    with server(tmp_path, site.output, port):
        for address in HOSTILE:
            assert told(address) == (301, "/2024/11/"), address
            assert told(address.removesuffix("/")) == (301, "/2024/11/"), address
        assert told("/gone/")[0] == told("/gone")[0] == 410
        assert told("/Gone.html")[0] == 410
        assert told("/2024/11/") == (200, "")
        assert told("/2024/11/01/story/") == (200, "")
        assert told("/2024/11/01/story")[0] in (301, 308)
        assert told("/nowhere/")[0] == 404


@SERVERS
def test_every_address_ever_published_answers(site: Site, tmp_path: Path, server: Server) -> None:
    """With its page, with the way to where that is now, or with the word that it is gone."""
    for number in range(3):
        site.story(
            f"{number}.md", Tags=f"Moon, Tag {number}", Section="News", Authors="Science desk"
        )
    published(site)
    site.story("0.md", Slug="zero", Tags="Moon", Section="News", Authors="Science desk")
    (site.content / "1.md").unlink()
    lost = re.findall(r"add the line `(\S+ gone)`", "\n".join(stopped(site)))
    with (site.content / "ledger.tsv").open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lost)
    published(site)
    ledger = (site.content / "ledger.tsv").read_text("utf-8").splitlines()
    lines = [line.partition("\t") for line in ledger if not line.startswith("#")]
    addresses = [first.partition(" ")[0] for first, _, _ in lines]
    assert len(addresses) > 30
    port = free_port()
    seen = set()
    with server(tmp_path, site.output, port):
        for address in addresses:
            status, fields = answer(port, address)
            seen.add(status)
            assert status in (200, 301, 410), address
            if status == 301:
                where = fields["location"].removeprefix(f"http://127.0.0.1:{port}")
                assert answer(port, where)[0] == 200, address
    assert seen == {200, 301, 410}


@SERVERS
def test_a_real_server_says_what_a_file_is_and_how_long_it_lasts(
    site: Site, tmp_path: Path, server: Server
) -> None:
    """The page for lost readers has the policy too; a drawing or a feed has its own."""
    site.story("a.md", Tags="Moon", Section="News")
    site.write("images/moon.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    site.publish(SITEURL="")
    style = next(path for path in site.files() if path.endswith(".css"))
    port = free_port()
    with server(tmp_path, site.output, port):
        _, page = answer(port, "/2024/11/01/a/")
        assert page["content-type"].lower() == "text/html; charset=utf-8"
        assert page["cache-control"] == PAGES
        status, lost = answer(port, "/nowhere/")
        for fields in (page, lost):
            assert fields["content-security-policy"].startswith("default-src 'none'; ")
            assert fields["x-content-type-options"] == "nosniff"
            assert fields["referrer-policy"] == "strict-origin-when-cross-origin"
            assert "camera=()" in fields["permissions-policy"]
        assert status == 404
        assert "cache-control" not in lost
        assert lost["content-type"].lower() == "text/html; charset=utf-8"
        assert answer(port, f"/{style}")[1]["cache-control"] == KEPT
        assert answer(port, f"/{style}")[1]["content-type"].lower() == "text/css; charset=utf-8"
        assert answer(port, "/feed.json")[1]["content-type"] == "application/feed+json"
        feed = answer(port, "/feed.xml")[1]
        assert feed["content-type"] == "application/xml"
        assert feed["content-security-policy"] == DOCUMENTS
        drawing = answer(port, "/images/moon.svg")[1]
        assert drawing["content-security-policy"] == DOCUMENTS
        assert drawing["cache-control"] == "public, max-age=86400"


def test_every_host_has_its_files(site: Site) -> None:
    """All where no host is named, those of one where it is, none where it has none."""
    site.story()
    site.publish()
    assert site.files().keys() >= FILES
    for host, wanted in {
        "netlify": {"_headers"},
        "cloudflare-pages": {"_headers"},
        "nginx": {"http.nginx.conf", "server.nginx.conf"},
        "apache": {".htaccess"},
        "caddy": {"site.caddy"},
        "github-pages": set(),
        "other": set(),
    }.items():
        site.publish(ARCHIVE_HOST=host)
        assert site.files().keys() & FILES == wanted, host


def test_no_header_is_set_by_two_patterns(site: Site) -> None:
    """Hosts that read `_headers` put two values together, each in its own way."""
    site.story()
    site.publish()
    blocks: dict[str, list[str]] = {}
    for line in site.page("_headers").splitlines()[1:]:
        if line.startswith("/"):
            blocks[line] = []
        else:
            blocks[next(reversed(blocks))].append(line.split(":")[0].strip())
    assert "Cache-Control" not in blocks["/*"]
    assert "Content-Type" not in blocks["/*"]
    assert all("*" not in pattern[:-1] for pattern in blocks)
    assert max(map(len, site.page("_headers").splitlines())) <= 2_000


def test_the_policy_stands_in_every_page(site: Site) -> None:
    """Frames are those of hosts that the owner names; a directive of the owner's replaces ours."""
    site.story()
    site.publish(
        ARCHIVE_EMBED_HOSTS=["video.example"],
        ARCHIVE_CONTENT_POLICY={"script-src": "'self' https://count.example"},
    )
    for path in ("index.html", "404.html", "2024/11/01/story/index.html"):
        policy = site.page(path).split('http-equiv="Content-Security-Policy" content="')[1]
        policy = policy.split('"')[0]
        assert "frame-src https://video.example;" in policy
        assert "script-src 'self' https://count.example" in policy
        assert "style-src 'self';" in policy
        assert policy in site.page("_headers")


def test_stories_that_are_trusted_may_have_scripts(site: Site) -> None:
    """A policy that broke them silently would be none of the owner's."""
    site.story()
    site.publish(ARCHIVE_RAW_HTML="trust")
    assert "script-src 'self' 'unsafe-inline' https:" in site.page("index.html")


@pytest.mark.parametrize("value", [{"script-src": "'self'; img-src *"}, {"x y": "*"}, ["a"]])
def test_a_policy_is_no_way_into_a_page(site: Site, value: object) -> None:
    """Nothing in it ends a directive, an attribute or a line."""
    site.story()
    (found,) = site.refuse(ARCHIVE_CONTENT_POLICY=value)
    assert found.startswith("ARCHIVE_CONTENT_POLICY: error: ")


def test_a_style_of_an_owners_template_is_allowed_by_its_hash(site: Site, tmp_path: Path) -> None:
    """Browsers compare the text between the tags, byte for byte."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "404.html").write_text(
        '{% extends "base.html" %}{% block head %}<style>p { margin: 0 }</style>{% endblock %}'
    )
    site.story()
    site.publish(THEME_TEMPLATES_OVERRIDES=[str(folder)])
    wanted = "style-src 'self' 'sha256-"
    assert wanted in site.page("404.html")
    assert "<style>p { margin: 0 }</style>" in site.page("404.html")
