"""A kraj that does not collect the sex: no form asks for it, and nothing stores it."""

from dataclasses import replace
from datetime import date

import pytest

from portal.core.db import db
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.waitlists import service
from portal.waitlists.models import Application, Client
from portal.waitlists.words import vocabulary
from tests.factories.accounts import login, make_user
from tests.factories.vault import person
from tests.factories.waitlists import list_file, the_vault

FORM = {
    "file_reference": "SOC-1/26",
    "received_on": "2. 3. 2026",
    "started_on": "2. 3. 2026",
    "adverse_situation": "housing",
    "municipality": "outside",
    "urgency": "usual",
    "sex": "f",
}


@pytest.fixture
def editor(app, own):
    return login(app.test_client(), make_user(role="provider_editor"))


@pytest.fixture(params=[True, False])
def collected(app, monkeypatch, request) -> bool:
    settings = replace(app.extensions["portal_settings"], collects_sex=request.param)
    monkeypatch.setitem(app.extensions, "portal_settings", settings)
    monkeypatch.setitem(app.jinja_env.globals, "settings", settings)
    return request.param


def code(own, name="petr"):
    with transaction():
        [one] = service.derive_codes(the_vault(), own.provider.ico, [person(name)])
    return one.code.hex()


@pytest.mark.parametrize(("form", "model"), [("nova-zadost", Application), ("uzivatele/novy", Client)])
def test_forms_ask_and_store_only_what_the_kraj_collects(editor, own, collected, form, model):
    address = f"/poradniky/{own.register_id}/{form}"
    assert ('name="sex"' in editor.get(address).text) is collected
    assert editor.post(address, data={**FORM, "code": code(own)}).status_code == 303
    assert db.session.scalars(db.select(model.sex)).one() == ("f" if collected else None)


def test_files_store_only_what_the_kraj_collects(own, tmp_path, collected):
    rows = [{"kód": code(own), "od": "1. 2. 2026", "obec": "mimo kraj", "situace": "bydlení", "pohlaví": "žena"}]
    with transaction():
        users = service.take_register(
            OPERATOR, list_file(tmp_path / "u.csv", rows, {}), register_id=own.register_id, words=vocabulary()
        )
    listed = [{"kód": code(own), "číslo spisu": "A-1", "pohlaví": "žena"}]
    with transaction():
        waiting = service.take_list(
            OPERATOR, list_file(tmp_path / "a.csv", listed), register_id=own.register_id, words=vocabulary()
        )
    with transaction():
        service.apply_register(OPERATOR, register_id=own.register_id, import_id=users.id, ends_gone=False)
    with transaction():
        service.apply_import(OPERATOR, register_id=own.register_id, import_id=waiting.id, closes_gone=False)
    for model in (Application, Client):
        assert db.session.scalars(db.select(model.sex)).one() == ("f" if collected else None)
    assert db.session.scalars(db.select(Client.started_on)).one() == date(2026, 2, 1)
