"""How figures are rounded for readers; the same for every reader, page and file. Pure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_EPSILON = 1e-9  # a half written in binary may lie a little below itself


def rounded_all(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Two decimals, halves away from zero; below 0.1 to two significant digits, so that a little is never zero.

    NaN stays. Figures are not negative.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        small = (numbers > 0) & (numbers < 0.1)
        places = np.where(small, 1 - np.floor(np.log10(np.where(small, numbers, 1.0))), 2.0)
    scale = 10.0**places
    found: npt.NDArray[np.float64] = np.floor(numbers * scale + 0.5 + _EPSILON) / scale
    return found
