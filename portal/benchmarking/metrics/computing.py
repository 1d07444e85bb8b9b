"""One program on one block of rows; the rules stand at the top of ``evaluation``. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
    names_in,
)
from portal.benchmarking.metrics.returns import (
    ABSENT,
    NOT_APPLICABLE,
    NOT_SUPPLIED,
    NUMBER,
    Codes,
    Column,
    Floats,
    Whole,
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
        node = program.node
        if isinstance(node, Arithmetic) and node.operator == "/":
            left, right = self._compute(node.left, values), self._compute(node.right, values)
            result, without = self._finished(program, _divided(left, right), is_lost)
            figures = Figures(result, _blanked(left.values, without), _blanked(right.values, without))
        else:
            result, _ = self._finished(program, self._compute(node, values), is_lost)
            nothing = np.full(self.block.count, np.nan)
            figures = Figures(result, nothing, nothing)
        self.known[id(program)] = result
        return figures

    def _finished(self, program: Program, result: Column, is_lost: Flags | None) -> tuple[Column, Whole]:
        """The result with what holds for the whole of it, and the places of its rows that have no number."""
        codes = np.maximum(result.codes, ~np.isfinite(result.values))  # a number out of all bounds is undefined
        if is_lost is not None:
            codes = np.maximum(codes, is_lost * np.int8(NOT_SUPPLIED))
        if program.service_types is not None and self.block.type_place is not None:
            foreign = [name not in program.service_types for name in self.block.returns.types]
            codes_of_types = np.array([*foreign, True], dtype=np.int8) * np.int8(NOT_APPLICABLE)  # -1 finds the last
            codes = np.maximum(codes, codes_of_types[self.block.type_place])
        without = _without_number(codes)
        return Column(_blanked(result.values, without), codes), without

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
        absent = {code: column.codes == ABSENT for code, column in cells.items() if column is not None}
        if not absent:
            return dict.fromkeys(cells, self._nothing(np.full(self.block.count, NOT_APPLICABLE, dtype=np.int8)))
        # NOT_SUPPLIED is one less than NOT_APPLICABLE, and that one less than ABSENT.
        is_alone = reduce(np.logical_and, absent.values())
        stands_for_absent = is_alone + np.int8(NOT_SUPPLIED)
        return {
            code: self._nothing(stands_for_absent)
            if column is None
            else Column(column.values, column.codes - absent[code] * (ABSENT - stands_for_absent))
            if absent[code].any()
            else column
            for code, column in cells.items()
        }

    def _nothing(self, codes: Codes) -> Column:
        return Column(np.full(self.block.count, np.nan), codes)

    def _joined(self, program: Program, parts: dict[Part, Values], factors: Values) -> dict[str, Column]:
        taking_part = self._taking_part(program, parts, factors)
        joined = {}
        for field in program.fields.values():
            own = [part for part, cells in parts.items() if field.code in cells]
            joined[field.code] = self._total(field, own, parts, taking_part)
        return joined

    def _taking_part(self, program: Program, parts: dict[Part, Values], factors: Values) -> dict[Part, Flags]:
        """Where the formula is applicable in each part alone."""
        neutral = {name: self._numbers(column.values) for name, column in factors.items()}
        depends_on_states_alone = _depends_on_states_alone(program.node)
        found: dict[Part, Flags] = {}
        for quarter, own in enumerate(self.block.quarters):
            neutral = {**neutral, "days": self._numbers(own.days), "fund": self._numbers(own.fund)}
            of_service = parts.get((ALL, quarter), {})
            forms = [form for form, q in parts if q == quarter and form != ALL]
            for form in forms or [ALL]:
                cells = {**of_service, **parts[form, quarter]}
                if depends_on_states_alone:
                    found[form, quarter] = self._applies(program.node, cells)
                else:
                    codes = self._compute(program.node, {**neutral, **cells}).codes
                    found[form, quarter] = codes != NOT_APPLICABLE
            if forms:
                found[ALL, quarter] = reduce(np.logical_or, [found[form, quarter] for form in forms])
        return found

    def _applies(self, node: Node, cells: Values) -> Flags:
        """Where a formula without conditions is applicable; numbers, factors and other metrics always are."""
        if isinstance(node, Name) and node.code in cells:
            applies: Flags = cells[node.code].codes != NOT_APPLICABLE
            return applies
        names = [name for name in names_in(node).values() if name.code in cells] if node.parts else []
        if not names:
            return np.ones(self.block.count, dtype=bool)
        join = np.logical_or if isinstance(node, Sum) else np.logical_and
        return reduce(join, [self._applies(part, cells) for part in node.parts])

    def _total(
        self, field: Field, own: list[Part], parts: dict[Part, Values], taking_part: dict[Part, Flags]
    ) -> Column:
        worst = np.full(self.block.count, _NONE_YET, dtype=np.int8)
        total, lost_digits = np.zeros(self.block.count), np.zeros(self.block.count)
        for number, part in enumerate(sorted(own, key=lambda part: (part[1], part[0]))):
            cell = parts[part][field.code]
            counted = taking_part[part] & (cell.codes != NOT_APPLICABLE)
            if field.over_year is Over.LAST:
                counted &= self._is_last_due(part[1])
            worst = _worse(worst, cell.codes, counted)
            if len(own) == 1:
                total = cell.values.copy()  # what is not counted has no number in the end
                break
            rows = np.flatnonzero(counted)
            if number == 0:
                total[rows] = cell.values[rows]
            else:
                so_far, step = total[rows], cell.values[rows] - lost_digits[rows]
                grown = so_far + step
                lost_digits[rows] = (grown - so_far) - step
                total[rows] = grown
        if field.over_year is Over.MEAN and len(self.block.quarters) > 1:
            total = total / self.block.due_count
        return _column_of(total, worst)

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
                return Column(-inner.values, inner.codes)
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
                return Column(1.0 - inner.values, inner.codes)
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
    codes = np.maximum(np.maximum(left.codes, right.codes), right.values == 0)  # at least undefined
    return Column(left.values / right.values, codes)


def _sum(items: list[Column]) -> Column:
    total = np.zeros(len(items[0].values))
    worst = np.full(len(total), _NONE_YET, dtype=np.int8)
    for item in items:
        counted = item.codes != NOT_APPLICABLE
        rows = np.flatnonzero(counted)
        total[rows] += item.values[rows]
        worst = _worse(worst, item.codes, counted)
    return _column_of(total, worst)


# States are chosen by arithmetic on small whole numbers and numbers by the places of rows: both are several times
# faster than choosing row by row whether a condition holds.

_NONE_YET = -1  # the worst of no states


def _worse(worst: Codes, codes: Codes, counted: Flags) -> Codes:
    """The worst states so far and those of the rows that are counted."""
    own: Codes = codes * counted + (counted - np.int8(1))
    return np.maximum(worst, own)


def _column_of(total: Floats, worst: Codes) -> Column:
    """A total with the worst state of what was counted; nothing counted is not applicable."""
    codes = worst + (worst == _NONE_YET) * np.int8(NOT_APPLICABLE - _NONE_YET)
    total[_without_number(codes)] = np.nan  # it was added up here and belongs to nobody else
    return Column(total, codes)


def _without_number(codes: Codes) -> Whole:
    """The places of rows that have no number."""
    return np.flatnonzero(codes != NUMBER)


def _blanked(values: Floats, places: Whole) -> Floats:
    blanked = values.copy()
    blanked[places] = np.nan
    return blanked


def _depends_on_states_alone(node: Node) -> bool:
    """Whether a formula is applicable or not whatever the numbers are: without conditions it is so."""
    return not isinstance(node, If | Logic) and all(_depends_on_states_alone(part) for part in node.parts)


def _logic(left: Column, right: Column, *, deciding: bool) -> Column:
    """``and``: a known false decides; ``or``: a known true does."""
    decided = ((left.codes == NUMBER) & (left.values == float(deciding))) | (
        (right.codes == NUMBER) & (right.values == float(deciding))
    )
    codes = np.where(decided, NUMBER, np.maximum(left.codes, right.codes)).astype(np.int8)
    return Column(np.where(decided, float(deciding), float(not deciding)), codes)
