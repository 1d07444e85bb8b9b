"""Pages of the norms: what holds since when and why, and the form that changes it from a day on."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.benchmarking import service
from portal.benchmarking.types import Line, Measure
from portal.benchmarking.views.blueprint import bp
from portal.benchmarking.views.days import read_day
from portal.benchmarking.words import line_name
from portal.catalog.types import service_types
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Permission
from portal.core.transaction import transaction
from portal.web.formats import percent
from portal.web.gate import current_actor, requires
from portal.web.languages import current_language, say

Page = str | Response | tuple[str, int]


@bp.get("/srovnani/normy", endpoint="norms")
@requires(Permission.METRIC_READ)
def list_norms() -> str:
    """The norms of today by type of service."""
    return render_template(
        "benchmarking/norms.html",
        rows=service.list_norms(),
        line_name=line_name,
        type_names=_type_names(),
        share_text=share_text,
    )


@bp.get("/srovnani/normy/<type_code>/<measure>/<form>")
@requires(Permission.METRIC_READ)
def norm(type_code: str, measure: str, form: str) -> str:
    """A norm with its history, and the form to change it."""
    return _page(_line(type_code, measure, form), {}, {})


@bp.post("/srovnani/normy/<type_code>/<measure>/<form>", endpoint="change_norm")
@requires(Permission.NORM_EDIT)
def change_norm(type_code: str, measure: str, form: str) -> Page:
    """Another norm from a day on."""
    line = _line(type_code, measure, form)
    given = {key: request.form.get(key, "") for key in ("percent", "valid_from", "reason", "seen")}
    try:
        with transaction():
            faults: dict[str, list[Message]] = {}
            percent = None if request.form.get("none") else _percent(given["percent"], faults)
            _change(line, given, percent, faults)
    except Invalid as error:
        return _page(line, given, error.fields), 422
    except Conflict as error:
        given["seen"] = str(error.current["seen"])
        return _page(line, given, {"": [error.message]}), 409
    flash(gettext("The norm is changed."), "success")
    return redirect(url_for("benchmarking.norm", type_code=type_code, measure=measure, form=form))


def _change(line: Line, given: dict[str, str], percent: Decimal | None, faults: dict[str, list[Message]]) -> None:
    try:
        service.change_norm(
            current_actor(),
            line=line,
            percent=percent,
            valid_from=read_day(given["valid_from"]),
            reason=given["reason"],
            seen=int(given["seen"]) if given["seen"].isdecimal() else 0,
        )
    except Invalid as error:
        raise Invalid(error.message, {**error.fields, **faults}) from error
    if faults:
        raise Invalid(_m("Please correct the following"), faults)


def _line(type_code: str, measure: str, form: str) -> Line:
    try:
        return Line(type_code, Measure(measure), form)
    except ValueError as error:
        raise NotFound(_m("There is no such norm.")) from error


def _percent(text: str, faults: dict[str, list[Message]]) -> Decimal:
    try:
        number = Decimal(text.replace("\xa0", "").replace(" ", "").replace(",", ".").removesuffix("%"))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or round(number, 2) != number:
        faults["percent"] = [_m("Write per cent as a number, for example 60 or 62,5.")]
        return Decimal(0)
    return number


def _page(line: Line, form: dict[str, str], errors: Any) -> str:
    row = service.get_norm(line)
    return render_template(
        "benchmarking/norm.html",
        row=row,
        form={"percent": "", "valid_from": "", "reason": "", "seen": row.seen, **form},
        errors={key: [say(message) for message in messages] for key, messages in errors.items()},
        line_name=line_name(line),
        type_name=_type_names()[line.type_code],
        share_text=share_text,
        may_edit=current_actor().can(Permission.NORM_EDIT),
    )


def share_text(share: Decimal | None) -> str:
    """A norm in per cent, with places only where it has them."""
    if share is None:
        return gettext("none")
    return percent(share, None)


def _type_names() -> dict[str, str]:
    return {code: f"{kind.section} – {kind.name(current_language())}" for code, kind in service_types().items()}
