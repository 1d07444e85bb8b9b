"""Fields, metrics and plain computations for tests of metrics."""

from portal.benchmarking.metrics import Direction, Field, MetricVersion, Over
from portal.benchmarking.service import draft_of, save_metric
from portal.core.permissions import OPERATOR
from portal.returns.types import ALL, SERVICE_FORMS, LocalText, Period

_UNITS = {
    "direct_hours": "hours",
    "direct_care_fte": "fte",
    "fte_management": "fte",
    "beds": "beds",
    "bed_days_used": "bed_days",
    "contacts": "contacts",
    "users_at_end": "persons",
    "users_in_quarter": "persons",
    "users_new": "persons",
    "refused_applicants": "persons",
    "costs_total": "czk",
    "revenue_municipalities": "czk",
    "revenues_total": "czk",
}
_FORMS = {
    **dict.fromkeys(["direct_hours", "direct_care_fte", "fte_management", "contacts"], SERVICE_FORMS),
    **dict.fromkeys(["beds", "bed_days_used"], ("residential",)),
}
_STOCKS = ("fte", "beds")
_USERS = ("users_at_end", "users_in_quarter")


def _over_year(code, unit):
    return Over.MEAN if unit in _STOCKS or code in _USERS else Over.SUM


FIELDS = tuple(
    Field(code, unit, _FORMS.get(code, (ALL,)), _over_year(code, unit), LocalText(code, code))
    for code, unit in _UNITS.items()
)


def make_metric(formula, *, name="tried", unit="share", forms=(), first="2015Q1", last=None, types=None):
    """A version of a metric; its words play no part in what is tested."""
    return MetricVersion(
        name=name,
        label=LocalText(name, name),
        unit=unit,
        formula=formula,
        decimals=1,
        forms=forms,
        service_types=None if types is None else frozenset(types),
        direction=Direction.NONE,
        note=LocalText("", ""),
        first_period=Period.parse(first),
        last_period=None if last is None else Period.parse(last),
    )


def make_stored_metric(name, formula, **words):
    """A metric defined by the region."""
    return save_metric(OPERATOR, draft_of(make_metric(formula, name=name, **words)))
