"""`microfiche due`: whether an embargo has ended since the last publication."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from microfiche.commands.orders import public_output_option


@click.command()
@public_output_option("that was published")
@click.pass_context
def due(ctx: click.Context, output: Path) -> None:
    """Say whether an embargo has ended since the last publication.

    Nothing is built: one small file is read. The exit code is 0 if something is due, 1 if nothing
    is, and 2 if that cannot be known, for nothing was published from here.
    """
    from microfiche.publish import due as calendar
    from microfiche.settings import state_of

    try:
        moment = calendar.moment(state_of(output.resolve()))
    except (OSError, ValueError):
        click.echo(f"nothing is known of {output.name}: publish first", err=True)
        ctx.exit(2)
    if moment is None:
        click.echo("not due: no story is under embargo")
        ctx.exit(1)
    ended = moment <= datetime.now(UTC)
    click.echo(f"{'due since' if ended else 'not due before'} {moment:%Y-%m-%d %H:%M %Z}".rstrip())
    ctx.exit(0 if ended else 1)
