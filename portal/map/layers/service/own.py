"""What a municipality sees of its own territory where the public sees less.

Its own records of needs exactly, and who waits in it as its page of need tells: roughly, of closed quarters, by type.
An ORP that a release tells of in the quarter is told by the release alone, so that nothing can be read from two
tellings of one number. Users and figures of services come from returns of providers: of those a municipality sees what
everybody sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from portal.core.permissions import Actor, Permission
from portal.disclosure import DisclosedFrame, FigureState, own_counts_for_municipality
from portal.map.calc import PER_PEOPLE, population_for
from portal.map.layers.service.figures import READERS, Context, figure_frame
from portal.map.layers.types import FIGURE_COLUMNS, Ask, Gathered, Kind, Layer, Source
from portal.needs import service as needs
from portal.releases.readings import published_need
from portal.waitlists.need import service as need

_PERMISSIONS = {Source.NEEDS: Permission.NEEDS_READ, Source.APPLICATIONS: Permission.NEED_LOCAL}


def times_of(actor: Actor, layer: Layer) -> tuple[str, ...]:
    """Quarters of which the actor is told its own territory, the earliest first. At most three queries."""
    if not _has_own(actor, layer):
        return ()
    if layer.source is Source.NEEDS:
        return tuple(str(period) for period in needs.list_told_periods(actor))
    return tuple(sorted(str(counted.period) for counted in need.list_quarters() if counted.is_closed))


def _has_own(actor: Actor, layer: Layer) -> bool:
    return layer.source in _PERMISSIONS and bool(actor.municipality_codes(_PERMISSIONS[layer.source]))


Own = tuple[Ask, DisclosedFrame, Mapping[str, Gathered]]


def read_own(layer: Layer, ask: Ask, context: Context) -> Own | None:
    """The areas of the layer that are the actor's own: FIGURE_COLUMNS, and who handed over in them; None without any.

    ``ask`` comes back with the people filled in that a rate is related to.
    """
    if ask.period is None or not _has_own(context.actor, layer):
        return None
    found = _needs(layer, ask, context) if layer.source is Source.NEEDS else _unmet(layer, ask, context)
    return found if found is not None and len(found[1]) else None


def _needs(layer: Layer, ask: Ask, context: Context) -> Own:
    own = needs.gathered_areas(context.actor, ask.level)
    reading = READERS[layer.name](ask, context)
    frame = figure_frame(context.areas, reading.figures)
    mine = own_counts_for_municipality(frame[frame["code"].isin(own)], context.actor, own, column="code")
    return reading.ask, mine, {code: gathered for code, gathered in reading.gathered.items() if code in own}


def _unmet(layer: Layer, ask: Ask, context: Context) -> Own | None:
    assert ask.period is not None
    if ask.group is not None or ask.situation is not None:
        return None
    areas = context.areas
    told = need.read_own_unmet(context.actor, ask.period, ask.level, ask.type_code, published=published_need)
    if told is None:
        return None
    codes = [area for (area,) in told.columns_of("area")]
    if layer.kind is Kind.RATE:
        people = ask.population or population_for(ask.type_code)
        ask = replace(ask, population=people)
        told = told.per([float(areas.people[people][areas.number[code]]) for code in codes], PER_PEOPLE)
    return ask, told.arranged("area", "code", codes, FIGURE_COLUMNS, absent=FigureState.HIDDEN), {}
