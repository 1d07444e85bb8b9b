"""Pages and commands of files that are previewed before they are taken over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, TypeVar

import click
from flask import flash, request
from flask_babel import gettext

from portal.core.errors import Conflict, Forbidden, ImportRejected
from portal.core.import_states import IMPORT_STATES, ImportFacts, ImportInfo, ImportState
from portal.core.permissions import OPERATOR, Actor
from portal.core.transaction import ConstraintViolated, transaction
from portal.web.gate import current_actor
from portal.web.languages import say

Facts = TypeVar("Facts", bound=ImportFacts)
Told = TypeVar("Told", bound=ImportFacts, covariant=True)
Errors = dict[str, list[str]]

HISTORY_PAGE = 20
SHOWN_FAULTS = 50


class ImportService(Protocol[Told]):
    """The service of a feature that has imports, as a module. Each raises NotFound and Forbidden."""

    def take_file(self, actor: Actor, path: Path, /, *, name: str) -> Told: ...
    def get_import(self, actor: Actor, import_id: int, /) -> Told: ...
    def apply_import(self, actor: Actor, import_id: int, /) -> Told: ...
    def discard_import(self, actor: Actor, import_id: int, /) -> object: ...
    def roll_back_import(self, actor: Actor, import_id: int, /) -> Told: ...


def take_upload(service: ImportService[Facts]) -> Facts | Errors:
    """What became of the file that was sent; or what is wrong with it, by field."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return {"file": [gettext("Choose the file.")]}
    name = Path(sent.filename.replace("\\", "/")).name
    try:
        with TemporaryDirectory(prefix="portal-import-") as folder:
            path = Path(folder) / "file"
            sent.save(path)
            with transaction():
                info = service.take_file(current_actor(), path, name=name)
    except ImportRejected as error:
        faults = [f"{fault.column or fault.row or ''} {say(fault.message)}".strip() for fault in error.rows]
        return {"file": [say(error.message), *faults]}
    if info.repeated:
        flash(gettext("This file is live already; nothing was done."), "success")
    return info


def do_step(service: ImportService[Facts], import_id: int) -> tuple[Errors, int] | None:
    """Do what the button says: ``apply``, ``discard`` or ``roll-back``. The faults and the status where it failed.

    Raises NotFound and Forbidden for an import out of reach.
    """
    actor = current_actor()
    service.get_import(actor, import_id)
    steps: dict[str, Callable[[Actor, int], object]] = {
        "apply": service.apply_import,
        "discard": service.discard_import,
        "roll-back": service.roll_back_import,
    }
    step = steps.get(request.form.get("what", ""))
    if step is None:
        return {"": [gettext("The form was not sent whole. Send it again.")]}, 422
    try:
        with transaction():
            step(actor, import_id)
    except (Conflict, Forbidden) as error:
        return {"": [say(error.message)]}, 409
    except ConstraintViolated:
        return {"": [gettext("Figures have changed since this preview was made. Read the file again.")]}, 409
    flash(gettext("Stored."), "success")
    return None


def import_by_command(
    service: ImportService[Facts], file: Path, *, apply_it: bool, tell: Callable[[Facts], None]
) -> None:
    """Take a file, and apply it where asked. Ends the command with 1 where the file has faults, else with 0."""
    with transaction():
        info = service.take_file(OPERATOR, file, name=file.name)
    if apply_it and info.state is ImportState.PREVIEWED:
        with transaction():
            info = service.apply_import(OPERATOR, info.id)
    tell(info)
    click.get_current_context().exit(1 if info.state is ImportState.REJECTED else 0)


def roll_back_by_command(service: ImportService[Facts], import_id: int) -> None:
    """Take back an import that the service allows to be taken back."""
    with transaction():
        info = service.roll_back_import(OPERATOR, import_id)
    click.echo(gettext("Import %(id)s was taken back.", id=info.id), err=True)


def tell_figures(info: ImportInfo) -> None:
    """What became of a file of figures, on standard error."""
    if info.repeated:
        click.echo(gettext("This file is live already (import %(id)s); nothing to do.", id=info.id), err=True)
        return
    click.echo(
        gettext(
            "Import %(id)s: %(state)s. Figures new %(new)s, changed %(changed)s, same %(same)s; faults %(faults)s.",
            id=info.id,
            state=say(IMPORT_STATES[info.state][0]),
            new=info.new,
            changed=info.changed,
            same=info.same,
            faults=info.fault_count,
        ),
        err=True,
    )
    tell_faults(info)


def tell_faults(info: ImportFacts) -> None:
    for fault in info.faults[:SHOWN_FAULTS]:
        where = ", ".join(part for part in (fault.row and gettext("row %(row)s", row=fault.row), fault.column) if part)
        click.echo(f"  {where}: {say(fault.message)}" if where else f"  {say(fault.message)}", err=True)


def line_of(info: ImportInfo) -> str:
    """One line of a list of imports of figures."""
    return (
        f"{info.id:>5}  {info.created_at_utc:%Y-%m-%d %H:%M}  {info.state:<11}"
        f"  +{info.new} ~{info.changed} ={info.same}  {info.file_name}"
    )
