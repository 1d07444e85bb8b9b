"""Published releases as files: what everybody reads, also while the database is down.

    releases/<quarter>/release.json   all tables with the meaning of their codes
    releases/<quarter>/<table>.csv    one row for each cell; columns never change
    releases/<quarter>/<table>.xlsx   the same
    releases/<quarter>/<table>.json   one table of release.json
    releases/<quarter>/corrections.*  whether records of quarters published before were corrected: CSV, XLSX
    releases/<quarter>/handed_over.*  which part of the municipalities told their needs, by ORP: CSV, XLSX
    releases/<quarter>/manifest.json  size and SHA-256 of each of them

A quarter is written into a folder beside its place and moved there whole.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from portal.releases.types import TOTAL, Beside, Corrected, Origin, PublicTable, TableName
from portal.releases.words import kind_words
from portal.returns.types import Period
from portal.web.downloads import Column, Kind, Table, csv_lines, write_xlsx
from portal.web.languages import in_language, say

FORMAT = 1
FOLDER = "releases"
SHEETS = ("csv", "xlsx")
KINDS = (*SHEETS, "json")
WHOLE, MANIFEST = "release.json", "manifest.json"
LANGUAGES = ("cs", "en")
CORRECTIONS, HANDED_OVER = "corrections", "handed_over"  # files beside the tables
CORRECTION_COLUMNS = ("period", "of_period", "records", "records_told", "state", "told")
HANDED_OVER_COLUMNS = ("period", "orp_code", "orp", "handed_over", "municipalities")
NUMBERS = ("value", "handed_over", "municipalities")
COLUMNS = ("period", "table", "row_code", "row", "orp_code", "orp", "value", "state", "told", "unit")

_QUARTER = re.compile(r"\d{4}Q[1-4]")

Names = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Published:
    """A published quarter as its files tell it. ``names``: of codes, by language."""

    period: Period
    sha256: str
    rules: str
    published_at: datetime
    tables: Mapping[TableName, PublicTable]
    names: Names
    beside: Beside | None = None  # published before releases said anything beside their tables

    def name(self, code: str, language: str) -> str:
        """What a code of a row or column means."""
        return self.names.get(code, {}).get(language, code)


class Damaged(RuntimeError):
    """A file of a release is not what it was when it was published."""


def releases_folder(instance: Path) -> Path:
    """Where the files of all quarters lie."""
    return instance / FOLDER


def write_release(
    folder: Path,
    period: str,
    tables: Sequence[PublicTable],
    names: Names,
    *,
    rules: str,
    sha256: str,
    published_at: datetime,
    beside: Beside | None = None,
) -> None:
    """Write all files of a quarter; those of an earlier time are replaced at once."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = {
        "format": FORMAT,
        "period": period,
        "rules": rules,
        "sha256": sha256,
        "published_at": published_at.isoformat(),
        "tables": [{**table.as_dict(), **_said(table)} for table in tables],
        "names": names,
        **(_said_beside(beside) if beside else {}),
    }
    files = {WHOLE: _json(whole)}
    for table in tables:
        files |= _files_of(period, table, names, beside)
    if beside is not None:
        files |= _files_beside(period, beside, names)
    kept = {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()}
    files[MANIFEST] = _json({"format": FORMAT, "period": period, "sha256": sha256, "files": kept})
    fresh = Path(tempfile.mkdtemp(prefix=f".{period}-", dir=folder))
    try:
        for name, data in files.items():
            (fresh / name).write_bytes(data)
        fresh.chmod(0o755)
        place = folder / period
        old = folder / f".{period}-old-{os.getpid()}"
        if place.exists():
            place.rename(old)
        fresh.rename(place)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def published_quarters(folder: Path) -> list[str]:
    """Quarters that have files, the latest first."""
    if not folder.is_dir():
        return []
    found = [each.name for each in folder.iterdir() if _QUARTER.fullmatch(each.name) and (each / MANIFEST).is_file()]
    return sorted(found, reverse=True)


def read_release(folder: Path, period: str) -> Published | None:
    """A published quarter; None where there is none. Raises Damaged where its files were changed."""
    if not _QUARTER.fullmatch(period) or not (folder / period / MANIFEST).is_file():
        return None
    return _read(folder / period, (folder / period / MANIFEST).stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _read(place: Path, _written: int) -> Published:
    data, _sha = _checked(place, WHOLE)
    whole = json.loads(data)
    tables = [PublicTable.from_dict(each) for each in whole["tables"]]
    return Published(
        Period.parse(whole["period"]),
        whole["sha256"],
        whole["rules"],
        datetime.fromisoformat(whole["published_at"]),
        {table.name: table for table in tables},
        whole["names"],
        Beside.from_dict(whole) if "corrections" in whole else None,
    )


def read_file(folder: Path, period: str, name: str) -> tuple[bytes, str] | None:
    """Content and SHA-256 of one file of a quarter; None where there is none. Raises Damaged."""
    if not _QUARTER.fullmatch(period) or not (folder / period / MANIFEST).is_file():
        return None
    if name == MANIFEST:
        data = (folder / period / MANIFEST).read_bytes()
        return data, hashlib.sha256(data).hexdigest()
    manifest = json.loads((folder / period / MANIFEST).read_bytes())
    return _checked(folder / period, name) if name in manifest["files"] else None


def _checked(place: Path, name: str) -> tuple[bytes, str]:
    manifest = json.loads((place / MANIFEST).read_bytes())
    data = (place / name).read_bytes()
    sha = hashlib.sha256(data).hexdigest()
    if sha != manifest["files"][name]["sha256"]:
        raise Damaged(f"{name} of the release {place.name} differs from its digest")
    return data, sha


def _files_of(period: str, table: PublicTable, names: Names, beside: Beside | None) -> dict[str, bytes]:
    with in_language("cs"):
        files = _sheets(period, str(table.name), COLUMNS, list(table_rows(period, table, names)))
    codes = {TOTAL, *table.rows, *table.columns}
    single = {
        "format": FORMAT,
        "period": period,
        **table.as_dict(),
        **_said(table),
        "names": {code: name for code, name in names.items() if code in codes},
    }
    if beside is not None and table.name.is_need:
        single["handed_over"] = beside.as_dict()["handed_over"]
    return {**files, f"{table.name}.json": _json(single)}


def _files_beside(period: str, beside: Beside, names: Names) -> dict[str, bytes]:
    with in_language("cs"):
        files = _sheets(period, CORRECTIONS, CORRECTION_COLUMNS, list(correction_rows(period, beside)))
        if beside.handed_over is not None:
            rows = list(handed_over_rows(period, beside, names))
            files |= _sheets(period, HANDED_OVER, HANDED_OVER_COLUMNS, rows)
    return files


def _sheets(period: str, name: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """CSV and XLSX with the same columns."""
    told = [Column(each, each, Kind.NUMBER if each in NUMBERS else Kind.TEXT) for each in columns]
    book = io.BytesIO()
    write_xlsx(Table(period, told, rows), book)
    return {
        f"{name}.csv": "".join(csv_lines(Table(period, told, rows))).encode(),
        f"{name}.xlsx": book.getvalue(),
    }


def correction_rows(period: str, beside: Beside) -> Iterator[dict[str, Any]]:
    """One row for each quarter published before and each kind of records, in the language that is spoken."""
    for each in beside.corrections:
        for origin, state in each.by.items():
            yield {
                "period": period,
                "of_period": each.period,
                "records": str(origin),
                "records_told": say(origin.label),
                "state": str(state),
                "told": say(state.label),
            }


def handed_over_rows(period: str, beside: Beside, names: Names) -> Iterator[dict[str, Any]]:
    """One row for each ORP, and one with the code TOTAL."""
    for code, one in [*(beside.handed_over or {}).items(), (TOTAL, beside.all_handed_over)]:
        yield {"period": period, "orp_code": code, "orp": names.get(code, {}).get("cs", "celkem"), **vars(one)}


def table_rows(period: str, table: PublicTable, names: Names) -> Iterator[dict[str, Any]]:
    """The table as rows of a file, one for each cell, totals with the code TOTAL; in the language that is spoken."""
    unit = "tis. Kč" if table.name.is_amount else "osoby"
    for row, cells in table.lines:
        for column, cell in zip([*table.columns, TOTAL], cells, strict=True):
            yield {
                "period": period,
                "table": str(table.name),
                "row_code": row,
                "row": names.get(row, {}).get("cs", "celkem"),
                "orp_code": column,
                "orp": names.get(column, {}).get("cs", "celkem"),
                "value": cell.value,
                "state": str(cell.kind),
                "told": str(cell.value) if cell.value is not None else kind_words(cell.kind, table.name),
                "unit": unit,
            }


def _said(table: PublicTable) -> dict[str, Any]:
    said: dict[str, dict[str, str]] = {"title": {}, "meaning": {}}
    for language in LANGUAGES:
        with in_language(language):
            said["title"][language] = say(table.name.label)
            said["meaning"][language] = say(table.name.meaning)
    return said


def _said_beside(beside: Beside) -> dict[str, Any]:
    """As it is read back, with what its words mean."""
    words: dict[str, dict[str, str]] = {str(each): {} for each in (*Origin, *Corrected)}
    for language in LANGUAGES:
        with in_language(language):
            for each in (*Origin, *Corrected):
                words[str(each)][language] = say(each.label)
    return {**beside.as_dict(), "correction_words": words}


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
