"""How services stand on the measures of the norms, as exactly as the reader may know."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from portal.benchmarking import queries
from portal.benchmarking.metrics import evaluate, returns_of
from portal.benchmarking.metrics.returns import CELL_COLUMNS
from portal.benchmarking.norms import lines_of, norm_on
from portal.benchmarking.service.norms import current_norms
from portal.benchmarking.service.region import Wish, standing, state_of_number
from portal.benchmarking.service.releases import shipped_catalogue
from portal.benchmarking.types import ALL_FORMS, Line, Measure, Norm
from portal.catalog.types import service_types
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.disclosure import (
    DisclosedFrame,
    FigureState,
    exact_for_region,
    own_for_provider,
)
from portal.returns.types import Cells, Period


@dataclass(frozen=True)
class Comparison:
    """All services of a type on one line in one quarter, for the kraj.

    ``services``: as of ``Standing``, ``value`` and ``norm`` as shares, ``numerator`` in hours or bed-days,
    ``denominator`` in the same unit; by the register's numbers. ``group``: rows ``statistic`` ("median").
    """

    line: Line
    period: Period
    norm: Norm | None
    counted: int  # services with a number
    without_return: int  # services whose return was not accepted
    without_number: int  # services with a return, but without this figure
    group: DisclosedFrame
    services: DisclosedFrame

    @property
    def missing(self) -> int:
        return self.without_return + self.without_number


def list_periods(ico: str | None = None) -> list[Period]:
    """Quarters that can be compared, the latest first: those with an accepted return (of the provider)."""
    return [Period.parse(text) for text in queries.compared_periods(ico)]


def list_lines(type_code: str, norms: Sequence[Norm] | None = None) -> list[Line]:
    """What can be compared among the services of a type: lines that have a norm first, then the other forms.

    ``norms``: those in force, read when not given. Raises Invalid for an unknown type.
    """
    _check_type(type_code)
    norms = current_norms() if norms is None else norms
    forms = service_types()[type_code].forms
    possible = [Line(type_code, Measure.DIRECT_WORK, ALL_FORMS)]
    if len(forms) > 1:
        possible += [Line(type_code, Measure.DIRECT_WORK, str(form)) for form in forms]
    if "residential" in forms:
        possible.append(Line(type_code, Measure.OCCUPANCY, "residential"))
    return list(dict.fromkeys([*lines_of(norms, type_code), *possible]))


def list_normed_lines(type_code: str, norms: Sequence[Norm] | None = None) -> list[Line]:
    """The lines of a type that have a norm, in the order of the norms. Raises Invalid for an unknown type."""
    _check_type(type_code)
    return lines_of(current_norms() if norms is None else norms, type_code)


def compare(actor: Actor, period: Period, type_code: str, line: Line | None = None) -> Comparison:
    """All services of a type on one line (by default the first with a norm), exactly.

    A service is compared when it worked in the quarter and has the form; one without an accepted return is listed as
    not supplied. The norm is the one valid on the last day of the quarter.

    Raises Forbidden for actors who may not see all services, Invalid for an unknown type or another type's line.
    """
    lines = list_lines(type_code)
    line = line or lines[0]
    if line not in lines:
        raise Invalid(_m("Services of this type are not compared in this way."))
    found = standing(actor, Wish(type_code, line.measure.metric, line.form, period))
    median = found.statistics.median
    group = pd.DataFrame([{"statistic": "median", "value": median, "state": state_of_number(median)}])
    return Comparison(
        line=line,
        period=period,
        norm=found.norm,
        counted=found.statistics.n,
        without_return=found.without_return,
        without_number=found.without_number,
        group=exact_for_region(group.astype({"value": float}), actor),
        services=found.services,
    )


def figures_of_return(
    actor: Actor, *, ico: str, type_code: str, forms: Collection[str], cells: Cells, period: Period
) -> DisclosedFrame:
    """What the cells of one return come to on the lines that have a norm for the service: own figures, exactly.

    Columns ``provider_ico``, ``type_code``, ``measure``, ``form``, ``value``, ``state``, ``norm``. Raises Forbidden for
    actors who may not see the provider's figures.
    """
    rows = [
        (0, str(period), key.form, key.field, cell.state, float("nan") if cell.number is None else float(cell.number))
        for key, cell in cells.items()
    ]
    frame = pd.DataFrame(rows, columns=["service_id", "period", *CELL_COLUMNS[1:]])
    returns = returns_of(frame, {key.field for key in cells} or {""})
    catalogue = shipped_catalogue()
    found = []
    norms = current_norms()
    for line in list_normed_lines(type_code, norms):
        if line.form == ALL_FORMS or line.form in forms:
            figure = evaluate(catalogue, line.measure.metric, returns, forms=[line.form])
            state, value = (FigureState.NOT_SUPPLIED, None) if figure.empty else figure.iloc[0][["state", "value"]]
            norm = _share_of(norm_on(norms, line, period.last_day))
            found.append((ico, type_code, str(line.measure), line.form, value, state, norm))
    columns = ["provider_ico", "type_code", "measure", "form", "value", "state", "norm"]
    return own_for_provider(pd.DataFrame(found, columns=columns).astype({"value": float, "norm": float}), actor)


def _check_type(type_code: str) -> None:
    if type_code not in service_types():
        raise Invalid(
            _m("“%(code)s” is not a type of social service. Write its section, for example 46.", code=type_code)
        )


def services_frame(rows: Sequence[Any]) -> pd.DataFrame:
    """One row for each service, with the set of its forms."""
    columns = ["service_id", "register_id", "provider_ico", "provider_name", "service_name", "type_code", "form"]
    frame = pd.DataFrame(rows, columns=columns).astype({"service_id": "int64", "register_id": "int64"})
    forms: dict[int, set[str]] = {}
    for service_id, form in zip(frame["service_id"], frame["form"], strict=True):
        forms.setdefault(service_id, set()).add(form)
    unique = frame.drop(columns="form").drop_duplicates("service_id")
    return unique.assign(forms=unique["service_id"].map(forms)).reset_index(drop=True)


def _share_of(norm: Norm | None) -> float:
    return float("nan") if norm is None else float(norm.share)


def list_own_providers(actor: Actor) -> list[tuple[str, str]]:
    """IČO and name of the providers whose own report the actor reads, by IČO; empty for the region's roles."""
    icos = actor.provider_icos(Permission.COMPARE_OWN)
    return queries.provider_names(icos) if icos else []


def list_compared_types(period: Period) -> list[str]:
    """Types with an accepted return in the quarter, in the order of the Act."""
    found = queries.compared_types(period)
    return [code for code in service_types() if code in found]
