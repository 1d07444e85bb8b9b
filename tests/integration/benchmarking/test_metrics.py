"""Metrics defined by the region, and the commands and pages about them."""

import csv
import io
import json
from dataclasses import replace

import pytest

from portal.benchmarking import service
from portal.benchmarking.commands import metrics
from portal.benchmarking.metrics import Year
from portal.core.audit import AuditEntry
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.disclosure import FigureState
from portal.returns.types import Period
from tests.factories.accounts import login, make_user
from tests.factories.benchmarking import make_reported_service
from tests.factories.metrics import make_metric, make_stored_metric

Q2 = Period(2026, 2)
DRAFT = service.draft_of(make_metric("direct_hours / direct_care_fte", name="hours_of_one", unit="hours/fte"))
PLANNER = Actor(user_id=1, name="Planner", grants=frozenset({Grant(Role.PLANNER)}))


def send(client, address, form):
    """Post a form as its page would."""
    token = client.get("/srovnani/normy/46/direct_work/all").text.split('name="csrf_token" value="', 1)[1]
    return client.post(address, data={"csrf_token": token.split('"', 1)[0], **form})


@pytest.fixture
def cli(app):
    return app.test_cli_runner()


@pytest.fixture
def planner(client):
    return login(client, make_user(role="planner"))


def words_of(response, status=200):
    assert response.status_code == status, response.status
    return response.get_data(as_text=True).replace("\xa0", " ")


def refused(draft, **changes):
    with pytest.raises(Invalid) as caught:
        service.save_metric(PLANNER, replace(draft, **changes))
    return {key: str(messages[0]) for key, messages in caught.value.fields.items()}


@pytest.mark.usefixtures("app")
class TestStore:
    def test_a_metric_is_stored_and_evaluated(self):
        make_reported_service(Q2, 0.5)
        make_stored_metric("hours_of_one", DRAFT.formula, unit=DRAFT.unit)
        figures = service.evaluate_metric(PLANNER, "hours_of_one", Q2).rows()
        assert [row["value"] for row in figures if row["form"] == "all"] == [0.5 * Q2.working_time_fund_hours]
        entry = db.session.query(AuditEntry).filter_by(action="metric.defined").one()
        assert (entry.object_key, entry.details["formula"]) == ("hours_of_one", DRAFT.formula)

    def test_a_new_version_leaves_earlier_quarters_theirs(self):
        make_stored_metric("m", "beds", unit="beds", first="2020Q1")
        draft = service.get_draft("m")
        service.save_metric(PLANNER, replace(draft, formula="2 * beds", first_period="2026Q1"), name="m")
        versions = service.current_catalogue().versions("m")
        assert [(each.formula, str(each.first_period), each.last_period) for each in versions] == [
            ("beds", "2020Q1", Period(2025, 4)),
            ("2 * beds", "2026Q1", None),
        ]
        corrected = replace(service.get_draft("m"), formula="3 * beds")
        service.save_metric(PLANNER, corrected, name="m")
        assert [each.formula for each in service.current_catalogue().versions("m")] == ["beds", "3 * beds"]

    def test_a_lost_update_is_a_conflict(self):
        make_stored_metric("m", "beds", unit="beds")
        seen = service.get_draft("m")
        service.save_metric(PLANNER, replace(seen, formula="2 * beds"), name="m")
        with pytest.raises(Conflict) as caught:
            service.save_metric(PLANNER, replace(seen, formula="3 * beds"), name="m")
        assert caught.value.current["draft"].formula == "2 * beds"

    def test_a_circle_over_stored_metrics_is_refused(self):
        make_stored_metric("one", "beds", unit="beds")
        make_stored_metric("two", "one * 2", unit="beds")
        with pytest.raises(Invalid) as caught:
            service.save_metric(PLANNER, replace(service.get_draft("one"), formula="two"), name="one")
        assert "one → two → one" in str(caught.value.fields["formula"][0])

    def test_a_change_that_breaks_another_metric_is_refused(self):
        make_stored_metric("one", "beds", unit="beds")
        make_stored_metric("two", "one * 2", unit="beds")
        changed = replace(service.get_draft("one"), formula="direct_hours", unit="hours")
        with pytest.raises(Invalid) as caught:
            service.save_metric(PLANNER, changed, name="one")
        assert "“two” uses this one" in str(caught.value.fields["formula"][0])

    def test_wrong_words_are_said_at_their_fields(self):
        assert set(refused(service.Draft())) == {"name", "label_cs", "label_en"}
        assert "called so" in refused(DRAFT, name="beds")["name"]
        assert "already" in refused(DRAFT, name="occupancy")["name"]
        assert "lower-case" in refused(DRAFT, name="sum")["name"]
        assert set(refused(DRAFT, unit="x", first_period="2026", formula="beds +")) == {
            "unit",
            "first_period",
            "formula",
        }
        assert refused(DRAFT, decimals="²", direction="up", service_types="46 99", forms=("street",)).keys() == {
            *("decimals", "direction", "service_types", "forms")
        }
        assert refused(DRAFT, formula="\n  beds +")["formula"].endswith("  beds +\n        ^")
        assert "Line 2, character 4" in refused(DRAFT, formula="\r\n   bedss")["formula"]

    def test_only_those_who_may_define_and_see(self):
        auditor = Actor(user_id=2, grants=frozenset({Grant(Role.AUDITOR)}))
        administrator = Actor(user_id=3, grants=frozenset({Grant(Role.ADMINISTRATOR)}))
        with pytest.raises(Forbidden):
            service.save_metric(auditor, DRAFT)
        with pytest.raises(Forbidden, match="formula is in order"):
            service.preview_metric(administrator, DRAFT)
        provider = Actor(user_id=4, grants=frozenset({Grant(Role.PROVIDER_EDITOR, "12345679")}))
        with pytest.raises(Forbidden):
            service.evaluate_metric(provider, "occupancy", Q2)
        with pytest.raises(NotFound):
            service.get_draft("occupancy")

    def test_a_preview_counts_states_and_keeps_nothing(self):
        assert service.preview_metric(PLANNER, DRAFT) is None
        make_reported_service(Q2, 0.5, fte=0)
        for share in (0.25, 0.5, 1.0):
            make_reported_service(Q2, share)
        preview = service.preview_metric(PLANNER, DRAFT)
        assert (preview.form, preview.median) == ("all", 0.5 * Q2.working_time_fund_hours)
        assert (preview.counts[FigureState.VALUE], preview.counts[FigureState.UNDEFINED]) == (3, 1)
        assert [row["state"] is FigureState.VALUE for row in preview.rows.rows()] == [True, True, True, False]
        assert "hours_of_one" not in service.current_catalogue()

    def test_a_year_with_missing_returns_is_not_supplied(self):
        make_reported_service(Q2, 0.5)
        rows = service.evaluate_metric(OPERATOR, "direct_work_utilisation", Year(2026)).rows()
        assert {row["state"] for row in rows if row["form"] == "all"} == {FigureState.NOT_SUPPLIED}


def test_metrics_are_listed_for_scripts(cli):
    make_stored_metric("m", "beds", unit="beds")
    listed = {row["name"]: row for row in json.loads(cli.invoke(metrics, ["list", "--json"]).output)}
    assert (listed["m"]["shipped"], listed["occupancy"]["shipped"]) == (False, True)
    assert listed["cost_per_direct_hour"]["unit"] == "czk/hours"
    assert {row["fault"] for row in listed.values()} == {None}
    assert "bed_days_used / (beds * days)" in cli.invoke(metrics, ["list"]).output


def test_values_are_written_for_scripts(cli):
    make_reported_service(Q2, 0.5, name="Služba")
    answer = cli.invoke(metrics, ["evaluate", "direct_work_utilisation", "--period", "2026Q2", "--csv"])
    rows = [row for row in csv.DictReader(io.StringIO(answer.output)) if row["form"] == "all"]
    assert [(row["service_name"], row["value"], row["state"]) for row in rows] == [("Služba", "0.5", "value")]
    missing = cli.invoke(metrics, ["evaluate", "nothing", "--period", "2026Q2"])
    assert isinstance(missing.exception, NotFound)


FORM = {
    **{key: value for key, value in vars(DRAFT).items() if key != "forms"},
    "label_cs": "Hodiny na úvazek",
    "label_en": "Hours of one",
}


def test_a_planner_tries_and_saves_a_metric(planner):
    make_reported_service(Q2, 0.5, name="Stacionář Šumperk")
    assert "direct_care_fte" in words_of(planner.get("/srovnani/ukazatele/novy"))
    tried = words_of(send(planner, "/srovnani/ukazatele/novy", {**FORM, "do": "preview"}))
    assert "Stacionář Šumperk" in tried
    assert "244,0 h/úvazek" in tried
    assert send(planner, "/srovnani/ukazatele/novy", {**FORM, "do": "save"}).status_code == 302
    assert "Hodiny na úvazek" in words_of(planner.get("/srovnani/ukazatele"))
    edited = words_of(send(planner, "/srovnani/ukazatele/hours_of_one", {**FORM, "seen": "9"}), 409)
    assert "Někdo mezitím tento ukazatel změnil." in edited


def test_a_fault_stands_at_the_formula_with_a_pointer(planner):
    page = words_of(send(planner, "/srovnani/ukazatele/novy", {**FORM, "formula": "beds +\n  <b>x"}), 422)
    assert "Řádek 2, znak 3:" in page
    assert '<code class="formula-pointer">  &lt;b&gt;x<br>  ^</code>' in page
    assert "Hodiny na úvazek" in page
