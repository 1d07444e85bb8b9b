"""The worker's clock: reminders go by themselves, from an hour in Prague on."""

from datetime import UTC, datetime

import pytest

from portal.core.clock import frozen_at
from portal.core.db import db
from portal.operation.commands import make_worker
from portal.returns.models import Reminder
from tests.factories.accounts import OWN_ICO, make_user
from tests.factories.catalog import make_provider
from tests.factories.returns import make_period, make_reporting_service
from tests.factories.returns_pages import Q2


def is_due(app, *moment):
    """Moment in UTC; the hour is 7 unless set."""
    found = app.extensions["portal_queue"].read_periodic(datetime(*moment, tzinfo=UTC).replace(tzinfo=None))
    return "recurring_reminders" in [task.name for task in found]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ((2026, 7, 10, 4, 45), False),  # 6:45 in summer
        ((2026, 7, 10, 5, 0), True),
        ((2026, 7, 10, 5, 7), False),
        ((2026, 7, 10, 5, 15), True),
        ((2026, 7, 10, 21, 45), True),
        ((2026, 7, 10, 22, 0), False),  # midnight
        ((2027, 1, 11, 5, 45), False),  # 6:45 in winter
        ((2027, 1, 11, 6, 0), True),
    ],
)
def test_the_hour_is_that_of_prague(app, moment, expected):
    assert is_due(app, *moment) is expected


def test_the_worker_s_clock_sends_what_is_due_once(app, monkeypatch):
    make_period(Q2)
    make_reporting_service(make_provider(ico=OWN_ICO))
    make_user(role="provider_editor", email="eva@sluzby.example")
    db.session.commit()
    worker = make_worker(app.extensions["portal_queue"])

    def round_at(hour, minute):
        clock = worker._create_scheduler()
        monkeypatch.setattr(clock, "sleep_for_interval", lambda start, seconds: None)
        moment = datetime(2026, 7, 10, hour, minute, tzinfo=UTC)
        with frozen_at(moment):
            clock.loop(moment.replace(tzinfo=None))
        db.session.expire_all()
        return [(row.email, row.kind, row.state, row.attempts) for row in db.session.query(Reminder)]

    assert round_at(4, 45) == []
    assert round_at(5, 0) == [("eva@sluzby.example", "before-14", "sent", 1)]
    assert round_at(5, 15) == [("eva@sluzby.example", "before-14", "sent", 1)]
    key = db.session.query(Reminder).one().message_key
    folder = app.extensions["portal_settings"].instance_dir / "mail"
    assert len(list(folder.glob(f"*-{key}.eml"))) == 1
