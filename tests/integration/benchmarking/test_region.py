"""The comparison for the kraj on any metric: figures exact, pages and files of one mind, few queries."""

import csv
import io
import json

import pytest
import sqlalchemy as sa

from portal.benchmarking import service
from portal.benchmarking.compare_commands import compare
from portal.benchmarking.metrics import Year
from portal.benchmarking.service.groups import parse_group, save_group
from portal.benchmarking.service.metrics import current_catalogue
from portal.benchmarking.service.notes import link_predecessor, write_note
from portal.benchmarking.service.series import one_service, series
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.kept import forget
from portal.core.permissions import Actor, Grant, Role
from portal.returns.types import ALL, Period
from tests.factories.accounts import login, make_user
from tests.factories.benchmarking import make_reported_service
from tests.factories.returns import make_reporting_service, make_return

Q2 = Period(2026, 2)
DIRECT = "direct_work_utilisation"


@pytest.fixture
def planner(app):
    user = make_user(role="planner")
    return Actor(user_id=user.id, name="Plánovačka", grants=frozenset({Grant(Role.PLANNER)}))


def wish(span=Q2, metric=DIRECT, group=None, type_code="46"):
    return service.Wish(type_code, metric, ALL, span, group)


def reported(shares, period=Q2, **more):
    return [make_reported_service(period, share, **more) for share in shares]


def again(head, period, share):
    hours = round(share * 5 * period.working_time_fund_hours, 2)
    make_return(head, period, {"direct_hours": hours, "direct_care_fte": 5})


def test_statistics_changes_and_missing_are_exact(planner):
    heads = reported([0.2, 0.4, 0.6, 0.8, 1.0])
    again(heads[0], Q2.previous, 0.3)
    again(heads[1], Q2.shifted(-4), 0.1)
    make_reporting_service()
    found = service.standing(planner, wish())
    group = found.statistics
    assert (group.n, group.missing, found.without_return, found.without_number) == (5, 1, 1, 0)
    assert [round(group.percentiles[p], 6) for p in (10, 25, 50, 75, 90)] == [0.28, 0.4, 0.6, 0.8, 0.92]
    assert found.norm_share == 0.6
    assert group.under_norm == 0.4
    assert found.before.median == pytest.approx(0.3)
    assert found.year_ago.median == pytest.approx(0.1)
    rows = {row["register_id"]: row for row in found.services.rows()}
    assert rows[heads[0].register_id]["before"] == pytest.approx(0.3)
    assert rows[heads[0].register_id]["year_ago"] is None
    assert [rows[head.register_id]["decile"] for head in heads] == [2, 4, 6, 8, 10]


def test_a_figure_far_from_its_own_history_is_told(planner):
    steady, wild = reported([0.5, 0.9])
    for back, share in enumerate([0.5, 0.52, 0.48, 0.51, 0.49, 0.5], start=1):
        for head in (steady, wild):
            again(head, Q2.shifted(-back), share)
    rows = {row["register_id"]: row["is_unusual"] for row in service.standing(planner, wish()).services.rows()}
    assert rows == {steady.register_id: False, wild.register_id: True}


def test_a_year_is_computed_from_its_quarters(planner):
    head = make_reporting_service()
    for quarter, share in enumerate([0.2, 0.4, 0.6, 0.8], start=1):
        again(head, Period(2025, quarter), share)
    found = service.standing(planner, wish(Year(2025)))
    fund = [Period(2025, quarter).working_time_fund_hours for quarter in (1, 2, 3, 4)]
    expected = sum(share * hours for share, hours in zip([0.2, 0.4, 0.6, 0.8], fund, strict=True)) / sum(fund)
    assert found.services.rows()[0]["value"] == pytest.approx(expected, abs=1e-4)
    assert found.year_ago is None


def test_preset_and_saved_groups_narrow_the_type(planner):
    small = make_reported_service(Q2, 0.5, fte=2)
    large = make_reported_service(Q2, 0.7, fte=40)

    def members(text):
        return {
            row["service_id"]
            for row in service.standing(planner, wish(group=parse_group(planner, text))).services.rows()
        }

    assert members("uvazky:0") == {small.id}
    assert members("uvazky:3") == {large.id}
    assert members("forma:outpatient") == {small.id, large.id}
    assert members("forma:residential") == set()
    saved = save_group(planner, name="Moje", register_ids=[str(large.register_id)], is_shared=False)
    assert members(f"vlastni:{saved}") == {large.id}
    other = Actor(user_id=make_user(role="key_worker").id, name="Jiná", grants=frozenset({Grant(Role.KEY_WORKER)}))
    with pytest.raises(NotFound):
        parse_group(other, f"vlastni:{saved}")
    for wrong in ("uvazky:9", "forma:x", "mood:1", "uvazky:x"):
        with pytest.raises(Invalid):
            parse_group(planner, wrong)


def test_a_group_refuses_what_is_wrong(planner):
    head = make_reporting_service()
    with pytest.raises(Invalid) as caught:
        save_group(planner, name=" ", register_ids=["999999999", "x"], is_shared=False)
    assert set(caught.value.fields) == {"name", "services"}
    number = save_group(planner, name="Moje", register_ids=[str(head.register_id)], is_shared=True)
    with pytest.raises(Invalid):
        save_group(planner, name="Moje", register_ids=[str(head.register_id)], is_shared=True)
    with pytest.raises(Conflict):
        save_group(planner, name="Jiné", register_ids=[str(head.register_id)], is_shared=True, group_id=number, seen=0)


def test_type_by_type(planner):
    reported([0.2, 0.6])
    make_return(
        make_reporting_service(type_code="49", forms=["residential"]), Q2, {"direct_hours": 488, "direct_care_fte": 1}
    )
    found = service.network(planner, DIRECT, ALL, Q2)
    rows = {row.type_code: row for row in found.rows}
    assert list(rows) == ["46", "49"]
    assert (rows["46"].statistics.n, rows["46"].statistics.under_norm) == (2, 0.5)
    assert rows["46"].statistics.median == pytest.approx(0.4)
    fund = Q2.working_time_fund_hours
    assert rows["49"].statistics.median == pytest.approx(488 / fund)


def test_a_series_goes_on_from_the_predecessor_and_marks_breaks_and_notes(planner):
    old, new = make_reporting_service(name="Stará"), make_reporting_service(name="Nová")
    for back, share in ((3, 0.3), (2, 0.4)):
        again(old, Q2.shifted(-back), share)
    for back, share in ((1, 0.5), (0, 0.6)):
        again(new, Q2.shifted(-back), share)
    link_predecessor(planner, register_id=new.register_id, predecessor=str(old.register_id), reason="převzetí")
    write_note(planner, metric=DIRECT, type_code="46", period=Q2.previous, text="nová pravidla")
    found = series(planner, wish(), count=4, register_id=new.register_id, catalogue=current_catalogue())
    assert [round(point.own, 3) for point in found.points] == [0.3, 0.4, 0.5, 0.6]
    assert [point.source for point in found.points] == [old.register_id, old.register_id, None, None]
    assert [note.text for note in found.notes] == ["nová pravidla"]
    with pytest.raises(Invalid):
        link_predecessor(planner, register_id=old.register_id, predecessor=str(new.register_id), reason="kruh")


def test_one_service_on_all_metrics_agrees_with_the_comparison(planner):
    heads = reported([0.2, 0.4, 0.9])
    found = one_service(planner, heads[1].register_id, Q2)
    by_metric = {(row["metric"], row["form"]): row for row in found.figures.rows()}
    row = by_metric[DIRECT, ALL]
    assert (row["value"], row["decile"]) == (pytest.approx(0.4), 6)
    assert by_metric["cost_per_user", ALL]["state"] == "not_supplied"
    assert ("occupancy", "residential") not in by_metric


@pytest.mark.parametrize("role", ["administrator", "municipality_worker"])
def test_exact_figures_are_for_those_who_compare_all(app, role):
    scope = "505927" if role == "municipality_worker" else None
    actor = Actor(user_id=1, name="x", grants=frozenset({Grant(Role(role), scope)}))
    with pytest.raises(Forbidden):
        service.standing(actor, wish())


def test_the_command_says_what_the_page_says(app):
    reported([0.5, 0.72])
    arguments = ["--type", "46", "--period", "2026Q2", "--metric", DIRECT, "--json"]
    result = app.test_cli_runner().invoke(compare, arguments)
    assert result.exit_code == 0, result.output
    document = json.loads(result.output)
    assert (document["n"], document["median"], document["norm"]) == (2, pytest.approx(0.61, abs=1e-3), 0.6)
    assert len(document["services"]) == 2


PAGES = [
    "/srovnani?druh=46&obdobi=2026Q2",
    "/srovnani/typy?druh=46&obdobi=2026Q2",
    "/srovnani/rada?druh=46&obdobi=2026Q2&kolik=8",
    "/srovnani/sluzba/{}?obdobi=2026Q2",
]


def queries_of(client, address):
    counted = []

    def count(*arguments):
        counted.append(arguments[2])

    sa.event.listen(db.engine, "before_cursor_execute", count)
    try:
        assert client.get(address).status_code == 200
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", count)
    return len(counted)


@pytest.mark.parametrize("address", PAGES)
def test_more_services_need_no_more_queries(client, address):
    head = reported([0.5])[0]
    login(client, make_user(role="planner"))
    client.get(address.format(head.register_id))
    forget()
    few = queries_of(client, address.format(head.register_id))
    reported([0.1, 0.2, 0.3, 0.4, 0.6, 0.7])
    db.session.expire_all()
    assert 0 < queries_of(client, address.format(head.register_id)) <= few


def test_what_was_read_once_is_read_again_after_a_change_alone(client):
    reported([0.5, 0.7])
    login(client, make_user(role="planner"))
    address = "/srovnani/typy?druh=46&obdobi=2026Q2"
    first = queries_of(client, address)
    assert queries_of(client, address) < first
    before = client.get(address).text
    reported([0.1, 0.2])
    after = client.get(address).text
    assert before != after
    assert ">60,0\xa0%<" in before
    assert ">35,0\xa0%<" in after


@pytest.mark.parametrize("address", ["/srovnani/typy", "/srovnani/rada", "/srovnani/sluzba/{}"])
def test_files_have_a_row_for_each_row_of_the_table(client, address):
    head = reported([0.5, 0.7])[0]
    login(client, make_user(role="planner"))
    path = address.format(head.register_id)
    body = client.get(f"{path}/csv?obdobi=2026Q2").get_data(as_text=True).removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(body), delimiter=";"))
    assert rows
    assert all("P50" in " ".join(row) for row in rows)
    with client.get(f"{path}/xlsx?obdobi=2026Q2") as response:
        assert response.status_code == 200


def test_a_provider_gets_none_of_it(client):
    head = reported([0.5])[0]
    login(client, make_user(role="provider_editor"))
    for address in PAGES[1:]:
        assert client.get(address.format(head.register_id)).status_code == 403
