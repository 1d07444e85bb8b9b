"""Words of need for pages and files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from portal.catalog.types import service_types
from portal.core.cells import Cell, CellState
from portal.returns import service as returns
from portal.returns.types import Period
from portal.territory.service import list_units
from portal.territory.types import Level
from portal.waitlists.need.service import Need
from portal.waitlists.need.service.reading import REFUSED, STATISTICS, WAITS
from portal.waitlists.need.types import ALL, NEXT, NOT_TOLD, PERSON_MEASURES, Dimension, Measure, Station
from portal.waitlists.types import OUTSIDE, UNKNOWN
from portal.web.downloads import Column, Kind, Table
from portal.web.formats import number
from portal.web.languages import current_language, say

Row = Mapping[str, Any]


@dataclass(frozen=True)
class NeedWords:
    """What codes mean in the reader's language, in the order in which they are offered."""

    types: Mapping[str, str]
    situations: Mapping[str, str]
    groups: Mapping[str, str]
    areas: Mapping[str, str]

    def of(self, dimension: Dimension) -> Mapping[str, str]:
        return {
            Dimension.TYPE: self.types,
            Dimension.SITUATION: self.situations,
            Dimension.GROUP: self.groups,
            Dimension.AREA: self.areas,
        }[dimension]

    def label(self, dimension: Dimension, code: str) -> str:
        return self.of(dimension).get(code, code)


def need_words() -> NeedWords:
    """Four statements: municipalities, target groups, ORP and what they share."""
    meaning = returns.residence_words(current_language())
    return NeedWords(
        types=type_names(),
        situations=dict(meaning.situations),
        groups={**meaning.groups, NOT_TOLD: gettext("not told")},
        areas={
            **{unit.code: unit.name for unit in list_units(Level.ORP)},
            OUTSIDE: meaning.places.label(OUTSIDE),
            UNKNOWN: meaning.places.label(UNKNOWN),
        },
    )


def type_names() -> dict[str, str]:
    return {code: one.name_with_section(current_language()) for code, one in service_types().items()}


DIMENSION_WORDS = {
    Dimension.TYPE: lambda: gettext("Type of service"),
    Dimension.SITUATION: lambda: gettext("Situation"),
    Dimension.GROUP: lambda: gettext("Target group"),
    Dimension.AREA: lambda: gettext("ORP of residence"),
}


def range_text(row: Row) -> str:
    """Persons by all probable links and by confirmed ones alone: "118–124", or one number where they agree."""
    if row["value"] is None:
        return ""
    if row["least"] is None or row["least"] == row["value"]:
        return number(int(row["value"]))
    return f"{number(int(row['least']))}–{number(int(row['value']))}"


def cell(row: Row, key: str = "value") -> Cell:
    """A figure of a row as a cell of a file."""
    value = row[key]
    if value is None:
        state = str(row["state"])
        return Cell(
            CellState(state) if state in ("not_applicable", "not_supplied", "hidden") else CellState.NOT_APPLICABLE
        )
    return Cell.of(str(value) if value % 1 else int(value))


def station_name(code: str, types: Mapping[str, str]) -> str:
    """A station of the flow, or the next service by its type."""
    return types.get(code.removeprefix(NEXT), code) if code.startswith(NEXT) else say(Station(code).label)


def need_table(found: Need, words: NeedWords) -> Table:
    """The quarters of the chosen part, then the parts beside it in the chosen quarter; a row for each."""
    columns = [
        Column("period", gettext("Quarter"), width=10),
        Column("type", DIMENSION_WORDS[Dimension.TYPE](), width=36),
        Column("situation", DIMENSION_WORDS[Dimension.SITUATION](), width=24),
        Column("group", DIMENSION_WORDS[Dimension.GROUP](), width=24),
        Column("area", DIMENSION_WORDS[Dimension.AREA](), width=24),
        Column(Measure.APPLICATIONS, say(Measure.APPLICATIONS.label), Kind.CELL, 12),
    ]
    for measure in PERSON_MEASURES:
        name = say(measure.label)
        columns += [
            Column(f"{measure}_least", gettext("%(name)s: at least", name=name), Kind.CELL, 14),
            Column(f"{measure}_most", gettext("%(name)s: at most", name=name), Kind.CELL, 14),
        ]
    for what in WAITS:
        columns.append(Column(f"{what}_n", gettext("%(name)s: persons", name=wait_name(what)), Kind.CELL, 14))
        columns += [
            Column(f"{what}_{one}", f"{wait_name(what)}: {statistic_name(one)}", Kind.CELL, 14) for one in STATISTICS
        ]
    columns += [
        Column(REFUSED, gettext("Refused for capacity by services without a list"), Kind.CELL, 18),
        Column("refused_n", gettext("Services that told it"), Kind.CELL, 14),
    ]
    return Table(gettext("Need"), columns, [_file_row(rows, found, words) for rows in rows_of(found)])


def rows_of(found: Need) -> list[dict[str, Row]]:
    """Figures by name, one mapping for each line of the file."""
    lines: dict[tuple[int, str, str], dict[str, Row]] = {}
    for place, frame in enumerate((found.trend, found.beside)):
        for row in frame.rows():
            lines.setdefault((place, row["period"], row["key"]), {})[row["figure"]] = row
    return list(lines.values())


def _file_row(rows: Mapping[str, Row], found: Need, words: NeedWords) -> dict[str, Any]:
    any_row = next(iter(rows.values()))
    part = dict(vars(found.part))
    if any_row["key"]:
        part[{"type": "type_code"}.get(str(found.dimension), str(found.dimension))] = any_row["key"]
    said = {
        name: gettext("all") if part[field] == ALL else words.label(dimension, part[field])
        for name, field, dimension in (
            ("type", "type_code", Dimension.TYPE),
            ("situation", "situation", Dimension.SITUATION),
            ("group", "group", Dimension.GROUP),
            ("area", "area", Dimension.AREA),
        )
    }
    line: dict[str, Any] = {"period": any_row["period"], **said}
    for figure, row in rows.items():
        if figure in PERSON_MEASURES:
            line[f"{figure}_least"], line[f"{figure}_most"] = cell(row, "least"), cell(row)
        else:
            line[figure] = cell(row)
    for what in WAITS:
        line[f"{what}_n"] = cell(rows[f"{what}_p50"], "n")
    line["refused_n"] = cell(rows[REFUSED], "n")
    return line


def wait_name(what: str) -> str:
    return gettext("Wait of those who wait (days)") if what == "waiting" else gettext("Wait of those admitted (days)")


def statistic_name(statistic: str) -> str:
    return {"p25": gettext("lower quartile"), "p50": gettext("median"), "p75": gettext("upper quartile")}[statistic]


def period_label(period: Period) -> str:
    return say(period.label)
