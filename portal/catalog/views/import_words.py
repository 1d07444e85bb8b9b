"""Changes of an import in words: labels of fields, values as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext

from portal.catalog.service.imports.compare import PLACES_FIELD
from portal.catalog.types import CapacityUnit, ChangeKind, Difference, Form, ImportState, service_types
from portal.core.messages import _m
from portal.web.formats import day, number
from portal.web.languages import current_language, say

CHANGE_NAMES = {
    ChangeKind.ADDED: _m("Added"),
    ChangeKind.CHANGED: _m("Changed"),
    ChangeKind.ENDED: _m("Ended"),
}
STATE_COLOURS = {
    ImportState.PREVIEWED: "blue",
    ImportState.WAITING: "yellow",
    ImportState.APPLIED: "green",
    ImportState.ROLLED_BACK: "grey",
    ImportState.REJECTED: "red",
    ImportState.DISCARDED: "grey",
}
_FIELD_NAMES = {
    "name": _m("name of the service"),
    "identifier": _m("registration identifier"),
    "type_code": _m("type of service"),
    "started_on": _m("provided since"),
    "ended_on": _m("provided until"),
    "region_wide": _m("works in the whole region"),
    "age_note": _m("note on age"),
    "provider.ico": _m("IČO of the provider"),
    "provider.name": _m("name of the provider"),
    "provider.address": _m("seat of the provider"),
    "provider.web": _m("web of the provider"),
    "provider.email": _m("e-mail of the provider"),
    "provider.phone": _m("phone of the provider"),
    "target_groups": _m("target groups"),
    "age_groups": _m("age groups"),
    "contacts": _m("contacts"),
    "forms": _m("forms and capacity"),
    "facilities": _m("facilities"),
    PLACES_FIELD: _m("position of the places"),
}
_DAYS = ("started_on", "ended_on")


@dataclass(frozen=True)
class DescribedDifference:
    label: str
    old: tuple[str, ...]
    new: tuple[str, ...]


def described(difference: Difference, code_names: Mapping[str, Mapping[str, str]]) -> DescribedDifference:
    """A difference in the reader's language; nothing stated is said so."""
    names = code_names.get(difference.field, {})
    return DescribedDifference(
        say(_FIELD_NAMES[difference.field]),
        _lines(difference.field, difference.old, names),
        _lines(difference.field, difference.new, names),
    )


def _lines(field: str, value: Any, names: Mapping[str, str]) -> tuple[str, ...]:
    if field == PLACES_FIELD:
        return (gettext("by the territory or the address files"),)
    if isinstance(value, list):
        return tuple(_item(field, item, names) for item in value) or (gettext("nothing"),)
    if isinstance(value, bool):
        return (gettext("yes") if value else gettext("no"),)
    if value is None:
        return (gettext("not stated"),)
    if field in _DAYS:
        return (day(date.fromisoformat(value)),)
    if field == "type_code":
        known = service_types().get(value)
        return (f"§ {value} {known.name(current_language())}" if known else f"§ {value}",)
    return (str(value),)


def _item(field: str, item: Any, names: Mapping[str, str]) -> str:
    if field == "forms":
        return _form(item)
    if field == "facilities":
        return _facility(item)
    return names.get(item, str(item))


def _form(form: Mapping[str, Any]) -> str:
    parts = [
        f"{gettext('not stated') if amount is None else number(amount)} {say(CapacityUnit(unit).label)}"
        + (f" ({note})" if note else "")
        for unit, amount, note in form["capacities"]
    ]
    if form["nonstop"]:
        parts.append(gettext("non-stop"))
    if form["hours"]:
        parts.append(form["hours"])
    return f"{say(Form(form['form']).label)}: {', '.join(parts) or gettext('not stated')}"


def _facility(facility: Mapping[str, Any]) -> str:
    if facility["secret"]:
        parts = [gettext("secret address")]
    else:
        parts = [facility[key] for key in ("name", "address", "municipality") if facility[key]]
    if facility["ended_on"]:
        parts.append(gettext("until %(day)s", day=day(date.fromisoformat(facility["ended_on"]))))
    return ", ".join(parts) or gettext("without an address")
