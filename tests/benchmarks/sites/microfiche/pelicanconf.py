"""Microfiche with the pages that Hugo and Pelican make too."""

import microfiche

SITENAME = "The Benchmark"
SITEURL = "https://news.example"
PATH = "content"
TIMEZONE = "UTC"
SLUGIFY_SOURCE = "basename"
PLUGINS = ["microfiche"]
THEME = microfiche.THEME
DAY_ARCHIVE_SAVE_AS = False
ON_THIS_DAY_SAVE_AS = ""
ON_THIS_DAYS_SAVE_AS = ""
ARCHIVE_FEEDS = {
    "archive": ["rss"],
    "section": ["rss"],
    "tag": ["rss"],
    "byline": [],
    "story": [],
    "history": [],
}
