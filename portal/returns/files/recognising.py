"""What kind of file of returns it is, and the returns in it. Pure."""

from __future__ import annotations

from dataclasses import replace

from portal.core.errors import ImportRejected
from portal.core.messages import _m
from portal.core.workbooks.sheets import RawFile, RawSheet
from portal.returns.files.filed import Filing, PartFiling, Problem, in_order
from portal.returns.files.grid import is_grid, recognise_grid
from portal.returns.files.listed import columns_of, recognise_list
from portal.returns.files.residences.layout import LISTS_MARKER
from portal.returns.files.residences.recognising import find_columns, recognise_part
from portal.returns.types import Severity


def recognise(file: RawFile, name: str) -> Filing:
    """The returns of a file: figures in either of the two layouts, where users live, or both.

    Other sheets of a workbook are let be. Raises ImportRejected when it is not known what the file is.
    """
    figures, part = _figures(file, name), _part(file, name)
    if part is None:
        if figures is not None:
            return figures
        raise ImportRejected(
            _m(
                "%(name)s is not a sheet of returns: its hidden first row is missing. Download the sheet from the"
                " portal and fill that one in.",
                name=name,
            )
        )
    residences = {one.register_id: one for one in part.parts if not one.is_empty}
    if figures is None:
        return Filing(
            part.period, part.period_place, part.definition, (), part.problems, residences, part.sheet, part.words
        )
    problems = [*figures.problems, *part.problems]
    if (part.period, part.definition.code) != (figures.period, figures.definition.code):
        message = _m(
            "The sheet is for %(period)s, the figures are for another quarter or form.", period=part.period.label
        )
        problems.append(Problem(part.period_place, Severity.ERROR, message))
    return replace(figures, problems=in_order(problems), residences=residences, part_sheet=part.sheet, words=part.words)


def lists_of(file: RawFile) -> RawSheet | None:
    """The sheet with the names that the drop-down lists offer."""
    return next((sheet for sheet in file.sheets if sheet.text(1, 1) == LISTS_MARKER), None)


def _figures(file: RawFile, name: str) -> Filing | None:
    marked = [sheet for sheet in file.sheets if is_grid(sheet)]
    if len(marked) > 1:
        raise ImportRejected(_m("%(name)s holds two sheets of returns. Leave one in it.", name=name))
    if marked:
        return recognise_grid(marked[0], name)
    listed = next((sheet for sheet in file.sheets if columns_of(sheet)), None)
    return None if listed is None else recognise_list(listed, name)


def _part(file: RawFile, name: str) -> PartFiling | None:
    found = [(sheet, where) for sheet in file.sheets if (where := find_columns(sheet)) is not None]
    if len(found) > 1:
        raise ImportRejected(_m("%(name)s holds two sheets of residences. Leave one in it.", name=name))
    return recognise_part(*found[0], name, lists_of(file)) if found else None
