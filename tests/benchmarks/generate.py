"""Writes a made-up news archive: the same stories for Microfiche, stock Pelican and Hugo.

Each story is a function of the archive's seed and size and of its own number: it can be made
without those before it, and a million stories take no more memory than ten.

    python -m tests.benchmarks.generate FOLDER --stories 10000
"""

from __future__ import annotations

import argparse
import json
import math
import re
import shutil
import unicodedata
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random

from tests.benchmarks import words

SEED = 1
UNTIL = date(2025, 12, 31)
YEARS = 30

_SHAPES = Path(__file__).parent / "sites"
_WEEKDAYS = (1.0, 1.1, 1.1, 1.1, 1.05, 0.6, 0.45)  # stories a day, Monday first
_GROWTH = 2.5  # stories a day at the archive's end, against its beginning
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Story:
    """A story, whatever it is written for; dates are in UTC."""

    number: int
    title: str
    date: datetime
    modified: datetime | None
    section: str
    tags: tuple[str, ...]
    bylines: tuple[str, ...]
    summary: str
    body: str

    @property
    def path(self) -> str:
        """Where its source is below the stories' folder, without the suffix; and its address."""
        return _path(self.number, self.date, self.title)


@dataclass(frozen=True)
class Site:
    """A site of one of the tools: where in it stories are, and how they are written."""

    name: str
    stories: str
    text: Callable[[Story], str]

    def source(self, folder: Path, story: Story) -> Path:
        """The file of a story, given the folder of all sites."""
        return folder / self.name / self.stories / f"{story.path}.md"

    def write(self, folder: Path, story: Story) -> None:
        """Write a story."""
        path = self.source(folder, story)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.text(story), encoding="utf-8")


class Archive:
    """Stories 0 … ``stories`` - 1, oldest first, over the thirty years that end with ``until``."""

    def __init__(self, stories: int, seed: int = SEED, until: date = UNTIL) -> None:
        self.stories = stories
        self.until = until
        self._seed = seed
        self._first = until - timedelta(days=round(YEARS * 365.25) - 1)
        self._days = list(accumulate(self._busyness((until - self._first).days + 1)))
        self._language = words.Language()
        self._sections = list(accumulate(words.SECTIONS.values()))
        self._bylines = _zipf(len(self._language.bylines))
        self._tags = _zipf(len(self._language.tags))

    def __iter__(self) -> Iterator[Story]:
        return map(self.story, range(self.stories))

    def story(self, number: int) -> Story:
        """The story of this number; those after the last are of the last day."""
        draw = self._draw(number)
        moment, title = self._headline(draw, number)
        return Story(
            number=number,
            title=title,
            date=moment,
            modified=self._modified(draw, moment),
            section=list(words.SECTIONS)[bisect(self._sections, draw.random() * 100)],
            tags=self._some_tags(draw, number),
            bylines=self._some_bylines(draw),
            summary=self._language.say(draw, words.SUMMARY) if draw.random() < 0.6 else "",
            body=self._body(draw, number),
        )

    def address(self, number: int) -> str:
        """The address of a story, from the root of the site."""
        return f"/{_path(number, *self._headline(self._draw(number), number))}/"

    def _draw(self, part: object) -> Random:
        return Random(f"{self._seed}/{part}")  # noqa: S311 - the same numbers every time

    def _busyness(self, days: int) -> Iterator[float]:
        """How much happens on each day, relative to a Monday long ago."""
        draw = self._draw("days")
        for day in range(days):
            weekday = _WEEKDAYS[(self._first + timedelta(day)).weekday()]
            yield (1 + (_GROWTH - 1) * day / days) * weekday * draw.lognormvariate(0, 0.35)

    def _headline(self, draw: Random, number: int) -> tuple[datetime, str]:
        """When a story was published, and its title: all that its address is made of."""
        reached = min((number + draw.random()) / self.stories, 1) * self._days[-1]
        day = self._first + timedelta(min(bisect(self._days, reached), len(self._days) - 1))
        minutes = int(draw.triangular(5, 24, 12) * 60)
        moment = datetime.combine(day, time(tzinfo=UTC)) + timedelta(minutes=min(minutes, 1439))
        return moment, self._language.say(draw, words.TITLES)

    def _modified(self, draw: Random, moment: datetime) -> datetime | None:
        if draw.random() > 0.1:
            return None
        last = datetime.combine(self.until, time(23, 59, tzinfo=UTC))
        return min(moment + timedelta(minutes=draw.randrange(20, 4000)), last)

    def _some_tags(self, draw: Random, number: int) -> tuple[str, ...]:
        """Three to five, a few of which are on much of the archive; new ones keep coming."""
        known = vocabulary(number + 1)
        found: dict[str, None] = {}
        wanted = draw.randint(3, 5)
        while len(found) < wanted:
            rank = bisect(self._tags, draw.random() * self._tags[known - 1])
            found[self._language.tags[rank]] = None
        return tuple(found)

    def _some_bylines(self, draw: Random) -> tuple[str, ...]:
        """One, now and then two; some write more than others."""
        names = self._language.bylines
        first, second = (bisect(self._bylines, draw.random() * self._bylines[-1]) for _ in range(2))
        two = first != second and draw.random() < 0.06
        return (names[first], names[second]) if two else (names[first],)

    def _body(self, draw: Random, number: int) -> str:
        """Paragraphs of 250 to 600 words in all, with what else stands among them."""
        extras = list(self._extras(draw))
        length = int(draw.triangular(250, 570, 360)) - sum(len(extra.split()) for extra in extras)
        blocks = list(self._paragraphs(draw, number, length))
        if draw.random() < 0.5:
            for at in range(len(blocks) - 2, 1, -4):
                blocks.insert(at, f"## {self._language.say(draw, words.HEADING)}")
        for extra in extras:
            blocks.insert(draw.randrange(1, len(blocks)), extra)
        return "\n\n".join(blocks) + "\n"

    def _paragraphs(self, draw: Random, number: int, length: int) -> Iterator[str]:
        sentences: list[str] = []
        ends = draw.randint(2, 5)
        while length > 0:
            sentences.append(self._sentence(draw, number))
            length -= len(sentences[-1].split())
            if len(sentences) == ends:
                yield " ".join(sentences)
                sentences = []
                ends = draw.randint(2, 5)
        if sentences:
            yield " ".join(sentences)

    def _sentence(self, draw: Random, number: int) -> str:
        chance = draw.random()
        if chance < 0.06:
            return self._language.say(draw, words.MARKED)
        if chance < 0.1:
            return self._language.say(draw, words.LINKED)
        if chance < 0.115 and number:
            sentence = self._language.say(draw, words.INNER)
            return sentence.replace("ADDRESS", self.address(draw.randrange(number)))
        return self._language.say(draw, words.PROSE)

    def _extras(self, draw: Random) -> Iterator[str]:
        """A quotation or a list now and then; a table or code in one story of twenty."""
        say = self._language.say
        if draw.random() < 0.15:
            yield "\n>\n".join(f"> {say(draw, words.PROSE)}" for _ in range(draw.randint(1, 2)))
        if draw.random() < 0.12:
            mark = draw.choice(("-", "1."))
            points = (say(draw, words.POINT) for _ in range(draw.randint(3, 6)))
            yield "\n".join(f"{mark} {point}" for point in points)
        if draw.random() < 0.03:
            rows = (say(draw, words.ROW) for _ in range(draw.randint(3, 12)))
            yield "\n".join((*words.TABLE, *rows))
        if draw.random() < 0.02:
            language, code = draw.choice(words.CODE)
            yield f"```{language}\n{say(draw, [code])}\n```"


def vocabulary(stories: int) -> int:
    """How many tags an archive knows: 300 with 10,000 stories, 2,000 with 100,000."""
    return min(max(20, round(300 * math.pow(stories / 10_000, 0.824))), words.TAGS)


def write(archive: Archive, folder: Path, sites: Iterable[Site]) -> None:
    """Write the archive as a site of each of these tools, in folders named after them."""
    sites = tuple(sites)
    for site in sites:
        shutil.copytree(_SHAPES / site.name, folder / site.name)
    for story in archive:
        for site in sites:
            site.write(folder, story)


def pelican_text(story: Story) -> str:
    """A story for Pelican and for Microfiche."""
    headers = {
        "Title": story.title,
        "Date": f"{story.date:%Y-%m-%d %H:%M}",
        "Modified": f"{story.modified:%Y-%m-%d %H:%M}" if story.modified else "",
        "Category": story.section,
        "Tags": ", ".join(story.tags),
        "Authors": "; ".join(story.bylines),
        "Summary": story.summary,
    }
    lines = "".join(f"{name}: {value}\n" for name, value in headers.items() if value)
    return f"{lines}\n{story.body}"


def hugo_text(story: Story) -> str:
    """A story for Hugo: front matter in YAML, each value written as JSON, which is YAML too."""
    headers = {
        "title": story.title,
        "date": story.date.isoformat(),
        "lastmod": story.modified.isoformat() if story.modified else "",
        "categories": [story.section],
        "tags": story.tags,
        "authors": story.bylines,
        "summary": story.summary,
    }
    lines = "".join(
        f"{name}: {json.dumps(value, ensure_ascii=False)}\n"
        for name, value in headers.items()
        if value
    )
    return f"---\n{lines}---\n\n{story.body}"


SITES = {
    site.name: site
    for site in (
        Site("microfiche", "content", pelican_text),
        Site("complete", "content", pelican_text),
        Site("pelican", "content", pelican_text),
        Site("hugo", "content/posts", hugo_text),
    )
}


def _path(number: int, moment: datetime, title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return f"{moment:%Y/%m/%d}/{_NOT_IN_SLUG.sub('-', plain).strip('-')}-{number}"


def _zipf(count: int) -> list[float]:
    """Running sums of shares: the n-th of a thing is about n times rarer than the first."""
    return list(accumulate(1 / (rank + 2.5) for rank in range(1, count + 1)))


def main() -> None:
    """Write an archive from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="where to write; a folder for each site")
    parser.add_argument("--stories", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--until", type=date.fromisoformat, default=UNTIL, help="the last day")
    parser.add_argument("--sites", nargs="+", choices=SITES, default=list(SITES))
    given = parser.parse_args()
    archive = Archive(given.stories, given.seed, given.until)
    write(archive, given.folder, (SITES[name] for name in given.sites))


if __name__ == "__main__":
    main()
