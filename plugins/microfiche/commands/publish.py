"""`microfiche publish`: a build for the public address, and the ledger of what is published."""

from __future__ import annotations

import time
from pathlib import Path

import click

from microfiche.commands.orders import (
    extra_option,
    fresh_orders,
    public_output_option,
    public_settings_option,
    told,
)


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
    from microfiche.publish.publication import publish as published
    from microfiche.report import Report, accounts, summary
    from microfiche.scan import LEDGER

    begun = time.monotonic()
    with told():
        orders = fresh_orders(settings, output.resolve(), content, extra)
    report = Report(content=orders.settings.content.name)
    with told("Nothing was published.", orders.settings.content.name):
        outcome, new = published(orders, report)
    report.findings(outcome.findings)
    report.say(accounts(outcome.counts))
    report.say(summary(outcome.counts, time.monotonic() - begun, outcome.next_embargo))
    ledger = f"{orders.settings.content.name}/{LEDGER}"
    report.say(f"{new:,} new {'address' if new == 1 else 'addresses'} in {ledger}")
