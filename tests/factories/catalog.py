"""Providers and services of the catalogue, in few words."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.catalog.models import (
    Capacity,
    CodeListItem,
    Contact,
    Facility,
    Provider,
    Service,
    ServiceAgeGroup,
    ServiceForm,
    ServiceTargetGroup,
)
from portal.catalog.types import service_types
from portal.core.db import db

_numbers = itertools.count(1)


def make_ico(number: int) -> str:
    """A valid IČO: seven digits and their modulo-11 check digit."""
    digits = f"{number:07d}"
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, range(8, 1, -1), strict=True))
    return digits + str((11 - weighted % 11) % 10)


def make_provider(name: str | None = None, *, ico: str | None = None, **columns: Any) -> Provider:
    number = next(_numbers)
    provider = Provider(name=name or f"Poskytovatel {number}", ico=ico or make_ico(9_000_000 + number), **columns)
    db.session.add(provider)
    db.session.flush()
    return provider


def find_or_make_provider(ico: str) -> Provider:
    """The provider of this IČO, for tests in which several parts need the same one."""
    return db.session.scalar(select(Provider).where(Provider.ico == ico)) or make_provider(ico=ico)


def make_service(
    provider: Provider | None = None,
    *,
    type_code: str = "49",
    name: str | None = None,
    forms: Mapping[str, Mapping[str, int | None]] | None = None,
    facilities: Sequence[Mapping[str, Any]] = ({},),
    phone: str | None = None,
    email: str | None = None,
    web: str | None = None,
    target_groups: Iterable[str] = (),
    age_groups: Iterable[str] = (),
    **columns: Any,
) -> Service:
    """A stored service with its forms (form -> unit -> amount), facilities (columns of each) and contacts.

    Without ``forms``: the first form the Act allows, 20 beds or 20 clients.
    """
    number = next(_numbers)
    service_type = service_types()[type_code]
    if forms is None:
        form = service_type.forms[0]
        forms = {form: {"beds" if form == "residential" else "clients": 20}}
    service = Service(
        provider=provider or make_provider(),
        register_id=columns.pop("register_id", 100_000 + number),
        identifier=columns.pop("identifier", f"{1_000_000 + number}"),
        type_code=type_code,
        name=name or f"{service_type.name_cs} {number}",
        started_on=columns.pop("started_on", date(2014, 3, 1)),
        region_wide=columns.pop("region_wide", False),
        **columns,
    )
    for form, capacities in forms.items():
        service.forms.append(
            ServiceForm(
                form=form,
                nonstop=form == "residential",
                capacities=[Capacity(unit=unit, amount=amount) for unit, amount in capacities.items()],
            )
        )
    service.facilities = [make_facility(**facility) for facility in facilities]
    for kind, value in (("phone", phone), ("email", email), ("web", web)):
        if value is not None:
            service.contacts.append(Contact(kind=kind, value=value))
    service.target_groups = [ServiceTargetGroup(code=code) for code in target_groups]
    service.age_groups = [ServiceAgeGroup(code=code) for code in age_groups]
    db.session.add(service)
    db.session.flush()
    return service


def make_facility(**columns: Any) -> Facility:
    """A facility in Šumperk unless told otherwise; ``secret=True`` leaves it no place at all."""
    if columns.get("secret"):
        return Facility(**{"point_is_exact": False, **columns})
    place: dict[str, Any] = {
        "name": "Dům pomoci",
        "secret": False,
        "street": "Lipová",
        "house_number": "12",
        "postcode": "78701",
        "municipality_code": "523704",
        "municipality_name": "Šumperk",
        "orp_code": "7111",
        "orp_name": "Šumperk",
        "lon": 16.97,
        "lat": 49.965,
        "point_is_exact": False,
    }
    return Facility(**{**place, **columns})


@contextmanager
def secret_places_unchecked() -> Iterator[None]:
    """Lets a test store traces of a secret place that the database refuses, to see that no reader tells them."""
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        # Comes back with the test's transaction.
        connection.exec_driver_sql("ALTER TABLE facilities DROP CONSTRAINT ck_facilities_secret_has_no_address")
        yield
        return
    connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    try:
        yield
    finally:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")


def make_code_list(list_name: str, names: Mapping[str, str]) -> None:
    """Entries of "target_groups" or "age_groups"."""
    db.session.add_all(CodeListItem(list_name=list_name, code=code, name=name) for code, name in names.items())
    db.session.flush()
