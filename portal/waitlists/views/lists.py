"""The waiting lists of services.

A provider's social worker comes daily with a phone at the ear: who is next, who called, who is no longer interested.
They fear to mix up two persons, since the list has no names - so the number of their own file comes first - and to
forget somebody. The kraj's key worker and planner read all lists, to see where people wait; they fear to count somebody
twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from portal.catalog.types import service_types
from portal.core.clock import today
from portal.core.errors import Invalid
from portal.core.permissions import Permission
from portal.core.transaction import transaction
from portal.returns.service import ResidenceWords
from portal.waitlists import service
from portal.waitlists.calc.codes import short_code
from portal.waitlists.forms import ids_of, said_of
from portal.waitlists.ingest.columns import LABELS
from portal.waitlists.ingest.rows import read_day
from portal.waitlists.service.access import PAGE
from portal.waitlists.types import (
    ANY_STATE,
    OPEN_ONLY,
    SEX_LABELS,
    STATE_LABELS,
    URGENCY_LABELS,
    ApplicationRow,
    ListFilter,
)
from portal.waitlists.views.blueprint import Answer, bp, chosen, pages_of, type_name, words
from portal.waitlists.words import STATE_COLOURS, URGENCY_COLOURS, choices, reason_text
from portal.web.downloads import Column, Kind, Table, csv_response, xlsx_response
from portal.web.formats import day
from portal.web.gate import current_actor, requires
from portal.web.languages import current_language, say
from portal.web.paging import page_number

FILTERS = {
    "situace": "situation",
    "skupina": "group",
    "nalehavost": "urgency",
    "obec": "municipality",
}  # of the address -> of the filter


@bp.get("/poradniky")
@requires(Permission.WAITLIST_READ)
def index() -> Answer:
    """Services with what waits in their lists."""
    actor = current_actor()
    type_code, page = chosen("druh", service_types()), page_number()
    only_listed = request.args.get("jen-s-poradnikem") == "1"
    asked: dict[str, Any] = {"druh": type_code, "jen-s-poradnikem": "1" if only_listed else None}
    lines, total = service.list_services(actor, type_code=type_code, only_listed=only_listed, page=page)
    return render_template(
        "waitlists/index.html",
        lines=lines,
        total=total,
        page=page,
        pages=pages_of(total, PAGE),
        address=lambda number: url_for("waitlists.index", strana=number, **asked),
        types=[(code, one.name_with_section(current_language())) for code, one in service_types().items()],
        type_code=type_code,
        only_listed=only_listed,
        type_name=type_name,
        is_regional=service.sees_all(actor),
        may_rules=actor.can(Permission.WAITLIST_RULES),
        may_tokens=actor.can(Permission.WAITLIST_TOKENS),
    )


@bp.get("/poradniky/<int:register_id>")
@requires(Permission.WAITLIST_READ)
def show(register_id: int) -> Answer:
    """One waiting list in its order."""
    meaning = words()
    wanted = read_filter(meaning)
    found = service.read_list(current_actor(), register_id=register_id, wanted=wanted)
    return render_template(
        "waitlists/list.html",
        found=found,
        wanted=wanted,
        words=meaning,
        **list_words(found.service.type_code),
        states=[(OPEN_ONLY, gettext("all that wait")), *choices(STATE_LABELS), (ANY_STATE, gettext("all"))],
        urgencies=choices(URGENCY_LABELS),
        pages=pages_of(found.total, PAGE),
        page_address=lambda number: address_of(register_id, replace(wanted, page=number)),
        file_address=lambda kind: address_of(register_id, wanted, f"waitlists.export_{kind}"),
        is_filtered=replace(wanted, page=1) != ListFilter(),
    )


@bp.get("/poradniky/<int:register_id>/zadosti.csv")
@requires(Permission.WAITLIST_READ)
def export_csv(register_id: int) -> Answer:
    return csv_response(_table(register_id), gettext("waiting-list-%(id)s", id=register_id))


@bp.get("/poradniky/<int:register_id>/zadosti.xlsx")
@requires(Permission.WAITLIST_READ)
def export_xlsx(register_id: int) -> Answer:
    return xlsx_response(_table(register_id), gettext("waiting-list-%(id)s", id=register_id))


@bp.get("/poradniky/<int:register_id>/potvrzeni")
@requires(Permission.WAITLIST_EDIT)
def confirmations(register_id: int) -> Answer:
    """Whom to ask whether the interest lasts."""
    return _confirmations(register_id, {}, {})


@bp.post("/poradniky/<int:register_id>/potvrzeni")
@requires(Permission.WAITLIST_EDIT)
def confirm(register_id: int) -> Answer:
    """Note that the ticked applicants still want the service."""
    page, ids, typed = page_number(), ids_of(request.form.getlist("ids")), request.form.get("on", "")
    try:
        with transaction():
            confirmed = service.confirm_applications(
                current_actor(), register_id=register_id, ids=ids, on=read_day(" ".join(typed.split()))
            )
    except Invalid as error:
        return _confirmations(register_id, said_of(error), {"on": typed, "ids": ids}), 422
    flash(ngettext("%(num)s application is confirmed.", "%(num)s applications are confirmed.", confirmed), "success")
    strana = page if page > 1 else None
    return redirect(url_for("waitlists.confirmations", register_id=register_id, strana=strana), code=303)


def _confirmations(register_id: int, errors: dict[str, list[str]], given: dict[str, Any]) -> str:
    work = service.read_confirmations(current_actor(), register_id=register_id, page=page_number())
    return render_template(
        "waitlists/confirmations.html",
        work=work,
        pages=pages_of(work.total, PAGE),
        page_address=lambda number: url_for("waitlists.confirmations", register_id=register_id, strana=number),
        errors=errors,
        given={"on": day(today()), "ids": [], **given},
        words=words(),
        **list_words(work.service.type_code),
    )


def read_filter(meaning: ResidenceWords) -> ListFilter:
    """What the address asks of a list. Raises Invalid for a value that is not offered."""
    known = {
        "situace": meaning.situations,
        "skupina": meaning.groups,
        "nalehavost": URGENCY_LABELS,
        "obec": meaning.places.labels,
    }
    return ListFilter(
        state=chosen("stav", {OPEN_ONLY, ANY_STATE, *STATE_LABELS}) or OPEN_ONLY,
        to_confirm=request.args.get("k-potvrzeni") == "1",
        page=page_number(),
        **{field: chosen(name, known[name]) for name, field in FILTERS.items()},
    )


def address_of(register_id: int, wanted: ListFilter, endpoint: str = "waitlists.show") -> str:
    """The address of a list with a filter; what is usual is left out."""
    arguments: dict[str, Any] = {name: getattr(wanted, field) for name, field in FILTERS.items()}
    arguments["stav"] = None if wanted.state == OPEN_ONLY else wanted.state
    arguments["k-potvrzeni"] = "1" if wanted.to_confirm else None
    arguments["strana"] = wanted.page if wanted.page > 1 and endpoint == "waitlists.show" else None
    return url_for(endpoint, register_id=register_id, **arguments)


def list_words(type_code: str) -> dict[str, Any]:
    return {
        "state_colours": STATE_COLOURS,
        "urgency_colours": URGENCY_COLOURS,
        "urgency_labels": dict(choices(URGENCY_LABELS)),
        "type_label": type_name(type_code),
    }


def _table(register_id: int) -> Table:
    meaning = words()
    rows = service.export_rows(current_actor(), register_id=register_id, wanted=read_filter(meaning))
    dates = {"received_on", "decided_on", "can_start_from", "confirmed_on"}
    columns = [
        Column(name, say(label), Kind.DATE if name in dates else Kind.TEXT, 36 if name == "code" else 18)
        for name, label in LABELS.items()
    ]
    columns[1:1] = [
        Column("short", gettext("Short code"), width=12),
        Column("place", gettext("Place in the order"), Kind.NUMBER, 8),
    ]
    columns.append(Column("points", gettext("Points"), Kind.NUMBER, 8))
    return Table(gettext("Waiting list"), columns, _exported(rows, meaning))


def _exported(rows: Iterator[ApplicationRow], meaning: ResidenceWords) -> Iterator[dict[str, Any]]:
    """The rows as the import reads them back: words, not codes."""
    for row in rows:
        yield {
            **vars(row),
            "code": row.code.hex(),
            "short": short_code(row.code),
            "state": row.state.label,
            "decided_on": None if row.state.is_open else row.state_on,
            "reason": reason_text(row.reason) or None,
            "adverse_situation": meaning.situations.get(row.adverse_situation, row.adverse_situation),
            "target_group": None
            if row.target_group is None
            else meaning.groups.get(row.target_group, row.target_group),
            "municipality_code": meaning.places.label(row.municipality_code),
            "sex": None if row.sex is None else say(SEX_LABELS[row.sex]),
            "urgency": row.urgency.label,
        }
