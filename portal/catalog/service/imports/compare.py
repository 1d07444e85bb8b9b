"""What differs between two records of a service, in fields people know. Pure."""

from __future__ import annotations

from typing import Any

from portal.catalog.types import Difference

Record = dict[str, Any]

_PLAIN = ("name", "identifier", "type_code", "started_on", "ended_on", "region_wide", "age_note")
_PROVIDER = ("ico", "name", "address", "web", "email", "phone")
_LISTS = ("target_groups", "age_groups")
# What our territory and address files say about a facility, not the register.
PLACED = ("municipality_name", "orp_code", "orp_name", "lon", "lat", "point_is_exact")
PLACES_FIELD = "places"


def differences(old: Record, new: Record) -> list[Difference]:
    """Fields that differ. "places" stands for positions alone, which are not the register's."""
    found = [Difference(key, old.get(key), new.get(key)) for key in _PLAIN if old.get(key) != new.get(key)]
    old_provider, new_provider = old.get("provider") or {}, new.get("provider") or {}
    found += [
        Difference(f"provider.{key}", old_provider.get(key), new_provider.get(key))
        for key in _PROVIDER
        if old_provider.get(key) != new_provider.get(key)
    ]
    found += [_lines(key, old.get(key) or [], new.get(key) or []) for key in _LISTS if old.get(key) != new.get(key)]
    for key in ("contacts", "forms"):
        if old.get(key) != new.get(key):
            lines = _contact_lines if key == "contacts" else _form_lines
            found.append(_lines(key, lines(old.get(key) or []), lines(new.get(key) or [])))
    old_facilities, new_facilities = old.get("facilities") or [], new.get("facilities") or []
    if [_unplaced(facility) for facility in old_facilities] != [_unplaced(facility) for facility in new_facilities]:
        found.append(_lines("facilities", _facility_lines(old_facilities), _facility_lines(new_facilities)))
    elif old_facilities != new_facilities:
        found.append(Difference(PLACES_FIELD, None, None))
    return found


def counts_as_change(found: list[Difference]) -> bool:
    """Whether the register itself changed, not only where we put the place."""
    return any(difference.field != PLACES_FIELD for difference in found)


def _lines(field: str, old: list[Any], new: list[Any]) -> Difference:
    """Only what went and what came; all of both when merely the order changed."""
    gone, come = [line for line in old if line not in new], [line for line in new if line not in old]
    return Difference(field, gone, come) if gone or come else Difference(field, old, new)


def _contact_lines(contacts: list[list[Any]]) -> list[str]:
    return [f"{value} ({note})" if note else str(value) for _kind, value, note in contacts]


def _form_lines(forms: list[Record]) -> list[dict[str, Any]]:
    return [
        {
            "form": form["form"],
            "nonstop": form["nonstop"],
            "hours": form["hours"],
            "capacities": [[unit, amount, note] for unit, amount, note in form["capacities"]],
        }
        for form in forms
    ]


def _facility_lines(facilities: list[Record]) -> list[dict[str, Any]]:
    return [
        {
            "name": facility["name"],
            "secret": facility["secret"],
            "address": " ".join(filter(None, (facility["street"], facility["house_number"]))) or None,
            "municipality": facility["municipality_name"],
            "ended_on": facility["ended_on"],
        }
        for facility in facilities
    ]


def _unplaced(facility: Record) -> Record:
    return {key: value for key, value in facility.items() if key not in PLACED}
