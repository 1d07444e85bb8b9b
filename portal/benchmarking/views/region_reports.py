"""PDF reports of the comparison: asked for, made in the background, fetched by whoever asked.

The planner asks for the whole network before a board or a round of funding, a key worker for one type before a visit;
a few times a quarter. They fear to wait without knowing whether anything goes on, and that a paper with exact figures
of single providers stays lying where others read it: so nobody else can fetch it, and it is gone after a day.
"""

from __future__ import annotations

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.benchmarking import service
from portal.benchmarking.metrics import parse_span
from portal.benchmarking.reports.region import document_name
from portal.benchmarking.scribe import type_name
from portal.benchmarking.service.region_reports import (
    ReportInfo,
    ask_report,
    delete_report,
    get_report,
    list_reports,
    report_content,
)
from portal.benchmarking.views.blueprint import bp
from portal.benchmarking.views.wishes import span_choices
from portal.catalog.types import service_types
from portal.core.errors import Invalid
from portal.core.jobs import JobState, find_job, job_failure, job_progress
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.core.transaction import transaction
from portal.web.downloads import attachment
from portal.web.gate import current_actor, requires
from portal.web.languages import current_language, say
from portal.web.pdf import PDF_TYPE

Page = str | WerkzeugResponse | tuple[str, int]
WHOLE = "vse"  # in place of a type: the whole network
_STATES = {
    JobState.WAITING: _m("waits for its turn"),
    JobState.RUNNING: _m("is being made"),
    JobState.DONE: _m("ready to download"),
    JobState.FAILED: _m("was not made"),
}


@bp.get("/srovnani/zpravy")
@requires(Permission.COMPARE_ALL)
def region_reports() -> str:
    """Own reports, and the form that asks for another."""
    return _list_page({"druh": request.args.get("druh", ""), "obdobi": request.args.get("obdobi", "")}, {})


def _list_page(form: dict[str, str], errors: dict[str, list[str]]) -> str:
    periods = service.list_periods()
    spans = span_choices(periods, periods[0]) if periods else []
    return render_template(
        "benchmarking/region_reports.html",
        reports=list_reports(current_actor()),
        title_of=_title,
        types=[(WHOLE, gettext("the whole network, all types"))]
        + [(code, f"{kind.section} – {kind.name(current_language())}") for code, kind in service_types().items()],
        spans=spans,
        form=form,
        errors=errors,
        states=_STATES,
    )


@bp.post("/srovnani/zpravy")
@requires(Permission.COMPARE_ALL)
def ask_region_report() -> Page:
    """Have a report made."""
    form = {key: request.form.get(key, "") for key in ("druh", "obdobi")}
    errors: dict[str, list[str]] = {}
    if form["druh"] != WHOLE and form["druh"] not in service_types():
        errors["druh"] = [gettext("Choose a type of service, or the whole network.")]
    try:
        span = parse_span(form["obdobi"])
    except Invalid as error:
        errors["obdobi"] = [say(error.message)]
    if errors:
        return _list_page(form, errors), 422
    with transaction():
        key = ask_report(
            current_actor(),
            type_code=None if form["druh"] == WHOLE else form["druh"],
            span=span,
            language=current_language(),
        )
    return redirect(url_for("benchmarking.region_report", key=key))


@bp.get("/srovnani/zpravy/<key>")
@requires(Permission.COMPARE_ALL)
def region_report(key: str) -> str:
    """How far a report is; once it is made, where to fetch it."""
    info = get_report(current_actor(), key)
    share = job_progress(info.job_id).share
    job = find_job(info.job_id)
    return render_template(
        "benchmarking/region_report.html",
        info=info,
        title=_title(info),
        failure=None if job is None else job_failure(job),
        percent=None if share is None else int(share * 100),
        state_address=url_for("benchmarking.region_report_state", key=key),
        whole=WHOLE,
    )


@bp.get("/srovnani/zpravy/<key>/stav")
@requires(Permission.COMPARE_ALL)
def region_report_state(key: str) -> Response:
    """For the script on the page: how far it is, and where to go when it is over."""
    info = get_report(current_actor(), key)
    share = job_progress(info.job_id).share
    return jsonify(
        {
            "state": info.job_state,
            "percent": None if share is None else int(share * 100),
            "next": None if info.is_open else url_for("benchmarking.region_report", key=key),
        }
    )


@bp.get("/srovnani/zpravy/<key>/pdf")
@requires(Permission.COMPARE_ALL)
def region_report_pdf(key: str) -> Response:
    """The document."""
    info, content = report_content(current_actor(), key)
    response = Response(content, mimetype=PDF_TYPE)
    response.headers["Content-Disposition"] = attachment(f"{document_name(info.type_code, info.span)}.pdf")
    return response


@bp.post("/srovnani/zpravy/<key>/smazat")
@requires(Permission.COMPARE_ALL)
def delete_region_report(key: str) -> WerkzeugResponse:
    """Delete a report before its time."""
    with transaction():
        delete_report(current_actor(), key)
    flash(gettext("The report is deleted."), "success")
    return redirect(url_for("benchmarking.region_reports"))


def _title(info: ReportInfo) -> str:
    name = gettext("the whole network") if info.type_code is None else type_name(info.type_code)
    return f"{name}, {say(info.span.label)}"
