"""Microfiche as it comes."""

import microfiche

SITENAME = "The Benchmark"
SITEURL = "https://news.example"
PATH = "content"
TIMEZONE = "UTC"
SLUGIFY_SOURCE = "basename"
PLUGINS = ["microfiche"]
THEME = microfiche.THEME
