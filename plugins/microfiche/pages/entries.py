"""A story as feeds have it: whole, sanitised, with no address that depends on where it is read."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from urllib.parse import urljoin

from microfiche import dates
from microfiche.addresses import TERM_KINDS
from microfiche.catalog import chronicle
from microfiche.catalog.rows import StoryRow
from microfiche.feeds.records import Author, Enclosure, Entry
from microfiche.pages.desk import Desk
from microfiche.records import Moment, Story
from microfiche.views import Link

_KEPT = 1024
_KEPT_BYTES = 32_768
_LEADING = re.compile(
    r"<(?:a|area|audio|blockquote|del|embed|iframe|img|ins|q|source|track|video)\b"
    r"""(?:[^<>"]|"[^"]*")*+>""",
    re.IGNORECASE,
)
_LINK = re.compile(r'\b(href|src|poster|cite)="([^"]*)"')
_WHOLE = ("https://", "http://")
_ADDRESSES = ('href="', 'src="', 'poster="', 'cite="')
_PLAIN = re.compile(r"/[A-Za-z0-9_~%/.-]*")
_CATEGORIES = ("section", "tag", "story")
_TYPES = {
    "avif": "image/avif",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}
"""Media types of pictures; the system's table would differ from machine to machine."""


class Entries:
    """Makes entries. A story is in many feeds and formats, so that the last ones are kept."""

    def __init__(self) -> None:
        self._kept = lru_cache(maxsize=_KEPT)(made)

    def of(self, desk: Desk, rows: list[StoryRow]) -> tuple[Entry, ...]:
        """The entries of these stories, in their order."""
        return tuple(
            self._kept(desk, row) if row.body.length <= _KEPT_BYTES else made(desk, row)
            for row in rows
        )


def made(desk: Desk, row: StoryRow) -> Entry:
    """The entry of a story."""
    story, url = row.story, desk.site.url
    assert story.moment
    href = f"{url}/{story.address}"
    links = _links(desk, story)
    return Entry(
        identity=desk.identity(story),
        href=href,
        title=story.title,
        lang=story.lang,
        published=story.moment,
        updated=_updated(story, story.moment, announce=desk.site.announce_corrections),
        summary=story.dek or story.summary,
        content=_content(desk, row, absolute(desk.body(row, f"{url}/", rich=False), href)),
        authors=tuple(
            [
                Author(link.text, f"{url}/{link.address}" if link.address else "")
                for link in links["byline"]
            ]
        ),
        categories=tuple(
            dict.fromkeys([link.text for kind in _CATEGORIES for link in links[kind]])
        ),
        picture=_enclosure(desk, story),
    )


def _links(desk: Desk, story: Story) -> dict[str, list[Link]]:
    """Links to the terms of a story by kind, in the story's order."""
    found: dict[str, list[Link]] = {kind: [] for kind in TERM_KINDS}
    for term in story.terms:
        if term.kind in found:
            link = desk.term_link(term.kind, term.slug)
            found[term.kind].append(link or Link("", term.label))
    return found


def _updated(story: Story, published: Moment, *, announce: bool) -> Moment:
    """When the owner last said that the story changed: a header, never the time of a file."""
    moments = [story.modified] if story.modified else []
    moments += [item.moment for item in story.corrections] if announce else []
    return max((published, *moments), key=lambda moment: moment.stamp)


def _content(desk: Desk, row: StoryRow, body: str) -> str:
    """The picture, the text, and the corrections: at the top where they are announced."""
    story = row.story
    if not (story.corrections or story.picture or story.dateline):
        return body
    dateline = f'<p class="dateline">{escape(story.dateline)}</p>\n' if story.dateline else ""
    corrections = "".join(
        f"<p>Correction, {dates.words(item.moment.day, story.lang)}: {escape(item.text)}</p>\n"
        for item in story.corrections
    )
    whole = f"{_picture(desk, story)}{dateline}{body}"
    if desk.site.announce_corrections:
        return f"{corrections}{whole}"
    return f"{whole}\n{corrections}" if corrections else whole


def _picture(desk: Desk, story: Story) -> str:
    """The story's picture as HTML, empty where it has none."""
    picture = desk.picture(story.picture)
    if not picture:
        return ""
    told = " ".join(filter(None, (picture.caption, picture.credit)))
    caption = f"<figcaption>{escape(told)}</figcaption>" if told else ""
    source = escape(f"{desk.site.url}/{picture.src}")
    size = f' width="{picture.width}" height="{picture.height}"' if picture.width else ""
    image = f'<img src="{source}" alt="{escape(picture.alt)}"{size}>'
    return f"<figure>{image}{caption}</figure>\n"


def _enclosure(desk: Desk, story: Story) -> Enclosure | None:
    """The story's picture as a file, where it is one of the archive and of a known type."""
    if not story.picture:
        return None
    kind = _TYPES.get(story.picture.path.rsplit(".", 1)[-1].lower())
    found = chronicle.static_file(desk.catalog, story.picture.path)
    return (
        Enclosure(f"{desk.site.url}/{found.address}", found.size, kind) if kind and found else None
    )


def absolute(html: str, base: str) -> str:
    """The same HTML with every address made absolute, for readers far from the page."""
    if _are_whole(html):
        return html
    origin = base[: base.index("/", len("https://"))] if base.startswith(_WHOLE) else ""

    def joined(match: re.Match[str]) -> str:
        written = match[2]
        if written.startswith(_WHOLE):
            return match[0]
        if origin and _PLAIN.fullmatch(written) and "//" not in written and "/." not in written:
            return f'{match[1]}="{origin}{written}"'
        try:
            return f'{match[1]}="{escape(urljoin(base, unescape(written)))}"'
        except ValueError:  # an address that is none, such as http://[
            return match[0]

    return _LEADING.sub(lambda tag: _LINK.sub(joined, tag[0]), html)


def _are_whole(html: str) -> bool:
    """Whether every address in HTML is whole already; false where it takes a closer look."""
    return all(
        html.count(name) == sum(html.count(name + start) for start in _WHOLE)
        for name in _ADDRESSES
        if name in html
    )
