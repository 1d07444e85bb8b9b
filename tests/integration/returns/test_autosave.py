"""Saving while a person types: batches as JSON, faults, conflicts; earlier values at each figure."""

import pytest
from sqlalchemy import select

from portal.core.clock import frozen_at
from portal.core.db import db
from portal.returns.models import Return, ReturnCell, ReturnCellChange
from tests.factories.returns import NA, make_return
from tests.factories.returns_pages import GOOD, Q2, box, words
from tests.integration.returns.test_entry import CLOSED, stored

PAGE = "/prubezne-ulozeni"


def send(person, version, **cells):
    sent = {
        name.replace("__", "-"): value if isinstance(value, dict) else {"text": value, "na": False}
        for name, value in cells.items()
    }
    return person.client.post(person.address + PAGE, json={"version": version, "cells": sent})


def test_a_batch_is_stored_and_answered_with_version_totals_and_clock(service, editor):
    answer = send(
        editor,
        0,
        residential__fte_social_workers="1,5",
        residential__fte_service_workers="6 ",
        residential__fte_other_direct={"text": "", "na": True},
    )
    assert answer.status_code == 200
    assert answer.json["version"] == 1
    assert answer.json["faults"] == answer.json["others"] == {}
    assert answer.json["totals"]["residential-direct_care_fte"] == "7,5"
    assert answer.json["saved"] == "10:00"
    assert stored(service)["residential-fte_other_direct"] == ("not_applicable", None)
    assert stored(service)["residential-beds"] == ("not_supplied", None)


def test_what_cannot_be_read_is_told_and_the_rest_is_stored(service, editor):
    answer = send(editor, 0, residential__beds="čtyřicet", all__users_new="3")
    assert answer.json["faults"] == {"residential-beds": "Napište číslo, například 12."}
    assert stored(service)["all-users_new"] == ("value", 3)


def test_how_far_each_part_is_comes_back_as_the_page_would_say_it(service, editor):
    wrong = send(editor, 0, residential__beds="čtyřicet", all__users_new="3")
    assert [words for kind, words in wrong.json["parts"].values() if kind == "wrong"] == ["1 k opravě"]
    mended = send(editor, 1, residential__beds="40")
    assert "wrong" not in {kind for kind, _words in mended.json["parts"].values()}
    page = editor.get()
    for anchor, (kind, said) in mended.json["parts"].items():
        assert f'returns-contents__state--{kind}" data-part="{anchor}">{said}<' in page.text


def test_what_the_rules_say_of_saved_figures_comes_back(service, editor):
    """As a page opened now would say it: wrong and unusual figures, nothing about gaps."""
    make_return(service, Q2.previous, {"beds": 40}, state="locked")
    answer = send(editor, 0, residential__beds="8", all__users_at_end="9", all__users_in_quarter="5")
    found = answer.json["findings"]
    assert set(found) == {"all-users_at_end", "residential-beds"}
    assert found["all-users_at_end"]["errors"][0].startswith("Uživatelů k poslednímu dni (9) je víc")
    assert any("40" in sentence and "8" in sentence for sentence in found["residential-beds"]["warnings"])
    page = words(editor.get())
    for sentence in (*found["all-users_at_end"]["errors"], *found["residential-beds"]["warnings"]):
        assert " ".join(sentence.split()) in page
    again = send(editor, 1, residential__beds="40", all__users_at_end="5")
    assert again.json["findings"] == {}


def test_totals_and_names_of_no_box_are_not_taken(service, editor):
    send(editor, 0, residential__direct_care_fte="99", all__nothing="1", outreach__direct_hours="1")
    assert set(stored(service).values()) == {("not_supplied", None)}


def test_another_figure_changed_by_somebody_else_is_no_conflict_and_is_told(service, editor, approver):
    send(editor, 0, residential__beds="40")
    send(approver, 1, all__users_new="5")
    answer = send(editor, 1, residential__bed_days_used="100")
    assert answer.status_code == 200
    assert answer.json["version"] == 3
    assert answer.json["others"] == {"all-users_new": {"text": "5", "na": False}}


def test_the_same_figure_changed_by_two_is_answered_with_both_values_and_not_stored(service, editor, approver):
    send(editor, 0, residential__beds="40")
    send(approver, 1, residential__beds="42", all__users_new="5")
    answer = send(editor, 1, residential__beds="41", all__users_left="2")
    assert answer.status_code == 409
    assert answer.json["conflicts"] == [
        {
            "name": "residential-beds",
            "who": "Alena Schvalovací",
            "stored": {"text": "42", "na": False},
            "storedText": "42",
        }
    ]
    assert answer.json["others"] == {"all-users_new": {"text": "5", "na": False}}
    assert stored(service)["residential-beds"] == ("value", 42)
    assert stored(service)["all-users_left"] == ("not_supplied", None)
    assert send(editor, answer.json["version"], residential__beds="41").status_code == 200
    assert stored(service)["residential-beds"] == ("value", 41)


def test_the_same_value_typed_by_two_is_no_conflict(editor, approver):
    send(editor, 0, residential__beds="40")
    send(approver, 1, residential__beds="42")
    assert send(editor, 1, residential__beds="42").status_code == 200


def test_the_comment_is_stored_with_its_figure(editor):
    send(editor, 0, residential__beds={"text": "40", "na": False, "comment": " Nová lůžka. "})
    send(editor, 1, residential__beds="41")
    kept = db.session.scalars(select(ReturnCell.comment).where(ReturnCell.comment.is_not(None))).all()
    assert kept == ["Nová lůžka."]


def test_what_comes_after_submitting_or_closing_is_refused_with_a_sentence(editor, approver):
    assert approver.post("/odeslani", **GOOD).status_code == 303
    answer = send(editor, 2, residential__beds="1")
    assert (answer.status_code, answer.json) == (409, {"closed": "Výkaz už byl odeslán; nelze ho měnit."})


def test_a_closed_quarter_takes_nothing(editor):
    with frozen_at(CLOSED):
        answer = send(editor, 0, residential__beds="1")
    assert answer.status_code == 409
    assert "uzavřené" in answer.json["closed"]
    assert db.session.scalar(select(Return.id)) is None


@pytest.mark.parametrize(
    "body", [None, [], {"version": "1", "cells": {}}, {"version": True, "cells": {}}, {"version": 0, "cells": []}]
)
def test_a_request_that_is_not_whole_is_refused(editor, body):
    assert editor.client.post(editor.address + PAGE, json=body).status_code == 400


def test_a_cell_of_another_shape_is_left_out(service, editor):
    answer = send(editor, 0, residential__beds={"text": 5, "na": "yes"}, all__users_new="1")
    assert answer.status_code == 200
    assert stored(service)["residential-beds"] == ("not_supplied", None)
    sent = {"version": 1, "cells": {"all-users_new": "7"}}
    assert editor.client.post(editor.address + PAGE, json=sent).status_code == 200
    assert stored(service)["all-users_new"] == ("value", 1)


def test_the_number_of_queries_hangs_on_no_number_of_cells(editor, queries):
    send(editor, 0, residential__beds="1")
    queries.statements.clear()
    send(editor, 1, residential__beds="2")
    few = queries.count
    queries.statements.clear()
    many = {name.replace("-", "__"): value for name, value in GOOD.items()}
    assert send(editor, 2, **many).status_code == 200
    reads = [one for one in queries.statements if one.startswith("SELECT")]
    assert len(reads) <= few


def test_beside_each_figure_stand_its_earlier_values_and_its_changes(service, editor, approver, queries):
    for number, quarter in enumerate(("2026Q1", "2025Q4", "2025Q3", "2025Q2", "2025Q1")):
        make_return(service, quarter, {"beds": NA if number == 1 else 40 + number}, state="locked")
    send(editor, 0, residential__beds="38")
    send(approver, 1, residential__beds="39")
    queries.statements.clear()
    page = editor.get()
    asked = queries.count
    told = words(page)
    assert "4. čtvrtletí 2025 netýká se" in told
    assert "1. čtvrtletí 2025 44" in told
    assert "Dřívější hodnoty : Lůžka (2 změny)" in told
    assert "Alena Schvalovací: 38 → 39" in told
    assert "Eva Editorová: neuvedeno → 38" in told
    assert box(page, "residential-beds") == ("39", False)
    many = {name.replace("-", "__"): value for name, value in GOOD.items()}
    send(editor, 2, **many)
    queries.statements.clear()
    editor.get()
    assert queries.count == asked
    changes = db.session.scalars(select(ReturnCellChange.actor_name).where(ReturnCellChange.field == "beds")).all()
    assert changes == ["Eva Editorová", "Alena Schvalovací", "Eva Editorová"]
