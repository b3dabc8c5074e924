"""The command `microfiche`, beside `pelican`, which builds; one module a command."""

from __future__ import annotations

import click

from microfiche import __version__
from microfiche.commands.due import due
from microfiche.commands.explain import explain
from microfiche.commands.messages import messages
from microfiche.commands.ping import ping
from microfiche.commands.publish import publish
from microfiche.commands.serve import serve
from microfiche.commands.verify import verify

COMMANDS = (serve, publish, due, ping, explain, verify, messages)


@click.group()
@click.version_option(__version__, message="%(prog)s %(version)s")
def main() -> None:
    """Serve, publish and look into an archive that `pelican` has built with Microfiche."""


for command in COMMANDS:
    main.add_command(command)
