"""Microfiche: static news archives, as a Pelican plugin.

``PLUGINS = ["microfiche"]`` and ``THEME = microfiche.THEME`` turn a Pelican site into an archive.
"""

from __future__ import annotations

import sys
from pathlib import Path

__version__ = "0.1.0"

_packaged = Path(__file__).parent / "theme"

THEME = str(_packaged if _packaged.is_dir() else Path(__file__).parents[2] / "theme")
"""The theme's folder: inside the package when installed, at the top of a source checkout."""


def register() -> None:
    """Connect to Pelican; called by Pelican once for each plugin in ``PLUGINS``."""
    try:
        from microfiche import hooks  # Pelican is slow to import: cheap commands do without
    except ImportError as error:
        # Pelican would note it and go on with a build of its own, into the same output.
        sys.exit(f"error: Microfiche cannot be loaded: {error}; install it with its requirements")
    hooks.connect()
