"""Overview of completeness and timeliness, and whom to call, for the kraj.

The key worker opens the overview daily while a quarter runs: whose returns are still out, what waits for review the
longest. Close to the date the list of calls is printed and goes through by telephone. They fear to call somebody
who has sent everything, and to forget somebody who has not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.catalog.types import service_types
from portal.core.clock import now_utc, today
from portal.core.contacts import phone_link
from portal.core.errors import Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.core.transaction import transaction
from portal.returns import service
from portal.returns.followup import NO_WORKER, CallLine, CallList, FollowUpFilter, Grouping, OverviewRow
from portal.returns.service.overview import SORTS
from portal.returns.types import Period
from portal.returns.views.deadlines import parse_day
from portal.returns.views.pages import Answer, bp, parse_period, service_type_name
from portal.web.downloads import Column, Kind, Table, csv_response, xlsx_response
from portal.web.formats import day
from portal.web.gate import current_actor, requires
from portal.web.languages import current_language, say

MINE, NOBODY = "ja", "nikdo"
GROUPING_NAMES = {
    Grouping.TYPE: _m("by type of service"),
    Grouping.PROVIDER: _m("by provider"),
    Grouping.WORKER: _m("by key worker"),
}
SORT_NAMES = {
    "sluzeb": _m("Services"),
    "nezahajeno": _m("Not started"),
    "rozpracovano": _m("Draft"),
    "odeslano": _m("Submitted"),
    "vraceno": _m("Returned"),
    "prijato": _m("Accepted"),
    "uzamceno": _m("Locked"),
    "vcas": _m("On time"),
    "pozde": _m("Late"),
    "chybi": _m("Missing"),
    "podil": _m("Handed in"),
    "ceka": _m("Oldest waits since"),
}


@dataclass(frozen=True)
class FollowUp:
    """What the address of a page of following up asks for."""

    wanted: FollowUpFilter
    grouping: Grouping
    worker: str
    sort: str
    descending: bool
    page: int

    def address(self, endpoint: str = "returns.overview", **changes: Any) -> str:
        """Permanent address of the page with changes; the quarter always stands in it."""
        arguments = {
            "obdobi": str(self.wanted.dates.period),
            "podle": str(self.grouping) if self.grouping is not Grouping.TYPE else "",
            "druh": self.wanted.type_code or "",
            "pracovnik": self.worker,
            "razeni": ("-" if self.descending else "") + self.sort,
            **changes,
        }
        return url_for(endpoint, **{name: value for name, value in arguments.items() if value})

    def sorted_by(self, key: str) -> str:
        """Address sorted by a column: from the largest first, once more turns it round."""
        return self.address(razeni=key if self.sort == key and self.descending else f"-{key}")

    def direction(self, key: str) -> str | None:
        if self.sort != key:
            return None
        return "descending" if self.descending else "ascending"


def read_follow_up() -> FollowUp | None:
    """What is asked for; None while no quarter is open. Raises Invalid and NotFound for what does not exist."""
    given = request.args
    periods = service.list_periods()
    asked = given.get("obdobi", "")
    period = Period.parse(asked) if asked else None
    dates = next((one for one in periods if period in (None, one.period)), None)
    if dates is None:
        if period is not None:
            raise NotFound(_m("The kraj has not opened this quarter."))
        return None
    grouping = next((one for one in Grouping if one == (given.get("podle") or Grouping.TYPE)), None)
    sort = given.get("razeni", "")
    type_code, page = given.get("druh", ""), given.get("strana", "1")
    if (
        grouping is None
        or sort.lstrip("-") not in ("", *SORTS)
        or (type_code and type_code not in service_types())
        or not (page.isascii() and page.isdigit() and len(page) < 7)
    ):
        raise Invalid(_m("The list cannot be shown in this way. Choose from what is offered."))
    worker = given.get("pracovnik", "")
    return FollowUp(
        FollowUpFilter(dates, type_code or None, worker_id(worker)),
        grouping,
        worker,
        sort.lstrip("-"),
        sort.startswith("-"),
        int(page),
    )


def worker_id(text: str) -> int | None:
    """The key worker that a filter asks for: oneself, nobody, or one by id. Raises Invalid."""
    if text == MINE:
        return current_actor().user_id
    if text == NOBODY:
        return NO_WORKER
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid(_m("The list cannot be shown in this way. Choose from what is offered."))
    return int(text) if text else None


def worker_choices() -> list[tuple[str, str]]:
    return [
        (MINE, gettext("my providers")),
        (NOBODY, gettext("providers without a key worker")),
        *((str(user_id), name) for user_id, name in service.list_key_workers()),
    ]


@bp.get("/vykazy/prehled")
@requires(Permission.RETURN_BOARD)
def overview() -> Answer:
    """Counts by type, provider or key worker."""
    asked = read_follow_up()
    if asked is None:
        return render_template("returns/overview.html", asked=None)
    found = service.read_overview(
        asked.wanted, asked.grouping, sort=asked.sort, descending=asked.descending, page=asked.page
    )
    return render_template(
        "returns/overview.html",
        found=found,
        columns=[(key, say(name)) for key, name in SORT_NAMES.items()],
        groupings=[(str(one), say(name)) for one, name in GROUPING_NAMES.items()],
        name_of=lambda row: _name(row, asked.grouping),
        link_of=lambda row: _link(row, asked),
        values_of=_values,
        **follow_up_context(asked),
    )


@bp.get("/vykazy/prehled/stazeni/<form>")
@requires(Permission.RETURN_BOARD)
def download_overview(form: str) -> Answer:
    """The whole overview as CSV or XLSX, in the order of the page, with the sum at its end."""
    asked = asked_or_404()
    found = service.read_overview(asked.wanted, asked.grouping, sort=asked.sort, descending=asked.descending, page=None)
    columns = [
        Column("code", gettext("Code")),
        Column("name", gettext("Name"), width=40),
        *(Column(key, say(name), Kind.MOMENT if key == "ceka" else Kind.NUMBER) for key, name in SORT_NAMES.items()),
    ]
    rows: Iterable[Mapping[str, Any]] = (
        {"code": code, "name": name, **_values(row)}
        for code, name, row in (
            *((row.code, _name(row, asked.grouping), row) for row in found.rows),
            ("", gettext("Total"), found.total),
        )
    )
    return _download(Table(gettext("Overview of returns"), columns, rows), form, f"prehled-vykazu-{_period(asked)}")


@bp.get("/vykazy/obvolani")
@requires(Permission.RETURN_BOARD)
def call_list() -> Answer:
    """Whom to call, those with most missing first; ``vse`` puts all on one page, for printing."""
    asked = read_follow_up()
    if asked is None:
        return render_template("returns/call_list.html", asked=None)
    return _call_page(asked, service.read_call_list(asked.wanted, page=None if "vse" in request.args else asked.page))


@bp.get("/vykazy/obvolani/stazeni/<form>")
@requires(Permission.RETURN_BOARD)
def download_call_list(form: str) -> Answer:
    """All whom to call, as CSV or XLSX."""
    asked = asked_or_404()
    columns = [
        Column("ico", gettext("IČO")),
        Column("name", gettext("Provider"), width=40),
        Column("missing", gettext("Missing"), Kind.NUMBER),
        Column("total", gettext("Services"), Kind.NUMBER),
        Column("phones", gettext("Phone"), width=24),
        Column("emails", gettext("E-mail"), width=30),
        Column("people", gettext("Contact persons"), width=40),
        Column("worker", gettext("Key worker"), width=24),
        Column("called_on", gettext("Last called on"), Kind.DATE),
        Column("result", gettext("Result"), width=40),
    ]
    rows = (_call_values(line) for line in service.read_call_list(asked.wanted, page=None).lines)
    return _download(Table(gettext("Whom to call"), columns, rows), form, f"k-obvolani-{_period(asked)}")


@bp.get("/vykazy/obvolani/<period>/poskytovatel/<ico>")
@requires(Permission.RETURN_BOARD)
def call_notes(period: str, ico: str) -> Answer:
    """Notes of calls to one provider, and the form for another."""
    return _notes_page(parse_period(period), ico, {"called_on": day(today())}, {})


@bp.post("/vykazy/obvolani/<period>/poskytovatel/<ico>")
@requires(Permission.RETURN_REMIND)
def note_call(period: str, ico: str) -> Answer:
    quarter = parse_period(period)
    given = {name: request.form.get(name, "") for name in ("called_on", "result")}
    try:
        with transaction():
            service.note_call(
                current_actor(),
                period=quarter,
                ico=ico,
                called_on=parse_day(given["called_on"]),
                result=given["result"],
            )
    except Invalid as error:
        errors = {name: [say(message) for message in messages] for name, messages in error.fields.items()}
        return _notes_page(quarter, ico, given, errors), 422
    flash(gettext("The note is saved."), "success")
    return redirect(url_for("returns.call_list", obdobi=period), code=303)


def _notes_page(period: Period, ico: str, given: dict[str, str], errors: dict[str, list[str]]) -> str:
    service.read_deadlines(period)
    name, notes = service.read_notes(ico)
    return render_template(
        "returns/call_notes.html",
        period=period,
        ico=ico,
        name=name,
        notes=notes,
        given=given,
        errors=errors,
        may_note=current_actor().can(Permission.RETURN_REMIND),
    )


def _call_page(asked: FollowUp, found: CallList) -> str:
    actor = current_actor()
    return render_template(
        "returns/call_list.html",
        found=found,
        phone_link=phone_link,
        may_note=actor.can(Permission.RETURN_REMIND),
        may_grant=actor.can(Permission.RETURN_DEADLINES),
        **follow_up_context(asked),
    )


def follow_up_context(asked: FollowUp) -> dict[str, Any]:
    """What the filters and the links of every page of following up need."""
    language = current_language()

    def page_address(number: int) -> str:
        return asked.address(request.endpoint or "", strana=number)

    return {
        "asked": asked,
        "dates": asked.wanted.dates,
        "periods": [(str(dates.period), say(dates.period.label)) for dates in service.list_periods()],
        "types": [(code, one.name_with_section(language)) for code, one in service_types().items()],
        "workers": worker_choices(),
        "page_address": page_address,
        "may_remind": current_actor().can(Permission.RETURN_REMIND),
        "now": now_utc(),
    }


def asked_or_404() -> FollowUp:
    """What is asked for. Raises NotFound while no quarter is open."""
    asked = read_follow_up()
    if asked is None:
        raise NotFound(_m("The kraj has not opened this quarter."))
    return asked


def _name(row: OverviewRow, grouping: Grouping) -> str:
    if grouping is Grouping.TYPE:
        return f"{service_type_name(row.code)} §\u00a0{row.code}"
    return row.name or gettext("without a key worker")


def _link(row: OverviewRow, asked: FollowUp) -> str:
    period = _period(asked)
    if asked.grouping is Grouping.TYPE:
        return url_for("returns.index", obdobi=period, druh=row.code)
    if asked.grouping is Grouping.PROVIDER:
        return url_for("returns.index", obdobi=period, poskytovatel=row.code)
    return asked.address(podle=str(Grouping.PROVIDER), pracovnik=row.code or NOBODY)


def _values(row: OverviewRow) -> dict[str, Any]:
    """Values of a row by the keys of the columns."""
    return {key: row.oldest_waiting if key == "ceka" else value(row) for key, value in SORTS.items()}


def _call_values(line: CallLine) -> dict[str, Any]:
    note = line.last_note
    return {
        "ico": line.ico,
        "name": line.name,
        "missing": line.missing,
        "total": line.total,
        "phones": ", ".join(line.phones),
        "emails": ", ".join(line.emails),
        "people": ", ".join(f"{person.name} <{person.email}>" for person in line.people),
        "worker": line.worker_name,
        "called_on": note.called_on if note else None,
        "result": note.result if note else None,
    }


def _period(asked: FollowUp) -> str:
    return str(asked.wanted.dates.period)


def _download(table: Table, form: str, name: str) -> Response:
    makers = {"csv": csv_response, "xlsx": xlsx_response}
    if form not in makers:
        raise NotFound(_m("There is no such download."))
    return makers[form](table, name)
