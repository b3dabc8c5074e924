"""Stock Pelican with its own simple theme, made to write the pages that Microfiche writes.

Its own addresses of a list's further pages clash (page 19 of the tag covid is the tag covid19), so
each list has a folder.
"""

SITENAME = "The Benchmark"
SITEURL = "https://news.example"
PATH = "content"
TIMEZONE = "UTC"
SLUGIFY_SOURCE = "basename"
PLUGINS: list[str] = []
THEME = "simple"

ARTICLE_URL = "{date:%Y}/{date:%m}/{date:%d}/{slug}/"
ARTICLE_SAVE_AS = f"{ARTICLE_URL}index.html"
YEAR_ARCHIVE_URL = "{date:%Y}/"
YEAR_ARCHIVE_SAVE_AS = f"{YEAR_ARCHIVE_URL}index.html"
MONTH_ARCHIVE_URL = "{date:%Y}/{date:%m}/"
MONTH_ARCHIVE_SAVE_AS = f"{MONTH_ARCHIVE_URL}index.html"
DAY_ARCHIVE_URL = "{date:%Y}/{date:%m}/{date:%d}/"
DAY_ARCHIVE_SAVE_AS = f"{DAY_ARCHIVE_URL}index.html"
ARCHIVES_SAVE_AS = "archive/index.html"

TAG_URL = "tag/{slug}/"
TAG_SAVE_AS = f"{TAG_URL}index.html"
TAGS_SAVE_AS = "tags/index.html"
CATEGORY_URL = "section/{slug}/"
CATEGORY_SAVE_AS = f"{CATEGORY_URL}index.html"
CATEGORIES_SAVE_AS = "sections/index.html"
AUTHOR_URL = "byline/{slug}/"
AUTHOR_SAVE_AS = f"{AUTHOR_URL}index.html"
AUTHORS_SAVE_AS = "bylines/index.html"

DEFAULT_PAGINATION = 30
PAGINATION_PATTERNS = [
    (1, "{base_name}/", "{base_name}/index.html"),
    (2, "{base_name}/page/{number}/", "{base_name}/page/{number}/index.html"),
]

FEED_ALL_RSS = "feed.xml"
TAG_FEED_RSS = "tag/{slug}/feed.xml"
CATEGORY_FEED_RSS = "section/{slug}/feed.xml"
FEED_ALL_ATOM = None
CATEGORY_FEED_ATOM = None
TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = None
AUTHOR_FEED_RSS = None
FEED_MAX_ITEMS = 30
RSS_FEED_SUMMARY_ONLY = False
