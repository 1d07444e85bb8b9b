"""The territory part of a return: its page, its history, its copy, its conflict, its frame."""

import re
from html import unescape

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from portal.catalog.models import CodeListItem
from portal.core.db import db
from portal.core.transaction import transaction
from portal.returns.models import Return, ReturnCell, ReturnResidence, ReturnResidenceChange, ReturnResidencePart
from portal.returns.service import RESIDENCE_COLUMNS, residences_frame
from tests.factories.returns import make_return
from tests.factories.returns_pages import GOOD, Q2, box, version_on, words
from tests.factories.territory import store_small_territory

PAGE = "/bydliste"


@pytest.fixture(autouse=True)
def _region(app):
    store_small_territory()
    with transaction() as session:
        session.add(CodeListItem(list_name="target_groups", code="24", name="senioři"))
        session.add(CodeListItem(list_name="target_groups", code="5", name="osoby bez přístřeší"))


def rows_of(*rows, state="supplied"):
    names = ("municipality", "target_group", "situation", "persons")
    sent = {f"row-{n}-{name}": value for n, row in enumerate(rows) for name, value in zip(names, row, strict=True)}
    return {"state": state, **sent}


def save(person, *rows, version=None, state="supplied", **more):
    version = version_on(person.get(PAGE)) if version is None else version
    data = {"version": str(version), **rows_of(*rows, state=state), **more}
    return person.client.post(person.address + PAGE, data=data)


def stored():
    return {
        (row.municipality_code, row.target_group, row.adverse_situation): row.persons
        for row in db.session.scalars(select(ReturnResidence).order_by(ReturnResidence.id))
    }


def typed(page, place, name):
    tag = re.search(rf'<(?:input|select)[^>]* id="row-{place}-{name}"[^>]*>(.*?)(?=<label|</td>)', page.text, re.S)
    value = re.search(r' value="([^"]*)"', tag[0].split(">")[0])
    chosen = re.search(r'<option value="([^"]*)" selected', tag[0])
    return unescape((value or chosen or ["", ""])[1])


SUMPERK = ("Šumperk", "24", "dependence_on_care", "40")
BLUDOV = ("bludov", "", "housing", "3")
OUTSIDE = ("mimo kraj", "5", "housing", "2")


def test_rows_are_stored_with_codes_and_shown_to_the_kraj_with_names(service, editor, kraj):
    answer = save(editor, SUMPERK, BLUDOV, OUTSIDE)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("#section-residences")
    assert stored() == {
        ("523704", "24", "dependence_on_care"): 40,
        ("569178", None, "housing"): 3,
        ("outside", "5", "housing"): 2,
    }
    page = editor.get(PAGE)
    assert [typed(page, 0, name) for name in ("municipality", "target_group", "situation", "persons")] == [
        "Bludov",
        "",
        "housing",
        "3",
    ]
    assert typed(page, 1, "municipality") == "Šumperk"
    assert "45 osob , 3 řádky" in words(editor.get()).replace("osob,", "osob ,")
    told = words(kraj.get("/kontrola"))
    assert "Šumperk senioři závislost na péči jiné osoby 40 –" in told
    assert "Celkem 45 –" in told
    assert "Změny bydlišť uživatelů (4)" in told


def test_filling_in_the_part_first_leaves_last_quarters_figures_in_their_boxes(service, editor):
    make_return(service, "2026Q1", {"beds": 40}, state="locked")
    assert save(editor, BLUDOV).status_code == 303
    assert box(editor.get(), "residential-beds") == ("40", False)
    assert set(db.session.scalars(select(ReturnCell.state).join(Return).where(Return.period == str(Q2)))) == {
        "not_supplied"
    }
    assert editor.post(**GOOD).status_code == 303


def test_a_wrong_name_gets_its_sentence_and_keeps_all_that_was_typed(editor):
    page = save(editor, SUMPERK, ("Brno", "5", "housing", "2"), ("Blu", "", "", "tři"))
    assert page.status_code == 422
    assert stored() == {}
    assert "Obec „Brno“ v kraji není. Vyberte ji ze seznamu, nebo napište „mimo kraj“." in words(page)
    assert "Nemysleli jste: Bludov?" in words(page)
    assert 'href="#row-1-municipality"' in page.text
    assert 'href="#row-2-situation"' in page.text
    assert typed(page, 0, "municipality") == "Šumperk"
    assert [typed(page, 1, name) for name in ("municipality", "target_group", "persons")] == ["Brno", "5", "2"]
    assert typed(page, 2, "persons") == "tři"


def test_rows_are_added_and_removed_without_being_stored(editor):
    page = save(editor, SUMPERK, BLUDOV, do="more")
    assert page.status_code == 200
    assert page.text.count('name="do" value="remove-') == 7
    page = save(editor, SUMPERK, BLUDOV, do="remove-0")
    assert typed(page, 0, "municipality") == "bludov"
    assert page.text.count('name="do" value="remove-') == 1
    assert stored() == {}


@pytest.mark.parametrize(
    ("rows", "state", "said"),
    [
        ((), "supplied", "Vyplňte aspoň jeden řádek"),
        ((SUMPERK,), "no_one", "některé řádky jsou vyplněné"),
        ((SUMPERK,), "", "Vyberte, co tabulka říká."),
        ((), "not_supplied", "Vyberte, co tabulka říká."),
    ],
)
def test_the_choice_and_the_rows_must_agree(editor, rows, state, said):
    page = save(editor, *rows, state=state)
    assert page.status_code == 422
    assert said in words(page)
    assert stored() == {}


def test_a_return_without_the_part_cannot_be_submitted(service, approver):
    data = {"version": "0", **GOOD}
    page = approver.client.post(f"{approver.address}/odeslani", data=data)
    assert page.status_code == 422
    assert "Vyplňte, v kterých obcích uživatelé bydlí" in words(page)
    save(approver, ("Šumperk", "", "housing", "46"))
    page = approver.client.post(f"{approver.address}/odeslani", data={"version": "1", **GOOD})
    assert page.status_code == 422
    assert "osob víc (46) než uživatelů za čtvrtletí (45)" in words(page)
    save(approver, ("Šumperk", "", "housing", "44"))
    page = approver.client.post(f"{approver.address}/odeslani", data={"version": "1", **GOOD})
    assert page.status_code == 422
    assert "osob méně (44)" in words(page)
    commented = {**GOOD, "all-users_in_quarter-comment": "Jeden bydliště neuvedl."}
    answer = approver.client.post(f"{approver.address}/odeslani", data={"version": "1", **commented})
    assert answer.status_code == 303


def test_the_form_itself_does_not_blame_a_gap_before_submitting(editor):
    assert "Vyplňte, v kterých obcích" not in words(editor.get())


def test_no_change_takes_last_quarters_rows_over_in_one_step(service, editor):
    earlier = make_return(service, "2026Q1", {"beds": 40}, state="locked")
    db.session.add(ReturnResidencePart(return_id=earlier.id, state="supplied", version=1))
    for code, persons in (("523704", 40), ("unknown", 2)):
        db.session.add(
            ReturnResidence(return_id=earlier.id, municipality_code=code, adverse_situation="housing", persons=persons)
        )
    db.session.commit()
    assert "Beze změny oproti minulému čtvrtletí" in words(editor.get(PAGE))
    answer = editor.client.post(f"{editor.address}{PAGE}/beze-zmeny", data={"version": "0"})
    assert answer.status_code == 303
    told = db.session.execute(
        select(ReturnResidence.municipality_code, ReturnResidence.persons)
        .join(Return, Return.id == ReturnResidence.return_id)
        .where(Return.period == str(Q2))
        .order_by(ReturnResidence.id)
    )
    assert [tuple(row) for row in told] == [("523704", 40), ("unknown", 2)]
    stale = editor.client.post(f"{editor.address}{PAGE}/beze-zmeny", data={"version": "0"})
    assert stale.status_code == 409


def test_where_last_quarter_tells_nothing_there_is_nothing_to_take_over(editor):
    assert "Beze změny" not in words(editor.get(PAGE))
    answer = editor.client.post(f"{editor.address}{PAGE}/beze-zmeny", data={"version": "0"})
    assert answer.status_code == 422
    assert "není co převzít" in words(answer)


def test_every_change_is_kept_with_who_when_from_and_to(service, editor, approver, kraj):
    save(editor, SUMPERK, BLUDOV)
    save(approver, ("Šumperk", "24", "dependence_on_care", "41"))
    save(approver, ("Šumperk", "24", "dependence_on_care", "41"))
    changes = db.session.execute(
        select(
            ReturnResidenceChange.version,
            ReturnResidenceChange.actor_name,
            ReturnResidenceChange.municipality_code,
            ReturnResidenceChange.from_persons,
            ReturnResidenceChange.to_persons,
            ReturnResidenceChange.to_state,
        ).order_by(ReturnResidenceChange.id)
    )
    assert [tuple(row) for row in changes] == [
        (1, "Eva Editorová", None, None, None, "supplied"),
        (1, "Eva Editorová", "523704", None, 40, None),
        (1, "Eva Editorová", "569178", None, 3, None),
        (2, "Alena Schvalovací", "523704", 40, 41, None),
        (2, "Alena Schvalovací", "569178", 3, None, None),
    ]
    assert "Alena Schvalovací Šumperk, senioři, závislost na péči jiné osoby 40 41" in words(kraj.get("/kontrola"))


def test_two_people_at_one_table_see_both_values_and_lose_nothing(editor, approver):
    save(editor, SUMPERK, BLUDOV)
    seen = version_on(editor.get(PAGE))
    save(approver, ("Šumperk", "24", "dependence_on_care", "41"), BLUDOV, OUTSIDE)
    page = save(editor, ("Šumperk", "24", "dependence_on_care", "39"), BLUDOV, version=seen)
    assert page.status_code == 409
    assert "Šumperk, senioři, závislost na péči jiné osoby 39 41" in words(page)
    assert "mimo kraj, osoby bez přístřeší, bydlení – 2" in words(page)
    shown = {typed(page, n, "municipality"): typed(page, n, "persons") for n in range(3)}
    assert shown == {"Bludov": "3", "Šumperk": "39", "mimo kraj": "2"}
    again = save(editor, ("Šumperk", "24", "dependence_on_care", "39"), BLUDOV, OUTSIDE, version=version_on(page))
    assert again.status_code == 303
    assert stored()[("523704", "24", "dependence_on_care")] == 39


def test_two_people_who_begin_at_once_see_both_tables(editor, approver):
    assert save(approver, SUMPERK, version=0).status_code == 303
    page = save(editor, BLUDOV, version=0)
    assert page.status_code == 409
    assert stored() == {("523704", "24", "dependence_on_care"): 40}


def test_rows_typed_while_another_submitted_are_shown_though_they_cannot_be_stored(editor, approver):
    save(editor, ("Šumperk", "", "housing", "45"))
    seen = version_on(editor.get(PAGE))
    data = {"version": "0", **GOOD}
    assert approver.client.post(f"{approver.address}/odeslani", data=data).status_code == 303
    page = save(editor, ("Šumperk", "", "housing", "44"), version=seen)
    assert page.status_code == 409
    assert "Vaše řádky se neuložily" in words(page)
    assert "Šumperk, skupina neuvedena, bydlení 44 45" in words(page)
    assert 'name="version"' not in editor.get(PAGE).text


def test_the_part_is_not_there_before_2026(service, editor):
    make_return(service, "2025Q4", {"beds": 40}, state="returned")
    assert editor.client.get(editor.address.replace("2026Q2", "2025Q4") + PAGE).status_code == 404
    data = {"version": "0", **rows_of(SUMPERK)}
    assert editor.client.post(editor.address.replace("2026Q2", "2025Q4") + PAGE, data=data).status_code == 404


def test_the_frame_holds_the_rows_of_accepted_returns_alone(service, editor, approver, kraj):
    save(editor, ("Šumperk", "", "housing", "45"))
    assert residences_frame(Q2).empty
    assert list(residences_frame(Q2).columns) == list(RESIDENCE_COLUMNS)
    approver.client.post(f"{approver.address}/odeslani", data={"version": "0", **GOOD})
    kraj.post("/prijeti")
    frame = residences_frame(Q2, type_code="49")
    assert frame.to_dict("records") == [
        {
            "service_id": service.id,
            "municipality_code": "523704",
            "target_group": None,
            "adverse_situation": "housing",
            "persons": 45,
        }
    ]
    assert residences_frame(Q2, type_code=("46", "57")).empty


@pytest.mark.parametrize(
    "wrong",
    [
        {"persons": 0},
        {"municipality_code": "x"},
        {"target_group": None},  # the same row once more
    ],
)
def test_the_database_refuses_rows_that_cannot_be(service, editor, wrong):
    save(editor, BLUDOV)
    row = {
        "return_id": db.session.scalar(select(Return.id)),
        "municipality_code": "569178",
        "target_group": "24",
        "adverse_situation": "housing",
        "persons": 1,
    }
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(insert(ReturnResidence), [{**row, **wrong}])
    assert db.session.scalar(select(func.count()).select_from(ReturnResidence)) == 1
