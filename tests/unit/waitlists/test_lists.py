"""What a file changes in a stored list."""

from datetime import date

from portal.waitlists.calc.lists import GivenRow, StoredRow, plan
from portal.waitlists.types import ItemKind

TODAY = date(2026, 7, 10)
RECEIVED = date(2026, 3, 2)


def values(reference, code=b"p", **changes):
    return {
        "file_reference": reference,
        "code": code,
        "received_on": RECEIVED,
        "adverse_situation": "housing",
        "municipality_code": "523704",
        **changes,
    }


def stored(number, reference, code=b"p", **changes):
    base = {"state": "waiting", "state_on": RECEIVED, "decided_on": None, "reason": None, "confirmed_on": RECEIVED}
    return StoredRow(number, 3, values(reference, code, **{**base, **changes}))


def shown(items):
    return [(item.kind, item.number, item.stored.id if item.stored else None, dict(item.after)) for item in items]


def test_rows_are_new_changed_unchanged_and_some_are_gone():
    given = [
        GivenRow(2, values("A-1", b"a")),
        GivenRow(3, values("A-2", b"b", municipality_code="500496")),
        GivenRow(4, values("A-3", b"c")),
    ]
    there = [stored(1, "A-1", b"a"), stored(2, "A-2", b"b"), stored(9, "A-9", b"z"), stored(8, "A-8", state="expired")]
    assert shown(plan(given, there, TODAY)) == [
        (ItemKind.SAME, 2, 1, {}),
        (ItemKind.CHANGED, 3, 2, {"municipality_code": "500496"}),
        (ItemKind.NEW, 4, None, {**values("A-3", b"c"), "state": "waiting", "state_on": RECEIVED}),
        (ItemKind.GONE, None, 9, {}),
    ]


def test_a_person_who_waits_is_known_under_a_new_number():
    items = plan([GivenRow(2, values("NEW-1", b"a"))], [stored(1, "OLD-1", b"a")], TODAY)
    assert shown(items) == [(ItemKind.CHANGED, 2, 1, {"file_reference": "NEW-1"})]


def test_another_code_under_the_same_number_is_a_change():
    items = plan([GivenRow(2, values("A-1", b"b"))], [stored(1, "A-1", b"a")], TODAY)
    assert shown(items) == [(ItemKind.CHANGED, 2, 1, {"code": b"b"})]


def test_without_a_state_an_offer_stays_and_what_had_ended_waits_again():
    offered, ended = (
        stored(1, "A-1", b"a", state="offered"),
        stored(2, "A-2", b"b", state="refused", decided_on=TODAY, reason="capacity", state_on=TODAY),
    )
    items = plan([GivenRow(2, values("A-1", b"a")), GivenRow(3, values("A-2", b"b"))], [offered, ended], TODAY)
    assert shown(items) == [
        (ItemKind.SAME, 2, 1, {}),
        (ItemKind.CHANGED, 3, 2, {"state": "waiting", "decided_on": None, "reason": None}),
    ]


def test_a_state_of_the_file_is_taken_with_its_day():
    day = date(2026, 6, 1)
    told = {"state": "admitted", "decided_on": day, "reason": None}
    given = [GivenRow(2, values("A-1", b"a", **told)), GivenRow(3, values("A-2", b"b", **told))]
    items = plan(given, [stored(1, "A-1", b"a")], TODAY)
    assert dict(items[0].after) == {"state": "admitted", "decided_on": day, "state_on": day}
    assert items[1].after["state_on"] == day
    again = stored(1, "A-1", b"a", **told, state_on=day)
    assert plan(given[:1], [again], TODAY)[0].kind is ItemKind.SAME


def test_a_state_that_only_begins_to_be_open_counts_from_today():
    told = {"state": "offered", "decided_on": None, "reason": None}
    items = plan([GivenRow(2, values("A-1", b"a", **told))], [stored(1, "A-1", b"a")], TODAY)
    assert dict(items[0].after) == {"state": "offered", "state_on": TODAY}


def test_a_later_confirmation_in_the_portal_is_kept():
    there = stored(1, "A-1", b"a", confirmed_on=date(2026, 6, 1))
    older = GivenRow(2, values("A-1", b"a", confirmed_on=date(2026, 5, 1)))
    newer = GivenRow(2, values("A-1", b"a", confirmed_on=date(2026, 7, 1)))
    assert plan([older], [there], TODAY)[0].kind is ItemKind.SAME
    assert dict(plan([newer], [there], TODAY)[0].after) == {"confirmed_on": date(2026, 7, 1)}


def test_a_corrected_day_of_coming_takes_the_confirmation_along():
    corrected = GivenRow(2, values("A-1", b"a", received_on=date(2026, 4, 1)))
    items = plan([corrected], [stored(1, "A-1", b"a")], TODAY)
    assert dict(items[0].after) == {"received_on": date(2026, 4, 1), "confirmed_on": date(2026, 4, 1)}
