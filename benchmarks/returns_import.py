"""Import of a workbook of 500 returns, with preview, beside the plain reading of the same file by python-calamine.

    python benchmarks/returns_import.py [--quick]

Each return has its figures and eight rows of where users live. Ours reads in a guarded child, finds cells, kinds,
formulas and merged blocks, applies the rules against four earlier quarters, compares with the portal, stores the
preview and writes drafts with their history. The peer (a reader in Rust) gives the values of the same sheets and does
nothing with them. Medians of alternating runs; beside the time by the clock that of the processor, with the child's,
which tells what a busy machine took.
"""

from __future__ import annotations

import argparse
import logging
import resource
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import python_calamine
from flask_migrate import upgrade

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from portal.app import create_app  # noqa: E402  # the repository has to be on the path first
from portal.core.cells import Cell  # noqa: E402  # see above
from portal.core.clock import now_utc, today  # noqa: E402  # see above
from portal.core.config import load_settings  # noqa: E402  # see above
from portal.core.permissions import OPERATOR  # noqa: E402  # see above
from portal.core.transaction import transaction  # noqa: E402  # see above
from portal.returns.calc import with_totals  # noqa: E402  # see above
from portal.returns.definition import definition_for  # noqa: E402  # see above
from portal.returns.files.filed import SheetReturn  # noqa: E402  # see above
from portal.returns.files.layout import ServiceMark  # noqa: E402  # see above
from portal.returns.files.writing import write_workbook  # noqa: E402  # see above
from portal.returns.residences.situations import adverse_situations  # noqa: E402  # see above
from portal.returns.residences.types import (  # noqa: E402  # see above
    OUTSIDE,
    ResidenceKey,
    Residences,
    ResidenceState,
)
from portal.returns.service import residence_words  # noqa: E402  # see above
from portal.returns.service.bulk import WholeReturn, store_returns  # noqa: E402  # see above
from portal.returns.service.files import imports  # noqa: E402  # see above
from portal.returns.taking import take_file  # noqa: E402  # see above
from portal.returns.types import CellKey, Period, ReturnState  # noqa: E402  # see above
from portal.returns.workflow import STATE_LABELS  # noqa: E402  # see above
from tests.factories.returns import make_period, make_reporting_service  # noqa: E402  # see above
from tests.factories.returns_pages import GOOD  # noqa: E402  # see above

RETURNS, QUICK_RETURNS = 500, 50
RUNS, QUICK_RUNS = 3, 1
QUARTERS_BEFORE = 4
ROWS_OF_PART = 8
LIMIT_S = 5.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small file, one run: a try, not a measurement")
    quick = parser.parse_args().quick
    logging.disable(logging.INFO)
    count, runs = (QUICK_RETURNS, QUICK_RUNS) if quick else (RETURNS, RUNS)
    ours, written, peer, used = [], [], [], []
    for _run in range(runs):
        with TemporaryDirectory(prefix="bench-returns-") as name:
            preview_s, apply_s, peer_s, used_s = _measure(Path(name), count)
        ours.append(preview_s)
        written.append(apply_s)
        peer.append(peer_s)
        used.append(used_s)
    preview, apply, plain = statistics.median(ours), statistics.median(written), statistics.median(peer)
    print(f"{count} returns: preview {preview:.2f} s, writing {apply:.2f} s, together {preview + apply:.2f} s")
    print(f"time of the processor for both: {statistics.median(used):.2f} s")
    print(f"python-calamine, values of the same file alone: {plain:.2f} s; ratio {(preview + apply) / plain:.1f}")
    is_slow = not quick and preview + apply > LIMIT_S
    print(f"limit {LIMIT_S:.0f} s: {'MISSED' if is_slow else 'kept'}")
    return int(is_slow)


def _processor_s() -> float:
    """Time of the processor, of this process and of children that ended."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, kinds))


def _measure(folder: Path, count: int) -> tuple[float, float, float, float]:
    app = create_app(load_settings({"PORTAL_ENV": "test", "PORTAL_INSTANCE": str(folder)}))
    period = Period.of(today()).previous
    with app.test_request_context():
        upgrade()
        path = folder / "returns.xlsx"
        _fill(period, count, path)
        started = time.perf_counter()
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        for number in range(2):
            book.get_sheet_by_index(number).to_python()
        peer = time.perf_counter() - started
        used, started = _processor_s(), time.perf_counter()
        info = take_file(OPERATOR, path, path.name, period)
        preview = time.perf_counter() - started
        if info.count("new") != count or info.errors or info.warnings:
            raise RuntimeError(f"not what was meant: {info.count('new')} new, {info.errors} errors, {info.warnings}")
        started = time.perf_counter()
        with transaction():
            imports.apply_import(OPERATOR, info.id)
        return preview, time.perf_counter() - started, peer, _processor_s() - used


def _fill(period: Period, count: int, path: Path) -> None:
    """Services with four quarters before, and the sheet of this one."""
    definition = definition_for(period)
    keys = definition.cells_for("49", {"residential"})
    cells = with_totals(definition, keys, {_key(name): _cell(text) for name, text in GOOD.items()})
    earlier = [period.shifted(-number) for number in range(1, QUARTERS_BEFORE + 1)]
    with transaction():
        for one in (period, *earlier):
            make_period(one, closes_on=today().replace(year=today().year + 1), on_time_until=today())
        services = [make_reporting_service(type_code="49", forms=("residential",)) for _number in range(count)]
        marks = [
            (service.id, ServiceMark(service.register_id, "49", frozenset({"residential"}), 0)) for service in services
        ]
        store_returns(
            WholeReturn(
                service_id=service_id,
                period=str(one),
                form_version=definition_for(one).code,
                state=ReturnState.ACCEPTED,
                created_at_utc=now_utc(),
                submitted_at_utc=now_utc(),
                decided_at_utc=now_utc(),
                cells=cells,
            )
            for service_id, _mark in marks
            for one in earlier
        )
    situations = list(adverse_situations())[:ROWS_OF_PART]
    users = int(GOOD["all-users_in_quarter"])
    rows = {ResidenceKey(OUTSIDE, None, situation): users // ROWS_OF_PART for situation in situations}
    rows[ResidenceKey(OUTSIDE, None, situations[0])] += users % ROWS_OF_PART
    part = Residences(ResidenceState.SUPPLIED, 0, rows)
    sheets = [
        SheetReturn(mark, "Domov Pod Lipami", "Charita Háj", None, STATE_LABELS["not_started"], keys, cells, {}, part)
        for _service_id, mark in marks
    ]
    with path.open("wb") as file:
        write_workbook(file, period, definition, sheets, residence_words("cs"))


def _key(name: str) -> CellKey:
    form, _dash, code = name.partition("-")
    return CellKey(form, code)


def _cell(text: str) -> Cell:
    return Cell.of(text.replace(" ", "").replace(",", "."))


if __name__ == "__main__":
    raise SystemExit(main())
