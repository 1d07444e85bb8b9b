"""While nobody can look sessions up: public pages are shown as to nobody, others not at all."""

import pytest
import sqlalchemy as sa
from sqlalchemy import select, update

from portal.accounts.models import User
from portal.accounts.service.login import new_session_token
from portal.core.db import db
from portal.core.permissions import Role
from portal.core.transaction import transaction
from portal.returns.types import Period
from tests.factories.accounts import login, make_user
from tests.factories.releases import closed_quarter

FAULTS = (
    sa.exc.OperationalError("SELECT 1", {}, Exception("the server is gone")),
    sa.exc.InterfaceError("SELECT 1", {}, Exception("the connection is closed")),
    sa.exc.TimeoutError("QueuePool limit reached"),
)
PUBLIC, INNER = "/zverejnene-udaje", "/zverejneni"


@pytest.fixture(params=FAULTS, ids=lambda fault: type(fault).__name__)
def down(request):
    """Takes the database away, and gives it back."""
    patch = pytest.MonkeyPatch()

    def fail(*_args, **_kwargs):
        raise request.param

    def take_away():
        patch.setattr("sqlalchemy.engine.Connection._execute_context", fail)

    yield take_away, patch.undo
    patch.undo()


@pytest.fixture
def planner(app):
    closed_quarter(Period(2026, 2))
    return login(app.test_client(), make_user(role=Role.PLANNER, name="Petra Plánovačová"))


def test_a_session_is_not_believed_and_not_lost(planner, down):
    take_away, give_back = down
    assert "Petra Plánovačová" in planner.get(PUBLIC).text
    token = planner.get(INNER).text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    take_away()
    public = planner.get(PUBLIC)
    assert (public.status_code, "Petra Plánovačová" in public.text) == (200, False)
    inner = planner.get(INNER)
    assert (inner.status_code, "Petra Plánovačová" in inner.text) == (500, False)
    assert planner.post(f"{INNER}/2026Q2", data={"csrf_token": token, "what": "publish"}).status_code == 500
    missing = planner.get("/nic-takoveho")
    assert (missing.status_code, "Petra Plánovačová" in missing.text) == (404, False)
    give_back()
    assert "Petra Plánovačová" in planner.get(INNER).text


def test_a_session_that_was_ended_does_nothing_in_between(planner, down):
    take_away, give_back = down
    with transaction():
        db.session.execute(update(User).values(session_token=new_session_token()))
    take_away()
    assert planner.get(INNER).status_code == 500
    assert planner.get(PUBLIC).status_code == 200
    give_back()
    answer = planner.get(INNER)
    assert (answer.status_code, answer.location.split("?")[0]) == (302, "/prihlaseni")
    assert db.session.scalar(select(sa.func.count()).select_from(User)) == 1


def test_the_log_says_so_without_saying_who(planner, down, caplog):
    take_away, _give_back = down
    take_away()
    planner.get(PUBLIC)
    told = [record.getMessage() for record in caplog.records if "sessions cannot be looked up" in record.getMessage()]
    assert len(told) == 1
    assert "SELECT" not in told[0]
