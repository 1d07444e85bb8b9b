"""Links of persons: which two of the waiting lists are one.

The kraj's key worker comes once a week and decides some twenty pairs, the likeliest first; they know neither names nor
providers, only years, municipalities, services and dates. They fear to make one of two brothers, so nothing is merged,
everything can be taken back, and "later" is an answer. The planner and the auditor read who decided what; they fear a
number of persons that nobody can explain.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal.core.errors import Conflict, Invalid
from portal.core.jobs import start_job
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.core.transaction import transaction
from portal.waitlists.forms import Errors, said_of
from portal.waitlists.links import service
from portal.waitlists.links.jobs import LINK_JOB
from portal.waitlists.links.types import PAGE, Verdict, View
from portal.waitlists.links.words import STATE_COLOURS, VIEW_LABELS, evidence
from portal.waitlists.types import SEX_LABELS
from portal.waitlists.views.applications import read_version
from portal.waitlists.views.blueprint import Answer, chosen, pages_of, type_name, words
from portal.waitlists.words import STATE_COLOURS as APPLICATION_COLOURS
from portal.waitlists.words import choices
from portal.web.gate import current_actor, requires
from portal.web.languages import say
from portal.web.paging import page_number

bp = Blueprint("person_links", __name__, template_folder="../templates")


@bp.get("/poradniky/vazby")
@requires(Permission.LINK_READ)
def index() -> Answer:
    """The work list."""
    view, page = View(chosen("stav", set(View)) or View.OPEN), page_number()
    found = service.list_pairs(current_actor(), view=view, page=page)
    stay = None if view is View.OPEN else str(view)
    return render_template(
        "links/index.html",
        found=found,
        view=view,
        views=choices(VIEW_LABELS),
        page=page,
        pages=pages_of(found.total, PAGE),
        address=lambda number: url_for("person_links.index", stav=stay, strana=number if number > 1 else None),
        linking=service.linking_state(),
        **_words(),
    )


@bp.post("/poradniky/vazby/prepocet")
@requires(Permission.LINK_DECIDE)
def run() -> Answer:
    """Link all persons now, in the background."""
    if not service.linking_state().is_running:
        with transaction():
            start_job(current_actor(), LINK_JOB, {})
    flash(gettext("Linking was asked for. It takes seconds, with a million records minutes."), "success")
    return redirect(url_for("person_links.index"), code=303)


@bp.get("/poradniky/vazby/<int:pair_id>")
@requires(Permission.LINK_READ)
def pair(pair_id: int) -> Answer:
    """Two persons beside each other, and what was decided."""
    return _pair_page(pair_id, {})


@bp.post("/poradniky/vazby/<int:pair_id>")
@requires(Permission.LINK_DECIDE)
def decide(pair_id: int) -> Answer:
    """Store a decision and go on to the next pair."""
    try:
        verdict = request.form.get("verdict", "")
        if verdict not in set(Verdict):
            sentence = _m("Choose what holds of the two persons.")
            service.read_pair(current_actor(), pair_id)
            raise Invalid(sentence, {"verdict": [sentence]})
        with transaction():
            service.decide(
                current_actor(),
                pair_id=pair_id,
                version=read_version(),
                verdict=Verdict(verdict),
                comment=request.form.get("comment", ""),
            )
    except Invalid as error:
        return _pair_page(pair_id, said_of(error)), 422
    except Conflict as error:
        return _pair_page(pair_id, {"verdict": [say(error.message)]}), 409
    flash(_said_of_verdict(Verdict(verdict), pair_id), "success")
    if request.form.get("from") == "group":
        return redirect(url_for("person_links.group", pair_id=pair_id), code=303)
    following = service.read_pair(current_actor(), pair_id).next_id
    if following is None:
        return redirect(url_for("person_links.index"), code=303)
    return redirect(url_for("person_links.pair", pair_id=following), code=303)


@bp.post("/poradniky/vazby/<int:pair_id>/zpet")
@requires(Permission.LINK_DECIDE)
def undo(pair_id: int) -> Answer:
    """Take the decision back."""
    try:
        with transaction():
            service.undo(current_actor(), pair_id=pair_id, version=read_version())
    except Invalid as error:
        return _pair_page(pair_id, said_of(error, "verdict")), 422
    except Conflict as error:
        return _pair_page(pair_id, {"verdict": [say(error.message)]}), 409
    flash(gettext("The decision is taken back; it stays in the history."), "success")
    return redirect(url_for("person_links.pair", pair_id=pair_id), code=303)


@bp.get("/poradniky/vazby/<int:pair_id>/zpet")
@requires(Permission.LINK_READ)
def after_undo(pair_id: int) -> Answer:
    """Where a reload leads after a page with an error."""
    service.read_pair(current_actor(), pair_id)
    return redirect(url_for("person_links.pair", pair_id=pair_id), code=303)


@bp.get("/poradniky/vazby/<int:pair_id>/skupina")
@requires(Permission.LINK_READ)
def group(pair_id: int) -> Answer:
    """All who are probably one with the persons of a pair."""
    return render_template("links/group.html", found=service.read_group(current_actor(), pair_id), **_words())


def _said_of_verdict(verdict: Verdict, pair_id: int) -> str:
    match verdict:
        case Verdict.SAME:
            return gettext("Pair %(number)s counts as one person now.", number=pair_id)
        case Verdict.DIFFERENT:
            return gettext("Pair %(number)s are two persons and will not be proposed again.", number=pair_id)
        case Verdict.LATER:
            return gettext("Pair %(number)s waits at the end of the list.", number=pair_id)


def _pair_page(pair_id: int, errors: Errors) -> str:
    found = service.read_pair(current_actor(), pair_id)
    agreed, others = evidence(found.row.agreeing)
    return render_template(
        "links/pair.html",
        found=found,
        row=found.row,
        agreed=agreed,
        not_agreed=others,
        errors=errors,
        comment=request.form.get("comment", ""),
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "words": words(),
        "sexes": dict(choices(SEX_LABELS)),
        "type_name": type_name,
        "colours": STATE_COLOURS,
        "application_colours": APPLICATION_COLOURS,
    }
