"""`microfiche explain`: what a file of the output is made from, and why it was last made."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from microfiche.commands.orders import (
    extra_option,
    orders_for,
    settings_option,
    stated_output,
    told,
)

if TYPE_CHECKING:
    from microfiche.explain import Explanation

_SHOWN = 10


@click.command()
@click.argument(
    "paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@settings_option
@extra_option
@click.pass_context
def explain(
    ctx: click.Context, paths: tuple[Path, ...], settings: Path, extra: tuple[str, ...]
) -> None:
    """Say what files of the output are made from, and why.

    PATH is a file or a folder of the output. The exit code is 1 if no build wrote one of them.
    """
    from microfiche.explain import Explainer, located

    explainers: dict[Path, Explainer] = {}
    strangers = 0
    with told(), ExitStack() as stack:
        for path in paths:
            output, inside = located(path) or (stated_output(settings), path.as_posix().strip("/"))
            if output not in explainers:
                made = Explainer(orders_for(settings, output, extra))
                explainers[output] = stack.enter_context(closing(made))
            explainer = explainers[output]
            found = explainer.explain(inside)
            if found:
                _tell([f"{output.name}/{found.path}", *_lines(found, explainer.content)])
            else:
                strangers += 1
                nearest = explainer.nearest(inside)
                known = f"; the nearest that one did is {output.name}/{nearest}" if nearest else ""
                _tell([f"{path}: no build wrote it{known}"])
    ctx.exit(1 if strangers else 0)


def _tell(lines: list[str]) -> None:
    from microfiche.report import printable

    for line in lines:
        click.echo(printable(line))


def _lines(found: Explanation, content: str) -> list[str]:
    """An explanation in two columns; ``content`` is what the sources' folder is called."""
    rows = [
        ("kind", [f"{found.kind}: {found.key}" if found.key and not found.sources else found.kind]),
        ("source", [f"{content}/{path}" for path in found.sources]),
        ("template", list(found.templates[:1])),
        ("draws on", [", ".join(found.templates[1:])] if found.templates[1:] else []),
        (_count(len(found.stories), "story", "stories"), _some(found.stories, content)),
        (_count(len(found.files), "file", "files"), _some(found.files, content)),
        ("leads to", [_count(found.pages, "other page", "other pages")] if found.pages else []),
        ("last made", [f"because {found.reason}"]),
        ("next", [found.fate] if found.fate else []),
    ]
    rows = [(label, values) for label, values in rows if values]
    width = max(len(label) for label, _ in rows)
    return [
        f"  {label if at == 0 else '':{width}}  {value}"
        for label, values in rows
        for at, value in enumerate(values)
    ]


def _some(paths: tuple[str, ...], content: str) -> list[str]:
    shown = [f"{content}/{path}" for path in paths[:_SHOWN]]
    more = len(paths) - len(shown)
    return [*shown, f"and {more:,} more"] if more else shown


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
