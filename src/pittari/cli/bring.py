"""How does one's own data come in? `pittari import` reads files and says what became of each."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from pittari import importing, settings
from pittari.cli import project_option
from pittari.errors import DataError, Unavailable
from pittari.store import open_store

_SOME_REJECTED = 3
_NOTHING_DONE = 1


@click.group()
def command() -> None:
    """Bring in your own data from CSV, JSON lines or Parquet.

    Exit status: 0 when every row went in, 3 when some were rejected, 1 when nothing was done.
    """


def _options(function: click.decorators.FC) -> click.decorators.FC:
    for option in reversed(
        (
            click.argument(
                "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
            ),
            click.option(
                "--map",
                "map_file",
                type=click.Path(path_type=Path),
                help="TOML file that says which of their columns is which of our fields.",
            ),
            click.option(
                "--format",
                "format_name",
                type=click.Choice(importing.FORMATS),
                help="What the files are; told by their names unless said.",
            ),
            click.option("--encoding", default="", help="Encoding of text files, if not UTF-8."),
            click.option(
                "--zone", default="", help="Zone of times that name none, such as Asia/Tokyo."
            ),
            click.option("--dry-run", is_flag=True, help="Read and check all; write nothing."),
            click.option(
                "--rejects",
                type=click.Path(path_type=Path),
                help="Where rejected rows are told; FILE.rejects.jsonl unless said.",
            ),
            project_option,
        )
    ):
        function = option(function)
    return function


def _add(kind: str) -> None:
    @command.command(kind, help=f"Bring in {kind}.")
    @_options
    def run(**given: Any) -> None:
        sys.exit(_run(kind, **given))


for _kind in importing.KINDS:
    _add(_kind)


def _run(
    kind: str,
    *,
    files: tuple[Path, ...],
    map_file: Path | None,
    format_name: str | None,
    encoding: str,
    zone: str,
    dry_run: bool,
    rejects: Path | None,
    folder: Path,
) -> int:
    project = settings.project(folder)
    mapping = settings.read(map_file, importing.Mapping) if map_file else importing.Mapping()
    mapping = msgspec.structs.replace(
        mapping, zone=zone or mapping.zone, encoding=encoding or mapping.encoding
    )
    sources = [importing.examine(file, format_name or "", mapping.encoding) for file in files]
    plans = [importing.plan(kind, source, mapping) for source in sources]
    if dry_run:
        with _Bar() as bar:
            looks = [importing.look(plan, bar.told) for plan in plans]
        for report in looks:
            _tell_dry(report)
        return _status(looks, 0)
    store = open_store(project.database_url, project.lake, project.parameters)
    reports: list[importing.Report] = []
    failed = 0
    try:
        with _Bar() as bar:
            for plan in plans:
                place = rejects or plan.source.path.with_name(
                    f"{plan.source.path.name}.rejects.jsonl"
                )
                more = rejects is not None and any(report.rejected for report in reports)
                try:
                    reports.append(importing.bring(plan, store, place, bar.told, more=more))
                except (DataError, Unavailable) as error:
                    failed += 1
                    click.echo(f"pittari: {error}", err=True)
    finally:
        store.close()
    for report in reports:
        _tell(report)
    return _status(reports, failed)


def _status(reports: list[importing.Report], failed: int) -> int:
    done = any(report.read > report.rejected for report in reports)
    rejected = failed or any(report.rejected for report in reports)
    if not rejected:
        return 0
    return _SOME_REJECTED if done else _NOTHING_DONE


def _tell(report: importing.Report) -> None:
    changed = f", {report.changed:,} changed" if report.changed else ""
    click.echo(
        f"{report.file}: {report.read:,} rows: {report.new:,} new{changed},"
        f" {report.same:,} known already, {report.rejected:,} rejected"
    )
    _tell_first(report)


def _tell_dry(report: importing.Report) -> None:
    good = report.read - report.rejected
    click.echo(
        f"{report.file}: {report.read:,} rows: {good:,} would go in, {report.rejected:,} would be"
        " rejected (dry run: nothing was written)"
    )
    _tell_first(report)


def _tell_first(report: importing.Report) -> None:
    for reject in report.first:
        column = f', column "{reject.column}"' if reject.column else ""
        click.echo(
            f"  line {reject.line}{column}: expected {reject.expected}; got {reject.got}", err=True
        )
    if report.rejected > len(report.first):
        click.echo(f"  ... and {report.rejected - len(report.first):,} more", err=True)
    if report.rejects:
        click.echo(f"  all rejected rows: {report.rejects}", err=True)


class _Bar:
    """A progress bar on a terminal; silence elsewhere."""

    def __enter__(self) -> _Bar:
        self._bar: Any = None
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress

            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("reading", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def told(self, what: str, done: int, total: int) -> None:
        if self._bar:
            self._bar.update(self._task, description=what, completed=done, total=total or None)
