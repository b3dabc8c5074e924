"""Stories' HTML made harmless: what stays is what Markdown, Pygments and footnotes write.

The policy is a list of what is allowed; all else goes. Links lead to http, https, mailto, tel or
within the archive. Frames stay only from hosts that the owner names, in a sandbox.
"""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from typing import NamedTuple

import nh3

_TAGS = nh3.ALLOWED_TAGS | {
    "address",
    "audio",
    "figcaption",
    "figure",
    "iframe",
    "section",
    "source",
    "tfoot",
    "track",
    "video",
}
_ATTRIBUTES = {
    "*": {"class", "dir", "id", "lang", "title", "role"},
    "a": {"href", "hreflang", "rev"},
    "audio": {"controls", "src", "preload"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"datetime"},
    "iframe": {"src", "width", "height", "title", "allowfullscreen"},
    "img": {"alt", "height", "src", "width", "loading"},
    "ins": {"datetime"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "source": {"src", "type", "media"},
    "td": {"colspan", "headers", "rowspan", "style"},
    "th": {"abbr", "colspan", "headers", "rowspan", "scope", "style"},
    "time": {"datetime"},
    "track": {"src", "kind", "srclang", "label", "default"},
    "video": {"controls", "height", "poster", "preload", "src", "width"},
}
DEPTH = 100
"""Elements that may be open at once: what sanitising costs grows with the square of them."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HTML_ELEMENTS = _TAGS | _words(
    """
    applet area base basefont big body button canvas dialog dir embed fieldset font form frame
    frameset head html iframe input label legend link main marquee math menu meta noembed noframes
    noscript object optgroup option output param picture plaintext portal progress script search
    select slot style svg template textarea title tt xmp
    """
)
"""Every element there is or was: what is none of them was probably meant as text."""

_VOID = _words("area base br col embed hr img input link meta param source track wbr")
# Their end tags may be left out: they do not nest in one another.
_UNNESTED = _VOID | _words("colgroup dd dt li option optgroup p rp rt tbody td tfoot th thead tr")
_HTTPS = re.compile(r"https://([A-Za-z0-9.-]+)(?=[/?#]|$)")
_SCHEMES = {"http", "https", "mailto", "tel"}
_ELEMENT = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_CODE = re.compile(r"<(script|style)\b.*?(?:</\1|\Z)", re.DOTALL | re.IGNORECASE)
_EMPTY_FRAME = re.compile(r'<iframe(?![^>]*\ssrc=")[^>]*></iframe>')
_BARE_IMAGE = re.compile(r'<img(?![^>]*\ssrc=")[^>]*>')
# Never fails once it has begun, so that no text is gone through twice.
_OPENING = re.compile(r"""<(a|img)(?=[\s/>])((?:[^<>"']|"[^"]*+"|'[^']*+')*+)""", re.IGNORECASE)
_ADDRESS = re.compile(r"""\s(?:href|src)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):")
_BLANK = re.compile("[\x00-\x20]+")
_HARMLESS = {"html", "head", "body", "tt", "big", "font"}
_ALIGNED = re.compile(r'<(t[dh])([^<>]*?) style="text-align:\s*(left|right|center)"([^<>]*)>')
_HEADING = re.compile(r"(</?h)([1-6])\b")
# What scrolls must be reachable by keyboard.
_SET = {"pre": {"tabindex": "0"}, "table": {"tabindex": "0"}}
_SET_ON_FRAMES = {
    "iframe": {
        "sandbox": "allow-scripts allow-same-origin allow-presentation",
        "loading": "lazy",
        "referrerpolicy": "no-referrer",
    }
}


class Sanitiser:
    """One nh3 cleaner, made once a worker."""

    def __init__(self, embed_hosts: tuple[str, ...] = ()) -> None:
        self._hosts = frozenset(host.lower() for host in embed_hosts)
        self._cleaner = nh3.Cleaner(
            tags=_TAGS if embed_hosts else _TAGS - {"iframe"},
            clean_content_tags={"script", "style"},
            attributes=_ATTRIBUTES,
            attribute_filter=self._filtered if embed_hosts else None,
            link_rel=None,
            url_schemes=_SCHEMES,
            filter_style_properties={"text-align"},
            set_tag_attribute_values=_SET | _SET_ON_FRAMES if embed_hosts else _SET,
        )

    def clean(self, html: str) -> str:
        """The harmless part of ``html``, serialised as HTML."""
        html = _EMPTY_FRAME.sub("", self._cleaner.clean(html))
        html = _BARE_IMAGE.sub("", html) if "<img" in html else html
        return _ALIGNED.sub(_align, html) if "text-align" in html else html

    def _filtered(self, element: str, attribute: str, value: str) -> str | None:
        """Keep an attribute or not. Whatever is raised here is lost and the attribute kept."""
        if element == "iframe" and attribute == "src":
            return value if _host_of(value) in self._hosts else None
        return value


def _align(match: re.Match[str]) -> str:
    """Say by class how a cell is aligned: a strict content security policy forbids styles."""
    name, before, side, after = match.groups()
    if 'class="' in before + after:
        return match[0]
    return f'<{name}{before} class="align-{side}"{after}>'


def below_headline(html: str) -> str:
    """A body whose first-level headings stand below the story's headline, one level down."""
    if "<h1" not in html:
        return html
    return _HEADING.sub(lambda match: f"{match[1]}{min(6, int(match[2]) + 1)}", html)


def _host_of(address: str) -> str:
    """The host of an https address, empty where it is none, or could be read as another's."""
    match = _HTTPS.match(address)
    return match[1].lower() if match else ""


class Nesting(NamedTuple):
    """How the elements of a piece of HTML stand in one another.

    ``depth`` is how many are open at once, at most; elements that cannot nest are not counted, and
    more than ``DEPTH`` is not looked into. ``unclosed`` is the HTML from the first element on that
    is open at the end, empty where there is none.
    """

    depth: int
    unclosed: str


def nesting(html: str) -> Nesting:
    """Look at all tags once."""
    html = _without_comments(html)
    opened: Counter[str] = Counter()
    stack: list[tuple[str, int]] = []
    waiting: Counter[str] = Counter()
    deepest = at = 0
    for match in _TAG.finditer(html):
        name = match[2].lower()
        step = 0 if name in _UNNESTED else -bool(opened[name]) if match[1] else 1
        opened[name] += step
        at += step
        deepest = max(deepest, at)
        if deepest > DEPTH:
            break
        if name in _VOID:
            continue
        if not match[1]:
            stack.append((name, match.start()))
            waiting[name] += 1
        elif waiting[name]:
            _pop(stack, waiting, name)
    return Nesting(deepest, html[stack[0][1] :] if stack else "")


def _pop(stack: list[tuple[str, int]], waiting: Counter[str], name: str) -> None:
    """Close an element with all that is open in it."""
    while stack:
        closed = stack.pop()[0]
        waiting[closed] -= 1
        if closed == name:
            return


def removed(before: str, after: str) -> tuple[str, ...]:
    """Names of the elements that sanitising took away, sorted."""
    kept = {name.lower() for name in _ELEMENT.findall(after)}
    before = _CODE.sub(r"<\1>", _without_comments(before))
    had = {name.lower() for name in _ELEMENT.findall(before)}
    return tuple(sorted(had - kept - _HARMLESS - {"img"}))


class Lost(NamedTuple):
    """An address that sanitising takes away; an image goes with it.

    ``address`` is as it was written, ``scheme`` its beginning; both are empty for an image that
    had no address.
    """

    element: str
    address: str
    scheme: str


def lost(before: str) -> tuple[Lost, ...]:
    """The addresses of links and images that sanitising takes away, each once."""
    found = []
    for match in _OPENING.finditer(_CODE.sub("", _without_comments(before))):
        name = match[1].lower()
        given = _ADDRESS.search(match[2])
        address = unescape(given[1].strip("\"'")) if given else ""
        scheme = _SCHEME.match(_BLANK.sub("", address).lower())
        if scheme and scheme[1] not in _SCHEMES:
            found.append(Lost(name, address, scheme[1]))
        elif name == "img" and not given:
            found.append(Lost(name, "", ""))
    return tuple(dict.fromkeys(found))


def _without_comments(html: str) -> str:
    """HTML without its comments; one that does not end goes on to the end."""
    first, *rest = html.split("<!--")
    return "".join([first, *(part.partition("-->")[2] for part in rest)])
