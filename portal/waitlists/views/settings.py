"""Keys of providers' programs, and the rules of the kraj.

The provider's approver comes once, when its program shall make codes, and again when somebody who knew a key leaves;
they fear a key that lives on unseen. The kraj's planner sets the rules once and fears to change what waits for many.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.messages import _m
from portal.core.numbers import parse_number
from portal.core.permissions import Permission
from portal.core.transaction import transaction
from portal.waitlists import service
from portal.waitlists.forms import Errors, said_of
from portal.waitlists.views.applications import read_version
from portal.waitlists.views.blueprint import Answer, bp
from portal.web.gate import current_actor, requires
from portal.web.languages import say


@bp.get("/poradniky/klice")
@requires(Permission.WAITLIST_TOKENS)
def tokens() -> Answer:
    """Keys of the provider's programs."""
    return _tokens_page({}, {})


@bp.post("/poradniky/klice")
@requires(Permission.WAITLIST_TOKENS)
def create_token() -> Answer:
    """A new key, shown on this answer alone."""
    given = {name: request.form.get(name, "") for name in ("name", "ico")}
    providers = service.list_providers(current_actor())
    if len(providers) == 1:
        given["ico"] = providers[0][0]
    try:
        with transaction():
            token = service.create_token(current_actor(), ico=given["ico"], name=given["name"])
    except NotFound:
        return _tokens_page(given, {"ico": [gettext("Choose the provider.")]}), 422
    except Invalid as error:
        return _tokens_page(given, said_of(error, "name")), 422
    return _tokens_page({}, {}, token), 201


@bp.post("/poradniky/klice/<int:token_id>/zruseni")
@requires(Permission.WAITLIST_TOKENS)
def revoke_token(token_id: int) -> Answer:
    with transaction():
        service.revoke_token(current_actor(), token_id=token_id)
    flash(gettext("The key does not work any more."), "success")
    return redirect(url_for("waitlists.tokens"), code=303)


@bp.get("/poradniky/pravidla")
@requires(Permission.WAITLIST_ALL)
def rules() -> Answer:
    """What holds for all waiting lists."""
    return _rules_page({}, {})


@bp.post("/poradniky/pravidla")
@requires(Permission.WAITLIST_RULES)
def change_rules() -> Answer:
    given = {name: request.form.get(name, "") for name in ("confirm_after_days", "grace_days")}
    given["providers_see_elsewhere"] = request.form.get("providers_see_elsewhere", "")
    try:
        days = {name: _days(name, given[name]) for name in ("confirm_after_days", "grace_days")}
        with transaction():
            service.change_rules(
                current_actor(),
                confirm_after_days=days["confirm_after_days"],
                grace_days=days["grace_days"],
                providers_see_elsewhere=given["providers_see_elsewhere"] == "1",
                version=read_version(),
            )
    except Invalid as error:
        return _rules_page(given, said_of(error)), 422
    except Conflict as error:
        return _rules_page(given, {"": [say(error.message)]}), 409
    flash(gettext("The rules are saved."), "success")
    return redirect(url_for("waitlists.rules"), code=303)


def _days(name: str, text: str) -> int:
    try:
        return int(parse_number(text, max_places=0))
    except Invalid as error:
        sentence = _m("Write a whole number of days.")
        raise Invalid(sentence, {name: [sentence]}) from error


def _tokens_page(given: dict[str, str], errors: Errors, token: str | None = None) -> str:
    actor = current_actor()
    return render_template(
        "waitlists/tokens.html",
        tokens=service.list_tokens(actor),
        providers=service.list_providers(actor),
        given=given,
        errors=errors,
        token=token,
    )


def _rules_page(given: dict[str, str], errors: Errors) -> str:
    stored = service.read_rules()
    shown: dict[str, Any] = {
        "confirm_after_days": stored.confirm_after_days,
        "grace_days": stored.grace_days,
        "providers_see_elsewhere": "1" if stored.providers_see_elsewhere else "",
        **given,
    }
    return render_template(
        "waitlists/rules.html",
        rules=stored,
        given=shown,
        errors=errors,
        may_edit=current_actor().can(Permission.WAITLIST_RULES),
    )
