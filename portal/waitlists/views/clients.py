"""The register of users of a service.

The provider's social worker comes when somebody starts or leaves, some times a month. They fear double work: who was
admitted from the list is in the register already. The kraj reads it to see where people go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal.core.clock import today
from portal.core.errors import Conflict, Invalid
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.core.transaction import ConstraintViolated, transaction
from portal.waitlists import service
from portal.waitlists.forms import Errors, Typed, read_person, said, said_of
from portal.waitlists.ingest.rows import read_day
from portal.waitlists.jobs import current_vault
from portal.waitlists.service.access import PAGE
from portal.waitlists.types import LEAVING_LABELS, SEX_LABELS, Sex
from portal.waitlists.views.applications import form_words, own_service, read_version
from portal.waitlists.views.blueprint import VAULT_ERRORS, Answer, asked_form, bp, pages_of, vault_refused, words
from portal.waitlists.views.lists import list_words
from portal.waitlists.words import choices
from portal.web.formats import day
from portal.web.gate import current_actor, requires
from portal.web.languages import say
from portal.web.paging import page_number

TYPED = ("started_on", "municipality", "adverse_situation", "target_group", "birth_year", "sex", "digests", "code")
USES_ALREADY = "uq_clients_service_id_code"


@bp.get("/poradniky/<int:register_id>/uzivatele")
@requires(Permission.WAITLIST_READ)
def clients(register_id: int) -> Answer:
    """Users now, or all that ever were."""
    everybody, page = request.args.get("vsichni") == "1", page_number()
    register = service.read_register(current_actor(), register_id=register_id, only_open=not everybody, page=page)
    return render_template(
        "waitlists/clients.html",
        register=register,
        listed=register.service,
        everybody=everybody,
        page=page,
        pages=pages_of(register.total, PAGE),
        address=lambda number: url_for(
            "waitlists.clients", register_id=register_id, vsichni="1" if everybody else None, strana=number
        ),
        words=words(),
        **list_words(register.service.type_code),
    )


@bp.get("/poradniky/<int:register_id>/uzivatele/novy")
@requires(Permission.WAITLIST_EDIT)
def new_client(register_id: int) -> Answer:
    return _new_page(register_id, {"started_on": day(today())}, {})


@bp.post("/poradniky/<int:register_id>/uzivatele/novy")
@requires(Permission.WAITLIST_EDIT)
def add_client(register_id: int) -> Answer:
    """Enter a user who did not come from the list here."""
    own_service(register_id)
    meaning = words()
    form = asked_form()
    typed = Typed({name: form.get(name, "") for name in TYPED})
    started, place = typed.day("started_on", needed=True), typed.place(meaning)
    situation = typed.choice("adverse_situation", meaning.situations, _m("Choose the adverse situation."), needed=True)
    group = typed.choice("target_group", meaning.groups, _m("Choose the target group from the list."))
    sex, year = typed.choice("sex", SEX_LABELS, _m("Choose from the list.")), typed.year("birth_year")
    try:
        digests, code = read_person(request.form)
        if typed.errors or started is None or place is None or situation is None:
            return _new_page(register_id, typed.given, said(typed.errors)), 422
        with transaction():
            service.add_client(
                current_actor(),
                vault=current_vault(),
                register_id=register_id,
                digests=digests,
                code=code,
                started_on=started,
                municipality_code=place,
                adverse_situation=situation,
                target_group=group,
                birth_year=year,
                sex=Sex(sex) if sex else None,
            )
    except Invalid as error:
        return _new_page(register_id, typed.given, {**said(typed.errors), **said_of(error)}), 422
    except ConstraintViolated as error:
        if error.name != USES_ALREADY:
            raise
        return _new_page(
            register_id, typed.given, {"identity": [gettext("This person uses the service already.")]}
        ), 409
    except VAULT_ERRORS as error:
        return vault_refused(error, _new_page(register_id, typed.given, {"identity": [say(error.message)]}))
    flash(gettext("The user is in the register."), "success")
    return redirect(url_for("waitlists.clients", register_id=register_id), code=303)


@bp.get("/poradniky/<int:register_id>/uzivatele/<int:client_id>")
@requires(Permission.WAITLIST_READ)
def client(register_id: int, client_id: int) -> Answer:
    """One stay."""
    return _page(register_id, client_id, {"on": day(today())}, {})


@bp.post("/poradniky/<int:register_id>/uzivatele/<int:client_id>")
@requires(Permission.WAITLIST_EDIT)
def end_stay(register_id: int, client_id: int) -> Answer:
    """Note that the user left."""
    own_service(register_id)
    given = {name: request.form.get(name, "") for name in ("on", "reason")}
    try:
        with transaction():
            service.end_stay(
                current_actor(),
                register_id=register_id,
                client_id=client_id,
                version=read_version(),
                on=read_day(" ".join(given["on"].split())),
                reason=given["reason"] or None,
            )
    except Invalid as error:
        return _page(register_id, client_id, given, said_of(error)), 422
    except Conflict as error:
        return _page(register_id, client_id, given, {"on": [say(error.message)]}), 409
    flash(gettext("The end of the stay is noted."), "success")
    return redirect(url_for("waitlists.client", register_id=register_id, client_id=client_id), code=303)


@bp.get("/poradniky/<int:register_id>/uzivatele/<int:client_id>/vymaz")
@requires(Permission.WAITLIST_EDIT)
def erasing_client(register_id: int, client_id: int) -> Answer:
    return _erase_page(register_id, client_id, {})


@bp.post("/poradniky/<int:register_id>/uzivatele/<int:client_id>/vymaz")
@requires(Permission.WAITLIST_EDIT)
def erase_client(register_id: int, client_id: int) -> Answer:
    """Erase the person of the stay at this provider."""
    if request.form.get("confirm") != "1":
        return _erase_page(register_id, client_id, {"confirm": [gettext("Tick that the person shall be erased.")]}), 422
    try:
        with transaction():
            service.erase_client(current_actor(), vault=current_vault(), register_id=register_id, client_id=client_id)
    except VAULT_ERRORS as error:
        return vault_refused(error, _erase_page(register_id, client_id, {"confirm": [say(error.message)]}))
    flash(gettext("The person is erased."), "success")
    return redirect(url_for("waitlists.clients", register_id=register_id), code=303)


def _new_page(register_id: int, given: Mapping[str, Any], errors: Errors) -> str:
    listed = own_service(register_id)
    return render_template(
        "waitlists/new_client.html",
        listed=listed,
        given=given,
        errors=errors,
        words=words(),
        **list_words(listed.type_code),
        **form_words(),
    )


def _page(register_id: int, client_id: int, given: Mapping[str, str], errors: Errors) -> str:
    listed, stay = service.read_stay(current_actor(), register_id=register_id, client_id=client_id)
    return render_template(
        "waitlists/client.html",
        listed=listed,
        stay=stay,
        given=given,
        errors=errors,
        may_edit=current_actor().can_for_provider(Permission.WAITLIST_EDIT, listed.provider_ico),
        reasons=choices(LEAVING_LABELS),
        sex_labels=dict(choices(SEX_LABELS)),
        words=words(),
        **list_words(listed.type_code),
    )


def _erase_page(register_id: int, client_id: int, errors: Errors) -> str:
    own_service(register_id)
    listed, stay = service.read_stay(current_actor(), register_id=register_id, client_id=client_id)
    here: dict[str, Any] = {"register_id": register_id, "client_id": client_id}
    return render_template(
        "waitlists/erase.html",
        listed=listed,
        reference=None,
        code=stay.code,
        back=url_for("waitlists.client", **here),
        action=url_for("waitlists.erase_client", **here),
        errors=errors,
    )
