"""`microfiche ping`: tell hubs which feeds changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from microfiche.commands.orders import (
    extra_option,
    orders_for,
    public_output_option,
    public_settings_option,
    told,
)

if TYPE_CHECKING:
    from microfiche.settings import SiteSettings


@click.command()
@public_settings_option
@public_output_option("that was published")
@extra_option
@click.pass_context
def ping(ctx: click.Context, settings: Path, output: Path, extra: tuple[str, ...]) -> None:
    """Tell the hubs of ARCHIVE_HUBS which feeds changed since they were told last.

    Run it when what was built has been copied to the host. The exit code is 1 if a hub could not be
    told; it is the next time.
    """
    from microfiche.publish.pinging import Memory, PingError, feeds_of
    from microfiche.publish.pinging import ping as tell
    from microfiche.report import printable

    with told():
        known = orders_for(settings, output.resolve(), extra).settings
        _check(known.site)
        feeds = feeds_of(known.state, known.site.url)
    memory, failed = Memory(known.state), False
    for hub in known.site.hubs:
        try:
            count = tell(hub, feeds, memory)
        except PingError as error:
            click.echo(printable(f"{hub}: {error}"), err=True)
            failed = True
        else:
            click.echo(f"{hub}: {count:,} changed {'feed' if count == 1 else 'feeds'} announced")
    ctx.exit(1 if failed else 0)


def _check(site: SiteSettings) -> None:
    if not site.hubs:
        raise click.ClickException("there is no hub to tell; name one in ARCHIVE_HUBS")
    if not site.url:
        raise click.ClickException("feeds have no address; set SITEURL to the public one")
