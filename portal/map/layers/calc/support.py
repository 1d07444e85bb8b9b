"""Municipal support per inhabitant by columns."""

from __future__ import annotations

import numpy as np

from portal.map.layers.calc.numbers import NOT_APPLICABLE, NOT_SUPPLIED, Figures, Flags, Floats, Whole, figures, summed


def support_per_inhabitant(places: Whole, amounts: Floats, is_foreign: Flags, people: Floats) -> Figures:
    """CZK per inhabitant of each area, from what its municipalities told.

    ``places``: number of the area of each municipality that told something, below 0 outside; ``amounts``: NaN without
    a number, ``is_foreign``: it said that support does not concern it; ``people``: inhabitants of the areas.

    The sum of what was told, as in ``grants.calc.added``: a true zero stays one, nothing told is not supplied, and
    where all who told said that it does not concern them it is not applicable. Nobody living there: not applicable.
    """
    areas = len(people)

    def any_of(which: Flags) -> Flags:
        found: Flags = summed(places[which], np.ones(int(which.sum())), areas) > 0
        return found

    has_number = ~np.isnan(amounts)
    told, foreign, silent = any_of(has_number), any_of(is_foreign), any_of(~has_number & ~is_foreign)
    total = summed(places[has_number], amounts[has_number], areas)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(told & (people > 0), total / people, np.nan)
    not_concerned = (told & (people == 0)) | (~told & foreign & ~silent)
    return figures(each, np.where(not_concerned, NOT_APPLICABLE, NOT_SUPPLIED))
