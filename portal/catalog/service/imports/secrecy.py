"""Addresses that become secret: what the portal kept of them from when they were public. Pure.

A facility has no number in the register, so a place is taken for newly secret when the new record holds a secret
facility and no longer holds the place in the open. Better a difference lost than an address kept.
"""

from __future__ import annotations

import json
from collections.abc import Set
from typing import Any

from portal.catalog.ingest.discretion import keep_text, words_of_streets
from portal.catalog.ingest.places import NOWHERE

Record = dict[str, Any]

_WHERE = ("name", "street", "house_number", "postcode", "municipality_code", "address_place_code")


def newly_secret(facilities: list[Record], new: Record) -> list[Record]:
    """Those of the facilities (of an older record, or stored rows) whose place the new record keeps secret."""
    kept = new.get("facilities") or []
    if not any(facility["secret"] for facility in kept):
        return []
    in_the_open = {_where(facility) for facility in kept if not facility["secret"]}
    return [facility for facility in facilities if not facility["secret"] and _where(facility) not in in_the_open]


def withheld_words(facilities: list[Record]) -> set[str]:
    """Words in a text that would tell where these facilities are."""
    return words_of_streets(facility["street"] for facility in facilities)


def discreet(old: Record, new: Record) -> Record:
    """The older record without what tells a place that the new one keeps secret; itself when there is none."""
    hidden = newly_secret(old.get("facilities") or [], new)
    if not hidden:
        return old
    words = withheld_words(hidden)
    provider = old.get("provider") or {}
    return {
        **old,
        "name": None if old.get("name") in {facility["name"] for facility in hidden} else old.get("name"),
        "provider": {**provider, "address": keep_text(provider.get("address"), words)},
        "age_note": keep_text(old.get("age_note"), words),
        "contacts": [[kind, value, keep_text(note, words)] for kind, value, note in old.get("contacts") or []],
        "forms": [_form(form, words) for form in old.get("forms") or []],
        "facilities": [{**one, **NOWHERE, "name": None} if one in hidden else one for one in old["facilities"]],
    }


def discreet_snapshot(text: str, new: Record) -> str:
    """The stored rows that a rollback restores, so that the place stays secret when it does."""
    rows: dict[str, list[Record]] = json.loads(text)
    service = rows["services"][0]
    record = json.loads(service["record"])
    hidden = newly_secret(rows.get("facilities") or [], new) + newly_secret(record.get("facilities") or [], new)
    if not hidden:
        return text
    words = withheld_words(hidden)
    rows["services"] = [
        {
            **service,
            "name": new["name"],
            "age_note": keep_text(service["age_note"], words),
            "record": _encoded(discreet(record, new)),
            "record_hash": "",  # no file has it, so the next import compares the service anew
        }
    ]
    rows["facilities"] = [
        {**row, **NOWHERE, "name": None, "secret": True} if row in hidden else row for row in rows.get("facilities", [])
    ]
    for table, column in (("service_contacts", "note"), ("service_forms", "hours"), ("capacities", "note")):
        rows[table] = [{**row, column: keep_text(row[column], words)} for row in rows.get(table, [])]
    return _encoded(rows)


def _form(form: Record, words: Set[str]) -> Record:
    capacities = [[unit, amount, keep_text(note, words)] for unit, amount, note in form["capacities"]]
    return {**form, "hours": keep_text(form["hours"], words), "capacities": capacities}


def _where(facility: Record) -> tuple[Any, ...]:
    return tuple(facility[key] for key in _WHERE)


def _encoded(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
