"""Records of municipal support as a file that can be imported again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext

from portal.catalog.types import service_types
from portal.grants.service import RecordLine
from portal.grants.types import Kind
from portal.grants.words import AGREEMENTS, DECISIONS, KINDS
from portal.web.downloads import Column, Table
from portal.web.downloads import Kind as ColumnKind
from portal.web.languages import current_language, say


def type_name(code: str) -> str:
    return f"{code} – {service_types()[code].name(current_language())}"


def records_table(lines: Sequence[RecordLine], names: Mapping[str, str]) -> Table:
    """A row for each contract of a figure, under headings that the import knows; what it does not read is beside."""
    columns = [
        Column("register_id", gettext("Number in the register"), ColumnKind.NUMBER, 12),
        Column("service", gettext("Service"), width=36),
        Column("type", gettext("Type of service"), width=30),
        Column("ico", gettext("Company number"), width=12),
        Column("provider", gettext("Provider"), width=36),
        Column("code", gettext("Municipality code"), width=10),
        Column("municipality", gettext("Name of the municipality (not read)"), width=24),
        Column("year", gettext("Year"), ColumnKind.NUMBER, 8),
        *(Column(str(kind), say(label), ColumnKind.CELL, 16) for kind, label in KINDS.items()),
        Column("contract", gettext("Contract"), width=20),
        Column("date", gettext("Date"), ColumnKind.DATE, 12),
        Column("note", gettext("Note"), width=30),
        Column("received", gettext("The provider received (CZK)"), ColumnKind.CELL, 16),
        Column("agreement", gettext("Comparison"), width=18),
        Column("decision", gettext("Decision"), width=18),
    ]
    return Table(gettext("Municipal support"), columns, _rows(lines, names))


def _rows(lines: Sequence[RecordLine], names: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        whole = {
            "register_id": line.service.register_id,
            "service": line.service.name,
            "type": type_name(line.service.type_code),
            "ico": line.service.ico,
            "provider": line.service.provider_name,
            "code": line.municipality_code,
            "municipality": names.get(line.municipality_code, ""),
            "year": line.year,
            "agreement": say(AGREEMENTS[line.agreement][0]),
            "decision": say(DECISIONS[line.decision][0]),
            "received": line.received,
        }
        if line.given is None:
            yield whole
            continue
        for amount, reference, day in line.given.parts:
            yield {**whole, str(Kind(line.kind)): amount, "contract": reference, "date": day, "note": line.given.note}
            whole["received"] = None
