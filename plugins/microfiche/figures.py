"""Pictures in the text of a story: which they are, what is missing, and how a page shows them.

A body keeps ``<img>`` as it was written. Width, height and renditions are put in when a page is
made, because a picture may change while the story that shows it does not.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from typing import NamedTuple
from urllib.parse import unquote

from microfiche.errors import Problem, Severity
from microfiche.links import FILES, Finder, target_of
from microfiche.records import Shown
from microfiche.views import Picture, PictureSource

MEASURE = 640
"""The width of a story's text in CSS pixels: what a picture in it fills at most."""

_FIRST_SCREEN = 1_500
_IMAGE = re.compile(r"""<img(?=[\s/>])((?:[^<>"']|"[^"]*+"|'[^']*+')*+)>""", re.IGNORECASE)
_PART = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>]+))?""")
_ALONE = re.compile(
    r"""<p>\s*(<img(?=[\s/>])(?:[^<>"']|"[^"]*+"|'[^']*+')*+>)\s*</p>""", re.IGNORECASE
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_DECORATION = ("presentation", "none")


class Pixels(NamedTuple):
    """How a page shows a picture: ``address`` is what ``src`` says, from the site's root.

    It is empty where ``src`` is to stay as it was written.
    """

    picture: Picture
    address: str


class Images:
    """Finds the pictures of bodies.

    ``statics`` is the address pattern of static files, ``base`` the path at which the site stands.
    """

    def __init__(self, finder: Finder, statics: str, base: str) -> None:
        self._finder = finder
        before, _, self._after = statics.lstrip("/").partition("{path}")
        self._base = base
        self._before = base + before

    def shown(self, path: str, address: str, html: str) -> tuple[Shown, ...]:
        """The archive's own pictures that a body shows, each once; ``address`` is the page's."""
        if "<img" not in html:
            return ()
        found = (self.target(path, address, _src(match[1])) for match in _IMAGE.finditer(html))
        return tuple(dict.fromkeys(shown for shown in found if shown))

    def target(self, path: str, address: str, src: str) -> Shown | None:
        """The content path of a picture of the archive's own; None for another host's."""
        link = self._finder.parted(src)
        if link:
            return Shown(target_of(path, link[1]), linked=True) if link[0] in FILES else None
        path = re.split(r"[?#]", src, maxsplit=1)[0]
        if not path or path.startswith("//") or _SCHEME.match(path):
            return None
        place = posixpath.join(self._base, posixpath.dirname(address), path)
        return self._published_at(unquote(posixpath.normpath(place)))

    def _published_at(self, place: str) -> Shown | None:
        """The source of the static file at an address."""
        start, end = len(self._before), len(place) - len(self._after)
        if not (place.startswith(self._before) and place.endswith(self._after)) or start >= end:
            return None
        return Shown(place[start:end], linked=False)


def nameless(path: str, text: str, html: str) -> Iterator[Problem]:
    """Findings about pictures that say nothing to who cannot see them."""
    if "<img" not in html:
        return
    for match in _IMAGE.finditer(html):
        parts = _parts(match[1])
        if parts.get("alt", "").strip() or parts.get("role", "").lower() in _DECORATION:
            continue
        src = parts.get("src", "")
        at = max(text.find(src), 0) if src else 0
        what = f"the picture {src[:80]!r} has no text for who cannot see it"
        remedy = "write what it shows: `![…](…)`; or, where it only decorates, "
        remedy += '`<img src="…" alt="" role="presentation">`'
        yield Problem(path, text.count("\n", 0, at) + 1, what, remedy, Severity.WARNING)


def dress(
    html: str, pixels: Callable[[str], Pixels | None], root: str, *, leads: bool, rich: bool
) -> str:
    """A body with what is known of its pictures put in.

    ``pixels`` tells of the picture at a ``src``, None where it is not the archive's own. ``leads``
    says that the first picture may be in sight when the page opens. A body that is not ``rich``
    gets one address a picture and no more, for feed readers.
    """

    def dressed(match: re.Match[str]) -> str:
        parts = _parts(match[1])
        found = pixels(parts.get("src", ""))
        first = leads and match.start() < _FIRST_SCREEN and not html.count("<img", 0, match.start())
        return _dressed(parts, found, root, first=first, rich=rich)

    return _IMAGE.sub(dressed, _ALONE.sub(_captioned, html))


def _captioned(match: re.Match[str]) -> str:
    """A picture that stands alone in its paragraph: its title is its caption."""
    parts = _parts(match[1][4:-1])
    title = parts.pop("title", "").strip()
    if not title or title == parts.get("alt", "").strip():
        return match[0]
    image = _element("img", parts)
    return f'<figure class="figure">\n{image}\n<figcaption>{escape(title)}</figcaption>\n</figure>'


def _dressed(
    parts: dict[str, str], found: Pixels | None, root: str, *, first: bool, rich: bool
) -> str:
    if rich and not first:
        parts.setdefault("loading", "lazy")
    if not found:
        return _element("img", parts)
    picture = found.picture
    if found.address:
        parts["src"] = root + found.address
    slot = _sized(parts, picture)
    if not (rich and picture.sources):
        return _element("img", parts)
    sizes = f"(min-width: {slot}px) {slot}px, 100vw"
    sources = "".join(
        f'<source type="{source.type}" sizes="{sizes}" srcset="{_srcset(source, root)}">'
        for source in picture.sources
    )
    return f"<picture>{sources}{_element('img', parts)}</picture>"


def _sized(parts: dict[str, str], picture: Picture) -> int:
    """Say how large a picture is; returns how wide it is shown at most, in CSS pixels.

    What the owner states stays, and what is not stated of it follows.
    """
    wide, high = picture.width, picture.height
    if not (wide and high):
        return MEASURE
    width, height = parts.get("width", ""), parts.get("height", "")
    if not width and not height:
        parts.update(width=str(wide), height=str(high))
    elif width.isdecimal() and not height:
        parts["height"] = str(round(int(width) * high / wide))
    elif height.isdecimal() and not width:
        parts["width"] = str(round(int(height) * wide / high))
    stated = parts.get("width", "")
    return min(int(stated) if stated.isdecimal() else wide, MEASURE) or 1


def _srcset(source: PictureSource, root: str) -> str:
    return escape(", ".join(f"{root}{each.address} {each.width}w" for each in source.renditions))


def _src(attributes: str) -> str:
    return _parts(attributes).get("src", "")


def _parts(attributes: str) -> dict[str, str]:
    """Attributes by name; of those that are given twice the first counts, as in HTML."""
    found: dict[str, str] = {}
    for name, value in _PART.findall(attributes):
        quoted = value[:1] in ("'", '"')
        found.setdefault(name.lower(), unescape(value[1:-1] if quoted else value))
    return found


def _element(name: str, parts: dict[str, str]) -> str:
    written = "".join(f' {each}="{escape(value)}"' for each, value in parts.items())
    return f"<{name}{written}>"
