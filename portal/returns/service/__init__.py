"""The face of the returns; the modules hold the work, each one part of it."""

from portal.returns.residences.words import ResidenceWords
from portal.returns.service.board import read_board, read_own
from portal.returns.service.changes import on_counted_changed, tell_counted_changed
from portal.returns.service.deadlines import grant_exception, open_period, read_deadlines, withdraw_exception
from portal.returns.service.entry import Submission, autosave_cells, save_cells, submit_return
from portal.returns.service.frames import (
    CELL_COLUMNS,
    cells_frame,
    counted_returns_of,
    counting_changed_since,
    figures_frame,
    figures_mark,
    list_counted_periods,
    services_and_periods,
)
from portal.returns.service.key_workers import assign_key_worker, list_key_workers, list_providers, read_history
from portal.returns.service.manual_reminders import kind_name, kinds_by_hand, list_sent, plan_by_hand, try_again
from portal.returns.service.overview import note_call, read_call_list, read_notes, read_overview
from portal.returns.service.periods import list_periods
from portal.returns.service.reading import group_findings, read_return
from portal.returns.service.residences import (
    RESIDENCE_COLUMNS,
    ResidenceSheet,
    copy_residences,
    read_sheet,
    residence_states_frame,
    residence_words,
    residences_frame,
    save_residences,
)
from portal.returns.service.review import accept_return, lock_return, reopen_return, send_back

__all__ = [
    "CELL_COLUMNS",
    "RESIDENCE_COLUMNS",
    "ResidenceSheet",
    "ResidenceWords",
    "Submission",
    "accept_return",
    "assign_key_worker",
    "autosave_cells",
    "cells_frame",
    "copy_residences",
    "counted_returns_of",
    "counting_changed_since",
    "figures_frame",
    "figures_mark",
    "grant_exception",
    "group_findings",
    "kind_name",
    "kinds_by_hand",
    "list_counted_periods",
    "list_key_workers",
    "list_periods",
    "list_providers",
    "list_sent",
    "lock_return",
    "note_call",
    "on_counted_changed",
    "open_period",
    "plan_by_hand",
    "read_board",
    "read_call_list",
    "read_deadlines",
    "read_history",
    "read_notes",
    "read_overview",
    "read_own",
    "read_return",
    "read_sheet",
    "reopen_return",
    "residence_states_frame",
    "residence_words",
    "residences_frame",
    "save_cells",
    "save_residences",
    "send_back",
    "services_and_periods",
    "submit_return",
    "tell_counted_changed",
    "try_again",
    "withdraw_exception",
]
