"""Metrics of the region: how one is drafted, tried, defined and changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from portal.benchmarking import queries
from portal.benchmarking.metrics import Catalogue, Direction, FormulaError, MetricVersion, parse, state_counts
from portal.benchmarking.metrics.shipped import check_shape
from portal.benchmarking.metrics.types import NAME, RESERVED, parse_unit
from portal.benchmarking.models import Metric, MetricFormula
from portal.benchmarking.service.metrics import (
    current_catalogue,
    figures_of,
    return_fields,
    shipped_metrics,
    versions_of,
)
from portal.benchmarking.service.values import start_recompute
from portal.catalog.types import service_types
from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Actor, Permission
from portal.core.quantiles import percentile
from portal.disclosure import DisclosedFrame, FigureState, exact_for_region
from portal.returns.types import ALL, FORMS, LocalText, Period

PREVIEW_ROWS = 8
MAX_LABEL, MAX_NOTE = 200, 2000

Faults = dict[str, list[Message]]

audit.name_actions(
    {"metric.defined": _m("Metric defined"), "metric.changed": _m("Metric changed")}, kinds={"metric": _m("metric")}
)


@dataclass(frozen=True)
class Draft:
    """What a person typed about a metric, untouched."""

    name: str = ""
    label_cs: str = ""
    label_en: str = ""
    unit: str = ""
    formula: str = ""
    decimals: str = "1"
    forms: tuple[str, ...] = ()
    service_types: str = ""
    direction: str = Direction.NONE
    note_cs: str = ""
    note_en: str = ""
    first_period: str = ""
    seen: str = "0"  # version of the stored metric that the form was drawn with


@dataclass(frozen=True)
class Preview:
    """A metric tried on the latest quarter with accepted returns, for one form (the whole service where it can be)."""

    period: Period
    form: str
    version: MetricVersion
    counts: Mapping[FigureState, int]
    median: float | None
    rows: DisclosedFrame  # some services with FIGURE_COLUMNS


def get_draft(name: str) -> Draft:
    """The latest version of a metric of the region as a form. Raises NotFound, also for shipped ones."""
    metric = queries.stored_metric(name)
    if metric is None:
        raise NotFound(_m("There is no such metric."))
    version = versions_of(metric)[-1]
    return draft_of(version, seen=metric.version)


def draft_of(version: MetricVersion, *, seen: int = 0) -> Draft:
    """A version as a form."""
    return Draft(
        name=version.name,
        label_cs=version.label.cs,
        label_en=version.label.en,
        unit=version.unit,
        formula=version.formula,
        decimals=str(version.decimals),
        forms=version.forms,
        service_types=" ".join(sorted(version.service_types or ())),
        direction=str(version.direction),
        note_cs=version.note.cs,
        note_en=version.note.en,
        first_period=str(version.first_period),
        seen=str(seen),
    )


def preview_metric(actor: Actor, draft: Draft) -> Preview | None:
    """What a draft comes to in the latest quarter with accepted returns; None when there is none.

    Raises Forbidden for those who may not define metrics or see all services, Invalid by fields for a draft that
    cannot be meant.
    """
    version, catalogue = _checked(actor, draft)
    if not actor.can(Permission.COMPARE_ALL):
        raise Forbidden(_m("The formula is in order. Figures of services are shown to roles that may compare them."))
    periods = queries.compared_periods()
    if not periods:
        return None
    period = Period.parse(periods[0])
    tried = replace(version, first_period=min(version.first_period, period), last_period=None)
    others = [each for name in catalogue if name != version.name for each in catalogue.versions(name)]
    figures = figures_of(Catalogue([*others, tried], return_fields()), version.name, period)
    form = ALL if figures.empty or figures["form"].eq(ALL).any() else str(figures["form"].iloc[0])
    figures = figures[figures["form"].eq(form)]
    present = figures["value"].dropna()
    with_values_first = figures["value"].isna().sort_values(kind="stable").index
    disclosed = exact_for_region(figures.loc[with_values_first[:PREVIEW_ROWS]], actor)
    median = percentile(present.tolist(), 50) if len(present) else None
    return Preview(period, form, version, state_counts(figures), median, disclosed)


def save_metric(actor: Actor, draft: Draft, *, name: str | None = None) -> str:
    """Define a metric, or change the one of ``name``; its name.

    A quarter in which a version already begins corrects this version; another one begins a new version, which holds
    until the next one. Raises as ``preview_metric``, and Conflict when somebody changed it in between.
    """
    draft = draft if name is None else replace(draft, name=name)
    version, _ = _checked(actor, draft, is_new=name is None)
    metric = queries.stored_metric(version.name)
    if name is not None and metric is None:
        raise NotFound(_m("There is no such metric."))
    if metric is None:
        metric = Metric(name=version.name, version=0)
        db.session.add(metric)
    elif str(metric.version) != draft.seen:
        raise Conflict(
            _m("Somebody changed this metric in the meantime."),
            {"draft": draft_of(versions_of(metric)[-1], seen=metric.version)},
        )
    row = next((each for each in metric.versions if each.first_period == str(version.first_period)), None)
    before = None if row is None else {"formula": row.formula, "unit": row.unit}
    if row is None:
        row = MetricFormula(first_period=str(version.first_period))
        metric.versions.append(row)
    _fill(row, version, actor)
    metric.version += 1
    db.session.flush()
    audit.record(
        actor,
        "metric.defined" if name is None else "metric.changed",
        object_kind="metric",
        object_key=version.name,
        details={
            "before": before,
            "formula": version.formula,
            "unit": version.unit,
            "first_period": str(version.first_period),
        },
    )
    start_recompute(actor, [version.name])
    return version.name


def _fill(row: MetricFormula, version: MetricVersion, actor: Actor) -> None:
    row.label_cs, row.label_en = version.label.cs, version.label.en
    row.unit, row.formula, row.decimals = version.unit, version.formula, version.decimals
    row.forms = " ".join(version.forms)
    row.service_types = None if version.service_types is None else " ".join(sorted(version.service_types))
    row.direction, row.note_cs, row.note_en = str(version.direction), version.note.cs, version.note.en
    row.changed_at_utc, row.changed_by_user_id, row.actor_name = now_utc(), actor.user_id, actor.name


def _checked(actor: Actor, draft: Draft, *, is_new: bool = False) -> tuple[MetricVersion, Catalogue]:
    """The version of a draft and all metrics with it. Raises Forbidden, Invalid by fields."""
    if not actor.can(Permission.METRIC_EDIT):
        raise Forbidden(_m("Your role does not define metrics."))
    catalogue = current_catalogue()
    faults = _faults_of_words(draft, catalogue, is_new=is_new)
    version = None if faults else _version_of_draft(draft, faults)
    if version is None:
        raise Invalid(_m("Please correct the following"), faults)
    tried = _with(catalogue, version)
    for period in [each for each in (version.first_period, *tried.changes()) if each >= version.first_period]:
        if tried.version(version.name, period) is None:
            continue
        try:
            tried.program(version.name, period)
        except FormulaError as error:
            raise Invalid(_m("Please correct the following"), {"formula": [_pointed(error, draft)]}) from error
        _check_others(catalogue, tried, version.name, period)
    return version, tried


def _with(catalogue: Catalogue, version: MetricVersion) -> Catalogue:
    """All metrics with a version put among those of its name."""
    own = {each.first_period: each for each in catalogue.versions(version.name)}
    own[version.first_period] = version
    ordered = [own[period] for period in sorted(own)]
    ended = [replace(one, last_period=two.first_period.previous) for one, two in pairwise(ordered)]
    others = [each for name in catalogue if name != version.name for each in catalogue.versions(name)]
    return Catalogue([*others, *ended, replace(ordered[-1], last_period=None)], return_fields())


def _check_others(before: Catalogue, after: Catalogue, changed: str, period: Period) -> None:
    """No metric that could be evaluated before may fail because of the change."""
    for name in before:
        if name != changed and before.version(name, period) is not None and _works(before, name, period):
            try:
                after.program(name, period)
            except FormulaError as error:
                sentence = _m(
                    "The metric “%(name)s” uses this one and could not be evaluated any more: %(fault)s",
                    name=name,
                    fault=error.message,
                )
                raise Invalid(_m("Please correct the following"), {"formula": [sentence]}) from error


def _works(catalogue: Catalogue, name: str, period: Period) -> bool:
    try:
        catalogue.program(name, period)
    except FormulaError:
        return False
    return True


def _pointed(error: FormulaError, draft: Draft) -> Message:
    """What is wrong, and the line of the formula with carets under the place."""
    pointer = error.place.pointer(draft.formula.replace("\r\n", "\n"))
    return _m(
        "Line %(line)s, character %(column)s: %(fault)s\n%(pointer)s",
        line=error.place.line,
        column=error.place.column,
        fault=error.message,
        pointer=pointer,
    )


def _fault_of_name(name: str, catalogue: Catalogue, *, is_new: bool) -> Message | None:
    if not NAME.fullmatch(name) or name in RESERVED:
        return _m("Write lower-case letters without accents, digits and _, for example cost_per_visit.")
    if name in catalogue.fields:
        return _m("A field of the return is called so. Choose another name.")
    if name in {version.name for version in shipped_metrics()} or (is_new and name in catalogue):
        return _m("There is a metric of this name already.")
    return None


def _faults_of_words(draft: Draft, catalogue: Catalogue, *, is_new: bool) -> Faults:
    faults: Faults = {}
    if fault := _fault_of_name(draft.name.strip(), catalogue, is_new=is_new):
        faults["name"] = [fault]
    for key, text in (("label_cs", draft.label_cs), ("label_en", draft.label_en)):
        if not 0 < len(text.strip()) <= MAX_LABEL:
            faults[key] = [_m("Write what people will read, at most %(most)s characters.", most=MAX_LABEL)]
    for key, text in (("note_cs", draft.note_cs), ("note_en", draft.note_en)):
        if len(text) > MAX_NOTE:
            faults[key] = [_m("The note is longer than %(most)s characters.", most=MAX_NOTE)]
    if not draft.decimals.isascii() or draft.decimals not in list("01234"):
        faults["decimals"] = [_m("Write a number from 0 to 4.")]
    if unknown := [code for code in draft.service_types.split() if code not in service_types()]:
        faults["service_types"] = [_m("“%(code)s” is not a type of social service.", code=unknown[0])]
    if draft.direction not in list(Direction):
        faults["direction"] = [_m("Choose which way is good.")]
    if any(form not in FORMS for form in draft.forms):
        faults["forms"] = [_m("Choose among the forms offered.")]
    return faults


def _version_of_draft(draft: Draft, faults: Faults) -> MetricVersion | None:
    """None with ``faults`` filled when unit, formula or quarter cannot be read."""
    formula = draft.formula.replace("\r\n", "\n").rstrip()
    period = None
    try:
        period = Period.parse(draft.first_period.strip())
    except Invalid as error:
        faults["first_period"] = [error.message]
    try:
        parse_unit(draft.unit.strip())
    except Invalid as error:
        faults["unit"] = [error.message]
    try:
        parse(draft.formula.replace("\r\n", "\n"))
    except FormulaError as error:
        faults["formula"] = [_pointed(error, draft)]
    if period is None or faults:
        return None
    version = MetricVersion(
        name=draft.name.strip(),
        label=LocalText(draft.label_cs.strip(), draft.label_en.strip()),
        unit=draft.unit.strip(),
        formula=formula,
        decimals=int(draft.decimals),
        forms=draft.forms,
        service_types=frozenset(draft.service_types.split()) or None,
        direction=Direction(draft.direction),
        note=LocalText(draft.note_cs.strip(), draft.note_en.strip()),
        first_period=period,
    )
    check_shape(version, service_types())
    return version
