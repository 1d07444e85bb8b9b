"""The record of changes: what is in it, how it is filtered, how one goes back in time."""

import re
from datetime import UTC, datetime

import pytest

from portal.core import audit
from portal.core.clock import frozen_at
from portal.core.permissions import OPERATOR, Actor
from portal.core.transaction import transaction
from tests.factories.accounts import login, make_user

KLARA = Actor(user_id=7, name="Klára Klíčová")


def entry(at, actor=KLARA, action="test.thing.done", kind="thing", key=1, **details):
    with frozen_at(at), transaction():
        audit.record(actor, action, object_kind=kind, object_key=key, details=details)


@pytest.fixture
def auditor(client):
    return login(client, make_user(role="auditor"))


def keys(client, query):
    page = client.get(f"/sprava/zaznam-zmen?{query}").get_data(as_text=True)
    return [int(key) for key in re.findall(r"thing (\d+)<", page)]


def test_an_action_is_told_in_words_with_who_and_what(client, auditor):
    user = make_user(name="Jana Nováková")
    page = client.get("/sprava/zaznam-zmen").get_data(as_text=True)
    assert "Uživatel založen" in page
    assert f'href="/sprava/uzivatele/{user.id}">uživatel {user.id}</a>' in page
    assert "příkazový řádek" in page


def test_what_no_feature_has_named_is_shown_by_its_code(client, auditor):
    entry(datetime(2026, 3, 1, 8, tzinfo=UTC))
    assert "test.thing.done" in client.get("/sprava/zaznam-zmen").get_data(as_text=True)


def test_a_change_is_told_as_before_and_after(client, auditor):
    entry(datetime(2026, 3, 1, 8, tzinfo=UTC), beds={"from": 20, "to": 25}, forms=["outreach", "residential"])
    page = client.get("/sprava/zaznam-zmen").get_data(as_text=True)
    assert "20 → 25" in page
    assert "outreach, residential" in page


def test_details_are_written_as_text_never_as_a_page(client, auditor):
    entry(datetime(2026, 3, 1, 8, tzinfo=UTC), note="<script>alert(1)</script>")
    page = client.get("/sprava/zaznam-zmen").get_data(as_text=True)
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("druh=thing", [4, 3, 2, 1]),
        ("kdo=klíč", [2, 1]),
        ("kdo=KLÍČ", [2, 1]),
        ("kdo=klara", [2, 1]),
        ("kdo=%25&druh=thing", []),
        ("akce=test.other", [3]),
        ("druh=thing&objekt=2", [2]),
        ("druh=thing&od=2026-03-02", [4, 3, 2]),
        ("druh=thing&do=2026-03-02", [3, 2, 1]),
        ("druh=thing&od=2026-03-02&do=2026-03-02", [3, 2]),
    ],
)
def test_filters_are_exact_and_days_are_those_of_prague(client, auditor, query, found):
    entry(datetime(2026, 3, 1, 22, 59, tzinfo=UTC), key=1)
    entry(datetime(2026, 3, 1, 23, 0, tzinfo=UTC), key=2)  # midnight in Prague
    entry(datetime(2026, 3, 2, 22, 59, tzinfo=UTC), OPERATOR, action="test.other", key=3)
    entry(datetime(2026, 3, 2, 23, 0, tzinfo=UTC), OPERATOR, key=4)
    assert keys(client, query) == found


def test_one_goes_back_page_by_page_and_meets_every_entry_once(client, auditor):
    for number in range(1, 121):
        entry(datetime(2026, 3, 1, 8, tzinfo=UTC), key=number)
    seen, path = [], "/sprava/zaznam-zmen?druh=thing"
    for _ in range(3):
        page = client.get(path).get_data(as_text=True)
        seen += [int(key) for key in re.findall(r"thing (\d+)<", page)]
        older = re.search(r'href="([^"]+)" rel="next"', page)
        path = older.group(1).replace("&amp;", "&") if older else None
    assert seen == list(range(120, 0, -1))
    assert path is None


def test_the_record_costs_the_same_however_long(client, auditor, queries):
    def cost():
        queries.statements.clear()
        client.get("/sprava/zaznam-zmen")
        return queries.count

    entry(datetime(2026, 3, 1, 8, tzinfo=UTC))
    few = cost()
    for number in range(30):
        entry(datetime(2026, 3, 1, 8, tzinfo=UTC), key=number)
    assert cost() == few


@pytest.mark.parametrize("query", ["od=vcera", "do=2026-02-30", "od=2026-03-02&do=2026-03-01", "pred=x", "pred=²"])
def test_a_day_or_place_that_is_none_is_a_400(client, auditor, query):
    assert client.get(f"/sprava/zaznam-zmen?{query}").status_code == 400


def test_an_empty_record_says_so(client, auditor):
    assert "nic neodpovídá" in client.get("/sprava/zaznam-zmen?kdo=nikdo").get_data(as_text=True)


def test_signs_of_patterns_and_zero_bytes_are_only_text(client, auditor):
    assert client.get("/sprava/zaznam-zmen?kdo=%25_%00&objekt=%00").status_code == 200
