"""Sums of municipal support over columns: the figures of a year at once. Pure; amounts in hellers, exact.

Says the same as ``summed_by`` of the package, which goes row by row and is its oracle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np
import numpy.typing as npt

from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell, CellState, added
from portal.grants.types import Kind

Whole = npt.NDArray[np.int64]
KINDS = tuple(Kind)
_KIND_NUMBERS = {str(kind): number for number, kind in enumerate(KINDS)}
OUT = -1  # the label of what is left out


@dataclass(frozen=True)
class Columns:
    """Figures of the municipalities' side in one year, columns of one length.

    ``service`` and ``municipality`` are places in ``service_ids`` and ``codes``; ``hellers`` is 0 without a number.
    """

    service_ids: Sequence[int]
    codes: Sequence[str]
    service: Whole
    municipality: Whole
    kind: Whole
    has_number: npt.NDArray[np.bool_]
    is_foreign: npt.NDArray[np.bool_]  # does not apply
    hellers: Whole


def columns_of(rows: Sequence[tuple[int, str, str, str, int | None]]) -> Columns:
    """From rows of service, municipality, kind, state and hellers."""
    services, codes, kinds, states, hellers = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    service_ids, service = np.unique(np.array(services, dtype=np.int64), return_inverse=True)
    names, municipality = np.unique(np.array(codes, dtype="U6"), return_inverse=True)
    state = np.array(states, dtype="U14")
    return Columns(
        service_ids=service_ids.tolist(),
        codes=names.tolist(),
        service=service.astype(np.int64),
        municipality=municipality.astype(np.int64),
        kind=np.array([_KIND_NUMBERS[kind] for kind in kinds], dtype=np.int64),
        has_number=np.isin(state, [str(each) for each in CellState if each.has_number]),
        is_foreign=state == str(CellState.NOT_APPLICABLE),
        hellers=np.array([amount or 0 for amount in hellers], dtype=np.int64),
    )


@dataclass(frozen=True)
class Sums:
    """Support of a year by label (0 to n - 1): arrays of n, or n times the kinds.

    ``municipalities``: those that gave more than nothing; ``people``: their inhabitants together, -1 where there are
    none or some are not known; ``present``: the label has any figure. ``silent``: of how many municipalities nothing is
    told, by kind and, last, of any kind; None where nobody in particular is asked. As long as some are silent a label
    is neither a zero nor out of support's concern, however many others said so.
    """

    hellers: Whole
    numbers: Whole
    figures: Whole
    foreign: Whole
    municipalities: Whole
    people: Whole
    silent: Whole | None = None

    @cached_property
    def present(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self.figures.sum(axis=1) > 0)

    @cached_property
    def together(self) -> tuple[Whole, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """``total`` of every label: hellers (0 without a number), whether it is a number, whether it does not apply."""
        hellers, has_number = self.hellers.sum(axis=1), np.asarray(self.numbers.sum(axis=1) > 0)
        every_kind = (self.figures > 0) & (self.figures == self.foreign)
        whole = np.ones(len(hellers), dtype=bool) if self.silent is None else self.silent[:, -1] == 0
        return hellers, has_number & (whole | (hellers > 0)), np.asarray(every_kind.all(axis=1)) & whole

    def amounts(self, label: int) -> dict[Kind, Cell]:
        return {kind: self._unless_silent(self._cell(label, n), label, n) for n, kind in enumerate(KINDS)}

    def total(self, label: int) -> Cell:
        return self._unless_silent(added(self._cell(label, n) for n in range(len(KINDS))), label, -1)

    def _unless_silent(self, cell: Cell, label: int, which: int) -> Cell:
        return NOT_SUPPLIED if self.silent is not None and self.silent[label, which] and not cell.number else cell

    def _cell(self, label: int, kind: int) -> Cell:
        if self.numbers[label, kind]:
            return Cell.of((Decimal(int(self.hellers[label, kind])) / 100).quantize(Decimal("0.01")))
        figures = self.figures[label, kind]
        return NOT_APPLICABLE if figures and figures == self.foreign[label, kind] else NOT_SUPPLIED


def sums(columns: Columns, labels: Whole, count: int, inhabitants: Whole, *, members: Whole | None = None) -> Sums:
    """Support added up by ``labels`` (one for each row, OUT to leave it out) of ``count`` different ones.

    ``inhabitants``: of the municipalities of ``columns.codes``, -1 where not known. ``members``: how many of them
    each label stands for, so that a zero of some is not taken for a zero of all.
    """
    used = labels != OUT
    label, kind = labels[used], columns.kind[used]
    numbers, foreign, hellers = columns.has_number[used], columns.is_foreign[used], columns.hellers[used]
    shape = (count, len(KINDS))
    found = {name: np.zeros(shape, dtype=np.int64) for name in ("hellers", "numbers", "figures", "foreign")}
    np.add.at(found["hellers"], (label, kind), hellers)
    np.add.at(found["numbers"], (label, kind), numbers.astype(np.int64))
    np.add.at(found["figures"], (label, kind), 1)
    np.add.at(found["foreign"], (label, kind), foreign.astype(np.int64))
    width = max(1, len(columns.codes))
    gave = np.unique((label * width + columns.municipality[used])[hellers > 0])
    givers, of = gave // width, inhabitants[gave % width] if len(gave) else np.zeros(0, dtype=np.int64)
    municipalities = np.bincount(givers, minlength=count).astype(np.int64)
    people, unknown = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=bool)
    np.add.at(people, givers, np.maximum(of, 0))
    unknown[givers[of < 0]] = True
    people[unknown | (municipalities == 0)] = -1
    silent = None
    if members is not None:
        said = numbers | foreign
        silent = _silent(label[said], kind[said], columns.municipality[used][said], width, members)
    return Sums(**found, municipalities=municipalities, people=people, silent=silent)


def _silent(label: Whole, kind: Whole, municipality: Whole, width: int, members: Whole) -> Whole:
    """How many of the members of each label told nothing, by kind and, last, of any kind."""
    columns = []
    for which in (*range(len(KINDS)), None):
        of = slice(None) if which is None else kind == which
        told = np.unique(label[of] * width + municipality[of]) // width
        columns.append(members - np.bincount(told, minlength=len(members)))
    return np.maximum(np.stack(columns, axis=1), 0)
