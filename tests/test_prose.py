"""The short cut either writes what Markdown and a sanitiser would, or gives up."""

from __future__ import annotations

import re
from pathlib import Path

import markdown
import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microfiche import prose as module
from microfiche.prose import prose

ROOT = Path(__file__).parents[1]
CORPORA = ROOT.parent / "shared" / "corpora"
CASES = [
    case
    for path in ROOT.glob("tests/markdown/*.md")
    for case in path.read_text("utf-8").split("\n%%%%\n")
]

# Each with what it becomes, so that a change of Markdown or of the short cut is seen here.
WRITTEN = {
    "": "",
    "Plain.": "<p>Plain.</p>",
    "One\ntwo\n\nthree": "<p>One\ntwo</p>\n<p>three</p>",
    "## A *b* ##\nc": "<h2>A <em>b</em></h2>\n<p>c</p>",
    "A\n===\nb": "<h1>A</h1>\n<p>b</p>",
    "A\n---": "<h2>A</h2>",
    "a\n\n* * *\n\nb": "<p>a</p>\n<hr>\n<p>b</p>",
    "*a* **b** ***c*** _d_ x_y_z 2 * 3": (
        "<p><em>a</em> <strong>b</strong> <strong><em>c</em></strong> <em>d</em> x_y_z 2 * 3</p>"
    ),
    "said*\n\n*A note": "<p>said*</p>\n<p>*A note</p>",
    "**[a](/b)**": '<p><strong><a href="/b">a</a></strong></p>',
    '[a](https://e.org/?b=c&d=e "f & g")': (
        '<p><a href="https://e.org/?b=c&amp;d=e" title="f &amp; g">a</a></p>'
    ),
    "[a]({filename}/b.md) [c](mailto:d@e.org)": (
        '<p><a href="{filename}/b.md">a</a> <a href="mailto:d@e.org">c</a></p>'
    ),
    "[![a](/b.png)](/c)": '<p><a href="/c"><img alt="a" src="/b.png"></a></p>',
    "<https://e.org/a_b_c>": '<p><a href="https://e.org/a_b_c">https://e.org/a_b_c</a></p>',
    "`a & *b*` \\*c\\*": "<p><code>a &amp; *b*</code> *c*</p>",
    "a  \nb": "<p>a<br>\nb</p>",
    '[sic] (a) > b & c\'s "d"': '<p>[sic] (a) &gt; b &amp; c\'s "d"</p>',
    "> a\n>\n> b\n\n> c": "<blockquote>\n<p>a</p>\n<p>b</p>\n<p>c</p>\n</blockquote>",
    "* a\n* b\n\n* c\n* d": (
        "<ul>\n<li>a</li>\n<li>\n<p>b</p>\n</li>\n<li>\n<p>c</p>\n</li>\n<li>d</li>\n</ul>"
    ),
    "3. a\n4. b\n   c": "<ol>\n<li>a</li>\n<li>b\n   c</li>\n</ol>",
    "a:\n* b\n* c": "<p>a:\n* b\n* c</p>",
    "a &amp; b &lt; [c](/d?e&amp;f) `&amp;`": (
        '<p>a &amp; b &lt; <a href="/d?e&amp;f">c</a> <code>&amp;amp;</code></p>'
    ),
    "a | b": "<p>a | b</p>",
    "\\$1 [a\\]b](c)": '<p>\\$1 <a href="c">a]b</a></p>',
    "a\xa0b\u202fc": "<p>a\xa0b\u202fc</p>",
}

REFUSED = [
    "a <b>b</b>",
    "a &copy; b",
    "    code",
    "> > a",
    "> a\nlazy",
    "> a\n>",
    "* a\n    * b",
    "- # a",
    "a\n# b",
    "a\n> b",
    "a\n: b",
    "a\n***",
    "- a\n- - -",
    "*a **b***",
    "**a *b* c**",
    "*a _b_*",
    "****a****",
    "`` a ``",
    "`a",
    "`a\\`",
    "[a][b]\n\n[b]: /x",
    "a[^1]",
    "*[A]: b",
    "[a](<b>)",
    "[a](b 'c')",
    "[a](b(c(d)))",
    "[a](javascript:b)",
    "[a](x:y)",
    "[a](http://1.2.3.4/)",
    "[a](http://xn--a/)",
    "[a](http://e.org:99999/)",
    "[a](https://)",
    "[](/a)",
    "[a]()",
    "[a [b](c)](d)",
    "![![a](b)](c)",
    "[<http://e.org>](/a)",
    "a {.b}",
    "[*a*{.b}](/c)",
    "{% a %}",
    "# A {#b}",
    "<a@b.org>",
    "<ftp://a.org>",
    '![a"b](/c)',
    "* ",
    "# ",
    "-",
    "+",
    ">",
    "####### a",
    "# a\\#",
    "~~~\na\n~~~",
    "```\na\n```",
    "a | b\n--|--",
    "a  \n  *b*",
    "\xa0a",
    "* \xa0a",
    '[a](/b "c\xa0d")',
    "[a](b \"'c'\")",
    '[a](b "c)d")',
    "\x02a",
    "a\x00",
    "a\x0bb",
    "a\x7fb",
    "a\x85b",
    "a\u2028b",
    "\ud800",
    "\U000f0000",
]

MUTATIONS = {
    "_UNCERTAIN_LINE": "(?!)",
    "_TABLE_LINE": "(?!)",
    "_INNER_ITEM": "(?!)",
    "_HTML_OR_NEARLY": "(?!)",
    "_OTHER_ENTITY": "(?!)",
    "_BREAK_BEFORE_SPACE": "(?!)",
    "_REFUSED": "(?!)",
    "_RULE": "[-_*]{2,}",
    "_ITEM": r" {0,3}(?:[-*+]|\d+\.) *",
    "_PARAGRAPH": "",
    "_NEXT_ITEM": r"\n(?:[-*+]|\d+\.) +",
    "_NOT_IN_ALT": "(?!)",
}

letters = st.text("abcdefgh éüßñ日本Ω", min_size=1, max_size=12).map(str.strip).filter(bool)
word = letters | st.sampled_from(
    ["AT&T", "5 * 3", "x_y_z", "it's", "“so”", "[sic]", "(a)", "C#", "3–2"]
)
words = st.lists(word, min_size=1, max_size=6).map(" ".join).map(lambda text: "A" + text)
target = st.sampled_from(
    ["/a", "../b.md", "{filename}/2024/a.md", "#c", "https://e.org/a_b*c?d=1&e=2", "mailto:a@b.org"]
)
marked = st.one_of(
    words,
    words.map(lambda text: f"*{text.replace(' * ', ' ')}*"),
    words.map(lambda text: f"**{text.replace(' * ', ' ')}**"),
    words.map(lambda text: f"`{text}`"),
    st.builds("[{}]({})".format, letters, target),
    st.builds('![{}]({} "{}")'.format, letters, target, letters),
)
line = st.lists(marked, min_size=1, max_size=5).map(lambda parts: "A " + ", ".join(parts))
paragraph = st.lists(line, min_size=1, max_size=3).flatmap(
    lambda lines: st.sampled_from(["\n", "  \n"]).map(lambda end: end.join(lines))
)


def listed(marker: str, end: str, lines: list[str]) -> str:
    """A list of these lines."""
    return end.join(marker + text for text in lines)


block = st.one_of(
    paragraph,
    st.builds(lambda level, text: "#" * level + " " + text, st.integers(1, 6), words).filter(
        lambda text: text.count("#") == len(text) - len(text.lstrip("#"))
    ),
    paragraph.map(lambda text: "> " + text.replace("\n", "\n> ")),
    st.builds(
        listed,
        st.sampled_from(["* ", "- ", "1. ", "12. ", "-   ", " * "]),
        st.sampled_from(["\n", "\n\n"]),
        st.lists(line, min_size=1, max_size=4),
    ),
    st.sampled_from(["---", "***", "* * *", "___"]),
)
story = st.lists(block, min_size=1, max_size=6).map("\n\n".join)

NASTY = "ab1 \n\n*_`[]()!<>&\\#-+=|:~^{}.\"'/\t\xa0\u2009\x02é\U000f0000"
scribble = st.text(NASTY, max_size=40) | st.lists(
    st.sampled_from(
        ["\n\n", "\n", " ", "  \n", "> ", "- ", "1. ", "# ", "](/a)", "[", *NASTY, "word"]
    )
    | marked
).map("".join)


def stock(text: str) -> str:
    """What Markdown with Pelican's default extensions makes of the text."""
    return markdown.markdown(
        text,
        extensions=["codehilite", "extra"],
        extension_configs={"codehilite": {"css_class": "highlight"}},
        output_format="html",
    )


def sanitised(html: str) -> str:
    """The HTML after a sanitiser, but with no-break spaces as they were."""
    return nh3.clean(html, link_rel=None).replace("&nbsp;", "\xa0")


def is_right(text: str) -> bool:
    """Whether the short cut gave up, or wrote what Markdown and the sanitiser write."""
    html = prose(text)
    return html is None or html == stock(text) == sanitised(html)


def body(path: Path) -> str:
    """The text of a story, less its headers."""
    text = path.read_text("utf-8")
    return re.sub(r"\A---\n.*?\n---\n|\A(?:[\w-]+:.*\n)+", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("text", WRITTEN, ids=ascii)
def test_plain_prose_is_written(text: str) -> None:
    """What the short cut is for, with the result spelt out."""
    assert prose(text) == WRITTEN[text]
    assert is_right(text)


@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_all_else_is_refused(text: str) -> None:
    """What only Markdown can decide, or a sanitiser would change."""
    assert prose(text) is None


def test_it_is_right_or_gives_up_on_each_construct() -> None:
    """The cases of each Markdown construct and its edges."""
    assert [text for text in CASES if not is_right(text)] == []
    assert sum(prose(text) is not None for text in CASES) > len(CASES) / 4


@given(story)
@settings(max_examples=500, deadline=None)
def test_a_plain_story_takes_the_short_cut(text: str) -> None:
    """Whatever the words: paragraphs, headings, quotes, lists and simple marks."""
    assert prose(text) is not None
    assert is_right(text)


@given(scribble)
@settings(max_examples=1500, deadline=None)
def test_it_is_right_or_gives_up_on_scribble(text: str) -> None:
    """Text made of everything that has a meaning anywhere."""
    assert is_right(text)


@pytest.mark.parametrize("corpus", ["18f-posts", "solr-news", "optech-newsletters"])
def test_it_is_right_or_gives_up_on_real_stories(corpus: str) -> None:
    """Stories that other people wrote, and each of their blocks alone."""
    if not (CORPORA / corpus).is_dir():
        pytest.skip(f"no {corpus} in ../shared/corpora beside the project")
    texts = [body(path) for path in sorted((CORPORA / corpus).rglob("*.md"))[::4]]
    blocks = {block for text in texts for block in text.split("\n\n")[::3]}
    assert [text for text in [*texts, *sorted(blocks)] if not is_right(text)] == []


def test_many_sample_stories_take_the_short_cut() -> None:
    """All but those with tables, footnotes, code and the like."""
    stories = [body(path) for path in sorted((ROOT / "content").rglob("*.md"))[:300]]
    if not stories:
        pytest.skip("no stories in content/")
    assert [text for text in stories if not is_right(text)] == []
    assert sum(prose(text) is not None for text in stories) > len(stories) / 4


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_missing_check_is_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cases hold something for each check: without it some come out wrong."""
    monkeypatch.setattr(module, name, re.compile(MUTATIONS[name]))
    assert not all(map(is_right, [*CASES, *WRITTEN, *REFUSED]))
