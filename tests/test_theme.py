"""The theme: what each part and each page looks like, to readers and to machines."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import markdown
import pytest
from jinja2 import meta, nodes
from msgspec.structs import asdict, replace
from selectolax.lexbor import LexborHTMLParser

import microfiche
from microfiche.pages.calendar import (
    ArchivePage,
    DayPage,
    DaySection,
    Decade,
    MonthPage,
    YearPage,
    YearRow,
)
from microfiche.pages.corrections import CorrectedStory, CorrectionGroup, CorrectionsPage
from microfiche.pages.front import FrontPage, NotFoundPage
from microfiche.pages.on_this_day import (
    Anniversary,
    MonthDates,
    OnThisDayPage,
    OnThisDaysPage,
    Past,
    Today,
)
from microfiche.pages.redirects import RedirectPage
from microfiche.pages.running import Part, RunningPage
from microfiche.pages.sources import (
    SourceLetterPage,
    SourcePage,
    SourcePeriodPage,
)
from microfiche.pages.story import OrdinaryPage, StoryPage
from microfiche.pages.subscriptions import FeedsPage, Followed, FollowedGroup
from microfiche.pages.terms import About, Described, Initial, TermPage, TermPeriodPage, TermsPage
from microfiche.pages.timeline import Bar, Dot, Tick, Timeline
from microfiche.templating import ViewEnvironment
from microfiche.theme import Theme
from microfiche.views import (
    Appeal,
    Card,
    Correction,
    Day,
    Feed,
    Group,
    Head,
    Headline,
    Headlines,
    Link,
    Month,
    Note,
    Picture,
    PictureSource,
    Rendition,
    Shaded,
    Shared,
    Site,
    Sparkline,
    Structured,
    Thread,
    Time,
    View,
)
from microfiche.words import Words

TEMPLATES = Path(microfiche.THEME) / "templates"
SHEETS = Path(microfiche.THEME) / "static" / "css"
ENVIRONMENT = ViewEnvironment((TEMPLATES,), Words("en", "en", ()))
CONTENT = Path(__file__).parents[1] / "content"
TRAVELLING = 20 * 1024
STORY_CHROME = 7 * 1024
STYLE_SIZE = 30 * 1024

UNSTYLED = {"archive", "date", "front", "lost", "story-page", "term", "year"}
"""Classes of <main> that the theme has no rule for: they are there for an owner's own sheet."""

FOREIGN = {"align-center", "align-left", "align-right", "err", "footnote", "highlight", "pull"}
"""Classes in a story's body: of footnotes, Pygments, the sanitiser, and the writer's pull quote."""

SITE = Site(
    name="The Harbour Record",
    tagline="News of the coast",
    url="https://record.example",
    lang="en",
    dir="ltr",
    style="theme/style.css",
    menu=(Link("about/", "About"), Link("https://other.example/gift", "Give")),
    places=(Link("archive/", "Archive"), Link("tags/", "Tags")),
    feed=Feed("feed.xml", "The Harbour Record"),
    credit="© The Harbour Record",
    appeal=Appeal(
        "Free to read", "It has <em>no</em> owner.", "Give", "https://other.example/gift"
    ),
)
HEAD = Head("A <day> & a night", "2024/11/01/ferry/", "../", "en", "ltr")
NOON = Time("2024-11-01T12:00+00:00", "1 November 2024", "12:00 UTC", "2024-11-01")
DATE = Time("2024-11-03", "3 November 2024", "", "2024-11-03")
RENDITIONS = (
    PictureSource("image/avif", (Rendition("r/1-480.avif", 480), Rendition("r/1-1200.avif", 1200))),
)
PICTURE = Picture("quay.jpg", 'The "quay"', "At dawn.", "Ana Ruiz", 1200, 800)
NEWS = Link("section/news/", "News", 12)
CARD = Card(
    address="2024/11/01/ferry/",
    title="Ferry <late> & full",
    standfirst="The boat waited.",
    time=NOON,
    lang="en",
    dir="ltr",
    section=NEWS,
    bylines=("Ann Lee", "Bo Li"),
    picture=PICTURE,
    corrected=True,
)
ARABIC = Card("2024/11/03/a/", "تأخر العبّارة", "انتظر القارب.", DATE, "ar", "rtl")
LINES = (
    Headline("2024/11/01/ferry/", "Ferry <late> & full", NOON, "en", "ltr", corrected=True),
    Headline("2024/11/03/a/", "تأخر العبّارة", DATE, "ar", "rtl"),
)
YEARS = (Link("2024/", "2024", 1204), Link("2023/", "2023", 1))
MONTHS = (Shaded(Link("2024/01/", "Jan", 1203), 4), Shaded(Link("", "Feb")))
DECADES = (
    Decade("2020–2029", "2020", (YearRow(YEARS[0], 100, MONTHS),)),
    Decade("2010–2019", "2010", (YearRow(YEARS[0], 50, MONTHS),)),
)
NOVEMBER = Month(
    name="November",
    address="2024/11/",
    count=4,
    weeks=(
        (Day(), Day(1, "2024/11/01/", 1, 1, "2024-11-01"), Day(2, iso="2024-11-02")),
        (Day(3, "2024/11/03/", 3, 4, "2024-11-03"), Day(4, iso="2024-11-04"), Day()),
    ),
)
WEEKDAYS = ("Thu", "Fri", "Sat")
CORRECTION = Correction(DATE, "It was 31, not 13.")
LINE = Headline("2024/11/01/ferry/", "Ferry & crew", NOON, "en", "ltr", corrected=True)
ARABIC_LINE = Headline("2024/11/03/a/", "تأخر", DATE, "ar", "rtl")
STRIKE = Link("story/strike/", "The strike")
THREAD = Thread(STRIKE, number=2, count=3, earlier=(LINE,), later=(ARABIC_LINE,))
ALTERNATES = (Link("uk/ferry/", "Українська", lang="uk"),)
DESCRIBED = Structured(
    '{"name":"\\u003c"}',
    "article",
    "en_GB",
    "https://record.example/2024/11/01/ferry/",
    Shared("https://record.example/quay.jpg", 1200, 800, 'The "quay"'),
    "https://record.example/2024/11/01/ferry/oembed.json",
    "https://record.example/2024/11/01/ferry/index.json",
)

STORY = StoryPage(
    head=replace(
        HEAD,
        alternates=ALTERNATES,
        crumbs=(YEARS[0],),
        description="Sub & <so>",
        structured=DESCRIBED,
    ),
    title="Ferry <late> & full",
    dek="The boat waited.",
    dateline="Lisbon",
    time=NOON,
    modified=DATE,
    event=DATE,
    section=NEWS,
    bylines=(Link("byline/ann-lee/", "Ann Lee"), Link("byline/bo-li/", "Bo Li")),
    tags=(Link("tag/ships/", "ships"),),
    thread=THREAD,
    picture=PICTURE,
    body="<p>It was <em>late</em>.</p>",
    notes=(Note("Log", "https://log.example/1", "source/log/"), Note("A sailor")),
    corrections=(CORRECTION,),
    previous=Link("2024/10/31/x/", "Before"),
    next=Link("2024/11/03/a/", "تأخر", lang="ar"),
    related=(ARABIC_LINE,),
    day=Link("2024/11/01/", "1 November 2024"),
)
BARE_STORY = replace(
    STORY,
    head=HEAD,
    dek="",
    dateline="",
    modified=None,
    event=None,
    section=None,
    bylines=(),
    tags=(),
    thread=None,
    related=(),
    picture=None,
    notes=(),
    corrections=(),
    previous=None,
    next=None,
)
VOLUME = Sparkline("1986", "1988", 2, 11, "M0 24v-24h3v24zM8 24v-12h3v12z")
NEAR: dict[str, Any] = {"previous": Link("2023/", "2023"), "next": Link("2025/", "2025")}
NOWHERE: dict[str, Any] = {"previous": None, "next": None}
TAG: dict[str, Any] = {"kind": "tag", "kind_name": "Tag"}
ABOUT = About(
    "What floats.",
    "<p>They float.</p>",
    PICTURE,
    (Note("Wikidata Q405", "https://www.wikidata.org/wiki/Q405"),),
    (Note("Their page", "https://desk.example/"),),
)
TERM = TermPage(
    head=replace(HEAD, feeds=(Feed("tag/ships/feed.xml", "Ships"),)),
    **TAG,
    name="ships",
    count=2,
    first=NOON,
    last=DATE,
    latest=(CARD, ARABIC),
    years=YEARS,
    volume=VOLUME,
    index=Link("tags/", "Tags"),
    about=ABOUT,
    narrower=(NEWS,),
)
DOTS = Timeline(
    dots=(Dot(4.0, 0, 1, "1 November 2024: Ferry & crew"), Dot(96.0, 1, 2, "3 November 2024: B")),
    bars=(),
    ticks=(Tick(50.5, "2 November 2024"),),
    lanes=2,
    count=2,
    first=NOON,
    last=DATE,
)
BARS = replace(DOTS, dots=(), bars=(Bar(10.0, 5.0, 100), Bar(15.0, 5.0, 50)), lanes=1)
PERIOD = TermPeriodPage(
    HEAD, **TAG, term=Link("tag/ships/", "ships"), name="2024", count=2, groups=(), months=YEARS,
    **NEAR,
)  # fmt: skip
DAYS = (Headlines(Link("2024/11/01/", "1 November 2024"), LINES),)
MONTH = MonthPage(HEAD, "November 2024", NOVEMBER, WEEKDAYS, DAYS, 2, **NEAR)
DAY = DayPage(
    HEAD,
    "Friday 1 November 2024",
    5,
    CARD,
    (DaySection(NEWS, (CARD, ARABIC), LINES), DaySection(Link("", ""), (ARABIC,), ())),
    Link("2024/11/", "November 2024"),
    Link("on-this-day/11-01/", "1 November"),
    **NEAR,
)
ANNIVERSARIES = (
    Anniversary("2024", Link("2024/11/01/", "1 November 2024", 9), CARD, LINES),
    Anniversary("2023", Link("", "1 November 2023", 1), ARABIC, ()),
)
DATED = OnThisDayPage(HEAD, "1 November", 4, ANNIVERSARIES, **NEAR)
TODAY = Today(
    Link("on-this-day/11-01/", "1 November"), (Past("2023", LINES[0]), Past("2022", LINES[1]))
)

CORRECTED = CorrectionGroup("November 2024", (CorrectedStory(CORRECTION, ARABIC_LINE),))
DOCUMENTS = {CARD.address: STORY.notes, ARABIC.address: ()}

FOLLOWED = Followed(
    Link("tag/a/", "A & B"),
    (
        Feed("tag/a/feed.xml", "RSS"),
        Feed("tag/a/feed.atom", "Atom", "application/atom+xml"),
    ),
)
PAGES: dict[str, tuple[View, ...]] = {
    "404.html": (NotFoundPage(replace(HEAD, index=False), YEARS), NotFoundPage(HEAD, ())),
    "archive.html": (
        ArchivePage(HEAD, 2, NOON, DATE, DECADES[:1], (Link("corrections/", "C"),)),
        ArchivePage(HEAD, 0, None, None, (), ()),
    ),
    "corrections.html": (
        CorrectionsPage(HEAD, "Corrections", (CORRECTED,), YEARS, **NEAR),
        CorrectionsPage(HEAD, "Corrections", (), (), **NOWHERE),
    ),
    "day.html": (
        DAY,
        replace(DAY, lead=ARABIC, sections=(), month=Link("", "11"), date=None, **NOWHERE),
    ),
    "front.html": (
        FrontPage(
            HEAD,
            CARD,
            (CARD, ARABIC) * 5,
            (Group(NEWS, (CARD, CARD)),),
            MONTHS,
            YEARS[0],
            YEARS,
            (Link("corrections/", "Corrections"),),
            12,
            NOON,
            DATE,
            TODAY,
        ),
        FrontPage(HEAD, None, (), (), (), None, (), (), 0, None, None, None),
    ),
    "month.html": (MONTH, replace(MONTH, days=(), **NOWHERE)),
    "on_this_day.html": (DATED, replace(DATED, years=ANNIVERSARIES[1:], **NOWHERE)),
    "on_this_days.html": (
        OnThisDaysPage(HEAD, "Days", (MonthDates("May", (Link("x/", "1"), Link("", "2"))),)),
        OnThisDaysPage(HEAD, "Days", ()),
    ),
    "page.html": (
        OrdinaryPage(replace(HEAD, alternates=ALTERNATES), "About", DATE, "<p>We.</p>"),
        OrdinaryPage(HEAD, "About", None, "<p>We.</p>"),
    ),
    "running.html": (
        RunningPage(**asdict(TERM), timeline=DOTS, parts=(Part(DATE, CARD), Part(None, ARABIC))),
        RunningPage(**asdict(TERM), timeline=BARS),
    ),
    "redirect.html": (RedirectPage(HEAD, Link("2024/11/01/ferry/", "/2024/11/01/ferry/")),),
    "source.html": (
        SourcePage(**asdict(TERM), documents=DOCUMENTS),
        SourcePage(**asdict(replace(TERM, years=(), volume=None)), documents=DOCUMENTS),
    ),
    "source_letter.html": (
        SourceLetterPage(HEAD, "Sources, L", (Link("source/log/", "Log"),)),
        SourceLetterPage(HEAD, "Sources", letters=(Link("sources/l/", "L", 501),)),
    ),
    "source_period.html": (
        SourcePeriodPage(**asdict(replace(PERIOD, groups=DAYS)), documents=DOCUMENTS),
        SourcePeriodPage(**asdict(replace(PERIOD, months=(), **NOWHERE)), documents={}),
    ),
    "story.html": (STORY, BARE_STORY),
    "term.html": (
        TERM,
        replace(
            TERM,
            head=replace(HEAD, crumbs=YEARS),
            years=(),
            volume=None,
            about=None,
            narrower=(),
        ),
    ),
    "term_period.html": (PERIOD, replace(PERIOD, groups=DAYS, months=(), **NOWHERE)),
    "feeds.html": (
        FeedsPage(HEAD, FOLLOWED, (FollowedGroup("Tags", (FOLLOWED,)),), "feeds.opml", True),
        FeedsPage(HEAD, None, (), "feeds.opml", False),
    ),
    "terms.html": (
        TermsPage(
            HEAD,
            "tag",
            "Tags",
            2,
            (NEWS,),
            (Described(NEWS, "What is new."), Described(NEWS, "")),
            (Initial("N", (NEWS,)), Initial("#", (NEWS,))),
        ),
        TermsPage(HEAD, "tag", "Tags", 0, (), (), ()),
    ),
    "year.html": (
        YearPage(HEAD, "2024", 4, (NOVEMBER,) * 12, WEEKDAYS, **NEAR),
        YearPage(HEAD, "2024", 0, (), WEEKDAYS, **NOWHERE),
    ),
}
"""Every template with a view that has everything and one that has as little as can be."""

EACH_PAGE = [
    pytest.param(template, view, id=f"{template[:-5]}-{('full', 'bare')[number]}")
    for template, views in PAGES.items()
    for number, view in enumerate(views)
]


class Written(NamedTuple):
    """A macro's arguments, and all that it writes."""

    arguments: tuple[Any, ...]
    markup: str


class Holding(NamedTuple):
    """A macro's arguments, and texts that selectors find in what it writes."""

    arguments: tuple[Any, ...]
    found: dict[str, list[str]]


EXACT: dict[tuple[str, str], list[Written]] = {
    ("count", "count"): [Written((1,), "1 story"), Written((1204,), "1,204 stories")],
    ("time", "moment"): [
        Written(
            (NOON,),
            '<time datetime="2024-11-01T12:00+00:00">1 November 2024, 12:00 UTC</time>',
        ),
        Written((DATE,), '<time datetime="2024-11-03">3 November 2024</time>'),
    ],
    ("time", "date"): [Written((NOON,), '<time datetime="2024-11-01">1 November 2024</time>')],
    ("link", "link"): [
        Written((HEAD, Link("tag/a/", "A & B")), '<a href="../tag/a/">A &amp; B</a>'),
        Written((HEAD, Link("tag/a/", "A", lang="en")), '<a href="../tag/a/">A</a>'),
        Written(
            (HEAD, ALTERNATES[0]), '<a href="../uk/ferry/" lang="uk" dir="auto">Українська</a>'
        ),
        Written((HEAD, Link("", "2024")), "2024"),
    ],
    ("metadata", "metadata"): [
        Written(
            (SITE, STORY.head, DESCRIBED),
            '<meta property="og:type" content="article">\n'
            '<meta property="og:site_name" content="The Harbour Record">\n'
            '<meta property="og:title" content="A &lt;day&gt; &amp; a night">\n'
            '<meta property="og:locale" content="en_GB">\n'
            '<meta property="og:description" content="Sub &amp; &lt;so&gt;">\n'
            '<meta property="og:url" content="https://record.example/2024/11/01/ferry/">\n'
            '<link rel="alternate" type="application/json+oembed" '
            'title="A &lt;day&gt; &amp; a night" '
            'href="https://record.example/2024/11/01/ferry/oembed.json">\n'
            '<link rel="alternate" type="application/json" '
            'href="https://record.example/2024/11/01/ferry/index.json">\n'
            '<meta property="og:image" content="https://record.example/quay.jpg">\n'
            '<meta property="og:image:width" content="1200">\n'
            '<meta property="og:image:height" content="800">\n'
            '<meta property="og:image:alt" content="The &#34;quay&#34;">\n'
            '<meta name="twitter:card" content="summary_large_image">\n'
            '<script type="application/ld+json">{"name":"\\u003c"}</script>\n',
        ),
        Written(
            (SITE, HEAD, Structured("{}", "website", "en_GB", "")),
            '<meta property="og:type" content="website">\n'
            '<meta property="og:site_name" content="The Harbour Record">\n'
            '<meta property="og:title" content="A &lt;day&gt; &amp; a night">\n'
            '<meta property="og:locale" content="en_GB">\n'
            '<meta name="twitter:card" content="summary">\n'
            '<script type="application/ld+json">{}</script>\n',
        ),
    ],
    ("metadata", "citation"): [
        Written(
            (SITE, STORY),
            '<meta property="article:published_time" content="2024-11-01T12:00+00:00">\n'
            '<meta property="article:modified_time" content="2024-11-03">\n'
            '<meta property="article:section" content="News">\n'
            '<link rel="schema.DC" href="http://purl.org/dc/elements/1.1/">\n'
            '<meta name="DC.type" content="NewsItem">\n'
            '<meta name="DC.title" content="Ferry &lt;late&gt; &amp; full">\n'
            '<meta name="DC.date" content="2024-11-01">\n'
            '<meta name="DC.language" content="en">\n'
            '<meta name="DC.publisher" content="The Harbour Record">\n'
            '<meta name="citation_title" content="Ferry &lt;late&gt; &amp; full">\n'
            '<meta name="citation_publication_date" content="2024/11/01">\n'
            '<meta name="citation_language" content="en">\n'
            '<meta name="DC.identifier" content="https://record.example/2024/11/01/ferry/">\n'
            '<meta name="citation_public_url" content="https://record.example/2024/11/01/ferry/">\n'
            '<meta name="DC.creator" content="Ann Lee">\n'
            '<meta name="citation_author" content="Ann Lee">\n'
            '<meta name="DC.creator" content="Bo Li">\n'
            '<meta name="citation_author" content="Bo Li">\n'
            '<meta property="article:tag" content="ships">\n'
            '<meta name="DC.subject" content="ships">\n',
        ),
        Written(
            (replace(SITE, url=""), BARE_STORY),
            '<meta property="article:published_time" content="2024-11-01T12:00+00:00">\n'
            '<link rel="schema.DC" href="http://purl.org/dc/elements/1.1/">\n'
            '<meta name="DC.type" content="NewsItem">\n'
            '<meta name="DC.title" content="Ferry &lt;late&gt; &amp; full">\n'
            '<meta name="DC.date" content="2024-11-01">\n'
            '<meta name="DC.language" content="en">\n'
            '<meta name="DC.publisher" content="The Harbour Record">\n'
            '<meta name="citation_title" content="Ferry &lt;late&gt; &amp; full">\n'
            '<meta name="citation_publication_date" content="2024/11/01">\n'
            '<meta name="citation_language" content="en">\n',
        ),
    ],
    ("appeal", "appeal"): [
        Written(
            (SITE, HEAD),
            '<aside class="appeal" aria-label="Free to read">\n'
            '<h2 class="label">Free to read</h2>\n<div>It has <em>no</em> owner.</div>\n'
            '<p><a class="button" href="https://other.example/gift">Give</a></p>\n</aside>',
        ),
        Written(
            (replace(SITE, appeal=Appeal("A", "B")), replace(HEAD, lang="ar", dir="rtl")),
            '<aside class="appeal" aria-label="A" lang="en" dir="ltr">\n'
            '<h2 class="label">A</h2>\n<div>B</div>\n</aside>',
        ),
    ],
    ("guides", "guides"): [
        Written(
            (HEAD, (Link("sources/", "Sources"), Link("corrections/", "Corrections"))),
            '<ul class="guides">\n<li><a href="../sources/">Sources</a></li>\n'
            '<li><a href="../corrections/">Corrections</a></li>\n</ul>',
        ),
    ],
    ("masthead", "places"): [
        Written(
            (replace(SITE, places=SITE.places[:1]), replace(HEAD, address="archive/")),
            '<nav class="places" aria-label="Archive">\n<ul>\n'
            '<li><a href="../archive/" aria-current="page">Archive</a></li>\n</ul>\n</nav>',
        ),
    ],
    ("crumbs", "crumbs"): [
        Written(
            (SITE, replace(HEAD, crumbs=(YEARS[0], Link("", "November")))),
            '<nav class="crumbs" aria-label="Breadcrumbs">\n<ul>\n'
            '<li><a href="../2024/">2024</a></li>\n</ul>\n</nav>',
        ),
    ],
    ("card", "meta"): [
        Written(
            (HEAD, CARD, True, True, True),
            '<p class="meta"><a class="kicker" href="../section/news/"><bdi>News</bdi></a>&nbsp;· '
            '<time datetime="2024-11-01T12:00+00:00">1 November 2024, 12:00 UTC</time>&nbsp;· '
            '<bdi>Ann Lee</bdi>, <bdi>Bo Li</bdi>&nbsp;· <span class="flag">Corrected</span></p>',
        ),
        Written(
            (HEAD, CARD, False, False),
            '<p class="meta"><time datetime="2024-11-01T12:00+00:00">1 November 2024</time>&nbsp;· '
            '<span class="flag">Corrected</span></p>',
        ),
        Written(
            (HEAD, ARABIC),
            '<p class="meta">'
            '<time datetime="2024-11-03" lang="ar" dir="rtl">3 November 2024</time></p>',
        ),
    ],
    ("figure", "figure"): [
        Written(
            (HEAD, PICTURE),
            '<figure class="figure">\n'
            '<img src="../quay.jpg" alt="The &#34;quay&#34;" width="1200" height="800" '
            'fetchpriority="high">\n'
            '<figcaption>At dawn. <span class="credit">Ana Ruiz</span></figcaption>\n</figure>',
        ),
        Written(
            (HEAD, Picture("quay.jpg", "")),
            '<figure class="figure">\n<img src="../quay.jpg" alt="" fetchpriority="high">\n'
            "</figure>",
        ),
    ],
    ("picture", "picture"): [
        Written(
            (HEAD, replace(PICTURE, plain="r/1-960.jpg", sources=RENDITIONS), 896, False),
            '<picture>\n<source type="image/avif" sizes="(min-width: 896px) 896px, 100vw" '
            'srcset="../r/1-480.avif 480w, ../r/1-1200.avif 1200w">\n'
            '<img src="../r/1-960.jpg" alt="The &#34;quay&#34;" width="1200" height="800" '
            'loading="lazy">\n</picture>',
        ),
        Written(
            (HEAD, Picture("a.svg", "A"), 640),
            '<img src="../a.svg" alt="A" fetchpriority="high">',
        ),
    ],
    ("languages", "alternates"): [
        Written(
            (SITE, replace(HEAD, lang="fr", alternates=ALTERNATES)),
            '<link rel="alternate" hreflang="fr" href="https://record.example/2024/11/01/ferry/">\n'
            '<link rel="alternate" hreflang="uk" href="https://record.example/uk/ferry/">\n',
        ),
    ],
    ("languages", "languages"): [
        Written(
            (replace(HEAD, alternates=ALTERNATES),),
            '<nav class="languages" aria-label="Languages">\n<p>Also in</p>\n<ul>\n'
            '<li><a rel="alternate" hreflang="uk" lang="uk" dir="auto" href="../uk/ferry/">'
            "Українська</a></li>\n</ul>\n</nav>",
        ),
    ],
    ("notes", "notes"): [
        Written(
            (HEAD, STORY.notes),
            '<section class="notes">\n<h2 class="label">Sources</h2>\n<ol>\n'
            '<li id="page-source-1"><a href="https://log.example/1">Log</a> '
            '<a class="count" href="../source/log/">Stories with this source</a></li>\n'
            '<li id="page-source-2">A sailor</li>\n</ol>\n</section>',
        ),
    ],
    ("citations", "citations"): [
        Written(
            (HEAD, (CARD,), {CARD.address: STORY.notes}),
            '<ul class="headlines">\n<li><time datetime="2024-11-01T12:00+00:00">1 November 2024'
            '</time> <a href="../2024/11/01/ferry/">Ferry &lt;late&gt; &amp; full</a> '
            '<span class="flag">Corrected</span>'
            '<p dir="auto"><a href="https://log.example/1">Log</a></p>\n'
            '<p dir="auto">A sailor</p>\n</li>\n</ul>',
        ),
    ],
    ("corrections", "corrected"): [
        Written(
            (HEAD, CORRECTED.corrections),
            '<ul class="headlines">\n<li><time datetime="2024-11-03">3 November 2024</time> '
            '<a href="../2024/11/03/a/" lang="ar" dir="rtl">تأخر</a>\n'
            '<p lang="ar" dir="rtl">It was 31, not 13.</p></li>\n</ul>',
        ),
    ],
    ("story", "bylines"): [
        Written(
            ("../", STORY.bylines),
            '<a rel="author" href="../byline/ann-lee/"><bdi>Ann Lee</bdi></a>, '
            '<a rel="author" href="../byline/bo-li/"><bdi>Bo Li</bdi></a>',
        ),
    ],
    ("sparkline", "sparkline"): [
        Written(
            (VOLUME,),
            '<figure class="sparkline" dir="ltr">\n<svg viewBox="0 0 11 24" '
            'preserveAspectRatio="none" role="img" '
            'aria-label="Stories by year, 1986 to 1988: at most 2">'
            '<path d="M0 24v-24h3v24zM8 24v-12h3v12z"/></svg>\n'
            "<figcaption><span>1986</span> <span>1988</span></figcaption>\n</figure>",
        ),
    ],
    ("corrections", "corrections"): [
        Written(
            ((CORRECTION,),),
            '<section class="corrections" id="page-corrections">\n'
            '<h2 class="label">Correction</h2>\n'
            '<p><time datetime="2024-11-03">3 November 2024</time> It was 31, not 13.</p>\n'
            "</section>",
        ),
    ],
    ("tags", "tags"): [
        Written(
            (HEAD, STORY.tags),
            '<ul class="tags" aria-label="Tags">\n'
            '<li><a rel="tag" href="../tag/ships/">ships</a></li>\n</ul>',
        ),
    ],
    ("related", "related"): [
        Written(
            (HEAD, (ARABIC_LINE,)),
            '<section class="related">\n<h2 class="label">Related stories</h2>\n'
            '<ul class="headlines">\n'
            '<li><time datetime="2024-11-03"><bdi lang="ar">3 November 2024</bdi>'
            '</time> <a href="../2024/11/03/a/" lang="ar" dir="rtl">تأخر</a></li>\n</ul>\n'
            "</section>",
        ),
    ],
    ("pager", "neighbours"): [
        Written(
            (HEAD, STORY.previous, STORY.next),
            '<link rel="prev" href="../2024/10/31/x/">\n'
            '<link rel="next" href="../2024/11/03/a/">\n',
        ),
    ],
    ("pager", "pager"): [
        Written(
            (HEAD, None, STORY.next, "Both ways", "Previous story", "Next story"),
            '<nav class="pager" aria-label="Both ways">\n<ul>\n'
            '<li class="pager-next"><a rel="next" href="../2024/11/03/a/">'
            '<span class="label">Next story</span> '
            '<span lang="ar" dir="auto">تأخر</span></a></li>\n'
            "</ul>\n</nav>",
        ),
    ],
    ("years", "periods"): [
        Written(
            (HEAD, YEARS[:1]),
            '<ul class="periods">\n<li><a href="../2024/">2024</a> '
            '<span class="count">1,204</span></li>\n</ul>',
        ),
    ],
    ("calendar", "strip"): [
        Written(
            (HEAD, MONTHS),
            '<ol class="strip">\n'
            '<li><a class="shade-4" href="../2024/01/">Jan '
            '<span class="count">1,203</span></a></li>\n'
            '<li><span class="empty">Feb</span></li>\n</ol>',
        ),
    ],
}
"""Small parts with the whole of what they write: arguments and markup."""

PARSED: dict[tuple[str, str], list[tuple[tuple[Any, ...], dict[str, list[str]]]]] = {
    ("thread", "thread"): [
        Holding(
            (HEAD, THREAD),
            {
                "section.thread[aria-labelledby='page-thread'] > #page-thread": ["The strike"],
                "section > p": ["Part 2 of 3", "All 3 parts"],
                "section > h3": ["The story so far", "What came next"],
                "section > h3 + ul > li > a": ["Ferry & crew", "تأخر"],
                "section > p.more > a[href='../story/strike/']": ["All 3 parts"],
            },
        ),
        Holding(
            (HEAD, Thread(STRIKE, 0, 0, (LINE,), ())),
            {
                "section > p": ["Part of a running story", "All parts"],
                "section > h3": ["The story so far"],
            },
        ),
        Holding((HEAD, Thread(STRIKE, 0, 0, (), ())), {"section > p": ["Part of a running story"]}),
    ],
    ("timeline", "timeline"): [
        Holding(
            (DOTS, "The strike"),
            {
                "svg.timeline[role=img][aria-labelledby='page-timeline page-timeline-says'] > "
                "#page-timeline": ["The strike"],
                "svg > desc#page-timeline-says": ["2 stories, 1 November 2024 – 3 November 2024"],
                "svg > g > title": ["1 November 2024: Ferry & crew", "3 November 2024: B"],
                "svg > text[x='50.5%']": ["2 November 2024"],
                "g > circle[cx='96.0%'][cy='16'] ~ text": ["2"],
                "rect": [],
            },
        ),
        Holding(
            (BARS, "The strike"), {"circle": [], "rect[height='80'], rect[height='40']": ["", ""]}
        ),
    ],
    ("timeline", "parts"): [
        Holding(
            (HEAD, (Part(DATE, CARD), Part(None, ARABIC))),
            {
                "ol.parts > li > article h2 > a": ["Ferry <late> & full", ARABIC.title],
                "ol > li > p.happened": ["Happened on 3 November 2024"],
            },
        ),
    ],
    ("masthead", "masthead"): [
        Holding(
            (SITE, replace(HEAD, address="tags/")),
            {
                "header > p.name > a[href='../']": ["The Harbour Record"],
                "nav[aria-label] li": ["Archive", "Tags"],
                "nav a[aria-current=page]": ["Tags"],
                "h1, [lang]": [],
            },
        ),
        Holding(
            (SITE, replace(HEAD, lang="ar", dir="rtl")),
            {"header > p.name > a[lang=en][dir=ltr]": ["The Harbour Record"]},
        ),
    ],
    ("masthead", "nameplate"): [
        Holding(
            (SITE, HEAD, NOON, DATE, "2 stories"),
            {
                "header > h1.name": ["The Harbour Record"],
                ".folio > p": ["1 November 2024 – 3 November 2024", SITE.tagline, "2 stories"],
                "nav[aria-label] li": ["Archive", "Tags"],
            },
        ),
        Holding(
            (replace(SITE, tagline="", places=()), HEAD, None, None, ""),
            {"h1": ["The Harbour Record"], "nav, .folio": []},
        ),
        Holding((SITE, HEAD, DATE, DATE, "1 story"), {".folio time": ["3 November 2024"]}),
    ],
    ("footer", "footer"): [
        Holding(
            (SITE, HEAD),
            {
                "footer a[href='../about/']": ["About"],
                "footer a[href='https://other.example/gift']": ["Give"],
                "footer a[href='../feed.xml'][type='application/rss+xml']": ["Feed"],
                "footer > p:last-child": ["The Harbour Record © The Harbour Record"],
            },
        ),
        Holding(
            (replace(SITE, menu=(Link("mailto:a@b.example", "Mail"), Link("/x/", "X"))), HEAD),
            {"a[href='mailto:a@b.example'], a[href='/x/']": ["Mail", "X"]},
        ),
        Holding(
            (replace(SITE, menu=(), feed=None, credit=""), HEAD), {"nav": [], "a": [SITE.name]}
        ),
    ],
    ("card", "card"): [
        Holding(
            (HEAD, CARD, 3),
            {
                "article.card > h3.headline > a[href='../2024/11/01/ferry/']": [CARD.title],
                "article > p.standfirst": ["The boat waited."],
                "article > p.meta > a.kicker": ["News"],
            },
        ),
        Holding((HEAD, CARD, 2, False), {"h2.headline": [CARD.title], "a.kicker, img": []}),
        Holding((HEAD, CARD, 2, False, True), {"p.card-picture img[loading=lazy]": [""]}),
        Holding(
            (HEAD, ARABIC, 3),
            {
                "h3[lang=ar][dir=rtl]": [ARABIC.title],
                "p.standfirst[lang=ar][dir=rtl]": [ARABIC.standfirst],
            },
        ),
    ],
    ("card", "brief"): [
        Holding(
            (HEAD, CARD, 3),
            {
                "article.card-brief > h3.headline > a": [CARD.title],
                ".standfirst": [],
                "p.meta > .kicker": ["News"],
            },
        ),
    ],
    ("card", "lead"): [
        Holding(
            (HEAD, CARD),
            {
                "article.lead > p.lead-picture > img[width='1200'][height='800']": [""],
                "article.lead h2.headline": [CARD.title],
            },
        ),
        Holding((HEAD, ARABIC), {"img": [], "h2[lang=ar][dir=rtl]": [ARABIC.title]}),
    ],
    ("day", "story"): [
        Holding(
            (HEAD, CARD, 3),
            {
                "article.card > p.card-picture > img[width='1200'][loading=lazy]": [""],
                "article > h3.headline > a[href='../2024/11/01/ferry/']": [CARD.title],
                "article > p.standfirst": ["The boat waited."],
                "article > p.meta": ["12:00 UTC\xa0· Ann Lee, Bo Li Corrected"],
            },
        ),
        Holding(
            (HEAD, ARABIC, 2, False),
            {"h2[lang=ar][dir=rtl]": [ARABIC.title], "img, .meta": []},
        ),
    ],
    ("day", "section"): [
        Holding(
            (HEAD, DAY.sections[0]),
            {
                "section > h2 > a[href='../section/news/']": ["News"],
                "section > article h3": [CARD.title, ARABIC.title],
                "img": [""],
                "section > ul.headlines > li > a": [line.title for line in LINES],
            },
        ),
        Holding((HEAD, DAY.sections[1]), {"h2": ["Other stories"], "ul": []}),
    ],
    ("day", "anniversary"): [
        Holding(
            (HEAD, ANNIVERSARIES[0]),
            {
                "section > h2 > a[href='../2024/11/01/']": ["2024"],
                "article h3": [CARD.title],
                "ul.headlines > li > a": [line.title for line in LINES],
                "p.more > a[href='../2024/11/01/']": ["1 November 2024"],
                "p.more > .count": ["9 stories"],
            },
        ),
        Holding(
            (HEAD, ANNIVERSARIES[1]), {"h2": ["2023"], "h3": [ARABIC.title], "h2 a, ul, .more": []}
        ),
    ],
    ("day", "today"): [
        Holding(
            (HEAD, TODAY),
            {
                "section > h2 > a[href='../on-this-day/11-01/']": ["1 November"],
                "ul.headlines > li > time": ["2023", "2022"],
                "li > a[lang=ar][dir=rtl]": [ARABIC.title],
            },
        ),
    ],
    ("headlines", "headlines"): [
        Holding(
            (HEAD, (CARD, ARABIC)),
            {
                "ul > li > time": ["1 November 2024", "3 November 2024"],
                "li > a[href='../2024/11/03/a/'][lang=ar][dir=rtl]": [ARABIC.title],
                "li > .flag": ["Corrected"],
            },
        ),
        Holding((HEAD, (CARD, ARABIC), True), {"li > time": ["12:00 UTC"]}),
    ],
    ("calendar", "calendar"): [
        Holding(
            (HEAD, NOVEMBER, WEEKDAYS),
            {
                "caption": ["November 4 stories"],
                "caption > a[href='../2024/11/']": ["November"],
                "thead th[scope=col]": list(WEEKDAYS),
                "tbody > tr": ["1 (1)2", "3 (3)4"],
                "td.shade-1 > a[href='../2024/11/01/'][aria-label='1 (1 story)']": ["1 (1)"],
                "td.shade-4 > a[aria-label='3 (3 stories)']": ["3 (3)"],
                "td": ["", "1 (1)", "2", "3 (3)", "4", ""],
            },
        ),
        Holding(
            (HEAD, NOVEMBER, WEEKDAYS, False),
            {"caption > a": [], "caption > .unseen": ["November"]},
        ),
    ],
    ("years", "year_rows"): [
        Holding(
            (HEAD, tuple(YearRow(YEARS[0], share, MONTHS) for share in (1, 50, 51, 100)), 2),
            {
                "li > h2 > a[href='../2024/']": ["2024"] * 4,
                "li > .count": ["1,204 stories"] * 4,
                "svg.bar[aria-hidden=true] > rect[width='1'][height='1']": [""],
                "rect[width='100']": [""],
            },
        ),
    ],
    ("years", "decades"): [
        Holding(
            (HEAD, DECADES),
            {
                "nav.letters[aria-label] a[href='#years-2010']": ["2010–2019"],
                "section.decade > h2#years-2020": ["2020–2029"],
                "section h3": ["2024", "2024"],
            },
        ),
        Holding((HEAD, (Decade("", "", DECADES[0].years),)), {"h2": ["2024"], "nav, h3": []}),
        Holding((HEAD, ()), {"ul": []}),
    ],
    ("feeds", "formats"): [
        Holding(
            (HEAD, FOLLOWED),
            {
                "a[href='../tag/a/feed.xml'][type='application/rss+xml']": ["RSS"],
                "a[href='../tag/a/feed.atom'][type='application/atom+xml']": ["Atom"],
            },
        )
    ],
    ("feeds", "followed"): [
        Holding(
            (HEAD, FollowedGroup("Tags", (FOLLOWED,))),
            {
                "section > h2": ["Tags"],
                "li > a[href='../tag/a/']": ["A & B"],
                "li > .count > a": ["RSS", "Atom"],
            },
        )
    ],
    ("terms", "terms"): [
        Holding(
            (HEAD, (Initial("N", (NEWS,)), Initial("Є", (replace(NEWS, lang="uk"),)))),
            {
                "nav a[href='#letter-2']": ["Є"],
                "section > h2#letter-2": ["Є"],
                "li > a[lang=uk]": ["News"],
                "section .count": ["12", "12"],
            },
        ),
        Holding((HEAD, (Initial("N", (NEWS,)),)), {"nav": [], "h2": ["N"]}),
    ],
    ("terms", "topics"): [
        Holding(
            (HEAD, (NEWS,), "Topics"),
            {"section > h2": ["Topics"], "li > a": ["News"], "li > .count": ["12"]},
        ),
    ],
    ("terms", "ordered"): [
        Holding(
            (HEAD, (Described(NEWS, "What is new."), Described(NEWS, ""))),
            {"li > h2 > a": ["News", "News"], "li > p.standfirst": ["What is new."]},
        ),
    ],
    ("about", "about"): [
        Holding(
            (HEAD, ABOUT),
            {
                "[itemscope] figure img": [""],
                "p.standfirst": ["What floats."],
                ".body > p": ["They float."],
                "a[href='https://desk.example/']": ["Their page"],
                "a[itemprop=sameAs]": ["Wikidata Q405"],
            },
        ),
        Holding((HEAD, About("", "", None, (), ())), {"div > *": []}),
    ],
    ("story", "story"): [
        Holding(
            (STORY,),
            {
                "article > header > p.kicker": ["News"],
                "h1": [STORY.title],
                "article > header > p.standfirst": ["The boat waited."],
                "p.byline": ["By Ann Lee, Bo Li"],
                ".story-meta time": [
                    "1 November 2024, 12:00 UTC",
                    "3 November 2024",
                    "3 November 2024",
                ],
                ".story-meta a[href='#page-corrections']": ["Corrected"],
                "p.dateline + .body > p": ["It was late."],
                "#page-corrections": ["Correction\n3 November 2024 It was 31, not 13."],
            },
        ),
        Holding((BARE_STORY,), {"h2, .kicker, .standfirst, .byline, .dateline, figure, nav": []}),
    ],
}
"""Larger parts with what is to be found in them: arguments, selectors and texts."""


def part(name: tuple[str, str], arguments: tuple[Any, ...]) -> str:
    """What a macro writes."""
    module = ENVIRONMENT.get_template(f"parts/{name[0]}.html").module
    return str(getattr(module, name[1])(*arguments))


def page(template: str, view: View, site: Site = SITE) -> str:
    """A whole page."""
    return ENVIRONMENT.get_template(template).render(site=site, page=view)


def texts(html: str, selector: str) -> list[str]:
    """The texts of all that a selector finds."""
    return [node.text().strip() for node in LexborHTMLParser(html).css(selector)]


def attributes(html: str, selector: str, name: str) -> list[str | None]:
    """One attribute of all that a selector finds."""
    return [node.attributes.get(name) for node in LexborHTMLParser(html).css(selector)]


def sheet() -> str:
    """The theme's style sheets, without their comments."""
    joined = "\n".join(path.read_text("utf-8") for path in sorted(SHEETS.glob("*.css")))
    return re.sub(r"/\*.*?\*/", "", joined, flags=re.DOTALL)


def macros() -> Iterator[tuple[str, str]]:
    """Every macro of every part."""
    for path in sorted((TEMPLATES / "parts").glob("*.html")):
        for name in re.findall(r"{% macro (\w+)\(", path.read_text("utf-8")):
            yield path.stem, name


def test_every_macro_has_an_example() -> None:
    """No part is without a test of its markup."""
    assert sorted({*EXACT, *PARSED}) == sorted(macros())


@pytest.mark.parametrize(
    ("name", "arguments", "markup"),
    [(name, *example) for name, examples in EXACT.items() for example in examples],
)
def test_a_small_part_writes_exactly(
    name: tuple[str, str], arguments: tuple[Any, ...], markup: str
) -> None:
    """A change of a part's markup is a change of its example."""
    assert part(name, arguments) == markup


@pytest.mark.parametrize(
    ("name", "arguments", "found"),
    [(name, *example) for name, examples in PARSED.items() for example in examples],
)
def test_a_large_part_holds(
    name: tuple[str, str], arguments: tuple[Any, ...], found: dict[str, list[str]]
) -> None:
    """The part's elements are where selectors look for them, with these texts."""
    html = part(name, arguments)
    assert {selector: texts(html, selector) for selector in found} == found


def test_every_template_has_examples() -> None:
    """All page kinds are rendered in these tests; base.html only by way of the others."""
    names = {path.name for path in TEMPLATES.glob("*.html")}
    assert names == {*PAGES, "base.html"}


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_a_template_asks_for_site_and_page_alone(path: Path) -> None:
    """All but words is taken from these: every other name is imported or set in the file."""
    tree = ENVIRONMENT.parse(path.read_text("utf-8"))
    own = {name for node in tree.find_all(nodes.FromImport) for name in node.names}
    own |= {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    assert meta.find_undeclared_variables(tree) - own <= {"site", "page", "_", "ngettext"}


@pytest.mark.parametrize(("template", "view"), EACH_PAGE)
def test_a_page_has_one_main_heading_and_skips_no_level(template: str, view: View) -> None:
    """Headings make an outline that a reader can walk by ear."""
    levels = [
        int(str(node.tag)[1])
        for node in LexborHTMLParser(page(template, view)).css("h1, h2, h3, h4, h5, h6")
    ]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize(("template", "view"), EACH_PAGE)
def test_a_page_has_named_landmarks_and_unique_anchors(template: str, view: View) -> None:
    """One header, main and footer of the page; every nav has a name of its own."""
    html = page(template, view)
    assert len(texts(html, "body > header")) == 1
    assert len(texts(html, "body > main#page-main")) == 1
    assert len(texts(html, "body > footer")) == 1
    assert attributes(html, "body > a:first-child", "href") == ["#page-main"]
    names = attributes(html, "nav", "aria-label")
    assert all(names)
    assert len(names) == len(set(names))
    anchors = attributes(html, "[id]", "id")
    assert len(anchors) == len(set(anchors))
    within = {str(href)[1:] for href in attributes(html, "a[href^='#']", "href")}
    assert within <= set(anchors)


@pytest.mark.parametrize(("template", "view"), EACH_PAGE)
def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing(template: str, view: View) -> None:
    """A strict content security policy holds: own host, no inline style, no script."""
    html = page(template, view)
    run = "script:not([type='application/ld+json'])"
    assert texts(html, f"{run}, style, iframe, object, embed, [style], form, base") == []
    assert not re.search(r"<[^>]*\son\w+=", html)
    loaded = attributes(html, "[src]", "src") + attributes(html, "link[rel=stylesheet]", "href")
    assert all(str(address).startswith("../") for address in loaded)


@pytest.mark.parametrize(("template", "view"), EACH_PAGE)
def test_a_page_is_tidy(template: str, view: View) -> None:
    """No blank lines, no trailing blanks, and one line feed at the end."""
    html = page(template, view)
    assert html.startswith("<!DOCTYPE html>\n")
    assert not re.search(r"\n\s*\n|[ \t]\n", html)
    assert html.endswith("</html>\n")


def test_the_sheet_loads_nothing() -> None:
    """No fonts, pictures or sheets of others."""
    assert not re.search(r"url\(|@import|@font-face|https?://(?!\")", sheet().replace('"http"', ""))


def test_templates_and_sheets_know_the_same_classes() -> None:
    """No rule without a use, no class without a rule, but for those listed above."""
    rules = re.sub(r"\[[^]]*\]", "", sheet())
    styled = set(re.findall(r"\.(-?[a-z][\w-]*)(?=[^{}]*{)", rules))
    used = {
        name
        for template, views in PAGES.items()
        for view in views
        for names in attributes(page(template, view), "[class]", "class")
        for name in str(names).split()
    }
    shades = {f"shade-{step}" for step in range(1, 5)}
    assert styled == (used - UNSTYLED) | FOREIGN | shades


def test_the_sheet_is_small() -> None:
    """All of the theme's style weighs less than a small picture."""
    assert sum(path.stat().st_size for path in SHEETS.glob("*.css")) <= STYLE_SIZE


def test_a_story_is_mostly_story() -> None:
    """What surrounds a story's body stays within its budget."""
    assert len(page("story.html", STORY).encode()) - len(STORY.body) <= STORY_CHROME


def test_a_story_travels_light() -> None:
    """A long story without pictures and its style sheet have 20 kilobytes at most, compressed."""
    source = max(CONTENT.rglob("*.md"), key=lambda path: path.stat().st_size)
    body = markdown.markdown(source.read_text("utf-8"), extensions=["extra"])
    html = page("story.html", replace(STORY, body=body, picture=None))
    style = Theme((TEMPLATES,), ("static",), "theme", "en").assets.style
    assert len(gzip.compress(html.encode())) + len(gzip.compress(style.encode())) <= TRAVELLING


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "paper"),
        ("muted", "paper"),
        ("accent", "paper"),
        ("alert", "paper"),
        ("ink", "tint"),
        ("muted", "tint"),
        ("alert", "tint"),
        ("ink", "shade-1"),
        ("ink", "shade-2"),
        ("paper", "accent"),
        ("on-shade", "shade-3"),
        ("on-shade", "shade-4"),
    ],
)
def test_text_stands_out_from_its_ground(scheme: str, text: str, ground: str) -> None:
    """WCAG 2.2, 1.4.3: a contrast of at least 4.5 to 1, by day and by night."""
    light, dark = (SHEETS / "tokens.css").read_text("utf-8").split("prefers-color-scheme: dark")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", light if scheme == "light" else dark))
    darker, lighter = sorted((luminance(colours[text]), luminance(colours[ground])))
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """The relative luminance of ``#rgb`` or ``#rrggbb``, as WCAG 2.2 defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_head_says_what_the_page_is() -> None:
    """Title, description, canonical address, style, feeds, languages and neighbours."""
    html = page("story.html", STORY)
    assert texts(html, "title") == ["A <day> & a night – The Harbour Record"]
    assert attributes(html, "meta[name=description]", "content") == ["Sub & <so>"]
    canonical = "https://record.example/2024/11/01/ferry/"
    assert attributes(html, "link[rel=canonical]", "href") == [canonical]
    assert attributes(html, "link[rel=stylesheet]", "href") == ["../theme/style.css"]
    assert attributes(html, "link[type='application/rss+xml']", "href") == ["../feed.xml"]
    languages = attributes(html, "head link[hreflang]", "href")
    assert languages == [canonical, canonical, "https://record.example/uk/ferry/"]
    tags = attributes(html, "head link[hreflang]", "hreflang")
    assert tags == ["en", "x-default", "uk"]
    assert attributes(html, "head link[rel=prev]", "href") == ["../2024/10/31/x/"]
    assert attributes(html, "head link[rel=next]", "href") == ["../2024/11/03/a/"]


def test_a_page_that_is_no_story_is_described_by_its_title() -> None:
    """With the name of the archive, and what it says of itself; pages that are no result, not."""
    html = page("archive.html", PAGES["archive.html"][0])
    described = [f"{HEAD.title} – The Harbour Record. News of the coast"]
    assert attributes(html, "meta[name=description]", "content") == described
    lost = page("404.html", PAGES["404.html"][0])
    assert attributes(lost, "meta[name=description]", "content") == []


def test_the_front_page_is_titled_by_the_archive_alone() -> None:
    """The front page's title stands alone; the archive's name is its h1."""
    html = page("front.html", PAGES["front.html"][0])
    assert (texts(html, "title"), texts(html, "h1")) == ([HEAD.title], ["The Harbour Record"])


def test_a_page_that_is_not_for_search_engines_says_so() -> None:
    """Such a page has no canonical address, and others have no robots line."""
    hidden, shown = (page("404.html", view) for view in PAGES["404.html"])
    assert attributes(hidden, "meta[name=robots]", "content") == ["noindex"]
    assert attributes(hidden, "link[rel=canonical]", "href") == []
    assert attributes(shown, "meta[name=robots]", "content") == []


def test_a_preview_has_no_absolute_addresses_of_its_own() -> None:
    """Without a public address there is no canonical link, and languages lead from the root."""
    html = page("story.html", STORY, replace(SITE, url=""))
    assert attributes(html, "link[rel=canonical]", "href") == []
    languages = attributes(html, "head link[hreflang]", "href")
    own = "../2024/11/01/ferry/"
    assert languages == [own, own, "../uk/ferry/"]


def test_a_page_offers_its_own_feed_before_the_whole_archives() -> None:
    """A term's feed comes first, and a reader finds it beside the term's count."""
    html = page("term.html", TERM)
    feeds = attributes(html, "link[type='application/rss+xml']", "href")
    assert feeds == ["../tag/ships/feed.xml", "../feed.xml"]
    assert attributes(html, ".summary a", "href") == ["../tag/ships/feed.xml"]


def test_words_in_another_language_than_the_page_say_so() -> None:
    """The archive's own words are in its language; the interface's are where it is not spoken."""
    head = replace(STORY.head, lang="ar", dir="rtl")
    html = page("story.html", replace(STORY, head=head))
    assert attributes(html, "html", "dir") == ["rtl"]
    assert attributes(html, "html", "lang") == ["ar"]
    name = attributes(html, ".name > [lang=en][dir=ltr]", "href")
    places = attributes(html, "nav[lang=en][dir=ltr]", "class")
    assert (name, places) == (["../"], ["places"])
    spoken = page(
        "story.html", replace(STORY, head=replace(HEAD, lang="en-gb")), replace(SITE, lang="en-gb")
    )
    assert attributes(spoken, ".skip[lang], nav[lang]", "class") == []


def test_the_archives_own_language_is_for_readers_of_any_other() -> None:
    """A translation names it as x-default too, and a page that is not to be found names none."""
    head = replace(HEAD, lang="uk", alternates=(Link("2024/ferry/", "English", lang="en"),))
    html = page("story.html", replace(STORY, head=head))
    tags = attributes(html, "head link[hreflang]", "hreflang")
    assert tags == ["uk", "en", "x-default"]
    hidden = page("story.html", replace(STORY, head=replace(head, index=False)))
    assert attributes(hidden, "head link[hreflang]", "hreflang") == []
    assert attributes(hidden, "nav.languages a", "hreflang") == ["en"]


def test_the_name_leads_to_the_front_page_of_the_readers_language() -> None:
    """At the top and at the foot of the page."""
    html = page("story.html", replace(STORY, head=replace(HEAD, home="uk/")))
    assert attributes(html, ".name a, footer > p:last-child a", "href") == ["../uk/", "../uk/"]


def test_a_body_is_put_in_as_it_is() -> None:
    """The body is harmless HTML already; all else is escaped."""
    html = page("story.html", STORY)
    assert f'<div class="body">\n{STORY.body}\n</div>\n' in html
    assert "<h1>Ferry &lt;late&gt; &amp; full</h1>" in html


@pytest.mark.parametrize(
    "asked",
    [
        "prefers-color-scheme: dark",
        "prefers-contrast: more",
        "prefers-reduced-motion: no-preference",
        "forced-colors: active",
        "@media print",
        "counter(page)",
        ":focus-visible",
    ],
)
def test_the_sheet_heeds_what_readers_ask_for(asked: str) -> None:
    """By night, with more contrast, without motion, in the system's colours, on paper, by key."""
    assert asked in sheet()


def test_one_sheet_serves_both_directions() -> None:
    """What is on one side in English is on the other in Arabic, but for what is stated for both."""
    sides = re.compile(
        r"(?:margin|padding|border)-(?:left|right)|(?:float|text-align): (?:left|right)"
    )
    plain = [rule for rule in sheet().split("}") if sides.search(rule) and "rtl" not in rule]
    assert [rule.partition("{")[0].strip() for rule in plain] == [
        ".dateline",
        ".body .align-left",
        ".body .align-right",
    ]
