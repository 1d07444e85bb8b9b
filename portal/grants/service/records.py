"""One service, municipality and year: both sides, replies, what the kraj made of differences, history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.core import audit
from portal.core.cells import NOT_SUPPLIED, Cell
from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Actor, Permission
from portal.grants import queries
from portal.grants.calc import agreement
from portal.grants.limits import BIRTH_NUMBER, check_year
from portal.grants.models import GrantChange, GrantFigure, GrantSettlement
from portal.grants.queries import ServiceRow
from portal.grants.queries.records import pairs
from portal.grants.service.figures import given_of, remember, write
from portal.grants.service.kept import places_kept, services_kept
from portal.grants.types import Agreement, Decision, Given, Key, Kind, RecordFilter, Reply, Side, Source
from portal.identity.written import looks_like_birth_number
from portal.territory import service as territory

MAX_TEXT = 2_000
HISTORY = 50


@dataclass(frozen=True)
class Said:
    """What one side says of one kind; ``given`` is None where it never said anything."""

    given: Given | None
    version: int
    source: Source | None
    reply: Reply | None
    reply_text: str
    reply_by: str

    @property
    def amount(self) -> Cell:
        return NOT_SUPPLIED if self.given is None else self.given.amount


NOTHING = Said(None, 0, None, None, "", "")


@dataclass(frozen=True)
class KindRecord:
    """Both sides of one kind. ``is_stale``: the amounts have changed since the kraj decided."""

    kind: Kind
    gave: Said
    received: Said
    agreement: Agreement
    decision: Decision
    comment: str
    decided_by: str
    settlement_version: int
    is_stale: bool

    def said_by(self, side: Side) -> Said:
        return self.gave if side is Side.MUNICIPALITY else self.received

    def awaits_reply_of(self, side: Side) -> bool:
        """Whether the other side has a number that this one can confirm or dispute: two equal ones need no word."""
        theirs, own = self.said_by(side.other).amount.number, self.said_by(side).amount.number
        return theirs is not None and theirs != own


@dataclass(frozen=True)
class Record:
    """Everything about one service, municipality and year, and what the reader may do with it."""

    service: ServiceRow
    municipality_code: str
    municipality_name: str
    year: int
    kinds: tuple[KindRecord, ...]
    history: tuple[GrantChange, ...]
    sides: frozenset[Side]  # whose figures the reader may write; replies go to the other side's
    may_settle: bool


@dataclass(frozen=True)
class RecordLine:
    """One kind of one record in the list of all that reach the reader."""

    service: ServiceRow
    municipality_code: str
    year: int
    kind: Kind
    gave: Cell
    received: Cell
    agreement: Agreement
    decision: Decision
    given: Given | None  # of the municipality; None where it told nothing


def sides_of(actor: Actor, municipality_code: str, ico: str) -> frozenset[Side]:
    """Whose figures the actor may write: the kraj those of municipalities, others those of their own."""
    municipalities = actor.municipality_codes(Permission.GRANT_EDIT)
    found = set()
    if municipalities is None or municipality_code in municipalities:
        found.add(Side.MUNICIPALITY)
    icos = actor.provider_icos(Permission.GRANT_EDIT)
    if icos is not None and ico in icos:
        found.add(Side.PROVIDER)
    return frozenset(found)


def reach(actor: Actor) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    """Municipalities and providers whose records the actor may read; two times None is all."""
    municipalities = actor.municipality_codes(Permission.GRANT_READ)
    icos = actor.provider_icos(Permission.GRANT_READ)
    return (None, None) if municipalities is None or icos is None else (municipalities, icos)


def read_record(actor: Actor, *, register_id: int, municipality_code: str, year: int) -> Record:
    """Both sides of one service, municipality and year. Raises NotFound, also for what does not reach the actor."""
    service, name = _find(actor, register_id, municipality_code, year)
    figures = queries.record_figures(service.id, municipality_code, year)
    settled = {row.kind: row for row in queries.record_settlements(service.id, municipality_code, year)}
    said = {(row.kind, row.side): _said(row) for row in figures}
    kinds = []
    for kind in Kind:
        gave, received = (said.get((str(kind), str(side)), NOTHING) for side in Side)
        kinds.append(_kind_record(kind, gave, received, settled.get(str(kind))))
    return Record(
        service=service,
        municipality_code=municipality_code,
        municipality_name=name,
        year=year,
        kinds=tuple(kinds),
        history=tuple(queries.record_changes(service.id, municipality_code, year, HISTORY)),
        sides=sides_of(actor, municipality_code, service.ico),
        may_settle=actor.can(Permission.GRANT_SETTLE),
    )


def write_amounts(
    actor: Actor,
    *,
    register_id: int,
    municipality_code: str,
    year: int,
    side: Side,
    given: Mapping[Kind, Given],
    seen: Mapping[Kind, int],
) -> int:
    """Store the amounts of one side that differ from those there; how many did.

    ``seen``: versions the actor's form was drawn with. Raises NotFound, Forbidden for the other side's figures,
    Conflict when somebody changed one in between.
    """
    service, _name = _find(actor, register_id, municipality_code, year)
    if side not in sides_of(actor, municipality_code, service.ico):
        raise Forbidden(_m("These figures are not yours to write."))
    keys = {kind: Key(service.id, municipality_code, year, kind) for kind in given}
    there = queries.figures_by_key(list(keys.values()), side, for_update=True)
    changed = 0
    for kind, wanted in given.items():
        figure = there.get(keys[kind])
        if (0 if figure is None else figure.version) != seen.get(kind, 0):
            raise Conflict(_m("Somebody changed these figures in the meantime."))
        unchanged = wanted == Given(NOT_SUPPLIED) if figure is None else given_of(figure) == wanted
        if not unchanged:
            write(actor, keys[kind], side, wanted, source=_source(actor, side), step="written", figure=figure)
            changed += 1
    db.session.flush()
    if changed:
        _record(actor, "grants.figures.written", register_id, municipality_code, year, {"figures": changed})
    return changed


def reply(
    actor: Actor,
    *,
    register_id: int,
    municipality_code: str,
    year: int,
    kind: Kind,
    answer: Reply,
    text: str,
    seen: int,
) -> None:
    """Confirm or dispute the other side's figure. Raises NotFound, Forbidden, Invalid by field, Conflict."""
    service, _name = _find(actor, register_id, municipality_code, year)
    sides = sides_of(actor, municipality_code, service.ico)
    if not sides:
        raise Forbidden(_m("These figures are not yours to write."))
    own = Side.PROVIDER if Side.PROVIDER in sides else Side.MUNICIPALITY
    key = Key(service.id, municipality_code, year, kind)
    figure = queries.figures_by_key([key], own.other, for_update=True).get(key)
    if figure is None or figure.value is None:
        raise NotFound(_m("There is no such figure."))
    text = _checked(text, "text")
    if answer is Reply.DISPUTED and not text:
        sentence = _m("Write what is wrong with it.")
        raise Invalid(sentence, {"text": [sentence]})
    if figure.version != seen:
        raise Conflict(_m("Somebody changed these figures in the meantime."))
    before = {"reply": figure.reply, "text": figure.reply_text}
    figure.reply, figure.reply_text = str(answer), text
    figure.replied_at_utc, figure.reply_actor_name = now_utc(), actor.name
    remember(actor, key, own.other, "replied", before, {"reply": str(answer), "text": text})
    db.session.flush()
    details = {"kind": str(kind), "reply": str(answer)}
    _record(actor, "grants.figures.replied", register_id, municipality_code, year, details)


def settle(
    actor: Actor,
    *,
    register_id: int,
    municipality_code: str,
    year: int,
    kind: Kind,
    state: Decision,
    comment: str,
    seen: int,
) -> None:
    """The kraj decides about a difference. Raises NotFound, Forbidden, Invalid by field, Conflict."""
    if not actor.can(Permission.GRANT_SETTLE):
        raise Forbidden(_m("Your role does not allow this."))
    record = read_record(actor, register_id=register_id, municipality_code=municipality_code, year=year)
    there = next(one for one in record.kinds if one.kind is kind)
    comment = _checked(comment, "comment")
    if state is not Decision.OPEN and not comment:
        sentence = _m("Write why, so that others know it next year.")
        raise Invalid(sentence, {"comment": [sentence]})
    if there.settlement_version != seen:
        raise Conflict(_m("Somebody decided about this difference in the meantime."))
    stored = {row.kind: row for row in queries.record_settlements(record.service.id, municipality_code, year)}
    row = stored.get(str(kind))
    before = None if row is None else {"state": row.state, "comment": row.comment}
    key = Key(record.service.id, municipality_code, year, kind)
    if row is None:
        row = GrantSettlement(
            service_id=key.service_id, municipality_code=municipality_code, year=year, kind=str(kind), version=0
        )
        db.session.add(row)
    row.state, row.comment, row.version = str(state), comment, row.version + 1
    row.gave, row.received = there.gave.amount.number, there.received.amount.number
    row.changed_at_utc, row.changed_by_user_id, row.actor_name = now_utc(), actor.user_id, actor.name
    remember(actor, key, None, "settled", before, {"state": str(state), "comment": comment})
    db.session.flush()
    details = {"kind": str(kind), "state": str(state)}
    _record(actor, "grants.difference.settled", register_id, municipality_code, year, details)


def list_records(
    actor: Actor, year: int, wanted: RecordFilter | None = None, *, limit: int | None = None, offset: int = 0
) -> tuple[list[RecordLine], int]:
    """Kinds of support of the year that either side told a figure of and that reach the actor, differences that nobody
    settled first: as many as wanted, and the number of all. One query."""
    municipalities, icos = reach(actor)
    rows = pairs(year, municipalities, icos, wanted or RecordFilter(), limit=limit, offset=offset)
    lines = []
    for row in rows:
        columns = tuple(row)
        gave, received = (NOTHING if figure is None else _said(figure) for figure in columns[10:12])
        lines.append(
            RecordLine(
                service=ServiceRow(*columns[:8]),
                municipality_code=row.municipality_code,
                year=year,
                kind=Kind(row.kind),
                gave=gave.amount,
                received=received.amount,
                agreement=agreement(gave.amount, received.amount, (gave.reply, received.reply)),
                decision=Decision(row.decision or Decision.OPEN),
                given=gave.given,
            )
        )
    return lines, rows[0].number if rows else 0


def services_to_choose(actor: Actor, year: int) -> list[ServiceRow]:
    """Services that the actor can begin a record of the year for, in Czech order of names: those that worked in it, all
    for municipalities and the kraj, its own for a provider. One query, see ``services_kept``."""
    days = date(year, 1, 1), date(year, 12, 31)
    found = [one for one in services_kept().by_name if one.worked_between(*days)]
    municipalities, icos = actor.municipality_codes(Permission.GRANT_EDIT), actor.provider_icos(Permission.GRANT_EDIT)
    if municipalities is None or municipalities or icos is None:
        return found
    return [one for one in found if one.ico in icos]


def municipality_names() -> dict[str, str]:
    """Names of municipalities in force by code, in Czech order. One query, see ``places_kept``."""
    return {code: unit.name for code, unit in places_kept().municipalities.items()}


def _find(actor: Actor, register_id: int, municipality_code: str, year: int) -> tuple[ServiceRow, str]:
    missing = NotFound(_m("There is no such support."))
    try:
        check_year(year, today())
    except Invalid as error:
        raise missing from error
    service = queries.find_service(register_id)
    names = territory.municipality_names()
    municipalities, icos = reach(actor)
    if service is None or municipality_code not in names or not actor.can(Permission.GRANT_READ):
        raise missing
    if municipalities is not None and municipality_code not in municipalities and service.ico not in (icos or ()):
        raise missing
    return service, names[municipality_code]


def _said(row: GrantFigure) -> Said:
    return Said(
        given=given_of(row),
        version=row.version,
        source=Source(row.source),
        reply=None if row.reply is None else Reply(row.reply),
        reply_text=row.reply_text or "",
        reply_by=row.reply_actor_name or "",
    )


def _kind_record(kind: Kind, gave: Said, received: Said, settled: GrantSettlement | None) -> KindRecord:
    stands = agreement(gave.amount, received.amount, (gave.reply, received.reply))
    now = (gave.amount.number, received.amount.number)
    return KindRecord(
        kind=kind,
        gave=gave,
        received=received,
        agreement=stands,
        decision=Decision.OPEN if settled is None else Decision(settled.state),
        comment="" if settled is None else settled.comment,
        decided_by="" if settled is None else settled.actor_name,
        settlement_version=0 if settled is None else settled.version,
        is_stale=settled is not None and (settled.gave, settled.received) != now,
    )


def _source(actor: Actor, side: Side) -> Source:
    if side is Side.PROVIDER:
        return Source.PROVIDER
    return Source.REGION if actor.municipality_codes(Permission.GRANT_EDIT) is None else Source.MUNICIPALITY


def _checked(text: str, field: str) -> str:
    text = text.strip()
    fault: Message | None = None
    if len(text) > MAX_TEXT:
        fault = _m("The text is longer than %(most)s characters.", most=MAX_TEXT)
    elif looks_like_birth_number(text):
        fault = BIRTH_NUMBER
    if fault is not None:
        raise Invalid(fault, {field: [fault]})
    return text


def _record(
    actor: Actor, action: str, register_id: int, municipality_code: str, year: int, details: Mapping[str, Any]
) -> None:
    audit.record(
        actor, action, object_kind="grant", object_key=f"{register_id} {municipality_code} {year}", details=details
    )
