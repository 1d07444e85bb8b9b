"""The sheets of a foreign workbook, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from portal.core.errors import ImportRejected
from portal.core.messages import Message, _m
from portal.core.workbooks.archive import MEBIBYTE, Archive, damaged, opened
from portal.core.workbooks.markup import (
    DamagedXml,
    SheetReader,
    TooManyCells,
    read_kinds,
    read_relations,
    read_shared_strings,
    read_sheet_list,
)
from portal.core.workbooks.sheets import RawSheet


@dataclass(frozen=True)
class WorkbookLimits:
    """What a workbook may hold at most; ``cells`` are filled cells of all its sheets together."""

    unpacked_bytes: int = 64 * MEBIBYTE
    sheets: int = 20
    cells: int = 200_000


def read_sheets(source: Path | IO[bytes], name: str, limits: WorkbookLimits) -> Iterator[RawSheet]:
    """The sheets of a workbook in its order, each read when it is asked for; sheets of charts are left out.

    Raises ImportRejected, with a sentence that names the file, for what is no workbook, is damaged, locked, has macros
    or declarations, or holds more than the limits allow.
    """
    with opened(source, name, max_unpacked_bytes=limits.unpacked_bytes) as archive:
        try:
            yield from _sheets(archive, name, limits)
        except DamagedXml as error:
            raise ImportRejected(damaged(name)) from error
        except TooManyCells as error:
            raise ImportRejected(too_many_cells(name, limits.cells)) from error


def too_many_cells(name: str, limit: int) -> Message:
    return _m("%(name)s has more than %(limit)s filled cells.", name=name, limit=limit)


def _sheets(archive: Archive, name: str, limits: WorkbookLimits) -> Iterator[RawSheet]:
    listed = read_sheet_list(archive.read("xl/workbook.xml"))
    relations = read_relations(archive.read("xl/_rels/workbook.xml.rels"))
    if not 1 <= len(listed) <= limits.sheets:
        raise ImportRejected(
            _m(
                "%(name)s has %(count)s sheets; 1 to %(limit)s are read.",
                name=name,
                count=len(listed),
                limit=limits.sheets,
            )
        )
    strings = read_shared_strings(archive.read(part)) if (part := "xl/sharedStrings.xml") in archive else []
    kinds = read_kinds(archive.read(part)) if (part := "xl/styles.xml") in archive else []
    room = limits.cells
    for title, relation in listed:
        target = _part(relations.get(relation, ""))
        if not target.startswith("xl/worksheets/"):
            continue  # a sheet of a chart
        reader = SheetReader(strings, kinds, room)
        reader.read(archive.read(target))
        room -= len(reader.cells)
        yield RawSheet(title, reader.cells, tuple(reader.merged))


def _part(target: str) -> str:
    """A relation's target as the name of a part of the archive."""
    path = PurePosixPath(target)
    return str(path.relative_to("/")) if path.is_absolute() else str(PurePosixPath("xl") / path)
