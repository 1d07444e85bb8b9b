"""What an import of returns keeps between preview and applying, as JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from portal.core.cells import Cell, CellState
from portal.core.messages import Message, message_as_dict, message_from_dict
from portal.core.workbooks.sheets import Place
from portal.returns.files.filed import Problem
from portal.returns.residences.types import ResidenceKey, Residences, ResidenceState
from portal.returns.types import CellKey, Severity


def problem_as_dict(problem: Problem) -> dict[str, Any]:
    return {
        "place": list(problem.place),
        "severity": str(problem.severity),
        "rule": problem.rule,
        "message": message_as_dict(problem.message),
    }


def problem_from_dict(stored: Mapping[str, Any]) -> Problem:
    message: Message = message_from_dict(stored["message"])
    return Problem(Place(*stored["place"]), Severity(stored["severity"]), message, stored["rule"])


def cells_as_dict(cells: Mapping[CellKey, Cell]) -> dict[str, Any]:
    return {
        key.name: [str(cell.state), None if cell.number is None else str(cell.number)] for key, cell in cells.items()
    }


def cells_from_dict(stored: Mapping[str, Any]) -> dict[CellKey, Cell]:
    return {
        _key(name): Cell(CellState(state), None if number is None else Decimal(number))
        for name, (state, number) in stored.items()
    }


def comments_as_dict(comments: Mapping[CellKey, str | None]) -> dict[str, Any]:
    return {key.name: text for key, text in comments.items()}


def comments_from_dict(stored: Mapping[str, Any]) -> dict[CellKey, str | None]:
    return {_key(name): text for name, text in stored.items()}


def residences_as_dict(residences: Residences) -> dict[str, Any]:
    return {"state": str(residences.state), "rows": [[*key, persons] for key, persons in residences.rows.items()]}


def residences_from_dict(stored: Mapping[str, Any]) -> Residences:
    rows = {ResidenceKey(*key): persons for *key, persons in stored["rows"]}
    return Residences(ResidenceState(stored["state"]), 0, rows)


def _key(name: str) -> CellKey:
    form, _dash, code = name.partition("-")
    return CellKey(form, code)
