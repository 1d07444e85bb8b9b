"""Import of the register in the administration.

The kraj's administrator comes about once a month with a fresh file, the auditor now and then to look on. They fear
that a bad file spoils the catalogue the public sees, and that they will not get it back; so nothing is live before
somebody has seen what would change, the last import can be taken back, and every step says what it will do.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.catalog.ingest.codelists import FILES, REQUIRED
from portal.catalog.jobs import APPLY_JOB, JOBS, READ_JOB, ROLLBACK_JOB
from portal.catalog.service.imports.applying import discard_import
from portal.catalog.service.imports.listing import (
    PAGE,
    code_names,
    find_import_info,
    holdings_of_catalog,
    list_changes,
    list_imports,
)
from portal.catalog.types import ChangeKind, ImportInfo, ImportState
from portal.catalog.uploads import Upload, check_upload, store_upload
from portal.catalog.views.import_words import CHANGE_NAMES, STATE_COLOURS, described
from portal.core.errors import Invalid, NotFound
from portal.core.jobs import Job, JobState, find_job, job_failure, job_progress, list_open_jobs, start_job
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.core.settings import current_settings
from portal.core.transaction import transaction
from portal.web.gate import current_actor, requires
from portal.web.languages import say
from portal.web.paging import page_number

bp = Blueprint("catalog_imports", __name__, template_folder="../templates")

HISTORY_PAGE = 20
_JOB_NAMES = {
    READ_JOB: _m("Reading the file"),
    APPLY_JOB: _m("Applying the import"),
    ROLLBACK_JOB: _m("Taking the import back"),
}

Errors = dict[str, list[str]]
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class ChangesWanted:
    kind: ChangeKind
    page: int


@bp.get("/sprava/importy")
@requires(Permission.CATALOG_IMPORT_READ)
def index() -> str:
    return _index({})


@bp.post("/sprava/importy")
@requires(Permission.CATALOG_IMPORT)
def upload() -> Answer:
    sent = Upload(
        register=request.files.get("register"),
        code_lists=[file for file in request.files.getlist("code_lists") if file.filename],
        addresses=[file for file in request.files.getlist("addresses") if file.filename],
    )
    try:
        check_upload(sent)
    except Invalid as error:
        return _index(_said(error)), 422
    settings = current_settings()
    folder, name = store_upload(sent, settings.instance_dir)
    return _started(READ_JOB, {"folder": str(folder), "register": name})


@bp.get("/sprava/importy/uloha/<job_id>")
@requires(Permission.CATALOG_IMPORT_READ)
def job(job_id: str) -> Answer:
    row = _job(job_id)
    if row.state == JobState.DONE:
        return redirect(_result_address(row))
    progress = job_progress(row.id)
    return render_template(
        "catalog/import_job.html",
        job=row,
        name=say(_JOB_NAMES[row.kind]),
        failure=job_failure(row),
        is_open=row.state in (JobState.WAITING, JobState.RUNNING),
        percent=None if progress.share is None else int(progress.share * 100),
        state_address=url_for("catalog_imports.job_state", job_id=row.id),
    )


@bp.get("/sprava/importy/uloha/<job_id>/stav")
@requires(Permission.CATALOG_IMPORT_READ)
def job_state(job_id: str) -> Response:
    """For the script on the page of a job: how far it is, and where to go when it is over."""
    row = _job(job_id)
    share = job_progress(row.id).share
    over = row.state in (JobState.DONE, JobState.FAILED)
    return jsonify(
        {
            "state": row.state,
            "percent": None if share is None else int(share * 100),
            "next": url_for("catalog_imports.job", job_id=row.id) if over else None,
        }
    )


@bp.get("/sprava/importy/<int:import_id>")
@requires(Permission.CATALOG_IMPORT_READ)
def detail(import_id: int) -> str:
    return _detail(import_id, {})


@bp.post("/sprava/importy/<int:import_id>/provest")
@requires(Permission.CATALOG_IMPORT)
def apply(import_id: int) -> Answer:
    info = find_import_info(current_actor(), import_id)
    confirmed = request.form.get("confirm") == "yes"
    if info.state is ImportState.WAITING and not confirmed:
        sentence = gettext("Tick that you have looked through the changes and want them in the catalogue.")
        return _detail(import_id, {"confirm": [sentence]}), 422
    if not info.state.is_open:
        return redirect(url_for("catalog_imports.detail", import_id=import_id))
    return _started(APPLY_JOB, {"import_id": import_id, "confirmed": confirmed})


@bp.post("/sprava/importy/<int:import_id>/odlozit")
@requires(Permission.CATALOG_IMPORT)
def discard(import_id: int) -> Answer:
    info = find_import_info(current_actor(), import_id)
    if info.state.is_open:
        with transaction():
            discard_import(current_actor(), import_id=import_id)
        flash(gettext("Import %(id)s was put aside; the catalogue is as it was.", id=import_id), "success")
    return redirect(url_for("catalog_imports.index"))


@bp.post("/sprava/importy/<int:import_id>/vzit-zpet")
@requires(Permission.CATALOG_IMPORT)
def roll_back(import_id: int) -> Answer:
    info = find_import_info(current_actor(), import_id)
    if not info.is_latest_applied:
        return redirect(url_for("catalog_imports.detail", import_id=import_id))
    if request.form.get("confirm_back") != "yes":
        sentence = gettext("Tick that you want the catalogue as it was before this import.")
        return _detail(import_id, {"confirm_back": [sentence]}), 422
    return _started(ROLLBACK_JOB, {"import_id": import_id})


def _started(kind: str, arguments: dict[str, Any]) -> Response:
    with transaction():
        job_id = start_job(current_actor(), kind, arguments)
    return redirect(url_for("catalog_imports.job", job_id=job_id))


def _index(errors: Errors) -> str:
    actor = current_actor()
    page = page_number()
    infos, total = list_imports(actor, page=page, size=HISTORY_PAGE)
    return render_template(
        "catalog/imports.html",
        errors=errors,
        imports=infos,
        page=page,
        pages=ceil(total / HISTORY_PAGE),
        address=lambda number: url_for("catalog_imports.index", strana=number),
        holdings=holdings_of_catalog(),
        open_jobs=[(row, say(_JOB_NAMES[row.kind])) for row in list_open_jobs(JOBS)],
        may_import=actor.can(Permission.CATALOG_IMPORT),
        colours=STATE_COLOURS,
        list_files=FILES,
        required_files=REQUIRED,
    )


def _detail(import_id: int, errors: Errors) -> str:
    actor = current_actor()
    info = find_import_info(actor, import_id)
    wanted = _changes_wanted(info)
    names = code_names()
    changes = [
        (change, [described(difference, names) for difference in change.differences])
        for change in list_changes(actor, import_id, wanted.kind, page=wanted.page)
    ]
    return render_template(
        "catalog/import_detail.html",
        info=info,
        errors=errors,
        wanted=wanted,
        kinds=[(kind, say(CHANGE_NAMES[kind]), info.count(kind)) for kind in ChangeKind],
        changes=changes,
        pages=ceil(info.count(wanted.kind) / PAGE),
        address=lambda number: url_for(
            "catalog_imports.detail", import_id=import_id, druh=wanted.kind.value, strana=number
        ),
        may_import=actor.can(Permission.CATALOG_IMPORT),
        colours=STATE_COLOURS,
    )


def _changes_wanted(info: ImportInfo) -> ChangesWanted:
    """Which list is asked for; without a wish the first that is not empty. Raises Invalid."""
    kind = request.args.get("druh", "")
    if kind and kind not in set(ChangeKind):
        raise Invalid(_m("The list cannot be filtered in this way. Choose from the values offered."))
    first = next((known for known in ChangeKind if info.count(known)), ChangeKind.ADDED)
    return ChangesWanted(ChangeKind(kind) if kind else first, page_number())


def _job(job_id: str) -> Job:
    row = find_job(job_id)
    if row is None or row.kind not in JOBS:
        raise NotFound(_m("There is no such job."))
    return row


def _result_address(row: Job) -> str:
    return url_for("catalog_imports.detail", import_id=row.result["import_id"])


def _said(error: Invalid) -> Errors:
    return {field: [say(message) for message in messages] for field, messages in error.fields.items()}
