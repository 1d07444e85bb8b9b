"""``portal returns ...``."""

import json

import pytest
from sqlalchemy import select

from portal.core.audit import AuditEntry
from portal.core.db import db
from portal.core.errors import Invalid, NotFound
from portal.returns.commands import returns
from portal.returns.models import ReportingPeriod
from tests.factories.returns import NA, make_reporting_service, make_return


def run(app, *arguments):
    result = app.test_cli_runner().invoke(returns, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def opening(period="2026Q4", on_time="2027-01-26", closes="2027-02-16"):
    return ("periods", "open", period, "--on-time-until", on_time, "--closes-on", closes)


def test_a_quarter_is_opened_and_its_dates_moved(app):
    result = run(app, *opening())
    assert "4. čtvrtletí 2026 je otevřené: včas do 25." in result.stderr
    assert result.stdout == ""
    with pytest.raises(Invalid, match="Write why the dates are moved"):
        run(app, *opening(closes="2027-03-01"))
    run(app, *opening(closes="2027-03-01"), "--reason", "Nemoc v kraji")
    assert json.loads(run(app, "periods", "list").stdout) == [
        {"period": "2026Q4", "on_time_until": "2027-01-26", "closes_on": "2027-03-01"}
    ]
    actors = db.session.scalars(select(AuditEntry.actor_name).where(AuditEntry.action == "returns.period.opened"))
    assert list(actors) == ["portal", "portal"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (opening(period="2026"), "is not a quarter"),
        (opening(period="2014Q4"), "no form of the return"),
        (opening(on_time="26. 1. 2027"), "is not a day"),
        (opening(on_time="2026-12-31"), "The quarter is not over"),
        (opening(closes="2027-01-25"), "cannot close before"),
    ],
)
def test_dates_that_cannot_be_meant_are_refused(app, arguments, sentence):
    with pytest.raises(Invalid, match=sentence):
        run(app, *arguments)
    assert db.session.scalar(select(ReportingPeriod)) is None


def test_a_return_is_shown_with_the_states_of_its_cells(app):
    service = make_reporting_service()
    make_return(service, "2026Q2", {"direct_hours": "12.5", "users_at_end": 0, "users_in_quarter": NA})
    shown = json.loads(run(app, "show", "--service", str(service.register_id), "--period", "2026Q2", "--json").stdout)
    assert (shown["state"], shown["form_version"], shown["service"]) == (
        "accepted",
        "quarterly_2026",
        service.register_id,
    )
    cells = {cell["field"]: (cell["state"], cell["value"]) for cell in shown["cells"]}
    told = {field: cell for field, cell in cells.items() if cell != ("not_supplied", None)}
    assert told == {
        "direct_hours": ("value", 12.5),
        "users_at_end": ("zero", 0),
        "users_in_quarter": ("not_applicable", None),
    }
    assert {"direct_care_fte", "fte_social_workers", "refused_applicants", "costs_total"} <= set(cells)
    plain = run(app, "show", "--service", str(service.register_id), "--period", "2026Q2").stdout
    assert "12.5" in plain
    assert "not_applicable" in plain


def test_a_return_that_is_not_there_is_said_to_be_missing(app):
    with pytest.raises(NotFound):
        run(app, "show", "--service", "1", "--period", "2026Q2")
