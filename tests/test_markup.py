"""`Markup` writes the bytes that a fresh Markdown object writes, whatever it is given."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown.extensions import Extension
from markdown.inlinepatterns import BACKTICK_RE, BacktickInlineProcessor, LinkInlineProcessor
from markdown.preprocessors import HtmlBlockPreprocessor, Preprocessor
from pelican.settings import DEFAULT_CONFIG

from microfiche import markup
from microfiche.markup import Converted, Markup
from microfiche.sanitise import Sanitiser

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
CORPORA = ROOT.parent / "shared" / "corpora"
CASES = {path.stem: path.read_text("utf-8") for path in ROOT.glob("tests/markdown/*.md")}
DOCUMENTS = [case for text in CASES.values() for case in text.split("\n%%%%\n")]
CHARACTERS = [
    "a\u200bb\ufeffc",
    "a\xa0b",
    "\xa0a\xa0",
    "a\u2009b \u202f c",
    "\u3000a",
    "日本語。*強調*です",
    "é*è*à _ü_ö",
    "a\u2028b",
    "😀 *😀* _😀_",
    "\ufeffa",
    "a\x0cb\x1fc\x85d",
    "*\xa0a* _\u202fa_ **«\u202fa\u202f»**",
    "a  \n\xa0",
    '[\xa0](/x) [a](/x "b\xa0c") [a](/x\xa0y)',
    "\x02a\x03",
    "\x02klzzwxh:0000\x03 *a*",
    "\x02wzxhzdk:0\x03 <b>x</b>",
    "\x0242\x03",
    "a\U000f0000b `c`",
    "a\r\nb\r\n\r\nc",
    "a\rb\r\rc",
    "a\x00b",
    "٣*٤* ٣. a",
]

PELICANS = DEFAULT_CONFIG["MARKDOWN"]
EXTRA = ["extra", "codehilite"]
SETTINGS: dict[str, dict[str, Any]] = {
    "pelican": PELICANS,
    "none": {},
    "xhtml": {"extensions": EXTRA, "output_format": "xhtml"},
    "tab of 2": {"extensions": EXTRA, "tab_length": 2, "output_format": "html"},
    "toc": {"extensions": [*EXTRA, "toc"], "extension_configs": {"toc": {"permalink": True}}},
    "smarty": {
        "extensions": [*EXTRA, "smarty", "nl2br"],
        "extension_configs": {"smarty": {"smart_angled_quotes": True}},
    },
    "lists": {"extensions": [*EXTRA, "sane_lists", "admonition", "wikilinks"]},
    "legacy": {"extensions": ["legacy_em", "legacy_attrs", "footnotes"]},
    "glossary": {
        "extensions": ["codehilite", "extra"],
        "extension_configs": {"extra": {"abbr": {"glossary": {"HTML": "Hyper", "a": "b"}}}},
        "output_format": "html5",
    },
    "numbered": {
        "extensions": ["extra"],
        "extension_configs": {"extra": {"footnotes": {"UNIQUE_IDS": True}}},
    },
}

FRAGMENTS = re.split(
    r"[ \n]",
    r"""* ** *** _ __ ___ ` `` ``` ~~~ [ ] ( ) ]( ![ [^1] [a] [a][a] *[HTML]: { } {:#id} {.c} | ^
< > <b> </b> <div> </div> <p> <!-- --> <http://e.com/x_y*z> <a@b.co> <hr> <br/> HTML ~ a b word
& &amp; &copy; &#38; # ## \ \* \_ \` \[ \1 \\ - + 1. 12. 2) --- *** ___ === -- = |- : *em* **st**
2014 x_y_z It's “q” " ' é 日本 … — ! ? . , ; $ % @ / _em_ __st__ `code` **[t](/x)** [*t*](/x)
[![a](b.png)](/c) a*b*c [t](a(b)c) [t]() [](x) {filename}/a.md [t](http://e.com/a) ![i](/i.png)
http://e.com/a_b_c [m](mailto:a@b.c)""",
)
GAPS = ["", "", " ", " ", "  ", "\n", "\n\n", "\n\n\n", "  \n", "\n> ", "\n- ", "\n* ", "\n1. "]
GAPS += [
    "\n# ",
    "\n    ",
    "\n\n    ",
    "\t",
    "\xa0",
    "\r\n",
    "\n: ",
    "\n[a]: ",
    "\n[^1]: ",
    "\u2009",
]
assembled = st.lists(st.sampled_from(FRAGMENTS) | st.sampled_from(GAPS), max_size=30).map("".join)
scribble = st.text("ab1 \n*_`[]()!<>&\\#-+=|:~^{}.\"'\t\xa0\x02\x03é", max_size=40)


def without_meta(setting: dict[str, Any]) -> dict[str, Any]:
    """The setting as Pelican completes it, less the headers."""
    setting = copy.deepcopy(setting)
    setting.setdefault("extensions", []).extend(
        name
        for name in setting.get("extension_configs", {})
        if name not in setting["extensions"] and not name.endswith("meta")
    )
    return setting


def stock(text: str, setting: dict[str, Any] = PELICANS) -> str:
    """What a fresh Markdown object makes of the text."""
    return markdown.Markdown(**without_meta(setting)).convert(text)


def differing(markup: Markup, documents: list[str]) -> list[str]:
    """The documents that neither way of a markup may convert otherwise than Markdown."""
    return [
        text
        for text in documents
        if not stock(text) == markup.convert(text).html == markup._convert(text)
    ]


def body(path: Path) -> str:
    """The text of a story, less its headers."""
    text = path.read_text("utf-8")
    return re.sub(r"\A---\n.*?\n---\n|\A(?:[\w-]+:.*\n)+", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
def test_each_construct_converts_as_by_a_fresh_markdown(text: str) -> None:
    """All cases of one construct, each alone and all of them as one document."""
    assert differing(Markup(PELICANS), [text, *text.split("\n%%%%\n")]) == []


def test_unusual_characters_convert_as_by_a_fresh_markdown() -> None:
    """White space of other scripts, control characters, and what Markdown uses inside."""
    assert differing(Markup(PELICANS), CHARACTERS) == []


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_nothing_of_one_story_reaches_the_next(setting: dict[str, Any]) -> None:
    """One converter, all cases in a row and back: references, footnotes, ids and all."""
    markup = Markup(setting)
    for text in DOCUMENTS + DOCUMENTS[::-7]:
        assert markup.convert(text).html == stock(text, setting)


@given(assembled | scribble)
@settings(max_examples=600, deadline=None)
def test_assembled_documents_convert_as_by_a_fresh_markdown(text: str) -> None:
    """Fragments that hold every trigger, in any order."""
    assert differing(MARKUP, [text]) == []


MARKUP = Markup(PELICANS)


@pytest.mark.parametrize("corpus", ["18f-posts", "solr-news", "optech-newsletters"])
def test_real_stories_convert_as_by_a_fresh_markdown(corpus: str) -> None:
    """Stories that other people wrote, every third of them."""
    if not (CORPORA / corpus).is_dir():
        pytest.skip(f"no {corpus} in ../shared/corpora beside the project")
    stories = sorted((CORPORA / corpus).rglob("*.md"))[::3]
    assert differing(Markup(PELICANS), [body(path) for path in stories]) == []


def test_sample_stories_convert_as_by_a_fresh_markdown() -> None:
    """The sample archive, where there is one."""
    stories = sorted((ROOT / "content").rglob("*.md"))[:200]
    if not stories:
        pytest.skip("no stories in content/")
    assert differing(Markup(PELICANS), [body(path) for path in stories]) == []


def test_an_interrupted_story_leaves_nothing_behind() -> None:
    """After an exception in the middle the next story starts from nothing."""
    markup = Markup({"extensions": ["extra"]})
    converter = markup._ready
    assert converter is not None

    def interrupt(_: object) -> str:
        raise KeyboardInterrupt

    converter.serializer = interrupt
    with pytest.raises(KeyboardInterrupt):
        markup.convert("a[^1] [b] HTML\n\n[^1]: n\n\n[b]: /x\n\n*[HTML]: h")
    assert markup.convert("a[^1] [b] HTML").html == "<p>a[^1] [b] HTML</p>"


class Counting(Preprocessor):
    """Somebody's preprocessor that counts the documents it has seen, and is never reset."""

    seen = 0

    def run(self, lines: list[str]) -> list[str]:
        """Put the count on top."""
        self.seen += 1
        return [f"Story {self.seen}", "", *lines]


class Ticks(BacktickInlineProcessor):
    """Somebody's pattern, made from one of Markdown's own but with an expression of its own."""


class Unknown(Extension):
    """Somebody's extension."""

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - Markdown's name
        """Register what it brings."""
        md.preprocessors.register(Counting(md), "counting", 5)
        ticks = Ticks(BACKTICK_RE.replace("`", "%"))
        vars(ticks)["find_code_spans"] = lambda start, text: (start + 1, text.index("%", start + 1))
        md.inlinePatterns.register(ticks, "ticks", 195)


def test_an_unknown_extension_sees_a_fresh_object_for_each_story() -> None:
    """Nobody knows what an extension from elsewhere keeps from one document to the next."""
    setting = {"extensions": ["extra", Unknown()]}
    markup = Markup(setting)
    for text in ["a", "b %c% `d`", "*e*"]:
        assert markup.convert(text) == Converted(stock(text, setting), clean=False)


def test_headers_are_not_taken_off() -> None:
    """The reader has done that: what looks like a header is the story's first line."""
    for name in ["meta", "markdown.extensions.meta"]:
        for each in [Markup({"extensions": [name]}), Markup({"extension_configs": {name: {}}})]:
            assert each.convert("Title: x\n\ny").html == "<p>Title: x</p>\n<p>y</p>"
    assert "Title" in Markup(PELICANS).convert("Title: x\n\ny").html


def test_the_setting_is_not_altered() -> None:
    """Pelican's settings are shared by everything."""
    setting = copy.deepcopy(PELICANS)
    Markup(setting).convert("a\n\n    b")
    assert setting == PELICANS


def test_only_the_short_cut_is_clean() -> None:
    """Clean means that a sanitiser would give the same bytes back."""
    markup = Markup(PELICANS)
    assert markup.convert("*a* [b](/c)") == Converted(
        '<p><em>a</em> <a href="/c">b</a></p>', clean=True
    )
    assert not markup.convert("a\xa0b").clean
    assert not markup.convert("a <b>b</b>").clean
    assert not markup.convert("a\n\n    b").clean


def test_what_is_clean_passes_the_archives_sanitiser_unchanged() -> None:
    """The caller may leave sanitising out."""
    markup, sanitiser = Markup(PELICANS), Sanitiser()
    clean = [done.html for done in map(markup.convert, DOCUMENTS + CHARACTERS) if done.clean]
    assert [html for html in clean if sanitiser.clean(html) != html] == []
    assert len(clean) > len(DOCUMENTS) / 4


@pytest.mark.parametrize("name", [name for name in SETTINGS if name != "pelican"])
def test_other_settings_do_without_the_short_cut(name: str) -> None:
    """The short cut is proven for Pelican's default only."""
    assert not Markup(SETTINGS[name]).convert("Plain.").clean


def test_other_versions_of_markdown_do_without_any_short_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is left out was proven for one version of Markdown."""
    monkeypatch.setattr(markup, "PROVEN_VERSIONS", frozenset())
    other = Markup(PELICANS)
    assert other._ready is not None
    assert type(other._ready.treeprocessors["inline"]).__module__ == "markdown.treeprocessors"
    assert other.convert("Plain.") == Converted("<p>Plain.</p>", clean=False)


def never(table: str, key: Any) -> Callable[[pytest.MonkeyPatch], None]:
    """A table in which this entry's trigger is one that is in no text."""

    def spoil(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(getattr(markup, table), key, ("\x00",))

    return spoil


WRONG = {
    f"{table} {getattr(key, '__name__', key)}": never(table, key)
    for table in ["INLINE_TRIGGERS", "BLOCK_TRIGGERS", "PREPROCESSOR_TRIGGERS"]
    for key in getattr(markup, table)
    if key is not HtmlBlockPreprocessor  # another takes its place in Pelican's default
}


@pytest.mark.parametrize("spoil", WRONG.values(), ids=WRONG)
def test_a_wrong_trigger_is_found_out(
    spoil: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cases hold something for each entry: without its trigger some come out wrong."""
    spoil(monkeypatch)
    assert differing(Markup(PELICANS), DOCUMENTS)


def test_a_pattern_wrongly_held_to_need_references_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same for the patterns that are left out where a story has no references."""
    monkeypatch.setattr(markup, "REFERENCE_PATTERNS", frozenset({LinkInlineProcessor}))
    assert differing(Markup(PELICANS), DOCUMENTS)
