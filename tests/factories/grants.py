"""Files of municipal support."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from portal.core.cells import Cell
from portal.core.db import db
from portal.core.permissions import OPERATOR
from portal.grants.service.figures import write
from portal.grants.types import Given, Key, Kind, Side, Source

HEADINGS = (
    *("Číslo v registru", "Obec", "Rok", "Dotace na provoz", "Investice", "Nájem", "Dary", "Příspěvek zřizovatele"),
    *("Smlouva", "Datum", "Poznámka"),
)


def csv_file(path: Path, rows: Sequence[Sequence[Any]], *, headings: Sequence[str] = HEADINGS) -> Path:
    """Rows below headings, parted by semicolons; short rows end in empty cells."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([headings, *rows])
    path.write_text(text.getvalue(), "utf-8-sig")
    return path


def xlsx_file(path: Path, rows: Sequence[Sequence[Any]], *, headings: Sequence[str] = HEADINGS) -> Path:
    """The same as a workbook; ``=...`` is a formula."""
    workbook = xlsxwriter.Workbook(str(path))
    sheet = workbook.add_worksheet("Podpora")
    for index, row in enumerate([headings, *rows]):
        sheet.write_row(index, 0, row)
    workbook.close()
    return path


def parts(total: Decimal | int, count: int) -> list[Decimal]:
    """Uneven whole crowns, each more than nothing, that add up to the total."""
    return [Decimal(index + 1) for index in range(count - 1)] + [Decimal(total) - sum(range(1, count))]


def store_support(
    service_id: int,
    municipality_code: str,
    year: int,
    amounts: dict[Kind, int | Cell],
    *,
    side: Side = Side.MUNICIPALITY,
) -> None:
    """Figures of one side."""
    source = Source.REGION if side is Side.MUNICIPALITY else Source.PROVIDER
    for kind, amount in amounts.items():
        given = Given(amount if isinstance(amount, Cell) else Cell.of(amount))
        key = Key(service_id, municipality_code, year, kind)
        write(OPERATOR, key, side, given, source=source, step="written", figure=None)
    db.session.flush()
