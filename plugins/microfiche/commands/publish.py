"""`microfiche publish`: a build for the public address, the ledger, and the way to the host."""

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
    from microfiche.publish.publication import Published
    from microfiche.publish.targets.target import Target
    from microfiche.report import Report
    from microfiche.settings import Settings

_SHOWN = 20


@click.command()
@public_settings_option
@public_output_option("to build into")
@click.argument("target", required=False, default="")
@click.option(
    "--content",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of stories, if not the one that the settings name.",
)
@click.option("--dry-run", "rehearse", is_flag=True, help="Build, and say what would be sent.")
@click.option("--rollback", is_flag=True, help="Serve the former release again; nothing is built.")
@click.option("--allow-shrink", is_flag=True, help="Let more than a fifth of the site vanish.")
@click.option("--allow-dead-links", is_flag=True, help="Let links lead nowhere.")
@click.option("--adopt", is_flag=True, help="Replace files of others at the target.")
@extra_option
def publish(  # noqa: PLR0913 - click hands over each option
    target: str,
    content: Path | None,
    settings: Path,
    output: Path,
    extra: tuple[str, ...],
    *,
    rehearse: bool,
    rollback: bool,
    adopt: bool,
    allow_shrink: bool,
    allow_dead_links: bool,
) -> None:
    """Build for publication, write down in the ledger what is published, and put it on its host.

    TARGET is folder:PATH, rsync:HOST:PATH, s3:BUCKET/PREFIX, git:REMOTE#BRANCH or
    rclone:REMOTE:PATH; without it, ARCHIVE_PUBLISH_TO says where, and where that is not set either,
    nothing is sent. The exit code is 1, and nothing is changed, if an address that was published
    would lead nowhere, or a story is broken.
    """
    from microfiche.publish.gates import Leave
    from microfiche.publish.publication import Errand
    from microfiche.publish.publication import publish as published
    from microfiche.report import Report

    begun = time.monotonic()
    with told():
        orders = fresh_orders(settings, output.resolve(), content, extra)
        place = _target(target, settings, orders.settings)
    if not place and (rehearse or rollback or adopt):
        raise click.UsageError("name a TARGET, or set ARCHIVE_PUBLISH_TO")
    report = Report(content=orders.settings.content.name)
    if place and rollback:
        _roll_back(place, report)
        return
    errand = Errand(place, adopt, rehearse) if place else None
    with told("Nothing was published.", orders.settings.content.name):
        done = published(orders, report, errand, Leave(allow_shrink, allow_dead_links))
    _summarise(done, report, orders.settings, time.monotonic() - begun, rehearse=rehearse)


def _target(text: str, file: Path, settings: Settings) -> Target | None:
    """The target that was typed, or else that of the settings; None where there is none."""
    from microfiche.publish.targets import target
    from microfiche.publish.targets.target import Surroundings

    base = Path.cwd() if text else file.resolve().parent
    text = text or settings.publish_to
    around = Surroundings(
        settings.output, settings.content, settings.state, base, settings.releases
    )
    return target(text, around) if text else None


def _roll_back(place: Target, report: Report) -> None:
    from microfiche.publish.delivery import roll_back
    from microfiche.report import printable

    with told("Nothing was changed."):
        report.say(printable(roll_back(place)))


def _summarise(
    done: Published, report: Report, settings: Settings, seconds: float, *, rehearse: bool
) -> None:
    from microfiche.publish.bag import CHANGES, bag_of
    from microfiche.report import accounts, printable, summary
    from microfiche.scan import LEDGER

    outcome, new, release, found, delivery = done
    report.findings(outcome.findings)
    report.say(accounts(outcome.counts))
    report.say(summary(outcome.counts, seconds, outcome.next_embargo))
    if not rehearse:
        ledger = f"{settings.content.name}/{LEDGER}"
        report.say(f"{new:,} new {'address' if new == 1 else 'addresses'} in {ledger}")
    for line in _told(release, found, f"{bag_of(settings.output).name}/{CHANGES}"):
        report.say(printable(line))
    if delivery:
        report.say(printable(delivery.summary()))


def _told(release: Release, found: Difference, changes: str) -> list[str]:
    """The release, and what became of the files of the last one; the first few are named."""
    lines = found.text().splitlines() if len(found.added) < len(release) else []
    shown = ["  ".join(line.split("\t")) for line in lines[:_SHOWN]]
    more = len(lines) - len(shown)
    head = f"release {release.digest[:12]} of {len(release):,} files: {found.summary()}"
    return [head, *shown, *([f"and {more:,} more in {changes}"] if more else [])]
