"""One application: adding, reading, changing, moving on.

The provider's social worker enters an application when a letter or a visit comes, some times a week, and moves it on
when a place is free. They fear that a name gets out: the fields for identity belong to no form that is sent, and this
page says so. And they fear to decide about the wrong person, so every page shows the file reference and the short code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal.core.clock import today
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Permission
from portal.core.transaction import ConstraintViolated, transaction
from portal.returns.service import ResidenceWords
from portal.waitlists import service
from portal.waitlists.forms import Errors, ids_of, read_application, read_person, said, said_of, typed_of, typed_values
from portal.waitlists.ingest.columns import LABELS
from portal.waitlists.ingest.rows import read_day
from portal.waitlists.jobs import current_vault
from portal.waitlists.types import (
    DECLINE_LABELS,
    REFUSAL_LABELS,
    SEX_LABELS,
    STATE_LABELS,
    URGENCY_LABELS,
    ListedService,
    State,
    Step,
    Urgency,
)
from portal.waitlists.views.blueprint import VAULT_ERRORS, Answer, asked_form, bp, vault_refused, words
from portal.waitlists.views.lists import list_words
from portal.waitlists.words import choices, reason_text
from portal.web.formats import day
from portal.web.gate import current_actor, requires
from portal.web.languages import say

TWICE: dict[str, tuple[str, Message]] = {
    "uq_applications_service_id_code": ("identity", _m("This person waits at this service already.")),
    "uq_applications_service_id_file_reference": (
        "file_reference",
        _m("Another application at this service has this number."),
    ),
}


@bp.get("/poradniky/<int:register_id>/nova-zadost")
@requires(Permission.WAITLIST_EDIT)
def new(register_id: int) -> Answer:
    return _new_page(register_id, {"received_on": day(today()), "urgency": str(Urgency.USUAL)}, {})


@bp.post("/poradniky/<int:register_id>/nova-zadost")
@requires(Permission.WAITLIST_EDIT)
def add(register_id: int) -> Answer:
    """Put a person into the list."""
    listed = own_service(register_id)
    typed, attributes = read_application(asked_form(), words())
    note = request.form.get("note", "")
    given = typed.given | {"note": note, "criteria": request.form.getlist("criteria")}
    given |= {name: request.form.get(name, "") for name in ("digests", "code")}  # nothing has to be typed again
    try:
        digests, code = read_person(request.form)
        if attributes is None:
            return _new_page(register_id, given, said(typed.errors)), 422
        with transaction():
            application_id = service.add_application(
                current_actor(),
                vault=current_vault(),
                register_id=listed.register_id,
                digests=digests,
                code=code,
                attributes=attributes,
                criteria=ids_of(request.form.getlist("criteria")),
                note=note,
            )
    except Invalid as error:
        return _new_page(register_id, given, {**said(typed.errors), **said_of(error)}), 422
    except ConstraintViolated as error:
        return _new_page(register_id, given, _twice(error)), 409
    except VAULT_ERRORS as error:
        return vault_refused(error, _new_page(register_id, given, {"identity": [say(error.message)]}))
    flash(gettext("The application is in the list."), "success")
    return redirect(url_for("waitlists.application", register_id=register_id, application_id=application_id), code=303)


@bp.get("/poradniky/<int:register_id>/zadosti/<int:application_id>")
@requires(Permission.WAITLIST_READ)
def application(register_id: int, application_id: int) -> Answer:
    """One application with its history and what can be done with it."""
    return _page(register_id, application_id, {}, {})


@bp.get("/poradniky/<int:register_id>/zadosti/<int:application_id>/uprava")
@requires(Permission.WAITLIST_EDIT)
def edit(register_id: int, application_id: int) -> Answer:
    own_service(register_id)
    detail = service.read_application(current_actor(), register_id=register_id, application_id=application_id)
    given = typed_of(detail.row) | {"criteria": [str(one) for one in detail.holding]}
    return _edit_page(detail, given, {}, detail.row.version)


@bp.post("/poradniky/<int:register_id>/zadosti/<int:application_id>/uprava")
@requires(Permission.WAITLIST_EDIT)
def save(register_id: int, application_id: int) -> Answer:
    """Store what was changed; when somebody else was quicker, both values are shown."""
    own_service(register_id)
    actor, meaning = current_actor(), words()
    detail = service.read_application(actor, register_id=register_id, application_id=application_id)
    typed, attributes = read_application(asked_form(), meaning)
    given = typed.given | {"criteria": request.form.getlist("criteria")}
    version = read_version()
    if attributes is None:
        return _edit_page(detail, given, said(typed.errors), version), 422
    try:
        with transaction():
            service.edit_application(
                actor,
                register_id=register_id,
                application_id=application_id,
                version=version,
                attributes=attributes,
                criteria=ids_of(request.form.getlist("criteria")),
            )
    except Invalid as error:
        return _edit_page(detail, given, said_of(error), version), 422
    except ConstraintViolated as error:
        return _edit_page(detail, given, _twice(error), version), 409
    except Conflict as error:
        stored = typed_values(error.current)
        differing = [
            (name, _told(name, typed.given[name], meaning), _told(name, value, meaning))
            for name, value in stored.items()
            if " ".join(typed.given[name].split()) != " ".join(value.split())
        ]
        errors = {"": [say(error.message)]}
        return _edit_page(detail, given, errors, int(str(error.current["version"])), differing), 409
    flash(gettext("The application is saved."), "success")
    return _to_application(register_id, application_id)


@bp.post("/poradniky/<int:register_id>/zadosti/<int:application_id>/krok")
@requires(Permission.WAITLIST_EDIT)
def move(register_id: int, application_id: int) -> Answer:
    """Offer, admit, refuse and the other steps."""
    own_service(register_id)
    given = {name: request.form.get(name, "") for name in ("step", "on", "reason", "note")}
    service.read_application(current_actor(), register_id=register_id, application_id=application_id)
    if given["step"] not in set(Step):
        return _page(register_id, application_id, given, {"step": [gettext("Choose what happened.")]}), 422
    try:
        with transaction():
            service.move_application(
                current_actor(),
                register_id=register_id,
                application_id=application_id,
                version=read_version(),
                step=Step(given["step"]),
                on=read_day(" ".join(given["on"].split())),
                reason=given["reason"] or None,
                note=given["note"],
            )
    except Invalid as error:
        return _page(register_id, application_id, given, said_of(error)), 422
    except Conflict as error:
        return _page(register_id, application_id, given, {"step": [say(error.message)]}), 409
    flash(gettext("The new state is noted."), "success")
    return _to_application(register_id, application_id)


@bp.post("/poradniky/<int:register_id>/zadosti/<int:application_id>/poznamka")
@requires(Permission.WAITLIST_EDIT)
def note(register_id: int, application_id: int) -> Answer:
    """A note into the history."""
    own_service(register_id)
    text = request.form.get("text", "")
    try:
        with transaction():
            service.note_application(current_actor(), register_id=register_id, application_id=application_id, note=text)
    except Invalid as error:
        return _page(register_id, application_id, {"text": text}, {"text": [say(error.message)]}), 422
    flash(gettext("The note is written."), "success")
    return _to_application(register_id, application_id)


@bp.get("/poradniky/<int:register_id>/zadosti/<int:application_id>/krok")
@bp.get("/poradniky/<int:register_id>/zadosti/<int:application_id>/poznamka")
@requires(Permission.WAITLIST_EDIT)
def after_step(register_id: int, application_id: int) -> Answer:
    """An answer to a form has the form's address; whoever opens it again gets the application."""
    own_service(register_id)
    service.read_application(current_actor(), register_id=register_id, application_id=application_id)
    return _to_application(register_id, application_id)


@bp.get("/poradniky/<int:register_id>/zadosti/<int:application_id>/vymaz")
@requires(Permission.WAITLIST_EDIT)
def erasing(register_id: int, application_id: int) -> Answer:
    """What erasing a person means, with the question whether it is meant."""
    return _erase_page(register_id, application_id, {})


@bp.post("/poradniky/<int:register_id>/zadosti/<int:application_id>/vymaz")
@requires(Permission.WAITLIST_EDIT)
def erase(register_id: int, application_id: int) -> Answer:
    """Erase the person of the application at this provider."""
    if request.form.get("confirm") != "1":
        sentence = gettext("Tick that the person shall be erased.")
        return _erase_page(register_id, application_id, {"confirm": [sentence]}), 422
    try:
        with transaction():
            service.erase_applicant(
                current_actor(), vault=current_vault(), register_id=register_id, application_id=application_id
            )
    except VAULT_ERRORS as error:
        return vault_refused(error, _erase_page(register_id, application_id, {"confirm": [say(error.message)]}))
    flash(gettext("The person is erased."), "success")
    return redirect(url_for("waitlists.show", register_id=register_id), code=303)


def read_version() -> int:
    """The version that a form was drawn with; 0 for one that is none, which no stored object has."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def own_service(register_id: int) -> ListedService:
    """The service, if the visitor may write there: a reader of the kraj gets 404 here, as for what is not there."""
    listed = service.read_listed(current_actor(), register_id)
    if not current_actor().can_for_provider(Permission.WAITLIST_EDIT, listed.provider_ico):
        raise NotFound(_m("There is no such service."))
    return listed


def _twice(error: ConstraintViolated) -> Errors:
    if error.name not in TWICE:
        raise error
    name, sentence = TWICE[error.name]
    return {name: [say(sentence)]}


def _to_application(register_id: int, application_id: int) -> Any:
    return redirect(url_for("waitlists.application", register_id=register_id, application_id=application_id), code=303)


def form_words() -> dict[str, Any]:
    """Choices of the form of an application."""
    return {
        "urgencies": choices(URGENCY_LABELS),
        "sexes": choices(SEX_LABELS),
        "labels": {
            **{name: say(label) for name, label in LABELS.items()},
            "municipality": say(LABELS["municipality_code"]),
        },
    }


def _new_page(register_id: int, given: Mapping[str, Any], errors: Errors) -> str:
    listed = own_service(register_id)
    return render_template(
        "waitlists/new.html",
        listed=listed,
        given=given,
        errors=errors,
        criteria=service.list_criteria(listed.id),
        words=words(),
        **list_words(listed.type_code),
        **form_words(),
    )


def _edit_page(
    detail: service.ApplicationDetail,
    given: Mapping[str, Any],
    errors: Errors,
    version: int,
    differing: list[tuple[str, str, str]] | None = None,
) -> str:
    return render_template(
        "waitlists/edit.html",
        detail=detail,
        listed=detail.service,
        given=given,
        errors=errors,
        version=version,
        differing=differing or [],
        criteria=detail.criteria,
        words=words(),
        **list_words(detail.service.type_code),
        **form_words(),
    )


def _page(register_id: int, application_id: int, given: Mapping[str, str], errors: Errors) -> str:
    detail = service.read_application(current_actor(), register_id=register_id, application_id=application_id)
    steps, meaning = [step for step in detail.steps if step is not Step.EXPIRE], words()
    return render_template(
        "waitlists/application.html",
        detail=detail,
        row=detail.row,
        errors=errors,
        given={"on": day(today()), **given},
        steps=[(str(step), say(step.label)) for step in steps],
        refusals=choices(REFUSAL_LABELS) if Step.REFUSE in steps else [],
        declines=choices(DECLINE_LABELS) if Step.DECLINE in steps else [],
        changes=[_changes(event.changes, meaning) for event in detail.events],
        is_open=detail.row.state in (State.WAITING, State.OFFERED),
        words=meaning,
        sex_labels=dict(choices(SEX_LABELS)),
        **list_words(detail.service.type_code),
    )


def _changes(changes: Mapping[str, Any], meaning: ResidenceWords) -> list[tuple[str, str, str]]:
    """Label, before and after of each change that people understand; states and reasons are told apart from these."""
    found = []
    for name, (before, after) in changes.items():
        if name in LABELS and name not in ("state", "decided_on", "reason", "code"):
            found.append((say(LABELS[name]), shown_value(name, before, meaning), shown_value(name, after, meaning)))
        elif name == "code":
            found.append((say(LABELS[name]), "…", gettext("another person")))
    return found


def shown_value(name: str, value: Any, meaning: ResidenceWords) -> str:
    """A stored value of a field in words."""
    if value is None:
        return "–"
    if name.endswith(("_on", "_from")):
        found = read_day(" ".join(str(value).split()))
        return day(found) if found is not None else str(value)
    known: dict[str, Mapping[str, str]] = {
        "adverse_situation": meaning.situations,
        "target_group": meaning.groups,
        "municipality_code": meaning.places.labels,
        "urgency": dict(choices(URGENCY_LABELS)),
        "sex": dict(choices(SEX_LABELS)),
        "state": dict(choices(STATE_LABELS)),
        "reason": {str(value): reason_text(str(value))},
        "end_reason": {str(value): reason_text(str(value), leaving=True)},
    }
    return known[name].get(str(value), str(value)) if name in known else str(value)


def _told(name: str, typed: str, meaning: ResidenceWords) -> str:
    """What stands in a box of the form, in words."""
    return shown_value("municipality_code" if name == "municipality" else name, typed or None, meaning)


def _erase_page(register_id: int, application_id: int, errors: Errors) -> str:
    listed = own_service(register_id)
    detail = service.read_application(current_actor(), register_id=register_id, application_id=application_id)
    return render_template(
        "waitlists/erase.html",
        listed=listed,
        reference=detail.row.file_reference,
        code=detail.row.code,
        back=url_for("waitlists.application", register_id=register_id, application_id=application_id),
        action=url_for("waitlists.erase", register_id=register_id, application_id=application_id),
        errors=errors,
    )
