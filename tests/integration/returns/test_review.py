"""From draft to lock, as the provider and the kraj go through it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core.audit import AuditEntry
from portal.core.clock import frozen_at
from portal.core.db import db
from portal.core.transaction import transaction
from portal.returns.models import Return, ReturnEvent, ReturnNote
from tests.factories.returns import make_reporting_service, make_return
from tests.factories.returns_pages import GOOD, IN_TIME, Q2, box, version_on, words

STATE = select(Return.state)


def test_the_whole_way_from_draft_to_lock_and_back(editor, approver, kraj):
    assert "Nezahájeno" in words(editor.get())
    editor.post(**GOOD)
    assert db.session.scalar(STATE) == "draft"
    assert "Přijmout výkaz" not in words(kraj.get("/kontrola"))
    approver.post("/odeslani", **GOOD)
    assert db.session.scalar(STATE) == "submitted"

    page = kraj.get("/kontrola")
    assert "Přijmout výkaz" in words(page)
    kraj.post(
        "/vraceni", **{"residential-beds-reason": "V registru máte 45 lůžek.", "overall": "Děkujeme, jen jedna věc."}
    )
    assert db.session.scalar(STATE) == "returned"

    page = editor.get()
    assert "Kraj žádá o opravu: V registru máte 45 lůžek." in words(page)
    assert "Děkujeme, jen jedna věc." in words(page)
    assert box(page, "residential-beds") == ("40", False)
    assert approver.post("/odeslani", **{**GOOD, "residential-beds": "45"}).status_code == 303
    assert "V registru máte" not in words(kraj.get("/kontrola"))

    kraj.post("/prijeti")
    assert db.session.scalar(STATE) == "accepted"
    assert 'name="version"' not in approver.get().text
    kraj.post("/uzamceni")
    assert db.session.scalar(STATE) == "locked"
    kraj.post("/znovuotevreni", reason="Poskytovatel našel chybu v úvazcích.")
    assert db.session.scalar(STATE) == "returned"
    assert "Poskytovatel našel chybu v úvazcích." in words(approver.get())

    events = db.session.scalars(select(ReturnEvent).order_by(ReturnEvent.id)).all()
    assert [(event.action, event.actor_name) for event in events] == [
        ("submit", "Alena Schvalovací"),
        ("return", "Karel Krajský"),
        ("submit", "Alena Schvalovací"),
        ("accept", "Karel Krajský"),
        ("lock", "Karel Krajský"),
        ("reopen", "Karel Krajský"),
    ]
    steps = [event.from_state for event in events] + [events[-1].to_state]
    assert steps == ["draft", "submitted", "returned", "submitted", "accepted", "locked", "returned"]
    recorded = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.object_kind == "return").order_by(AuditEntry.id)
    )
    assert [action for action in recorded if not action.endswith(".saved")] == [
        f"returns.{event.action}" for event in events
    ]
    assert "Historie" in words(approver.get())


def test_each_round_has_its_own_reasons(approver, editor, kraj):
    for reason in ("První důvod.", "Druhý důvod."):
        approver.post("/odeslani", **GOOD)
        assert kraj.post("/vraceni", **{"residential-beds-reason": reason}).status_code == 303
    page = words(editor.get())
    assert "Kraj žádá o opravu: Druhý důvod." in page
    assert "První důvod." not in page
    assert "Údaje k opravě Lůžka : Druhý důvod." in page
    assert "Lůžka 1 k opravě" in page
    with frozen_at(IN_TIME + timedelta(hours=1)):
        editor.post(**{**GOOD, "residential-beds": "41"})
    assert "Lůžka 1 k opravě" not in words(editor.get())
    notes = db.session.execute(select(ReturnNote.round, ReturnNote.reason).order_by(ReturnNote.round))
    assert [tuple(note) for note in notes] == [(1, "První důvod."), (2, "Druhý důvod.")]


def test_a_return_goes_back_only_with_a_reason(approver, kraj):
    approver.post("/odeslani", **GOOD)
    page = kraj.post("/vraceni", **{"residential-beds-reason": "   "})
    assert page.status_code == 422
    assert "Napište aspoň jeden důvod" in words(page)
    assert 'href="#overall"' in page.text
    assert db.session.scalar(STATE) == "submitted"
    assert db.session.scalar(select(ReturnNote)) is None


def test_a_return_is_opened_again_only_with_a_reason(service, kraj):
    with transaction():
        make_return(service, "2026Q2", state="accepted")
    page = kraj.post("/znovuotevreni", reason=" ")
    assert page.status_code == 422
    assert "Napište, proč se výkaz znovu otevírá." in words(page)
    assert db.session.scalar(STATE) == "accepted"


@pytest.mark.parametrize("tail", ["/prijeti", "/uzamceni", "/vraceni", "/znovuotevreni"])
@pytest.mark.parametrize("state", ["draft", "returned"])
def test_what_lies_with_the_provider_cannot_be_decided(service, kraj, tail, state):
    with transaction():
        make_return(service, "2026Q2", state=state)
    answer = kraj.post(tail, version="1", overall="x", reason="x")
    assert answer.status_code == 409
    assert "To teď nejde" in words(answer)
    assert db.session.scalar(STATE) == state


@pytest.mark.parametrize("tail", ["/prijeti", "/uzamceni", "/vraceni", "/znovuotevreni"])
def test_what_nobody_began_cannot_be_decided(kraj, tail):
    answer = kraj.post(tail, version="0", overall="x", reason="x")
    assert answer.status_code == 409


def test_a_decision_on_a_return_that_changed_meanwhile_is_not_taken(approver, kraj):
    approver.post("/odeslani", **GOOD)
    seen = version_on(kraj.get("/kontrola"))
    kraj.post("/vraceni", overall="Opravte to.")
    approver.post("/odeslani", **{**GOOD, "residential-beds": "45"})
    assert kraj.post("/prijeti", version=str(seen)).status_code == 409
    page = kraj.post("/vraceni", version=str(seen), **{"residential-beds-reason": "Dlouze promyšlený důvod."})
    assert page.status_code == 409
    assert "Dlouze promyšlený důvod." in page.text
    assert db.session.scalar(STATE) == "submitted"


def test_the_kraj_sees_changes_warnings_and_comments(service, approver, kraj):
    staff = {"fte_social_workers": "1.5", "fte_service_workers": "6.75", "fte_other_direct": "1.25"}
    make_return(service, "2026Q1", {"direct_hours": 2000, "users_in_quarter": 0, **staff}, state="locked")
    comment = {"residential-direct_hours-comment": "Nové oddělení.", "all-users_in_quarter-comment": "Loni chyba."}
    approver.post(**GOOD)
    assert approver.post("/odeslani", **GOOD, **comment).status_code == 303
    page = words(kraj.get("/kontrola"))
    assert "4 000,5 2 000 +100 %" in page
    assert "Údaj se hodně změnil: minulé čtvrtletí 2 000, nyní 4 000,5." in page
    assert "Nové oddělení." in page
    assert "9,5 9,5 0 %" in page


def test_the_kraj_sees_beside_each_figure_its_last_eight_values_and_its_changes(service, editor, approver, kraj):
    for back in range(1, 10):
        make_return(service, Q2.shifted(-back), {"beds": 40 + back}, state="locked")
    editor.post(**{**GOOD, "residential-beds": "48"})
    approver.post("/odeslani", **{**GOOD, "residential-beds-comment": "Přibyla lůžka."})
    for page in (kraj.get("/kontrola"), kraj.get()):
        told = words(page)
        assert "Dřívější hodnoty : Lůžka (2 změny) 1. čtvrtletí 2026 41" in told
        assert "2. čtvrtletí 2024 48 " in told
        assert "1. čtvrtletí 2024" not in told  # the ninth
        assert "Alena Schvalovací: 48 → 40" in told
        assert "Eva Editorová: neuvedeno → 48" in told


def test_auditors_read_everything_and_are_offered_nothing(service, auditor):
    made = make_return(service, "2026Q2", {"direct_hours": 4321}, state="submitted")
    page = auditor.get()
    assert "4 321" in words(page)
    assert 'name="version"' not in page.text
    assert "Zkontrolovat výkaz" not in words(page)
    assert auditor.get("/kontrola").status_code == 403
    assert made.version == 1


def test_a_draft_is_shown_to_the_kraj_as_unfinished(editor, kraj):
    editor.post(**GOOD)
    page = words(kraj.get())
    assert "Výkaz zatím nebyl odeslán; údaje se mohou změnit." in page
    assert "4 000,5" in page


def test_only_the_kraj_is_told_how_a_return_stands_out_from_the_group(service, approver, kraj):
    for number in range(8):
        other = make_reporting_service(type_code="49", forms=("residential",))
        cells = {"direct_hours": 4000 + 10 * number, "fte_service_workers": 5, "fte_social_workers": 3}
        make_return(other, "2026Q2", {**cells, "fte_other_direct": 1.5}, state="accepted")
    other = make_reporting_service(type_code="49", forms=("residential", "outreach"))
    make_return(other, "2026Q2", {"direct_hours": 1, "direct_care_fte": 1}, state="accepted")
    approver.post(**{**GOOD, "residential-direct_hours": "1000"})
    told = "u jiných služeb téhož druhu a formy obvykle kolem 424,74 (medián 8 služeb)"
    assert told in words(kraj.get("/kontrola"))
    assert "u jiných služeb" not in words(approver.get())
    answer = approver.post("/odeslani", **{**GOOD, "residential-direct_hours": "1000"})
    assert answer.status_code == 303  # a warning that nobody sees keeps nothing from going
    assert "u jiných služeb" not in words(approver.get())
    assert told in words(kraj.get("/kontrola"))


def test_a_figure_out_of_the_own_series_wants_a_comment(service, approver):
    for back in range(1, 7):
        make_return(service, Q2.shifted(-back), {"users_at_end": 20}, state="locked")
    page = approver.post("/odeslani", **{**GOOD, "all-users_at_end": "29"})
    assert page.status_code == 422
    assert "Údaj vybočuje z vlastní řady: nyní 29, obvykle kolem 20 (medián 6 čtvrtletí)." in words(page)
    assert "Uživatelé 1 k vysvětlení" in words(page)
    comment = {"all-users_at_end-comment": "Nová budova."}
    assert approver.post("/odeslani", **{**GOOD, "all-users_at_end": "29"}, **comment).status_code == 303
