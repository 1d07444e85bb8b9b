"""Lines of a report of municipal support: which there are and in what order, each made when it is looked at."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from portal.catalog.types import service_types
from portal.core.cells import NOT_SUPPLIED, Cell, CellState
from portal.grants.calc import per_inhabitant
from portal.grants.calc.classes import Classes, size_classes
from portal.grants.calc.columns import OUT, Columns, Sums, Whole, sums
from portal.grants.service.kept import Places, Services
from portal.grants.types import By, Line, Told

UNKNOWN = -1  # inhabitants that are not known
NO_ORP = ""  # the line of municipalities that are no more, so that lines add up to the total


@dataclass(frozen=True)
class Labels:
    """What a report goes by: ``keys`` in the order of its lines, and the label of a service or a municipality."""

    by: By
    keys: Sequence[Hashable]
    of_service: Mapping[int, int]
    of_municipality: Mapping[str, int]

    def of_rows(self, columns: Columns) -> Whole:
        """The label of each row."""
        if self.by.is_place:
            known = [self.of_municipality.get(code, OUT) for code in columns.codes]
            return np.array(known, dtype=np.int64)[columns.municipality]
        known = [self.of_service.get(each, OUT) for each in columns.service_ids]
        return np.array(known, dtype=np.int64)[columns.service]


def labels(by: By, services: Services, places: Places, years: Sequence[Columns]) -> Labels:
    """Labels in the order of lines: by type in the order of the Act and number, otherwise by name."""
    if by is By.TYPE:
        types = list(service_types())
        numbers = {code: number for number, code in enumerate(types)}
        return Labels(by, types, {key: numbers[row.type_code] for key, row in services.by_id.items()}, {})
    if by is By.PROVIDER:
        icos = {ico: number for number, ico in enumerate(services.providers)}
        return Labels(by, list(icos), {key: icos[row.ico] for key, row in services.by_id.items()}, {})
    if by is By.SERVICE:
        order = {code: number for number, code in enumerate(service_types())}
        rows = sorted(services.by_id.values(), key=lambda row: (order[row.type_code], row.register_id))
        return Labels(by, [row.register_id for row in rows], {row.id: n for n, row in enumerate(rows)}, {})
    gone = sorted({code for columns in years for code in columns.codes} - set(places.municipalities))
    if by is By.ORP:
        orps = {code: number for number, code in enumerate([*places.orps, NO_ORP])}
        parents = {code: places.orp_of(code) or NO_ORP for code in [*gone, *places.municipalities]}
        return Labels(by, list(orps), {}, {code: orps[orp] for code, orp in parents.items()})
    codes = [*gone, *places.municipalities]  # codes of municipalities that are no more sort as digits, before names
    return Labels(by, codes, {}, {code: number for number, code in enumerate(codes)})


def year_sums(columns: Columns, wanted: Labels, places: Places, service_ids: frozenset[int] | None) -> Sums:
    """Support of a year by label, of these services (None: of all)."""
    rows = wanted.of_rows(columns)
    if service_ids is not None:
        kept = np.array([each in service_ids for each in columns.service_ids], dtype=bool)
        rows = np.where(kept[columns.service], rows, OUT) if len(rows) else rows
    members = _members(wanted) if wanted.by is By.ORP else None
    return sums(columns, rows, len(wanted.keys), inhabitants(columns, places), members=members)


def _members(wanted: Labels) -> Whole:
    """How many municipalities each label stands for; of those that are no more nobody can be asked."""
    found = np.bincount(list(wanted.of_municipality.values()), minlength=len(wanted.keys)).astype(np.int64)
    found[[number for number, key in enumerate(wanted.keys) if key == NO_ORP]] = 0
    return found


def inhabitants(columns: Columns, places: Places) -> Whole:
    """Inhabitants of each of the municipalities of the columns, UNKNOWN where not known."""
    return _inhabitants(columns.codes, places)


def _inhabitants(codes: Sequence[str], places: Places) -> Whole:
    units = (places.municipalities.get(code) for code in codes)
    found = [UNKNOWN if unit is None or unit.population is None else unit.population for unit in units]
    return np.array(found, dtype=np.int64)


def classes_of(wanted: Labels, present: Sums, places: Places) -> Classes:
    """Size classes of the municipalities that the labels stand for, those that told nothing too."""
    return size_classes(*present.together, _inhabitants([str(key) for key in wanted.keys], places))


class Lines(Sequence[Line]):
    """The lines of a report in order; a page of fifty costs fifty of them, however many there are."""

    def __init__(
        self,
        wanted: Labels,
        present: Sums,
        earlier: Mapping[int, Sums],
        alone: Sequence[Hashable],
        services: Services,
        places: Places,
        classes: Classes | None = None,
    ) -> None:
        self._labels, self._present, self._earlier = wanted, present, earlier
        self._services, self._places, self._classes = services, places, classes
        shown = present.present.copy()
        for one in earlier.values():
            shown |= one.present
        numbers = {key: number for number, key in enumerate(wanted.keys)} if alone else {}
        shown[[numbers[key] for key in alone if key in numbers]] = True
        if wanted.by.is_place:  # a reader asks of a place whether it gave nothing or nobody told
            in_force = places.municipalities if wanted.by is By.MUNICIPALITY else places.orps
            shown |= np.array([key in in_force for key in wanted.keys], dtype=bool)
        self._shown = np.flatnonzero(shown)

    def told(self) -> Told:
        """How many of the lines have a number, a zero, say that support does not concern them."""
        hellers, has_number, is_foreign = (column[self._shown] for column in self._present.together)
        zeros = has_number & (hellers == 0)
        return Told(len(self._shown), int(has_number.sum()), int(zeros.sum()), int(is_foreign.sum()))

    def __len__(self) -> int:
        return len(self._shown)

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        if isinstance(index, slice):
            return [self._line(int(label)) for label in self._shown[index]]
        return self._line(int(self._shown[index]))

    def __iter__(self) -> Iterator[Line]:
        return (self._line(int(label)) for label in self._shown)

    def _line(self, label: int) -> Line:
        key = self._labels.keys[label]
        name, names = self._names(key)
        total, people = self._present.total(label), self._people(label, key)
        return Line(
            key=str(key),
            name=name,
            names=names,
            municipalities=self._municipalities(label, total),
            amounts=self._present.amounts(label),
            total=total,
            people=people,
            per_inhabitant=per_inhabitant(total, people),
            earlier={
                year: one.total(label) if one.present[label] else NOT_SUPPLIED for year, one in self._earlier.items()
            },
            similar=None if self._classes is None else self._classes.similar(label),
        )

    def _municipalities(self, label: int, total: Cell) -> int | None:
        if self._labels.by.is_place and total.state is CellState.NOT_SUPPLIED:
            return None
        return int(self._present.municipalities[label])

    def _people(self, label: int, key: Hashable) -> int | None:
        """Of the municipality or ORP itself; otherwise of the municipalities that gave."""
        if self._labels.by.is_place:
            units = self._places.municipalities if self._labels.by is By.MUNICIPALITY else self._places.orps
            unit = units.get(str(key))
            return None if unit is None else unit.population
        people = int(self._present.people[label])
        return None if people == UNKNOWN else people

    def _names(self, key: Hashable) -> tuple[str, dict[str, Any]]:
        """How a line is called, and the columns that identify it in files."""
        code = str(key)
        if self._labels.by is By.TYPE:
            return service_types()[code].name_cs, {"type_code": code}
        if self._labels.by is By.PROVIDER:
            return self._services.providers[code], {"provider_ico": code}
        if self._labels.by is By.MUNICIPALITY:
            unit, orp = self._places.municipalities.get(code), self._places.orps.get(self._places.orp_of(code) or "")
            return (code if unit is None else unit.name), {"code": code, "orp": "" if orp is None else orp.name}
        if self._labels.by is By.ORP:
            return (self._places.orps[code].name if code != NO_ORP else ""), {"code": code}
        row = self._services.by_register_id[int(code)]
        return row.name, {
            "register_id": row.register_id,
            "type_code": row.type_code,
            "provider_ico": row.ico,
            "provider_name": row.provider_name,
        }
