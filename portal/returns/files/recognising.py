"""What kind of file of returns it is, and the returns in it. Pure."""

from __future__ import annotations

from portal.core.errors import ImportRejected
from portal.core.messages import _m
from portal.core.workbooks.sheets import RawFile
from portal.returns.files.filed import Filing
from portal.returns.files.grid import is_grid, recognise_grid
from portal.returns.files.listed import columns_of, recognise_list


def recognise(file: RawFile, name: str) -> Filing:
    """The returns of a file, whichever of the two layouts it has; other sheets of a workbook are let be.

    Raises ImportRejected when it is not known what the file is.
    """
    marked = [sheet for sheet in file.sheets if is_grid(sheet)]
    if len(marked) > 1:
        raise ImportRejected(_m("%(name)s holds two sheets of returns. Leave one in it.", name=name))
    if marked:
        return recognise_grid(marked[0], name)
    for sheet in file.sheets:
        if columns_of(sheet):
            return recognise_list(sheet, name)
    raise ImportRejected(
        _m(
            "%(name)s is not a sheet of returns: its hidden first row is missing. Download the sheet from the portal"
            " and fill that one in.",
            name=name,
        )
    )
