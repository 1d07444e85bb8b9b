"""Access as a layer of the map: columns for all areas at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from portal.core.settings import current_settings
from portal.map.access.calc.distance import Floats
from portal.map.access.service.computing import PER_PEOPLE, Ground, find_ground
from portal.map.access.types import RADIUS_KM, RADIUS_MINUTES, AccessRule, Question, Way


def usual_rule(way: Way = Way.LINE) -> AccessRule:
    """What this installation computes with unless somebody asks otherwise."""
    radius = RADIUS_MINUTES if way is Way.TIMES else RADIUS_KM
    return AccessRule(way, radius, detour=float(current_settings().detour_factor))


@dataclass(frozen=True)
class AccessColumns:
    """Places per 1 000 people by area; NaN where there is no number, ``not_applicable`` where no such people live.

    ``question`` has its unit and population filled in. Without ``has_places`` all areas are not applicable.
    """

    question: Question
    figures: Floats
    not_applicable: np.ndarray
    has_places: bool


def find_columns(day: date, question: Question, area_of: Mapping[str, int], areas: int) -> AccessColumns:
    """Access of areas, as means over their people. ``area_of``: number of the area by code of a municipality.

    An area one municipality of which has no figure has none either. Queries as of ``find_ground``.
    """
    ground = find_ground(day, question)
    if not ground.has_places:
        return AccessColumns(ground.question, np.full(areas, np.nan), np.ones(areas, dtype=bool), has_places=False)
    place = np.array([area_of.get(unit.code, -1) for unit in ground.units], dtype=np.int64)
    inside = place >= 0
    people, is_known = np.nan_to_num(ground.people), _known(ground)
    reached = ground.computed().per_person * people

    def summed(values: Floats) -> Floats:
        return np.bincount(place[inside], values[inside], areas).astype(float)

    heads, gaps, members = summed(people), summed((~is_known).astype(float)), summed(np.ones(len(people)))
    with np.errstate(divide="ignore", invalid="ignore"):
        figures = np.where(heads > 0, summed(reached) * PER_PEOPLE / heads, np.nan)
    whole = (gaps == 0) & (members > 0)
    return AccessColumns(ground.question, np.where(whole, figures, np.nan), whole & (heads == 0), has_places=True)


def _known(ground: Ground) -> np.ndarray:
    """Municipalities that have a figure: a catalogue, people, and a seat where distance is measured from it."""
    known: np.ndarray = np.full(len(ground.units), ground.placed.catalogue_known) & np.isfinite(ground.people)
    if ground.question.rule.way is Way.LINE:
        known &= np.array(
            [unit.seat_lon is not None and unit.seat_lat is not None for unit in ground.units], dtype=bool
        )
    return known
