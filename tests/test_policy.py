"""What a host says of files."""

from __future__ import annotations

import pytest

from microfiche.publish.policy import KEPT, PAGES, UNKNOWN, cache_control, content_type
from microfiche.records import Stage
from tests.conftest import Site


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("2024/index.html", "text/html; charset=utf-8"),
        ("tag/moon/feed.xml", "application/xml"),
        ("tag/moon/feed.atom", "application/atom+xml"),
        ("feed.json", "application/feed+json"),
        ("sitemap.xml", "application/xml"),
        ("images/QUAY.JPG", "image/jpeg"),
        ("_redirects", "text/plain; charset=utf-8"),
        ("index.html.gz", "application/gzip"),
        (".htaccess", "text/plain; charset=utf-8"),
        ("notes.xyz", UNKNOWN),
    ],
)
def test_a_content_type_follows_from_the_name(path: str, wanted: str) -> None:
    """The letters' case does not matter, nor what a machine knows of types."""
    assert content_type(path) == wanted


def test_every_file_that_microfiche_makes_has_a_type(site: Site) -> None:
    """No host has to guess what a page, a feed or a sitemap is."""
    site.story("a.md", Tags="Moon")
    site.publish()
    assert [path for path in site.files() if content_type(path) == UNKNOWN] == []


def test_only_what_is_named_by_its_content_is_kept_for_long() -> None:
    """A page may change under its name at the next publication."""
    assert cache_control(Stage.ASSETS, named=True) == KEPT
    assert cache_control(Stage.PAGES, named=False) == PAGES
