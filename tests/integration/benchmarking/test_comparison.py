"""What the kraj and a provider learn of the services of a type, from returns in the database."""

from datetime import date
from decimal import Decimal

import pytest

from portal.benchmarking import service as benchmarking
from portal.benchmarking.types import ALL_FORMS, Line, Measure
from portal.core.errors import Forbidden, Invalid
from portal.core.permissions import Actor, Grant, Role
from portal.disclosure import Audience, FigureState
from portal.returns.types import Period
from tests.factories.benchmarking import make_reported_service
from tests.factories.returns import NA, make_period, make_reporting_service, make_return

Q2 = Period(2026, 2)
PLANNER = Actor(user_id=1, name="Plánovačka", grants=frozenset({Grant(Role.PLANNER)}))


def editor_of(service):
    return Actor(user_id=2, name="Editor", grants=frozenset({Grant(Role.PROVIDER_EDITOR, service.provider.ico)}))


def by_register(frame):
    return {row["register_id"]: row for row in frame.rows()}


def test_the_region_sees_every_service_beside_norm_and_median(app):
    services = [make_reported_service(Q2, share) for share in (0.4, 0.7, 0.8)]
    found = benchmarking.compare(PLANNER, Q2, "46")
    assert found.line == Line("46", Measure.DIRECT_WORK, ALL_FORMS)
    assert found.norm.share == Decimal("0.6")
    assert (found.counted, found.missing) == (3, 0)
    assert found.group.rows() == [{"statistic": "median", "value": pytest.approx(0.7), "state": FigureState.VALUE}]
    rows = by_register(found.services)
    assert [rows[service.register_id]["value"] for service in services] == pytest.approx([0.4, 0.7, 0.8])
    assert rows[services[0].register_id]["norm"] == 0.6
    assert found.services.audience is Audience.REGION


def test_a_service_that_did_not_report_is_listed_and_counted_not_dropped(app):
    make_reported_service(Q2, 0.7)
    silent = make_reporting_service()
    half = make_reporting_service()
    make_return(half, Q2, {"direct_hours": 100, "direct_care_fte": None})
    drafted = make_reporting_service()
    make_return(drafted, Q2, {"direct_hours": 100, "direct_care_fte": 1}, state="draft")
    found = benchmarking.compare(PLANNER, Q2, "46")
    rows = by_register(found.services)
    assert (found.counted, found.without_return, found.without_number, found.missing) == (1, 2, 1, 3)
    for service, has_return in ((silent, False), (drafted, False), (half, True)):
        row = rows[service.register_id]
        assert (row["state"], row["value"], row["has_return"]) == (FigureState.NOT_SUPPLIED, None, has_return)
    assert found.group.rows()[0]["value"] == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("hours", "fte", "state"),
    [
        (0, 2, FigureState.ZERO),
        (10, 0, FigureState.UNDEFINED),
        (NA, NA, FigureState.NOT_APPLICABLE),
        (None, None, FigureState.NOT_SUPPLIED),
    ],
)
def test_states_reach_the_comparison_as_they_are(app, hours, fte, state):
    service = make_reporting_service()
    make_return(service, Q2, {"direct_hours": hours, "direct_care_fte": fte})
    found = benchmarking.compare(PLANNER, Q2, "46")
    assert by_register(found.services)[service.register_id]["state"] == state
    assert found.group.rows()[0]["state"] is (
        FigureState.ZERO if state is FigureState.ZERO else FigureState.NOT_SUPPLIED
    )


def test_only_services_that_worked_in_the_quarter_are_asked_for(app):
    make_period(Q2)
    ended_before = make_reporting_service(ended_on=date(2026, 3, 31))
    ended_within = make_reporting_service(ended_on=date(2026, 4, 1))
    begun_after = make_reporting_service(started_on=date(2026, 7, 1))
    begun_within = make_reporting_service(started_on=date(2026, 6, 30))
    of_unknown_start = make_reporting_service(started_on=None)
    found = set(by_register(benchmarking.compare(PLANNER, Q2, "46").services))
    assert {s.register_id for s in (ended_within, begun_within, of_unknown_start)} <= found
    assert not {s.register_id for s in (ended_before, begun_after)} & found


def test_a_line_of_one_form_takes_the_services_that_have_the_form(app):
    both = make_reporting_service(type_code="44", forms=("outreach", "residential"))
    make_return(
        both,
        Q2,
        {("outreach", "direct_hours"): 244, ("outreach", "direct_care_fte"): 1, "beds": 10, "bed_days_used": 455},
    )
    outreach_only = make_reporting_service(type_code="44", forms=("outreach",))
    outreach = benchmarking.compare(PLANNER, Q2, "44", Line("44", Measure.DIRECT_WORK, "outreach"))
    beds = benchmarking.compare(PLANNER, Q2, "44", Line("44", Measure.OCCUPANCY, "residential"))
    assert set(by_register(outreach.services)) == {both.register_id, outreach_only.register_id}
    assert by_register(outreach.services)[both.register_id]["value"] == pytest.approx(0.5)
    assert outreach.norm.share == Decimal("0.45")
    assert set(by_register(beds.services)) == {both.register_id}
    assert by_register(beds.services)[both.register_id]["value"] == pytest.approx(455 / 910)
    assert beds.norm.share == Decimal("0.9")


def test_a_form_that_only_the_return_knows_is_compared_too(app):
    service = make_reporting_service(type_code="44", forms=("outreach", "residential"))
    make_return(service, Q2, {"beds": 10, "bed_days_used": 455})
    service.forms = [form for form in service.forms if form.form == "outreach"]
    beds = benchmarking.compare(PLANNER, Q2, "44", Line("44", Measure.OCCUPANCY, "residential"))
    assert set(by_register(beds.services)) == {service.register_id}


def test_lines_with_a_norm_come_first_and_every_form_of_the_type_can_be_asked_for(app):
    lines = benchmarking.list_lines("44")
    assert [(line.measure, line.form) for line in lines] == [
        ("direct_work", "outreach"),
        ("direct_work", "outpatient"),
        ("occupancy", "residential"),
        ("direct_work", "all"),
        ("direct_work", "residential"),
    ]
    assert benchmarking.list_lines("46") == [Line("46", Measure.DIRECT_WORK, ALL_FORMS)]


def test_an_empty_type_has_no_median(app):
    make_period(Q2)
    found = benchmarking.compare(PLANNER, Q2, "69")
    assert len(found.services) == 0
    assert found.group.rows()[0]["value"] is None


@pytest.mark.parametrize(
    "line", [Line("49", Measure.OCCUPANCY, "residential"), Line("46", Measure.DIRECT_WORK, "outreach")]
)
def test_a_line_of_another_type_is_refused(app, line):
    with pytest.raises(Invalid):
        benchmarking.compare(PLANNER, Q2, "46", line)


def test_an_unknown_type_is_refused(app):
    with pytest.raises(Invalid, match="is not a type of social service"):
        benchmarking.compare(PLANNER, Q2, "99")


@pytest.mark.parametrize("role", [Role.PROVIDER_EDITOR, Role.MUNICIPALITY_WORKER, Role.ADMINISTRATOR])
def test_only_the_region_compares_all(app, role):
    grant = Grant(role, None if role.is_regional else "25596641")
    with pytest.raises(Forbidden):
        benchmarking.compare(Actor(user_id=3, grants=frozenset({grant})), Q2, "46")


def test_quarters_with_an_accepted_return_can_be_compared_the_latest_first(app):
    make_reported_service(Period(2026, 1), 0.5)
    make_reported_service(Q2, 0.5)
    make_return(make_reporting_service(), "2026Q3", state="submitted")
    assert benchmarking.list_periods() == [Q2, Period(2026, 1)]
    assert benchmarking.list_compared_types(Q2) == ["46"]


def test_the_number_of_queries_does_not_grow_with_the_services(app, queries):
    def count(work):
        queries.statements.clear()
        work()
        return queries.count

    def compare():
        benchmarking.compare(PLANNER, Q2, "46")

    make_reported_service(Q2, 0.5)
    few = count(compare)
    for share in (0.4, 0.6, 0.7, 0.8):
        make_reported_service(Q2, share)
    assert count(compare) == few == 8, "the mark of the values and, as they changed, the values"
    assert count(compare) == 7, "the values are held"
