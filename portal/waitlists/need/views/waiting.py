"""How long one waits, for families.

A daughter looks on her phone in the evening, once: how long will it take until her father gets a place near home. She
fears to hope in vain, so the answer is a range, or plainly that it cannot be said - never a single number, and never
one that would tell of a few people.
"""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext

from portal.core.permissions import Permission
from portal.territory.service import list_units
from portal.territory.types import Level
from portal.waitlists.need import service
from portal.waitlists.need.types import ALL
from portal.waitlists.need.views.blueprint import bp, chosen
from portal.waitlists.need.words import period_label, type_names
from portal.web.gate import requires

Place = tuple[str, tuple[int, int] | None]


@bp.get("/cekani")
@requires(Permission.PUBLIC)
def waiting() -> str:
    """The range of waiting for a type in a part of the region. At most five statements."""
    types = type_names()
    orps = {unit.code: unit.name for unit in list_units(Level.ORP)}
    type_code, orp = chosen("druh", types), chosen("orp", orps)
    period, lines = service.read_waits(type_code) if type_code else (None, [])
    told = {(line.level, line.area): line.months for line in lines}
    return render_template(
        "need/waiting.html",
        types=list(types.items()),
        orps=list(orps.items()),
        type_code=type_code,
        orp=orp,
        type_name=types.get(type_code or "", ""),
        places=_places(told, orp, orps) if period is not None else [],
        period=None if period is None else period_label(period),
        window=None if period is None else period_label(period.shifted(-3)),
    )


def _places(told: dict[tuple[str, str], tuple[int, int] | None], orp: str | None, orps: dict[str, str]) -> list[Place]:
    """The ORP that was chosen, its districts (all of them without a choice), the region."""
    found: list[Place] = []
    wanted = None
    if orp:
        found.append((gettext("Area of %(name)s", name=orps[orp]), told.get((str(Level.ORP), orp))))
        wanted = {unit.district_code for unit in list_units(Level.MUNICIPALITY) if unit.parent_code == orp}
    for unit in list_units(Level.DISTRICT):
        if wanted is None or unit.code in wanted:
            found.append((gettext("District of %(name)s", name=unit.name), told.get((str(Level.DISTRICT), unit.code))))
    return [*found, (gettext("The whole region"), told.get((str(Level.REGION), ALL)))]
