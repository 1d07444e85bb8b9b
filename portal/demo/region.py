"""The demonstration region: schematic territory, invented register, logins, eight quarters of returns, waiting lists.

Everything goes the way real data go: the territory through its service, the register through a file in the
ministry's format and its import. What is made is marked by an audit entry, so that it can be told from real data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select, update

from portal.accounts.models import User
from portal.accounts.passwords import hash_password
from portal.accounts.service import users as accounts
from portal.benchmarking.norms import standard_norms
from portal.benchmarking.service import freeze_groups, periods_to_publish
from portal.catalog.jobs import take_file
from portal.catalog.models import Capacity, Facility, Provider, Service, ServiceForm, ServiceTargetGroup
from portal.catalog.service.imports.applying import apply_import
from portal.catalog.service.imports.files import RegisterFiles
from portal.catalog.service.version import bump_version
from portal.core import audit
from portal.core.audit import AuditEntry
from portal.core.clock import today
from portal.core.db import Model, db
from portal.core.errors import Conflict
from portal.core.jobs import start_job
from portal.core.messages import Message, _m
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.demo.figures import ServiceFacts
from portal.demo.grants import fill_support
from portal.demo.key_workers import assign_key_workers
from portal.demo.lists import hand_in_files, order_by_points
from portal.demo.logins import DemoLogin, demo_logins
from portal.demo.ministry import import_ministry_figures
from portal.demo.needs import fill_needs
from portal.demo.places import load_places
from portal.demo.quarters import demonstration_periods, fill_quarters, open_periods
from portal.demo.register.codelists import write_code_lists
from portal.demo.register.places import places_elsewhere, region_places
from portal.demo.register.writing import Recipe, write_register
from portal.demo.vacancies import fill_course_of_waiting, fill_vacancies
from portal.demo.waiting import fill_waiting_lists
from portal.releases.jobs import ALL_JOB
from portal.territory.calc.schematic import schematic_territory
from portal.territory.service import list_units, store_territory
from portal.territory.types import Level
from portal.waitlists.jobs import current_vault
from portal.waitlists.links.service import do_linking
from portal.waitlists.need.jobs import RECOUNT_JOB
from portal.waitlists.service import count_elsewhere

SERVICES_AT_SCALE_1 = 270  # in the file; some 200 of them are of the region
MARK = "demo.region.created"
KEPT_TABLE = "catalog_version"  # counts on, so that no cache mistakes the new region for the old
WALK_ORP = "Šumperk"  # where the newcomer's walk of the README leads
WALK_TYPE = "49"
EVERYWHERE = 0  # no service has this id

Tell = Callable[[Message], None]


@dataclass(frozen=True)
class DemoRegion:
    services: int
    returns: int
    logins: tuple[DemoLogin, ...]


def is_empty() -> bool:
    """Whether the portal holds neither territory nor services nor users."""
    return not any(
        db.session.scalar(select(func.count()).select_from(Model.metadata.tables[name]))
        for name in ("territory_versions", "services", "users")
    )


def is_demonstration() -> bool:
    """Whether what the portal holds was made here."""
    return db.session.scalar(select(AuditEntry.id).where(AuditEntry.action == MARK).limit(1)) is not None


def clear() -> None:
    """Delete a demonstration region. Raises Conflict when the portal holds other data."""
    if not is_empty() and not is_demonstration():
        raise Conflict(_m("The portal holds data that are no demonstration; they stay as they are."))
    with transaction() as session:
        for table in reversed(Model.metadata.sorted_tables):
            if table.name != KEPT_TABLE:
                session.execute(table.delete())
        bump_version()


def create_region(*, scale: int, seed: int, with_logins: bool, tell: Tell, with_releases: bool = True) -> DemoRegion:
    """Fill an empty portal. The same scale, seed and day give the same region.

    ``with_releases``: also publish closed quarters, which takes longer than all the rest and is left to the worker.

    Raises Conflict when the portal is not empty.
    """
    if not is_empty():
        raise Conflict(_m("The portal is not empty. Use --replace to make a new demonstration region."))
    tell(_m("Territory of the demonstration region ..."))
    with transaction():
        store_territory(OPERATOR, parsed=schematic_territory(*load_places()))
    tell(_m("Register of services ..."))
    _import_register(SERVICES_AT_SCALE_1 * scale, seed)
    tell(_m("Verification, logins and returns ..."))
    with transaction():
        _verify_some()
        facts = _service_facts()
        ico, walk = _walk_provider()
        logins = tuple(demo_logins(ico, _municipality_code())) if with_logins else ()
        _create_users(logins)
        if with_logins:
            assign_key_workers()
        periods = demonstration_periods(today())
        open_periods(OPERATOR, periods, today())
        stored = fill_quarters(facts, periods, _busy_by_type(), seed=seed, untouched=walk)
        for period in periods_to_publish():
            freeze_groups(OPERATOR, period)
        import_ministry_figures(periods, ico, seed=seed)
        fill_vacancies(seed=seed)
        fill_waiting_lists(facts, periods, current_vault(), scale=scale, seed=seed)
        order_by_points(seed=seed)
        hand_in_files(ico, current_vault(), seed=seed)
        fill_support(seed=seed)
        fill_needs(seed=seed)
        bump_version()
        audit.record(OPERATOR, MARK, object_kind="region", object_key="demo", details={"scale": scale, "seed": seed})
    do_linking(current_vault())
    count_elsewhere()
    with transaction():
        fill_course_of_waiting()
        start_job(OPERATOR, RECOUNT_JOB, {})  # the worker counts while the first pages are already served
        if with_releases:
            start_job(OPERATOR, ALL_JOB, {})
    return DemoRegion(services=len(facts), returns=stored, logins=logins)


def _create_users(logins: Sequence[DemoLogin]) -> None:
    """The password is one and everybody may know it, so it is hashed, slowly as it has to be, once."""
    hashes = {password: hash_password(password) for password in {login.password for login in logins}}
    for login in logins:
        user_id = accounts.create_user(OPERATOR, email=login.email, name=login.name, grants=frozenset({login.grant}))
        db.session.execute(update(User).where(User.id == user_id).values(password_hash=hashes[login.password]))


def _import_register(services: int, seed: int) -> None:
    with TemporaryDirectory(prefix="portal-demo-") as folder:
        file, lists = Path(folder) / "ukazkovy-registr.json", Path(folder) / "ciselniky"
        write_register(file, Recipe(services, seed, traps=False, begins_with=(WALK_TYPE, WALK_ORP)))
        write_code_lists(lists, [*region_places(), *places_elsewhere()])
        info = take_file(OPERATOR, RegisterFiles(file, lists, ()), lambda done, total: None)
        with transaction():
            apply_import(OPERATOR, import_id=info.id, confirmed=True)


def _verify_some() -> None:
    """Three entries of four were confirmed at some time of the last fifteen months."""
    for remainder in range(3):
        day = today() - timedelta(days=20 + remainder * 210)
        db.session.execute(
            update(Service)
            .where(Service.register_id % 4 == remainder, Service.ended_on.is_(None))
            .values(verified_on=day)
        )


def _service_facts() -> list[ServiceFacts]:
    beds_of_form = func.sum(Capacity.amount).filter(Capacity.unit == "beds")
    rows = db.session.execute(
        select(Service.id, Service.register_id, Service.type_code, ServiceForm.form, beds_of_form.label("beds"))
        .join(ServiceForm, ServiceForm.service_id == Service.id)
        .outerjoin(Capacity, Capacity.service_form_id == ServiceForm.id)
        .where(Service.ended_on.is_(None))
        .group_by(Service.id, Service.register_id, Service.type_code, ServiceForm.form)
        .order_by(Service.register_id, ServiceForm.form)
    ).all()
    homes, groups = _homes(), _target_groups()
    facts = []
    for (service_id, register_id, type_code), group in groupby(rows, key=lambda row: tuple(row[:3])):
        forms = {row.form: row.beds for row in group}
        beds = forms.get("residential")
        facts.append(
            ServiceFacts(
                service_id,
                register_id,
                type_code,
                tuple(forms),
                int(beds) if beds else None,
                homes.get(service_id, homes[EVERYWHERE]),
                groups.get(service_id, ()),
            )
        )
    return facts


def _homes() -> dict[int, tuple[str, ...]]:
    """Municipalities by service: its own, then the others of the ORP; EVERYWHERE: the largest of the region."""
    municipalities = list_units(Level.MUNICIPALITY)
    by_orp: dict[str, list[str]] = {}
    for unit in municipalities:
        by_orp.setdefault(unit.parent_code or "", []).append(unit.code)
    orp_of = {unit.code: unit.parent_code or "" for unit in municipalities}
    rows = db.session.execute(
        select(Facility.service_id, Facility.municipality_code)
        .where(Facility.municipality_code.in_(orp_of))
        .order_by(Facility.id.desc())  # the first of a service is read last
    )
    largest = sorted(municipalities, key=lambda unit: (-(unit.population or 0), unit.code))[:10]
    return {EVERYWHERE: tuple(unit.code for unit in largest)} | {
        service_id: (code, *(other for other in by_orp[orp_of[code]] if other != code))
        for service_id, code in rows
        if code is not None
    }


def _target_groups() -> dict[int, tuple[str, ...]]:
    rows = db.session.execute(
        select(ServiceTargetGroup.service_id, ServiceTargetGroup.code).order_by(
            ServiceTargetGroup.service_id, ServiceTargetGroup.code
        )
    )
    return {
        service_id: tuple(row.code for row in group)
        for service_id, group in groupby(rows, key=lambda row: row.service_id)
    }


def _walk_provider() -> tuple[str, frozenset[int]]:
    """IČO of the provider the demonstration logins belong to, and its services that wait for their return."""
    row = db.session.execute(
        select(Provider.id, Provider.ico)
        .join(Service, Service.provider_id == Provider.id)
        .join(Facility, Facility.service_id == Service.id)
        .where(Service.ended_on.is_(None))
        .where(Service.type_code == WALK_TYPE, Facility.municipality_name == WALK_ORP)
        .order_by(Service.register_id)
        .limit(1)
    ).one()
    services: Sequence[int] = db.session.scalars(select(Service.id).where(Service.provider_id == row.id)).all()
    return row.ico, frozenset(services)


def _municipality_code() -> str:
    return next(seat.municipalities[0].code for seat in load_places()[1] if seat.name == WALK_ORP)


def _busy_by_type() -> dict[str, float]:
    return {
        norm.line.type_code: float(norm.median_2015_share)
        for norm in standard_norms()
        if norm.median_2015_share and norm.line.measure == "direct_work"
    }
