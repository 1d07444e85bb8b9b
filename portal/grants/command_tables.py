"""Reports of municipal support as the rows of the command: columns that stay the same from year to year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from portal.catalog.types import service_types
from portal.core.cells import NOT_SUPPLIED
from portal.grants.service import COSTS, REVENUE, Report
from portal.grants.types import By, Kind, Line, SizeClass

AMOUNT_COLUMNS: Mapping[Kind, str] = {
    Kind.RUNNING: "total_for_service",
    Kind.INVESTMENT: "total_investment",
    Kind.RENT: "total_rent",
    Kind.GIFT: "total_gifts",
    Kind.FOUNDER: "founder_contribution",
}
NAME_COLUMNS: Mapping[By, tuple[str, ...]] = {
    By.SERVICE: ("section", "service_type"),
    By.TYPE: ("section", "service_type"),
    By.PROVIDER: ("provider_ico", "provider_name"),
    By.MUNICIPALITY: ("municipality_code", "municipality_name", "orp", "inhabitants"),
    By.ORP: ("orp_code", "orp_name", "inhabitants"),
}
FULL_COLUMNS = ("register_id", "service_name", "provider_ico", "provider_name")
REST = ("total", "per_inhabitant")
# Beside municipalities of the same size; they stand behind all others, so that scripts that count columns go on.
SIMILAR_COLUMNS = (
    *("state", "size_class", "class_municipalities", "class_told", "class_median_per_inhabitant"),
    *("difference_from_median", "place_in_class"),
)
EARLIER_COLUMNS = ("total_previous_year", "total_two_years_before")  # the same names every year
SIZE_COLUMNS = (
    *("size_class", "municipalities", "told", "zeros", "not_applicable", "not_supplied"),
    *("lower_quartile_per_inhabitant", "median_per_inhabitant", "upper_quartile_per_inhabitant", "total"),
)


def csv_columns(by: By, *, full: bool = False, earlier: bool = False) -> tuple[str, ...]:
    """Columns of the command: those of the published table; ``full`` adds what identifies a service, and totals.

    ``earlier`` adds totals of the two years before, at the end.
    """
    names = NAME_COLUMNS[by] + (FULL_COLUMNS if full and by is By.SERVICE else ())
    revenue = ("revenue_from_municipalities",) if by.has_returns else ()
    rest = (*REST, *(("costs", "share_of_costs") if by.has_returns else ())) if full else ()
    similar = (*(() if full else REST), *SIMILAR_COLUMNS) if by is By.MUNICIPALITY else ()
    return (*names, "count", *revenue, *AMOUNT_COLUMNS.values(), *rest, *similar, *(EARLIER_COLUMNS if earlier else ()))


def csv_rows(found: Report, *, full: bool = False, earlier: bool = False) -> list[dict[str, str]]:
    """One row for each line; numbers with a decimal point, an empty cell where nobody told a number."""
    beside = found.beside()
    columns = csv_columns(found.by, full=full, earlier=earlier)
    rows = []
    for line in found.lines:
        values = {**_names(found.by, line), **_amounts(line), **_returns(line, beside), **_similar(line)}
        values.update(_earlier(found.year, line))
        rows.append({name: values.get(name, "") for name in columns})
    return rows


def size_rows(sizes: Sequence[SizeClass]) -> list[dict[str, str]]:
    """Size classes as SIZE_COLUMNS; an empty cell where there is nothing to compute from."""
    return [
        {
            "size_class": size_code(size),
            "municipalities": str(size.all),
            "told": str(size.told),
            "zeros": str(size.zeros),
            "not_applicable": str(size.foreign),
            "not_supplied": str(size.silent),
            "lower_quartile_per_inhabitant": plain(size.lower),
            "median_per_inhabitant": plain(size.median),
            "upper_quartile_per_inhabitant": plain(size.upper),
            "total": plain(size.total),
        }
        for size in sizes
    ]


def size_code(size: SizeClass) -> str:
    """The bounds of a size class for programs: 200-499, 100000+."""
    low, high = size.bounds
    return f"{low}+" if high is None else f"{low}-{high}"


def _similar(line: Line) -> dict[str, str]:
    similar, state = line.similar, {"state": str(line.total.state)}
    if similar is None:
        return state
    return {
        **state,
        "size_class": size_code(similar.size),
        "class_municipalities": str(similar.size.all),
        "class_told": str(similar.size.told),
        "class_median_per_inhabitant": plain(similar.size.median),
        "difference_from_median": plain(similar.difference),
        "place_in_class": "" if similar.place is None else str(similar.place),
    }


def _earlier(year: int, line: Line) -> dict[str, str]:
    totals = (line.earlier.get(year - back, NOT_SUPPLIED) for back in (1, 2))
    return {name: plain(total.number) for name, total in zip(EARLIER_COLUMNS, totals, strict=True)}


def _names(by: By, line: Line) -> dict[str, str]:
    if by in (By.SERVICE, By.TYPE):
        code = line.names["type_code"]
        named = {"section": code, "service_type": service_types()[code].name_cs, "service_name": line.name}
        return {**named, **{name: str(value) for name, value in line.names.items()}}
    if by is By.PROVIDER:
        return {"provider_ico": line.key, "provider_name": line.name}
    people = "" if line.people is None else str(line.people)
    if by is By.MUNICIPALITY:
        return {
            "municipality_code": line.key,
            "municipality_name": line.name,
            "orp": line.names["orp"],
            "inhabitants": people,
        }
    return {"orp_code": line.key, "orp_name": line.name, "inhabitants": people}


def _amounts(line: Line) -> dict[str, str]:
    return {
        "count": "" if line.municipalities is None else str(line.municipalities),
        **{name: plain(line.amounts[kind].number) for kind, name in AMOUNT_COLUMNS.items()},
        "total": plain(line.total.number),
        "per_inhabitant": plain(line.per_inhabitant),
    }


def _returns(line: Line, beside: Mapping[tuple[str, str], Mapping[str, Any]]) -> dict[str, str]:
    revenue, costs = (beside.get((line.key, item)) for item in (REVENUE, COSTS))
    if revenue is None or costs is None:
        return {}
    return {
        "revenue_from_municipalities": plain(revenue["value"]),
        "costs": plain(costs["value"]),
        "share_of_costs": "" if costs["share"] is None else f"{costs['share']:.4f}",
    }


def plain(number: Decimal | None) -> str:
    """Whole crowns without a point, hellers with one."""
    if number is None:
        return ""
    return f"{number:.0f}" if number == number.to_integral_value() else f"{number:.2f}"
