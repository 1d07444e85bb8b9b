"""Further pages of the comparison for the kraj: type by type, one service, the series, groups of services.

The planner prepares decisions here and wants to see at once where a type stands and how it got there; it fears to read
a change of the norm, or of who provides the service, as a change of the work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.benchmarking import charts, service
from portal.benchmarking.metrics import Year, parse_span
from portal.benchmarking.scribe import Scribe, label_of, type_name
from portal.benchmarking.service import notes as remembered
from portal.benchmarking.service.groups import delete_group, get_group, list_groups, save_group
from portal.benchmarking.service.region import before, network
from portal.benchmarking.service.series import one_service as read_one
from portal.benchmarking.service.series import series as read_series
from portal.benchmarking.tables import network_table, one_table, series_table
from portal.benchmarking.views.blueprint import bp
from portal.benchmarking.views.wishes import Asked, ask, choices, span_choices
from portal.benchmarking.words import FORMS, state_of
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Permission
from portal.core.transaction import transaction
from portal.returns.types import Period
from portal.web.downloads import Table, csv_response, xlsx_response
from portal.web.gate import current_actor, requires
from portal.web.languages import current_language, say

Page = str | WerkzeugResponse | tuple[str, int]
COUNTS = (8, 12, 20, 40)


def _asked() -> Asked:
    asked = ask(current_actor())
    if asked is None:
        raise Invalid(_m("No return has been accepted yet, so there is nothing to compare."))
    return asked


@bp.get("/srovnani/typy")
@requires(Permission.COMPARE_ALL)
def types() -> Page:
    """All types on one metric side by side, as a table and as small multiples."""
    actor, asked = current_actor(), _asked()
    wish = asked.wish
    found = network(actor, wish.metric, wish.form, wish.span, catalogue=asked.catalogue)
    scribe = Scribe(found.version)
    shares = [None if row.norm is None else float(row.norm.share) for row in found.rows]
    return render_template(
        "benchmarking/types.html",
        found=found,
        asked=asked,
        scribe=scribe,
        metric_name=label_of(found.version),
        form_name=FORMS[found.form],
        type_name=type_name,
        before=before(wish.span),
        is_year=isinstance(wish.span, Year),
        multiples=charts.small_multiples(
            [(type_name(row.type_code), row.statistics, share) for row, share in zip(found.rows, shares, strict=True)],
            factor=scribe.factor,
            suffix=f"\u00a0{scribe.unit}" if scribe.unit else "",
            words={"norm": gettext("norm"), "median": gettext("median")},
        ),
        **choices(asked, actor),
    )


def _types_table() -> tuple[Table, str]:
    asked = _asked()
    wish = asked.wish
    found = network(current_actor(), wish.metric, wish.form, wish.span, catalogue=asked.catalogue)
    scribe = Scribe(found.version)
    table = network_table(found, metric=label_of(found.version), unit=scribe.unit, plain=scribe.plain, name=type_name)
    return table, f"typy-{wish.span}-{wish.metric}-{wish.form}"


@bp.get("/srovnani/typy/csv")
@requires(Permission.COMPARE_ALL)
def types_csv() -> Response:
    return csv_response(*_types_table())


@bp.get("/srovnani/typy/xlsx")
@requires(Permission.COMPARE_ALL)
def types_xlsx() -> Response:
    return xlsx_response(*_types_table())


@bp.get("/srovnani/sluzba/<int:register_id>")
@requires(Permission.COMPARE_ALL)
def one_service(register_id: int) -> Page:
    """One service on all metrics."""
    return _one_page(register_id, {}, {})


def _one_page(register_id: int, form: dict[str, str], errors: Mapping[str, Sequence[Message]]) -> str:
    actor = current_actor()
    periods = service.list_periods()
    given = request.args.get("obdobi")
    span = parse_span(given) if given else (periods[0] if periods else None)
    if span is None:
        raise NotFound(_m("There is no such service."))
    found = read_one(actor, register_id, span)
    rows = list(zip(found.rows, found.figures.rows(), [Scribe(row.version) for row in found.rows], strict=True))
    return render_template(
        "benchmarking/one_service.html",
        found=found,
        rows=rows,
        forms=FORMS,
        label_of=label_of,
        state_of=state_of,
        spans=span_choices(periods, span),
        type_name=type_name(found.type_code),
        may_write=actor.can(Permission.COMPARE_WRITE),
        form={"predecessor": "", "reason": "", **form},
        errors={key: [say(message) for message in messages] for key, messages in errors.items()},
    )


def _one_table(register_id: int) -> tuple[Table, str]:
    periods = service.list_periods()
    given = request.args.get("obdobi")
    span = parse_span(given) if given else (periods[0] if periods else Period(2026, 1))
    found = read_one(current_actor(), register_id, span)
    scribes = [Scribe(row.version) for row in found.rows]
    return one_table(found, scribes, label_of), f"sluzba-{register_id}-{span}"


@bp.get("/srovnani/sluzba/<int:register_id>/csv")
@requires(Permission.COMPARE_ALL)
def one_service_csv(register_id: int) -> Response:
    return csv_response(*_one_table(register_id))


@bp.get("/srovnani/sluzba/<int:register_id>/xlsx")
@requires(Permission.COMPARE_ALL)
def one_service_xlsx(register_id: int) -> Response:
    return xlsx_response(*_one_table(register_id))


@bp.post("/srovnani/sluzba/<int:register_id>/predchudce")
@requires(Permission.COMPARE_WRITE)
def link_predecessor(register_id: int) -> Page:
    """Say whose work the service took over, or that it took over nobody's."""
    given = {key: request.form.get(key, "") for key in ("predecessor", "reason")}
    try:
        with transaction():
            if request.form.get("do") == "unlink":
                remembered.unlink_predecessor(current_actor(), register_id=register_id)
            else:
                remembered.link_predecessor(current_actor(), register_id=register_id, **given)
    except Invalid as error:
        return _one_page(register_id, given, error.fields), 422
    flash(gettext("Saved."), "success")
    span = request.args.get("obdobi")  # the page of the same period again
    return redirect(url_for("benchmarking.one_service", register_id=register_id, obdobi=span))


@bp.get("/srovnani/rada")
@requires(Permission.COMPARE_ALL)
def series() -> Page:
    """A metric of a type over the quarters: bands, median, norm with its breaks, a service's own line, notes."""
    return _series_page({}, {})


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None


def _series() -> tuple[Asked, Any, int]:
    asked = _asked()
    count = _number(request.args.get("kolik", "")) or COUNTS[1]
    count = count if count in COUNTS else COUNTS[1]
    number = request.args.get("sluzba", "").strip()
    if number and _number(number) is None:
        raise Invalid(_m("Write the number of another service in the register."))
    found = read_series(
        current_actor(), asked.wish, count=count, register_id=_number(number), catalogue=asked.catalogue
    )
    return asked, found, count


def _series_page(note: Mapping[str, str], errors: Mapping[str, Sequence[Message]]) -> str:
    actor = current_actor()
    asked, found, count = _series()
    scribe = Scribe(found.version)
    words = {
        "p90": gettext("P10 to P90"),
        "p75": gettext("P25 to P75"),
        "median": gettext("median"),
        "norm": gettext("norm"),
        "own": found.service.service_name if found.service else gettext("own line"),
        "predecessor": gettext("predecessor"),
    }
    return render_template(
        "benchmarking/series.html",
        asked=asked,
        found=found,
        scribe=scribe,
        count=count,
        counts=[(number, str(number)) for number in COUNTS],
        metric_name=label_of(found.version),
        form_name=FORMS[asked.wish.form],
        type_name=type_name(asked.wish.type_code),
        chart=charts.series_chart(found, factor=scribe.factor, suffix=f"\u00a0{scribe.unit}", words=words, say=say),
        register_id=found.service.register_id if found.service else "",
        may_write=actor.can(Permission.COMPARE_WRITE),
        quarters=[(str(point.period), say(point.period.label)) for point in reversed(found.points)],
        note={"ctvrtleti": "", "text": "", **note},
        errors={key: [say(message) for message in messages] for key, messages in errors.items()},
        **choices(asked, actor),
    )


def _series_table() -> tuple[Table, str]:
    asked, found, _ = _series()
    scribe, wish = Scribe(found.version), asked.wish
    return series_table(found, unit=scribe.unit, plain=scribe.plain), f"rada-{wish.type_code}-{wish.metric}-{wish.form}"


@bp.get("/srovnani/rada/csv")
@requires(Permission.COMPARE_ALL)
def series_csv() -> Response:
    return csv_response(*_series_table())


@bp.get("/srovnani/rada/xlsx")
@requires(Permission.COMPARE_ALL)
def series_xlsx() -> Response:
    return xlsx_response(*_series_table())


@bp.post("/srovnani/rada")
@requires(Permission.COMPARE_WRITE)
def write_note() -> Page:
    """Write a note to a quarter of the series, or delete one."""
    actor, asked = current_actor(), _asked()
    given = {key: request.form.get(key, "") for key in ("ctvrtleti", "text")}
    try:
        period = None if request.form.get("delete") else Period.parse(given["ctvrtleti"])
    except Invalid as error:
        return _series_page(given, {"ctvrtleti": [error.message]}), 422
    try:
        with transaction():
            if period is None:
                remembered.delete_note(actor, _number(request.form["delete"]) or 0)
            else:
                remembered.write_note(
                    actor,
                    metric=asked.wish.metric,
                    type_code=asked.wish.type_code,
                    period=period,
                    text=given["text"],
                )
    except Invalid as error:
        return _series_page(given, error.fields), 422
    flash(gettext("Saved."), "success")
    return redirect(asked.address("benchmarking.series", sluzba=request.args.get("sluzba")))


@bp.get("/srovnani/skupiny")
@requires(Permission.COMPARE_ALL)
def groups() -> str:
    """Own and shared groups of services."""
    return render_template(
        "benchmarking/groups.html",
        groups=list_groups(current_actor()),
        may_write=current_actor().can(Permission.COMPARE_WRITE),
    )


@bp.get("/srovnani/skupiny/nova")
@requires(Permission.COMPARE_WRITE)
def new_group() -> str:
    return _group_page(None, {"services": request.args.get("sluzby", "").replace(",", "\n")}, {})


@bp.post("/srovnani/skupiny/nova")
@requires(Permission.COMPARE_WRITE)
def create_group() -> Page:
    return _save_group(None)


@bp.get("/srovnani/skupiny/<int:group_id>")
@requires(Permission.COMPARE_WRITE)
def edit_group(group_id: int) -> str:
    """One's own group; somebody else's is as absent as a missing one."""
    return _group_page(_own(group_id), {}, {})


@bp.post("/srovnani/skupiny/<int:group_id>")
@requires(Permission.COMPARE_WRITE)
def change_group(group_id: int) -> Page:
    _own(group_id)
    if request.form.get("do") == "delete":
        with transaction():
            delete_group(current_actor(), group_id)
        flash(gettext("The group is deleted."), "success")
        return redirect(url_for("benchmarking.groups"))
    return _save_group(group_id)


def _own(group_id: int) -> Any:
    group = get_group(current_actor(), group_id)
    if not group.is_own:
        raise NotFound(_m("There is no such group of services."))
    return group


def _save_group(group_id: int | None) -> Page:
    given = {key: request.form.get(key, "") for key in ("name", "services", "shared", "seen")}
    try:
        with transaction():
            save_group(
                current_actor(),
                name=given["name"],
                register_ids=given["services"].replace(",", " ").replace(";", " ").split(),
                is_shared=bool(given["shared"]),
                group_id=group_id,
                seen=_number(given["seen"]) or 0,
            )
    except Invalid as error:
        return _group_page(None if group_id is None else _own(group_id), given, error.fields), 422
    except Conflict as error:
        given["seen"] = str(error.current["version"])
        return _group_page(_own(group_id or 0), given, {"": [error.message]}), 409
    flash(gettext("The group is saved."), "success")
    return redirect(url_for("benchmarking.groups"))


def _group_page(group: Any, given: dict[str, str], errors: Mapping[str, Sequence[Message]]) -> str:
    stored = {"name": "", "services": "", "shared": "", "seen": "0"}
    if group is not None:
        services = "\n".join(str(number) for number in group.register_ids)
        shared = "1" if group.is_shared else ""
        stored = {"name": group.name, "services": services, "shared": shared, "seen": str(group.version)}
    return render_template(
        "benchmarking/group.html",
        group=group,
        form={**stored, **given},
        language=current_language(),
        errors={key: [say(message) for message in messages] for key, messages in errors.items()},
    )
