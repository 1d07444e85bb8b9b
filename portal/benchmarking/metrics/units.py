"""The unit of a formula, worked out from the units of its fields. Pure.

- Adding, subtracting and comparing want one unit; hours and FTE do not add up.
- Multiplying and dividing multiply and divide the units.
- A bare number takes the unit of the other side when it is compared and as a branch of ``if``; it is never added to
  something that has a unit.
- A comparison is a truth, not a number: it stands in ``if``, ``and``, ``or``, ``not`` alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal.benchmarking.metrics.nodes import (
    Arithmetic,
    Comparison,
    If,
    Logic,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Sum,
)
from portal.benchmarking.metrics.types import FormulaError, Place, Unit
from portal.benchmarking.metrics.words import unit_name
from portal.core.messages import _m


@dataclass(frozen=True)
class _Kind:
    unit: Unit | None  # None: a truth
    is_bare: bool = False  # a number made of numbers alone


def unit_of(node: Node, unit_of_name: Callable[[Name], Unit]) -> Unit:
    """The unit of a formula. Raises FormulaError where units do not go together, or a truth stands for a number."""
    unit, _ = _number(node, unit_of_name)
    return unit


def _number(node: Node, named: Callable[[Name], Unit]) -> tuple[Unit, bool]:
    kind = _kind(node, named)
    if kind.unit is None:
        raise FormulaError(_m("A number belongs here, but this is a condition."), node.place)
    return kind.unit, kind.is_bare


def _truth(node: Node, named: Callable[[Name], Unit]) -> None:
    if _kind(node, named).unit is not None:
        raise FormulaError(_m("A condition belongs here, for example beds > 0."), node.place)


def _kind(node: Node, named: Callable[[Name], Unit]) -> _Kind:
    match node:
        case Number():
            return _Kind(Unit(), is_bare=True)
        case Name():
            return _Kind(named(node))
        case Negative():
            unit, is_bare = _number(node.inner, named)
            return _Kind(unit, is_bare)
        case Arithmetic():
            return _arithmetic(node, named)
        case Sum():
            return _total(node, named)
        case If():
            _truth(node.condition, named)
            return _Kind(_joined(node.then, node.otherwise, node.place, named))
        case Comparison():
            _joined(node.left, node.right, node.place, named)
        case Logic():
            _truth(node.left, named)
            _truth(node.right, named)
        case Not():
            _truth(node.inner, named)
    return _Kind(None)


def _arithmetic(node: Arithmetic, named: Callable[[Name], Unit]) -> _Kind:
    left, left_is_bare = _number(node.left, named)
    right, right_is_bare = _number(node.right, named)
    is_bare = left_is_bare and right_is_bare
    if node.operator == "*":
        return _Kind(left.times(right), is_bare)
    if node.operator == "/":
        return _Kind(left.over(right), is_bare)
    _check_same(left, right, node.place)
    return _Kind(left, is_bare)


def _total(node: Sum, named: Callable[[Name], Unit]) -> _Kind:
    first, is_bare = _number(node.items[0], named)
    for item in node.items[1:]:
        unit, item_is_bare = _number(item, named)
        _check_same(first, unit, item.place)
        is_bare = is_bare and item_is_bare
    return _Kind(first, is_bare)


def _joined(left: Node, right: Node, place: Place, named: Callable[[Name], Unit]) -> Unit:
    """One unit of both sides; a bare number takes the other's."""
    left_unit, left_is_bare = _number(left, named)
    right_unit, right_is_bare = _number(right, named)
    if left_is_bare:
        return right_unit
    if not right_is_bare:
        _check_same(left_unit, right_unit, place)
    return left_unit


def _check_same(left: Unit, right: Unit, place: Place) -> None:
    if left != right:
        raise FormulaError(
            _m(
                "Different units do not go together here: %(left)s and %(right)s.",
                left=unit_name(left),
                right=unit_name(right),
            ),
            place,
        )
