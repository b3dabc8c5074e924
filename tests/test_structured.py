"""What pages say of themselves to machines, field by field against the headers of the stories."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.conftest import Site
from tests.photographs import photograph

URL = "https://gazette.example"
HEADERS = {
    "Title": "Gale </script> & <b>high</b> water",
    "Date": "2024-11-01 09:30",
    "Modified": "2024-11-02 08:00",
    "Category": "Coast & sea",
    "Tags": "Storms, Ports",
    "Authors": "Coast desk; Weather desk",
    "Dek": 'The "storm" of the year.',
    "Dateline": "LISBON",
    "Image": "images/quay.jpg",
    "Image_alt": "A quay & a ship",
    "Image_caption": "The quay at dawn.",
    "Image_credit": "Picture desk",
    "Source": "Harbour office: Log, https://log.example/?a=1&b=2",
    "Story": "The winter of storms",
    "Correction": "2024-11-03: The wave was 4 m high.",
}
REQUIRED = {
    "NewsArticle": {"headline", "datePublished", "inLanguage", "publisher", "isPartOf"},
    "CollectionPage": {"name", "url", "inLanguage", "isPartOf"},
    "WebPage": {"name", "url", "inLanguage", "isPartOf"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position", "name", "item"},
    "ImageObject": {"url", "width", "height"},
    "CorrectionComment": {"text", "datePublished"},
    "NewsMediaOrganization": {"name", "url"},
    "Organization": {"name", "url"},
    "Person": {"name", "url"},
    "WebSite": {"name", "url"},
    "CreativeWorkSeries": {"name", "url"},
    "CreativeWork": {"name"},
}
"""What each type of schema.org must have here, and what else it may have."""

OPTIONAL = {
    "NewsArticle": {
        "url",
        "mainEntityOfPage",
        "dateModified",
        "description",
        "author",
        "articleSection",
        "keywords",
        "image",
        "dateline",
        "correction",
        "citation",
        "position",
    },
    "CollectionPage": {"description"},
    "WebPage": {"description"},
    "ImageObject": {"caption", "creditText"},
    "CreativeWork": {"url"},
}


class Said(NamedTuple):
    """What a page says: its JSON-LD by type, and its ``meta`` elements by name or property."""

    things: dict[str, dict[str, Any]]
    meta: dict[str, list[str]]


def said(html: str) -> Said:
    """What a page says to machines."""
    tree = LexborHTMLParser(html)
    graphs = [json.loads(node.text()) for node in tree.css("script[type='application/ld+json']")]
    assert all(graph["@context"] == "https://schema.org" for graph in graphs)
    things = [thing for graph in graphs for thing in graph["@graph"]]
    meta: dict[str, list[str]] = {}
    for node in tree.css("meta[content]"):
        name = node.attributes.get("property") or node.attributes.get("name") or ""
        meta.setdefault(name, []).append(node.attributes["content"] or "")
    assert len({thing["@type"] for thing in things}) == len(things)
    return Said({thing["@type"]: thing for thing in things}, meta)


def nodes(value: object) -> Iterator[dict[str, Any]]:
    """Every typed thing within a value."""
    if isinstance(value, dict):
        if "@type" in value:
            yield value
        for each in value.values():
            yield from nodes(each)
    elif isinstance(value, list):
        for each in value:
            yield from nodes(each)


LIGHT = 3 * 1024
"""Bytes that a story's head may have, compressed, with all that it says to machines."""


@pytest.fixture
def full(site: Site) -> Site:
    """An archive with a story that has every header, and the one that came before it."""
    site.write("images/quay.jpg", photograph("", "JPEG", (1200, 800)))
    site.conf["DEFAULT_LANG"] = "en-GB"
    site.story("first.md", Date="2024-10-30", Story="The winter of storms")
    site.story("gale.md", **HEADERS)
    site.write("pages/about.md", "Title: About us\n\nWe write.\n")
    return site


def test_a_story_is_described_field_by_field(full: Site) -> None:
    """What the headers say is what JSON-LD says, with whole addresses and zones."""
    full.publish()
    own = f"{URL}/2024/11/01/gale/"
    things = said(full.page("2024/11/01/gale/index.html")).things
    archive = {"name": "The Harbour Gazette", "url": f"{URL}/"}
    assert things["NewsArticle"] == {
        "@type": "NewsArticle",
        "headline": HEADERS["Title"],
        "url": own,
        "mainEntityOfPage": own,
        "datePublished": "2024-11-01T09:30:00+00:00",
        "dateModified": "2024-11-03",
        "inLanguage": "en-gb",
        "description": HEADERS["Dek"],
        "publisher": {"@type": "NewsMediaOrganization", **archive},
        "isPartOf": [
            {
                "@type": "CreativeWorkSeries",
                "name": HEADERS["Story"],
                "url": f"{URL}/story/the-winter-of-storms/",
            },
            {"@type": "WebSite", **archive},
        ],
        "position": 2,
        "author": [
            {"@type": "Organization", "name": name, "url": f"{URL}/byline/{slug}/"}
            for name, slug in (("Coast desk", "coast-desk"), ("Weather desk", "weather-desk"))
        ],
        "articleSection": HEADERS["Category"],
        "keywords": ["Storms", "Ports"],
        "image": {
            "@type": "ImageObject",
            "url": f"{URL}/images/quay.jpg",
            "width": 1200,
            "height": 800,
            "caption": HEADERS["Image_caption"],
            "creditText": HEADERS["Image_credit"],
        },
        "dateline": HEADERS["Dateline"],
        "correction": [
            {
                "@type": "CorrectionComment",
                "text": "The wave was 4 m high.",
                "datePublished": "2024-11-03",
            }
        ],
        "citation": [
            {
                "@type": "CreativeWork",
                "name": "Harbour office: Log",
                "url": "https://log.example/?a=1&b=2",
            }
        ],
    }


def test_what_is_said_travels_light(full: Site) -> None:
    """The head of a story that has every header is small, compressed."""
    full.publish(ARCHIVE_OEMBED=True)
    head, _, _ = full.page("2024/11/01/gale/index.html").partition("</head>")
    assert len(gzip.compress(head.encode())) <= LIGHT


def test_the_way_down_is_a_list(full: Site) -> None:
    """Year, month, day, and the story as the last step."""
    full.publish()
    things = said(full.page("2024/11/01/gale/index.html")).things
    steps = things["BreadcrumbList"]["itemListElement"]
    assert [(step["position"], step["name"], step["item"]) for step in steps] == [
        (1, "2024", f"{URL}/2024/"),
        (2, "November 2024", f"{URL}/2024/11/"),
        (3, "1 November 2024", f"{URL}/2024/11/01/"),
        (4, HEADERS["Title"], f"{URL}/2024/11/01/gale/"),
    ]


def test_previews_and_citation_tools_read_the_same(full: Site) -> None:
    """OpenGraph with a card, Dublin Core, and Highwire's names agree with the headers."""
    full.publish()
    html = full.page("2024/11/01/gale/index.html")
    own, meta = f"{URL}/2024/11/01/gale/", said(html).meta
    expected = {
        "og:type": ["article"],
        "og:site_name": ["The Harbour Gazette"],
        "og:title": [HEADERS["Title"]],
        "og:description": [HEADERS["Dek"]],
        "og:url": [own],
        "og:locale": ["en_GB"],
        "og:image:width": ["960"],
        "og:image:height": ["640"],
        "og:image:alt": [HEADERS["Image_alt"]],
        "twitter:card": ["summary_large_image"],
        "article:published_time": ["2024-11-01T09:30+00:00"],
        "article:modified_time": ["2024-11-02T08:00+00:00"],
        "article:section": [HEADERS["Category"]],
        "article:tag": ["Storms", "Ports"],
        "DC.type": ["NewsItem"],
        "DC.title": [HEADERS["Title"]],
        "DC.creator": ["Coast desk", "Weather desk"],
        "DC.date": ["2024-11-01"],
        "DC.language": ["en-gb"],
        "DC.publisher": ["The Harbour Gazette"],
        "DC.identifier": [own],
        "DC.subject": ["Storms", "Ports"],
        "citation_title": [HEADERS["Title"]],
        "citation_author": ["Coast desk", "Weather desk"],
        "citation_publication_date": ["2024/11/01"],
        "citation_language": ["en-gb"],
        "citation_public_url": [own],
    }
    assert {name: meta.get(name) for name in expected} == expected
    (image,) = meta["og:image"]
    assert image.removeprefix(f"{URL}/") in full.files()
    assert f'<link rel="canonical" href="{own}">' in html


def test_a_drawing_is_an_image_and_no_preview(site: Site) -> None:
    """Previews show no SVG; search engines do."""
    site.write("images/map.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"/>')
    site.story(Image="images/map.svg", Image_alt="A map")
    site.publish()
    found = said(site.page("2024/11/01/story/index.html"))
    assert found.things["NewsArticle"]["image"]["url"] == f"{URL}/images/map.svg"
    assert (found.meta["twitter:card"], "og:image" in found.meta) == (["summary"], False)


def test_a_day_without_an_hour_is_a_day(site: Site) -> None:
    """No hour is made up, and nothing that the headers do not say is said."""
    site.story(Date="2024-11-01")
    site.publish()
    article = said(site.page("2024/11/01/story/index.html")).things["NewsArticle"]
    assert article["datePublished"] == "2024-11-01"
    left_out = {"dateModified", "author", "keywords", "image", "dateline", "correction", "citation"}
    assert not left_out & {*article}


def test_without_the_sites_address_no_address_is_named(full: Site) -> None:
    """What is known without it is still said."""
    full.publish(SITEURL="")
    found = said(full.page("2024/11/01/gale/index.html"))
    assert [*found.things] == ["NewsArticle"]
    article = found.things["NewsArticle"]
    named = {name for node in nodes(article) for name in node if name in {"url", "item"}}
    cited = [node["url"] for node in nodes(article) if "url" in node]
    assert (named, cited) == ({"url"}, ["https://log.example/?a=1&b=2"])
    assert not {"image", "mainEntityOfPage"} & {*article}
    assert (article["headline"], article["author"][0]["name"]) == (HEADERS["Title"], "Coast desk")
    absolute = {"og:url", "og:image", "DC.identifier", "citation_public_url"}
    assert not absolute & {*found.meta}


def test_every_page_has_the_shape_of_its_type(full: Site) -> None:
    """Each thing has what its type must have and nothing that the type does not know."""
    full.publish()
    found = {}
    for path, data in full.files().items():
        if path.endswith(".html"):
            things = said(data.decode()).things
            found[path] = {kind for kind in things if kind != "BreadcrumbList"}
            for node in nodes([*things.values()]):
                kind, properties = node["@type"], {*node} - {"@type"}
                assert properties >= REQUIRED[kind], (path, node)
                assert properties <= REQUIRED[kind] | OPTIONAL.get(kind, set()), (path, node)
    special = {
        "404.html": set(),
        "about/index.html": {"WebPage"},
        "2024/10/30/first/index.html": {"NewsArticle"},
        "2024/11/01/gale/index.html": {"NewsArticle"},
    }
    assert {path: found.pop(path, None) for path in special} == special
    assert {frozenset(kinds) for kinds in found.values()} == {frozenset({"CollectionPage"})}


def test_a_page_that_leads_on_says_nothing(site: Site) -> None:
    """A former address is described by the page that it leads to."""
    site.story(Aliases="/old/")
    site.publish()
    assert said(site.page("old/index.html")).things == {}


def test_a_story_has_a_card_for_other_sites_where_that_is_wanted(full: Site) -> None:
    """The file lies beside the page, which leads to it; without the setting there is none."""
    full.publish()
    assert not [path for path in full.files() if path.endswith("oembed.json")]
    full.publish(ARCHIVE_OEMBED=True)
    (link,) = LexborHTMLParser(full.page("2024/11/01/gale/index.html")).css(
        "link[type='application/json+oembed']"
    )
    assert link.attributes["href"] == f"{URL}/2024/11/01/gale/oembed.json"
    card = json.loads(full.page("2024/11/01/gale/oembed.json"))
    assert card.pop("thumbnail_url").removeprefix(f"{URL}/") in full.files()
    assert card == {
        "version": "1.0",
        "type": "link",
        "title": HEADERS["Title"],
        "author_name": "Coast desk, Weather desk",
        "provider_name": "The Harbour Gazette",
        "provider_url": f"{URL}/",
        "thumbnail_width": 960,
        "thumbnail_height": 640,
    }


def test_a_card_lies_beside_a_page_of_any_name(site: Site) -> None:
    """One byline is linked to, and a page that is no folder has its card by its side."""
    site.story(Author="Coast desk")
    site.publish(ARCHIVE_OEMBED=True, ARTICLE_URL="news/{slug}", ARTICLE_SAVE_AS="news/{slug}.html")
    assert f'href="{URL}/news/story.oembed.json"' in site.page("news/story.html")
    card = json.loads(site.page("news/story.oembed.json"))
    assert card["author_url"] == f"{URL}/byline/coast-desk/"
    site.publish(ARCHIVE_OEMBED=True, SITEURL="")
    assert not [path for path in site.files() if path.endswith("oembed.json")]


def test_a_byline_is_a_person_where_the_vocabulary_says_so(site: Site) -> None:
    """Desks are organisations; what changes in the vocabulary changes on every page, or is told."""
    site.story(Authors="Ann; Coast desk")
    site.story("other.md", Author="Ann")
    kinds = {}
    for person in ("true", "false"):
        site.write("vocabulary.toml", f"[byline.Ann]\nperson = {person}\n")
        site.publish()
        pages = [site.page(f"2024/11/01/{name}/index.html") for name in ("story", "other")]
        kinds[person] = [
            author["@type"]
            for page in pages
            for author in said(page).things["NewsArticle"]["author"]
        ]
    assert kinds == {
        "true": ["Person", "Organization", "Person"],
        "false": ["Organization", "Organization", "Organization"],
    }
    site.write("vocabulary.toml", '[byline.Ann]\nperson = "yes"\n')
    built = site.build()
    assert [error for error in built.errors if "person is a text; write true or false" in error]
