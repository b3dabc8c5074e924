"""JSON-LD: what a document holds, and what it can never end."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from microfiche import jsonld
from microfiche.jsonld import BreadcrumbList, ListItem, NewsMediaOrganization, WebPage, WebSite

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]>",
    "\\u003c/script>",
    "line\u2028separator\u2029paragraph",
    '"}],"x":"',
    "'; alert(1) //",
)


def parsed(document: str) -> dict[str, object]:
    """A document as a browser hands it to a script: out of the page, then out of JSON."""
    page = f'<!DOCTYPE html><head><script type="application/ld+json">{document}</script><p>after'
    tree = LexborHTMLParser(page)
    (script,) = tree.css("script")
    assert [node.text() for node in tree.css("p")] == ["after"]
    found: dict[str, object] = json.loads(script.text(strip=False))
    return found


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_ends_the_element(title: str) -> None:
    """Whatever a title says, the element ends where it should and says the title."""
    document = jsonld.document(WebPage(name=title))
    assert not set("<\u2028\u2029") & set(document)
    assert parsed(document)["@graph"] == [{"@type": "WebPage", "name": title}]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_what_it_was(title: str) -> None:
    """Every character comes out of the document as it went in."""
    document = jsonld.document(WebPage(name=title, description=title))
    assert not set("<\u2028\u2029") & set(document)
    (page,) = json.loads(document)["@graph"]
    assert (page.get("name", ""), page.get("description", "")) == (title, title)


def test_what_is_empty_is_left_out() -> None:
    """A thing has its type and what is known of it."""
    found = json.loads(
        jsonld.document(
            WebPage(name="Moon", part_of=WebSite("Record")),
            BreadcrumbList(steps=(ListItem(name="Tags", position=1, item="https://a.example/"),)),
            NewsMediaOrganization(),
        )
    )
    step = {"@type": "ListItem", "name": "Tags", "position": 1, "item": "https://a.example/"}
    assert found == {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": "WebPage",
                "name": "Moon",
                "isPartOf": {"@type": "WebSite", "name": "Record"},
            },
            {"@type": "BreadcrumbList", "itemListElement": [step]},
            {"@type": "NewsMediaOrganization"},
        ],
    }
