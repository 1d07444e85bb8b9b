"""A vault that refuses or does not answer: said in a sentence, under its status, and nothing typed is lost."""

from datetime import date

import pytest

from portal.core.errors import PortalError
from portal.core.messages import _m
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.vault.types import LimitReached, VaultUnavailable
from portal.waitlists import service
from portal.waitlists.types import ListFilter
from tests.factories.accounts import login, make_user
from tests.factories.vault import person
from tests.factories.waitlists import apply_for, the_vault

LIMIT = LimitReached(_m("Too many codes were asked for at once. Try again in a minute."), 60)
TODAY = LimitReached(
    _m("Today's limit of codes has been reached. Try again tomorrow or ask the region to raise it."), 7200
)
GONE = VaultUnavailable(_m("The vault of codes does not answer. Nothing was stored; try again later."))
FAULTS = [
    pytest.param(LIMIT, 429, "60", "za minutu", id="minute"),
    pytest.param(TODAY, 429, "7200", "zítra", id="day"),
    pytest.param(GONE, 503, "60", "neodpovídá", id="gone"),
]
TYPED = {
    "started_on": "1. 3. 2026",
    "received_on": "2. 3. 2026",
    "file_reference": "SOC-77/26",
    "adverse_situation": "housing",
    "municipality": "mimo kraj",
    "urgency": "urgent",
    "birth_year": "1944",
    "note": "přijde s dcerou",
    "digests": "",
}


@pytest.fixture
def editor(app, own):
    return login(app.test_client(), make_user(role="provider_editor"))


@pytest.fixture
def refuse(monkeypatch):
    def with_error(error: PortalError) -> None:
        def refused(*_arguments, **_named):
            raise error

        for name in ("evaluate", "register", "forget", "codes", "lookup"):
            monkeypatch.setattr(the_vault(), name, refused, raising=False)

    return with_error


def digests(name):
    return "[" + ",".join("null" if one is None else f'"{one.hex()}"' for one in person(name)) + "]"


@pytest.mark.parametrize(("error", "status", "wait", "sentence"), FAULTS)
@pytest.mark.parametrize("form", ["nova-zadost", "uzivatele/novy"])
def test_what_was_typed_stands_in_the_form_again(editor, own, refuse, form, error, status, wait, sentence):
    refuse(error)
    made = digests("petr")
    answer = editor.post(f"/poradniky/{own.register_id}/{form}", data={**TYPED, "digests": made})
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, wait)
    assert sentence in answer.text
    shown = ["1944", "mimo kraj", person("petr")[0].hex()]
    shown += ["SOC-77/26", "2. 3. 2026", "přijde s dcerou"] if form == "nova-zadost" else ["1. 3. 2026"]
    assert [typed for typed in shown if typed not in answer.text.replace("\u00a0", " ")] == []
    assert service.read_list(OPERATOR, register_id=own.register_id, wanted=ListFilter()).total == 0


@pytest.mark.parametrize(("error", "status", "wait", "sentence"), FAULTS)
def test_nobody_is_half_erased(editor, own, refuse, error, status, wait, sentence):
    application = apply_for(own, "jana")
    with transaction():
        stay = service.add_client(
            OPERATOR,
            vault=the_vault(),
            register_id=own.register_id,
            digests=person("eva"),
            started_on=date(2026, 3, 1),
            municipality_code="outside",
            adverse_situation="housing",
        )
    refuse(error)
    for path in (f"zadosti/{application}", f"uzivatele/{stay}"):
        answer = editor.post(f"/poradniky/{own.register_id}/{path}/vymaz", data={"confirm": "1"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (status, wait), path
        assert sentence in answer.text
        assert editor.get(f"/poradniky/{own.register_id}/{path}").status_code == 200


@pytest.mark.parametrize(("error", "status", "wait", "sentence"), FAULTS)
def test_a_browser_and_a_program_are_told_alike(editor, refuse, error, status, wait, sentence):
    refuse(error)
    for address, body in (("/zadatele/kody/body", {"points": []}), ("/zadatele/kody", {"people": [[None] * 12]})):
        answer = editor.post(address, json=body)
        if answer.status_code == 422:
            continue  # told before the vault is asked
        assert (answer.status_code, answer.headers["Retry-After"]) == (status, wait), address
        assert sentence in answer.get_json()["message"]


@pytest.mark.parametrize(("error", "status", "wait", "sentence"), FAULTS)
def test_a_page_that_says_nothing_itself_gets_the_sentence_and_the_status(
    editor, monkeypatch, error, status, wait, sentence
):
    def refused(*_arguments, **_named):
        raise error

    monkeypatch.setattr(service, "list_services", refused)
    answer = editor.get("/poradniky")
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, wait)
    assert sentence in answer.text
