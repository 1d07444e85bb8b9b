"""Places of a service: kept by its provider, seen by everybody while they are free."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.core.clock import frozen_at, today
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.core.transaction import transaction
from portal.waitlists.vacancies import service
from portal.waitlists.vacancies.commands import vacancies
from portal.waitlists.vacancies.types import EventKind, MunicipalityCount, Standing, State, Wish
from tests.factories.accounts import FOREIGN_ICO, OWN_ICO, login, make_user
from tests.factories.vacancies import FREE, REPAIRED, UPKEEP, add, described, line, lines, move
from tests.factories.waitlists import make_groups, make_listed

NOW = datetime(2026, 7, 10, 8, 0, tzinfo=UTC)
EDITOR = Actor(user_id=7, name="Jana", grants=frozenset({Grant(Role.PROVIDER_EDITOR, OWN_ICO)}))


@pytest.fixture
def page(client):
    """The client of a provider's editor."""
    return login(client, make_user(role="provider_editor"))


def shown(**asked):
    return [one.place for one in service.find_all(Wish(**asked), UPKEEP)]


def history(kept):
    return service.read_history(OPERATOR, kept.register_id)[1]


def test_a_free_place_is_public_at_once_and_an_occupied_one_is_not(own) -> None:
    place_id = add(own, "Pokoj 1", places=1, room="single")
    add(own, "Pokoj 2", Standing(State.OCCUPIED))
    add(own, "Pokoj 3", REPAIRED)
    add(own, "Pokoj 4", Standing(State.RESERVED))
    assert [place.id for place in shown()] == [place_id]
    assert shown()[0].municipality_code == "523704"
    move(own, place_id, State.OCCUPIED)
    assert shown() == []


def test_places_are_marked_then_hidden_and_come_back_when_confirmed(own) -> None:
    add(own)
    for age, state in ((14, "current"), (15, "stale"), (28, "stale")):
        with frozen_at(NOW + timedelta(days=age)):
            assert [place.freshness for place in shown()] == [state]
    with frozen_at(NOW + timedelta(days=29)):
        assert shown() == []
        assert service.read_free(own.register_id, UPKEEP) is None
        with transaction():
            version = service.list_kept(EDITOR, UPKEEP)[0].version
            service.confirm_places(EDITOR, register_id=own.register_id, version=version)
        assert [place.freshness for place in shown()] == ["current"]


def test_some_of_several_places_are_taken_out_and_join_their_like_again(own) -> None:
    row = add(own, "Přízemí", Standing(State.OCCUPIED), places=10)
    move(own, row, State.FREE, count=2)
    assert sorted((one.fields.places, one.standing.state) for one in lines(own)) == [(2, "free"), (8, "occupied")]
    freed = next(one.id for one in lines(own) if one.standing.state is State.FREE)
    move(own, freed, State.OCCUPIED)
    assert [(one.id, one.fields.places) for one in lines(own)] == [(row, 10)]
    assert [event.kind for event in history(own)] == [
        EventKind.JOINED,
        EventKind.MOVED,
        EventKind.SPLIT,
        EventKind.ADDED,
    ]
    assert history(own)[2].changes == {"state": ("occupied", "free")}


def test_a_place_that_takes_nobody_is_not_reserved(own) -> None:
    row = add(own, "Pokoj 1", REPAIRED)
    with pytest.raises(Invalid) as refused:
        move(own, row, State.RESERVED)
    assert set(refused.value.fields) == {"state"}
    with pytest.raises(Invalid) as refused:
        move(own, row, State.FREE, count=2)
    assert set(refused.value.fields) == {"count"}


def test_who_comes_second_sees_what_is_stored(own) -> None:
    row = add(own)
    seen = line(own, row)
    move(own, row, State.RESERVED)
    with pytest.raises(Conflict) as refused, transaction():
        service.edit_place(
            EDITOR,
            register_id=own.register_id,
            place_id=row,
            version=seen.version,
            fields=replace(seen.fields, floor=3),
        )
    assert refused.value.current["state"] == "reserved"
    assert refused.value.current["floor"] is None
    with pytest.raises(Conflict), transaction():
        service.confirm_places(EDITOR, register_id=own.register_id, version=1)
    with pytest.raises(Conflict), transaction():
        service.remove_place(EDITOR, register_id=own.register_id, place_id=row, version=seen.version)


def test_places_of_another_provider_are_not_there(own, foreign) -> None:
    row = add(foreign)
    with pytest.raises(NotFound):
        service.read_places(EDITOR, foreign.register_id, UPKEEP)
    with pytest.raises(NotFound), transaction():
        service.add_place(EDITOR, register_id=foreign.register_id, fields=described(), standing=FREE)
    with pytest.raises(NotFound):
        service.read_place(EDITOR, own.register_id, row)
    assert [one.service.register_id for one in service.list_kept(EDITOR, UPKEEP)] == [own.register_id]


def test_a_secret_facility_tells_no_place_and_is_not_on_the_map(app) -> None:
    secret = make_listed(FOREIGN_ICO, facilities=({"secret": True},))
    with pytest.raises(Invalid) as refused:
        add(secret, municipality_code="523704")
    assert set(refused.value.fields) == {"municipality_code"}
    add(secret, "Utajený pokoj")
    known = make_listed(OWN_ICO)
    add(known, places=3)
    place = next(place for place in shown() if place.register_id == secret.register_id)
    assert (place.municipality_code, place.municipality_name, place.orp_code, place.orp_name, place.lon) == (None,) * 5
    assert service.free_places_by_municipality(UPKEEP) == [MunicipalityCount("523704", "49", 3)]


def test_a_facility_that_becomes_secret_takes_its_place_off_the_page(own) -> None:
    add(own)
    facility = own.facilities[0]
    with transaction():
        for name in ("name", "street", "house_number", "postcode", "municipality_code", "municipality_name"):
            setattr(facility, name, None)
        facility.orp_code = facility.orp_name = facility.lon = facility.lat = None
        facility.secret = True
    assert shown()[0].municipality_code is None


def test_removed_places_leave_their_history(own) -> None:
    row = add(own)
    with transaction():
        service.remove_place(EDITOR, register_id=own.register_id, place_id=row, version=line(own, row).version)
    assert lines(own) == ()
    assert (history(own)[0].kind, history(own)[0].actor_name) == (EventKind.REMOVED, "Jana")


def test_the_public_page_asks_the_same_number_of_statements_for_many_places(app, client, queries, own) -> None:
    make_groups()
    add(own)
    client.get("/volna-mista")
    queries.statements.clear()
    client.get("/volna-mista")
    few = queries.count
    for number in range(30):
        add(own, f"Pokoj {number}")
    queries.statements.clear()
    answer = client.get("/volna-mista")
    assert "31 volných míst" in answer.text
    assert queries.count == few <= 12


def test_the_public_page_filters_and_can_be_downloaded(app, client, own) -> None:
    make_groups()
    add(own, "Tajné jméno pokoje", barrier_free=True, target_group="SENIOR", phone="583 999 888")
    found = client.get("/volna-mista?druh=49&skupina=SENIOR&bezbarierove=1&vek=80")
    assert "1 volné místo" in found.text
    assert 'href="tel:+420583999888"' in found.text
    assert "Tajné jméno pokoje" not in found.text
    rows = client.get("/volna-mista/vysledek.csv?druh=49").text.splitlines()
    assert len(rows) == 2
    assert "583 999 888" in rows[1]
    assert "Tajné jméno" not in rows[1]
    nothing = client.get("/volna-mista?druh=49&vek=80&pokoj=more")
    assert nothing.status_code == 200
    assert "Zmírněte požadavky" in nothing.text
    assert 'href="/volna-mista?druh=49&amp;vek=80"' in nothing.text


def test_wrong_filters_say_so_and_nothing_typed_is_lost(client) -> None:
    answer = client.get("/volna-mista?vek=mnoho&pokoj=double")
    assert answer.status_code == 400
    assert "Zadejte celé číslo." in answer.text
    assert 'value="mnoho"' in answer.text
    assert client.get("/volna-mista?blizko=1").status_code == 400
    assert client.get("/volna-mista?strana=x").status_code == 400


def test_an_empty_portal_says_what_to_do(client) -> None:
    assert "obraťte na sociálního pracovníka" in client.get("/volna-mista").text


def test_the_page_of_a_service_tells_of_its_free_places(client, own) -> None:
    assert "free-places" not in client.get(f"/katalog/sluzba/{own.register_id}").text
    row = add(own)
    assert "1 volné místo" in client.get(f"/katalog/sluzba/{own.register_id}").text
    etag = client.get(f"/katalog/sluzba/{own.register_id}").headers["ETag"]
    move(own, row, State.OCCUPIED)
    answer = client.get(f"/katalog/sluzba/{own.register_id}", headers={"If-None-Match": etag})
    assert answer.status_code == 200
    assert "Žádné místo není volné." in answer.text


def test_a_provider_keeps_its_places_on_pages(page, own) -> None:
    here = f"/volna-mista/sprava/{own.register_id}"
    bad = page.post(f"{here}/nove", data={"label": "Pokoj 7", "places": "mnoho", "state": "free"})
    assert bad.status_code == 422
    assert 'value="mnoho"' in bad.text
    assert "Zadejte celé číslo." in bad.text
    made = page.post(f"{here}/nove", data={"label": "Pokoj 7", "places": "2", "room": "double", "state": "free"})
    assert made.status_code == 303
    assert "Počet míst se liší" in page.get(here).text  # 20 beds are registered
    row = lines(own)[0]
    address = f"{here}/misto/{row.id}"
    freed = page.post(f"{address}/stav", data={"state": "occupied", "count": "1", "version": row.version})
    assert freed.status_code == 303
    assert len(lines(own)) == 2
    late = page.post(address, data={"label": "Pokoj 8", "places": "2", "room": "double", "version": row.version})
    assert late.status_code == 409
    assert "Napsali jste" in late.text
    assert "Pokoj 8" in late.text
    now = line(own, row.id)
    assert page.post(f"{address}/zruseni", data={"version": now.version}).status_code == 303
    assert "odstraněna místa" in page.get(f"{here}/historie").text


def test_no_change_is_confirmed_by_one_button(page, own) -> None:
    add(own)
    with frozen_at(NOW + timedelta(days=20)):
        listed = page.get("/volna-mista/sprava").text
        assert "k potvrzení" in listed
        version = service.list_kept(OPERATOR, UPKEEP)[0].version
        done = page.post(f"/volna-mista/sprava/{own.register_id}/potvrzeni", data={"version": version})
        assert done.status_code == 303
        assert service.list_kept(OPERATOR, UPKEEP)[0].confirmed_on == today()


def test_the_command_lists_what_the_public_sees(app, own) -> None:
    add(own, places=2)
    result = app.test_cli_runner().invoke(vacancies, ["list", "--json"])
    assert result.exit_code == 0, result.output
    (told,) = json.loads(result.output)
    assert (told["register_id"], told["places"], told["municipality_code"]) == (own.register_id, 2, "523704")
    assert "label" not in told
