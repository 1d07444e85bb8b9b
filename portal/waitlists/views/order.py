"""How a service puts its applications in order.

The provider's approver or editor comes once, and again when the rules of admission change. They fear that the order on
the page is not the one of their own rules; so the criteria are theirs, and everybody's points are counted anew at once.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal.core.errors import Conflict, Invalid
from portal.core.messages import _m
from portal.core.numbers import parse_number
from portal.core.permissions import Permission
from portal.core.transaction import ConstraintViolated, transaction
from portal.waitlists import service
from portal.waitlists.forms import Errors, said_of
from portal.waitlists.types import ORDER_LABELS, OrderRule
from portal.waitlists.views.applications import read_version
from portal.waitlists.views.blueprint import Answer, bp
from portal.waitlists.views.lists import list_words
from portal.waitlists.words import choices
from portal.web.gate import current_actor, requires
from portal.web.languages import say

MORE_ROWS = 3
Rows = list[dict[str, str]]


@bp.get("/poradniky/<int:register_id>/poradi")
@requires(Permission.WAITLIST_READ)
def order(register_id: int) -> Answer:
    """The rule, the criteria, and the form for those who may change them."""
    return _page(register_id, None, {})


@bp.post("/poradniky/<int:register_id>/poradi")
@requires(Permission.WAITLIST_EDIT)
def change_order(register_id: int) -> Answer:
    actor, rows = current_actor(), _typed()
    rule = request.form.get("rule", "")
    try:
        if rule not in set(OrderRule):
            raise Invalid(_m("Choose the order."), {"rule": [_m("Choose the order.")]})
        with transaction():
            service.change_order(
                actor,
                register_id=register_id,
                version=read_version(),
                rule=OrderRule(rule),
                criteria=[_read(number, row) for number, row in enumerate(rows) if row["label"].strip()],
            )
    except Invalid as error:
        return _page(register_id, rows, said_of(error)), 422
    except Conflict as error:
        return _page(register_id, rows, {"": [say(error.message)]}), 409
    except ConstraintViolated as error:
        if error.name != "uq_ordering_criteria_service_id_label":
            raise
        sentence = gettext("Names of criteria cannot be exchanged at once. Rename one, save, and rename the other.")
        return _page(register_id, rows, {"label-0": [sentence]}), 422
    flash(gettext("The order is saved; all places are counted anew."), "success")
    return redirect(url_for("waitlists.order", register_id=register_id), code=303)


def _typed() -> Rows:
    rows = []
    for number in range(service.MAX_CRITERIA + MORE_ROWS):
        if f"label-{number}" in request.form:
            rows.append({name: request.form.get(f"{name}-{number}", "") for name in ("id", "label", "points")})
    return rows


def _read(number: int, row: dict[str, str]) -> tuple[int | None, str, int]:
    try:
        points = int(parse_number(row["points"], max_places=0))
    except Invalid as error:
        raise Invalid(error.message, {f"points-{number}": [error.message]}) from error
    known = int(row["id"]) if row["id"].isascii() and row["id"].isdigit() and len(row["id"]) < 10 else None
    return known, row["label"], points


def _page(register_id: int, rows: Rows | None, errors: Errors) -> str:
    found = service.read_order(current_actor(), register_id)
    if rows is None:
        rows = [{"id": str(one.id), "label": one.label, "points": str(one.points)} for one in found.criteria]
        rows += [{"id": "", "label": "", "points": ""} for _ in range(MORE_ROWS)]
    shown: dict[str, Any] = {("label-0" if name == "criteria" else name): texts for name, texts in errors.items()}
    return render_template(
        "waitlists/order.html",
        found=found,
        listed=found.service,
        rows=rows,
        errors=shown,
        rule=request.form.get("rule", str(found.rule)),
        rules=choices(ORDER_LABELS),
        **list_words(found.service.type_code),
    )
