"""`microfiche verify`: whether files are as they were built, or as they were published."""

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
    stated_output,
    told,
)

if TYPE_CHECKING:
    from microfiche.publish.integrity import Findings
    from microfiche.verify import Verdict


@click.command()
@click.argument(
    "folder",
    metavar="[FOLDER]",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=False,
    default=None,
)
@click.option(
    "-s",
    "--settings",
    type=click.Path(dir_okay=False, path_type=Path),
    default="pelicanconf.py",
    show_default=True,
    help="The settings of the archive, for a clean build.",
)
@output_option("compare with a clean build")
@click.option(
    "-m",
    "--manifest",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The release manifest of FOLDER, if not the one beside it.",
)
@click.option("-j", "--jobs", type=click.IntRange(0, 1024), help="Worker processes.")
@extra_option
@click.pass_context
def verify(  # noqa: PLR0913, PLR0917 - one for each option
    ctx: click.Context,
    folder: Path | None,
    settings: Path,
    output: Path | None,
    manifest: Path | None,
    jobs: int | None,
    extra: tuple[str, ...],
) -> None:
    """Say whether a publication is whole, or whether the output is what a clean build makes.

    With FOLDER, which is a publication such as public or a bag, every file is compared with the
    release manifest, and nothing is built. The exit code is 1 if a file is missing, corrupted or
    foreign, or cannot be read.

    Without FOLDER, a clean build is made beside the output, as of the moment of the last build,
    compared with it byte for byte, and removed. The exit code is 1 if a file is missing, different
    or left over. Files that no build wrote are listed as foreign, and are no error.
    """
    if folder:
        if output or extra:
            raise click.UsageError("-o and -e are for a clean build: leave them out with FOLDER")
        sound = _verify_release(folder, manifest, jobs or 0)
    elif manifest:
        raise click.UsageError("-m needs FOLDER, the publication that the manifest is of")
    elif not settings.is_file():
        raise click.UsageError(f"there is no {settings}: name a file with -s, or a publication")
    else:
        if jobs is not None:
            extra = (*extra, f"ARCHIVE_JOBS={jobs}")
        sound = _verify_build(settings, output, extra)
    ctx.exit(0 if sound else 1)


def _verify_release(folder: Path, manifest: Path | None, jobs: int) -> bool:
    from microfiche.publish.integrity import check, holding_of
    from microfiche.report import Report
    from microfiche.settings import processors

    with told("Nothing was compared."):
        found = check(holding_of(folder, manifest), jobs or processors(), Report())
    _tell_breaches(found)
    return not found.breaches


def _tell_breaches(found: Findings) -> None:
    from collections import Counter

    from microfiche.report import printable

    for breach in found.breaches:
        why = f" ({breach.why})" if breach.why else ""
        click.echo(printable(f"{breach.what}: {breach.path}{why}"))
    if not found.breaches:
        click.echo(f"{found.files:,} files, all as they were published, and no other")
        return
    counts = Counter(breach.what for breach in found.breaches)
    told = ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items()))
    click.echo(f"not as it was published: {told}; the release has {found.files:,} files")


def _verify_build(settings: Path, output: Path | None, extra: tuple[str, ...]) -> bool:
    from microfiche.report import Report
    from microfiche.verify import verify as verified

    with told():
        folder = output.resolve() if output else stated_output(settings)
        orders = orders_for(settings, folder, extra)
    with told("Nothing was compared.", orders.settings.content.name), _terminable():
        verdict = verified(orders, Report(content=orders.settings.content.name))
    _tell(verdict, folder.name)
    return verdict.sound


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
