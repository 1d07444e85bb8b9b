"""Fields, metrics and plain computations for tests of metrics."""

from portal.benchmarking.metrics import Direction, Field, MetricVersion
from portal.benchmarking.metrics.shipped import over_year_of
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
FIELDS = tuple(
    Field(code, unit, _FORMS.get(code, (ALL,)), over_year_of(code, unit), LocalText(code, code))
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
