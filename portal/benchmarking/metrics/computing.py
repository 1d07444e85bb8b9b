"""One program on one block of rows; the rules stand at the top of ``evaluation``. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from portal.benchmarking.metrics.blocks import Block, Flags
from portal.benchmarking.metrics.catalogue import Program
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
from portal.benchmarking.metrics.returns import (
    ABSENT,
    NOT_APPLICABLE,
    NOT_SUPPLIED,
    NUMBER,
    UNDEFINED,
    Column,
    Floats,
)
from portal.benchmarking.metrics.types import Field, Over
from portal.returns.types import ALL, SERVICE_FORMS

Part = tuple[str, int]  # form (or ALL) and number of the quarter
Values = Mapping[str, Column]

_COMPARED = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "=": np.equal,
    "!=": np.not_equal,
}


@dataclass(frozen=True)
class Figures:
    """Result of a program on a block; the sides of a ratio where it has a number, else NaN."""

    result: Column
    numerator: Floats
    denominator: Floats


def figures_of(program: Program, block: Block, form: str) -> Figures:
    """The program for each row of the block, for one form or ALL."""
    with np.errstate(all="ignore"):  # what has no number carries NaN; states are decided by codes alone
        return _Run(block, form, {}).figures(program)


class _Run:
    def __init__(self, block: Block, form: str, known: dict[int, Column]) -> None:
        self.block, self.form, self.known = block, form, known

    def figures(self, program: Program) -> Figures:
        values, is_lost = self._values(program)
        numerator = denominator = np.full(self.block.count, np.nan)
        if isinstance(program.node, Arithmetic) and program.node.operator == "/":
            left, right = self._compute(program.node.left, values), self._compute(program.node.right, values)
            result = self._finished(program, _divided(left, right), is_lost)
            has_number = result.codes == NUMBER
            numerator = np.where(has_number, left.values, np.nan)
            denominator = np.where(has_number, right.values, np.nan)
        else:
            result = self._finished(program, self._compute(program.node, values), is_lost)
        self.known[id(program)] = result
        return Figures(result, numerator, denominator)

    def _finished(self, program: Program, result: Column, is_lost: Flags | None) -> Column:
        codes = np.where((result.codes == NUMBER) & ~np.isfinite(result.values), UNDEFINED, result.codes)
        if is_lost is not None:
            codes = np.where(is_lost & (codes != NOT_APPLICABLE), NOT_SUPPLIED, codes)
        if program.service_types is not None and self.block.type_place is not None:
            types = self.block.returns.types
            fits = np.array([*(name in program.service_types for name in types), False])  # a place of -1 finds the last
            codes = np.where(fits[self.block.type_place], codes, NOT_APPLICABLE)
        return Column(np.where(codes == NUMBER, result.values, np.nan), codes.astype(np.int8))

    def _values(self, program: Program) -> tuple[dict[str, Column], Flags | None]:
        """What each name of the program stands for in the rows, and where a return that is due is lost."""
        factors = {
            "days": self._numbers(self.block.days),
            "fund": self._numbers(self.block.fund),
            **{name: self._metric(metric) for name, metric in program.metrics.items()},
        }
        lost = [q.is_lost for q in self.block.quarters]
        is_lost = reduce(_either, lost)
        if not program.fields:
            return factors, is_lost
        parts = self._parts(program)
        if len(parts) == 1:  # a whole of one part is the part
            return {**factors, **next(iter(parts.values()))}, is_lost
        return {**factors, **self._joined(program, parts, factors)}, is_lost

    def _metric(self, metric: Program) -> Column:
        if id(metric) not in self.known:
            self.figures(metric)
        return self.known[id(metric)]

    def _numbers(self, values: Floats) -> Column:
        return Column(values, np.zeros(self.block.count, dtype=np.int8))

    def _parts(self, program: Program) -> dict[Part, Values]:
        """The cells of the fields in each part. Those of forms and those of the whole service are parts of their own,
        unless there is only one form and one quarter."""
        of_forms = [field for field in program.fields.values() if not field.is_of_whole_service]
        of_service = [field for field in program.fields.values() if field.is_of_whole_service]
        forms = (SERVICE_FORMS if self.form == ALL else (self.form,)) if of_forms else ()
        parts: dict[Part, Values] = {}
        for quarter in range(len(self.block.quarters)):
            parts.update({(form, quarter): self._cells(of_forms, form, quarter) for form in forms})
            if of_service:
                parts[ALL, quarter] = self._cells(of_service, ALL, quarter)
        return parts

    def _cells(self, fields: list[Field], form: str, quarter: int) -> Values:
        """An absent cell beside another one of the formula is not supplied; all absent are not applicable."""
        cells = {field.code: self.block.cell(form, field.code, quarter) for field in fields}
        present = [column.codes != ABSENT for column in cells.values() if column is not None]
        if not present:
            return dict.fromkeys(cells, self._nothing(NOT_APPLICABLE))
        stands_for_absent = np.where(reduce(np.logical_or, present), NOT_SUPPLIED, NOT_APPLICABLE).astype(np.int8)
        return {
            code: self._nothing(0, stands_for_absent)
            if column is None
            else replace(column, codes=np.where(column.codes == ABSENT, stands_for_absent, column.codes))
            for code, column in cells.items()
        }

    def _nothing(self, code: int, codes: np.ndarray | None = None) -> Column:
        count = self.block.count
        return Column(np.full(count, np.nan), np.full(count, code, dtype=np.int8) if codes is None else codes)

    def _joined(self, program: Program, parts: dict[Part, Values], factors: Values) -> dict[str, Column]:
        taking_part = self._taking_part(program, parts, factors)
        joined = {}
        for field in program.fields.values():
            own = [part for part, cells in parts.items() if field.code in cells]
            joined[field.code] = self._total(field, own, parts, taking_part)
        return joined

    def _taking_part(self, program: Program, parts: dict[Part, Values], factors: Values) -> dict[Part, Flags]:
        """Where the formula is applicable in each part alone."""
        neutral = {name: replace(column, codes=np.zeros_like(column.codes)) for name, column in factors.items()}
        found: dict[Part, Flags] = {}
        for quarter, own in enumerate(self.block.quarters):
            neutral = {**neutral, "days": self._numbers(own.days), "fund": self._numbers(own.fund)}
            of_service = parts.get((ALL, quarter), {})
            forms = [form for form, q in parts if q == quarter and form != ALL]
            for form in forms or [ALL]:
                cells = {**neutral, **of_service, **parts[form, quarter]}
                found[form, quarter] = self._compute(program.node, cells).codes != NOT_APPLICABLE
            if forms:
                found[ALL, quarter] = reduce(np.logical_or, [found[form, quarter] for form in forms])
        return found

    def _total(
        self, field: Field, own: list[Part], parts: dict[Part, Values], taking_part: dict[Part, Flags]
    ) -> Column:
        total, lost_digits = np.zeros(self.block.count), np.zeros(self.block.count)
        codes = np.full(self.block.count, NOT_APPLICABLE, dtype=np.int8)
        for part in sorted(own, key=lambda part: (part[1], part[0])):
            cell = parts[part][field.code]
            counted = taking_part[part] & (cell.codes != NOT_APPLICABLE)
            if field.over_year is Over.LAST:
                counted &= self._is_last_due(part[1])
            step = cell.values - lost_digits
            grown = total + step
            lost_digits = np.where(counted, (grown - total) - step, lost_digits)
            total = np.where(counted, grown, total)
            # The worst of the counted ones; the first of them takes the place of "not applicable".
            so_far = np.where(codes == NOT_APPLICABLE, NUMBER, codes)
            codes = np.where(counted, np.maximum(so_far, cell.codes), codes).astype(np.int8)
        if field.over_year is Over.MEAN:
            total = total / self.block.due_count
        return Column(np.where(codes == NUMBER, total, np.nan), codes)

    def _is_last_due(self, quarter: int) -> Flags:
        later = [each.is_due for each in self.block.quarters[quarter + 1 :]]
        own = self.block.quarters[quarter].is_due
        is_due = np.ones(self.block.count, dtype=bool) if own is None else own
        return reduce(lambda so_far, each: so_far & ~each, [each for each in later if each is not None], is_due)

    # The formula itself, node by node.

    def _compute(self, node: Node, values: Values) -> Column:
        match node:
            case Number():
                return self._numbers(np.full(self.block.count, node.value))
            case Name():
                return values[node.code]
            case Negative():
                inner = self._compute(node.inner, values)
                return replace(inner, values=-inner.values)
            case Arithmetic():
                return _arithmetic(node.operator, self._compute(node.left, values), self._compute(node.right, values))
            case Sum():
                return _sum([self._compute(item, values) for item in node.items])
            case Comparison():
                left, right = self._compute(node.left, values), self._compute(node.right, values)
                truth = _COMPARED[node.operator](left.values, right.values)
                return Column(truth.astype(np.float64), np.maximum(left.codes, right.codes))
            case Logic():
                left, right = self._compute(node.left, values), self._compute(node.right, values)
                return _logic(left, right, deciding=node.operator == "or")
            case Not():
                inner = self._compute(node.inner, values)
                return replace(inner, values=1.0 - inner.values)
            case If():
                return self._choice(node, values)
        raise TypeError(f"no formula has a {type(node).__name__}")

    def _choice(self, node: If, values: Values) -> Column:
        condition = self._compute(node.condition, values)
        then, otherwise = self._compute(node.then, values), self._compute(node.otherwise, values)
        holds = condition.values == 1
        codes = np.where(holds, then.codes, otherwise.codes)
        return Column(
            np.where(holds, then.values, otherwise.values),
            np.where(condition.codes == NUMBER, codes, condition.codes).astype(np.int8),
        )


def _either(one: Flags | None, two: Flags | None) -> Flags | None:
    return two if one is None else one if two is None else one | two


def _arithmetic(operator: str, left: Column, right: Column) -> Column:
    if operator == "/":
        return _divided(left, right)
    codes = np.maximum(left.codes, right.codes)
    if operator == "*":
        return Column(left.values * right.values, codes)
    return Column(left.values + right.values if operator == "+" else left.values - right.values, codes)


def _divided(left: Column, right: Column) -> Column:
    codes = np.maximum(left.codes, right.codes)
    codes[(codes == NUMBER) & (right.values == 0)] = UNDEFINED
    return Column(left.values / right.values, codes)


def _sum(items: list[Column]) -> Column:
    total = np.zeros(len(items[0].values))
    codes = np.full(len(total), NOT_APPLICABLE, dtype=np.int8)
    for item in items:
        counted = item.codes != NOT_APPLICABLE
        total = np.where(counted, total + item.values, total)
        so_far = np.where(codes == NOT_APPLICABLE, NUMBER, codes)
        codes = np.where(counted, np.maximum(so_far, item.codes), codes).astype(np.int8)
    return Column(total, codes)


def _logic(left: Column, right: Column, *, deciding: bool) -> Column:
    """``and``: a known false decides; ``or``: a known true does."""
    decided = ((left.codes == NUMBER) & (left.values == float(deciding))) | (
        (right.codes == NUMBER) & (right.values == float(deciding))
    )
    codes = np.where(decided, NUMBER, np.maximum(left.codes, right.codes)).astype(np.int8)
    return Column(np.where(decided, float(deciding), float(not deciding)), codes)
