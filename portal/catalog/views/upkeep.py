"""Keeping entries true: the provider's check of data and the kraj's answers to its proposals.

The provider's editor comes some four times a year, reminded, between other work; wants to be done in a minute and fears
that a wrong number sends people to nobody. So: one list with the neglected first, one button when all is right, a form
that already holds what is there. The kraj's key worker comes daily with the coffee and fears to let a mistake through:
each change stands beside what is there now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.catalog.calc.proposals import EditField
from portal.catalog.service import upkeep
from portal.catalog.types import service_types
from portal.catalog.views.entries import capacity_text
from portal.core.errors import Conflict, Invalid
from portal.core.messages import Message
from portal.core.permissions import Permission
from portal.core.transaction import transaction
from portal.web.gate import current_actor, requires
from portal.web.languages import current_language, say

bp = Blueprint("catalog_upkeep", __name__, template_folder="../templates")

Answer = str | tuple[str, int] | Response
Errors = dict[str, list[str]]


def _said(fields: Mapping[str, Sequence[Message]]) -> Errors:
    return {field: [say(sentence) for sentence in sentences] for field, sentences in fields.items()}


def _type_name(code: str) -> str:
    service_type = service_types().get(code)
    return service_type.name(current_language()) if service_type else ""


@bp.get("/overeni-udaju")
@requires(Permission.CATALOG_CONFIRM)
def index() -> str:
    return render_template(
        "catalog/upkeep_index.html", entries=upkeep.list_own_entries(current_actor()), type_name=_type_name
    )


@bp.get("/overeni-udaju/<int:register_id>")
@requires(Permission.CATALOG_CONFIRM)
def entry(register_id: int) -> str:
    return _entry_page(register_id)


def _entry_page(register_id: int, conflict: str | None = None) -> str:
    found = upkeep.get_entry(current_actor(), register_id)
    return render_template(
        "catalog/upkeep_entry.html",
        entry=found,
        service=found.service,
        type_name=_type_name(found.service.service_type.section) if found.service.service_type else "",
        capacity_text=capacity_text,
        states=upkeep.PROPOSAL_STATES,
        conflict=conflict,
    )


@bp.post("/overeni-udaju/<int:register_id>/potvrzeni")
@requires(Permission.CATALOG_CONFIRM)
def confirm(register_id: int) -> Answer:
    try:
        with transaction():
            upkeep.confirm(current_actor(), register_id=register_id, seen=request.form.get("seen", ""))
    except Conflict as error:
        return _entry_page(register_id, say(error.message)), 409
    flash(gettext("Thank you. The entry is confirmed as of today."), "success")
    return redirect(url_for("catalog_upkeep.index"))


@bp.get("/overeni-udaju/<int:register_id>/uprava")
@requires(Permission.CATALOG_CONFIRM)
def edit(register_id: int) -> str:
    return _edit_page(register_id, {})


def _edit_page(
    register_id: int,
    errors: Errors,
    *,
    typed: Mapping[str, str] | None = None,
    changed: Mapping[str, object] | None = None,
) -> str:
    """The form; ``typed`` keeps what a person wrote, ``changed`` are the stored values after a conflict."""
    found = upkeep.get_entry(current_actor(), register_id)
    values = {field.value: text for field, text in found.values.items()}
    if typed is not None:
        values |= {field: typed[field] for field in values if field in typed}
    return render_template(
        "catalog/upkeep_edit.html",
        entry=found,
        service=found.service,
        fields=[field for field in EditField if field in found.values],
        values=values,
        comment=typed.get("comment", "") if typed is not None else "",
        errors=errors,
        changed=changed or {},
    )


@bp.post("/overeni-udaju/<int:register_id>/uprava")
@requires(Permission.CATALOG_CONFIRM)
def propose(register_id: int) -> Answer:
    try:
        with transaction():
            upkeep.propose(
                current_actor(),
                register_id=register_id,
                texts=request.form,
                comment=request.form.get("comment", ""),
                seen=request.form.get("seen", ""),
            )
    except Invalid as error:
        errors = _said(error.fields) or {"": [say(error.message)]}
        return _edit_page(register_id, errors, typed=request.form), 422
    except Conflict as error:
        page = _edit_page(register_id, {"": [say(error.message)]}, typed=request.form, changed=error.current)
        return page, 409
    flash(gettext("The proposal was sent. The region will answer it; you see its state here."), "success")
    return redirect(url_for("catalog_upkeep.entry", register_id=register_id))


@bp.post("/overeni-udaju/navrhy/<int:proposal_id>/zpet")
@requires(Permission.CATALOG_CONFIRM)
def withdraw(proposal_id: int) -> Answer:
    with transaction():
        register_id = upkeep.withdraw(current_actor(), proposal_id=proposal_id)
    flash(gettext("The proposal was withdrawn."), "success")
    return redirect(url_for("catalog_upkeep.entry", register_id=register_id))


@bp.get("/sprava/navrhy")
@requires(Permission.CATALOG_REVIEW_READ)
def review() -> str:
    waiting, settled = upkeep.list_proposals()
    return render_template("catalog/proposals.html", waiting=waiting, settled=settled, states=upkeep.PROPOSAL_STATES)


@bp.get("/sprava/navrhy/<int:proposal_id>")
@requires(Permission.CATALOG_REVIEW_READ)
def proposal(proposal_id: int) -> str:
    return _proposal_page(proposal_id, {})


def _proposal_page(proposal_id: int, errors: Errors) -> str:
    return render_template(
        "catalog/proposal.html",
        proposal=upkeep.get_proposal(proposal_id),
        states=upkeep.PROPOSAL_STATES,
        may_decide=current_actor().can(Permission.CATALOG_REVIEW),
        reply=request.form.get("reply", ""),
        errors=errors,
    )


@bp.post("/sprava/navrhy/<int:proposal_id>/prijeti")
@requires(Permission.CATALOG_REVIEW)
def accept(proposal_id: int) -> Answer:
    form = request.form
    try:
        with transaction():
            upkeep.accept(
                current_actor(), proposal_id=proposal_id, reply=form.get("reply", ""), seen=form.get("seen", "")
            )
    except Invalid as error:
        return _proposal_page(proposal_id, _said(error.fields)), 422
    except Conflict as error:
        return _proposal_page(proposal_id, {"": [say(error.message)]}), 409
    flash(gettext("The proposal was accepted; the entry now says so."), "success")
    return redirect(url_for("catalog_upkeep.review"))


@bp.post("/sprava/navrhy/<int:proposal_id>/odmitnuti")
@requires(Permission.CATALOG_REVIEW)
def decline(proposal_id: int) -> Answer:
    try:
        with transaction():
            upkeep.decline(current_actor(), proposal_id=proposal_id, reply=request.form.get("reply", ""))
    except Invalid as error:
        return _proposal_page(proposal_id, _said(error.fields)), 422
    except Conflict as error:
        return _proposal_page(proposal_id, {"": [say(error.message)]}), 409
    flash(gettext("The proposal was declined."), "success")
    return redirect(url_for("catalog_upkeep.review"))
