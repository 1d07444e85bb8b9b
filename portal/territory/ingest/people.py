"""The ČSÚ list of municipalities: codes of all systems, seats, people by age. One row is one municipality."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from portal.core.errors import ImportRejected, RowError
from portal.core.messages import Message, _m, _mn
from portal.territory.calc.projection import WGS84_BOUNDS
from portal.territory.ingest.sources import check_file
from portal.territory.ingest.words import looks_czech
from portal.territory.types import MunicipalityRow, People

CODE_COLUMNS = {
    "code": "KOD_OBEC",
    "orp_code": "KOD_ORP",
    "district_code": "KOD_OKRES",
    "district_nuts": "KOD_LAU1",
    "region_code": "KOD_KRAJ",
    "region_nuts": "KOD_CZNUTS3",
    "district_mpsv": "MPSV_OKRES",
    "region_mpsv": "MPSV_KRAJ",
}
NAME_COLUMNS = {
    "name": "NAZ_OBEC",
    "orp_name": "NAZ_ORP",
    "district_name": "NAZ_LAU1",
    "region_name": "NAZ_CZNUTS3",
}
SEAT_COLUMNS = {"lon": "LON", "lat": "LAT"}
# The year of the count stands in the name of the column: OBYV_2020 is the population of 31 December 2020.
PEOPLE_COLUMNS = {
    "population": "OBYV_{year}",
    "population_0_14": "OBYV_0_14_{year}",
    "population_65_plus": "OBYV_65PLUS_{year}",
    "population_80_plus": "OBYV_80PLUS_{year}",
}
CODE_SHAPES = {
    "code": re.compile(r"\d{6}"),
    "orp_code": re.compile(r"\d{4}"),
    "district_code": re.compile(r"\d{5}"),
    "district_nuts": re.compile(r"CZ[0-9A-Z]{4}"),
    "region_code": re.compile(r"\d{4}"),
    "region_nuts": re.compile(r"CZ[0-9A-Z]{3}"),
    "district_mpsv": re.compile(r"Okres/\d{4}"),
    "region_mpsv": re.compile(r"Kraj/\d+"),
}


class _BadCell(Exception):
    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def read_people(path: Path, region_nuts: str) -> People:
    """Read the municipalities of one region.

    Raises ImportRejected with a sentence that names file, line and column: no such file, a spreadsheet in place of
    a CSV, unknown encoding, missing column, no row of the region, duplicates, a seat outside Czechia, a population
    that is no whole number, age groups larger than the total, codes that contradict each other.
    """
    check_file(path)
    name = path.name
    lines = _lines(_text(path), name)
    columns, year = _columns(lines[0][1], name)
    rows: list[tuple[int, MunicipalityRow]] = []
    errors: list[RowError] = []
    regions: Counter[str] = Counter()
    _check_encoding(lines[1:], columns, region_nuts, name)
    for number, cells in lines[1:]:
        if len(cells) != len(lines[0][1]):
            errors.append(RowError(_wrong_length(len(cells), len(lines[0][1])), _line(number, name)))
            continue
        values = {key: cells[index].strip() for key, index in columns.items()}
        regions[values["region_nuts"]] += 1
        if values["region_nuts"] == region_nuts:
            found = list(_faults(values, number, columns, lines[0][1], name))
            errors.extend(found)
            if not found:
                rows.append((number, _row(values)))
    if not rows and not errors:
        raise ImportRejected(_no_such_region(name, region_nuts, regions))
    errors.extend(_contradictions(rows, name))
    if errors:
        message = _mn(
            "The list %(name)s has %(num)s fault.", "The list %(name)s has %(num)s faults.", len(errors), name=name
        )
        raise ImportRejected(message, errors)
    return People(name, date(year, 12, 31), tuple(row for _number, row in rows))


def _text(path: Path) -> str:
    content = path.read_bytes()
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ImportRejected(
            _m("File %(name)s is a spreadsheet or an archive; save the list as CSV first.", name=path.name)
        )
    if b"\x00" in content:
        raise ImportRejected(_m("File %(name)s is no text, so it cannot be the list as CSV.", name=path.name))
    for encoding in ("utf-8-sig", "cp1250"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ImportRejected(_unknown_encoding(path.name, None))


def _unknown_encoding(name: str, sample: str | None) -> Message:
    if sample is None:
        return _m("File %(name)s is neither in UTF-8 nor in Windows-1250.", name=name)
    return _m(
        "File %(name)s is neither in UTF-8 nor in Windows-1250: read so, a name in it is “%(sample)s”.",
        name=name,
        sample=sample,
    )


def _check_encoding(lines: list[tuple[int, list[str]]], columns: dict[str, int], region_nuts: str, name: str) -> None:
    """Windows-1250 reads bytes of any other encoding too; names with foreign letters give that away."""
    for _number, cells in lines:
        if len(cells) > max(columns.values()) and cells[columns["region_nuts"]].strip() == region_nuts:
            for key in NAME_COLUMNS:
                if not looks_czech(cells[columns[key]]):
                    raise ImportRejected(_unknown_encoding(name, cells[columns[key]].strip()))


def _lines(text: str, name: str) -> list[tuple[int, list[str]]]:
    head = text.split("\n", 1)[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise ImportRejected(
            _m("File %(name)s cannot be read as CSV at line %(line)s.", name=name, line=reader.line_num)
        ) from error
    if len(lines) < 2:
        raise ImportRejected(_m("File %(name)s holds no municipality.", name=name))
    return lines


def _columns(head: list[str], name: str) -> tuple[dict[str, int], int]:
    """Index of each column, and the youngest year for which all figures of people are there."""
    titles = [title.strip().upper() for title in head]
    years = sorted({int(found[1]) for title in titles if (found := re.fullmatch(r"OBYV_(\d{4})", title))})
    complete = [year for year in years if all(title.format(year=year) in titles for title in PEOPLE_COLUMNS.values())]
    year = complete[-1] if complete else (years[-1] if years else None)
    people = {key: title.format(year=year or "RRRR") for key, title in PEOPLE_COLUMNS.items()}
    wanted = {**CODE_COLUMNS, **NAME_COLUMNS, **SEAT_COLUMNS, **people}
    missing = [title for title in wanted.values() if title not in titles]
    if missing or year is None:
        raise ImportRejected(
            _m(
                "File %(name)s lacks the column %(missing)s; it has: %(present)s.",
                name=name,
                missing=", ".join(missing),
                present=", ".join(title.strip() for title in head[:30]),
            )
        )
    return {key: titles.index(title) for key, title in wanted.items()}, year


def _faults(
    values: dict[str, str], number: int, columns: dict[str, int], head: list[str], name: str
) -> Iterator[RowError]:
    """What is wrong with one row, cell by cell, then between its cells."""
    numbers: dict[str, float] = {}
    for key, text in values.items():
        try:
            numbers[key] = _CHECKS[key](key, text)
        except _BadCell as error:
            yield RowError(error.message, _line(number, name), head[columns[key]].strip())
    if numbers.keys() >= PEOPLE_COLUMNS.keys() and (fault := _groups_too_large(values["name"], numbers)):
        yield RowError(fault, _line(number, name))
    if numbers.keys() >= SEAT_COLUMNS.keys() and (fault := _seat_astray(numbers["lon"], numbers["lat"])):
        yield RowError(fault, _line(number, name), "LON, LAT")


def _check_code(key: str, text: str) -> float:
    if not CODE_SHAPES[key].fullmatch(text):
        raise _BadCell(_m("“%(value)s” is not a code of this column.", value=text))
    return 0


def _check_name(_key: str, text: str) -> float:
    if not text:
        raise _BadCell(_m("The name is missing."))
    return 0


def _check_degrees(_key: str, text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise _BadCell(_m("“%(value)s” is not a number.", value=text)) from None


def _check_people(_key: str, text: str) -> float:
    digits = text.replace("\u00a0", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit()):
        raise _BadCell(_m("“%(value)s” is not a number of people.", value=text))
    return int(digits)


_CHECKS: dict[str, Callable[[str, str], float]] = {
    **dict.fromkeys(CODE_COLUMNS, _check_code),
    **dict.fromkeys(NAME_COLUMNS, _check_name),
    **dict.fromkeys(SEAT_COLUMNS, _check_degrees),
    **dict.fromkeys(PEOPLE_COLUMNS, _check_people),
}


def _groups_too_large(name: str, numbers: dict[str, float]) -> Message | None:
    total, children = int(numbers["population"]), int(numbers["population_0_14"])
    older, oldest = int(numbers["population_65_plus"]), int(numbers["population_80_plus"])
    if children + older > total:
        return _m(
            "%(name)s: %(children)s people aged 0-14 and %(older)s aged 65 and over are more than all %(total)s.",
            name=name,
            children=children,
            older=older,
            total=total,
        )
    if oldest > older:
        return _m(
            "%(name)s: %(oldest)s people aged 80 and over are more than %(older)s aged 65 and over.",
            name=name,
            oldest=oldest,
            older=older,
        )
    return None


def _seat_astray(lon: float, lat: float) -> Message | None:
    west, south, east, north = WGS84_BOUNDS
    if west <= lon <= east and south <= lat <= north:
        return None
    if west <= lat <= east and south <= lon <= north:
        return _m("Longitude and latitude are exchanged: LON %(lon)s, LAT %(lat)s.", lon=lon, lat=lat)
    return _m("The seat lies outside Czechia: LON %(lon)s, LAT %(lat)s.", lon=lon, lat=lat)


def _row(values: dict[str, str]) -> MunicipalityRow:
    cells: dict[str, Any] = {key: values[key] for key in (*CODE_COLUMNS, *NAME_COLUMNS)}
    cells |= {key: _check_degrees(key, values[key]) for key in SEAT_COLUMNS}
    cells |= {key: int(_check_people(key, values[key])) for key in PEOPLE_COLUMNS}
    return MunicipalityRow(**cells)


def _contradictions(rows: list[tuple[int, MunicipalityRow]], name: str) -> Iterator[RowError]:
    """A municipality twice, or one code of an ORP, district or region that stands for two things."""
    seen: dict[str, int] = {}
    facts: dict[tuple[str, str], tuple[tuple[str, ...], int]] = {}
    for number, row in rows:
        if row.code in seen:
            yield RowError(
                _m(
                    "Municipality %(name)s (%(code)s) stands here a second time; first on line %(first)s.",
                    name=row.name,
                    code=row.code,
                    first=seen[row.code],
                ),
                _line(number, name),
                "KOD_OBEC",
            )
        seen.setdefault(row.code, number)
        for column, code, told in (
            ("KOD_ORP", row.orp_code, (row.orp_name,)),
            ("KOD_OKRES", row.district_code, (row.district_name, row.district_nuts, row.district_mpsv)),
            ("KOD_CZNUTS3", row.region_nuts, (row.region_name, row.region_code, row.region_mpsv)),
        ):
            before, first = facts.setdefault((column, code), (told, number))
            if before != told:
                yield RowError(
                    _m(
                        "Code %(code)s stands for %(here)s here, but for %(before)s on line %(first)s.",
                        code=code,
                        here=" ".join(told),
                        before=" ".join(before),
                        first=first,
                    ),
                    _line(number, name),
                    column,
                )


def _no_such_region(name: str, region_nuts: str, regions: Counter[str]) -> Message:
    return _m(
        "File %(name)s has no municipality of region %(region)s (column KOD_CZNUTS3); it has: %(present)s.",
        name=name,
        region=region_nuts,
        present=", ".join(f"{code or '-'} ({count})" for code, count in sorted(regions.items())[:20]),
    )


def _wrong_length(cells: int, titles: int) -> Message:
    return _m("The row has %(cells)s cells, the heading %(titles)s.", cells=cells, titles=titles)


def _line(number: int, name: str) -> str:
    return f"{name}:{number}"
