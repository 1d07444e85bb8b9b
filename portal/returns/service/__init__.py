"""The face of the returns; the modules hold the work, each one part of it."""

from portal.returns.service.board import read_board, read_own
from portal.returns.service.deadlines import grant_exception, open_period, read_deadlines, withdraw_exception
from portal.returns.service.entry import Submission, save_cells, submit_return
from portal.returns.service.frames import CELL_COLUMNS, cells_frame
from portal.returns.service.periods import list_periods
from portal.returns.service.reading import group_findings, read_return
from portal.returns.service.review import accept_return, lock_return, reopen_return, send_back

__all__ = [
    "CELL_COLUMNS",
    "Submission",
    "accept_return",
    "cells_frame",
    "grant_exception",
    "group_findings",
    "list_periods",
    "lock_return",
    "open_period",
    "read_board",
    "read_deadlines",
    "read_own",
    "read_return",
    "reopen_return",
    "save_cells",
    "send_back",
    "submit_return",
    "withdraw_exception",
]
