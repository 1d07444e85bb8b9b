"""Counts of returns by type, provider and key worker; whom to call and how."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import case, func, select

from portal.accounts.models import RoleGrant, User
from portal.catalog.models import Contact, Provider, Service
from portal.core.db import db
from portal.core.permissions import Role
from portal.returns.followup import CallNoteLine, FollowUpFilter, Grouping, MissingService, OverviewRow
from portal.returns.models import CallNote, KeyWorkerAssignment, Return
from portal.returns.queries.board import SERVICE_COLUMNS, STATE, Selection
from portal.returns.queries.deadlines import longest_of
from portal.returns.readings import MISSING_STATES, ServiceHead
from portal.returns.types import NOT_STARTED, Period, ReturnState

STATES = (NOT_STARTED, *ReturnState)
PROVIDER_ROLES = (Role.PROVIDER_EDITOR, Role.PROVIDER_APPROVER)


def _selection(wanted: FollowUpFilter) -> Selection:
    return Selection(period=wanted.dates.period, type_code=wanted.type_code, worker_id=wanted.worker_id, ico=wanted.ico)


def overview_rows(wanted: FollowUpFilter, grouping: Grouping) -> list[OverviewRow]:
    """One row for each type, provider or key worker that has a service in the quarter; one statement."""
    selection = _selection(wanted)
    keys: tuple[Any, ...] = {
        Grouping.TYPE: (Service.type_code, Service.type_code),
        Grouping.PROVIDER: (Provider.ico, Provider.name),
        Grouping.WORKER: (KeyWorkerAssignment.user_id, User.name),
    }[grouping]
    handed_in = Return.state.not_in(MISSING_STATES)
    late = handed_in & selection.more_time.is_late(wanted.dates.late_from)
    query = (
        selection.query()
        .outerjoin(User, User.id == KeyWorkerAssignment.user_id)
        .with_only_columns(
            *keys,
            *(func.count(case((state == STATE, 1))) for state in STATES),
            func.count(case((late, 1))),
            func.min(case((Return.state == ReturnState.SUBMITTED, Return.submitted_at_utc))),
        )
        .group_by(*dict.fromkeys(keys))
    )
    found = []
    for key, name, *counts, late_count, oldest in db.session.execute(query):
        states = dict(zip((str(state) for state in STATES), counts, strict=True))
        found.append(OverviewRow("" if key is None else str(key), name or "", states, late_count, oldest))
    return found


def missing_by_provider(wanted: FollowUpFilter) -> list[Any]:
    """Providers that have not handed in everything: id, ico, name, phone, email, worker_name, missing, total."""
    keys = (Provider.id, Provider.ico, Provider.name, Provider.phone, Provider.email, User.name.label("worker_name"))
    missing = func.count(case((STATE.in_(MISSING_STATES), 1)))
    query = (
        _selection(wanted)
        .query()
        .outerjoin(User, User.id == KeyWorkerAssignment.user_id)
        .with_only_columns(*keys, missing.label("missing"), func.count().label("total"))
        .group_by(*keys)
        .having(missing > 0)
    )
    return list(db.session.execute(query))


def missing_services(wanted: FollowUpFilter) -> list[MissingService]:
    """Services that have not handed in, with the dates as they are for each; one statement."""
    selection = _selection(wanted)
    query = (
        selection.query()
        .with_only_columns(*SERVICE_COLUMNS, Return.state, *selection.more_time.columns)
        .where(STATE.in_(MISSING_STATES))
        .order_by(Provider.name, Service.name, Service.register_id)
    )
    found = []
    for row in db.session.execute(query):
        *head, state, of_service, of_provider = tuple[Any, ...](row)
        dates = wanted.dates.extended(longest_of(of_service, of_provider))
        found.append(MissingService(ServiceHead(*head), None if state is None else ReturnState(state), dates))
    return found


def people_of_providers() -> list[Any]:
    """Active people with a role of a provider: id, name, email, language, ico; once for each provider."""
    query = (
        select(User.id, User.name, User.email, User.language, RoleGrant.scope_code.label("ico"))
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(User.is_active, RoleGrant.role.in_(PROVIDER_ROLES))
        .distinct()
        .order_by(User.name, User.id, RoleGrant.scope_code)
    )
    return list(db.session.execute(query))


def contacts_of_services(provider_ids: Collection[int]) -> dict[int, dict[str, list[str]]]:
    """Phones and e-mails that the register gives for the services of providers, by provider and kind."""
    query = (
        select(Service.provider_id, Contact.kind, Contact.value)
        .join(Contact, Contact.service_id == Service.id)
        .where(Service.provider_id.in_(provider_ids), Contact.kind.in_(("phone", "email")))
        .order_by(Service.register_id, Contact.id)
    )
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: {"phone": [], "email": []})
    for provider_id, kind, value in db.session.execute(query):
        if value not in found[provider_id][kind]:
            found[provider_id][kind].append(value)
    return found


def last_notes(provider_ids: Collection[int]) -> dict[int, CallNoteLine]:
    """The last note of each provider, of whatever quarter."""
    last = select(func.max(CallNote.id)).where(CallNote.provider_id.in_(provider_ids)).group_by(CallNote.provider_id)
    rows = db.session.scalars(select(CallNote).where(CallNote.id.in_(last)))
    return {row.provider_id: note_line(row) for row in rows}


def notes_of(provider_id: int) -> Sequence[CallNoteLine]:
    """All notes about a provider, the latest first."""
    query = select(CallNote).where(CallNote.provider_id == provider_id).order_by(CallNote.id.desc())
    return [note_line(row) for row in db.session.scalars(query)]


def note_line(row: CallNote) -> CallNoteLine:
    return CallNoteLine(row.called_on, row.result, row.actor_name, Period.parse(row.period))


def find_provider(ico: str) -> Any:
    """Id, ico and name of a provider, or None."""
    return db.session.execute(select(Provider.id, Provider.ico, Provider.name).where(Provider.ico == ico)).one_or_none()
