"""Alerts of new free places.

A social worker of a hospital or a municipality who looks for the same kind of place each week. They want to be told
once a day and not more, and fear a mailbox full of letters that cannot be stopped: each letter ends its alert by a
link that asks for no password.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal.core.errors import Conflict, Invalid
from portal.core.mail import is_mail_set
from portal.core.permissions import Permission
from portal.core.settings import current_settings
from portal.core.transaction import transaction
from portal.waitlists.vacancies import service, words
from portal.waitlists.vacancies.calc.asking import read_wish, wish_of_query, write_wish
from portal.waitlists.vacancies.service import Choices
from portal.waitlists.vacancies.types import Wish
from portal.waitlists.vacancies.views.blueprint import Answer, bp, upkeep
from portal.web.formats import day
from portal.web.gate import current_actor, requires
from portal.web.languages import say

ADDRESS = "/volna-mista/upozorneni"


@bp.get(ADDRESS)
@requires(Permission.SIGNED_IN)
def alerts() -> str:
    """The reader's alerts and the last letters."""
    kept, letters = service.list_alerts(current_actor())
    choices = service.offer_choices(upkeep())
    return render_template(
        "vacancies/alerts.html",
        alerts=[(one, wish_text(one.wish, choices)) for one in kept],
        letters=letters,
        letter_states=words.LETTER_STATES,
        letter_colours=words.LETTER_COLOURS,
        mail_is_set=is_mail_set(current_settings()),
    )


@bp.get(ADDRESS + "/nove")
@requires(Permission.SIGNED_IN)
def new_alert() -> str:
    """A wish, as the address has it, to be kept under a name. Raises Invalid."""
    return _new(read_wish(request.args), "", {})


@bp.post(ADDRESS + "/nove")
@requires(Permission.SIGNED_IN)
def add_alert() -> Answer:
    """Keep it."""
    wish, name = wish_of_query(request.form.get("wish", "")), request.form.get("name", "")
    try:
        with transaction():
            service.add_alert(current_actor(), name=name, wish=wish, upkeep=upkeep())
    except Invalid as error:
        return _new(wish, name, {field: [say(one) for one in told] for field, told in error.fields.items()}), 422
    except Conflict as error:
        return _new(wish, name, {"": [say(error.message)]}), 409
    flash(gettext("The alert is set. New places come by e-mail, once a day at most."), "success")
    return redirect(url_for("vacancies.alerts"), code=303)


@bp.post(ADDRESS + "/<int:alert_id>/zruseni")
@requires(Permission.SIGNED_IN)
def end_alert(alert_id: int) -> Answer:
    """End an alert."""
    with transaction():
        service.end_alert(current_actor(), alert_id)
    flash(gettext("The alert has ended."), "success")
    return redirect(url_for("vacancies.alerts"), code=303)


@bp.get(ADDRESS + "/konec/<token>")
@requires(Permission.PUBLIC)
def ask_end(token: str) -> str:
    """The page a letter's link leads to: one button ends the alert, so that no program does by looking at links."""
    return render_template("vacancies/end.html", alert=service.find_by_token(token), token=token, is_ended=False)


@bp.post(ADDRESS + "/konec/<token>")
@requires(Permission.PUBLIC)
def end_by_letter(token: str) -> str:
    """End the alert, without a login."""
    with transaction():
        service.end_by_token(current_actor(), token)
    return render_template("vacancies/end.html", alert=None, token=token, is_ended=True)


def _new(wish: Wish, name: str, errors: dict[str, list[str]]) -> str:
    text = wish_text(wish, service.offer_choices(upkeep()))
    return render_template(
        "vacancies/new_alert.html", wish=write_wish(wish), text=text, name=name or text[:80], errors=errors
    )


def wish_text(wish: Wish, choices: Choices) -> str:
    """What is looked for, in words."""
    parts = [
        words.type_name(wish.type_code) if wish.type_code else "",
        gettext("service %(number)s of the register", number=wish.service) if wish.service is not None else "",
        gettext("ORP %(name)s", name=choices.orps.get(wish.orp, wish.orp)) if wish.orp else "",
        gettext("near %(name)s", name=choices.municipalities.get(wish.near, wish.near)) if wish.near else "",
        choices.groups.get(wish.group, wish.group) if wish.group else "",
        say(wish.sex.label) if wish.sex else "",
        gettext("age %(age)s", age=wish.age) if wish.age is not None else "",
        gettext("accessible by wheelchair") if wish.accessible else "",
        say(wish.room.label) if wish.room else "",
        gettext("free by %(day)s", day=day(wish.by)) if wish.by else "",
    ]
    return ", ".join(part for part in parts if part) or gettext("any free place")
