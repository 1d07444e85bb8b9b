"""What a scenario does to the capacity of sites. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from portal.map.access.calc.distance import Floats


def shifted(amount: Floats, chosen: NDArray[np.bool_], change: float) -> Floats | None:
    """``amount`` [m] with ``change`` spread over ``chosen`` sites (bool [m]); None when they have less than it takes.

    What is added goes to them in equal parts, as registered capacity is divided; what is taken is taken in proportion
    to what stands there, so that no site falls below zero.
    """
    standing = float(amount[chosen].sum())
    if change < 0 and standing + change < -1e-9:
        return None
    after = amount.copy()
    if change < 0:
        after[chosen] = amount[chosen] * (max(standing + change, 0.0) / standing)
    else:
        after[chosen] += change / int(chosen.sum())
    return after
