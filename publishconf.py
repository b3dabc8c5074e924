"""Settings for the archive's public address: the sample's own, and what differs from them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from pelicanconf import *

SITEURL = "https://archive.example"
