"""The list of returns: a provider's own, or all of a quarter for the kraj.

The key worker comes daily and wants to see first the providers that he or she looks after.
"""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext

from portal.catalog.types import service_types
from portal.core.clock import now_utc
from portal.core.errors import Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.returns import service
from portal.returns.readings import MISSING, MISSING_STATES, BoardQuery
from portal.returns.types import Period
from portal.returns.views.overview import worker_choices, worker_id
from portal.returns.views.pages import Answer, bp
from portal.returns.workflow import STATE_LABELS
from portal.web.gate import current_actor, requires
from portal.web.languages import current_language, say


@bp.get("/vykazy")
@requires(Permission.RETURN_READ)
def index() -> Answer:
    """The provider's own returns, or the kraj's list."""
    actor = current_actor()
    if actor.provider_icos(Permission.RETURN_READ) is not None:
        return render_template("returns/own.html", own=service.read_own(actor), actor=actor)
    query = _board_query()
    board = service.read_board(query)
    if query.period is not None and board.dates is None:
        raise NotFound(_m("There is no such return."))
    return render_template(
        "returns/board.html",
        board=board,
        query=query,
        types=[(code, one.name_with_section(current_language())) for code, one in service_types().items()],
        states=[
            (MISSING, gettext("Not submitted yet")),
            *((state, say(label)) for state, label in STATE_LABELS.items()),
        ],
        counts={MISSING: sum(board.counts.get(state, 0) for state in MISSING_STATES), **board.counts},
        address=_board_address(query),
        now=now_utc(),
        may_review=actor.can(Permission.RETURN_REVIEW),
        may_remind=actor.can(Permission.RETURN_REMIND),
        workers=worker_choices(),
        worker=request.args.get("pracovnik", ""),
    )


def _board_query() -> BoardQuery:
    arguments = request.args
    page, period = arguments.get("strana", "1"), arguments.get("obdobi", "")
    state, type_code = arguments.get("stav", ""), arguments.get("druh", "")
    if state and state != MISSING and state not in STATE_LABELS:
        raise Invalid(_m("There is no such state of a return."))
    if type_code and type_code not in service_types():
        raise Invalid(_m("There is no such type of service."))
    if not (page.isascii() and page.isdigit() and len(page) < 7):
        raise Invalid(_m("There is no such page."))
    return BoardQuery(
        period=Period.parse(period) if period else None,
        state=state,
        type_code=type_code,
        provider=arguments.get("poskytovatel", "").strip()[:100],
        late_only=bool(arguments.get("po-terminu")),
        worker_id=worker_id(arguments.get("pracovnik", "")),
        page=int(page),
    )


def _board_address(query: BoardQuery) -> Any:
    """Addresses of the list with one filter changed: ``address(page=2)``, ``address(state="draft")``."""

    def address(page: int = 1, state: str | None = None) -> str:
        arguments = {
            "obdobi": str(query.period) if query.period else "",
            "stav": query.state if state is None else state,
            "druh": query.type_code,
            "poskytovatel": query.provider,
            "po-terminu": "1" if query.late_only else "",
            "pracovnik": request.args.get("pracovnik", ""),
            "strana": str(page) if page > 1 else "",
        }
        given: dict[str, Any] = {name: value for name, value in arguments.items() if value}
        return url_for("returns.index", **given)

    return address
