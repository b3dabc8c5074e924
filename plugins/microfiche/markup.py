"""Markdown to HTML, fast, with exactly the bytes of Python-Markdown.

One Markdown object serves story after story. Plain prose takes the short cut of `prose`.
For the rest, work that can have no effect is left out: a processor of Markdown's own that
needs a certain character is not tried on text without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import markdown
from markdown import blockprocessors as block
from markdown import inlinepatterns as inline
from markdown.blockparser import BlockParser
from markdown.extensions import abbr, def_list, fenced_code, footnotes, md_in_html, meta, tables
from markdown.preprocessors import HtmlBlockPreprocessor
from markdown.treeprocessors import InlineProcessor
from markdown.util import STX, AtomicString

from microfiche.prose import prose

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element, ElementTree

Trigger = tuple[str, ...]

# A pattern of exactly this class and expression can match, or can do something when it does,
# only where one of these strings is in the text.
INLINE_TRIGGERS: dict[tuple[type, str], Trigger] = {
    (inline.BacktickInlineProcessor, inline.BACKTICK_RE): ("`",),
    (inline.EscapeInlineProcessor, inline.ESCAPE_RE): ("\\",),
    (footnotes.FootnoteInlineProcessor, r"\[\^([^\]]*)\]"): ("[^",),
    (inline.ReferenceInlineProcessor, inline.REFERENCE_RE): ("[",),
    (inline.LinkInlineProcessor, inline.LINK_RE): ("](",),
    (inline.ImageInlineProcessor, inline.IMAGE_LINK_RE): ("![",),
    (inline.ImageReferenceInlineProcessor, inline.IMAGE_REFERENCE_RE): ("![",),
    (inline.ShortReferenceInlineProcessor, inline.REFERENCE_RE): ("[",),
    (inline.ShortImageReferenceInlineProcessor, inline.IMAGE_REFERENCE_RE): ("![",),
    (inline.AutolinkInlineProcessor, inline.AUTOLINK_RE): ("://",),
    (inline.AutomailInlineProcessor, inline.AUTOMAIL_RE): ("<",),
    (inline.SubstituteTagInlineProcessor, inline.LINE_BREAK_RE): ("  \n",),
    (inline.HtmlInlineProcessor, inline.HTML_RE): ("<",),
    (inline.HtmlInlineProcessor, inline.ENTITY_RE): ("&",),
    (inline.DelimiterProcessor, r"\*|_"): ("*", "_"),
}

# These look their text up among the story's references: without any they do nothing.
REFERENCE_PATTERNS: frozenset[type] = frozenset(
    {
        inline.ReferenceInlineProcessor,
        inline.ImageReferenceInlineProcessor,
        inline.ShortReferenceInlineProcessor,
        inline.ShortImageReferenceInlineProcessor,
    }
)

# A block processor of exactly this class leaves a block alone without one of these strings.
BLOCK_TRIGGERS: dict[type, Trigger] = {
    md_in_html.MarkdownInHtmlProcessor: (STX,),
    tables.TableProcessor: ("|",),
    block.HashHeaderProcessor: ("#",),
    block.SetextHeaderProcessor: ("\n=", "\n-"),
    def_list.DefListProcessor: (": ",),
    block.BlockQuoteProcessor: (">",),
    footnotes.FootnoteBlockProcessor: ("[^",),
    abbr.AbbrBlockprocessor: ("*[",),
    block.ReferenceProcessor: ("]:",),
}

# These give the lines back as they were where none of these strings is in the text.
PREPROCESSOR_TRIGGERS: dict[type, Trigger] = {
    fenced_code.FencedBlockPreprocessor: ("```", "~~~"),
    HtmlBlockPreprocessor: ("<", "&"),
    md_in_html.HtmlBlockPreprocessor: ("<", "&"),
}

ALWAYS: Trigger = ("",)
NEVER: Trigger = ()

APPLY_PATTERN = "_InlineProcessor__applyPattern"

# Whoever moves to a newer Markdown runs the tests of this module and of `prose` against it
# before adding its version here.
PROVEN_VERSIONS = frozenset({(3, 11)})

EXTENSIONS = "markdown.extensions."
META = frozenset({"meta", f"{EXTENSIONS}meta"})


class Converted(NamedTuple):
    """A converted story. A sanitiser would not change its HTML if it is `clean`."""

    html: str
    clean: bool


class Markup:
    """A converter for many stories, to be made once a worker.

    ``setting`` is Pelican's MARKDOWN setting. As in Pelican, extensions that are only
    configured count as listed; unlike there, the ``meta`` extension is always left out, as
    the headers of a story are no longer in its text. Raises what `markdown.Markdown` raises
    for a setting it refuses.
    """

    def __init__(self, setting: Mapping[str, Any]) -> None:
        self._setting = _without_meta(setting)
        self._ready: markdown.Markdown | None = self._new()
        own = _is_own(self._ready)
        self._reusable = own and not _numbers_documents(self._ready)
        self._prose = own and _is_proven() and _is_usual(self._setting)

    def convert(self, text: str) -> Converted:
        """Convert a story's body, as ``markdown.Markdown(**setting).convert(text)`` does.

        Raises what Markdown raises; the next story is not affected.
        """
        html = prose(text) if self._prose else None
        if html is None:
            return Converted(self._convert(text), clean=False)
        # A sanitiser writes a no-break space as an entity.
        return Converted(html, clean="\xa0" not in html)

    def _convert(self, text: str) -> str:
        """Convert with the object at hand, which is given up if anything interrupts it."""
        converter, self._ready = self._ready or self._new(), None
        html = converter.convert(text)
        if self._reusable:
            self._ready = converter.reset()
        return html

    def _new(self) -> markdown.Markdown:
        converter = markdown.Markdown(**self._setting)
        if _is_proven():
            _spare(converter)
        return converter


def _is_proven() -> bool:
    return markdown.__version_info__[:2] in PROVEN_VERSIONS


def _without_meta(setting: Mapping[str, Any]) -> dict[str, Any]:
    configs = setting.get("extension_configs", {})
    extensions = list(setting.get("extensions", []))
    extensions += [name for name in configs if name not in extensions]
    kept = [each for each in extensions if not _is_meta(each)]
    return {**setting, "extensions": kept, "extension_configs": configs}


def _is_meta(extension: object) -> bool:
    return isinstance(extension, meta.MetaExtension) or (
        isinstance(extension, str) and extension.partition(":")[0] in META
    )


def _is_usual(setting: Mapping[str, Any]) -> bool:
    """Whether this is Pelican's default, for which the short cut is proven."""
    configs = setting["extension_configs"]
    names = [str(each).removeprefix(EXTENSIONS) for each in setting["extensions"]]
    return (
        sorted(names) == ["codehilite", "extra"]
        and not any(configs.get(name) for name in ("extra", f"{EXTENSIONS}extra"))
        and setting.get("output_format") in {"html", "html5"}
        and setting.get("tab_length", 4) == 4
    )


def _is_own(converter: markdown.Markdown) -> bool:
    """Whether all that works on a story is Markdown's own, which `reset` makes as new."""
    parts = chain(
        converter.registeredExtensions,
        converter.preprocessors,
        converter.parser.blockprocessors,
        converter.inlinePatterns,
        converter.treeprocessors,
        converter.postprocessors,
    )
    return all(
        type(part).__module__.partition(".")[0] in {"markdown", "microfiche"} for part in parts
    )


def _numbers_documents(converter: markdown.Markdown) -> bool:
    """Whether footnotes are numbered by how many stories the object has seen."""
    return any(
        isinstance(each, footnotes.FootnoteExtension) and each.getConfig("UNIQUE_IDS")
        for each in converter.registeredExtensions
    )


def _spare(converter: markdown.Markdown) -> None:
    """Make a new converter leave out what can have no effect."""
    for preprocessor in converter.preprocessors:
        if trigger := PREPROCESSOR_TRIGGERS.get(type(preprocessor)):
            vars(preprocessor)["run"] = _where(trigger, preprocessor.run)
    for processor in converter.treeprocessors:
        if type(processor) is InlineProcessor:
            processor.__class__ = _SparingInline
    if type(converter.parser) is BlockParser and _is_own(converter):
        converter.parser.__class__ = _SparingParser


def _where(
    trigger: Trigger, run: Callable[[list[str]], list[str]]
) -> Callable[[list[str]], list[str]]:
    """Limit a preprocessor to texts that hold one of these strings."""

    def run_if_needed(lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        return run(lines) if any(string in text for string in trigger) else text.split("\n")

    return run_if_needed


class _SparingParser(BlockParser):
    """Markdown's block parser, which does not try processors on blocks without their trigger."""

    def parseDocument(self, lines: Iterable[str]) -> ElementTree:  # noqa: N802 - Markdown's name
        self._plan = [
            (each, BLOCK_TRIGGERS.get(type(each), ALWAYS)) for each in self.blockprocessors
        ]
        return super().parseDocument(lines)

    def parseBlocks(self, parent: Element, blocks: list[str]) -> None:  # noqa: N802 - Markdown's name
        while blocks:
            for processor, trigger in self._plan:
                if (
                    _holds(blocks[0], trigger)
                    and processor.test(parent, blocks[0])
                    and processor.run(parent, blocks) is not False
                ):
                    break


class _SparingInline(InlineProcessor):
    """Markdown's inline stage, which does not try patterns on texts without their trigger."""

    def run(self, tree: Element, ancestors: list[str] | None = None) -> Element:
        self._plan = self._triggers()
        return super().run(tree, ancestors)

    def _triggers(self) -> list[tuple[inline.Pattern, Trigger]]:
        patterns = cast("Iterable[inline.Pattern]", self.inlinePatterns)
        plan = [
            (each, INLINE_TRIGGERS.get((type(each), each.pattern), ALWAYS)) for each in patterns
        ]
        if self.md.references or any(trigger is ALWAYS for _, trigger in plan):
            return plan
        return [
            (each, NEVER if type(each) in REFERENCE_PATTERNS else trigger) for each, trigger in plan
        ]

    def _InlineProcessor__handleInline(  # noqa: N802 - Markdown's name
        self, data: str, first: int = 0
    ) -> str:
        """Take the place of a private method, which is why versions have to be proven."""
        if isinstance(data, AtomicString):
            return data
        apply = getattr(self, APPLY_PATTERN)
        for index in range(first, len(self._plan)):
            pattern, trigger = self._plan[index]
            matched, start = _holds(data, trigger), 0
            while matched:
                data, matched, start = apply(pattern, data, index, start)
        return data


def _holds(text: str, trigger: Trigger) -> bool:
    for string in trigger:  # noqa: SIM110 - four times faster than any()
        if string in text:
            return True
    return False
