"""`microfiche verify`: whether the output is, byte for byte, what a clean build makes."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from microfiche.commands.orders import (
    extra_option,
    orders_for,
    output_option,
    settings_option,
    stated_output,
    told,
)

if TYPE_CHECKING:
    from microfiche.verify import Verdict


@click.command()
@settings_option
@output_option("verify")
@click.option("-j", "--jobs", type=click.IntRange(0, 1024), help="Worker processes.")
@extra_option
@click.pass_context
def verify(
    ctx: click.Context,
    settings: Path,
    output: Path | None,
    jobs: int | None,
    extra: tuple[str, ...],
) -> None:
    """Compare the output with a clean build, byte for byte.

    The clean build is made beside the output, as of the moment of the last build, and removed. The
    exit code is 1 if a file is missing, different or left over. Files that no build wrote are
    listed as foreign, and are no error.
    """
    from microfiche.report import Report
    from microfiche.verify import verify as verified

    if jobs is not None:
        extra = (*extra, f"ARCHIVE_JOBS={jobs}")
    with told():
        folder = output.resolve() if output else stated_output(settings)
        orders = orders_for(settings, folder, extra)
    with told("Nothing was compared.", orders.settings.content.name), _terminable():
        verdict = verified(orders, Report(content=orders.settings.content.name))
    _tell(verdict, folder.name)
    ctx.exit(0 if verdict.sound else 1)


@contextmanager
def _terminable() -> Iterator[None]:
    """Inside, who is asked to end tidies up first."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _tell(verdict: Verdict, output: str) -> None:
    from microfiche.report import printable

    groups = {
        "missing": verdict.missing,
        "different": verdict.different,
        "left over": verdict.left,
        "foreign": verdict.foreign,
    }
    for name, paths in groups.items():
        for path in paths:
            click.echo(printable(f"{name}: {output}/{path}"))
    if verdict.sound:
        click.echo(f"{verdict.count:,} files, all as a clean build makes them")
        return
    *found, _ = [f"{len(paths):,} {name}" for name, paths in groups.items()]
    click.echo(f"not as a clean build makes it: {', '.join(found)}, of {verdict.count:,} files")
    click.echo("what was edited since the last build counts as different: build first")
