"""The ministry's figures beside the sums of the returns."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from portal.benchmarking.ministry import service
from portal.benchmarking.ministry.types import Comparison, Decision, Tolerance
from portal.cli import cli
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.returns.types import Period, ReturnState
from tests.factories.catalog import make_provider
from tests.factories.ministry import (
    accept_all,
    csv_file,
    quarter_share,
    returns_file,
    store_year,
    take_over,
    xlsx_file,
    xml_file,
)
from tests.factories.paths import shared_data
from tests.factories.returns import NA, make_reporting_service, make_return

pytestmark = pytest.mark.usefixtures("app")

KEY_WORKER = Actor(user_id=None, name="Klára", grants=frozenset({Grant(Role.KEY_WORKER)}))


def rows_of(year=2015, **options):
    return {(row["register_id"], row["item"]): row for row in service.reconcile(OPERATOR, year, **options).rows.rows()}


@pytest.fixture
def published():
    path = shared_data("seed_tables", "mpsv_vs_benchmarking_46.csv")
    return path, list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


def test_the_published_table_comes_out_of_files_alone(app, published, tmp_path):
    """Returns as files of four quarters, two workbooks and two lists; the ministry's figures as a workbook."""
    path, rows = published
    services = [make_reporting_service(type_code="46", forms=["outpatient"]) for _row in rows]
    runner = app.test_cli_runner()
    for quarter in (1, 2, 3, 4):
        totals = [
            {
                "costs_total": quarter_share(Decimal(row["costs_benchmarking"]), quarter),
                "revenues_total": quarter_share(Decimal(row["revenues_benchmarking"]), quarter),
            }
            for row in rows
        ]
        with app.test_request_context():
            file = returns_file(tmp_path, Period(2015, quarter), services, totals, as_list=quarter > 2)
        loaded = runner.invoke(cli, ["returns", "import", str(file), "--apply"])
        assert loaded.exit_code == 0, loaded.output
    accept_all(2015)
    figures = [
        (stored.register_id, 2015, int(row["costs_mpsv"]), int(row["revenues_mpsv"]))
        for stored, row in zip(services, rows, strict=True)
    ]
    file = xlsx_file(tmp_path / "mpsv.xlsx", figures)
    loaded = runner.invoke(cli, ["mpsv", "import", str(file), "--source", "Export", "--apply"])
    assert loaded.exit_code == 0, loaded.output
    printed = runner.invoke(cli, ["mpsv", "reconcile", "--year", "2015", "--type", "46", "--csv"])
    assert printed.exit_code == 0
    assert printed.stdout == path.read_text("utf-8").replace("\r\n", "\n")


@pytest.mark.parametrize("kind", ["csv", "xml"])
def test_the_published_table_comes_out_to_the_byte(app, published, tmp_path, kind):
    path, rows = published
    services = [make_reporting_service(type_code="46", forms=["outpatient"]) for _row in rows]
    for stored, row in zip(services, rows, strict=True):
        totals = {"costs_total": row["costs_benchmarking"], "revenues_total": row["revenues_benchmarking"]}
        store_year(stored, 2015, {item: Decimal(number) for item, number in totals.items()})
    make_reporting_service(type_code="46")  # of this one neither side has anything
    figures = [
        (stored.register_id, 2015, int(row["costs_mpsv"]), int(row["revenues_mpsv"]))
        for stored, row in zip(services, rows, strict=True)
    ]
    writer = {"csv": csv_file, "xml": xml_file}[kind]
    file = writer(tmp_path / f"mpsv.{kind}", figures)
    runner = app.test_cli_runner()
    loaded = runner.invoke(cli, ["mpsv", "import", str(file), "--source", "Export", "--apply"])
    assert loaded.exit_code == 0, loaded.output
    printed = runner.invoke(cli, ["mpsv", "reconcile", "--year", "2015", "--type", "46", "--csv"])
    assert printed.exit_code == 0
    assert printed.stdout == path.read_text("utf-8").replace("\r\n", "\n")


def test_the_table_keeps_the_order_of_the_ministrys_file(app, tmp_path):
    first, second = make_reporting_service(), make_reporting_service()
    take_over(csv_file(tmp_path / "a.csv", [(second.register_id, 2015, 2, 2), (first.register_id, 2015, 1, 1)]))
    printed = app.test_cli_runner().invoke(cli, ["mpsv", "reconcile", "--year", "2015", "--csv"])
    assert [line.split(",")[2] for line in printed.stdout.splitlines()[1:]] == ["2", "1"]


def test_a_missing_quarter_makes_no_smaller_sum(tmp_path):
    whole, part, begun = make_reporting_service(), make_reporting_service(), make_reporting_service()
    for stored, quarters, state in (
        (whole, (1, 2, 3, 4), ReturnState.LOCKED),
        (part, (1, 3, 4), ReturnState.ACCEPTED),
        (begun, (1, 2, 3, 4), ReturnState.SUBMITTED),
    ):
        store_year(stored, 2015, {"costs_total": 1000}, quarters=quarters, state=state)
    take_over(csv_file(tmp_path / "a.csv", [(s.register_id, 2015, 1000, 0) for s in (whole, part, begun)]))
    found = {number: row for (number, item), row in rows_of().items() if item == "costs_total"}
    assert (found[whole.register_id]["b"], found[whole.register_id]["comparison"]) == (1000, Comparison.AGREES)
    assert found[part.register_id]["b"] is None
    assert found[part.register_id]["comparison"] is Comparison.B_INCOMPLETE
    assert found[part.register_id]["missing"] == "2"
    assert found[begun.register_id]["comparison"] is Comparison.B_MISSING
    assert found[begun.register_id]["missing"] == "1, 2, 3, 4"


def test_quarters_before_the_service_began_are_not_missing(tmp_path):
    from_july = make_reporting_service(started_on=date(2015, 7, 1))
    store_year(from_july, 2015, {"costs_total": 5_000_000}, quarters=(3, 4))
    take_over(csv_file(tmp_path / "a.csv", [(from_july.register_id, 2015, 4_000_000, 0)]))
    row = rows_of()[from_july.register_id, "costs_total"]
    assert (row["value"], row["share"], row["comparison"]) == (1_000_000, Decimal("0.25"), Comparison.DIFFERS)
    one = {"register_id": from_july.register_id, "year": 2015, "item": "costs_total"}
    states = [quarter["state"] for quarter in service.read_difference(KEY_WORKER, **one).quarters.rows()]
    assert states == ["not_applicable", "not_applicable", "value", "value"]


def test_not_supplied_zero_and_not_applicable_are_three_things(tmp_path):
    empty, zero, foreign = (make_reporting_service() for _ in range(3))
    for stored in (empty, zero):
        store_year(stored, 2015, {"costs_total": 0})
    for quarter in (1, 2, 3, 4):
        make_return(foreign, f"2015Q{quarter}", {"costs_total": NA, "revenues_total": NA})
    rows = [
        (empty.register_id, 2015, "", ""),
        (zero.register_id, 2015, "0", "0"),
        (foreign.register_id, 2015, "x", "x"),
    ]
    take_over(csv_file(tmp_path / "a.csv", rows))
    found = rows_of()
    assert found[empty.register_id, "costs_total"]["comparison"] is Comparison.M_MISSING
    assert found[zero.register_id, "costs_total"]["comparison"] is Comparison.AGREES
    assert found[foreign.register_id, "costs_total"]["comparison"] is Comparison.NOT_APPLICABLE
    assert [str(found[s.register_id, "costs_total"]["m_state"]) for s in (empty, zero, foreign)] == [
        "not_supplied",
        "zero",
        "not_applicable",
    ]


def test_the_worst_is_first_and_the_tolerance_needs_both_parts(tmp_path):
    services = [make_reporting_service() for _ in range(3)]
    for stored, total in zip(services, (1_020_000, 50_900, 2_000_000), strict=True):
        store_year(stored, 2015, {"costs_total": total})
    take_over(
        csv_file(
            tmp_path / "a.csv",
            [(s.register_id, 2015, m, 0) for s, m in zip(services, (1_000_000, 50_000, 1_000_000), strict=True)],
        )
    )
    rows = [row for row in service.reconcile(OPERATOR, 2015).rows.rows() if row["item"] == "costs_total"]
    assert [row["register_id"] for row in rows] == [
        services[2].register_id,
        services[0].register_id,
        services[1].register_id,
    ]
    assert [row["comparison"] for row in rows] == [Comparison.DIFFERS, Comparison.DIFFERS, Comparison.AGREES]
    wider = service.reconcile(OPERATOR, 2015, tolerance=Tolerance(Decimal(3), Decimal(1000))).rows.rows()
    assert [r["comparison"] for r in wider if r["item"] == "costs_total"].count(Comparison.DIFFERS) == 1


class TestQuestions:
    @pytest.fixture
    def asked(self, tmp_path):
        provider = make_provider()
        stored = make_reporting_service(provider)
        store_year(stored, 2015, {"costs_total": 2_000_000})
        take_over(csv_file(tmp_path / "a.csv", [(stored.register_id, 2015, 1_000_000, 0)]))
        self.decide(stored, Decision.TO_CORRECT, seen=0, comment="Volat.", question="Proč je v MPSV polovina?")
        return stored

    @staticmethod
    def decide(stored, state, *, seen, actor=KEY_WORKER, **texts):
        service.decide(
            actor, register_id=stored.register_id, year=2015, item="costs_total", state=state, seen=seen, **texts
        )

    @staticmethod
    def provider_of(stored, ico=None):
        grant = Grant(Role.PROVIDER_EDITOR, ico or stored.provider.ico)
        return Actor(user_id=None, name="Eva", grants=frozenset({grant}))

    def test_the_provider_sees_its_own_figures_and_answers(self, asked):
        eva = self.provider_of(asked)
        assert service.waiting_for_provider(eva) == 1
        question = service.read_question(eva, register_id=asked.register_id, year=2015, item="costs_total")
        assert (question.row["m"], question.row["b"]) == (1_000_000, 2_000_000)
        assert [entry.text for entry in question.thread] == ["Proč je v MPSV polovina?"]  # not the region's comment
        assert "waits_for" not in question.figures.columns
        service.answer(
            eva, register_id=asked.register_id, year=2015, item="costs_total", text="Chybí mzdy.", seen=question.version
        )
        assert service.waiting_for_provider(eva) == 0
        assert service.waiting_for_region(KEY_WORKER) == 1
        found = service.read_difference(KEY_WORKER, register_id=asked.register_id, year=2015, item="costs_total")
        assert [entry.text for entry in found.thread] == ["Volat.", "Proč je v MPSV polovina?", "Chybí mzdy."]
        self.decide(asked, Decision.EXPLAINED, seen=found.version, comment="Opraveno.")
        assert service.waiting_for_region(KEY_WORKER) == 0

    def test_another_provider_gets_what_is_not_there(self, asked):
        stranger = self.provider_of(asked, "00094846")
        key = {"register_id": asked.register_id, "year": 2015, "item": "costs_total"}
        with pytest.raises(NotFound):
            service.read_question(stranger, **key)
        with pytest.raises(NotFound):
            service.answer(stranger, text="Nic", seen=1, **key)
        assert service.list_questions(stranger) == []
        assert service.waiting_for_provider(stranger) == 0

    def test_what_was_not_asked_is_not_there_for_the_provider(self, asked):
        with pytest.raises(NotFound):
            service.read_question(
                self.provider_of(asked), register_id=asked.register_id, year=2015, item="revenues_total"
            )

    def test_providers_see_no_table(self, asked):
        with pytest.raises(Forbidden):
            service.reconcile(self.provider_of(asked), 2015)
        with pytest.raises(Forbidden):
            self.decide(asked, Decision.ACCEPTED, seen=1, comment="Dobré", actor=self.provider_of(asked))

    def test_a_lost_update_is_a_conflict(self, asked):
        with pytest.raises(Conflict):
            self.decide(asked, Decision.ACCEPTED, seen=0, comment="Přijato")

    def test_a_decision_needs_words(self, asked):
        with pytest.raises(Invalid) as error:
            self.decide(asked, Decision.ACCEPTED, seen=1)
        assert "comment" in error.value.fields

    def test_changed_figures_are_told(self, asked, tmp_path):
        assert not rows_of()[asked.register_id, "costs_total"]["is_stale"]
        take_over(csv_file(tmp_path / "b.csv", [(asked.register_id, 2015, 1_500_000, 0)]))
        assert rows_of()[asked.register_id, "costs_total"]["is_stale"]
