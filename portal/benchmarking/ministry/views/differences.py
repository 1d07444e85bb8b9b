"""The reconciliation of a year, and one difference with its thread.

The key worker and the planner come after the ministry's figures are in: they want to see the worst differences first,
settle each with a word, and ask the provider where they cannot. They fear to accuse a provider of a difference that is
only a quarter not handed in; so what cannot be compared is named for what it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from math import ceil
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.benchmarking.ministry import service
from portal.benchmarking.ministry.jobs import SEND_JOB
from portal.benchmarking.ministry.service.reconciling import cell_of
from portal.benchmarking.ministry.tables import group_rows, item_name, table_of, type_name
from portal.benchmarking.ministry.types import TOTALS, Comparison, Decision, Tolerance, check_year, items
from portal.benchmarking.ministry.views.blueprint import bp
from portal.benchmarking.ministry.words import COMPARISONS, DECISIONS, LETTERS, MESSAGES, WAITS_FOR
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.jobs import start_job
from portal.core.mail import is_mail_set
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.core.settings import current_settings
from portal.core.transaction import transaction
from portal.web.downloads import csv_response, xlsx_response
from portal.web.gate import current_actor, requires
from portal.web.languages import say
from portal.web.paging import page_number

PAGE = 50
VIEWS = {"sluzby": "", "druhy": "type_code", "poskytovatele": "provider_ico"}

Row = dict[str, Any]
Answer = str | WerkzeugResponse | tuple[str, int]


@dataclass(frozen=True)
class Chosen:
    """What the table shows; empty text is everything."""

    view: str
    type_code: str
    ico: str
    comparison: str
    decision: str
    item: str
    percent: str
    czk: str

    @classmethod
    def from_request(cls) -> Chosen:
        """Raises Invalid for what is not offered."""
        given = request.args
        chosen = cls(
            view=given.get("pohled", "sluzby"),
            type_code=given.get("druh", ""),
            ico=given.get("poskytovatel", ""),
            comparison=given.get("stav", ""),
            decision=given.get("rozhodnuti", ""),
            item=given.get("polozka", ""),
            percent=given.get("procent", "1").strip(),
            czk=given.get("korun", "1000").strip(),
        )
        known = (
            chosen.view in VIEWS
            and chosen.comparison in ("", *Comparison)
            and chosen.decision in ("", "ceka", *Decision)
            and chosen.item in ("", *items())
        )
        if not known:
            raise Invalid(_m("The list cannot be filtered in this way. Choose from the values offered."))
        return chosen

    @property
    def tolerance(self) -> Tolerance:
        """Raises Invalid for what is no amount."""
        return Tolerance(_number(self.percent), _number(self.czk))

    @property
    def of_items(self) -> tuple[str, ...]:
        return (self.item,) if self.item else TOTALS

    def keeps(self, row: Row) -> bool:
        return (
            self.ico in ("", row["provider_ico"])
            and self.comparison in ("", row["comparison"])
            and (self.decision in ("", row["decision"]) or (self.decision == "ceka" and row["waits_for"] == "region"))
        )

    def arguments(self, **changes: str) -> dict[str, Any]:
        """Arguments of the address, what is usual left out."""
        given = {
            "pohled": "" if self.view == "sluzby" else self.view,
            "druh": self.type_code,
            "poskytovatel": self.ico,
            "stav": self.comparison,
            "rozhodnuti": self.decision,
            "polozka": self.item,
            "procent": "" if self.percent == "1" else self.percent,
            "korun": "" if self.czk == "1000" else self.czk,
            **changes,
        }
        return {name: value for name, value in given.items() if value}


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.replace("\xa0", "").replace(" ", "").replace(",", ".") or "0")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number < Decimal(10) ** 12:
        raise Invalid(_m("Write the tolerance as a number that is not negative."))
    return number


def _rows(year: int, chosen: Chosen) -> tuple[service.Reconciled, list[Row], list[Row]]:
    """The year, the rows shown, and all rows of the type, which the choices are made of."""
    try:
        check_year(year)
    except Invalid as error:
        raise NotFound(error.message) from error
    found = service.reconcile(
        current_actor(), year, type_code=chosen.type_code or None, tolerance=chosen.tolerance, of_items=chosen.of_items
    )
    rows = found.rows.rows()
    return found, [row for row in rows if chosen.keeps(row)], rows


@bp.get("/srovnani/mpsv/<int:year>")
@requires(Permission.RECONCILE_READ)
def year(year: int) -> str:
    """All differences of a year: by service, or totals by type or provider."""
    chosen = Chosen.from_request()
    found, rows, everything = _rows(year, chosen)
    by = VIEWS[chosen.view]
    page = page_number()
    counts = {kind: sum(row["comparison"] is kind for row in everything) for kind in Comparison}
    return render_template(
        "ministry/year.html",
        year=year,
        chosen=chosen,
        found=found,
        rows=rows[(page - 1) * PAGE : page * PAGE],
        groups=group_rows(rows, by) if by else [],
        total=len(rows),
        page=page,
        pages=ceil(len(rows) / PAGE) if not by else 0,
        page_address=lambda number: url_for("ministry.year", year=year, **chosen.arguments(strana=str(number))),
        address=_address(year, chosen),
        counts=[(kind, COMPARISONS[kind][0], count) for kind, count in counts.items() if count],
        types=_choices(everything, "type_code", lambda row: type_name(row["type_code"]), chosen.type_code),
        providers=_choices(everything, "provider_ico", lambda row: row["provider_name"], chosen.ico),
        comparisons=[(str(kind), say(words[0])) for kind, words in COMPARISONS.items()],
        decisions=[(str(kind), say(words[0])) for kind, words in DECISIONS.items()]
        + [("ceka", say(WAITS_FOR["region"]))],
        items=[(code, item_name(code)) for code in items()],
        views=_views(),
        years=service.list_years(),
        **_words(),
    )


def _views() -> list[tuple[str, str]]:
    return [
        ("sluzby", gettext("By service")),
        ("druhy", gettext("By type of service")),
        ("poskytovatele", gettext("By provider")),
    ]


def _choices(rows: list[Row], key: str, name: Callable[[Row], str], chosen: str) -> list[tuple[str, str]]:
    found = {row[key]: name(row) for row in rows}
    if chosen and chosen not in found:
        found[chosen] = chosen
    return sorted(found.items(), key=lambda pair: pair[1])


def _address(year: int, chosen: Chosen) -> Callable[..., str]:
    """Addresses of the same table with something changed: ``address(view="druhy")``, or of a download of it."""

    def address(endpoint: str = "ministry.year", **changes: str) -> str:
        return url_for(endpoint, year=year, **chosen.arguments(**changes))

    return address


def _words() -> dict[str, Any]:
    return {
        "comparison_words": COMPARISONS,
        "decision_words": DECISIONS,
        "waits_words": WAITS_FOR,
        "message_words": MESSAGES,
        "item_name": item_name,
        "type_name": type_name,
        "cell_of": cell_of,
    }


@bp.get("/srovnani/mpsv/<int:year>/csv")
@requires(Permission.RECONCILE_READ)
def download_csv(year: int) -> Response:
    """The rows shown, as CSV."""
    found, rows, _everything = _rows(year, Chosen.from_request())
    return csv_response(table_of(found, rows), f"mpsv-{year}")


@bp.get("/srovnani/mpsv/<int:year>/xlsx")
@requires(Permission.RECONCILE_READ)
def download_xlsx(year: int) -> Response:
    """The rows shown, as a workbook."""
    found, rows, _everything = _rows(year, Chosen.from_request())
    return xlsx_response(table_of(found, rows), f"mpsv-{year}")


@bp.get("/srovnani/mpsv/<int:year>/<int:register_id>/<item>")
@requires(Permission.RECONCILE_READ)
def difference(year: int, register_id: int, item: str) -> str:
    """One difference: both figures, the quarters, the thread, and the decision."""
    return _difference(year, register_id, item, {}, {})


@bp.post("/srovnani/mpsv/<int:year>/<int:register_id>/<item>")
@requires(Permission.RECONCILE)
def decide(year: int, register_id: int, item: str) -> Answer:
    """Decide, write a comment, ask the provider."""
    given = {key: request.form.get(key, "") for key in ("state", "comment", "question", "seen")}
    key: dict[str, Any] = {"register_id": register_id, "year": year, "item": item}
    try:
        with transaction():
            service.decide(
                current_actor(),
                state=_decision(given["state"], key),
                comment=given["comment"],
                question=given["question"],
                seen=int(given["seen"]) if given["seen"].isascii() and given["seen"].isdecimal() else -1,
                **key,
            )
            if given["question"].strip() and may_mail():
                start_job(current_actor(), SEND_JOB, {})
    except Invalid as error:
        errors = {name: [say(message) for message in messages] for name, messages in error.fields.items()}
        return _difference(year, register_id, item, errors, given), 422
    except Conflict as error:
        given["seen"] = str(error.current["seen"])
        return _difference(year, register_id, item, {"": [say(error.message)]}, given), 409
    asked = bool(given["question"].strip())
    flash(gettext("Stored; the provider sees your question.") if asked else gettext("Stored."), "success")
    return redirect(url_for("ministry.difference", **key), code=303)


@bp.post("/srovnani/mpsv/<int:year>/<int:register_id>/<item>/dopisy")
@requires(Permission.RECONCILE)
def retry_letters(year: int, register_id: int, item: str) -> Answer:
    """Try the letters about a question again that did not go."""
    key: dict[str, Any] = {"register_id": register_id, "year": year, "item": item}
    service.read_difference(current_actor(), **key)
    if not may_mail():
        return _difference(
            year, register_id, item, {"": [gettext("No mail can be sent: set PORTAL_SMTP_URL.")]}, {}
        ), 422
    with transaction():
        count = service.try_letters_again(current_actor(), **key)
        if count:
            start_job(current_actor(), SEND_JOB, {})
    if count:
        flash(ngettext("%(num)s letter is tried again.", "%(num)s letters are tried again.", count), "success")
    else:
        flash(gettext("There is nothing to try again."), "warning")
    return redirect(url_for("ministry.difference", **key), code=303)


def may_mail() -> bool:
    return is_mail_set(current_settings())


def _decision(text: str, key: dict[str, Any]) -> Decision:
    service.read_difference(current_actor(), **key)  # a missing object is missing before anything else is wrong
    if text not in set(Decision):
        sentence = _m("Choose what the difference is.")
        raise Invalid(sentence, {"state": [sentence]})
    return Decision(text)


def _difference(year: int, register_id: int, item: str, errors: dict[str, list[str]], given: dict[str, str]) -> str:
    found = service.read_difference(current_actor(), register_id=register_id, year=year, item=item)
    return render_template(
        "ministry/difference.html",
        found=found,
        row=found.row,
        quarters=found.quarters.rows(),
        errors=errors,
        given={"state": str(found.decision), "comment": "", "question": "", "seen": str(found.version), **given},
        decisions=[(str(kind), say(words[0])) for kind, words in DECISIONS.items()],
        may_decide=current_actor().can(Permission.RECONCILE),
        letters=service.list_letters(current_actor(), register_id=register_id, year=year, item=item),
        letter_words=LETTERS,
        may_mail=may_mail(),
        **_words(),
    )
