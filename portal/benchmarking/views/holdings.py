"""Pages of holdings: which providers have one owner and count once in the groups that providers are told.

The key worker comes when somebody says that a company was bought or sold, a few times a year. It fears to join those
who do not belong together, which would hide groups from all; so each change wants a reason and stays on record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.benchmarking.service import holdings as service
from portal.benchmarking.views.blueprint import bp
from portal.benchmarking.views.days import read_day
from portal.core.audit import action_name
from portal.core.clock import today
from portal.core.errors import Conflict, Invalid
from portal.core.messages import Message
from portal.core.permissions import Permission
from portal.core.transaction import transaction
from portal.web.gate import current_actor, requires
from portal.web.languages import say

Page = str | WerkzeugResponse | tuple[str, int]
Errors = Mapping[str, Sequence[Message]]
FIELDS = ("name", "ico", "valid_from", "reason", "member", "valid_to", "end_reason", "seen")


@bp.get("/srovnani/holdingy")
@requires(Permission.COMPARE_ALL)
def holdings() -> str:
    """All holdings with the providers that belong to them today."""
    return _list_page("", {})


def _list_page(name: str, errors: Errors) -> str:
    actor = current_actor()
    return render_template(
        "benchmarking/holdings.html",
        holdings=service.list_holdings(actor),
        today=today(),
        may_write=actor.can(Permission.HOLDING_EDIT),
        form={"name": name},
        errors=_said(errors),
    )


@bp.post("/srovnani/holdingy")
@requires(Permission.HOLDING_EDIT)
def create_holding() -> Page:
    """A new holding, empty at first."""
    name = request.form.get("name", "")
    try:
        with transaction():
            holding_id = service.save_holding(current_actor(), name=name)
    except Invalid as error:
        return _list_page(name, error.fields), 422
    flash(gettext("The holding is saved. Now put its providers into it."), "success")
    return redirect(url_for("benchmarking.holding", holding_id=holding_id))


@bp.get("/srovnani/holdingy/<int:holding_id>")
@requires(Permission.COMPARE_ALL)
def holding(holding_id: int) -> str:
    """A holding: who belongs to it and did, why, and who recorded it."""
    return _page(holding_id, {}, {})


@bp.post("/srovnani/holdingy/<int:holding_id>")
@requires(Permission.HOLDING_EDIT)
def change_holding(holding_id: int) -> Page:
    """Rename it, put a provider in, end a membership or take out what was a mistake."""
    service.get_holding(current_actor(), holding_id)
    given = {name: request.form.get(name, "") for name in FIELDS}
    try:
        with transaction():
            _change(holding_id, request.form.get("do", ""), given)
    except Invalid as error:
        return _page(holding_id, given, error.fields), 422
    except Conflict as error:
        given["seen"] = str(error.current["version"])
        return _page(holding_id, given, {"": [error.message]}), 409
    flash(gettext("Saved."), "success")
    return redirect(url_for("benchmarking.holding", holding_id=holding_id))


def _change(holding_id: int, do: str, given: Mapping[str, str]) -> None:
    actor, seen = current_actor(), _number(given["seen"])
    if do == "add":
        service.add_member(
            actor,
            holding_id=holding_id,
            ico=given["ico"],
            valid_from=read_day(given["valid_from"]),
            reason=given["reason"],
            seen=seen,
        )
    elif do in ("end", "remove"):
        service.end_member(
            actor,
            holding_id=holding_id,
            member_id=_number(given["member"]),
            valid_to=read_day(given["valid_to"]),
            reason=given["end_reason"],
            seen=seen,
            as_mistake=do == "remove",
        )
    else:
        service.save_holding(actor, name=given["name"], holding_id=holding_id, seen=seen)


def _page(holding_id: int, given: Mapping[str, str], errors: Errors) -> str:
    actor = current_actor()
    row = service.get_holding(actor, holding_id)
    empty = dict.fromkeys(FIELDS, "")
    return render_template(
        "benchmarking/holding.html",
        holding=row,
        members=[(str(member.id), f"{member.name}, {member.ico}") for member in row.members],
        changes=[(entry, say(name) if (name := action_name(entry.action)) else entry.action) for entry in row.changes],
        may_write=actor.can(Permission.HOLDING_EDIT),
        form={**empty, "name": row.name, "seen": str(row.version), **given},
        errors=_said(errors),
    )


def _said(errors: Errors) -> dict[str, list[str]]:
    return {key: [say(message) for message in messages] for key, messages in errors.items()}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else 0
