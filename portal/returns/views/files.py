"""Returns as files in the browser.

A provider's editor has the figures of several services in a spreadsheet and an hour before the date; they fear that a
slip in one cell is found too late, or that the file overwrites what a colleague has typed. So nothing is written before
the changes were seen, every fault is told by its cell and marked in a copy, and a file can be taken back. The key
worker takes in files of providers who cannot sign in, for hundreds of services at once.
"""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from portal.catalog.types import service_types
from portal.core.errors import Conflict, Forbidden, ImportRejected, Invalid, NotFound
from portal.core.jobs import Job, JobState, find_job, job_failure, job_progress, start_job
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.core.settings import current_settings
from portal.core.transaction import ConstraintViolated, transaction
from portal.returns import service
from portal.returns.files.residences.writing import part_lines
from portal.returns.files.writing import list_lines, write_workbook
from portal.returns.jobs import CHECK_JOB, FILE_NAME
from portal.returns.residences.types import STATE_LABELS
from portal.returns.service.files import imports, infos
from portal.returns.service.files.sheets import sheet_returns
from portal.returns.taking import take_file
from portal.returns.types import Period, Severity
from portal.web.downloads import XLSX_TYPE, attachment
from portal.web.gate import current_actor, requires
from portal.web.languages import current_language, say

bp = Blueprint("return_files", __name__, template_folder="../templates")

Answer = str | AnyResponse | tuple[str, int]
SHOWN_PROBLEMS = 200
SMALL_BYTES = 256 * 1024  # some 30 returns: checked while the person waits, more in a job
RESIDENCES = "csv-bydliste"
STATE_NAMES = {
    infos.PREVIEWED: _m("Waiting to be written"),
    infos.BLOCKED: _m("Has errors"),
    infos.APPLIED: _m("Written"),
    infos.ROLLED_BACK: _m("Taken back"),
    infos.DISCARDED: _m("Left aside"),
}
STATE_COLOURS = {
    infos.PREVIEWED: "blue",
    infos.BLOCKED: "red",
    infos.APPLIED: "green",
    infos.ROLLED_BACK: "grey",
    infos.DISCARDED: "grey",
}
KIND_NAMES = {"new": _m("new"), "changed": _m("changed"), "unchanged": _m("unchanged")}


@bp.get("/vykazy/soubor")
@requires(Permission.RETURN_READ)
def index() -> Answer:
    return _index({})


@bp.get("/vykazy/soubor/list")
@requires(Permission.RETURN_READ)
def sheet() -> Answer:
    """The sheet of a quarter, filled or empty, as XLSX or CSV."""
    arguments, actor = request.args, current_actor()
    period = Period.parse(arguments.get("obdobi", ""))
    number, type_code = arguments.get("sluzba", ""), arguments.get("druh", "")
    if number and not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Invalid(_m("There is no such return."))
    if type_code and type_code not in service_types():
        raise Invalid(_m("There is no such type of service."))
    definition, sheets = sheet_returns(
        actor,
        period,
        register_ids=[int(number)] if number else None,
        ico=arguments.get("ico", "").strip() or None,
        type_code=type_code or None,
        with_figures=arguments.get("obsah") != "prazdny",
    )
    name = gettext("returns-%(period)s", period=str(period))
    words = service.residence_words(current_language()) if definition.asks_residences else None
    if arguments.get("format") == "csv":
        return _text(list_lines(period, definition, sheets), name)
    if arguments.get("format") == RESIDENCES:
        if words is None:
            message = _m("The form for %(period)s does not ask where the users live.", period=period.label)
            raise Invalid(message)
        return _text(part_lines(period, sheets, words), gettext("residences-%(period)s", period=str(period)))
    target = io.BytesIO()
    write_workbook(target, period, definition, sheets, words)
    return _workbook(target.getvalue(), name)


@bp.post("/vykazy/soubor")
@requires(Permission.RETURN_IMPORT)
def upload() -> Answer:
    """Read the file and show what it would change."""
    sent = request.files.get("soubor")
    if sent is None or not sent.filename:
        return _index({"soubor": [gettext("Choose the file with the returns.")]}), 422
    name = Path(sent.filename).name[-120:]
    try:
        period = Period.parse(request.form.get("obdobi", ""))
        if _size_of(sent) > SMALL_BYTES:
            return _started(sent, name, period)
        with TemporaryDirectory(prefix="portal-returns-") as folder:
            path = Path(folder) / "file"
            sent.save(path)
            info = take_file(current_actor(), path, name, period)
    except ImportRejected as error:
        faults = [f"{say(row.message)} ({row.row})" if row.row else say(row.message) for row in error.rows]
        return _index({"soubor": [say(error.message), *faults]}), 422
    except Invalid as error:
        return _index({"obdobi": [say(error.message)]}), 422
    return redirect(url_for("return_files.detail", import_id=info.id), code=303)


@bp.get("/vykazy/soubor/uloha/<job_id>")
@requires(Permission.RETURN_IMPORT)
def checking(job_id: str) -> Answer:
    """How far the check of a large file is, or why it could not be taken."""
    row = _job(job_id)
    if row.state == JobState.DONE:
        return redirect(url_for("return_files.detail", import_id=row.result["import_id"]), code=303)
    share = job_progress(row.id).share
    return render_template(
        "returns/file_checking.html",
        name=row.arguments["name"],
        failure=job_failure(row),
        is_open=row.state in (JobState.WAITING, JobState.RUNNING),
        is_waiting=row.state == JobState.WAITING,
        percent=None if share is None else int(share * 100),
        state_address=url_for("return_files.checking_state", job_id=row.id),
    )


@bp.get("/vykazy/soubor/uloha/<job_id>/stav")
@requires(Permission.RETURN_IMPORT)
def checking_state(job_id: str) -> Response:
    """For the script on the page: how far it is, and where to go when it is over."""
    row = _job(job_id)
    share = job_progress(row.id).share
    over = row.state in (JobState.DONE, JobState.FAILED)
    return jsonify(
        state=row.state,
        percent=None if share is None else int(share * 100),
        next=url_for("return_files.checking", job_id=row.id) if over else None,
    )


@bp.get("/vykazy/soubor/<int:import_id>")
@requires(Permission.RETURN_IMPORT)
def detail(import_id: int) -> Answer:
    return _detail(import_id, {})


@bp.get("/vykazy/soubor/<int:import_id>/kopie")
@requires(Permission.RETURN_IMPORT)
def marked(import_id: int) -> Answer:
    """The uploaded sheet with the faults marked in it."""
    name, content = imports.marked_copy(current_actor(), import_id)
    return _workbook(content, gettext("%(name)s-marked", name=Path(name).stem))


@bp.post("/vykazy/soubor/<int:import_id>/zapis")
@requires(Permission.RETURN_IMPORT)
def apply(import_id: int) -> Answer:
    try:
        with transaction():
            info = imports.apply_import(current_actor(), import_id)
    except (Conflict, Forbidden) as error:
        return _detail(import_id, {"apply": [say(error.message)]}), 409
    except ConstraintViolated:
        sentence = gettext("Somebody began one of the returns just now. Import the file again.")
        return _detail(import_id, {"apply": [sentence]}), 409
    flash(gettext("The figures are written as drafts. Check and submit them in the list of returns."), "success")
    return redirect(url_for("return_files.detail", import_id=info.id), code=303)


@bp.post("/vykazy/soubor/<int:import_id>/zpet")
@requires(Permission.RETURN_IMPORT)
def roll_back(import_id: int) -> Answer:
    try:
        with transaction():
            imports.roll_back_import(current_actor(), import_id)
    except (Conflict, Forbidden) as error:
        return _detail(import_id, {"roll-back": [say(error.message)]}), 409
    flash(gettext("The import is taken back; the figures are as they were before it."), "success")
    return redirect(url_for("return_files.detail", import_id=import_id), code=303)


@bp.post("/vykazy/soubor/<int:import_id>/odlozeni")
@requires(Permission.RETURN_IMPORT)
def discard(import_id: int) -> Answer:
    try:
        with transaction():
            imports.discard_import(current_actor(), import_id)
    except Forbidden as error:
        return _detail(import_id, {"apply": [say(error.message)]}), 409
    flash(gettext("The file is put aside; nothing was written."), "success")
    return redirect(url_for("return_files.index"), code=303)


@bp.get("/vykazy/soubor/<int:import_id>/zapis")
@bp.get("/vykazy/soubor/<int:import_id>/zpet")
@requires(Permission.RETURN_IMPORT)
def after_step(import_id: int) -> Answer:
    """A page that answered the sending of a form has the form's address; whoever opens it again gets the import."""
    info = imports.read_import(current_actor(), import_id)
    return redirect(url_for("return_files.detail", import_id=info.id), code=303)


def _size_of(sent: FileStorage) -> int:
    size = sent.stream.seek(0, io.SEEK_END)
    sent.stream.seek(0)
    return size


def _started(sent: FileStorage, name: str, period: Period) -> AnyResponse:
    """Keep a large file for the worker, which deletes it, and show how far it is."""
    settings = current_settings()
    uploads = settings.instance_dir / "uploads"
    uploads.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(mkdtemp(prefix="returns-", dir=uploads))
    sent.save(folder / FILE_NAME)
    arguments = {"folder": str(folder), "name": name, "period": str(period), "language": current_language()}
    with transaction():
        job_id = start_job(current_actor(), CHECK_JOB, arguments)
    return redirect(url_for("return_files.checking", job_id=job_id), code=303)


def _job(job_id: str) -> Job:
    """The reader's own job. Raises NotFound for another's as for one that is not there."""
    row = find_job(job_id)
    if row is None or row.kind != CHECK_JOB or row.user_id != current_actor().user_id:
        raise NotFound(_m("There is no such job."))
    return row


def _text(content: str, name: str) -> Response:
    response = Response(content, mimetype="text/csv")
    response.headers["Content-Disposition"] = attachment(f"{name}.csv")
    return response


def _workbook(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=XLSX_TYPE)
    response.headers["Content-Disposition"] = attachment(f"{name}.xlsx")
    return response


def _index(errors: dict[str, list[str]]) -> str:
    actor = current_actor()
    chosen = request.values.get("obdobi", "")
    periods = [(str(dates.period), say(dates.period.label)) for dates in service.list_periods()]
    if chosen not in dict(periods):
        chosen = periods[0][0] if periods else ""
    return render_template(
        "returns/files.html",
        errors=errors,
        periods=periods,
        chosen=chosen,
        types=[(code, one.name_with_section(current_language())) for code, one in service_types().items()],
        is_regional=actor.is_regional,
        may_import=actor.can(Permission.RETURN_IMPORT),
        imports=imports.list_imports(actor) if actor.can(Permission.RETURN_IMPORT) else [],
        residences=RESIDENCES,
        **_words(),
    )


def _detail(import_id: int, errors: dict[str, list[str]]) -> str:
    info = imports.read_import(current_actor(), import_id)
    found: dict[str, Any] = {
        "errors_found": [problem for problem in info.problems if problem.severity is Severity.ERROR][:SHOWN_PROBLEMS],
        "warnings_found": [problem for problem in info.problems if problem.severity is not Severity.ERROR][
            :SHOWN_PROBLEMS
        ],
    }
    return render_template("returns/file_import.html", info=info, errors=errors, **found, **_words())


def _words() -> dict[str, Any]:
    return {
        "state_names": {state: say(name) for state, name in STATE_NAMES.items()},
        "state_colours": STATE_COLOURS,
        "residence_state_label": lambda state: say(STATE_LABELS[state]),
        "kind_names": {kind: say(name) for kind, name in KIND_NAMES.items()},
    }
