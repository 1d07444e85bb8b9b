"""Kept values: never older than the returns, always what a full computation gives."""

import random
from datetime import date

import pandas as pd
import pytest
import sqlalchemy as sa

from portal.benchmarking import queries, service
from portal.benchmarking.commands import metrics
from portal.benchmarking.metrics import Year
from portal.benchmarking.models import MetricProgram, MetricValue
from portal.benchmarking.service.metrics import current_catalogue
from portal.benchmarking.service.values import fingerprints_of, recompute
from portal.catalog.service.imports.rollback import roll_back_import
from portal.core.cells import Cell
from portal.core.db import db
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.returns.models import Return
from portal.returns.service import accept_return, lock_return, reopen_return, save_cells, submit_return
from portal.returns.types import ALL, CellKey, Period, ReturnState
from tests.factories.metrics import make_metric, make_stored_metric
from tests.factories.register import changed as entries_with
from tests.factories.register import find, some_entries, take_and_apply
from tests.factories.returns import make_period, make_reporting_service, make_return
from tests.factories.territory import store_small_territory

Q1, Q2 = Period(2026, 1), Period(2026, 2)
DIRECT, COST = "direct_work_utilisation", "cost_per_direct_hour"

pytestmark = pytest.mark.usefixtures("app")


def kept():
    columns = sa.inspect(MetricValue).columns
    return sorted(tuple(row) for row in db.session.execute(sa.select(*columns)))


def tell_nobody(done, total):
    pass


def read(name, span, form=ALL, **more):
    return service.read_values(current_catalogue(), name, form, [span], **more).set_index("service_id")


def reset():
    """As if nothing had been kept."""
    db.session.execute(sa.delete(MetricValue))
    db.session.execute(sa.delete(MetricProgram))


def test_an_accepted_return_has_its_values_at_once():
    home = make_reporting_service(type_code="49", forms=["residential"])
    make_return(home, Q2, {"beds": 10, "bed_days_used": 819, "direct_hours": 488, "direct_care_fte": 2})
    figures = {(row.metric, row.form): row for row in db.session.scalars(sa.select(MetricValue))}
    row = figures["occupancy", "residential"]
    assert (row.value, row.numerator, row.denominator, row.state) == (0.9, 819, 910, "value")
    assert figures[DIRECT, ALL].value == 0.5
    assert figures[COST, ALL].state == "not_supplied"
    assert ("cost_per_user", "residential") not in figures


def test_a_return_that_is_not_accepted_has_none_and_a_reopened_one_loses_them():
    centre = make_reporting_service()
    stored = make_return(centre, Q2, {"direct_hours": 488, "direct_care_fte": 2}, state="submitted")
    assert kept() == []
    with transaction():
        accept_return(OPERATOR, register_id=centre.register_id, period=Q2, version=stored.version)
    assert read(DIRECT, Q2).value.tolist() == [0.5]
    accepted = kept()
    with transaction():
        lock_return(OPERATOR, register_id=centre.register_id, period=Q2, version=stored.version)
    assert kept() == accepted
    with transaction():
        reopen_return(OPERATOR, register_id=centre.register_id, period=Q2, version=stored.version, reason="oprava")
    assert kept() == []


def test_what_fails_leaves_the_values_as_they_were():
    centre = make_reporting_service()
    stored = make_return(centre, Q2, {"direct_hours": 488, "direct_care_fte": 2})
    db.session.commit()
    before = kept()

    def reopen_and_fail():
        with transaction():
            reopen_return(OPERATOR, register_id=centre.register_id, period=Q2, version=stored.version, reason="oprava")
            assert kept() == []
            raise RuntimeError

    with pytest.raises(RuntimeError):
        reopen_and_fail()
    assert kept() == before != []


def changed(draw, stored, head):
    """One random step of a return's life through the services of the portal."""
    ask = {"register_id": head.register_id, "period": Period.parse(stored.period), "version": stored.version}
    state = ReturnState(stored.state)
    if state is ReturnState.SUBMITTED:
        return accept_return(OPERATOR, **ask)
    if state in (ReturnState.ACCEPTED, ReturnState.LOCKED):
        if state is ReturnState.ACCEPTED and draw.random() < 0.3:
            return lock_return(OPERATOR, **ask)
        return reopen_return(OPERATOR, **ask, reason="oprava")
    form = head.forms[0].form
    cells = {
        CellKey(form, "direct_hours"): Cell.of(draw.choice([0, 100, 488])),
        CellKey(form, "direct_care_fte"): Cell.of(draw.choice([0, 2])),
    }
    if draw.random() < 0.4:
        return save_cells(OPERATOR, **ask, cells=cells, comments={})
    return submit_return(OPERATOR, **ask, cells=cells, comments={})


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_any_steps_the_values_are_those_of_a_full_computation(seed, monkeypatch):
    monkeypatch.setattr("portal.returns.service.entry.blocking", lambda *_: ())  # figures at random break rules
    for quarter in (Q1, Q2):
        make_period(quarter, on_time_until=date(2100, 1, 1), closes_on=date(2100, 1, 1))
    monkeypatch.setattr("portal.benchmarking.service.values.SERVICES_AT_ONCE", 2)
    draw = random.Random(seed)
    heads = [
        make_reporting_service(),
        make_reporting_service(type_code="49", forms=["residential"]),
        make_reporting_service(type_code="40", forms=["outreach", "outpatient"]),
    ]
    pairs = [
        (make_return(head, q, {}, state=draw.choice(["draft", "accepted"])), head) for head in heads for q in (Q1, Q2)
    ]
    seen = set()
    for step in range(60):
        with transaction():
            changed(draw, *draw.choice(pairs))
        if step == 30:
            with transaction():
                make_stored_metric("double_use", f"2 * {DIRECT}")
        seen.add(len(kept()))
    incremental = kept()
    with transaction():
        reset()
    assert recompute(tell_nobody) == len(incremental)
    assert kept() == incremental
    assert len(seen) > 3


def test_reading_kept_values_equals_computing_them():
    two_forms = make_reporting_service(type_code="40", forms=["outreach", "outpatient"])
    make_return(two_forms, Q2, {("outreach", "direct_hours"): 100, "direct_care_fte": 1})
    for share in (0, 100, 488):
        make_return(make_reporting_service(), Q2, {"direct_hours": share, "direct_care_fte": 1, "costs_total": 5000})
    for name in (DIRECT, COST, "users_per_fte"):
        for form in (ALL, "outpatient"):
            fast = read(name, Q2, form)
            db.session.execute(sa.update(MetricProgram).values(fingerprint="old"))
            slow = read(name, Q2, form)
            marks = fingerprints_of(current_catalogue())
            for metric, mark in marks.items():
                db.session.execute(
                    sa.update(MetricProgram).where(MetricProgram.metric == metric).values(fingerprint=mark)
                )
            texts = {"period": "str", "state": "str"}
            kept, computed = (frame.sort_index().reset_index().astype(texts) for frame in (fast, slow))
            pd.testing.assert_frame_equal(kept, computed, check_exact=True, check_dtype=False)
            assert fast.empty == (name != DIRECT and form != ALL)


def test_values_by_an_old_formula_are_not_used_and_a_change_computes_anew():
    centre = make_reporting_service()
    make_return(centre, Q2, {"direct_hours": 488, "direct_care_fte": 2})
    with transaction():
        make_stored_metric("doubled", "2 * direct_hours", unit="hours")
        make_stored_metric("standing_upon", "doubled / direct_care_fte", unit="hours/fte")
    assert read("standing_upon", Q2).value.tolist() == [488]
    marks = queries.fingerprints()
    with transaction():
        service.save_metric(
            OPERATOR,
            service.draft_of(make_metric("3 * direct_hours", name="doubled", unit="hours"), seen=1),
            name="doubled",
        )
        # The job has not run yet: what is kept is old, what is read is not.
        assert db.session.get(MetricValue, (centre.id, "standing_upon", ALL, "2026Q2")).value == 488
        assert read("standing_upon", Q2).value.tolist() == [732]
    db.session.expire_all()
    assert db.session.get(MetricValue, (centre.id, "standing_upon", ALL, "2026Q2")).value == 732
    after = queries.fingerprints()
    assert {name for name in after if after[name] != marks[name]} == {"doubled", "standing_upon"}


def test_an_import_that_changes_the_type_of_a_service_changes_its_values_and_so_does_taking_it_back(tmp_path):
    store_small_territory()
    entries = some_entries(60)
    take_and_apply(tmp_path, entries)
    number = next(n for n, entry in enumerate(entries) if not entry["datumPoskytovaniDo"])
    service_of_type = find(entries[number]["portalId"])
    other = next(e for e in entries if e["druhSocialniSluzby"] != entries[number]["druhSocialniSluzby"])
    with transaction():
        make_return(service_of_type, Q2, {"costs_total": 100, "users_in_quarter": 4})
        name = "for_this_type"
        make_stored_metric(name, "2 * costs_total", unit="czk", types=[service_of_type.type_code])
    recompute(tell_nobody)
    before = kept()
    assert read(name, Q2)["value"].tolist() == [200]
    other_type = {"druhSocialniSluzby": other["druhSocialniSluzby"]}
    take_and_apply(tmp_path, entries_with(entries, number, lambda entry: entry.update(other_type)))
    assert read(name, Q2).empty
    assert read("cost_per_user", Q2)["value"].tolist() == [25]
    with transaction():
        roll_back_import(OPERATOR)
    assert kept() == before


def test_a_year_counts_quarters_without_any_cell_of_the_formula():
    """Beds came in July: the quarters before are not applicable, not lost."""
    home = make_reporting_service(type_code="49", forms=["outpatient"])
    for quarter in (1, 2):
        make_return(home, Period(2026, quarter), {"direct_hours": 1})
    home.forms[0].form = "residential"
    db.session.flush()
    for quarter in (3, 4):
        make_return(home, Period(2026, quarter), {"beds": 10, "bed_days_used": 460})
    year = read("occupancy", Year(2026), "residential")
    assert year.loc[home.id, "state"] == "value"


def test_types_and_quarters_are_told_apart():
    mine, other = make_reporting_service(), make_reporting_service(type_code="49", forms=["residential"])
    for head in (mine, other):
        make_return(head, Q2, {"direct_hours": 488, "direct_care_fte": 2})
    assert read(DIRECT, Q2, type_code="46").index.tolist() == [mine.id]
    assert read(DIRECT, Q1).empty
    make_period(Q1)
    assert read(DIRECT, Q2).index.tolist() == [mine.id, other.id]


def test_the_command_computes_all_anew(app):
    make_return(make_reporting_service(), Q2, {"direct_hours": 488, "direct_care_fte": 2})
    before = kept()
    reset()
    db.session.add(MetricValue(service_id=before[0][0], metric="gone", form=ALL, period="2026Q2", state="undefined"))
    db.session.add(
        MetricProgram(
            metric="gone", fingerprint="x", computed_at_utc=db.session.scalar(sa.select(Return.created_at_utc))
        )
    )
    db.session.commit()
    result = app.test_cli_runner().invoke(metrics, ["recompute"])
    assert result.exit_code == 0, result.output
    assert kept() == before


def test_recompute_stops_when_a_formula_changes_meanwhile(monkeypatch):
    make_return(make_reporting_service(), Q2, {"direct_hours": 488, "direct_care_fte": 2})
    db.session.commit()

    def change(done, total):
        monkeypatch.undo()
        with transaction():
            make_stored_metric("doubled", "2 * direct_hours", unit="hours")

    monkeypatch.setattr("portal.benchmarking.service.values.queries.set_fingerprints", pytest.fail)
    assert recompute(change) == 0
