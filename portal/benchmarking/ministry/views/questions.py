"""Questions of the region about a provider's yearly figures.

The provider's worker comes when the menu shows a number. They want to see at once which figure is meant and what the
ministry has in its place, and fear that a difference is held against them; so both of their own figures stand beside
each other with the quarters, and the answer is one field.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.benchmarking.ministry import service
from portal.benchmarking.ministry.service.reconciling import cell_of
from portal.benchmarking.ministry.tables import item_name
from portal.benchmarking.ministry.views.blueprint import bp
from portal.benchmarking.ministry.words import COMPARISONS, DECISIONS, MESSAGES
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.permissions import Permission
from portal.core.transaction import transaction
from portal.web.gate import current_actor, requires
from portal.web.languages import say

Answer = str | Response | tuple[str, int]


@bp.get("/srovnani/dotazy")
@requires(Permission.QUESTION_ANSWER)
def questions() -> str:
    """All questions to the reader's providers, those that wait for an answer first."""
    found = service.list_questions(current_actor())
    return render_template("ministry/questions.html", questions=found, item_name=item_name, decisions=DECISIONS)


@bp.get("/srovnani/dotazy/<int:year>/<int:register_id>/<item>")
@requires(Permission.QUESTION_ANSWER)
def question(year: int, register_id: int, item: str) -> str:
    """One question with the provider's own figures."""
    return _question(year, register_id, item, {}, "")


@bp.post("/srovnani/dotazy/<int:year>/<int:register_id>/<item>")
@requires(Permission.QUESTION_ANSWER)
def answer(year: int, register_id: int, item: str) -> Answer:
    """Answer it."""
    text, seen = request.form.get("answer", ""), request.form.get("seen", "")
    key: dict[str, Any] = {"register_id": register_id, "year": year, "item": item}
    try:
        with transaction():
            version = int(seen) if seen.isascii() and seen.isdecimal() else -1
            service.answer(current_actor(), text=text, seen=version, **key)
    except Invalid as error:
        errors = {name: [say(message) for message in messages] for name, messages in error.fields.items()}
        return _question(year, register_id, item, errors, text), 422
    except (Conflict, Forbidden) as error:
        return _question(year, register_id, item, {"": [say(error.message)]}, text), 409
    flash(gettext("Your answer was sent to the region."), "success")
    return redirect(url_for("ministry.questions"), code=303)


def _question(year: int, register_id: int, item: str, errors: dict[str, list[str]], text: str) -> str:
    found = service.read_question(current_actor(), register_id=register_id, year=year, item=item)
    return render_template(
        "ministry/question.html",
        found=found,
        row=found.row,
        quarters=found.quarters.rows(),
        errors=errors,
        text=text,
        comparison_words=COMPARISONS,
        decision_words=DECISIONS,
        message_words=MESSAGES,
        item_name=item_name,
        cell_of=cell_of,
    )
