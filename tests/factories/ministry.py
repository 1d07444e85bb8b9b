"""Files of the ministry's figures, and years of returns with given totals."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import xlsxwriter
from sqlalchemy import update

from portal.benchmarking.ministry import service
from portal.benchmarking.ministry.types import ImportInfo
from portal.catalog.models import Service
from portal.core.cells import Cell
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.permissions import OPERATOR
from portal.returns.calc import with_totals
from portal.returns.definition import definition_for
from portal.returns.files.filed import SheetReturn
from portal.returns.files.layout import ServiceMark
from portal.returns.files.writing import list_lines, write_workbook
from portal.returns.models import Return
from portal.returns.service.bulk import WholeReturn, store_returns
from portal.returns.types import Period, ReturnState
from portal.returns.workflow import STATE_LABELS
from tests.factories.returns import make_period

HEADINGS = ("Číslo v registru", "Rok", "Náklady celkem", "Výnosy celkem")


def csv_file(
    path: Path, rows: Sequence[Sequence[Any]], *, headings: Sequence[str] = HEADINGS, encoding: str = "utf-8-sig"
) -> Path:
    """Rows below headings, parted by semicolons."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([headings, *rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def xlsx_file(path: Path, rows: Sequence[Sequence[Any]], *, headings: Sequence[str] = HEADINGS, above: int = 0) -> Path:
    """The same as a workbook, below ``above`` rows of a merged title; ``=...`` is a formula."""
    workbook = xlsxwriter.Workbook(str(path))
    sheet = workbook.add_worksheet("Data")
    for index in range(above):
        sheet.merge_range(index, 0, index, len(headings) - 1, "Výkaz MPSV")
    for index, row in enumerate([headings, *rows], start=above):
        sheet.write_row(index, 0, row)
    workbook.close()
    return path


def xml_file(path: Path, rows: Sequence[Sequence[Any]], *, before: str = "") -> Path:
    """The same as XML: one element for each service."""
    services = "".join(
        f"<sluzba portalId={quoteattr(str(number))}><rok>{year}</rok><ekonomika><naklady>{costs}</naklady>"
        f"<vynosy>{revenues}</vynosy></ekonomika></sluzba>"
        for number, year, costs, revenues in rows
    )
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>{before}<vykazy>{services}</vykazy>', "utf-8")
    return path


def bomb(path: Path) -> Path:
    """A workbook that unpacks to 300 MB."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (300 * 1024 * 1024))
    return path


def take(path: Path, *, source: str = "Export MPSV", **options: Any) -> ImportInfo:
    return service.take_file(OPERATOR, path, name=path.name, source=source, **options)


def take_over(path: Path, **options: Any) -> ImportInfo:
    """Read a file and make it live."""
    info = take(path, **options)
    return service.apply_import(OPERATOR, import_id=info.id, confirmed=True)


def store_year(
    stored: Service,
    year: int,
    totals: Mapping[str, Decimal | int],
    *,
    quarters: Sequence[int] = (1, 2, 3, 4),
    state: ReturnState = ReturnState.ACCEPTED,
) -> None:
    """Accepted returns that add up to the totals (``costs_total``, ``revenues_total``) over the given quarters."""
    wholes = []
    for place, quarter in enumerate(quarters):
        period = make_period(Period(year, quarter), on_time_until=date(year + 1, 3, 1) + timedelta(days=quarter))
        definition = definition_for(period)
        keys = definition.cells_for(stored.type_code, {form.form for form in stored.forms})
        cells = dict.fromkeys(keys, Cell.of(0))
        for key in keys:
            parts = definition.field(key.field).sum_of
            if key.field in totals and parts:
                share = _share(Decimal(totals[key.field]), place, len(quarters))
                cells[type(key)(key.form, parts[0])] = Cell.of(share)
        wholes.append(
            WholeReturn(
                service_id=stored.id,
                period=str(period),
                form_version=definition.code,
                state=state,
                created_at_utc=now_utc(),
                submitted_at_utc=now_utc(),
                decided_at_utc=now_utc(),
                cells=with_totals(definition, keys, cells),
            )
        )
    store_returns(wholes)


def quarter_share(total: Decimal, quarter: int) -> Decimal:
    """What of a year's total falls on a quarter."""
    return _share(total, quarter - 1, 4)


def returns_file(
    folder: Path,
    period: Period,
    services: Sequence[Service],
    totals: Sequence[Mapping[str, Decimal]],
    *,
    as_list: bool,
) -> Path:
    """A file of returns of a quarter, filled in: zeros but for one part of each total. Opens the quarter."""
    make_period(period, on_time_until=date(2099, 1, 1), closes_on=date(2099, 2, 1))
    definition = definition_for(period)
    sheets = []
    for stored, wanted in zip(services, totals, strict=True):
        forms = frozenset(form.form for form in stored.forms)
        keys = definition.cells_for(stored.type_code, set(forms))
        cells = {key: Cell.of(0) for key in keys if not definition.field(key.field).is_computed}
        for key in keys:
            if key.field in wanted:
                cells[type(key)(key.form, definition.field(key.field).sum_of[0])] = Cell.of(wanted[key.field])
        mark = ServiceMark(stored.register_id, stored.type_code, forms, 0)
        sheets.append(SheetReturn(mark, stored.name, "", None, STATE_LABELS["not_started"], keys, cells, {}))
    path = folder / f"vykazy-{period}.{'csv' if as_list else 'xlsx'}"
    if as_list:
        path.write_text(list_lines(period, definition, sheets), "utf-8")
    else:
        with path.open("wb") as file:
            write_workbook(file, period, definition, sheets)
    return path


def accept_all(year: int) -> None:
    """The region accepts all drafts of a year at one stroke."""
    times = ("first_submitted_at_utc", "submitted_at_utc", "decided_at_utc")
    values = {"state": str(ReturnState.ACCEPTED), **dict.fromkeys(times, now_utc())}
    db.session.execute(update(Return).where(Return.period.startswith(str(year))).values(**values))
    db.session.commit()


def _share(total: Decimal, place: int, parts: int) -> Decimal:
    """Uneven quarters of whole hellers that add up exactly."""
    each = (total / parts).quantize(Decimal("0.01"))
    return total - each * (parts - 1) if place == parts - 1 else each
