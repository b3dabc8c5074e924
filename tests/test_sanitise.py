"""Stories' HTML made harmless: nothing in it runs, and what Markdown writes stays."""

from __future__ import annotations

import ast
import re
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pelican.settings import DEFAULT_CONFIG
from selectolax.lexbor import LexborHTMLParser, LexborNode

from microfiche.markup import Markup
from microfiche.sanitise import DEPTH, Sanitiser, nesting, removed
from tests.payloads import PAYLOADS

WRITING = (Path(__file__).parents[1] / "docs/writing.md").read_text("utf-8")
HOST = "www.youtube-nocookie.com"
FRAME = f'<iframe src="https://{HOST}/embed/x"></iframe>'
SANITISER = Sanitiser()
EMBEDDING = Sanitiser((HOST,))

MARKDOWN = """\
A paragraph with *emphasis*, **strength**, `code`, a [link](https://e.org/?a=b&c=d "title") and
a note[^1].  Mail <mailto:desk@e.org>, call [us](tel:+380441234567), [see]({filename}/b.md#c).

# Heading {#own-id .own-class}

| Left | Right |
|:-----|------:|
| a    | b     |

```python
def f(x): return x  # comment
```

    indented code

1. one
    * two

> quote

![A ship]({static}/images/ship.png)

Term
:   Definition

The HTML standard.

*[HTML]: HyperText Markup Language

<figure><img alt="a" src="b.png"><figcaption>c</figcaption></figure>

<details><summary>More</summary><p>text</p></details>

[^1]: The note.
"""

fragments = st.sampled_from(
    [
        "<",
        ">",
        "</",
        "/>",
        "=",
        '"',
        "'",
        "`",
        "a",
        "img",
        "script",
        "style",
        "svg",
        "math",
        "iframe",
        "template",
        "noscript",
        "textarea",
        "title",
        "table",
        "select",
        "p",
        "b",
        "!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "onerror",
        "href",
        "src",
        "srcdoc",
        "style",
        "javascript:",
        "java&#x0A;script:",
        "alert(1)",
        "https://e.org/",
        "//",
        "x",
        " ",
        "\n",
        "\t",
        "&#1;",
        "&lt;",
        "&#60;",
        "\x00",
        "é",
        "data:text/html,",
    ]
)
soup = st.lists(fragments, max_size=40).map("".join)


def dangers(html: str) -> list[str]:
    """What could run or lead astray in a piece of HTML, as a browser parses it."""
    tree = LexborHTMLParser(f"<body><div>{html}</div></body>")
    assert tree.body
    return [danger for node in tree.body.traverse() for danger in _dangers_of(node)]


def _dangers_of(node: LexborNode) -> list[str]:
    found = []
    if node.tag in (
        "script",
        "style",
        "object",
        "embed",
        "base",
        "meta",
        "link",
        "form",
        "svg",
        "math",
    ):
        found.append(f"<{node.tag}>")
    for name, value in node.attributes.items():
        if name.startswith("on") or name in (
            "srcdoc",
            "formaction",
            "srcset",
            "ping",
            "background",
        ):
            found.append(name)
        scheme = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"[\x00-\x20]", "", value or "").lower())
        if name in ("href", "src", "cite", "poster", "action", "data") and scheme:
            found += [] if scheme[1] in ("http", "https", "mailto", "tel") else [f"{name}={value}"]
        if name == "style" and not re.fullmatch(r"text-align:\s*\w+;?", value or ""):
            found.append(f"style={value}")
    return found


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("sanitiser", [SANITISER, EMBEDDING], ids=["plain", "embedding"])
def test_nothing_in_a_body_runs(payload: str, sanitiser: Sanitiser) -> None:
    """Neither in a browser, nor where a feed reader unescapes it once more."""
    clean = sanitiser.clean(payload)
    assert dangers(clean) == []
    assert dangers(sanitiser.clean(unescape(clean))) == []


@given(soup)
def test_no_soup_of_tags_runs(html: str) -> None:
    """Whatever order the pieces come in."""
    assert dangers(SANITISER.clean(html)) == []


@given(soup | st.text(max_size=200))
def test_what_is_clean_stays_as_it_is(html: str) -> None:
    """A second cleaning, or a browser's parsing and writing, changes nothing."""
    clean = SANITISER.clean(html)
    assert SANITISER.clean(clean) == clean


def test_what_markdown_writes_is_kept() -> None:
    """Tables with their alignment, footnotes, coloured code, figures, definitions, own ids."""
    html = Markup(DEFAULT_CONFIG["MARKDOWN"]).convert(MARKDOWN).html
    clean = SANITISER.clean(html)
    assert removed(html, clean) == ()
    before, after = LexborHTMLParser(html), LexborHTMLParser(clean)
    assert [_shape(node) for node in before.css("body *")] == [
        _shape(node) for node in after.css("body *")
    ]


def _shape(node: LexborNode) -> tuple[str, dict[str, str | None]]:
    """An element with its attributes, but for what is said in another way or added."""
    attributes = {
        name: value for name, value in node.attributes.items() if name not in ("rel", "tabindex")
    }
    aligned = re.fullmatch(r"text-align:\s*(\w+);?", attributes.pop("style", None) or "")
    if aligned:
        attributes["class"] = f"align-{aligned[1]}"
    return node.tag or "", attributes


@pytest.mark.parametrize(
    "scheme", ["https://e.org/", "http://e.org", "mailto:a@e.org", "tel:+1", "b.html"]
)
def test_links_of_the_allowed_kinds_are_kept(scheme: str) -> None:
    """Those of other kinds lose their address, not their text."""
    assert SANITISER.clean(f'<a href="{scheme}">x</a>') == f'<a href="{scheme}">x</a>'
    assert SANITISER.clean('<a href="ftp://e.org/">x</a>') == "<a>x</a>"


def test_a_frame_of_a_named_host_is_kept_in_a_sandbox() -> None:
    """It tells its host nothing of the reader."""
    (frame,) = LexborHTMLParser(EMBEDDING.clean(FRAME)).css("iframe")
    assert frame.attributes["src"] == f"https://{HOST}/embed/x"
    assert frame.attributes["sandbox"] == "allow-scripts allow-same-origin allow-presentation"
    assert frame.attributes["referrerpolicy"] == "no-referrer"
    assert SANITISER.clean(FRAME) == ""


@pytest.mark.parametrize(
    "address",
    [
        f"http://{HOST}/x",
        f"//{HOST}/x",
        f"https://{HOST}.evil.example/x",
        f"https://{HOST}@evil.example/x",
        f"https://evil.example/{HOST}",
        f"https:\\\\evil.example\\@{HOST}/x",
        f"https://evil.example\\@{HOST}/x",
        "https://[evil",
        "javascript:alert(1)",
        "/local",
        "",
    ],
)
def test_a_frame_of_any_other_host_is_taken_out(address: str) -> None:
    """However much it looks like the one that is named."""
    assert "iframe" not in EMBEDDING.clean(f'<iframe src="{address}"></iframe>')


def test_a_frame_brings_no_document_of_its_own() -> None:
    """With a source or without."""
    for rest in ("", f' src="https://{HOST}/x"'):
        assert "srcdoc" not in EMBEDDING.clean(
            f'<iframe srcdoc="<script>x</script>"{rest}></iframe>'
        )


def test_the_elements_that_were_taken_out_are_named() -> None:
    """So that the author can be told."""
    html = "<p>a<blink>b</blink><SCRIPT>if (c<d) e</SCRIPT><!-- <form> --><p>d<style>x</style>"
    assert removed(html, SANITISER.clean(html)) == ("blink", "script", "style")


@pytest.mark.parametrize(
    ("html", "deep"),
    [
        ("", 0),
        ("text", 0),
        ("<p>a<p>b<p>c", 0),
        ("<ul><li>a<li>b</ul><br><img>", 1),
        ("<div><b>a</b></div><div></div>", 2),
        ("</div></div><div>", 1),
        ("<b></i><b></i><b>", 3),
        ("<ul><li>" * 7, 7),
        ("<B CLASS=x><DIV></b></div>", 2),
    ],
)
def test_depth_is_how_many_elements_are_open_at_once(html: str, deep: int) -> None:
    """Elements whose end tag may be left out do not count, or long lists would be deep."""
    assert nesting(html).depth == deep


@pytest.mark.parametrize(
    ("html", "unclosed"),
    [
        ("text", ""),
        ("<p>a</p><br><img><hr>", ""),
        ("<ul><li>a<li>b</ul>", ""),
        ("<table><tr><td>a</table>", ""),
        ("<p><b>a</p>", ""),
        ("</div>", ""),
        ("<p>a</p><div><p>b</p>", "<div><p>b</p>"),
        ("<p>a<p>b</p>", "<p>a<p>b</p>"),
        ("<!-- <div> --><p>a</p>", ""),
        ("<section><div></section>", ""),
    ],
)
def test_the_first_element_that_is_never_closed_is_found(html: str, unclosed: str) -> None:
    """An end tag closes all that is open in its element."""
    assert nesting(html).unclosed == unclosed


def test_what_markdown_writes_is_not_deep() -> None:
    """The limit is far above what a story needs."""
    html = Markup(DEFAULT_CONFIG["MARKDOWN"]).convert(MARKDOWN * 50).html
    assert nesting(html).depth < DEPTH // 5
    assert nesting(html).unclosed == ""


def test_quotation_marks_and_dashes_may_be_made_real() -> None:
    """As docs/writing.md has it: in the text, and neither in code nor in addresses."""
    (setting,) = re.findall(r"^MARKDOWN = (\{.*?^\})", WRITING, re.DOTALL | re.MULTILINE)
    text = '''A "real" one -- isn't it... `"code"` [a](/x "b")\n\n> "Quoted"'''
    assert SANITISER.clean(Markup(ast.literal_eval(setting)).convert(text).html) == (
        '<p>A “real” one – isn’t it… <code>"code"</code> <a href="/x" title="b">a</a></p>\n'
        "<blockquote>\n<p>“Quoted”</p>\n</blockquote>"
    )


def test_a_paragraph_may_be_a_pull_quote() -> None:
    """The class that the theme has a rule for, as docs/writing.md has it."""
    (example,) = re.findall(r"^```\n([^`]*\{: \.pull \})\n```", WRITING, re.MULTILINE)
    html = SANITISER.clean(Markup(DEFAULT_CONFIG["MARKDOWN"]).convert(example).html)
    assert html.startswith('<p class="pull">')
