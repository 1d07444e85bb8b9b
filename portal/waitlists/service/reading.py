"""Reading of a waiting list: pages of it, one application with its history, all of it for a download."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.core.clock import today
from portal.core.errors import NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.waitlists.calc.dates import confirm_by, expires_on, last_confirmed_to_ask
from portal.waitlists.calc.steps import steps_from
from portal.waitlists.models import Application
from portal.waitlists.queries import applications as queries
from portal.waitlists.queries import services as service_queries
from portal.waitlists.service.access import PAGE, read_listed, read_rules, sees_all
from portal.waitlists.types import ApplicationRow, EventLine, ListedService, ListFilter, OrderRule, Rules, State, Step


@dataclass(frozen=True)
class Criterion:
    id: int
    label: str
    points: int


@dataclass(frozen=True)
class WaitingList:
    """A page of a service's waiting list. ``may_edit``: the reader works for the provider."""

    service: ListedService
    rows: Sequence[ApplicationRow]
    total: int
    rule: OrderRule
    rules: Rules
    may_edit: bool
    sees_elsewhere: bool  # whether the column "waits elsewhere" is for this reader at all
    elsewhere_is_live: bool  # as of now (the kraj), or as of last night
    last_confirmed: date  # who was confirmed on this day or before is to be asked

    def needs_confirmation(self, row: ApplicationRow) -> bool:
        return row.state.is_open and (row.confirmed_on <= self.last_confirmed or row.asked_since is not None)


@dataclass(frozen=True)
class ApplicationDetail:
    service: ListedService
    row: ApplicationRow
    events: Sequence[EventLine]
    steps: Sequence[Step]
    criteria: Sequence[Criterion]
    holding: Sequence[int]  # ids of the criteria that hold
    rule: OrderRule
    may_edit: bool
    sees_elsewhere: bool
    elsewhere_is_live: bool
    confirm_by: date
    expires_on: date


def read_list(actor: Actor, *, register_id: int, wanted: ListFilter) -> WaitingList:
    """A page of a waiting list. Raises NotFound. Five statements at most."""
    service = read_listed(actor, register_id)
    rules, rule = read_rules(), order_rule(service.id)
    last_confirmed = last_confirmed_to_ask(today(), rules)
    found, total = queries.list_page(service.id, rule, wanted, last_confirmed, size=PAGE)
    live = sees_all(actor)
    return WaitingList(
        service=service,
        rows=_with_elsewhere(service, found, live=live, told=live or rules.providers_see_elsewhere),
        total=total,
        rule=rule,
        rules=rules,
        may_edit=may_edit(actor, service),
        sees_elsewhere=live or rules.providers_see_elsewhere,
        elsewhere_is_live=live,
        last_confirmed=last_confirmed,
    )


def read_application(actor: Actor, *, register_id: int, application_id: int) -> ApplicationDetail:
    """One application with its history. Raises NotFound."""
    service = read_listed(actor, register_id)
    stored = queries.find_application(service.id, application_id)
    if stored is None:
        raise NotFound(_m("There is no such application."))
    rules, rule = read_rules(), order_rule(service.id)
    live = sees_all(actor)
    told = live or rules.providers_see_elsewhere
    [row] = _with_elsewhere(service, [(stored, queries.find_place(stored, rule))], live=live, told=told)
    edits = may_edit(actor, service)
    return ApplicationDetail(
        service=service,
        row=row,
        events=queries.events_of(stored.id),
        steps=steps_from(State(stored.state)) if edits else (),
        criteria=list_criteria(service.id),
        holding=queries.criteria_holding(stored.id),
        rule=rule,
        may_edit=edits,
        sees_elsewhere=told,
        elsewhere_is_live=live,
        confirm_by=confirm_by(stored.confirmed_on, rules),
        expires_on=expires_on(stored.confirmed_on, rules),
    )


def export_rows(actor: Actor, *, register_id: int, wanted: ListFilter) -> Iterator[ApplicationRow]:
    """All applications that the filter asks for, in the order of the page, without "waits elsewhere".

    Raises NotFound at once, not with the first row.
    """
    service = read_listed(actor, register_id)
    rule, last_confirmed = order_rule(service.id), last_confirmed_to_ask(today(), read_rules())
    found = queries.all_rows(service.id, rule, wanted, last_confirmed)
    return (queries.row_of(stored, place, None) for stored, place in found)


@dataclass(frozen=True)
class ConfirmationWork:
    """Applications whose interest is to be confirmed, the longest unconfirmed first."""

    service: ListedService
    rows: Sequence[ApplicationRow]
    total: int
    page: int
    expires: Mapping[int, date]  # by application


def read_confirmations(actor: Actor, *, register_id: int, page: int = 1) -> ConfirmationWork:
    """A page of the work list of the yearly confirmation, the last one for a number beyond it. Raises NotFound."""
    service = read_listed(actor, register_id)
    rules = read_rules()
    last_confirmed = last_confirmed_to_ask(today(), rules)
    found, total, shown = queries.to_confirm(service.id, last_confirmed, page=page, size=PAGE)
    return ConfirmationWork(
        service=service,
        rows=[queries.row_of(row, None, None) for row in found],
        total=total,
        page=shown,
        expires={row.id: expires_on(row.confirmed_on, rules) for row in found},
    )


def may_edit(actor: Actor, service: ListedService) -> bool:
    return actor.can_for_provider(Permission.WAITLIST_EDIT, service.provider_ico)


def order_rule(service_id: int) -> OrderRule:
    stored = service_queries.find_order(service_id)
    return OrderRule.DATE if stored is None else OrderRule(stored.rule)


def list_criteria(service_id: int) -> list[Criterion]:
    return [Criterion(row.id, row.label, row.points) for row in service_queries.criteria_of(service_id)]


def _with_elsewhere(
    service: ListedService, found: Sequence[tuple[Application, int | None]], *, live: bool, told: bool
) -> list[ApplicationRow]:
    now = queries.elsewhere_now(service.id, (stored.person_ref for stored, _place in found)) if live else {}
    rows = []
    for stored, place in found:
        elsewhere = now.get(stored.person_ref, 0) if live else stored.others_waiting
        rows.append(queries.row_of(stored, place, elsewhere if told else None))
    return rows
