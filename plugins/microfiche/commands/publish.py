"""`microfiche publish`: a build for the public address, and the ledger of what is published."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from microfiche.commands.orders import (
    extra_option,
    fresh_orders,
    public_output_option,
    public_settings_option,
    told,
)

if TYPE_CHECKING:
    from microfiche.publish.manifest import Difference, Release

_SHOWN = 20


@click.command()
@public_settings_option
@public_output_option("to build into")
@click.argument(
    "content", type=click.Path(file_okay=False, path_type=Path), required=False, default=None
)
@extra_option
def publish(content: Path | None, settings: Path, output: Path, extra: tuple[str, ...]) -> None:
    """Build for publication, and write down in the ledger what is published.

    CONTENT is the folder of stories, if not the one that the settings name. The exit code is 1,
    and nothing is changed, if an address that was published would lead nowhere, or a story is
    broken.
    """
    from microfiche.publish.bag import CHANGES, bag_of
    from microfiche.publish.publication import publish as published
    from microfiche.report import Report, accounts, printable, summary
    from microfiche.scan import LEDGER

    begun = time.monotonic()
    with told():
        orders = fresh_orders(settings, output.resolve(), content, extra)
    report = Report(content=orders.settings.content.name)
    with told("Nothing was published.", orders.settings.content.name):
        outcome, new, release, found = published(orders, report)
    report.findings(outcome.findings)
    report.say(accounts(outcome.counts))
    report.say(summary(outcome.counts, time.monotonic() - begun, outcome.next_embargo))
    ledger = f"{orders.settings.content.name}/{LEDGER}"
    report.say(f"{new:,} new {'address' if new == 1 else 'addresses'} in {ledger}")
    for line in _told(release, found, f"{bag_of(output).name}/{CHANGES}"):
        report.say(printable(line))


def _told(release: Release, found: Difference, changes: str) -> list[str]:
    """The release, and what became of the files of the last one; the first few are named."""
    lines = found.text().splitlines() if len(found.added) < len(release) else []
    shown = ["  ".join(line.split("\t")) for line in lines[:_SHOWN]]
    more = len(lines) - len(shown)
    head = f"release {release.digest[:12]} of {len(release):,} files: {found.summary()}"
    return [head, *shown, *([f"and {more:,} more in {changes}"] if more else [])]
