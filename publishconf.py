"""Settings for the public address: those of pelicanconf.py, and what differs from them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from pelicanconf import *

SITEURL = "https://archive.example"  # write the real public address here
ARCHIVE_PUBLIC = True  # a build that would lose a published address stops
