"""What the pages of the comparison are asked for by their permanent address: type, metric, form, time, group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from portal.benchmarking import service
from portal.benchmarking.metrics import Catalogue, Span, Year, last_quarter, parse_span
from portal.benchmarking.scribe import label_of
from portal.benchmarking.service.groups import Kind, SavedGroup, list_groups, parse_group
from portal.benchmarking.service.metrics import current_catalogue
from portal.benchmarking.service.region import Wish, check_type, forms_of, usual_form
from portal.benchmarking.standing import SIZES, SizeClass
from portal.benchmarking.types import ALL_FORMS, Measure
from portal.benchmarking.words import FORMS
from portal.catalog.types import service_types
from portal.core.errors import Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor
from portal.returns.types import Period
from portal.web.formats import number
from portal.web.languages import current_language, say

BEFORE = "pro_druh"  # the type that a form's other choices were drawn for; another type takes them as its own do


@dataclass(frozen=True)
class Asked:
    """The wish of an address with what is needed to draw the choices around it."""

    wish: Wish
    catalogue: Catalogue
    periods: Sequence[Period]  # with accepted returns, the latest first

    def address(self, endpoint: str, **changes: Any) -> str:
        """Permanent address of a page about the same, with changes."""
        wish = self.wish
        arguments = {
            "druh": wish.type_code,
            "ukazatel": wish.metric,
            "forma": wish.form,
            "obdobi": str(wish.span),
            "skupina": None if wish.group is None else str(wish.group),
        }
        return url_for(endpoint, **{**arguments, **changes})


def ask(actor: Actor) -> Asked | None:
    """Read the address; what it leaves out is the latest quarter, its first type and that type's first line.

    None when nothing has been accepted and no period is given. Raises Invalid for what cannot be meant.
    """
    given = request.args
    periods = service.list_periods()
    span: Span | None = parse_span(given["obdobi"]) if given.get("obdobi") else (periods[0] if periods else None)
    if span is None:
        return None
    type_code = given.get("druh") or _first_type(span)
    check_type(type_code)
    catalogue = current_catalogue()
    before = given.get(BEFORE, type_code)
    moved = before != type_code and before in service_types()
    metric, form = _metric_and_form(catalogue, given, type_code, span, before if moved else None)
    forms = service_types()[type_code].forms
    if form != ALL_FORMS and form not in forms:
        if not moved:
            raise Invalid(_m("Services of this type are not compared in this way."))
        form = ALL_FORMS
    group = None if moved else parse_group(actor, given.get("skupina", ""))
    return Asked(Wish(type_code, metric, form, span, group), catalogue, periods)


def _first_type(span: Span) -> str:
    return next(iter(service.list_compared_types(last_quarter(span))), next(iter(service_types())))


def _metric_and_form(
    catalogue: Catalogue, given: Mapping[str, str], type_code: str, span: Span, before: str | None
) -> tuple[str, str]:
    """As chosen; the first line of the type where nothing was, or where the first line of the type before stands."""
    if not given.get("ukazatel"):
        return _first_line(type_code)
    metric = metric_of(given["ukazatel"])
    if before is not None and (metric, given.get("forma")) == _first_line(before):
        return _first_line(type_code)
    try:
        return metric, given.get("forma") or usual_form(catalogue, metric, span)
    except NotFound as error:
        raise Invalid(error.message) from error


def _first_line(type_code: str) -> tuple[str, str]:
    line = service.list_lines(type_code)[0]
    return line.measure.metric, line.form


def metric_of(text: str) -> str:
    """A metric by its name; the measures of the norms had names of their own in former addresses."""
    return Measure(text).metric if text in list(Measure) else text


def choices(asked: Asked, actor: Actor) -> dict[str, Any]:
    """What the form above a comparison offers."""
    wish, catalogue = asked.wish, asked.catalogue
    quarter = last_quarter(wish.span)
    metrics = [(name, label_of(v)) for name in catalogue if (v := catalogue.version(name, quarter)) is not None]
    return {
        "types": [
            (code, f"{kind.section} – {kind.name(current_language())}") for code, kind in service_types().items()
        ],
        "metrics": metrics,
        "forms": [(form, say(FORMS[form])) for form in forms_of(catalogue, wish.metric, wish.span)],
        "spans": span_choices(asked.periods, wish.span),
        "groups": group_choices(actor, wish.type_code),
    }


def span_choices(periods: Sequence[Period], shown: Span) -> list[tuple[str, str]]:
    """Quarters and years to choose from, the latest first; what is shown is among them."""
    quarters = sorted({*periods, *([shown] if isinstance(shown, Period) else [])}, reverse=True)
    years = sorted({Year(p.year) for p in quarters} | ({shown} if isinstance(shown, Year) else set()), reverse=True)
    every: list[Span] = [*quarters, *years]
    return [(str(each), say(each.label)) for each in every]


def group_choices(actor: Actor, type_code: str) -> list[tuple[str, str]]:
    """Preset and saved groups of a type."""
    found = [
        (f"{Kind.FORM}:{form}", gettext("registered in the form: %(form)s", form=say(FORMS[str(form)])))
        for form in service_types()[type_code].forms
    ]
    for place, size in enumerate(SIZES["direct_care_fte"]):
        found.append((f"{Kind.FTE}:{place}", gettext("%(size)s FTE of direct care", size=_size_words(size))))
    for place, size in enumerate(SIZES["beds"]):
        found.append((f"{Kind.BEDS}:{place}", gettext("%(size)s beds", size=_size_words(size))))
    found += [
        (f"{Kind.ORP}:{code}", gettext("district of %(name)s", name=name))
        for code, name in service.list_orps(type_code)
    ]
    return found + [(f"{Kind.OWN}:{group.id}", _group_words(group)) for group in list_groups(actor)]


def _size_words(size: SizeClass) -> str:
    if size.most is None:
        return gettext("more than %(over)s", over=number(size.over))
    return (
        gettext("more than %(over)s to %(most)s", over=number(size.over), most=number(size.most))
        if size.over
        else gettext("up to %(most)s", most=number(size.most))
    )


def _group_words(group: SavedGroup) -> str:
    if group.is_own:
        return gettext("own group: %(name)s", name=group.name)
    return gettext("shared group: %(name)s (%(owner)s)", name=group.name, owner=group.owner_name)
