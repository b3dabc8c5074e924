"""All page kinds, in the order in which their files are published.

What pages need comes first, then stories, then what leads to them, feeds and sitemaps last: a
reader never meets a link to something that is not there yet.
"""

from __future__ import annotations

from microfiche.addresses import TERM_KINDS
from microfiche.pages.api import (
    ApiArchive,
    ApiDescription,
    ApiMonths,
    ApiStories,
    ApiTermList,
    ApiTerms,
    ApiYears,
)
from microfiche.pages.calendar import Archive, Days, Months, Years
from microfiche.pages.corrections import CorrectionPeriods, Corrections
from microfiche.pages.entries import Entries
from microfiche.pages.feeds import ArchiveFeed, TermFeeds
from microfiche.pages.front import Front, NotFound
from microfiche.pages.history import History
from microfiche.pages.hosts import hosts
from microfiche.pages.kind import PageKind
from microfiche.pages.languages import LanguageFeeds, LanguageFronts
from microfiche.pages.oembed import Oembed
from microfiche.pages.on_this_day import OnThisDay, OnThisDays
from microfiche.pages.pictures import Renditions
from microfiche.pages.redirects import Redirects
from microfiche.pages.running import RunningStories
from microfiche.pages.sitemaps import (
    ListSitemap,
    NewsSitemap,
    Robots,
    SitemapIndex,
    YearSitemaps,
)
from microfiche.pages.sources import SourceIndex, SourceLetters, SourcePeriods, Sources
from microfiche.pages.statics import Attachments, Statics, Style, ThemeFiles
from microfiche.pages.story import OrdinaryPages, StoryPages
from microfiche.pages.subscriptions import AboutFeeds, FeedList
from microfiche.pages.terms import TermIndex, TermPeriods, Terms
from microfiche.settings import Settings
from microfiche.theme import Theme


def kinds(settings: Settings, theme: Theme) -> tuple[PageKind, ...]:
    """Every page kind of the archive."""
    addresses, site = settings.reading.addresses, settings.site
    entries = Entries()
    return (
        Style(theme),
        ThemeFiles(theme),
        Statics(),
        Attachments(),
        Renditions(settings.pictures),
        StoryPages(site),
        Oembed(site),
        ApiStories(addresses, site),
        OrdinaryPages(site),
        NotFound(addresses),
        Days(addresses),
        Months(addresses),
        Years(addresses),
        OnThisDay(addresses),
        *(TermPeriods(kind, addresses, site.page_size) for kind in TERM_KINDS),
        *(Terms(kind, addresses, site.page_size) for kind in TERM_KINDS if kind != "story"),
        RunningStories("story", addresses, site.page_size),
        SourcePeriods("source", addresses, site.page_size),
        Sources("source", addresses, site.page_size),
        SourceLetters(addresses, site.page_size),
        SourceIndex("source", addresses, site.page_size),
        CorrectionPeriods(addresses, site.page_size),
        Corrections(addresses, site.page_size),
        *(TermIndex(kind, addresses, site.page_size) for kind in TERM_KINDS),
        OnThisDays(addresses),
        Archive(addresses),
        AboutFeeds(addresses, site),
        LanguageFronts(addresses, site),
        Front(addresses, site.page_size),
        *(TermFeeds(kind, addresses, site, entries) for kind in TERM_KINDS),
        LanguageFeeds(addresses, site, entries),
        History(addresses, site),
        ArchiveFeed("archive", addresses, site, entries),
        FeedList(addresses, site),
        ApiMonths(addresses, site),
        ApiYears(addresses, site),
        *(ApiTerms(kind, addresses, site) for kind in TERM_KINDS),
        *(ApiTermList(kind, addresses, site) for kind in TERM_KINDS),
        ApiArchive(addresses, site),
        ApiDescription(addresses, site),
        YearSitemaps(addresses, site),
        ListSitemap(addresses, site),
        NewsSitemap(addresses, site),
        SitemapIndex(addresses, site),
        Robots(addresses, site),
        Redirects(),
        *hosts(settings, theme),
    )
