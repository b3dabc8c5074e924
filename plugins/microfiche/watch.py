"""Watching for changes, in place of Pelican's own.

Pelican begins to watch when a build is done, and sees nothing of what is edited before that. Here
it begins before the build, so that whatever the build has not seen calls for another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import watchfiles
from pelican.utils import FileChangeFilter

_MOMENT = 200  # milliseconds

Changes = set[tuple[watchfiles.Change, str]]


class Watch:
    """One watch over settings, theme and content; it goes on while builds run."""

    def __init__(self) -> None:
        self._watched: tuple[str, ...] = ()
        self._changes: Iterator[Changes] = iter(())

    def begin(self, settings_file: str, conf: Mapping[str, Any]) -> None:
        """Watch what a build depends on, from now on."""
        watched = _watched(settings_file, conf)
        if watched == self._watched:
            return
        ignored = FileChangeFilter(ignore_file_patterns=conf["IGNORE_FILES"])
        self._changes = watchfiles.watch(
            *watched, watch_filter=ignored, rust_timeout=_MOMENT, yield_on_timeout=True
        )
        next(self._changes)  # it is not under way before
        self._watched = watched

    def wait(self, settings_file: str, conf: Mapping[str, Any]) -> Changes:
        """What has changed since this was last asked; not before something has."""
        self.begin(settings_file, conf)
        settings = str(Path(settings_file).absolute())
        begun, self._watched = self._watched, ()
        changes = next(filter(None, self._changes))
        if all(path != settings for _, path in changes):
            self._watched = begun  # else an editor may have put another file in its place
        return changes


def _watched(settings_file: str, conf: Mapping[str, Any]) -> tuple[str, ...]:
    """What there is of the places that a build reads."""
    overrides = [Path(path) for path in conf["THEME_TEMPLATES_OVERRIDES"]]
    words = (folder.parent / "languages" for folder in overrides)
    places = (settings_file, conf["THEME"], *overrides, *words, conf["PATH"])
    return tuple(str(path) for path in map(Path.absolute, map(Path, places)) if path.exists())
