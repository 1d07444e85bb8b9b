"""Forms of the comparison as people send them: groups of services, predecessors, notes."""

import re

import pytest

from portal.benchmarking.models import MetricNote, PeerGroup, PeerGroupMember, ServicePredecessor
from portal.benchmarking.service.groups import save_group
from portal.core.db import db
from portal.core.permissions import Actor, Grant, Role
from portal.core.transaction import transaction
from portal.returns.types import Period
from tests.factories.accounts import login, make_user
from tests.factories.benchmarking import make_reported_service

Q2 = Period(2026, 2)
NEW = "/srovnani/skupiny/nova"


@pytest.fixture
def planner(client):
    return login(client, make_user(role="planner"))


@pytest.fixture
def services(app):
    with transaction():
        return [make_reported_service(Q2, share, name=name) for share, name in ((0.5, "Stará"), (0.7, "Nová"))]


def fields_of(client, page):
    """Hidden fields as the page gives them."""
    text = client.get(page).text
    hidden = {}
    for piece in text.split('<input type="hidden" name="')[1:]:
        name, rest = piece.split('"', 1)
        hidden[name] = rest.split('value="', 1)[1].split('"', 1)[0]
    return {name: hidden[name] for name in ("csrf_token", "seen") if name in hidden}


def send(client, page, address=None, **data):
    return client.post(address or page, data={**fields_of(client, page), **data})


def members():
    return {row.service_id for row in db.session.query(PeerGroupMember)}


def test_a_group_is_saved_changed_and_deleted_from_its_page(planner, services):
    old, new = services
    answer = send(planner, NEW, name="Vesnické", services=f"{old.register_id},\n{new.register_id}", shared="1")
    assert answer.status_code == 302
    group = db.session.query(PeerGroup).one()
    assert (group.name, group.is_shared) == ("Vesnické", True)
    assert members() == {old.id, new.id}
    page = planner.get("/srovnani/skupiny").text
    assert "Skupina je uložená." in page
    assert "celý kraj" in page
    own = f"/srovnani/skupiny/{group.id}"
    assert send(planner, own, name="Městské", services=str(new.register_id)).status_code == 302
    db.session.expire_all()
    assert (group.name, group.is_shared, members()) == ("Městské", False, {new.id})
    offered = planner.get("/srovnani?druh=46&obdobi=2026Q2").text
    assert f'<option value="vlastni:{group.id}">vlastní skupina: Městské</option>' in " ".join(offered.split())
    assert send(planner, own, do="delete").status_code == 302
    assert db.session.query(PeerGroup).count() == 0


def test_a_group_that_is_wrong_keeps_what_was_typed(planner, services):
    answer = send(planner, NEW, name="", services="999999999, abc", shared="1")
    assert answer.status_code == 422
    for said in ('href="#name"', 'href="#services"', "999999999, abc</textarea>", 'value="1" checked'):
        assert said in answer.text, said
    assert db.session.query(PeerGroup).count() == 0


def test_a_group_changed_by_another_meanwhile_tells_it_and_keeps_what_was_typed(planner, services):
    send(planner, NEW, name="Moje", services=str(services[0].register_id))
    own = f"/srovnani/skupiny/{db.session.query(PeerGroup).one().id}"
    seen = fields_of(planner, own)
    send(planner, own, name="Jinak", services=str(services[1].register_id))
    answer = planner.post(own, data={**seen, "name": "Moje třetí", "services": str(services[0].register_id)})
    assert answer.status_code == 409
    assert "Skupinu mezitím někdo změnil." in answer.text
    assert 'value="Moje třetí"' in answer.text
    assert db.session.query(PeerGroup).one().name == "Jinak"


def test_a_predecessor_is_linked_and_removed_from_the_page_of_the_service(planner, services):
    old, new = services
    page = f"/srovnani/sluzba/{new.register_id}"
    link = f"{page}/predchudce"
    answer = send(planner, page, link, predecessor=str(old.register_id), reason="Převzetí <b>k 1. 4.</b>")
    assert answer.status_code == 302
    text = planner.get(page).text
    assert "Stará" in text
    assert "Převzetí &lt;b&gt;k 1. 4.&lt;/b&gt;" in text
    assert send(planner, page, link, do="unlink").status_code == 302
    assert db.session.query(ServicePredecessor).count() == 0


def test_saving_a_predecessor_comes_back_to_the_same_quarter(planner, services):
    old, new = services
    page = f"/srovnani/sluzba/{new.register_id}?obdobi=2026Q1"
    (action,) = re.findall(r'action="([^"]*/predchudce[^"]*)"', planner.get(page).text)
    answer = send(planner, page, action, predecessor=str(old.register_id), reason="Převzetí")
    assert (answer.status_code, answer.location) == (302, page)
    wrong = send(planner, page, action, predecessor="abc", reason="Převzetí")
    assert wrong.status_code == 422
    assert '<option value="2026Q1" selected>' in wrong.text


@pytest.mark.parametrize(("number", "reason", "field"), [("abc", "Převzetí", "predecessor"), ("", " ", "reason")])
def test_a_predecessor_that_is_wrong_keeps_what_was_typed(planner, services, number, reason, field):
    old, new = services
    page = f"/srovnani/sluzba/{new.register_id}"
    answer = send(planner, page, f"{page}/predchudce", predecessor=number or str(old.register_id), reason=reason)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'value="{number or old.register_id}"' in answer.text
    assert f"{reason}</textarea>" in answer.text
    assert db.session.query(ServicePredecessor).count() == 0


def test_a_note_is_written_and_deleted_from_the_series(planner, services):
    page = "/srovnani/rada?druh=46&obdobi=2026Q2&kolik=8"
    assert send(planner, page, ctvrtleti="2026Q1", text="Nová <i>pravidla</i>").status_code == 302
    text = planner.get(page).text
    assert "Nová &lt;i&gt;pravidla&lt;/i&gt;" in text
    note = db.session.query(MetricNote).one()
    assert (note.metric, note.type_code, note.period) == ("direct_work_utilisation", "46", "2026Q1")
    assert send(planner, page, delete=str(note.id)).status_code == 302
    assert db.session.query(MetricNote).count() == 0


@pytest.mark.parametrize(("quarter", "text", "field"), [("2026Q1", "", "text"), ("2026Q9", "Pravidla", "ctvrtleti")])
def test_a_note_that_is_wrong_keeps_what_was_typed(planner, services, quarter, text, field):
    answer = send(planner, "/srovnani/rada?druh=46&obdobi=2026Q1&kolik=8", ctvrtleti=quarter, text=text)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f"{text}</textarea>" in answer.text
    assert field == "ctvrtleti" or f'<option value="{quarter}" selected>' in answer.text
    assert db.session.query(MetricNote).count() == 0


def test_forms_are_for_those_who_write_and_refuse_foreign_pages(app, planner, services):
    register_id = services[1].register_id
    planner_id = make_user(role="planner").id
    other = Actor(user_id=planner_id, name="Jiná", grants=frozenset({Grant(Role.PLANNER)}))
    with transaction():
        foreign = save_group(other, name="Cizí", register_ids=[str(register_id)], is_shared=True)
    addresses = [NEW, f"/srovnani/sluzba/{register_id}/predchudce", "/srovnani/rada?druh=46&obdobi=2026Q2"]
    for address in addresses:
        assert planner.post(address, data={"text": "x"}).status_code == 400  # without the token of the form
    token = fields_of(planner, NEW)
    assert planner.post(f"/srovnani/skupiny/{foreign}", data={**token, "do": "delete"}).status_code == 404
    auditor = login(app.test_client(), make_user(role="auditor"))
    for address in addresses:
        assert auditor.post(address).status_code in (400, 403)
    for page in ("/srovnani/rada?druh=46&obdobi=2026Q2", f"/srovnani/sluzba/{register_id}", "/srovnani/skupiny"):
        assert 'method="post"' not in auditor.get(page).text.split("<main", 1)[1]
    assert db.session.query(PeerGroup).count() == 1
