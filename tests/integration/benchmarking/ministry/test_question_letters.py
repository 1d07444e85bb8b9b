"""A question about a difference goes by mail to the provider's people; what did not go is told and tried again."""

from email import message_from_bytes
from email.policy import default

import pytest

from portal.benchmarking.ministry import service
from portal.benchmarking.ministry.jobs import is_time_to_try, try_again
from portal.benchmarking.ministry.types import Decision
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.permissions import Actor, Grant, Role
from portal.core.transaction import transaction
from tests.factories.accounts import FOREIGN_ICO, OWN_ICO, login, make_user
from tests.factories.catalog import find_or_make_provider
from tests.factories.ministry import csv_file, store_year, take_over
from tests.factories.returns import make_reporting_service

ITEM = "costs_total"


@pytest.fixture
def asked_about(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    with transaction():
        stored = make_reporting_service(find_or_make_provider(OWN_ICO), name="Domov Pod Lipami")
        store_year(stored, 2015, {ITEM: 2_000_000})
        take_over(csv_file(tmp_path / "a.csv", [(stored.register_id, 2015, 1_000_000, 0)]))
    for role, email, language in (
        ("provider_editor", "eva@sluzby.example", "cs"),
        ("provider_approver", "alan@sluzby.example", "en"),
    ):
        make_user(role=role, email=email).language = language
    make_user(role="provider_editor", provider=FOREIGN_ICO, email="cizi@jinde.example")
    make_user(role="provider_editor", email="byvala@sluzby.example").is_active = False
    db.session.commit()
    return stored


@pytest.fixture
def planner(app, asked_about):
    return login(app.test_client(), make_user(role="planner"))


def address(stored):
    return f"/srovnani/mpsv/2015/{stored.register_id}/{ITEM}"


def ask(client, stored, seen=0, question="Proč je v MPSV o 1 000 000 Kč méně?"):
    return client.post(
        address(stored), data={"state": "to_correct", "comment": "", "question": question, "seen": str(seen)}
    )


def letters(app):
    folder = app.extensions["portal_settings"].instance_dir / "mail"
    found = [message_from_bytes(path.read_bytes(), policy=default) for path in sorted(folder.glob("*.eml"))]
    return {str(one["To"]): one for one in found}


def test_each_person_of_the_provider_gets_a_link_and_no_figure(app, asked_about, planner):
    assert ask(planner, asked_about).status_code == 303
    sent = letters(app)
    assert set(sent) == {"eva@sluzby.example", "alan@sluzby.example"}
    assert sent["eva@sluzby.example"]["Subject"] == "Dotaz k ročnímu údaji vaší služby"
    assert sent["alan@sluzby.example"]["Subject"] == "A question about a yearly figure of your service"
    for letter in sent.values():
        text = letter.get_content()
        assert "Domov Pod Lipami" in text
        assert not any(piece in text.replace("\u00a0", "") for piece in ("1 000 000", "2 000 000", "000000", "Proč"))
    page = planner.get(address(asked_about)).text
    assert page.count("eva@sluzby.example") == page.count("alan@sluzby.example") == 1
    assert "neodešel" not in page


def test_a_comment_alone_sends_nothing(app, asked_about, planner):
    form = {"state": "explained", "comment": "Rozpuštěná rezerva.", "question": "", "seen": "0"}
    assert planner.post(address(asked_about), data=form).status_code == 303
    assert letters(app) == {}


def test_what_did_not_go_is_listed_and_tried_again(app, asked_about, planner):
    folder = app.extensions["portal_settings"].instance_dir / "mail"
    folder.write_text("no folder", "utf-8")
    ask(planner, asked_about)
    page = planner.get(address(asked_about)).text
    assert "neodešel" in page
    assert "Zkusit znovu, co neodešlo" in page
    folder.unlink()
    assert planner.post(f"{address(asked_about)}/dopisy").status_code == 303
    assert set(letters(app)) == {"eva@sluzby.example", "alan@sluzby.example"}
    assert "neodešel" not in planner.get(address(asked_about)).text


def test_an_answered_question_needs_no_letter_any_more(app, asked_about):
    """Planned without being sent, as when no worker ran; the answer came first."""
    planner = Actor(None, "Pavel", frozenset({Grant(Role.PLANNER)}))
    editor = Actor(None, "Eva", frozenset({Grant(Role.PROVIDER_EDITOR, OWN_ICO)}))
    key = {"register_id": asked_about.register_id, "year": 2015, "item": ITEM}
    with transaction():
        service.decide(planner, **key, state=Decision.TO_CORRECT, question="Proč?", seen=0)
    with transaction():
        service.answer(editor, **key, text="Chyba ve výkazu.", seen=1)
    settings = app.extensions["portal_settings"]
    assert is_time_to_try(now_utc().replace(minute=30), settings)
    assert not is_time_to_try(now_utc().replace(minute=31), settings)
    try_again(settings)
    assert letters(app) == {}
    assert {one.state for one in service.list_letters(planner, **key)} == {"dropped"}
