"""What the kraj reads before publication: what is being prepared, why it failed, what the auditor opened."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.jobs import Job, JobState
from portal.core.messages import _m, message_as_dict
from portal.core.permissions import OPERATOR, Role
from portal.core.transaction import transaction
from portal.releases import queries, service
from portal.releases.models import Release
from portal.returns.types import Period
from portal.web.formats import number
from tests.factories.accounts import login, make_user
from tests.factories.releases import closed_quarter
from tests.integration.releases.conftest import change, published_amounts

Q1, Q2 = Period(2026, 1), Period(2026, 2)


@pytest.fixture
def opened(lists, folder):
    """A draft that tells exact amounts, as it would by a fault of the rules; the auditor has opened it."""
    service.build(OPERATOR, Q2)
    stored = queries.release(str(Q2), "content", "exact")
    content = json.loads(json.dumps(stored.content))
    costs = next(table for table in content if table["name"] == "costs_by_type")
    amounts = published_amounts(stored)
    hidden = [(r, c) for r, row in enumerate(costs["cells"]) for c, cell in enumerate(row) if cell == "hidden"]
    for row, column in hidden[:-1]:
        costs["cells"][row][column] = round(amounts[row][column] / 1000)
    with transaction():
        db.session.execute(update(Release).values(content=content))
    assert not service.audit_release(OPERATOR, Q2)["passed"]
    row, column = hidden[-1]
    return number(round(amounts[row][column] / 1_000_000))


def fallen_text(page):
    return page.split('id="fallen"', 1)[1].split("</table>", 1)[0]


def test_a_planner_reads_which_cells_were_opened_by_whom_and_what_to_do(opened, folder, app):
    client = login(app.test_client(), make_user(role=Role.PLANNER))
    page = client.get("/zverejneni/2026Q2").text
    fallen = fallen_text(page)
    assert "Náklady služeb podle druhu služby" in fallen
    assert "costs_by_type</" not in fallen
    assert "kdokoli" in fallen
    assert f"přesně {opened}" in fallen  # to the last crown, so at least the millions are right
    rows = re.findall(r"<tr.*?</tr>", fallen.split("<tbody", 1)[1], re.DOTALL)
    cells = [re.sub(r"<[^>]+>", "|", row).split("přesně")[0] for row in rows]
    assert len(cells) == len(set(cells))  # each cell once, whoever opens it
    assert "Z tohoto čtvrtletí není veřejné nic" in page
    assert "portal release audit --period 2026Q2 --json" in page
    assert 'value="publish"' not in page
    assert "Co prověrka odhalila" in client.get("/zverejneni").text
    assert change(client, "/zverejneni/2026Q2", "prepare").status_code == 303
    assert "Prověrka neodhalila žádnou buňku" in client.get("/zverejneni/2026Q2").text


def test_who_may_not_see_exact_figures_reads_only_which_cells_were_opened(opened, folder, app):
    fallen = fallen_text(login(app.test_client(), make_user(role=Role.ADMINISTRATOR)).get("/zverejneni/2026Q2").text)
    assert "jen pro role, které vidí přesné údaje" in fallen
    assert "Kč" not in fallen
    assert "přesně " not in fallen


def test_the_list_says_what_is_being_prepared_and_why_it_failed(lists, folder, app):
    client = login(app.test_client(), make_user(role=Role.PLANNER))
    closed_quarter(Q1)  # of which nobody told anything
    assert change(client, "/zverejneni/2026Q1", "prepare").status_code == 303
    page = client.get("/zverejneni").text
    assert "Poslední příprava se nezdařila: Za 1. čtvrtletí 2026" in page
    with transaction():
        db.session.execute(update(Job).values(state=JobState.RUNNING, error=None, created_at_utc=now_utc()))
    page = client.get("/zverejneni").text
    assert "připravuje se" in page
    assert "Načíst znovu" in page
    again = change(client, "/zverejneni/2026Q1", "prepare")
    assert again.status_code == 409
    assert "se už připravuje" in again.text
    with transaction():
        db.session.execute(update(Job).values(created_at_utc=now_utc() - timedelta(hours=2)))
    page = client.get("/zverejneni").text
    assert "Příprava neskončila. Spusťte ji znovu." in page
    assert "připravuje se" not in page


def test_a_failure_is_forgotten_once_the_quarter_was_audited(lists, folder, app):
    client = login(app.test_client(), make_user(role=Role.PLANNER))
    assert change(client, "/zverejneni/2026Q2", "prepare").status_code == 303
    with transaction():
        error = json.dumps(message_as_dict(_m("%(period)s was not opened.", period="2026Q2")))
        db.session.execute(update(Job).values(state=JobState.FAILED, error=error, created_at_utc=now_utc()))
        db.session.execute(update(Release).values(audited_at_utc=now_utc() - timedelta(hours=1)))
    assert "Poslední příprava se nezdařila" in client.get("/zverejneni").text
    service.audit_release(OPERATOR, Q2)
    assert "Poslední příprava se nezdařila" not in client.get("/zverejneni").text


def test_the_last_attempt_counts_and_none_once_the_quarter_is_published(lists, folder, app):
    client = login(app.test_client(), make_user(role=Role.PLANNER))
    assert change(client, "/zverejneni/2026Q2", "prepare").status_code == 303
    error = json.dumps(message_as_dict(_m("%(period)s was not opened.", period="2026Q2")))
    with transaction():
        db.session.execute(update(Job).values(state=JobState.FAILED, error=error, created_at_utc=now_utc()))
        db.session.execute(update(Release).values(audited_at_utc=now_utc() - timedelta(hours=1)))
        failed = db.session.query(Job).one()
        values = {"kind": failed.kind, "arguments": failed.arguments, "user_id": failed.user_id, "result": {}}
        created_at = now_utc() - timedelta(minutes=5)
        db.session.add(Job(id="0" * 32, state=JobState.DONE, created_at_utc=created_at, **values))
    assert "Poslední příprava se nezdařila" in client.get("/zverejneni").text
    assert service.publish(OPERATOR, Q2, folder)
    assert "Poslední příprava se nezdařila" not in client.get("/zverejneni").text
