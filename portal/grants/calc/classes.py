"""A municipality's support beside that of municipalities of its size: all of them at once. Pure; hellers, exact.

One rule for every page and file. Municipalities of a class are those with known inhabitants, one at least. A number
enters the median, the quartiles and the places, a true zero too; who told nothing, and who said that support does not
concern it, enters none of them and is counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from portal.grants.calc.columns import OUT, Whole
from portal.grants.types import Similar, SizeClass

Flags = npt.NDArray[np.bool_]
# Lower bounds of the size classes of municipalities that the Czech Statistical Office publishes.
SIZE_BOUNDS = (1, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
MIN_QUARTILES = 4  # of fewer numbers a quartile says nothing that the median does not


def class_numbers(people: Whole) -> Whole:
    """The number of the size class of each municipality, OUT where nobody lives or it is not known (below 1)."""
    return np.searchsorted(np.array(SIZE_BOUNDS), people, side="right").astype(np.int64) - 1  # OUT is -1


def bounds_of(number: int) -> tuple[int, int | None]:
    """Lower and upper bound (the latter included) of a size class; the largest has no upper one."""
    upper = SIZE_BOUNDS[number + 1] - 1 if number + 1 < len(SIZE_BOUNDS) else None
    return SIZE_BOUNDS[number], upper


def each_inhabitant(hellers: Whole, people: Whole) -> Whole:
    """Hellers for one inhabitant, a half upwards as in ``per_inhabitant``; ``people`` are 1 or more."""
    return (2 * hellers + people) // (2 * people)


def quantile(ordered: Whole, quarters: int) -> int:
    """The quantile of ``quarters`` fourths of numbers in order, between neighbours by their distance (Hyndman and Fan's
    seventh, the usual one); a half upwards. 2 is the median. Raises IndexError without any number."""
    place, rest = divmod((len(ordered) - 1) * quarters, 4)
    low = int(ordered[place])
    high = int(ordered[place + 1]) if rest else low
    return (2 * (low * (4 - rest) + high * rest) + 4) // 8


@dataclass(frozen=True)
class Classes:
    """All size classes, the smallest first, and by municipality (arrays of one length): ``number`` of its class (OUT:
    none), hellers for one inhabitant ``each``, ``place`` among those of its class that have a number, 1 is the most and
    equal ones share it (0: none)."""

    sizes: tuple[SizeClass, ...]
    number: Whole
    each: Whole
    place: Whole

    def similar(self, municipality: int) -> Similar | None:
        """A municipality beside its class; None where it has none."""
        if self.number[municipality] == OUT:
            return None
        size, place = self.sizes[self.number[municipality]], int(self.place[municipality])
        if not place or size.median is None:
            return Similar(size, None, None)
        return Similar(size, place, _crowns(int(self.each[municipality])) - size.median)


def size_classes(hellers: Whole, has_number: Flags, is_foreign: Flags, people: Whole) -> Classes:
    """Size classes of municipalities and the place of each in its own.

    Arrays of one length: support together (0 without a number), whether there is a number, whether it said that it does
    not apply, inhabitants (below 1 where not known).
    """
    number = class_numbers(people)
    told = has_number & (number != OUT)
    each, place = np.zeros(len(people), dtype=np.int64), np.zeros(len(people), dtype=np.int64)
    each[told] = each_inhabitant(hellers[told], people[told])
    sizes = []
    for one in range(len(SIZE_BOUNDS)):
        inside = number == one
        with_number = inside & told
        ordered = np.sort(each[with_number])
        place[with_number] = 1 + len(ordered) - np.searchsorted(ordered, each[with_number], side="right")
        has_quartiles = len(ordered) >= MIN_QUARTILES
        sizes.append(
            SizeClass(
                bounds=bounds_of(one),
                all=int(inside.sum()),
                told=len(ordered),
                zeros=int((with_number & (hellers == 0)).sum()),
                foreign=int((inside & ~told & is_foreign).sum()),
                median=_crowns(quantile(ordered, 2)) if len(ordered) else None,
                lower=_crowns(quantile(ordered, 1)) if has_quartiles else None,
                upper=_crowns(quantile(ordered, 3)) if has_quartiles else None,
                total=_crowns(int(hellers[with_number].sum())) if len(ordered) else None,
            )
        )
    return Classes(tuple(sizes), number, each, place)


def _crowns(hellers: int) -> Decimal:
    return (Decimal(hellers) / 100).quantize(Decimal("0.01"))
