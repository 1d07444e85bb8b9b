"""All layers, in the order in which they are offered. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from portal.core.errors import NotFound
from portal.core.messages import _m
from portal.map.layers.types import Filter, Kind, Layer, Source, Times

_TYPE_AND_FORM = frozenset({Filter.TYPE, Filter.FORM})
_OF_SERVICES = _TYPE_AND_FORM | {Filter.GROUP}
_OF_USERS = frozenset({Filter.TYPE, Filter.GROUP, Filter.SITUATION})
_OF_APPLICANTS = frozenset({Filter.TYPE, Filter.GROUP, Filter.SITUATION})
_OF_NEEDS = frozenset({Filter.TYPE, Filter.GROUP, Filter.SITUATION})
_TYPE = frozenset({Filter.TYPE})

_ALL = (
    Layer(
        "kapacita",
        _m("Registered capacity per 1,000 people"),
        _m("capacity"),
        _m(
            "Capacity in the register, divided equally among the open facilities of a service, per 1,000 people of the "
            "age that the type of service is for. It tells nothing of how much of it is used."
        ),
        Kind.RATE,
        Source.REGISTER,
        Times.QUARTERS,
        _OF_SERVICES | {Filter.UNIT, Filter.PEOPLE},
    ),
    Layer(
        "dostupnost",
        _m("Access to services per 1,000 people"),
        _m("places within reach"),
        _m(
            "Registered capacity at places that people come to or live at, handed out once among the people within "
            "reach, in proportion to their number and nearness. Nothing within reach is a true zero."
        ),
        Kind.RATE,
        Source.REGISTER,
        Times.QUARTERS,
        _TYPE_AND_FORM | {Filter.UNIT, Filter.PEOPLE, Filter.WAY},
    ),
    Layer(
        "sluzby",
        _m("Services with a place"),
        _m("services"),
        _m("Services with an open facility in the area that has no secret address. A service may be in several areas."),
        Kind.COUNT,
        Source.REGISTER,
        Times.QUARTERS,
        _OF_SERVICES,
    ),
    Layer(
        "pusobnost",
        _m("Services that declare to work in the area"),
        _m("services"),
        _m(
            "Services registered for the whole region, and those with a facility in the area. The register knows no "
            "other territory of a service; where users really live is told by another layer."
        ),
        Kind.COUNT,
        Source.REGISTER,
        Times.QUARTERS,
        _OF_SERVICES,
    ),
    Layer(
        "uzivatele",
        _m("Users by residence"),
        _m("users"),
        _m(
            "Users of services who live in the area, by the territory part of accepted returns. A person who uses two "
            "services is counted at each."
        ),
        Kind.COUNT,
        Source.RETURNS,
        Times.QUARTERS,
        _OF_USERS,
        has_flows=True,
    ),
    Layer(
        "uzivatele-na-1000",
        _m("Users by residence per 1,000 people"),
        _m("users"),
        _m("Users who live in the area, per 1,000 people of the age that the type of service is for."),
        Kind.RATE,
        Source.RETURNS,
        Times.QUARTERS,
        _OF_USERS | {Filter.PEOPLE},
        has_flows=True,
    ),
    Layer(
        "pokryti",
        _m("Services that people of the area use"),
        _m("services"),
        _m("Services with at least one user who lives in the area, by accepted returns: where help really reaches."),
        Kind.COUNT,
        Source.RETURNS,
        Times.QUARTERS,
        _OF_USERS,
        has_flows=True,
    ),
    Layer(
        "vyuziti-prace",
        _m("Use of the capacity of direct work"),
        _m("per cent"),
        _m(
            "Hours of direct work beside the working time of those who do it, of all services of the area together, "
            "against the norm. A service with facilities in several areas is divided among them."
        ),
        Kind.SHARE,
        Source.RETURNS,
        Times.QUARTERS,
        _TYPE,
        has_norm=True,
    ),
    Layer(
        "obloznost",
        _m("Occupancy of beds"),
        _m("per cent"),
        _m(
            "Days on which beds were taken beside the days they were there, of all residential services of the area "
            "together, against the norm."
        ),
        Kind.SHARE,
        Source.RETURNS,
        Times.QUARTERS,
        _TYPE,
        has_norm=True,
    ),
    Layer(
        "neuspokojeni",
        _m("Unmet applicants"),
        _m("persons"),
        _m(
            "Persons living in the area who wait for a type of service and neither use one of that type nor were "
            "admitted; each once. Duplicates that are only probable are counted as two persons."
        ),
        Kind.COUNT,
        Source.APPLICATIONS,
        Times.QUARTERS,
        _OF_APPLICANTS,
        municipal_filters=_TYPE,
    ),
    Layer(
        "neuspokojeni-na-1000",
        _m("Unmet applicants per 1,000 people"),
        _m("persons"),
        _m("Unmet applicants who live in the area, per 1,000 people of the age that the type of service is for."),
        Kind.RATE,
        Source.APPLICATIONS,
        Times.QUARTERS,
        _OF_APPLICANTS | {Filter.PEOPLE},
        municipal_filters=_TYPE | {Filter.PEOPLE},
    ),
    Layer(
        "potreby",
        _m("Needs that municipalities cannot solve"),
        _m("persons"),
        _m(
            "Persons in an adverse situation that social workers of municipalities could not solve with the services "
            "there are. A municipality that told nothing is no zero; an ORP is the sum of those that told."
        ),
        Kind.COUNT,
        Source.NEEDS,
        Times.QUARTERS,
        _OF_NEEDS,
    ),
    Layer(
        "potreby-na-1000",
        _m("Needs that municipalities cannot solve per 1,000 people"),
        _m("persons"),
        _m("Persons with needs that social workers could not solve, per 1,000 inhabitants of the area."),
        Kind.RATE,
        Source.NEEDS,
        Times.QUARTERS,
        _OF_NEEDS,
    ),
    Layer(
        "volna-mista",
        _m("Free places"),
        _m("places"),
        _m("Places that providers offer as free today; places at a secret address are in no area."),
        Kind.COUNT,
        Source.VACANCIES,
        Times.NOW,
        _TYPE,
    ),
    Layer(
        "podpora-obci",
        _m("Municipal support per inhabitant"),
        _m("CZK per inhabitant"),
        _m(
            "What the municipalities of the area gave to social services in the year, per inhabitant of the area. A "
            "municipality that told nothing is no zero; an ORP is the sum of those that told, and a zero only when all "
            "of them have."
        ),
        Kind.AMOUNT,
        Source.GRANTS,
        Times.YEARS,
        _TYPE,
    ),
)

LAYERS: Mapping[str, Layer] = {layer.name: layer for layer in _ALL}


class UnknownLayer(NotFound):
    """There is no layer of that name."""


MOST_SAID = 40  # characters of a name that there is not, which may be anything


def get_layer(name: str) -> Layer:
    """The layer of that name. Raises UnknownLayer."""
    try:
        return LAYERS[name]
    except KeyError:
        raise UnknownLayer(_m("The map has no layer “%(name)s”.", name=name[:MOST_SAID])) from None
