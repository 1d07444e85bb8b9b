"""Classes of what a scenario changes: losses and gains in classes of one size, so that they can be compared. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.map.calc import natural_classes
from portal.map.types import MapClass

SIZES = 3  # classes of losses, and as many of gains


@dataclass(frozen=True)
class ShiftClasses:
    """``bands``: from the largest loss to the largest gain, two for each size; ``MapClass`` bounds are differences.

    ``upper``: ends of all bands but the last; a difference belongs to the first band whose end is not below it.
    ``used``: whether any difference lies in the band.
    """

    bands: tuple[MapClass, ...]
    upper: tuple[float, ...]
    used: tuple[bool, ...]


def shift_classes(differences: Sequence[float]) -> ShiftClasses:
    """Natural breaks (Jenks) of the sizes of the differences, none of which is zero; without any no class."""
    sizes = natural_classes([abs(each) for each in differences], SIZES)
    losses = tuple(MapClass(-size.high, -size.low) for size in reversed(sizes))
    bands = (*losses, *sizes)
    used = tuple(any(band.low <= each <= band.high for each in differences) for band in bands)
    return ShiftClasses(bands, tuple(band.high for band in bands[:-1]), used)
