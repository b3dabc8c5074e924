"""Settings of the sample archive. Copy this file to start an archive of your own."""

import microfiche

SITENAME = "The Microfiche Sample Archive"
SITEURL = "https://archive.example"  # a valid feed needs a full address; publishconf.py has its own

PATH = "content"
STATIC_PATHS = ["images"]
SLUGIFY_SOURCE = "basename"  # a story's address comes from its file's name, not its headline

TIMEZONE = "UTC"  # the zone of every date written without an offset
DEFAULT_LANG = "en-gb"  # decides how dates are written: 1 November 2024

PLUGINS = ["microfiche"]
THEME = microfiche.THEME

ARCHIVE_API = True  # the archive as JSON, for scripts: one file more a story
