"""The clock publishes the groups of a closed quarter, once, and only when nothing waits."""

from dataclasses import replace
from datetime import datetime, timedelta

from portal.benchmarking import service as benchmarking
from portal.benchmarking.jobs import is_time_to_publish, publish_by_the_clock
from portal.benchmarking.models import GroupRelease
from portal.core.clock import PRAGUE, now_utc, today
from portal.core.db import db
from portal.core.permissions import OPERATOR
from portal.returns.models import ReturnException
from portal.returns.types import Period
from tests.factories.benchmarking import make_reported_service
from tests.factories.returns import make_period, make_reporting_service, make_return

Q2 = Period(2026, 2)


def close(days_ago):
    return make_period(Q2, on_time_until=Q2.last_day + timedelta(days=1), closes_on=today() - timedelta(days=days_ago))


def test_the_clock_publishes_a_closed_quarter_once_nothing_waits(app):
    close(days_ago=2)
    make_reported_service(Q2, 0.5)
    late = make_reporting_service()
    waiting = make_return(late, Q2, state="submitted")
    assert benchmarking.publish_due(OPERATOR, 1) == []
    waiting.state = "accepted"
    exception = grant_more_time(late)
    assert benchmarking.publish_due(OPERATOR, 1) == []
    exception.ends_at_utc = now_utc()
    assert benchmarking.publish_due(OPERATOR, 3) == []
    assert benchmarking.publish_due(OPERATOR, 2) == [Q2]
    assert benchmarking.publish_due(OPERATOR, 2) == []
    assert db.session.get(GroupRelease, "2026Q2").actor_name == "portal"


def grant_more_time(service):
    exception = ReturnException(
        period=str(Q2),
        provider_id=service.provider_id,
        until=today() + timedelta(days=1),
        ends_at_utc=now_utc() + timedelta(days=1),
        reason="nemoc",
        granted_at_utc=now_utc(),
        granted_by_name="Klíčová",
    )
    db.session.add(exception)
    db.session.flush()
    return exception


def test_the_clock_looks_four_times_an_hour_where_it_may(app):
    settings = app.extensions["portal_settings"]
    noon = datetime(2026, 11, 2, 12, 15, tzinfo=PRAGUE)
    assert is_time_to_publish(noon, settings)
    assert not is_time_to_publish(noon.replace(minute=16), settings)
    never = replace(settings, publish_groups_after=None)
    assert not is_time_to_publish(noon, never)
    close(days_ago=2)
    make_reported_service(Q2, 0.5)
    publish_by_the_clock(never)
    assert db.session.get(GroupRelease, "2026Q2") is None
    publish_by_the_clock(settings)
    assert db.session.get(GroupRelease, "2026Q2") is not None
