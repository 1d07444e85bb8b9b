"""The register import on the command line.

Exit status: 0 the file was taken (and applied, where asked), 1 it was rejected or something failed, 3 it waits for
a person (``--apply --confirm`` after looking at the preview).
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import gettext

from portal.catalog.jobs import take_file
from portal.catalog.service.imports.applying import apply_import
from portal.catalog.service.imports.files import RegisterFiles
from portal.catalog.service.imports.listing import holdings_of_catalog, list_imports
from portal.catalog.service.imports.rollback import roll_back_import
from portal.catalog.types import ImportInfo, ImportState
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.web.languages import say

WAITS = 3
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group("catalog")
def catalog_group() -> None:
    """The catalogue of services: import of the ministry's register."""


@catalog_group.command("import")
@click.argument("file", type=_FILE)
@click.option(
    "--codelists", required=True, type=click.Path(path_type=Path, exists=True, file_okay=False), help="Code list files."
)
@click.option("--addresses", multiple=True, type=_FILE, help="Address file of RÚIAN, for exact points; repeatable.")
@click.option("--apply", "apply_it", is_flag=True, help="Make it live; otherwise only a preview is stored.")
@click.option("--confirm", is_flag=True, help="With --apply: also when it waits for a person.")
@click.option("--json", "as_json", is_flag=True, help="Print the import as JSON.")
@with_appcontext
@click.pass_context
def import_command(
    context: click.Context,
    file: Path,
    codelists: Path,
    addresses: tuple[Path, ...],
    apply_it: bool,
    confirm: bool,
    as_json: bool,
) -> None:
    """Import the register of providers from FILE."""
    if confirm and not apply_it:
        raise click.UsageError(gettext("--confirm goes with --apply."))
    with _Progress(gettext("Reading")) as progress:
        info = take_file(OPERATOR, RegisterFiles(file, codelists, addresses), progress.report)
    if apply_it and (info.state is ImportState.PREVIEWED or (confirm and info.state is ImportState.WAITING)):
        with _Progress(gettext("Applying")) as progress, transaction():
            info = apply_import(OPERATOR, import_id=info.id, confirmed=confirm, report=progress.report)
    _tell(info)
    if as_json:
        click.echo(json.dumps(as_plain(info), ensure_ascii=False, indent=1))
    context.exit({ImportState.WAITING: WAITS, ImportState.REJECTED: 1}.get(info.state, 0))


@catalog_group.command("imports")
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@with_appcontext
def imports_command(as_json: bool) -> None:
    """List the last imports."""
    infos, _total = list_imports(OPERATOR)
    if as_json:
        click.echo(json.dumps([as_plain(info) for info in infos], ensure_ascii=False, indent=1))
        return
    for info in infos:
        click.echo(
            f"{info.id:>5}  {info.created_at_utc:%Y-%m-%d %H:%M}  {info.state:<11}"
            f"  +{info.added} ~{info.changed} -{info.ended}  {info.file_name}"
        )


@catalog_group.command("rollback")
@click.argument("import_id", required=False, type=int)
@with_appcontext
def rollback_command(import_id: int | None) -> None:
    """Take back the import applied last (or only if it is IMPORT_ID)."""
    with transaction():
        info = roll_back_import(OPERATOR, import_id=import_id)
    click.echo(gettext("Import %(id)s was taken back.", id=info.id), err=True)


@catalog_group.command("show")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@with_appcontext
def show_command(as_json: bool) -> None:
    """Show what the catalogue holds."""
    holdings = holdings_of_catalog()
    if as_json:
        click.echo(json.dumps(holdings, ensure_ascii=False, indent=1))
        return
    for key, value in {**holdings["services"], "providers": holdings["providers"]}.items():
        click.echo(f"{key:24} {value}")


def as_plain(info: ImportInfo) -> dict[str, Any]:
    """An import as plain data."""
    plain = asdict(info)
    plain["reasons"] = [say(reason) for reason in info.reasons]
    plain["faults"] = [
        {"error": fault.is_error, "path": fault.path, "message": say(fault.message)} for fault in info.faults
    ]
    for key in ("created_at_utc", "applied_at_utc", "rolled_back_at_utc"):
        plain[key] = plain[key] and plain[key].isoformat()
    return plain


def _tell(info: ImportInfo) -> None:
    if info.repeated and info.is_latest_applied:
        click.echo(gettext("This file is live already (import %(id)s); nothing to do.", id=info.id), err=True)
        return
    click.echo(
        gettext(
            "Import %(id)s: %(state)s. Added %(added)s, changed %(changed)s, ended %(ended)s;"
            " %(errors)s errors, %(notices)s notices.",
            id=info.id,
            state=say(info.state.label),
            added=info.added,
            changed=info.changed,
            ended=info.ended,
            errors=info.error_count,
            notices=info.notice_count,
        ),
        err=True,
    )
    for reason in info.reasons:
        click.echo(say(reason), err=True)
    for fault in [fault for fault in info.faults if fault.is_error][:20]:
        click.echo(f"  {fault.path}: {say(fault.message)}", err=True)
    if info.state is ImportState.WAITING:
        click.echo(
            gettext("It waits for a person; the catalogue is as it was. To apply it, add --apply --confirm."), err=True
        )


class _Progress:
    """A bar on standard error, when that is a terminal."""

    def __init__(self, label: str) -> None:
        stderr: Any = sys.stderr
        self._bar = click.progressbar(length=100, label=label, file=stderr)
        self._shown = 0

    def __enter__(self) -> _Progress:
        self._bar.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._bar.__exit__(*error)

    def report(self, done: int, total: int) -> None:
        percent = min(100, 100 * done // total) if total else 0
        self._bar.update(percent - self._shown)
        self._shown = percent


COMMANDS = (catalog_group,)
