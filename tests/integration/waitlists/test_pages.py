"""Pages of the waiting lists as people use them."""

import re
from datetime import date

import pytest

from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.waitlists import service
from portal.waitlists.service import reading
from portal.waitlists.types import ListFilter
from portal.waitlists.views import lists
from tests.factories.accounts import login, make_user
from tests.factories.returns_pages import words
from tests.factories.vault import person
from tests.factories.waitlists import apply_for, the_vault

FORM = {
    "file_reference": "SOC-1/26",
    "received_on": "2. 3. 2026",
    "adverse_situation": "housing",
    "municipality": "outside",
    "urgency": "urgent",
}


@pytest.fixture
def here(own):
    return f"/poradniky/{own.register_id}"


@pytest.fixture
def editor(app, own):
    return login(app.test_client(), make_user(role="provider_editor", name="Eva Editorová"))


@pytest.fixture
def kraj(app, own):
    return login(app.test_client(), make_user(role="key_worker"))


def code_of(name, own):
    with transaction():
        [one] = service.derive_codes(the_vault(), own.provider.ico, [person(name)])
    return one.code.hex()


def test_an_application_is_put_in_by_its_code_and_offered_a_place(editor, own, here):
    added = editor.post(f"{here}/nova-zadost", data={**FORM, "code": code_of("petr", own)})
    assert added.status_code == 303
    page = editor.get(added.location)
    assert "SOC-1/26" in page.text
    version = re.search(r'name="version" value="(\d+)"', page.text)[1]
    step = {"step": "offer", "on": "1. 7. 2026", "version": version}
    assert editor.post(f"{added.location}/krok", data=step).status_code == 303
    assert "místo nabídnuto" in words(editor.get(here))
    lost = editor.post(f"{added.location}/krok", data=step)
    assert lost.status_code == 409
    assert "mezitím změnil" in words(lost)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "12"}, "To není kód osoby"),
        ({"received_on": "31. 2. 2026"}, "Napište den jako"),
        ({"adverse_situation": ""}, "Vyberte nepříznivou situaci"),
        ({"municipality": "Nikde"}, "v kraji není"),
        ({"file_reference": "Novák"}, "žádné jméno"),
        ({"note": "rč 440612/012"}, "vypadá jako rodné číslo"),
        ({"code": ""}, "Vyplňte, o koho jde"),
        ({"code": "", "digests": "[1"}, "Kód se nepodařilo vytvořit"),
        ({"birth_year": "44"}, "čtyřmi číslicemi"),
    ],
)
def test_a_fault_is_told_at_its_field_and_nothing_typed_is_lost(editor, own, here, changes, sentence):
    answer = editor.post(f"{here}/nova-zadost", data={**FORM, "code": code_of("petr", own), **changes})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert f'value="{changes.get("received_on", "2. 3. 2026")}"' in answer.text


def test_a_lost_update_shows_both_values(editor, own, here):
    one = apply_for(own, "petr", "A-1", target_group=None, municipality_code="outside")
    address = f"{here}/zadosti/{one}/uprava"
    typed = {**FORM, "file_reference": "A-1", "version": "1"}
    assert editor.post(address, data={**typed, "adverse_situation": "debts"}).status_code == 303
    lost = editor.post(address, data={**typed, "adverse_situation": "violence"})
    assert lost.status_code == 409
    row = re.search(r"Situace\s+(\S+)\s+(\S+)", words(lost))
    assert row.groups() == ("násilí", "dluhy")
    assert editor.post(address, data={**typed, "version": "2"}).status_code == 303


def test_the_list_costs_as_many_statements_with_many_applications(editor, kraj, own, foreign, here, queries):
    spent = {}
    for total in (2, 30):
        for number in range(total):
            if total == 30 or number < 2:
                reference = f"A-{total}-{number}"
                apply_for(own, f"osoba {total} {number}", reference)
                apply_for(foreign, f"osoba {total} {number}", reference)
        for who, client in (("editor", editor), ("kraj", kraj)):
            queries.statements.clear()
            assert client.get(here).status_code == 200
            spent.setdefault(who, []).append(queries.count)
            queries.statements.clear()
            client.get("/poradniky")
            spent.setdefault(f"{who} index", []).append(queries.count)
    assert all(few == many for few, many in spent.values()), spent


def test_interest_is_confirmed_for_many_at_once(editor, own, here):
    ids = [apply_for(own, f"osoba {n}", f"A-{n}", received_on=date(2025, 7, 1)) for n in range(3)]
    assert words(editor.get(f"{here}/potvrzeni")).count("dlouho nepotvrzeno") == 3
    assert editor.post(f"{here}/potvrzeni", data={"on": "9. 7. 2026"}).status_code == 422
    done = editor.post(f"{here}/potvrzeni", data={"ids": [str(one) for one in ids[:2]], "on": "9. 7. 2026"})
    assert done.status_code == 303
    assert words(editor.get(f"{here}/potvrzeni")).count("dlouho nepotvrzeno") == 1


def test_the_work_list_of_confirmations_has_pages(editor, own, here, monkeypatch):
    monkeypatch.setattr(reading, "PAGE", 2)
    monkeypatch.setattr(lists, "PAGE", 2)
    ids = [apply_for(own, f"osoba {n}", f"A-{n}", received_on=date(2025, 7, 1 + n)) for n in range(5)]
    page = editor.get(f"{here}/potvrzeni?strana=2")
    assert [number for number in range(5) if f">A-{number}<" in page.text] == [2, 3]
    assert "5 žádostí k potvrzení" in words(page)
    done = editor.post(f"{here}/potvrzeni?strana=3", data={"ids": [str(ids[4])], "on": "9. 7. 2026"})
    assert done.location == f"{here}/potvrzeni?strana=3"
    last = editor.get(done.location)  # the third page is gone; the last one stands in its place
    assert [number for number in range(5) if f">A-{number}<" in last.text] == [2, 3]
    assert editor.get(f"{here}/potvrzeni?strana=x").status_code == 400
    assert editor.post(f"{here}/potvrzeni?strana=x", data={"ids": [str(ids[3])], "on": "9. 7. 2026"}).status_code == 400
    assert "4 žádosti k potvrzení" in words(editor.get(f"{here}/potvrzeni")), (
        "nothing was confirmed on a page that there is not"
    )


def test_an_applicant_may_confirm_before_the_day_of_an_offer_but_not_of_the_application(editor, own, here):
    address = f"{here}/zadosti/{apply_for(own, 'petr', 'A-1')}"
    offer = {"step": "offer", "on": "8. 7. 2026", "version": "1"}
    assert editor.post(f"{address}/krok", data=offer).status_code == 303
    confirm = {"step": "confirm", "on": "5. 7. 2026", "version": "2"}
    early = editor.post(f"{address}/krok", data={**confirm, "on": "1. 3. 2026"})
    assert early.status_code == 422
    assert "Tento den je před dnem podání žádosti." in words(early)
    assert editor.post(f"{address}/krok", data=confirm).status_code == 303
    assert "Zájem naposledy potvrzen 5. 7. 2026" in words(editor.get(address))


def test_interest_is_confirmed_on_the_page_of_an_application_at_any_time(editor, own, here):
    one = apply_for(own, "petr", "A-1")
    address = f"{here}/zadosti/{one}"
    step = {"step": "confirm", "on": "9. 7. 2026", "note": "Volala dcera.", "version": "1"}
    assert editor.post(f"{address}/krok", data={**step, "on": "11. 7. 2026"}).status_code == 422
    assert editor.post(f"{address}/krok", data=step).status_code == 303
    page = words(editor.get(address))
    assert "Zájem naposledy potvrzen 9. 7. 2026" in page
    assert re.search(r"zájem potvrzen\s*, 9\. 7\. 2026", page)
    assert "Volala dcera." in page
    assert re.search(r"Stav čeká Od 2\. 3\. 2026", page)
    assert editor.post(f"{address}/krok", data=step).status_code == 409
    gone = {"step": "withdraw", "on": "9. 7. 2026", "version": "2"}
    assert editor.post(f"{address}/krok", data=gone).status_code == 303
    assert editor.post(f"{address}/krok", data={**step, "version": "3"}).status_code == 409


def test_a_list_is_imported_from_the_browser_and_taken_back(editor, own, here):
    csv = f"kod;rocnik;cislo spisu;prijato;situace;obec\n{code_of('petr', own)};1944;A-1;2. 3. 2026;bydlení;mimo kraj\n"
    shown = editor.post(f"{here}/import", data={"list": csv})
    assert shown.status_code == 303
    assert "A-1" in editor.get(shown.location).text
    assert editor.post(f"{shown.location}/zapis").status_code == 422
    assert editor.post(f"{shown.location}/zapis", data={"gone": "close"}).status_code == 303
    wanted = ListFilter()
    assert service.read_list(OPERATOR, register_id=own.register_id, wanted=wanted).total == 1
    assert editor.post(f"{shown.location}/zpet").status_code == 303
    assert service.read_list(OPERATOR, register_id=own.register_id, wanted=wanted).total == 0
    refused = editor.post(f"{here}/import", data={"list": csv.replace("situace", "jméno")})
    assert (refused.status_code, "nic z něj nezůstalo uloženo" in words(refused)) == (422, True)


def test_the_order_is_set_by_the_provider_and_seen_by_the_kraj(editor, kraj, here):
    given = {"version": "0", "rule": "points", "label-0": "bydlí v obci", "points-0": "20", "id-0": ""}
    assert editor.post(f"{here}/poradi", data={**given, "points-0": "moc"}).status_code == 422
    assert editor.post(f"{here}/poradi", data=given).status_code == 303
    assert "bydlí v obci" in kraj.get(f"{here}/poradi").text
    assert kraj.post(f"{here}/poradi", data=given).status_code == 403


def test_a_filter_that_is_not_offered_is_refused_and_an_empty_answer_says_so(editor, own, here):
    apply_for(own, "petr", "A-1")
    assert editor.get(f"{here}?situace=nic").status_code == 400
    assert "Filtru v pořadníku nic neodpovídá" in words(editor.get(f"{here}?situace=housing"))


def test_the_planner_sets_the_rules(app, own, kraj):
    planner = login(app.test_client(), make_user(role="planner"))
    rules = {"confirm_after_days": "180", "grace_days": "14", "version": "0"}
    assert planner.post("/poradniky/pravidla", data={**rules, "grace_days": "mnoho"}).status_code == 422
    assert planner.post("/poradniky/pravidla", data={**rules, "grace_days": "999"}).status_code == 422
    assert planner.post("/poradniky/pravidla", data=rules).status_code == 303
    assert planner.post("/poradniky/pravidla", data=rules).status_code == 409
    assert "180 dnů" in words(kraj.get("/poradniky/pravidla"))


def test_a_person_is_erased_only_when_it_is_meant(editor, own, here):
    one = apply_for(own, "petr", "A-1")
    address = f"{here}/zadosti/{one}/vymaz"
    assert editor.post(address).status_code == 422
    assert editor.post(address, data={"confirm": "1"}).status_code == 303
    assert editor.get(f"{here}/zadosti/{one}").status_code == 404
