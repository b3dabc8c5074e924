"""`microfiche messages`: what there is to translate, brought into catalogs of the interface."""

from __future__ import annotations

from pathlib import Path

import click

from microfiche.commands.orders import settings_option, template_folders, told


@click.command()
@click.argument(
    "catalogs",
    metavar="CATALOG...",
    nargs=-1,
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
)
@settings_option
def messages(catalogs: tuple[Path, ...], settings: Path) -> None:
    """Bring catalogs of the interface's words up to date, or start them.

    CATALOG is a file such as languages/pl.po, named after its language. What the templates and
    Microfiche say is added to it without a translation; what they say no longer is taken out.
    """
    from jinja2 import TemplateSyntaxError

    from microfiche.messages import everything, updated

    with told():
        try:
            found = everything(template_folders(settings))
        except TemplateSyntaxError as error:
            raise click.ClickException(f"{error.name}:{error.lineno}: {error.message}") from None
        for path in catalogs:
            text = updated(path, found)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
