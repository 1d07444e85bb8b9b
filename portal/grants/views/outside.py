"""Figures of years that support cannot be of.

The key worker meets them once, after an old file with a mistyped year; the fear is to remove something that is right.
So each figure is shown, a year is removed as it was seen, and what stood there stays in the history.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import ngettext

from portal.core.clock import today
from portal.core.errors import Conflict
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.core.transaction import transaction
from portal.grants import service
from portal.grants.limits import FIRST_YEAR, last_year
from portal.grants.service.outside import SHOWN
from portal.grants.views.blueprint import Answer, bp
from portal.grants.words import KINDS, SIDES
from portal.web.gate import current_actor, requires
from portal.web.languages import say


@bp.get("/dotace/zaznamy/mimo-roky")
@requires(Permission.GRANT_SETTLE)
def outside_years() -> str:
    """Such years with their figures."""
    return _page("")


@bp.post("/dotace/zaznamy/mimo-roky")
@requires(Permission.GRANT_SETTLE)
def remove_outside_year() -> Answer:
    """Remove the figures of one of these years."""
    text = request.form.get("year", "")
    year = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    try:
        with transaction():
            count = service.remove_outside_year(current_actor(), year, seen=request.form.get("seen", ""))
    except Conflict as error:
        return _page(say(error.message)), 409
    flash(ngettext("%(num)s figure removed.", "%(num)s figures removed.", count), "success")
    return redirect(url_for("grants.outside_years"), code=303)


def _page(error: str) -> str:
    actor = current_actor()
    years = service.outside_years(actor)
    return render_template(
        "grants/outside.html",
        years=years,
        figures=service.outside_figures(actor),
        count=sum(one.figures for one in years),
        shown=SHOWN,
        bounds=say(_m("%(first)s to %(last)s", first=FIRST_YEAR, last=last_year(today()))),
        names=service.municipality_names(),
        kind_words=KINDS,
        side_words=SIDES,
        errors={"": [error]} if error else {},
    )
