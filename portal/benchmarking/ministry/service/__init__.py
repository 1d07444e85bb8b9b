"""The face of the ministry's reporting; the modules hold the work, each one part of it."""

from portal.benchmarking.ministry.service.applying import apply_import, discard_import, roll_back_import
from portal.benchmarking.ministry.service.imports import (
    get_import,
    list_changes,
    list_imports,
    list_sources,
    set_columns,
    take_file,
)
from portal.benchmarking.ministry.service.letters import LetterLine, list_letters, try_letters_again
from portal.benchmarking.ministry.service.questions import (
    OwnDifference,
    Question,
    answer,
    list_questions,
    read_question,
    waiting_for_provider,
    waiting_for_region,
)
from portal.benchmarking.ministry.service.reconciling import Difference, decide, read_difference, reconcile
from portal.benchmarking.ministry.service.table import Reconciled, list_years

__all__ = [
    "Difference",
    "LetterLine",
    "OwnDifference",
    "Question",
    "Reconciled",
    "answer",
    "apply_import",
    "decide",
    "discard_import",
    "get_import",
    "list_changes",
    "list_imports",
    "list_letters",
    "list_questions",
    "list_sources",
    "list_years",
    "read_difference",
    "read_question",
    "reconcile",
    "roll_back_import",
    "set_columns",
    "take_file",
    "try_letters_again",
    "waiting_for_provider",
    "waiting_for_region",
]
