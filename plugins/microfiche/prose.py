"""Plain prose from Markdown to HTML, without Markdown's machinery.

Most news stories are paragraphs, headings, emphasis, links, quotes and simple lists.
`prose` writes those directly, with the same bytes as Python-Markdown 3.11 would with
Pelican's default extensions, and gives up (returns None) at the first sign of anything else.
What it writes also passes an HTML sanitiser unchanged, but for no-break spaces, which
sanitisers spell as entities.

Two facts make the short cut safe:

- A block is decided by how its lines begin. A line that could begin anything but the block
  at hand makes the whole document uncertain.
- Inline marks are decided by their neighbours. Finished pieces of HTML are kept aside and
  stand in the text as one private-use character, which is neither a letter nor a space, as
  Markdown's own stand-ins are.
"""

import re
from html import escape

# Stand-ins for finished HTML are U+F0000 + its place in the stash; texts that hold such
# characters themselves are refused. The first place always holds a line break.
_FIRST_STAND_IN = 0xF0000
_MOST_STAND_INS = 0xFFF0
_BREAK = chr(_FIRST_STAND_IN)

# A link's target: only what a sanitiser lets through unchanged, and nothing that could be
# read as the beginning of a title or as more markup.
_IN_PATH = r"""[^\s()<>"'\[\]\\`{}|\U000f0000-\U0010ffff]"""
_PATH = rf"(?:{_IN_PATH}++|\({_IN_PATH}*+\))*+"
_NO_SCHEME = r"""[^\s()<>"'\[\]\\`{}|:\U000f0000-\U0010ffff]"""
_LABEL = r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
_HOST = rf"(?:{_LABEL}\.)*[A-Za-z]{{2,}}(?::[0-9]{{1,4}})?"
_WEB_ADDRESS = rf"https?://{_HOST}(?:[/?#]{_PATH})?"
_TARGET = (
    rf"(?:{_WEB_ADDRESS}"
    r"|(?:mailto|tel):[A-Za-z0-9.+@_%?=&,-]+"
    rf"|(?:\{{[a-z]+\}}|[/.#?]){_PATH}"
    rf"|[A-Za-z0-9]{_NO_SCHEME}*)"
)
_IN_TITLE = r"""[^\s"()\[\]<>\\`\U000f0000-\U0010ffff]"""
_TITLE = rf"""(?: +"((?!'){_IN_TITLE}(?:{_IN_TITLE}| )*)")?"""

# Control characters, half characters, and the range of the stand-ins.
_REFUSED = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\U000f0000-\U0010ffff]"
)
_REFUSED_WITH = {"]": ("]:", "] :", "[^"), "`": ("``",), "~": ("~~~",)}
_HTML_OR_NEARLY = re.compile(rf"<(?!{_WEB_ADDRESS}>)")
_OTHER_ENTITY = re.compile(r"&(?![A-Za-z0-9 \n])|&(?!(?:amp|lt|gt);)[A-Za-z0-9.-]+;")
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_MARKS = ("*", "_", "](", "&", "<", ">", "  \n", "`", "\\", "{")

_BLANK_LINE = re.compile(r"(?<=\n) +\n")
_MANY_NEWLINES = re.compile(r"\n{3,}")
_NOT_A_LETTER_FIRST = re.compile(r"\n[^A-Za-z\n]")

# What the first line of a paragraph or list item may not be, and a later line of any block.
_PARAGRAPH = re.compile(r"(?![-*+] |\d+\. |[-_*=+ ]+(?:\n|\Z))[^\s#>:=~|]")
_UNCERTAIN_LINE = re.compile(r"\n *(?:[#>:~]|[-_*=|][-_*=|: ]*(?:\n|\Z))")
_INDENTED = re.compile(r" {1,3}(?=[^\W\d_]|[<\[(\"'“‘])")
_TABLE_LINE = re.compile(r"\n[-|: ]+(?:\n|\Z)")
_UNDERLINED = re.compile(r"([^|\n]+)\n(=+|-+) *(?:\n|\Z)")
_RULE = re.compile(r"-{3,}|_{3,}|\*{3,}|- -(?: -)+|\* \*(?: \*)+|_ _(?: _)+")
_HEADING = re.compile(r"(#{1,6})([^#\\\n]+)#*(?:\n|\Z)")
_ITEM = re.compile(r" {0,3}(?:[-*+]|\d+\.) +")
_NEXT_ITEM = re.compile(r"\n {0,3}(?:[-*+]|\d+\.) +")
_INNER_ITEM = re.compile(r"\n {4,}(?:[-*+]|\d+\.)(?: |\n|\Z)")

_VERBATIM = re.compile(r"`([^`\\]+)`|\\([\\`*_{}\[\]()>#+.!|-])|[`\\]")
_BREAK_BEFORE_SPACE = re.compile(r"  \n\s+(?![^\W_])")
_RUN = re.compile(r"([*_])\1*")
_TAGS = {
    1: ("<em>", "</em>"),
    2: ("<strong>", "</strong>"),
    3: ("<strong><em>", "</em></strong>"),
}

_AUTOLINK = re.compile(rf"<({_WEB_ADDRESS})>")
_LINK = re.compile(rf"\[([^\[\]]*)\]\( *({_TARGET}){_TITLE} *\)")
_IMAGE = re.compile(rf"!{_LINK.pattern}")
_STAND_IN = re.compile(r"[\U000f0000-\U000fffff]")
_NOT_IN_ALT = re.compile(r"""["<>\U000f0000-\U000fffff]""")


class _Uncertain(Exception):
    """The text may hold something that only Markdown itself can decide."""


def prose(text: str) -> str | None:
    """Convert a story's body to HTML, or return None where the result is not certain."""
    try:
        return _document(_normalised(text))
    except _Uncertain:
        return None


def _normalised(text: str) -> str:
    """Line ends, tabs and blank lines as Markdown normalises them; blocks two newlines apart."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _REFUSED.search(text):
        raise _Uncertain
    for sign, refused in _REFUSED_WITH.items():
        if sign in text and any(string in text for string in refused):
            raise _Uncertain
    if "<" in text and _HTML_OR_NEARLY.search(text):
        raise _Uncertain
    if "&" in text and _OTHER_ENTITY.search(text):
        raise _Uncertain
    if "\t" in text:
        text = text.expandtabs(4)
    if "\n " in text:
        text = _BLANK_LINE.sub("\n", text + "\n")
    return _blocks_apart(text)


def _blocks_apart(text: str) -> str:
    if "\n\n\n" in text:
        text = _MANY_NEWLINES.sub("\n\n", text)
    return text.strip("\n")


def _document(text: str) -> str:
    if not text:
        return ""
    if not any(mark in text for mark in _MARKS) and not _NOT_A_LETTER_FIRST.search("\n" + text):
        return "<p>" + text.replace("\n\n", "</p>\n<p>") + "</p>"
    return _blocks(text)


def _blocks(text: str) -> str:
    waiting = text.split("\n\n")
    waiting.reverse()
    done = []
    while waiting:
        block = waiting.pop()
        done.append(_paragraph(block, waiting) if block[:1].isalpha() else _block(block, waiting))
    return "\n".join(done)


def _block(block: str, waiting: list[str]) -> str:
    """Convert a block that may be more than a paragraph; it may take more from those waiting."""
    if block[:1] == "#":
        return _heading(block, waiting)
    if block[:1] == ">":
        return _quote(block, waiting)
    if _RULE.fullmatch(block):
        return "<hr>"
    if _ITEM.match(block):
        return _list(block, waiting)
    if indented := _INDENTED.match(block):
        block = block[indented.end() :]
    if not _PARAGRAPH.match(block):
        raise _Uncertain
    return _paragraph(block, waiting)


def _paragraph(block: str, waiting: list[str]) -> str:
    if "\n" in block:
        if underlined := _UNDERLINED.match(block):
            return _underlined_heading(underlined, waiting)
        _refuse_uncertain_lines(block)
    return f"<p>{_inline(block)}</p>"


def _refuse_uncertain_lines(block: str) -> None:
    if _UNCERTAIN_LINE.search(block):
        raise _Uncertain


def _underlined_heading(match: re.Match[str], waiting: list[str]) -> str:
    if "\n#" in match.string:
        raise _Uncertain
    if match.end() < len(match.string):
        waiting.append(match.string[match.end() :])
    level = 1 if match[2][0] == "=" else 2
    return f"<h{level}>{_inline(match[1].strip())}</h{level}>"


def _heading(block: str, waiting: list[str]) -> str:
    """Convert a heading; lines under it without a blank line between are a block of their own."""
    match = _HEADING.match(block)
    if match is None or not match[2].strip() or _TABLE_LINE.match(block, match.end() - 1):
        raise _Uncertain
    if match.end() < len(block):
        waiting.append(block[match.end() :])
    level = len(match[1])
    return f"<h{level}>{_inline(match[2].strip())}</h{level}>"


def _quote(block: str, waiting: list[str]) -> str:
    """Convert a block quote together with those that follow it: Markdown makes them one."""
    quoted = [_unquoted(block)]
    while waiting and waiting[-1][:1] == ">":
        quoted.append(_unquoted(waiting.pop()))
    inner = _blocks_apart("\n\n".join(quoted))
    if inner[0] == ">" or "\n>" in inner:
        raise _Uncertain
    return f"<blockquote>\n{_blocks(inner)}\n</blockquote>"


def _unquoted(block: str) -> str:
    """Take the quote marks off; each line has to have one, the last one with text behind it."""
    lines = ["" if line.rstrip() == ">" else line for line in block.split("\n")]
    if not lines[-1] or any(line and line[0] != ">" for line in lines):
        raise _Uncertain
    return "\n".join(line[2:] if line[1:2] == " " else line[1:] for line in lines)


def _list(block: str, waiting: list[str]) -> str:
    """Convert a list; items with a blank line between them become paragraphs."""
    tag = "ol" if block.lstrip()[0].isdecimal() else "ul"
    texts = _items(block)
    items = [f"<li>{text}</li>" for text in texts]
    while waiting and _ITEM.match(waiting[-1]) and not _RULE.fullmatch(waiting[-1]):
        last, texts = texts[-1], _items(waiting.pop())
        items[-1] = f"<li>\n<p>{last}</p>\n</li>"
        items.append(f"<li>\n<p>{texts[0]}</p>\n</li>")
        items += [f"<li>{text}</li>" for text in texts[1:]]
    return f"<{tag}>\n" + "\n".join(items) + f"\n</{tag}>"


def _items(block: str) -> list[str]:
    if "\n" in block:
        _refuse_uncertain_lines(block)
        if _INNER_ITEM.search(block):
            raise _Uncertain
    return [_item(text) for text in _NEXT_ITEM.split("\n" + block)[1:]]


def _item(text: str) -> str:
    if not _PARAGRAPH.match(text):
        raise _Uncertain
    return _inline(text)


def _inline(text: str) -> str:
    """Convert the text of one block: code and escapes, then images and links, then the rest."""
    stash = ["<br>\n"]
    if "`" in text or "\\" in text:
        text = _VERBATIM.sub(lambda match: _verbatim(match, stash), text)
    if "](" in text:
        text = _IMAGE.sub(lambda match: _image(match, stash), text)
        text = _LINK.sub(lambda match: _link(match, stash), text)
        if "](" in text:
            raise _Uncertain
    if "<" in text:
        text = _AUTOLINK.sub(lambda match: _autolink(match, stash), text)
    return _restored(_marked(text), stash)


def _stand_in(html: str, stash: list[str]) -> str:
    if len(stash) > _MOST_STAND_INS:
        raise _Uncertain
    stash.append(html)
    return chr(_FIRST_STAND_IN + len(stash) - 1)


def _restored(text: str, stash: list[str]) -> str:
    if text.isascii():
        return text
    return _STAND_IN.sub(lambda match: stash[ord(match[0]) - _FIRST_STAND_IN], text)


def _escaped(text: str) -> str:
    """Escape what HTML reserves, but entities stay."""
    if "&" in text:
        text = _BARE_AMPERSAND.sub("&amp;", text)
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    return text


def _verbatim(match: re.Match[str], stash: list[str]) -> str:
    code, character = match.groups()
    if code and code.strip():
        return _stand_in(f"<code>{escape(code.strip(), quote=False)}</code>", stash)
    if character:
        return _stand_in(_escaped(character), stash)
    if code or match[0] == "`":
        raise _Uncertain
    return match[0]  # a backslash before what needs no escape


def _image(match: re.Match[str], stash: list[str]) -> str:
    alt, source, title = match.groups()
    if _NOT_IN_ALT.search(alt):
        raise _Uncertain
    return _stand_in(f'<img alt="{_escaped(alt)}" src="{_escaped(source)}"{_title(title)}>', stash)


def _link(match: re.Match[str], stash: list[str]) -> str:
    text, target, title = match.groups()
    before = match.string[match.start() - 1 : match.start()]
    if not text.strip() or "<" in text or before == "!":  # an image in the text of an image
        raise _Uncertain
    inner = _restored(_marked(text), stash)
    return _stand_in(f'<a href="{_escaped(target)}"{_title(title)}>{inner}</a>', stash)


def _autolink(match: re.Match[str], stash: list[str]) -> str:
    address = _escaped(match[1])
    return _stand_in(f'<a href="{address}">{address}</a>', stash)


def _title(title: str | None) -> str:
    return f' title="{_escaped(title.strip())}"' if title else ""


def _marked(text: str) -> str:
    """Escape what HTML reserves, then line breaks, emphasis and strong emphasis."""
    if "{" in text:  # attributes of the element before it, perhaps
        raise _Uncertain
    text = _escaped(text)
    if "  \n" in text:
        if _BREAK_BEFORE_SPACE.search(text):
            raise _Uncertain
        text = text.replace("  \n", _BREAK)
    if "*" in text or "_" in text:
        text = _emphasised(text)
    return text


def _emphasised(text: str) -> str:
    """Pair each run of * or _ with the next one if that is its equal; refuse all else."""
    parts: list[str] = []
    done = 0
    opened = None
    for run in _RUN.finditer(text):
        opens, closes = _direction(run, text)
        if opened is None:
            opened = run if opens else None
        elif closes and run[0] == opened[0] and len(run[0]) in _TAGS:
            start, end = _TAGS[len(run[0])]
            parts += text[done : opened.start()], start, text[opened.end() : run.start()], end
            done = run.end()
            opened = None
        elif opens or closes:
            raise _Uncertain
    return "".join(parts) + text[done:]


def _direction(run: re.Match[str], text: str) -> tuple[bool, bool]:
    """Whether a run of * or _ may open emphasis, and whether it may close it."""
    before = text[run.start() - 1] if run.start() else ""
    after = text[run.end()] if run.end() < len(text) else ""
    opens = bool(after) and not after.isspace()
    closes = bool(before) and not before.isspace()
    if run[1] == "_":
        opens = opens and not before.isalnum()
        closes = closes and not after.isalnum()
    return opens, closes
