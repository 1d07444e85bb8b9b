"""Words of the catalogue: service types, forms, units of capacity, what may be edited, when it ended. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from portal.core.messages import Message, _m

SERVICE_TYPES_FILE = Path(__file__).with_name("definitions") / "service_types.toml"
EXPECTED_TYPES = 33


class Form(StrEnum):
    """Form of a service, paragraph 33 of Act 108/2006 Coll. Written T / A / P in Czech tables."""

    OUTREACH = "outreach"
    OUTPATIENT = "outpatient"
    RESIDENTIAL = "residential"

    @property
    def label(self) -> Message:
        return _FORM_LABELS[self]

    @property
    def register_code(self) -> str:
        """Code of the ministry's list FormaSocialniSluzby: ter, amb, pob."""
        return _FORM_REGISTER_CODES[self]

    @property
    def letter(self) -> str:
        """T, A or P."""
        return self.register_code[0].upper()

    @classmethod
    def from_register(cls, code: str) -> Form | None:
        return _FORMS_BY_REGISTER_CODE.get(code)


_FORM_LABELS = {
    Form.OUTREACH: _m("outreach"),
    Form.OUTPATIENT: _m("outpatient"),
    Form.RESIDENTIAL: _m("residential"),
}
_FORM_REGISTER_CODES = {Form.OUTREACH: "ter", Form.OUTPATIENT: "amb", Form.RESIDENTIAL: "pob"}
_FORMS_BY_REGISTER_CODE = {code: form for form, code in _FORM_REGISTER_CODES.items()}


class CapacityUnit(StrEnum):
    """Unit of registered capacity; figures in different units are never added."""

    BEDS = "beds"
    CLIENTS = "clients"
    CONTACTS = "contacts"  # of 10 minutes
    INTERVENTIONS = "interventions"  # of 30 minutes
    CALLS = "calls"

    @property
    def label(self) -> Message:
        return _UNIT_LABELS[self]

    @property
    def register_code(self) -> str:
        """Code of the ministry's list TypKapacitySocialniSluzby: luzka, klient, kontakt, interv, hovor."""
        return _UNIT_REGISTER_CODES[self]

    @classmethod
    def from_register(cls, code: str) -> CapacityUnit | None:
        return _UNITS_BY_REGISTER_CODE.get(code)


_UNIT_LABELS = {
    CapacityUnit.BEDS: _m("beds"),
    CapacityUnit.CLIENTS: _m("clients"),
    CapacityUnit.CONTACTS: _m("contacts (10 min)"),
    CapacityUnit.INTERVENTIONS: _m("interventions (30 min)"),
    CapacityUnit.CALLS: _m("calls"),
}
_UNIT_REGISTER_CODES = {
    CapacityUnit.BEDS: "luzka",
    CapacityUnit.CLIENTS: "klient",
    CapacityUnit.CONTACTS: "kontakt",
    CapacityUnit.INTERVENTIONS: "interv",
    CapacityUnit.CALLS: "hovor",
}
_UNITS_BY_REGISTER_CODE = {code: unit for unit, code in _UNIT_REGISTER_CODES.items()}


class ContactKind(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    WEB = "web"


class KeptField(StrEnum):
    """A part of a service's entry that the provider edits with the kraj's acceptance.

    Once accepted, its value stays when the register is imported again; it is listed in ``Service.kept_fields``.
    The description is not listed: the register has none, so an import never touches it.
    """

    NAME = "name"
    AGE_NOTE = "age_note"
    PHONE = "phone"
    EMAIL = "email"
    WEB = "web"
    HOURS_OUTREACH = "hours_outreach"
    HOURS_OUTPATIENT = "hours_outpatient"
    HOURS_RESIDENTIAL = "hours_residential"


@dataclass(frozen=True)
class ServiceType:
    """One of the 33 types; ``section`` is its paragraph and the code everywhere ("49", "60a")."""

    section: str
    name_cs: str
    name_en: str
    forms: tuple[Form, ...]
    order: int

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_cs

    def name_with_section(self, language: str) -> str:
        """“Domovy pro seniory (§ 49)”."""
        return f"{self.name(language)} (§ {self.section})"


@cache
def service_types() -> Mapping[str, ServiceType]:
    """The types by section, in the order of the Act."""
    return parse_service_types(tomllib.loads(SERVICE_TYPES_FILE.read_text(encoding="utf-8")))


def parse_service_types(document: Mapping[str, Any]) -> dict[str, ServiceType]:
    """Check the definition file: 33 types, each once, in the order of the Act, with names and known forms.

    Raises ValueError that names the type at fault.
    """
    found: dict[str, ServiceType] = {}
    for order, entry in enumerate(document["types"]):
        service_type = _parse_type(entry, order)
        if service_type.section in found:
            raise ValueError(f"service type {service_type.section} is defined twice")
        found[service_type.section] = service_type
    if len(found) != EXPECTED_TYPES:
        raise ValueError(f"{len(found)} service types are defined, {EXPECTED_TYPES} expected")
    if list(found) != sorted(found, key=section_order):
        raise ValueError("service types are not in the order of the Act")
    if len({service_type.name_cs for service_type in found.values()}) != len(found):
        raise ValueError("two service types have the same Czech name")
    return found


def _parse_type(entry: Mapping[str, Any], order: int) -> ServiceType:
    section = str(entry.get("section", ""))
    if set(entry) != {"section", "name_cs", "name_en", "forms"}:
        raise ValueError(f"service type {section or order}: unexpected or missing keys")
    if not section or not entry["name_cs"].strip() or not entry["name_en"].strip():
        raise ValueError(f"service type {section or order}: section and both names are needed")
    forms = tuple(Form(form) for form in entry["forms"])
    if not forms or len(set(forms)) != len(forms):
        raise ValueError(f"service type {section}: forms are missing or repeated")
    return ServiceType(section, entry["name_cs"], entry["name_en"], forms, order)


def section_order(section: str) -> tuple[int, str]:
    """Key that puts "60a" after "60" and before "61"."""
    number = section.rstrip("abcdefghijklmnopqrstuvwxyz")
    return int(number), section[len(number) :]


def has_ended(ended_on: date | None, on: date) -> bool:
    """Whether a service whose last day is ``ended_on`` is over on the day ``on``; the last day itself still counts."""
    return ended_on is not None and ended_on < on


class ImportState(StrEnum):
    """What became of a file of the register."""

    PREVIEWED = "previewed"  # can be applied as it is
    WAITING = "waiting"  # only a person may apply it
    APPLIED = "applied"
    ROLLED_BACK = "rolled_back"
    REJECTED = "rejected"  # not to be applied at all
    DISCARDED = "discarded"

    @property
    def is_open(self) -> bool:
        return self in (ImportState.PREVIEWED, ImportState.WAITING)

    @property
    def label(self) -> Message:
        return _IMPORT_STATE_LABELS[self]


_IMPORT_STATE_LABELS = {
    ImportState.PREVIEWED: _m("ready to be applied"),
    ImportState.WAITING: _m("waits for a person"),
    ImportState.APPLIED: _m("applied"),
    ImportState.ROLLED_BACK: _m("taken back"),
    ImportState.REJECTED: _m("rejected"),
    ImportState.DISCARDED: _m("put aside"),
}


class ChangeKind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    ENDED = "ended"


@dataclass(frozen=True)
class Difference:
    """One field that an import changes; values as the register's cleaned record has them, lists for lists."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class ImportChange:
    """What one import does to one service."""

    register_id: int
    kind: ChangeKind
    name: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class ImportFault:
    """A fault of the file: an error left the service out, a notice did not."""

    is_error: bool
    path: str | None
    message: Message


@dataclass(frozen=True)
class ImportInfo:
    """One import of the register, as lists and pages show it; ``reasons`` say why it waits or was rejected."""

    id: int
    state: ImportState
    file_name: str
    reasons: tuple[Message, ...]
    services_in_file: int
    services_in_region: int
    services_live: int
    added: int
    changed: int
    ended: int
    counted: int
    faults: tuple[ImportFault, ...]
    error_count: int
    notice_count: int
    created_at_utc: datetime
    applied_at_utc: datetime | None
    rolled_back_at_utc: datetime | None
    is_latest_applied: bool
    repeated: bool = False  # the same file was taken before; nothing was done again

    @property
    def changes(self) -> int:
        return self.added + self.changed + self.ended

    def count(self, kind: ChangeKind) -> int:
        return {ChangeKind.ADDED: self.added, ChangeKind.CHANGED: self.changed, ChangeKind.ENDED: self.ended}[kind]
