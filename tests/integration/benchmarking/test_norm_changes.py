"""Norms changed by the region, from a day on and with a reason."""

from datetime import date
from decimal import Decimal

import pytest

from portal.benchmarking import service
from portal.benchmarking.types import ALL_FORMS, Line, Measure
from portal.core.audit import AuditEntry
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.returns.types import Period
from tests.factories.accounts import login, make_user
from tests.factories.benchmarking import make_reported_service

LINE = Line("46", Measure.DIRECT_WORK, ALL_FORMS)
ADDRESS = "/srovnani/normy/46/direct_work/all"


def send(client, address, form):
    """Post a form as its page would."""
    token = client.get("/srovnani/normy/46/direct_work/all").text.split('name="csrf_token" value="', 1)[1]
    return client.post(address, data={"csrf_token": token.split('"', 1)[0], **form})


def change(percent, day, *, seen=0, actor=OPERATOR, reason="Zastupitelstvo"):
    percent = None if percent is None else Decimal(percent)
    service.change_norm(actor, line=LINE, percent=percent, valid_from=day, reason=reason, seen=seen)


@pytest.mark.usefixtures("app")
class TestChanges:
    def test_the_comparison_uses_the_norm_of_its_quarter(self):
        for quarter in (Period(2025, 4), Period(2026, 1)):
            make_reported_service(quarter, 0.5)
        change("62.5", date(2026, 1, 1))
        shares = [service.compare(OPERATOR, q, "46", LINE).norm.share for q in (Period(2025, 4), Period(2026, 1))]
        assert shares == [Decimal("0.6"), Decimal("0.625")]
        [broken] = service.get_norm(LINE).breaks
        assert (broken.day, broken.before, broken.after) == (date(2026, 1, 1), Decimal("0.6"), Decimal("0.625"))

    def test_a_norm_can_end(self):
        change(None, date(2026, 1, 1))
        row = service.get_norm(LINE)
        assert row.norms[-1].valid_to == date(2025, 12, 31)
        assert row.breaks[-1].after is None

    def test_every_change_is_recorded_with_its_reason(self):
        change("50", date(2026, 1, 1))
        seen = service.get_norm(LINE).seen
        change("55", date(2026, 1, 1), seen=seen)
        row = service.get_norm(LINE)
        assert [decision.percent for decision in row.decisions] == [55, 50]
        assert row.norms[-1].share == Decimal("0.55")
        assert db.session.query(AuditEntry).filter_by(action="norm.changed").count() == 2

    def test_a_lost_update_is_a_conflict(self):
        change("50", date(2026, 1, 1))
        with pytest.raises(Conflict):
            change("55", date(2026, 1, 1))

    def test_what_cannot_be_is_refused(self):
        with pytest.raises(Invalid) as caught:
            change("101", None, reason=" ")
        assert set(caught.value.fields) == {"percent", "valid_from", "reason"}
        with pytest.raises(Forbidden):
            change("50", date(2026, 1, 1), actor=Actor(user_id=1, grants=frozenset({Grant(Role.KEY_WORKER)})))


def test_a_planner_changes_a_norm_on_the_page(client):
    planner = login(client, make_user(role="planner"))
    assert "Denní stacionáře" in planner.get("/srovnani/normy").get_data(as_text=True)
    given = {"percent": "62,5", "valid_from": "1. 4. 2026", "reason": "Usnesení rady", "seen": "0"}
    wrong = send(planner, ADDRESS, {**given, "percent": "hodně", "valid_from": "zítra"})
    assert wrong.status_code == 422
    assert {"Napište procenta číslem", "Napište den", "Usnesení rady"} <= {
        words for words in ("Napište procenta číslem", "Napište den", "Usnesení rady") if words in wrong.text
    }
    assert send(planner, ADDRESS, given).status_code == 302
    page = planner.get(ADDRESS).text.replace("\xa0", " ")
    assert "62,5 %" in page
    assert send(planner, ADDRESS, given).status_code == 409
    assert planner.get("/srovnani/normy/46/occupancy/all").status_code == 404
