"""``portal returns check``, which a provider runs on its own computer before it sends a file, and ``import``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from portal.core.messages import Message, _m, _mn
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.core.workbooks.files import read_guarded
from portal.returns.files.checking import Checked, check_filing
from portal.returns.files.filed import Problem
from portal.returns.files.recognising import recognise
from portal.returns.service.files import imports
from portal.returns.taking import summary_of, take_file
from portal.returns.types import Period, Severity
from portal.web.languages import say

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command("check")
@FILE
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_appcontext
def check_file(file: Path, as_json: bool) -> None:
    """Check FILE, a filled sheet of returns (XLSX or CSV), without any database.

    Exit status 1 when there are errors. Rules that need earlier quarters are applied by the portal at the import.
    """
    filing = recognise(read_guarded(file, file.name), file.name)
    checked = check_filing(filing)
    if as_json:
        click.echo(json.dumps(_as_json(filing.period, checked), indent=2, ensure_ascii=False))
    else:
        for problem in checked.problems:
            click.echo(line_of(problem))
        click.echo(say(_summary(filing.period, checked)), err=True)
    if checked.errors:
        raise SystemExit(1)


def line_of(problem: Problem) -> str:
    """``Sheet!B12: sentence``; a warning says that it is one."""
    sentence = say(problem.message)
    if problem.severity is Severity.WARNING:
        sentence = say(_m("warning: %(sentence)s", sentence=sentence))
    return f"{problem.place}: {sentence}"


def problem_as_json(problem: Problem) -> dict[str, str]:
    return {
        "sheet": problem.place.sheet,
        "cell": problem.place.cell,
        "severity": str(problem.severity),
        "rule": problem.rule,
        "message": say(problem.message),
    }


def _as_json(period: Period, checked: Checked) -> dict[str, Any]:
    return {
        "period": str(period),
        "returns": checked.returns,
        "empty": checked.empty,
        "errors": len(checked.errors),
        "warnings": len(checked.problems) - len(checked.errors),
        "problems": [problem_as_json(problem) for problem in checked.problems],
    }


def _summary(period: Period, checked: Checked) -> Message:
    return _m(
        "%(period)s: %(returns)s, %(errors)s, %(warnings)s.",
        period=period.label,
        returns=_mn("%(num)s return", "%(num)s returns", checked.returns),
        errors=_mn("%(num)s error", "%(num)s errors", len(checked.errors)),
        warnings=_mn("%(num)s warning", "%(num)s warnings", len(checked.problems) - len(checked.errors)),
    )


@click.command("import")
@FILE
@click.option("--apply", "apply", is_flag=True, help="Write it when there are no errors; without it only the preview.")
@click.option("--period", help="The quarter that it has to be for, as 2026Q4.")
@click.option("--marked", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the marked copy.")
@with_appcontext
def import_file(file: Path, apply: bool, period: str | None, marked: Path | None) -> None:
    """Preview the import of FILE, a filled sheet of returns (XLSX or CSV), and with --apply do it.

    Exit status 1 when there are errors: then nothing is written.
    """
    info = take_file(OPERATOR, file, file.name, Period.parse(period) if period else None)
    for problem in info.problems:
        click.echo(line_of(problem))
    if marked is not None and info.has_marked:
        marked.write_bytes(imports.marked_copy(OPERATOR, info.id)[1])
    click.echo(say(summary_of(info)), err=True)
    if info.errors:
        raise SystemExit(1)
    if apply and info.may_apply:
        with transaction():
            imports.apply_import(OPERATOR, info.id)
        click.echo(say(_m("Import %(id)s is written.", id=info.id)), err=True)


@click.command("roll-back")
@click.argument("import_id", type=int)
@with_appcontext
def roll_back(import_id: int) -> None:
    """Take import IMPORT_ID back, if nobody has changed its figures since."""
    with transaction():
        imports.roll_back_import(OPERATOR, import_id)
    click.echo(say(_m("Import %(id)s is taken back.", id=import_id)), err=True)
