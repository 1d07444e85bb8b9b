"""What people call the units of metrics. Pure."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

from portal.benchmarking.metrics.types import Unit
from portal.core.messages import Message, _m

UNITS = {
    "hours": _m("h"),
    "fte": _m("FTE"),
    "persons": _m("persons"),
    "beds": _m("beds"),
    "days": _m("days"),
    "bed_days": _m("bed-days"),
    "contacts": _m("contacts"),
    "interventions": _m("interventions"),
    "calls": _m("calls"),
    "czk": _m("CZK"),
}

# The same units below a line, as one of them.
PER_UNIT = {
    "hours": _m("%(unit)s/h"),
    "fte": _m("%(unit)s/FTE"),
    "persons": _m("%(unit)s/person"),
    "beds": _m("%(unit)s/bed"),
    "days": _m("%(unit)s/day"),
    "bed_days": _m("%(unit)s/bed-day"),
    "contacts": _m("%(unit)s/contact"),
    "interventions": _m("%(unit)s/intervention"),
    "calls": _m("%(unit)s/call"),
    "czk": _m("%(unit)s/CZK"),
}


def unit_name(unit: Unit) -> Message:
    """The unit as it stands behind a figure: CZK/h."""
    if unit.is_plain:
        return _m("number without a unit")
    above = [UNITS[code] for code in unit.above] or [Message("1")]
    name = reduce(lambda one, two: _m("%(one)s × %(two)s", one=one, two=two), above)
    return reduce(lambda above, code: replace(PER_UNIT[code], params={"unit": above}), unit.below, name)
