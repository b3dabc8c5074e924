"""What a command is told: the settings that `pelican` would take, as the last build took them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from microfiche.workers import Orders


def _settings_option(default: str, means: str) -> Callable[..., Any]:
    return click.option(
        "-s",
        "--settings",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        default=default,
        show_default=True,
        help=means,
    )


settings_option = _settings_option("pelicanconf.py", "The settings of the archive.")
public_settings_option = _settings_option("publishconf.py", "The settings for the public address.")
extra_option: Callable[..., Any] = click.option(
    "-e",
    "--extra-settings",
    "extra",
    multiple=True,
    metavar="KEY=VALUE",
    help="A setting in place of the file's; VALUE is JSON, as for pelican -e.",
)


def output_option(verb: str) -> Callable[..., Any]:
    """The option that names the output; ``verb`` is what the command does to it."""
    return click.option(
        "-o",
        "--output",
        type=click.Path(file_okay=False, path_type=Path),
        help=f"The folder to {verb}, if not the one that the settings name.",
    )


def public_output_option(what: str) -> Callable[..., Any]:
    """The option that names the output that is published; ``what`` says what the folder is."""
    return click.option(
        "-o",
        "--output",
        type=click.Path(file_okay=False, path_type=Path),
        default="public",
        show_default=True,
        help=f"The folder {what}.",
    )


@contextmanager
def told(outcome: str = "", content: str = "content") -> Iterator[None]:
    """Say in words what ends a command, and end it with exit code 1.

    ``outcome`` is what is said last; ``content`` is what the sources' folder is called.
    """
    from microfiche.errors import MicroficheError
    from microfiche.report import Report

    try:
        yield
    except MicroficheError as error:
        report = Report(content=content)
        report.findings(error.problems)
        if error.outcome or outcome:
            report.say(error.outcome or outcome)
        raise SystemExit(1) from None


def stated_output(settings: Path) -> Path:
    """The output folder that a settings file names, Pelican's own where it names none."""
    from pelican.settings import get_settings_from_file

    with _read(settings):
        stated = get_settings_from_file(str(settings)).get("OUTPUT_PATH")
    return (Path(settings.parent, stated) if stated else Path("output")).resolve()


def template_folders(settings: Path) -> tuple[Path, ...]:
    """The folders of templates that a settings file names, the owner's before the theme's."""
    from pelican.settings import read_settings

    from microfiche.settings import template_folders

    with _read(settings):
        return template_folders(read_settings(str(settings)))


def orders_for(settings: Path, output: Path, extra: tuple[str, ...] = ()) -> Orders:
    """What a build into ``output`` is told now: its content folder is the last build's.

    Raises:
        MicroficheError: when the settings cannot be used, or there has been no build.
    """
    from microfiche.catalog.outputs import Outputs
    from microfiche.settings import state_of

    outputs = Outputs(state_of(output) / "catalog.sqlite")
    content = outputs.meta("content")
    outputs.close()
    return fresh_orders(settings, output, Path(content), extra)


def fresh_orders(
    settings: Path, output: Path, content: Path | None, extra: tuple[str, ...] = ()
) -> Orders:
    """What a build into ``output`` is told, whatever was built before.

    ``content`` is the folder of stories, None for the one that the settings name.

    Raises:
        MicroficheError: when the settings cannot be used.
    """
    import pelican

    from microfiche import hooks

    words = [*([str(content)] if content else []), "-s", str(settings), "-o", str(output)]
    words += ["-e", *extra]
    with _read(settings):
        _, conf = pelican.get_instance(pelican.parse_arguments(words))
    return hooks.orders_for(conf)


@contextmanager
def _read(settings: Path) -> Iterator[None]:
    """Say which file is at fault, whatever the owner's own code raises."""
    try:
        yield
    except Exception as error:
        raise click.ClickException(f"{settings}: {type(error).__name__}: {error}") from error
