"""Pages of the metrics.

The planner comes here before a new look at the services is wanted: it thinks in its own words ("costs for one hour")
and fears to define something that quietly counts wrong. So the fields stand beside the formula, a fault points at its
place, and a trial shows what comes out before anything is saved.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from portal.benchmarking import service
from portal.benchmarking.metrics import FormulaError, MetricVersion
from portal.benchmarking.metrics.types import BASE_UNITS, SHARE, Unit, parse_unit
from portal.benchmarking.metrics.words import UNITS, unit_name
from portal.benchmarking.service.metrics import metric_labels, return_fields
from portal.benchmarking.views.blueprint import bp
from portal.benchmarking.words import DIRECTIONS, FORMS, STATES, UNIT_SHARE
from portal.core.clock import today
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.messages import Message
from portal.core.permissions import Permission
from portal.core.transaction import ConstraintViolated, transaction
from portal.returns.types import Period
from portal.web.formats import number, percent
from portal.web.gate import current_actor, requires
from portal.web.languages import current_language, say

Page = str | Response | tuple[str, int]
Errors = dict[str, list[Any]]


@bp.get("/srovnani/ukazatele", endpoint="metrics")
@requires(Permission.METRIC_READ)
def list_metrics() -> str:
    """All metrics with formula, unit and validity."""
    return render_template(
        "benchmarking/metrics.html",
        rows=service.list_metrics(),
        language=current_language(),
        unit_words=_unit_words,
        forms=FORMS,
        directions=DIRECTIONS,
        may_edit=current_actor().can(Permission.METRIC_EDIT),
    )


@bp.get("/srovnani/ukazatele/novy")
@requires(Permission.METRIC_EDIT)
def new_metric() -> Page:
    """An empty form of a metric."""
    return _form(service.Draft(first_period=str(Period.of(today()))), None)


@bp.post("/srovnani/ukazatele/novy")
@requires(Permission.METRIC_EDIT)
def define_metric() -> Page:
    """Try or save a new metric."""
    return _try_or_save(None)


@bp.get("/srovnani/ukazatele/<name>")
@requires(Permission.METRIC_EDIT)
def edit_metric(name: str) -> Page:
    """The latest version of a metric of the region."""
    return _form(service.get_draft(name), name)


@bp.post("/srovnani/ukazatele/<name>")
@requires(Permission.METRIC_EDIT)
def change_metric(name: str) -> Page:
    """Try or save a change of a metric, or a new version of it."""
    service.get_draft(name)  # answers a missing one as such before anything else is said
    return _try_or_save(name)


def _try_or_save(name: str | None) -> Page:
    draft = _draft(name)
    try:
        if request.form.get("do") == "preview":
            preview = service.preview_metric(current_actor(), draft)
            return _form(draft, name, preview=preview, is_tried=True)
        with transaction():
            service.save_metric(current_actor(), draft, name=name)
    except Invalid as error:
        return _form(draft, name, errors=error.fields), 422
    except Forbidden as error:
        return _form(draft, name, notice=error.message)
    except Conflict as error:
        stored = error.current["draft"]
        assert isinstance(stored, service.Draft)
        return _form(replace(draft, seen=stored.seen), name, stored=stored), 409
    except ConstraintViolated:
        return _form(draft, name, notice=None, stored=None, is_clash=True), 409
    flash(gettext("The metric is saved."), "success")
    return redirect(url_for("benchmarking.metrics"))


def _draft(name: str | None) -> service.Draft:
    given = request.form
    texts = ("label_cs", "label_en", "unit", "formula", "decimals", "service_types", "direction")
    return service.Draft(
        name=name or given.get("name", "").strip(),
        forms=tuple(given.getlist("forms")),
        **{key: given.get(key, "") for key in (*texts, "note_cs", "note_en", "first_period", "seen")},
    )


def _form(draft: service.Draft, name: str | None, *, errors: Any = None, **shown: Any) -> str:
    period = Period.of(today())
    said, summary = _said(errors or {})
    return render_template(
        "benchmarking/metric.html",
        draft=draft,
        name=name,
        errors=said,
        summary=summary,
        fields=[(f.code, f.label.of(current_language()), say(UNITS[f.unit]), f.unit) for f in return_fields()],
        metrics=[
            (code, label.of(current_language()))
            for code, label in metric_labels(service.current_catalogue(), period)
            if code != name
        ],
        units=[(SHARE, say(UNIT_SHARE)), *((code, say(UNITS[code])) for code in (*BASE_UNITS, "bed_days"))],
        form_choices=[(code, say(words)) for code, words in FORMS.items()],
        direction_choices=[(str(code), say(words)) for code, words in DIRECTIONS.items()],
        **{"preview": None, "is_tried": False, "notice": None, "stored": None, "is_clash": False, **shown},
        figure=_figure,
        forms=FORMS,
        states=STATES,
        unit_words=_unit_words,
    )


def _said(errors: dict[str, list[Message]]) -> tuple[Errors, Errors]:
    """Faults for the fields and for the summary; the pointer into the formula keeps its spaces, beside the field."""
    fields: Errors = {}
    summary: Errors = {}
    for key, messages in errors.items():
        for sentence in map(say, messages):
            head, _, pointer = sentence.partition("\n")
            fields.setdefault(key, []).append(escape(head) + _shown_pointer(pointer))
            summary.setdefault(key, []).append(head)
    return fields, summary


def _shown_pointer(pointer: str) -> Markup:
    """Line and carets one above the other; a <br> since the form's macro would indent a second line of text."""
    if not pointer:
        return Markup()
    return Markup('<code class="formula-pointer">{}</code>').format(Markup("<br>").join(pointer.split("\n")))


def _unit_words(code: str) -> str:
    if code == SHARE:
        return say(UNIT_SHARE)
    try:
        unit: Unit = parse_unit(code)
    except (Invalid, FormulaError):
        return code
    return say(unit_name(unit))


def _figure(value: float, version: MetricVersion) -> str:
    """A value as people read it: a share in per cent, others with their unit."""
    if version.unit == SHARE:
        return percent(value, version.decimals)
    unit = parse_unit(version.unit)
    shown = number(value, version.decimals)
    return shown if unit.is_plain else f"{shown}\u00a0{say(unit_name(unit))}"
