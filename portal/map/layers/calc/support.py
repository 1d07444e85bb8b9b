"""Municipal support per inhabitant by columns."""

from __future__ import annotations

import numpy as np

from portal.map.layers.calc.numbers import (
    NOT_APPLICABLE,
    NOT_SUPPLIED,
    Figures,
    Flags,
    Floats,
    Whole,
    counted,
    figures,
    summed,
)


def support_per_inhabitant(
    places: Whole, amounts: Floats, is_foreign: Flags, people: Floats, municipalities: Floats
) -> tuple[Figures, Floats]:
    """CZK per inhabitant of each area, and how many of its municipalities have told: an amount, nothing, or that
    support does not concern them.

    ``places``: number of the area of each municipality that has a figure, below 0 outside; ``amounts``: NaN without a
    number, ``is_foreign``: it said that support does not concern it; ``people``: inhabitants of the areas;
    ``municipalities``: how many there are in each.

    A sum above zero is of those that told. Zero needs that all municipalities of the area told, and not applicable
    that it concerns none of them, or that nobody lives there; otherwise it is not supplied, since what the others gave
    is not known.
    """
    areas = len(people)
    has_number = ~np.isnan(amounts)
    foreign = counted(places[is_foreign], areas)
    numbers = counted(places[has_number], areas)
    told = numbers + foreign
    total = summed(places[has_number], amounts[has_number], areas)
    is_whole = (told == municipalities) & (municipalities > 0)
    is_known = (total > 0) | (is_whole & (numbers > 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(is_known & (people > 0), total / people, np.nan)
    not_concerned = (is_known & (people == 0)) | (is_whole & (numbers == 0))
    return figures(each, np.where(not_concerned, NOT_APPLICABLE, NOT_SUPPLIED)), told
