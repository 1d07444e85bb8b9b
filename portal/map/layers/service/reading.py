"""Reading a layer for somebody: what may be seen, of which time, with which figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from portal.catalog.service.names import target_group_names
from portal.catalog.types import service_types
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.disclosure import (
    Audience,
    DisclosedFrame,
    exact_counts_for_region,
    exact_for_region,
    from_public_source,
    withheld,
)
from portal.grants import service as grants
from portal.map.faults import refused
from portal.map.layers.registry import LAYERS, get_layer
from portal.map.layers.service import figures as readers
from portal.map.layers.service import own, released
from portal.map.layers.service.figures import Context
from portal.map.layers.service.places import Areas, read_areas
from portal.map.layers.types import (
    FIGURE_COLUMNS,
    Area,
    Ask,
    Filter,
    Gathered,
    Layer,
    LayerFrame,
    Source,
    Times,
    Withheld,
)
from portal.needs import service as needs
from portal.returns import service as returns
from portal.returns.residences.situations import adverse_situations
from portal.returns.types import Period
from portal.territory.types import Level
from portal.waitlists.need import service as need
from portal.waitlists.vacancies.types import Upkeep

MOST_QUARTERS = 12


@dataclass(frozen=True)
class FlowLine:
    """A line from where people live to where they use services; degrees (WGS 84)."""

    residence: Area
    place: Area
    persons: float


_PERMISSIONS = {
    Source.RETURNS: (Permission.COMPARE_ALL,),
    Source.APPLICATIONS: (Permission.WAITLIST_ALL,),
    Source.NEEDS: (Permission.WAITLIST_ALL, Permission.NEEDS_READ),
}


def sees_exactly(actor: Actor, layer: Layer) -> bool:
    """Whether the reader sees the layer's figures as they are: public ones everybody, the others roles of the kraj."""
    if layer.source.is_public:
        return True
    return actor.is_regional and all(actor.can(permission) for permission in _PERMISSIONS[layer.source])


def list_layers() -> list[Layer]:
    """All layers in the order in which they are offered; which of them tell a reader anything is told by reading."""
    return list(LAYERS.values())


def list_times(actor: Actor, layer: Layer, day: date) -> tuple[str, ...]:
    """Quarters or years of which the layer can be told to the reader, the earliest first. At most three queries."""
    if layer.times is Times.NOW:
        return ()
    if layer.times is Times.YEARS:
        return tuple(str(year) for year in sorted(grants.list_years()))
    if layer.source is Source.REGISTER:  # the register tells when services began and ended
        now = Period.of(day)
        return tuple(str(now.shifted(back)) for back in range(1 - MOST_QUARTERS, 1))
    if not sees_exactly(actor, layer):
        return tuple(sorted({*released.times_of(layer), *own.times_of(actor, layer)}))
    if layer.source is Source.RETURNS:
        return tuple(str(period) for period in returns.list_counted_periods())[-MOST_QUARTERS:]
    if layer.source is Source.NEEDS:
        return tuple(str(period) for period in needs.list_told_periods(actor))[-MOST_QUARTERS:]
    return tuple(sorted(str(counted.period) for counted in need.list_quarters()))[-MOST_QUARTERS:]


def check_ask(ask: Ask) -> Layer:
    """The layer of an ask that can be meant.

    Raises NotFound for an unknown layer, Invalid by field for filters that the layer does not have at the level, for
    unknown codes and levels.
    """
    layer = get_layer(ask.layer)
    if ask.level not in layer.levels:
        raise Invalid(_m("This layer is told by ORP or by municipality."), {"uzemi": [_m("Use orp or obec.")]})
    given = {
        Filter.TYPE: ("druh", ask.type_code),
        Filter.FORM: ("forma", ask.form),
        Filter.GROUP: ("skupina", ask.group),
        Filter.SITUATION: ("situace", ask.situation),
        Filter.UNIT: ("jednotka", ask.unit),
        Filter.PEOPLE: ("obyvatel", ask.population),
        Filter.WAY: ("cesta", ask.way),
    }
    faults = {
        field: [_m("The layer “%(layer)s” cannot be narrowed so at this level.", layer=layer.label)]
        for which, (field, value) in given.items()
        if value is not None and which not in layer.filters_at(ask.level)
    }
    if ask.type_code is not None and ask.type_code not in service_types():
        faults["druh"] = [_m("The map knows no type of service “%(word)s”.", word=ask.type_code)]
    if ask.situation is not None and ask.situation not in adverse_situations():
        faults["situace"] = [_m("The map knows no adverse situation “%(word)s”.", word=ask.situation)]
    if ask.group is not None and ask.group not in target_group_names():
        faults["skupina"] = [_m("The map knows no target group “%(word)s”.", word=ask.group)]
    if faults:
        raise refused(faults)
    return layer


def read_layer(actor: Actor, ask: Ask, *, day: date, upkeep: Upkeep, nearest: bool = False) -> LayerFrame:
    """The figures of a layer as the reader may see them; see ``LayerFrame``. A constant number of queries.

    ``nearest``: a time that the layer is not told of gives way to the last one before it, or else the first.

    Raises as ``check_ask``; Invalid for a quarter or year that the layer is not told of, or an ORP that there is not.
    """
    layer = check_ask(ask)
    areas = read_areas(ask.level)
    times = list_times(actor, layer, day)
    timed = _with_time(layer, _nearest(ask, layer, times) if nearest else ask, times, _usual_time(actor, layer, times))
    time, context = _time_of(layer, timed), Context(actor, areas, day, upkeep)
    if sees_exactly(actor, layer):
        if layer.times is not Times.NOW and time is None:
            return _narrowed(_empty(actor, layer, timed, areas, times, Withheld.NO_DATA), areas)
        reading = readers.READERS[layer.name](timed, context)
        disclosed = _disclose(actor, layer, readers.figure_frame(areas, reading.figures))
        frame = LayerFrame(layer, reading.ask, areas.rows, disclosed, times, time, told=reading.told, rule=reading.rule)
        return _narrowed(replace(frame, notes=reading.notes, gathered=reading.gathered), areas)
    told = released.read_released(layer, timed, areas)
    if told is None:
        why = Withheld.NOT_IN_RELEASE if released.has_release() else Withheld.NO_RELEASE
        everybodys = _empty(actor, layer, timed, areas, times, why)
    else:
        asked, figures = told
        gathered = released.read_gathered(layer, timed)
        everybodys = LayerFrame(layer, asked, areas.rows, figures, times, time, from_release=True, gathered=gathered)
    mine = own.read_own(layer, timed, context)
    return _narrowed(everybodys if mine is None else _with_own(everybodys, *mine, time), areas)


def read_flows(actor: Actor, frame: LayerFrame, *, day: date, upkeep: Upkeep) -> list[FlowLine]:
    """The strongest lines from residence to service of a layer that was read, the strongest first.

    None for readers who do not see exact figures, and for layers without lines.
    """
    layer, ask = frame.layer, frame.ask
    if not layer.has_flows or ask.period is None or layer.source.is_public or not sees_exactly(actor, layer):
        return []
    areas = read_areas(ask.level)
    inside = {area.code for area in frame.areas}
    found = []
    for flow in readers.flows(ask, Context(actor, areas, day, upkeep)):
        residence, place = areas.rows[flow.residence], areas.rows[flow.place]
        if residence.code in inside:
            found.append(FlowLine(residence, place, flow.persons))
    return found


def _nearest(ask: Ask, layer: Layer, times: Sequence[str]) -> Ask:
    """The ask with a time among ``times``; an ask without a time stays as it is."""
    wanted = str(ask.year) if ask.year is not None else str(ask.period) if ask.period is not None else None
    if wanted is None or not times or wanted in times:
        return ask
    if layer.times is Times.YEARS:
        wanted = wanted[:4]
    time = max((time for time in times if time <= wanted), default=times[0])
    if layer.times is Times.YEARS:
        return replace(ask, year=int(time), period=None)
    return replace(ask, year=None, period=Period.parse(time))


def _usual_time(actor: Actor, layer: Layer, times: Sequence[str]) -> str | None:
    """The time that is told without a wish: the latest, but that of the last release where others are told by it."""
    told = () if layer.source.is_public or sees_exactly(actor, layer) else released.times_of(layer)
    return next(reversed(told or tuple(times)), None)


def _with_time(layer: Layer, ask: Ask, times: Sequence[str], usual: str | None) -> Ask:
    """The ask with its time: the one asked for, or the usual one. Raises Invalid for one that there is not."""
    if layer.times is Times.YEARS:
        years = [int(text) for text in times]
        year = ask.year if ask.year is not None else (ask.period.year if ask.period is not None else None)
        if year is None or (ask.year is None and year not in years):
            year = years[-1] if years else None
        elif year not in years:
            raise Invalid(_m("The map knows nothing of %(year)s.", year=year), {"obdobi": [_m("Choose another year.")]})
        return replace(ask, year=year, period=None)
    if layer.times is Times.NOW:
        return replace(ask, year=None, period=None)
    if ask.period is None:
        return replace(ask, year=None, period=None if usual is None else Period.parse(usual))
    if times and str(ask.period) not in times:
        raise Invalid(
            _m("The map knows nothing of %(period)s.", period=ask.period.label),
            {"obdobi": [_m("Choose another quarter.")]},
        )
    return replace(ask, year=None, period=ask.period if times else None)


def _time_of(layer: Layer, ask: Ask) -> str | None:
    if layer.times is Times.NOW:
        return None
    found = ask.year if layer.times is Times.YEARS else ask.period
    return None if found is None else str(found)


def _disclose(actor: Actor, layer: Layer, frame: pd.DataFrame) -> DisclosedFrame:
    if layer.source.is_public:
        return from_public_source(frame)
    if layer.source is Source.RETURNS:
        return exact_for_region(frame, actor)
    return exact_counts_for_region(frame, actor)


def _empty(actor: Actor, layer: Layer, ask: Ask, areas: Areas, times: tuple[str, ...], why: Withheld) -> LayerFrame:
    keys = pd.DataFrame({"code": pd.Series(areas.codes, dtype=object)})
    audience = Audience.REGION if actor.is_regional else Audience.PUBLIC
    rows = withheld(FIGURE_COLUMNS, keys, audience, has_data=why is not Withheld.NO_DATA)
    return LayerFrame(layer, ask, areas.rows, rows, times, None, withheld=why)


def _with_own(
    frame: LayerFrame, ask: Ask, mine: DisclosedFrame, gathered: Mapping[str, Gathered], time: str | None
) -> LayerFrame:
    """What everybody sees, and the reader's own territory in it."""
    codes = frozenset(code for (code,) in mine.columns_of("code"))
    return replace(
        frame, ask=ask, figures=frame.figures.with_own(mine, "code"), time=time, own=codes, gathered=gathered
    )


def _narrowed(frame: LayerFrame, areas: Areas) -> LayerFrame:
    """Only the areas of the ORP that was asked for. Raises Invalid for one that there is not."""
    orp = frame.ask.orp
    if orp is None:
        return frame
    if frame.ask.level is Level.MUNICIPALITY:
        inside = [area.parent_code == orp for area in areas.rows]
    else:
        inside = [area.code == orp for area in areas.rows]
    if not any(inside):
        raise Invalid(_m("There is no such ORP."), {"orp": [_m("Choose one of the values offered.")]})
    return replace(
        frame,
        areas=tuple(area for area, is_inside in zip(areas.rows, inside, strict=True) if is_inside),
        figures=frame.figures.where(inside),
    )
