"""Needs of municipalities in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from portal.catalog.service.names import target_group_names
from portal.catalog.types import service_types
from portal.core.cells import Cell, CellState
from portal.core.czech import czech_sort_key
from portal.core.messages import _m
from portal.needs.types import Key, Place, Progress, Reason, Source, Step
from portal.returns.residences.situations import adverse_situations
from portal.returns.types import Period
from portal.web.downloads import Column, Kind, Table
from portal.web.languages import current_language, say

REASONS = {
    Reason.NO_SERVICE: _m("there is no such service"),
    Reason.NO_CAPACITY: _m("the service has no capacity"),
    Reason.TOO_FAR: _m("the service is too far"),
    Reason.TOO_DEAR: _m("the service is too dear"),
    Reason.REFUSES: _m("the person refuses it"),
    Reason.OTHER: _m("another reason"),
}
SOURCES = {
    Source.MUNICIPALITY: _m("the municipality"),
    Source.ORP: _m("the municipality with extended powers"),
    Source.REGION: _m("the region"),
}
PROGRESS = {
    Progress.NOTHING: (_m("nothing yet"), "red"),
    Progress.BEGUN: (_m("begun"), "yellow"),
    Progress.HANDED_OVER: (_m("handed over"), "green"),
}
STEPS = {
    Step.WRITTEN: _m("written"),
    Step.CORRECTED: _m("corrected"),
    Step.CORRECTION_WITHDRAWN: _m("correction withdrawn"),
    Step.REMOVED: _m("removed"),
    Step.IMPORTED: _m("imported from a file"),
    Step.TAKEN_BACK: _m("import taken back"),
}


@dataclass(frozen=True)
class NeedsWords:
    """What codes mean in the reader's language, in the order in which they are offered. One query."""

    situations: Mapping[str, str]
    groups: Mapping[str, str]
    reasons: Mapping[str, str]
    types: Mapping[str, str]

    def order(self, situation: str, target_group: str, reason: str, type_code: str) -> tuple[tuple[str, str], ...]:
        """What figures of one municipality are sorted by: the names that are shown, in Czech order."""
        names = [self.situations.get(situation, situation), self.groups.get(target_group, target_group)]
        names += [self.reasons.get(reason, reason), self.types.get(type_code, type_code)]
        return tuple(czech_sort_key(name) for name in names)

    def described(self, key: Key) -> str:
        """A figure by what it is about: situation, target group, reason, wanted type. Templates give steps of its
        history too, which have the same names."""
        parts = [self.situations.get(key.situation, key.situation)]
        parts += [self.groups.get(key.target_group, key.target_group)] if key.target_group else []
        parts += [self.reasons.get(key.reason, key.reason)] if key.reason else []
        parts += [self.types.get(key.type_code, key.type_code)] if key.type_code else []
        return ", ".join(parts)


def needs_words() -> NeedsWords:
    language = current_language()
    groups = sorted(target_group_names().items(), key=lambda item: (czech_sort_key(item[1]), item[0]))
    return NeedsWords(
        situations={code: text.of(language) for code, text in adverse_situations().items()},
        groups=dict(groups),
        reasons={str(reason): say(label) for reason, label in REASONS.items()},
        types={code: one.name_with_section(language) for code, one in service_types().items()},
    )


def cell_of(row: Mapping[str, Any], value: str = "value", state: str = "state") -> Cell:
    """A figure of a disclosed row."""
    number = row[value]
    return Cell(CellState(str(row[state])), None) if number is None else Cell.of(int(number))


def stored_cell(stored: Mapping[str, Any] | None) -> Cell | None:
    """What counted after a step of the history; None where the figure was gone."""
    if stored is None:
        return None
    prefix = "corrected_" if stored.get("corrected_state") else ""
    number, state = stored[f"{prefix}persons"], CellState(stored[f"{prefix}state"])
    return Cell(state) if number is None else Cell.of(number)


def period_label(period: Period) -> str:
    return say(period.label)


def in_page_order(rows: Iterable[dict[str, Any]], words: NeedsWords, places: Iterable[str]) -> list[dict[str, Any]]:
    """Disclosed rows by quarter, municipality (as in ``places``) and shown names: the order of pages, files and the
    command."""
    at = {code: number for number, code in enumerate(places)}
    parts = ("situation", "target_group", "reason", "type_code")

    def order(row: Mapping[str, Any]) -> Any:
        place = at.get(row["municipality_code"], len(at))
        return row["period"], place, row["municipality_code"], words.order(*(row[part] for part in parts))

    return sorted(rows, key=order)


def rows_table(rows: list[dict[str, Any]], words: NeedsWords, places: Mapping[str, Place]) -> Table:
    """Every figure with its provenance, by quarter, municipality (as in ``places``) and shown names; codes beside
    names, so that the file comes back unchanged."""
    columns = [
        Column("period", gettext("Quarter"), width=10),
        Column("orp", gettext("ORP"), width=24),
        Column("municipality_code", gettext("Code of the municipality"), width=12),
        Column("municipality", gettext("Municipality"), width=24),
        Column("situation", gettext("Situation"), width=28),
        Column("target_group", gettext("Target group"), width=28),
        Column("reason", gettext("Reason"), width=28),
        Column("type_code", gettext("Wanted type of service"), width=36),
        Column("said", gettext("Persons"), Kind.CELL, 12),
        Column("note", gettext("Note"), width=40),
        Column("counts", gettext("Persons after correction"), Kind.CELL, 12),
        Column("why", gettext("Reason of the correction"), width=40),
        Column("corrected_by", gettext("Corrected by"), width=24),
        Column("source", gettext("Said by"), width=24),
        Column("said_by", gettext("Name of the writer"), width=24),
    ]
    return Table(
        gettext("Needs of municipalities"),
        columns,
        (_file_row(row, words, places) for row in in_page_order(rows, words, places)),
    )


def _file_row(row: Mapping[str, Any], words: NeedsWords, places: Mapping[str, Place]) -> dict[str, Any]:
    place = places.get(row["municipality_code"])
    corrected = row["corrected_source"]
    return {
        "period": row["period"],
        "orp": "" if place is None else place.orp_name,
        "municipality_code": row["municipality_code"],
        "municipality": "" if place is None else place.name,
        "situation": words.situations.get(row["situation"], row["situation"]),
        "target_group": words.groups.get(row["target_group"], row["target_group"]),
        "reason": words.reasons.get(row["reason"], row["reason"]),
        "type_code": words.types.get(row["type_code"], row["type_code"]),
        "said": cell_of(row, "said_value", "said_state"),
        "note": row["note"],
        "counts": cell_of(row),
        "why": row["corrected_why"] or "",
        "corrected_by": f"{row['corrected_by']} ({say(SOURCES[Source(corrected)])})" if corrected else "",
        "source": say(SOURCES[Source(row["source"])]),
        "said_by": row["said_by"],
    }
