"""Places that stay empty beside people waiting, today and over time."""

from datetime import date, timedelta

import pytest

from portal.core.clock import frozen_at, now_utc, today
from portal.core.errors import Forbidden
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.core.transaction import transaction
from portal.waitlists.vacancies import service
from portal.waitlists.vacancies.types import Standing, State
from tests.factories.accounts import OWN_ICO, login, make_user
from tests.factories.vacancies import REPAIRED, UPKEEP, add
from tests.factories.waitlists import apply_for, make_groups

PLANNER = Actor(user_id=5, name="Petr", grants=frozenset({Grant(Role.PLANNER)}))


def figures(found, area: str = "*") -> dict[str, int]:
    frame = found.table.to_frame()
    rows = frame[(frame["type_code"] == "49") & (frame["area"] == area)]
    return {row["figure"]: int(row["value"]) for row in rows.to_dict("records")}


def snapshot() -> int:
    with transaction():
        return service.take_snapshot(UPKEEP)


def test_empty_places_stand_beside_persons_counted_once(own, foreign) -> None:
    make_groups()
    add(own, "1", places=2)
    add(own, "2", REPAIRED)
    add(own, "3", Standing(State.OCCUPIED), places=17)
    add(foreign, "4", Standing(State.RESERVED))
    apply_for(own, "Anna")
    apply_for(foreign, "Anna", "SOC-2/26")
    apply_for(own, "Bedřich", "SOC-3/26")
    found = service.read_unused(PLANNER, UPKEEP)
    assert figures(found) == {"beds": 40, "free": 2, "closed": 1, "reserved": 1, "occupied": 17, "waiting": 2}
    assert found.hidden_services == 0
    with frozen_at(now_utc() + timedelta(days=40)):
        assert service.read_unused(PLANNER, UPKEEP).hidden_services == 2


def test_only_the_kraj_reads_them(app) -> None:
    with pytest.raises(Forbidden):
        service.read_unused(Actor(user_id=1, grants=frozenset({Grant(Role.PROVIDER_EDITOR, OWN_ICO)})), UPKEEP)


def test_a_day_is_counted_once_and_makes_a_course(app, client, own) -> None:
    make_groups()
    add(own, "1", places=2)
    apply_for(own, "Anna")
    assert snapshot() == 1
    add(own, "2")
    assert snapshot() == 0
    with frozen_at(now_utc() + timedelta(days=7)):
        assert snapshot() == 1
        course = service.read_unused(OPERATOR, UPKEEP, type_code="49").course.to_frame()
        told = {(row["on_day"], row["figure"]): row["value"] for row in course.to_dict("records")}
        first, second = today() - timedelta(days=7), today()
        assert (told[first, "free"], told[second, "free"]) == (2, 3)
        assert (told[first, "waiting"], told[first, "services"]) == (1, 1)
        page = login(client, make_user(role="planner"))
        shown = page.get("/volna-mista/kapacita?druh=49").text
        assert "<polyline" in shown
        assert "Domovy pro seniory" in page.get("/volna-mista/kapacita/tabulka.csv").text
        with page.get("/volna-mista/kapacita/tabulka.xlsx") as book:
            assert book.data[:2] == b"PK"
        assert page.get("/volna-mista/kapacita?druh=x").status_code == 400
        assert first == date(2026, 7, 10)


def test_an_empty_portal_has_a_page_too(client) -> None:
    page = login(client, make_user(role="planner"))
    assert "Zatím nebyl sečten žádný den" in page.get("/volna-mista/kapacita").text
