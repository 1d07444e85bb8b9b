"""Codes over the line: keys and sessions, limits, equal answers, and nothing of an identity anywhere."""

import hashlib
import json

import pytest
from sqlalchemy import select

from portal.core.audit import AuditEntry
from portal.core.db import db
from portal.core.messages import _m
from portal.core.permissions import Actor, Grant, Role
from portal.core.transaction import transaction
from portal.identity.coding import make_codes
from portal.identity.kinds import linkage_inputs
from portal.identity.oprf import blind
from portal.identity.types import Identity
from portal.vault.types import LimitReached
from portal.waitlists import service
from portal.waitlists.models import Person, PersonCode, ProviderToken
from tests.factories.accounts import FOREIGN_ICO, OWN_ICO, login, make_user
from tests.factories.vault import KINDS, person

APPROVER = Actor(9, "Alena Schvalovací", frozenset({Grant(Role.PROVIDER_APPROVER, OWN_ICO)}))
POINTS, CODES = "/zadatele/kody/body", "/zadatele/kody"


def hexed(name, **given):
    return [None if one is None else one.hex() for one in person(name, **given)]


@pytest.fixture
def editor(app, own):
    return login(app.test_client(), make_user(role="provider_editor"))


@pytest.fixture
def key(own):
    with transaction():
        return {"Authorization": f"Bearer {service.create_token(APPROVER, ico=OWN_ICO, name='program')}"}


class OverHttp:
    """The portal as ``portal code`` asks it, without a wire."""

    def __init__(self, client, headers):
        self.client, self.headers = client, headers

    def ask(self, path, body):
        return self.client.post(path, json=body, headers=self.headers).get_json()

    def evaluate(self, points):
        return [bytes.fromhex(one) for one in self.ask(POINTS, {"points": [point.hex() for point in points]})["points"]]

    def codes(self, people):
        rows = [[None if one is None else one.hex() for one in digests] for digests in people]
        return [bytes.fromhex(one) for one in self.ask(CODES, {"people": rows})["codes"]]


WHO = Identity(given="Marie", surname="Canárková", born="12. 6. 1944", birth_number="445612/012")


def test_a_person_gets_the_same_code_at_a_provider_and_another_elsewhere(app, own, foreign, key):
    with transaction():
        other = Actor(9, "A", frozenset({Grant(Role.PROVIDER_APPROVER, FOREIGN_ICO)}))
        theirs = {"Authorization": f"Bearer {service.create_token(other, ico=FOREIGN_ICO, name='program')}"}
    people = [linkage_inputs(WHO), linkage_inputs(WHO)]
    mine = list(make_codes(OverHttp(app.test_client(), key), people))
    foreign_codes = list(make_codes(OverHttp(app.test_client(), theirs), people))
    assert mine[0] == mine[1] != foreign_codes[0] == foreign_codes[1]
    assert db.session.query(Person).count() == 1


def test_known_and_unknown_persons_are_answered_alike(editor):
    answers = [editor.post(CODES, json={"people": [hexed("známá")]}) for _ in range(2)]
    answers.append(editor.post(CODES, json={"people": [hexed("neznámá")]}))
    shapes = {(answer.status_code, answer.content_length, tuple(sorted(answer.headers.keys()))) for answer in answers}
    assert len(shapes) == 1
    assert {tuple(answer.get_json()) for answer in answers} == {("codes",)}
    assert [len(code) for answer in answers for code in answer.get_json()["codes"]] == [32] * 3
    assert all(answer.headers["Cache-Control"] == "no-store" for answer in answers)


def test_known_and_unknown_persons_cost_the_same_statements(editor, queries):
    editor.post(CODES, json={"people": [hexed("známá")]})
    shapes = []
    for name in ("známá", "neznámá"):
        queries.statements.clear()
        editor.post(CODES, json={"people": [hexed(name)]})
        shapes.append([one[:60] for one in queries.statements if not one.startswith(("SAVEPOINT", "RELEASE"))])
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (POINTS, {}),
        (POINTS, {"points": "aa"}),
        (POINTS, {"points": ["zz" * 32]}),
        (POINTS, {"points": ["aa"]}),
        (POINTS, {"points": [("00" * 32)]}),
        (POINTS, {"points": [None]}),
        (CODES, []),
        (CODES, {"people": [[]]}),
        (CODES, {"people": [[None] * KINDS]}),
        (CODES, {"people": [{"jméno": "Canárek"}]}),
        (CODES, {"people": [["aa"] * KINDS]}),
        (CODES, {"people": [[1] * KINDS]}),
    ],
)
def test_what_has_not_the_right_form_is_refused_with_a_sentence(editor, path, body, caplog):
    answer = editor.post(path, json=body)
    assert answer.status_code == 422
    assert answer.get_json()["message"]
    assert "Canárek" not in answer.text + caplog.text
    assert db.session.query(PersonCode).count() == 0


def test_text_that_is_no_json_is_refused(editor):
    answer = editor.post(CODES, data="Marie Canárková", content_type="text/plain")
    assert (answer.status_code, "Canárková" in answer.text) == (422, False)


def test_a_key_opens_and_a_withdrawn_one_does_not(app, own, key):
    client = app.test_client()
    body = {"points": [blind(b"x").point.hex()]}
    assert client.post(POINTS, json=body, headers=key).status_code == 200
    stored = db.session.scalars(select(ProviderToken)).one()
    assert stored.last_used_at_utc is not None
    assert stored.token_hash == hashlib.sha256(key["Authorization"].removeprefix("Bearer ").encode()).hexdigest()
    with transaction():
        service.revoke_token(APPROVER, token_id=stored.id)
    assert client.post(POINTS, json=body, headers=key).status_code == 401
    assert client.post(POINTS, json=body, headers={"Authorization": "Basic abc"}).status_code == 401
    assert client.post(POINTS, json=body).status_code == 401
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_kind == "provider_token"))
    assert list(actions) == ["waitlists.token.created", "waitlists.token.revoked"]


def test_a_session_needs_the_token_of_its_page(app, editor, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert editor.post(CODES, json={"people": []}).status_code == 400


def test_only_those_who_keep_lists_ask_for_codes(app, own):
    for role in ("key_worker", "planner", "administrator", "auditor", "municipality_worker"):
        client = login(app.test_client(), make_user(role=role))
        assert client.post(CODES, json={"people": [hexed("petr")]}).status_code == 403, role


def test_who_works_for_several_providers_says_for_which(app, own, foreign):
    grants = frozenset({Grant(Role.PROVIDER_EDITOR, OWN_ICO), Grant(Role.PROVIDER_EDITOR, FOREIGN_ICO)})
    client = login(app.test_client(), make_user(grants=grants))
    assert client.post(CODES, json={"people": []}).status_code == 422
    assert client.post(CODES, json={"people": [], "provider": OWN_ICO}).status_code == 200
    assert client.post(CODES, json={"people": [], "provider": "00000019"}).status_code == 404


def test_the_limit_of_the_vault_is_told_with_the_time_to_wait(app, editor, monkeypatch):
    def refuse(*_arguments):
        raise LimitReached(_m("Too many codes were asked for at once. Try again in a minute."))

    monkeypatch.setattr(app.extensions["portal_vault"], "evaluate", refuse)
    answer = editor.post(POINTS, json={"points": [blind(b"x").point.hex()]})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "minutu" in answer.get_json()["message"]


def test_a_key_is_shown_once_and_made_by_the_approver_alone(app, own):
    client = login(app.test_client(), make_user(role="provider_approver"))
    made = client.post("/poradniky/klice", data={"name": "počítač"})
    token = made.text.split('<code class="waitlists-token">')[1].split("<")[0]
    assert made.status_code == 201
    assert token.startswith("kissos_")
    assert token not in client.get("/poradniky/klice").text
    assert token not in json.dumps([entry.details for entry in db.session.scalars(select(AuditEntry))])
