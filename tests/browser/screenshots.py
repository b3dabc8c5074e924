"""Pictures of the sample archive for the documents, taken by a Chromium without a window.

Usage: ``screenshots.py OUTPUT PICTURES`` with the folder of a built archive and the folder that
the pictures go to.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGES = {"front.png": "", "story.png": "2014/11/12/philae-landing/"}
"""Each picture with the page that it shows."""

SIZE = (1100, 800)
"""Width and height of a picture in pixels."""

LIMIT = 200_000
"""Bytes that a picture may have: every clone carries them."""

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    f"--window-size={SIZE[0]},{SIZE[1]}",
)


class _Silent(SimpleHTTPRequestHandler):
    """Serves files without a word about each."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(output: Path) -> Iterator[str]:
    """The address of a server on this machine, at a free port, of the archive in ``output``."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(output))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def find_browser() -> str | None:
    """The path of a Chromium, if there is one."""
    return next(filter(None, map(shutil.which, _BROWSERS)), None)


def take(browser: str, address: str, picture: Path) -> None:
    """Take a picture of the page at ``address``."""
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser,
            *_OPTIONS,
            f"--user-data-dir={profile}",
            f"--screenshot={picture}",
            address,
        ]
        result = subprocess.run(command, check=False, capture_output=True, timeout=120)
    if result.returncode or not picture.is_file():
        sys.exit(f"{browser} took no picture of {address}: {result.stderr.decode()[-500:]}")


def main(output: Path, pictures: Path) -> None:
    """Take all pictures; end with one line where that cannot be done."""
    browser = find_browser()
    if not browser:
        sys.exit(f"No Chromium: install one that is called {', '.join(_BROWSERS)}")
    for page in PAGES.values():
        if not (output / page / "index.html").is_file():
            sys.exit(f"{output} has no page /{page}: build the sample archive into it")
    with served(output) as site:
        for name, page in PAGES.items():
            take(browser, site + page, pictures / name)
            size = (pictures / name).stat().st_size
            if size > LIMIT:
                sys.exit(f"{name} has {size:,} bytes: make SIZE smaller, to keep within {LIMIT:,}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]).resolve())
