"""One entry of the register: checked, cleaned, without people and secret addresses; or out, with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from portal.catalog.ingest.codelists import code_of
from portal.catalog.ingest.context import Reading
from portal.catalog.ingest.discretion import keep_note, keep_text, personal_names, secret_words
from portal.catalog.ingest.places import (
    MAX_FACILITIES,
    Record,
    address_line,
    clean_facility,
    id_of,
    iso,
    readable_date,
    readable_text,
    touches_region,
    works_everywhere,
)
from portal.catalog.ingest.problems import EntryProblems
from portal.catalog.ingest.values import (
    NotReadable,
    clean_emails,
    clean_ico,
    clean_integer,
    clean_phones,
    clean_text,
    clean_webs,
)
from portal.catalog.types import CapacityUnit, Form, service_types
from portal.core.ico import is_ico
from portal.core.messages import _m

MAX_INTEGER = 2**31 - 1


def clean_entry(raw: Any, reading: Reading, problems: EntryProblems) -> Record | None:
    """The entry as the catalogue keeps it, None when it belongs to another region or is of no type of the Act.

    Raises EntryRejected, with the problem noted, for an entry that breaks the form of the file.
    """
    if not isinstance(raw, dict):
        raise problems.reject("", _m("The entry is not an object."), key=True)
    facilities = _list(raw, "zarizeni", problems)
    if not touches_region(raw, facilities, reading):
        return None
    register_id = _register_id(raw, problems)
    type_code = _type_code(raw, reading, problems)
    if type_code is None:
        return None
    people, secret = personal_names(raw), secret_words(facilities)
    withheld = people | secret
    if len(facilities) > MAX_FACILITIES:
        raise problems.reject("zarizeni", _m("A service cannot have so many facilities."))
    provider = _provider(raw, reading, withheld, problems)
    cleaned = [
        clean_facility(facility, f"zarizeni[{number}]", reading, withheld, problems)
        for number, facility in enumerate(facilities)
    ]
    started, ended = _validity(raw, cleaned, problems)
    return {
        "register_id": register_id,
        "identifier": readable_text(raw, "identifikator", "", problems, 20),
        "type_code": type_code,
        "provider": provider,
        "name": _name(cleaned, type_code, provider["name"]),
        "started_on": iso(started),
        "ended_on": iso(ended),
        "region_wide": works_everywhere(raw, reading),
        "age_note": keep_text(readable_text(raw, "doplnujiciInformaceVekoveSkupiny", "", problems, 4000), withheld),
        "target_groups": _codes(raw, "ciloveSkupiny", "cilovaSkupina", problems),
        "age_groups": _codes(raw, "vekoveSkupiny", "vekovaSkupina", problems),
        "contacts": _contacts(raw, withheld, problems),
        "forms": _forms(raw, withheld, problems),
        "facilities": cleaned,
    }


def _register_id(raw: Mapping[str, Any], problems: EntryProblems) -> int:
    try:
        register_id = clean_integer(raw.get("portalId"))
    except NotReadable:
        register_id = None
    if register_id is None or not 0 < register_id <= MAX_INTEGER:
        raise problems.reject("portalId", _m("The number of the service is missing."), key=True)
    problems.label = f"portalId {register_id}"
    return register_id


def _type_code(raw: Mapping[str, Any], reading: Reading, problems: EntryProblems) -> str | None:
    identifier = id_of(raw.get("druhSocialniSluzby"))
    if identifier is None:
        raise problems.reject("druhSocialniSluzby", _m("The type of the service is missing."), key=True)
    section = reading.lists.types.get(identifier)
    if section is None:
        name = reading.lists.unknown_types.get(identifier, identifier)
        problems.notice(
            "druhSocialniSluzby",
            _m("The type %(name)s is none of the 33 types of the Act; the service was left out.", name=name[:100]),
        )
    return section


def _provider(raw: Mapping[str, Any], reading: Reading, withheld: set[str], problems: EntryProblems) -> Record:
    provider = raw.get("poskytovatel")
    if not isinstance(provider, dict):
        raise problems.reject("poskytovatel", _m("The provider is missing."), key=True)
    ico = clean_ico(provider.get("ico"))
    if ico is None:
        raise problems.reject("poskytovatel.ico", _m("The IČO of the provider is missing."), key=True)
    if not is_ico(ico):
        problems.notice("poskytovatel.ico", _m("The check digit of the IČO %(ico)s does not agree.", ico=ico))
    address = address_line(provider.get("adresa"), reading)
    contacts = _contacts(provider, withheld, problems, "poskytovatel.")
    first = {kind: next((value for k, value, _note in contacts if k == kind), None) for kind in _CONTACTS}
    return {
        "ico": ico,
        "name": readable_text(provider, "nazev", "poskytovatel", problems, 400) or f"IČO {ico}",
        # A seat in the street of the secret house would give the house away.
        "address": keep_text(address, secret_words(raw.get("zarizeni") or [])),
        "web": first["web"],
        "email": first["email"],
        "phone": first["phone"],
    }


def _validity(
    raw: Mapping[str, Any], facilities: list[Record], problems: EntryProblems
) -> tuple[date | None, date | None]:
    """First and last day of the service.

    The service's own end and the ends of its facilities can disagree: it ends with the earlier of its own end
    and the day its last facility closed, so that no place is shown where nobody helps any more.
    """
    started = readable_date(raw, "datumPoskytovaniOd", "", problems)
    ends = [readable_date(raw, "datumPoskytovaniDo", "", problems)]
    if facilities and all(facility["ended_on"] for facility in facilities):
        ends.append(max(date.fromisoformat(facility["ended_on"]) for facility in facilities))
    known = [end for end in ends if end]
    ended = min(known) if known else None
    if started and ended and ended < started:
        problems.notice("datumPoskytovaniOd", _m("The service ends before it begins; its beginning was left out."))
        started = None
    return started, ended


def _name(facilities: list[Record], type_code: str, provider: str) -> str:
    """The name people know: of most facilities, those still open first; else the type and the provider."""
    for known in ([f for f in facilities if not f["ended_on"]], facilities):
        names = Counter(facility["name"] for facility in known if facility["name"])
        if names:
            return max(names, key=names.__getitem__)
    return f"{service_types()[type_code].name_cs} – {provider}"[:400]


def _codes(raw: Mapping[str, Any], key: str, inner: str, problems: EntryProblems) -> list[str]:
    found = (id_of(item, inner) for item in _list(raw, key, problems))
    return sorted({code_of(identifier)[:20] for identifier in found if identifier})


# Kind of contact: list in the register, spellings of the key of its value, what reads it.
_CONTACTS: dict[str, tuple[str, tuple[str, ...], Callable[[str], tuple[str, ...]]]] = {
    "phone": ("telefony", ("telefon", "telefonniCislo"), clean_phones),
    "email": ("emaily", ("email",), clean_emails),
    "web": ("weby", ("web", "www"), clean_webs),
}


def _contacts(raw: Mapping[str, Any], withheld: set[str], problems: EntryProblems, path: str = "") -> list[list[Any]]:
    """[kind, value, note] in the order of the register, each value once."""
    found: dict[tuple[str, str], str | None] = {}
    for kind, (key, spellings, read) in _CONTACTS.items():
        for number, item in enumerate(_list(raw, key, problems, path)):
            if not isinstance(item, dict):
                raise problems.reject(f"{path}{key}[{number}]", _m("A contact is not an object."))
            text = next((item[spelling] for spelling in spellings if item.get(spelling)), None)
            if text is None:
                continue
            if not isinstance(text, str):
                text = str(text)
            values = read(clean_text(text, 1000) or "")
            if not values:
                problems.notice(f"{path}{key}[{number}]", _m("This contact cannot be used and was left out."))
            note = None
            if item.get("poznamka") is not None:
                where = f"{path}{key}[{number}]"
                note = keep_note(readable_text(item, "poznamka", where, problems, 400), withheld)
            for value in values:
                if len(value) <= 320:
                    found.setdefault((kind, value), note)
    return [[kind, value, note] for (kind, value), note in found.items()]


def _forms(raw: Mapping[str, Any], withheld: set[str], problems: EntryProblems) -> list[Record]:
    """Forms in the order of the Act; one written twice is one, with the capacities of both."""
    forms: dict[Form, Record] = {}
    for number, item in enumerate(_list(raw, "formy", problems)):
        path = f"formy[{number}]"
        if not isinstance(item, dict):
            raise problems.reject(path, _m("A form of the service is not an object."))
        identifier = id_of(item.get("forma"))
        form = Form.from_register(code_of(identifier)) if identifier else None
        if form is None:
            problems.notice(f"{path}.forma", _m("This form of service is not known and was left out."))
            continue
        record = forms.setdefault(form, {"form": form.value, "nonstop": False, "hours": None, "capacities": []})
        record["nonstop"] = record["nonstop"] or item.get("nepretrzitePoskytovani") is True
        record["hours"] = record["hours"] or keep_text(hours_text(item.get("casoveRozsahy")), withheld)
        for capacity in _capacities(item, path, withheld, problems):
            if capacity not in record["capacities"]:
                record["capacities"].append(capacity)
    return [forms[form] for form in Form if form in forms]


def _capacities(item: Mapping[str, Any], path: str, withheld: set[str], problems: EntryProblems) -> list[list[Any]]:
    """[unit, amount, note] in the order of the register."""
    found = []
    for number, capacity in enumerate(_list(item, "kapacity", problems, f"{path}.")):
        where = f"{path}.kapacity[{number}]"
        if not isinstance(capacity, dict):
            raise problems.reject(where, _m("A capacity is not an object."))
        try:
            amount = clean_integer(capacity.get("pocet"))
        except NotReadable as error:
            message = _m("The capacity is no whole number: %(value)s.", value=str(error)[:40])
            raise problems.reject(f"{where}.pocet", message) from error
        if amount is not None and not 0 <= amount <= MAX_INTEGER:
            raise problems.reject(f"{where}.pocet", _m("The capacity is out of bounds."))
        identifier = id_of(capacity.get("typ"))
        unit = CapacityUnit.from_register(code_of(identifier)) if identifier else None
        if unit is None:
            problems.notice(f"{where}.typ", _m("The unit of this capacity is not known; it was left out."))
            continue
        found.append([unit.value, amount, keep_text(readable_text(capacity, "popis", where, problems, 2000), withheld)])
    return found


def hours_text(value: Any) -> str | None:
    """Hours in words. The register's own form is not documented, so whatever is written there is strung together."""
    if isinstance(value, str):
        return clean_text(value, 2000)
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        return None
    parts = [clean_text(" ".join(_leaves(item, 0)), 200) for item in value[:50]]
    return clean_text("; ".join(part for part in parts if part), 2000)


def _leaves(value: Any, depth: int) -> list[str]:
    if isinstance(value, str):
        return [code_of(value)]
    if depth > 4 or not isinstance(value, (dict, list)):
        return []
    inner = value.values() if isinstance(value, dict) else value
    return [leaf for part in inner for leaf in _leaves(part, depth + 1)]


def _list(raw: Mapping[str, Any], key: str, problems: EntryProblems, path: str = "") -> list[Any]:
    """A list of the entry; null and a missing key are empty ones. Raises EntryRejected for anything else."""
    value = raw.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise problems.reject(f"{path}{key}", _m("A list is expected here."))
    return value
