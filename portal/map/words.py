"""What the map says, in the reader's language: from figures to labels, legend, sentences and the table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext, ngettext

from portal.catalog.types import service_types
from portal.core.cells import Cell, CellState
from portal.map.calc import rounded
from portal.map.colours import colours_of
from portal.map.drawing import ColouredUnit, LegendEntry
from portal.map.types import Chosen, Figures, Layer, Population, Rest, Selection, UnitRow
from portal.territory.types import Level, TerritoryInfo
from portal.web.downloads import Column, Kind, Table
from portal.web.formats import cell_text, day, number
from portal.web.languages import current_language, say

PLACES = 2  # of rates and parts, under each other in a column

# By the categories of Intl.PluralRules; the numbers stand for one of each category.
_EXAMPLES = {"one": 1, "few": 2, "other": 5}


def population_name(population: Population) -> str:
    """People, as in "per 1 000 ..."."""
    return {
        Population.ALL: gettext("inhabitants"),
        Population.AGE_0_14: gettext("children aged 0 to 14"),
        Population.AGE_65_PLUS: gettext("people aged 65 and over"),
        Population.AGE_80_PLUS: gettext("people aged 80 and over"),
    }[population]


def level_name(level: Level) -> str:
    return {
        Level.REGION: gettext("Region"),
        Level.DISTRICT: gettext("District"),
        Level.ORP: gettext("Municipality with extended powers (ORP)"),
        Level.MUNICIPALITY: gettext("Municipality"),
    }[level]


def rest_name(rest: Rest) -> str:
    return {
        Rest.WHOLE_REGION: gettext("The whole region (services without a place of their own)"),
        Rest.SECRET: gettext("Secret address (services with such a place)"),
        Rest.OUTSIDE: gettext("Places outside the region"),
        Rest.UNKNOWN: gettext("Place not given in the register"),
    }[rest]


def type_name(type_code: str | None) -> str:
    if type_code is None:
        return gettext("All types of services")
    return service_types()[type_code].name(current_language())


def selection_name(selection: Chosen) -> str:
    """The services chosen: type and form."""
    if selection.form is None:
        return type_name(selection.type_code)
    return gettext(
        "%(services)s, %(form)s form", services=type_name(selection.type_code), form=say(selection.form.label)
    )


def unit_name(selection: Chosen) -> str:
    return say(selection.unit.label) if selection.unit else ""


def measure_name(selection: Selection) -> str:
    """What the colours mean: "beds per 1,000 people aged 65 and over"."""
    return gettext(
        "%(unit)s per 1,000 %(people)s",
        unit=unit_name(selection),
        people=population_name(selection.population or Population.ALL),
    )


def capacity_name(selection: Selection) -> str:
    return gettext("registered capacity (%(unit)s)", unit=unit_name(selection))


def decimals_of(cell: Cell) -> int | None:
    """Places to write so that a figure below a hundredth is not written as zero; None: the usual ones."""
    if cell.number is None:
        return None
    exponent = cell.number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < -2 else None


def column_decimals(cell: Cell, places: int | None = PLACES) -> int | None:
    """As many places as the column has, more for a figure below a hundredth; a true zero is a plain 0."""
    return decimals_of(cell) or (places if cell.number else None)


def column_places(cells: Iterable[Cell]) -> int | None:
    """Places of a column: none where all its figures are whole, otherwise as many for all, so that they can be
    compared."""
    return PLACES if any(cell.number is not None and cell.number % 1 for cell in cells) else None


def figure_text(cell: Cell) -> str:
    return cell_text(cell, decimals_of(cell))


def kind_of(row: UnitRow) -> str:
    """Kind of colour of a unit, after the state of its rate."""
    if row.class_index is not None:
        return f"class-{row.class_index + 1}"
    return {CellState.ZERO: "zero", CellState.NOT_APPLICABLE: "not-applicable"}.get(row.rate.state, "missing")


def coloured_units(figures: Figures) -> list[ColouredUnit]:
    return [
        ColouredUnit(
            row.code,
            row.name,
            kind_of(row),
            [figure_text(row.rate), figure_text(row.capacity), number(row.services), number(row.points)],
        )
        for row in figures.rows
    ]


def class_colours(figures: Figures) -> dict[str, str]:
    """Colours of the kinds that are classes."""
    return {f"class-{index}": colour for index, colour in enumerate(colours_of(len(figures.classes)), start=1)}


def figure_labels(selection: Selection) -> list[str]:
    return [
        capitalised(measure_name(selection)),
        capitalised(capacity_name(selection)),
        gettext("Services"),
        points_label(),
    ]


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def legend_entries(figures: Figures) -> list[LegendEntry]:
    """Classes from the lowest, then what has no class as far as it occurs, last the signs of services."""
    entries, places = [], column_places(figures.rates)
    for index, band in enumerate(figures.classes, start=1):
        edges = [Cell.of(rounded(edge)) for edge in (band.low, band.high)]
        low, high = (cell_text(edge, column_decimals(edge, places)) for edge in edges)
        entries.append(LegendEntry(f"class-{index}", low if low == high else f"{low} – {high}"))
    occurring = {kind_of(row) for row in figures.rows}
    states = {
        "zero": gettext("0 – no capacity registered here"),
        "missing": gettext("not supplied (not zero)"),
        "not-applicable": gettext("not applicable: registered in other units, or nobody of that age lives there"),
    }
    entries += [LegendEntry(kind, text) for kind, text in states.items() if kind in occurring]
    entries.append(LegendEntry("place", gettext("place of one service, or of as many as the number says")))
    entries.append(
        LegendEntry(
            "group",
            gettext("places of services close together; a service counts at each of its places; select it to zoom in"),
        )
    )
    return entries


def layer_names() -> dict[Layer, str]:
    return {
        Layer.CAPACITY: gettext("Capacity"),
        Layer.SERVICES: gettext("Services"),
        Layer.NAMES: gettext("Names"),
    }


def script_words(info: TerritoryInfo) -> dict[str, Any]:
    """Words of the controls; ``services`` and ``points`` by plural form, {n} stands for the number."""
    return {
        "zoomIn": gettext("Zoom in"),
        "zoomOut": gettext("Zoom out"),
        "close": gettext("Close"),
        "layers": gettext("Layers"),
        "group": gettext("Group of places"),
        "inexact": gettext("The exact point is not known; the middle of the municipality stands for it."),
        "noAddress": gettext("Address not given"),
        "failed": gettext("The map could not be loaded in full. The same figures are in the table below."),
        "attribution": gettext("Boundaries: %(source)s | Drawn by Leaflet", source=info.source),
        "services": {
            category: ngettext("%(count)s service", "%(count)s services", example, count="{n}")
            for category, example in _EXAMPLES.items()
        },
        "points": {
            category: ngettext("%(count)s place of a service", "%(count)s places of services", example, count="{n}")
            for category, example in _EXAMPLES.items()
        },
    }


def count_sentences(figures: Figures) -> list[str]:
    """How many services there are, at how many places, and why some have no point."""
    total, points = figures.total.services, figures.total.points
    sentences = [
        ngettext(
            "%(count)s service matches the selection.",
            "%(count)s services match the selection.",
            total,
            count=number(total),
        )
    ]
    if figures.on_map:
        sentences.append(
            ngettext(
                "On the map: %(services)s at %(count)s place.",
                "On the map: %(services)s at %(count)s places; the signs count a service at each of its places.",
                points,
                services=_services(figures.on_map),
                count=number(points),
            )
        )
    if figures.region_wide:
        sentences.append(_region_wide_sentence(figures.region_wide, figures.missing.get(Rest.WHOLE_REGION, 0)))
    secret = next((row.services for row in figures.rests if row.rest is Rest.SECRET), 0)
    if secret:
        sentences += _secret_sentences(secret, figures.missing.get(Rest.SECRET, 0))
    unknown = figures.missing.get(Rest.UNKNOWN, 0)
    if unknown:
        sentences.append(
            ngettext(
                "The register gives no place for %(count)s service.",
                "The register gives no place for %(count)s services.",
                unknown,
                count=number(unknown),
            )
        )
    return sentences


def _services(count: int) -> str:
    return ngettext("%(count)s service", "%(count)s services", count, count=number(count))


def _region_wide_sentence(count: int, placeless: int) -> str:
    if not placeless:
        return ngettext(
            "%(count)s service works in the whole region.",
            "%(count)s services work in the whole region.",
            count,
            count=number(count),
        )
    return ngettext(
        "%(count)s service works in the whole region, %(placeless)s without a place on the map.",
        "%(count)s services work in the whole region, %(placeless)s of them without a place on the map.",
        count,
        count=number(count),
        placeless=number(placeless),
    )


def _secret_sentences(count: int, without_other: int) -> list[str]:
    """Services with a secret place, as the row of the table counts them; and those of them without any point."""
    sentences = [
        ngettext(
            "%(count)s service has a place at a secret address, which is not on the map.",
            "%(count)s services have a place at a secret address, which is not on the map.",
            count,
            count=number(count),
        )
    ]
    if without_other:
        sentences.append(
            ngettext(
                "%(count)s of them has no other place on the map.",
                "%(count)s of them have no other place on the map.",
                without_other,
                count=number(without_other),
            )
        )
    return sentences


def points_label() -> str:
    """Heading of what the signs of the map count."""
    return gettext("Places of services on the map")


def people_source(info: TerritoryInfo) -> str:
    if info.people_on is None:
        return gettext("Population: %(source)s.", source=info.source)
    return gettext("Population on %(day)s: %(source)s.", day=day(info.people_on), source=info.source)


def notes_of(row: UnitRow) -> str:
    """What one should know about a figure: services that it does not contain."""
    notes = []
    if row.unstated and row.capacity.number is not None:
        notes.append(
            ngettext(
                "%(count)s more service does not state its capacity",
                "%(count)s more services do not state their capacity",
                row.unstated,
                count=number(row.unstated),
            )
        )
    if row.other_units:
        notes.append(
            ngettext(
                "%(count)s service is registered in other units",
                "%(count)s services are registered in other units",
                row.other_units,
                count=number(row.other_units),
            )
        )
    return "; ".join(notes)


def figures_table(figures: Figures) -> Table:
    """The table of the page as a download: the same figures, units and notes."""
    selection = figures.selection
    columns = [
        Column("code", gettext("Code"), Kind.TEXT, 10),
        Column("name", level_name(selection.level), Kind.TEXT, 32),
        Column("services", gettext("Services"), Kind.NUMBER, 10),
        Column("points", points_label(), Kind.NUMBER, 10),
        Column("capacity", capitalised(capacity_name(selection)), Kind.CELL),
        Column("people", capitalised(population_name(selection.population or Population.ALL)), Kind.CELL),
        Column("rate", capitalised(measure_name(selection)), Kind.CELL),
        Column("note", gettext("Note"), Kind.TEXT, 50),
    ]
    rows: list[dict[str, Any]] = [_downloaded(row, row.name) for row in figures.rows]
    rows += [
        {
            "code": "",
            "name": rest_name(rest.rest),
            "services": rest.services,
            "points": rest.points,
            "capacity": rest.capacity,
            "people": None,
            "rate": None,
            "note": "",
        }
        for rest in figures.rests
    ]
    rows.append(_downloaded(figures.total, gettext("Region in total")))
    title = f"{selection_name(selection)}: {measure_name(selection)}"
    return Table(title, columns, rows)


def _downloaded(row: UnitRow, name: str) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": name,
        "services": row.services,
        "points": row.points,
        "capacity": row.capacity,
        "people": row.people,
        "rate": row.rate,
        "note": notes_of(row),
    }
