"""Both sides of one service, municipality and year.

The worker of a municipality writes some dozens of amounts once a year, after the accounts are closed; a provider looks
whether what it received agrees. Both fear to be held to a figure that the other one typed wrongly; so each side has its
own figure, a reply to the other's, and the kraj settles what is left with a word. Nothing of it is told to the public.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from math import ceil
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.catalog.types import service_types
from portal.core.clock import today
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.core.transaction import ConstraintViolated, transaction
from portal.grants import forms, service
from portal.grants.types import Agreement, Decision, Kind, RecordFilter, Reply, Side
from portal.grants.views.blueprint import Answer, Errors, bp, chosen_year, said
from portal.grants.views.record_tables import records_table, type_name
from portal.grants.words import AGREEMENTS, DECISIONS, KINDS, REPLIES, SIDES, STEPS
from portal.web.downloads import csv_response, xlsx_response
from portal.web.gate import current_actor, requires
from portal.web.languages import say
from portal.web.paging import page_number

PAGE = 50
FILTERS = ("stav", "obec", "druh", "podpora", "rozhodnuti")
ADDRESS = "/dotace/zaznamy/<int:year>/<code>/<int:register_id>"


@bp.get("/dotace/zaznamy")
@requires(Permission.GRANT_READ)
def records() -> Answer:
    """Records of a year that reach the reader, differences first; a form that opens another one."""
    actor, given, years = current_actor(), request.args, service.list_years()
    year, page = chosen_year(years), page_number()
    if given.get("sluzba"):
        return _open(year, given.get("sluzba", ""), given.get("obec", ""))
    wanted = _wanted()
    lines, count = service.list_records(actor, year, wanted, limit=PAGE, offset=(page - 1) * PAGE)
    names = service.municipality_names()
    chosen: dict[str, Any] = {name: request.args.get(name) or None for name in FILTERS}
    own = actor.municipality_codes(Permission.GRANT_EDIT)  # empty for a provider, which gets from all
    municipalities = [(code, name) for code, name in names.items() if not own or code in own]
    may_write = actor.can(Permission.GRANT_EDIT)
    services = service.services_to_choose(actor, year) if may_write else []
    return render_template(
        "grants/records.html",
        year=year,
        lines=lines,
        chosen=chosen,
        count=count,
        is_filtered=any(chosen.values()),
        types=[(code, type_name(code)) for code in service_types()],
        kinds=[(str(kind), say(label)) for kind, label in KINDS.items()],
        decisions=[(str(each), say(words[0])) for each, words in DECISIONS.items()],
        states=[(str(each), say(words[0])) for each, words in AGREEMENTS.items()],
        year_choices=[(each, str(each)) for each in sorted({*years, year, today().year}, reverse=True)],
        names=names,
        municipalities=municipalities,
        services=[(one.register_id, f"{one.name} – {one.provider_name}") for one in services],
        may_write=may_write,
        outside=sum(one.figures for one in service.outside_years(actor)) if actor.can(Permission.GRANT_SETTLE) else 0,
        page=page,
        pages=ceil(count / PAGE),
        page_address=lambda number: url_for("grants.records", rok=year, strana=number, **chosen),
        file_address=lambda kind: url_for("grants.records_file", kind=kind, rok=year, **chosen),
        **_words(),
    )


@bp.get("/dotace/zaznamy/soubor.<kind>")
@requires(Permission.GRANT_READ)
def records_file(kind: str) -> Response:
    """The filtered list as a file, a row for each contract; imported unchanged it changes nothing."""
    if kind not in ("csv", "xlsx"):
        raise NotFound(_m("There is no such file."))
    year = chosen_year(service.list_years())
    lines, _count = service.list_records(current_actor(), year, _wanted())
    table = records_table(lines, service.municipality_names())
    return (csv_response if kind == "csv" else xlsx_response)(table, f"zaznamy-podpory-{year}")


def _wanted() -> RecordFilter:
    """What the list is filtered by. Raises Invalid for a value that is not offered."""
    given = request.args
    offered: dict[str, Collection[str]] = {
        "stav": set(Agreement),
        "rozhodnuti": set(Decision),
        "podpora": set(Kind),
        "druh": set(service_types()),
    }
    for name, values in offered.items():
        if given.get(name) and given[name] not in values:
            raise Invalid(_m("The list cannot be filtered in this way. Choose from the values offered."))
    state, decision, kind = (given.get(name) for name in ("stav", "rozhodnuti", "podpora"))
    return RecordFilter(
        agreement=Agreement(state) if state else None,
        decision=Decision(decision) if decision else None,
        municipality_code=given.get("obec", ""),
        type_code=given.get("druh", ""),
        kind=Kind(kind) if kind else None,
    )


def _open(year: int, register_id: str, code: str) -> Answer:
    if not (_whole(register_id) > 0 and code.isascii() and code.isalnum()):
        raise Invalid(_m("Choose the service and the municipality."))
    return redirect(url_for("grants.record", year=year, code=code, register_id=int(register_id)))


@bp.get(ADDRESS)
@requires(Permission.GRANT_READ)
def record(year: int, code: str, register_id: int) -> Answer:
    """One record with its history."""
    return _record(year, code, register_id, {}, {})


@bp.post(ADDRESS)
@requires(Permission.GRANT_EDIT)
def change(year: int, code: str, register_id: int) -> Answer:
    """Store amounts, a reply, or what the kraj decided; the button says which."""
    key: dict[str, Any] = {"register_id": register_id, "municipality_code": code, "year": year}
    service.read_record(current_actor(), **key)  # what is missing is missing before anything else is wrong
    more = request.form.get("more", "")
    if request.form.get("what") == "more" and more in set(Kind):
        return _record(year, code, register_id, {}, request.form, more=Kind(more))
    try:
        with transaction():
            _do(request.form.get("what", ""), key)
    except Invalid as error:
        return _record(year, code, register_id, said(error) or {"": [say(error.message)]}, request.form), 422
    except (Conflict, ConstraintViolated):
        sentence = gettext("Somebody changed these figures in the meantime. Look at them and store yours again.")
        typed = {name: text for name, text in request.form.items() if not name.endswith("seen")}
        return _record(year, code, register_id, {"": [sentence]}, typed), 409
    flash(gettext("Stored."), "success")
    return redirect(url_for("grants.record", year=year, code=code, register_id=register_id), code=303)


def _do(what: str, key: dict[str, Any]) -> None:
    actor, form = current_actor(), request.form
    verb, _dash, of = what.partition("-")
    seen = _whole(form.get(f"{of}-{'settle' if verb == 'settle' else 'reply'}-seen", ""))
    if verb == "amounts" and of in set(Side):
        given, versions = forms.read(form, year=key["year"], on=today())
        service.write_amounts(actor, side=Side(of), given=given, seen=versions, **key)
    elif verb in set(Reply) and of in set(Kind):
        text = form.get(f"{of}-text", "")
        with _fields_of(of):
            service.reply(actor, kind=Kind(of), answer=Reply(verb), text=text, seen=seen, **key)
    elif verb == "settle" and of in set(Kind):
        state, comment = form.get(f"{of}-state", ""), form.get(f"{of}-comment", "")
        with _fields_of(of):
            if state not in set(Decision):
                sentence = _m("Choose what the difference is.")
                raise Invalid(sentence, {"state": [sentence]})
            service.settle(actor, kind=Kind(of), state=Decision(state), comment=comment, seen=seen, **key)
    else:
        raise Invalid(_m("The form was not sent whole. Send it again."))


@contextmanager
def _fields_of(kind: str) -> Iterator[None]:
    """Faults are told at the fields of the kind: there is one form for each."""
    try:
        yield
    except Invalid as error:
        named = {f"{kind}-{field}": messages for field, messages in error.fields.items()}
        raise Invalid(error.message, named) from error


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def _record(year: int, code: str, register_id: int, errors: Errors, typed: Any, *, more: Kind | None = None) -> str:
    found = service.read_record(current_actor(), register_id=register_id, municipality_code=code, year=year)
    side = min(found.sides, default=None)
    fields: dict[str, str] = {}
    for one in found.kinds if side is not None else ():
        own = one.said_by(side or Side.MUNICIPALITY)
        shown = forms.shown(own.given, own.version)
        fields.update({f"{one.kind}-{part}": text for part, text in shown.items()})
    fields.update(typed)
    return render_template(
        "grants/record.html",
        found=found,
        side=side,
        fields=fields,
        numbers={kind: forms.contract_numbers(fields, kind, more=kind is more) for kind in Kind},
        # A fault is of something typed, so what is faulty is filled too.
        open_kinds={kind for kind in Kind if kind is more or forms.is_filled(fields, kind)},
        kind_choices=[(str(kind), say(label)) for kind, label in KINDS.items()],
        contracts=[
            (one.kind, of, said_by.given)
            for one in found.kinds
            for of, said_by in ((Side.MUNICIPALITY, one.gave), (Side.PROVIDER, one.received))
            if said_by.given and (said_by.given.contracts or said_by.given.contract or said_by.given.note)
        ],
        errors=errors,
        summary={name: _of_kind(name, texts) for name, texts in errors.items()},
        decisions=[(str(kind), say(words[0])) for kind, words in DECISIONS.items()],
        **_words(),
    )


def _of_kind(field: str, texts: list[str]) -> list[str]:
    """Faults with the kind that their field belongs to: five kinds have an amount each."""
    kind = field.partition("-")[0]
    return [f"{say(KINDS[Kind(kind)])}: {text}" for text in texts] if kind in set(Kind) else texts


def _words() -> dict[str, Any]:
    return {
        "kind_words": KINDS,
        "side_words": SIDES,
        "reply_words": REPLIES,
        "agreement_words": AGREEMENTS,
        "decision_words": DECISIONS,
        "step_words": STEPS,
    }
