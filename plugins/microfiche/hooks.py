"""The only module that connects Pelican's signals: Pelican configures, Microfiche builds."""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pelican
from pelican import Pelican, signals
from pelican.readers import BaseReader
from pelican.settings import DEFAULT_CONFIG

from microfiche import program, settings
from microfiche.build import build
from microfiche.errors import BrokenStoriesError, HalfwayError, MicroficheError, StorageError
from microfiche.refusals import refusal
from microfiche.report import Report, accounts, summary
from microfiche.watch import Watch
from microfiche.workers import Orders

_INTERRUPTED = 130  # as shells have it: 128 and the number of the signal

_watch = Watch()


def connect() -> None:
    """Have Pelican hand its builds to us."""
    signals.initialized.connect(take_over)


def take_over(site: Pelican) -> None:
    """Put our build in place of Pelican's; its command line and server stay as they are.

    Its spinner goes, for it would write over our progress, and its watch is kept open.
    """
    vars(site)["run"] = partial(run, site)
    vars(pelican.console)["status"] = _no_status
    vars(pelican)["wait_for_changes"] = _watch.wait


def run(site: Pelican) -> None:
    """Build the site; a failure is told in words, and ends the process unless it watches."""
    report = Report(content=Path(site.settings["PATH"]).name)
    settings_file = _watched_settings()
    if settings_file:
        _watch.begin(settings_file, site.settings)
    try:
        well = _build(site, report)
    except KeyboardInterrupt:
        if settings_file:
            raise
        report.say("Interrupted: the next build finishes what this one began.")
        sys.exit(_INTERRUPTED)
    if not well and not settings_file:
        sys.exit(1)
    signals.finalized.send(site)


def orders_for(conf: Mapping[str, Any]) -> Orders:
    """What a build is told, from Pelican's settings.

    Raises:
        SettingsError: with every problem there is.
        StorageError: when the theme's folder cannot be read.
    """
    try:
        loaded = settings.load(conf, DEFAULT_CONFIG, suffixes(conf), datetime.now(UTC))
    except OSError as error:
        raise StorageError([refusal(error)]) from error
    return Orders(loaded, conf, program.digest())


def suffixes(conf: Mapping[str, Any]) -> tuple[str, ...]:
    """File endings that a reader is enabled for."""
    stated = conf.get("READERS") or {}
    found = {
        suffix: reader
        for reader in BaseReader.__subclasses__()
        if reader.enabled
        for suffix in reader.file_extensions
    }
    found |= stated if isinstance(stated, Mapping) else {}  # which is reported in its place
    return tuple(sorted(suffix for suffix, reader in found.items() if reader))


def _build(site: Pelican, report: Report) -> bool:
    """Build and tell what was done; whether all was well."""
    begun = time.monotonic()
    try:
        outcome = build(orders_for(site.settings), report)
    except MicroficheError as error:
        report.findings(error.problems)
        if error.counts:
            report.say(accounts(error.counts))
        errors = sum(problem.severity == "error" for problem in error.problems)
        report.say(_failed(errors, error))
        return False
    report.findings(outcome.findings)
    report.say(accounts(outcome.counts))
    report.say(summary(outcome.counts, time.monotonic() - begun, outcome.next_embargo))
    return not outcome.broken


def _failed(errors: int, error: MicroficheError) -> str:
    found = "1 error" if errors == 1 else f"{errors:,} errors"
    if isinstance(error, HalfwayError):
        return f"{found}: the output may be partly as it was; the next build puts all into place"
    stories = isinstance(error, BrokenStoriesError)
    remedy = "; ARCHIVE_KEEP_GOING = True publishes the rest" if stories else ""
    return f"{found}: nothing was published, the output is as it was{remedy}"


@contextmanager
def _no_status(_: str) -> Iterator[None]:
    """In place of Pelican's spinner: nothing."""
    yield


def _watched_settings() -> str:
    """The settings file if Pelican watches for changes, when a broken story must not end it."""
    frame = inspect.currentframe()
    while frame:
        if frame.f_code is pelican.autoreload.__code__:
            return str(frame.f_locals["args"].settings)
        frame = frame.f_back
    return ""
