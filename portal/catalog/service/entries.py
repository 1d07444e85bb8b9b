"""Pages of one service and of one provider, as they are public."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.catalog.calc.freshness import Freshness, freshness
from portal.catalog.models import Contact, Facility, Provider, Service
from portal.catalog.queries import columns, entries
from portal.catalog.service.search import ListedService, present_snapshot
from portal.catalog.types import CapacityUnit, ContactKind, Form, ServiceType, has_ended, service_types
from portal.core import clock
from portal.core.cells import Cell
from portal.core.czech import czech_sort_key
from portal.core.errors import NotFound
from portal.core.messages import _m


@dataclass(frozen=True)
class CapacityInfo:
    unit: CapacityUnit
    amount: Cell  # NOT_SUPPLIED: the register does not say
    note: str | None


@dataclass(frozen=True)
class FormInfo:
    form: Form
    nonstop: bool
    hours: str | None
    capacities: tuple[CapacityInfo, ...]


@dataclass(frozen=True)
class ContactInfo:
    value: str
    note: str | None


@dataclass(frozen=True)
class PlaceInfo:
    """A place where the service is given; of a secret one nothing but that it is secret."""

    secret: bool
    name: str | None = None
    street: str | None = None
    postcode: str | None = None
    municipality: str | None = None
    orp: str | None = None
    lon: float | None = None
    lat: float | None = None
    point_is_exact: bool = False


@dataclass(frozen=True)
class ProviderInfo:
    ico: str
    name: str
    address: str | None
    phones: tuple[ContactInfo, ...]
    emails: tuple[ContactInfo, ...]
    webs: tuple[ContactInfo, ...]


@dataclass(frozen=True)
class ServiceInfo:
    """Everything public about one service."""

    register_id: int
    identifier: str | None
    name: str
    service_type: ServiceType | None
    provider: ProviderInfo
    started_on: date | None
    ended_on: date | None
    has_ended: bool
    region_wide: bool
    in_network: bool | None
    verified_on: date | None
    freshness: Freshness
    changed_since: date | None  # day an import changed the entry after it was verified
    description: str | None
    age_note: str | None
    forms: tuple[FormInfo, ...]
    places: tuple[PlaceInfo, ...]
    phones: tuple[ContactInfo, ...]
    emails: tuple[ContactInfo, ...]
    webs: tuple[ContactInfo, ...]
    target_groups: tuple[str, ...]
    age_groups: tuple[str, ...]

    @property
    def has_contact(self) -> bool:
        return bool(self.phones or self.emails or self.webs)


@dataclass(frozen=True)
class ProviderPage:
    provider: ProviderInfo
    services: tuple[ListedService, ...]  # in Czech order
    ended: tuple[ListedService, ...]
    on: date


def get_service(register_id: int) -> ServiceInfo:
    """The public entry of a service, ended ones too. Raises NotFound. Nine SELECTs."""
    service = entries.whole_service(register_id)
    if service is None:
        raise NotFound(_m("There is no such service."))
    return _service_info(service, columns.code_list("target_groups"), columns.code_list("age_groups"), clock.today())


def get_provider(ico: str) -> ProviderPage:
    """A provider with its services, from the present state of the catalogue. Raises NotFound."""
    provider = entries.provider(ico)
    if provider is None:
        raise NotFound(_m("There is no such provider."))
    snapshot = present_snapshot()
    services = sorted(
        (line for line in snapshot.lines if line.provider_ico == ico),
        key=lambda line: (czech_sort_key(line.name), line.register_id),
    )
    return ProviderPage(
        _provider_info(provider),
        tuple(line for line in services if not has_ended(line.ended_on, snapshot.on)),
        tuple(line for line in services if has_ended(line.ended_on, snapshot.on)),
        snapshot.on,
    )


def _service_info(service: Service, target_groups: dict[str, str], age_groups: dict[str, str], on: date) -> ServiceInfo:
    changed_since = (
        service.changed_on
        if service.changed_on and service.verified_on and service.changed_on > service.verified_on
        else None
    )
    return ServiceInfo(
        register_id=service.register_id,
        identifier=service.identifier,
        name=service.name,
        service_type=service_types().get(service.type_code),
        provider=_provider_info(service.provider),
        started_on=service.started_on,
        ended_on=service.ended_on,
        has_ended=has_ended(service.ended_on, on),
        region_wide=service.region_wide,
        in_network=service.in_network,
        verified_on=service.verified_on,
        freshness=freshness(service.verified_on, on),
        changed_since=changed_since,
        description=service.description,
        age_note=service.age_note,
        forms=_forms(service),
        places=_places(service.facilities, on),
        phones=_contacts(service.contacts, ContactKind.PHONE),
        emails=_contacts(service.contacts, ContactKind.EMAIL),
        webs=_contacts(service.contacts, ContactKind.WEB),
        target_groups=_names((group.code for group in service.target_groups), target_groups),
        age_groups=_names((group.code for group in service.age_groups), age_groups),
    )


def _forms(service: Service) -> tuple[FormInfo, ...]:
    by_form = {Form(form.form): form for form in service.forms}
    return tuple(
        FormInfo(
            form,
            by_form[form].nonstop,
            by_form[form].hours,
            tuple(
                CapacityInfo(CapacityUnit(capacity.unit), Cell.of(capacity.amount), capacity.note)
                for capacity in by_form[form].capacities
            ),
        )
        for form in Form
        if form in by_form
    )


def _places(facilities: Iterable[Facility], on: date) -> tuple[PlaceInfo, ...]:
    """Open places in Czech order of municipalities; secret ones last and once, so that not even their number shows."""
    places = [_place(facility) for facility in facilities if not has_ended(facility.ended_on, on)]
    shown = [place for place in places if not place.secret]
    shown.sort(key=lambda place: (czech_sort_key(place.municipality or ""), czech_sort_key(place.street or "")))
    return tuple(shown) + ((PlaceInfo(secret=True),) if len(shown) < len(places) else ())


def _place(facility: Facility) -> PlaceInfo:
    if facility.secret:
        return PlaceInfo(secret=True)
    return PlaceInfo(
        secret=False,
        name=facility.name,
        street=" ".join(filter(None, (facility.street, facility.house_number))) or None,
        postcode=facility.postcode,
        municipality=facility.municipality_name,
        orp=facility.orp_name,
        lon=facility.lon,
        lat=facility.lat,
        point_is_exact=facility.point_is_exact,
    )


def _contacts(contacts: Iterable[Contact], kind: ContactKind) -> tuple[ContactInfo, ...]:
    return tuple(ContactInfo(contact.value, contact.note) for contact in contacts if contact.kind == kind)


def _names(codes: Iterable[str], names: dict[str, str]) -> tuple[str, ...]:
    return tuple(sorted((names.get(code, code) for code in codes), key=czech_sort_key))


def _provider_info(provider: Provider) -> ProviderInfo:
    def listed(value: str | None) -> tuple[ContactInfo, ...]:
        return (ContactInfo(value, None),) if value else ()

    return ProviderInfo(
        provider.ico,
        provider.name,
        provider.address,
        listed(provider.phone),
        listed(provider.email),
        listed(provider.web),
    )
