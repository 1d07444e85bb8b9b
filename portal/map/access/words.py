"""Access in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext, ngettext

from portal.catalog.types import CapacityUnit, Form, service_types
from portal.core.cells import Cell
from portal.map.access.link import DECAY_WORDS, WAY_WORDS
from portal.map.access.types import (
    FIXED_FORMS,
    AccessRule,
    AccessTable,
    Decay,
    Effect,
    EffectRow,
    PlaceOption,
    Question,
    Way,
)
from portal.map.calc import rounded
from portal.map.link import LEVEL_WORDS, POPULATION_WORDS
from portal.map.types import Population, Rest
from portal.map.words import column_decimals, decimals_of, level_name, population_name, selection_name, unit_name
from portal.territory.types import Level
from portal.web.downloads import Column, Kind, Table
from portal.web.formats import cell_text, number, signed
from portal.web.languages import current_language, say

LEVELS = (Level.MUNICIPALITY, Level.ORP)
INDEX_PLACES = 5


def measure_name(question: Question) -> str:
    """ "places within reach per 1,000 people aged 65 and over"; the unit is named as registered."""
    return gettext(
        "%(unit)s within reach per 1,000 %(people)s",
        unit=unit_name(question),
        people=population_name(question.population or Population.ALL),
    )


def distance_name(rule: AccessRule) -> str:
    return gettext("Nearest place (minutes)") if rule.way is Way.TIMES else gettext("Nearest place (km)")


def choices() -> Mapping[str, list[tuple[str, str]]]:
    """Choices of the forms."""
    return {
        "types": [(code, kind.name_with_section(current_language())) for code, kind in service_types().items()],
        "forms": [(str(form), say(form.label)) for form in Form if form in FIXED_FORMS],
        "units": [(str(unit), say(unit.label)) for unit in CapacityUnit],
        "populations": [(word, population_name(people)) for word, people in POPULATION_WORDS.items()],
        "levels": [(word, level_name(level)) for word, level in LEVEL_WORDS.items() if level in LEVELS],
        "ways": way_choices(),
        "decays": [(word, decay_name(decay)) for word, decay in DECAY_WORDS.items()],
    }


def way_choices() -> list[tuple[str, str]]:
    """What distance can be."""
    return [(word, way_name(way)) for word, way in WAY_WORDS.items()]


def way_name(way: Way) -> str:
    return {
        Way.LINE: gettext("straight line times the detour factor"),
        Way.TIMES: gettext("imported travel times"),
    }[way]


def decay_name(decay: Decay) -> str:
    return {
        Decay.GAUSSIAN: gettext("falls with distance (Gaussian)"),
        Decay.UNIFORM: gettext("the same everywhere within reach"),
    }[decay]


def rule_sentence(rule: AccessRule) -> str:
    """The parameters, in one sentence."""
    if rule.way is Way.TIMES:
        return gettext(
            "Reach: %(radius)s minutes by the imported travel times; weight of distance: %(decay)s.",
            radius=number(rule.radius),
            decay=decay_name(rule.decay),
        )
    return gettext(
        "Reach: %(radius)s km by road, taken as the straight line times %(detour)s; weight of distance: %(decay)s.",
        radius=number(rule.radius),
        detour=number(rule.detour),
        decay=decay_name(rule.decay),
    )


def left_out(table: AccessTable) -> list[str]:
    """What the figures do not contain."""
    found = []
    for reason, count in table.unplaced.items():
        found.append(_unplaced(reason, count))
    if table.unstated:
        found.append(
            ngettext(
                "%(count)s service does not state its capacity in this unit.",
                "%(count)s services do not state their capacity in this unit.",
                table.unstated,
                count=number(table.unstated),
            )
        )
    if table.unreached:
        found.append(
            gettext(
                "%(count)s (%(unit)s) stand where no municipality of the region is within reach.",
                count=number(table.unreached),
                unit=unit_name(table.question),
            )
        )
    return found


def _unplaced(reason: Rest, count: int) -> str:
    written = number(count)
    if reason is Rest.SECRET:
        return ngettext(
            "%(count)s service has a place whose address is secret; the capacity there is left out.",
            "%(count)s services have places whose address is secret; the capacity there is left out.",
            count,
            count=written,
        )
    if reason is Rest.WHOLE_REGION:
        return ngettext(
            "%(count)s service works in the whole region and has no place; it is left out.",
            "%(count)s services work in the whole region and have no place; they are left out.",
            count,
            count=written,
        )
    return ngettext(
        "The register gives no place for %(count)s service; it is left out.",
        "The register gives no place for %(count)s services; they are left out.",
        count,
        count=written,
    )


def access_columns(table: AccessTable, level: Level) -> list[Column]:
    question = table.question
    measure = measure_name(question)
    return [
        Column("code", gettext("Code"), Kind.TEXT, 10),
        Column("name", level_name(level), Kind.TEXT, 30),
        Column("orp", gettext("ORP"), Kind.TEXT, 24),
        Column("people", _capitalised(population_name(question.population or Population.ALL)), Kind.CELL),
        Column("access", _capitalised(measure), Kind.CELL, 24),
        Column("balanced", gettext("B2SFCA index (per person)"), Kind.CELL),
        Column("nearest", distance_name(question.rule), Kind.CELL),
        Column("places", gettext("Places within reach"), Kind.NUMBER, 12),
    ]


def access_file(table: AccessTable, level: Level) -> Table:
    """The table as a download."""
    rows = [
        {
            "code": row.code,
            "name": row.name,
            "orp": row.orp_name,
            "people": row.people,
            "access": row.access,
            "balanced": row.balanced,
            "nearest": row.nearest,
            "places": row.places,
        }
        for row in table.rows
    ]
    title = gettext("Access: %(title)s", title=selection_name(table.question))
    return Table(title, access_columns(table, level), rows)


def effect_file(question: Question, effect: Effect) -> Table:
    """What a scenario changes, as a download."""
    measure = measure_name(question)
    columns = [
        Column("code", gettext("Code"), Kind.TEXT, 10),
        Column("name", gettext("Municipality"), Kind.TEXT, 30),
        Column("orp", gettext("ORP"), Kind.TEXT, 24),
        Column("people", _capitalised(population_name(question.population or Population.ALL)), Kind.CELL),
        Column("before", gettext("Now: %(measure)s", measure=measure), Kind.CELL, 24),
        Column("after", gettext("After the change: %(measure)s", measure=measure), Kind.CELL, 24),
        Column("difference", gettext("Difference"), Kind.NUMBER, 12),
    ]
    rows: list[dict[str, Any]] = [
        {
            "code": row.code,
            "name": row.name,
            "orp": row.orp_name,
            "people": row.people,
            "before": row.before,
            "after": row.after,
            "difference": row.difference,
        }
        for row in effect.rows
    ]
    return Table(gettext("What if"), columns, rows)


def distance_decimals(cell: Cell) -> int | None:
    """One place under each other; a place at the seat itself is a plain 0."""
    return 1 if cell.number else None


def change_text(amount: Decimal) -> str:
    """Places added or taken away, with the sign."""
    return signed(number(abs(amount)), amount)


def difference_text(row: EffectRow) -> str:
    """Access after less access before, with its sign and as many places as the finer of the two figures."""
    places = max(column_decimals(row.before) or 0, column_decimals(row.after) or 0)
    return signed(number(abs(row.difference), places), row.difference)


def signed_figure(difference: float) -> str:
    """A difference of access with its sign, with as many places as figures of access have."""
    size = Cell.of(rounded(abs(difference)))
    return signed(cell_text(size, column_decimals(size)), difference)


def effect_title(question: Question) -> str:
    return gettext("%(title)s: change of access", title=selection_name(question))


def effect_sentences(effect: Effect) -> list[str]:
    """For how many municipalities access gets better and worse, and for which most."""
    better = [row for row in effect.rows if row.difference > 0]
    worse = [row for row in effect.rows if row.difference < 0]
    found = []
    if better:
        most = max(better, key=lambda row: row.difference)
        found.append(
            ngettext(
                "Access gets better in %(num)s municipality, most in %(name)s (%(difference)s).",
                "Access gets better in %(num)s municipalities, most in %(name)s (%(difference)s).",
                len(better),
                name=most.name,
                difference=difference_text(most),
            )
        )
    if worse:
        most = min(worse, key=lambda row: row.difference)
        found.append(
            ngettext(
                "Access gets worse in %(num)s municipality, most in %(name)s (%(difference)s).",
                "Access gets worse in %(num)s municipalities, most in %(name)s (%(difference)s).",
                len(worse),
                name=most.name,
                difference=difference_text(most),
            )
        )
    return found


def index_decimals(cell: Cell) -> int | None:
    """Five places of the index per person, so that a column can be compared; all there are where those say nothing."""
    if not cell.number:
        return None
    return INDEX_PLACES if abs(cell.number) >= Decimal(10) ** -INDEX_PLACES else decimals_of(cell)


def place_labels(options: Sequence[PlaceOption]) -> list[str]:
    """Places of a scenario as the list beside the field offers them; ``calc.places`` reads them back."""
    return [place_label(option) for option in options]


def place_label(option: PlaceOption) -> str:
    kind, _, code = option.key.partition(":")
    if kind == "sluzba":
        return gettext("%(name)s (service %(number)s)", name=option.label, number=code)
    return gettext("%(name)s (municipality %(code)s)", name=option.label, code=code)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
