"""`microfiche serve`: the output at an address of this machine."""

from __future__ import annotations

import errno
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from microfiche.commands.orders import output_option, settings_option, stated_output

if TYPE_CHECKING:
    from microfiche.serve import Server


@click.command()
@settings_option
@output_option("serve")
@click.option(
    "-p",
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="The port; 0 takes one that is free.",
)
@click.option(
    "-b",
    "--bind",
    default="127.0.0.1",
    show_default=True,
    help="The address; 0.0.0.0 lets other machines in.",
)
def serve(settings: Path, output: Path | None, port: int, bind: str) -> None:
    """Serve the output on this machine until Ctrl-C.

    It is for looking at an archive, not for publishing it. The exit code is 1 if there is no output
    or the port is taken.
    """
    folder = output or stated_output(settings)
    if not folder.is_dir() or not any(folder.iterdir()):
        raise click.ClickException(f"there is nothing in {folder}; build first: make html")
    with _server(folder, bind, port) as server, suppress(KeyboardInterrupt):
        click.echo(f"Serving {folder.name} at {server.url} (Ctrl-C ends it)")
        server.serve_forever()


def _server(folder: Path, bind: str, port: int) -> Server:
    from microfiche.report import printable
    from microfiche.serve import Server

    def say(line: str) -> None:
        click.echo(printable(line), err=True)

    try:
        return Server(folder, bind, port, say)
    except (OSError, UnicodeError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            what = f"port {port} is taken; choose another with -p (make serve PORT=...)"
        else:
            what = f"cannot serve at {bind}, port {port}: {getattr(error, 'strerror', error)}"
        raise click.ClickException(what) from error
