"""The lines on which the groups of a quarter are published, and what each service contributes to them. Pure.

Groups are those of the metrics that come with the portal. A metric defined by the region has none: its formula could
be written so that it tells about single providers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from portal.benchmarking.metrics import Catalogue, Program, Returns, evaluate
from portal.benchmarking.metrics.nodes import Arithmetic, Name, Node, Number, names_in
from portal.benchmarking.types import ALL_FORMS, Line
from portal.catalog.types import service_types
from portal.disclosure import GroupLine
from portal.returns.types import Period

CONTRIBUTION_COLUMNS = ("type_code", "metric", "form", "provider_ico", "numerator", "denominator")

_OF_THE_QUARTER = ("days", "fund")  # the same for everybody, so they part no two quantities


def group_lines(catalogue: Catalogue, period: Period, normed: Iterable[Line]) -> tuple[GroupLine, ...]:
    """Every line of a quarter, for each type the most important first.

    Those with a norm come first, then the service as a whole, then single forms; metrics in their order. A type that
    is provided in one form only has no second line for it.
    """
    ratios = [
        program
        for program in (catalogue.program(name, period) for name in catalogue if catalogue.version(name, period))
        if isinstance(program.node, Arithmetic) and program.node.operator == "/"
    ]
    with_norm = {(line.type_code, line.measure.metric, line.form) for line in normed}
    found = []
    for code, kind in service_types().items():
        own = [
            _line(program, code, form)
            for program in ratios
            if program.service_types is None or code in program.service_types
            for form in _forms(program, tuple(map(str, kind.forms)), {key for key in with_norm if key[0] == code})
        ]
        found += sorted(own, key=lambda line: (line.key not in with_norm, line.form != ALL_FORMS))
    return tuple(found)


def _forms(program: Program, forms: tuple[str, ...], with_norm: set[tuple[str, str, str]]) -> list[str]:
    """Of the forms that the metric is counted for those in which services of the type are compared."""
    normed = {form for _, metric, form in with_norm if metric == program.version.name}
    wanted = {*forms, ALL_FORMS} if len(forms) > 1 else {ALL_FORMS}
    if ALL_FORMS not in program.forms:
        wanted = set(forms)
    elif len(forms) == 1 and normed:
        wanted = normed
    return [form for form in program.forms if form in wanted | normed]


def _line(program: Program, type_code: str, form: str) -> GroupLine:
    assert isinstance(program.node, Arithmetic)
    sides = [_quantity(program, side, form) for side in (program.node.left, program.node.right)]
    return GroupLine(type_code, program.version.name, form, *sides)


def _quantity(program: Program, side: Node, form: str) -> str:
    """What one side of a ratio is the sum of: fields, and the form they are summed over.

    Fields asked in one form only are the same for that form and for the whole.
    """
    asked = {program.fields[code].forms for code in names_in(side) if code in program.fields}
    only = next(iter(asked)) if len(asked) == 1 else ()
    return f"{_text(side)} {only[0] if len(only) == 1 else form}"


def _text(node: Node) -> str:
    if isinstance(node, Name):
        return "" if node.code in _OF_THE_QUARTER else node.code
    if isinstance(node, Number):
        return str(node.value)
    parts = sorted(text for text in map(_text, node.parts) if text)
    sign = node.operator if isinstance(node, Arithmetic) else type(node).__name__.lower()
    return parts[0] if len(parts) == 1 else f"({f' {sign} '.join(parts)})"


def needed_fields(catalogue: Catalogue, period: Period) -> frozenset[str]:
    """Codes of the fields that the metrics of a quarter need."""
    programs = [catalogue.program(name, period) for name in catalogue if catalogue.version(name, period)]
    return frozenset[str]().union(*(program.needs for program in programs))


def contributions_to(
    lines: Sequence[GroupLine], catalogue: Catalogue, returns: Returns, period: Period, services: pd.DataFrame
) -> pd.DataFrame:
    """One row (CONTRIBUTION_COLUMNS) for each service and line on which it has a number.

    ``services``: ``service_id``, ``type_code`` and ``provider_ico`` of each service that has a return.
    """
    figures = [
        evaluate(catalogue, metric, returns, [period]).astype({"form": object}).assign(metric=metric)
        for metric in dict.fromkeys(line.metric for line in lines)
    ]
    known = services[["service_id", "type_code", "provider_ico"]]
    joined = pd.concat(figures, ignore_index=True).merge(known, on="service_id")
    listed = pd.DataFrame([line.key for line in lines], columns=["type_code", "metric", "form"])
    with_number = joined[joined["value"].notna()].merge(listed, on=["type_code", "metric", "form"])
    return with_number[list(CONTRIBUTION_COLUMNS)]
