"""Writing of figures with their history; the one place that changes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.core import audit
from portal.core.cells import Cell, CellState
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.messages import _m
from portal.core.permissions import Actor
from portal.grants.models import GrantChange, GrantFigure
from portal.grants.types import Contract, Given, Key, Side, Source

audit.name_actions(
    {
        "grants.figures.written": _m("Municipal support written"),
        "grants.figures.replied": _m("Municipal support confirmed or disputed"),
        "grants.figures.removed": _m("Municipal support of an impossible year removed"),
        "grants.difference.settled": _m("Difference of municipal support settled"),
        "grants.import.read": _m("File of municipal support read"),
        "grants.import.applied": _m("File of municipal support taken over"),
        "grants.import.rolled_back": _m("Import of municipal support taken back"),
        "grants.import.discarded": _m("File of municipal support put aside"),
    },
    kinds={"grant": _m("municipal support"), "grant_import": _m("import of municipal support")},
)


def amount_of(figure: GrantFigure | None) -> Cell | None:
    return None if figure is None else Cell(CellState(figure.state), figure.value)


def given_as_dict(given: Given) -> dict[str, Any]:
    """A figure for a JSON column."""
    plain: dict[str, Any] = {
        "state": str(given.amount.state),
        "value": None if given.amount.number is None else str(given.amount.number),
        "contract": given.contract,
        "granted_on": None if given.granted_on is None else given.granted_on.isoformat(),
        "note": given.note,
    }
    if given.contracts:
        plain["contracts"] = contracts_as_list(given.contracts)
    return plain


def contracts_as_list(contracts: Sequence[Contract]) -> list[dict[str, Any]]:
    return [
        {
            "amount": str(one.amount),
            "reference": one.reference,
            "granted_on": None if one.granted_on is None else one.granted_on.isoformat(),
        }
        for one in contracts
    ]


def given_of(figure: GrantFigure) -> Given:
    """What a stored figure says."""
    amount = Cell(CellState(figure.state), figure.value)
    contracts = _contracts(figure.contracts)
    return Given(amount, figure.contract, figure.granted_on, figure.note, contracts)


def _contracts(stored: Sequence[dict[str, Any]] | None) -> tuple[Contract, ...]:
    return tuple(
        Contract(
            Decimal(one["amount"]),
            one["reference"],
            None if one["granted_on"] is None else date.fromisoformat(one["granted_on"]),
        )
        for one in stored or ()
    )


def given_from_dict(stored: dict[str, Any]) -> Given:
    number = None if stored["value"] is None else Decimal(stored["value"])
    day = None if stored["granted_on"] is None else date.fromisoformat(stored["granted_on"])
    amount, contracts = Cell(CellState(stored["state"]), number), _contracts(stored.get("contracts"))
    return Given(amount, stored["contract"], day, stored["note"], contracts)


def figure_as_dict(figure: GrantFigure) -> dict[str, Any]:
    """All of a stored figure that taking back restores."""
    return {
        **given_as_dict(given_of(figure)),
        "source": figure.source,
        "reply": figure.reply,
        "reply_text": figure.reply_text,
        "replied_at_utc": None if figure.replied_at_utc is None else figure.replied_at_utc.isoformat(),
        "reply_actor_name": figure.reply_actor_name,
    }


def write(
    actor: Actor, key: Key, side: Side, given: Given, *, source: Source, step: str, figure: GrantFigure | None
) -> GrantFigure:
    """Store a figure anew or over the one there. A reply falls away when the amount changes: it was to another one."""
    before = None if figure is None else figure_as_dict(figure)
    if figure is None:
        figure = GrantFigure(
            service_id=key.service_id,
            municipality_code=key.municipality_code,
            year=key.year,
            kind=str(key.kind),
            side=str(side),
            version=0,
        )
        db.session.add(figure)
    elif (figure.state, figure.value) != (str(given.amount.state), given.amount.number):
        _set_reply(figure, {})
    _set_given(figure, given)
    figure.source = str(source)
    _touch(actor, figure)
    remember(actor, key, side, step, before, given_as_dict(given))
    return figure


def restore(actor: Actor, figure: GrantFigure, key: Key, before: dict[str, Any] | None) -> None:
    """Put back what was before, or remove the figure where nothing was."""
    side = Side(figure.side)
    after = figure_as_dict(figure)
    if before is None:
        db.session.delete(figure)
    else:
        given = given_from_dict(before)
        _set_given(figure, given)
        figure.source = before["source"]
        _set_reply(figure, before)
        _touch(actor, figure)
    remember(actor, key, side, "taken_back", after, before)


def remember(
    actor: Actor, key: Key, side: Side | None, step: str, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    """One step of the history."""
    db.session.add(
        GrantChange(
            service_id=key.service_id,
            municipality_code=key.municipality_code,
            year=key.year,
            kind=str(key.kind),
            side=None if side is None else str(side),
            step=step,
            before=before,
            after=after,
            at_utc=now_utc(),
            user_id=actor.user_id,
            actor_name=actor.name,
        )
    )


def _set_given(figure: GrantFigure, given: Given) -> None:
    figure.state, figure.value = str(given.amount.state), given.amount.number
    figure.contract, figure.granted_on, figure.note = given.contract, given.granted_on, given.note
    figure.contracts = contracts_as_list(given.contracts) or None


def _touch(actor: Actor, figure: GrantFigure) -> None:
    figure.version += 1
    figure.changed_at_utc, figure.changed_by_user_id, figure.actor_name = now_utc(), actor.user_id, actor.name


def _set_reply(figure: GrantFigure, stored: dict[str, Any]) -> None:
    figure.reply, figure.reply_text = stored.get("reply"), stored.get("reply_text")
    at = stored.get("replied_at_utc")
    figure.replied_at_utc = None if at is None else datetime.fromisoformat(at)
    figure.reply_actor_name = stored.get("reply_actor_name")
