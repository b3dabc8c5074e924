"""Settings of the sample archive. Copy this file to start an archive of your own."""

import microfiche

SITENAME = "The Microfiche Sample Archive"
SITEURL = "https://archive.example"  # the public address goes into publishconf.py

PATH = "content"
STATIC_PATHS = ["images"]
SLUGIFY_SOURCE = "basename"  # a story's address comes from its file's name, not its headline

TIMEZONE = "UTC"  # the zone of every date written without an offset
DEFAULT_LANG = "en"

PLUGINS = ["microfiche"]
THEME = microfiche.THEME
