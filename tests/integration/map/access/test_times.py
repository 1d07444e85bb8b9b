"""Import of travel times: preview, taking over, idempotence, taking back; and access computed by them."""

import io

import pytest
from sqlalchemy import select

from portal.cli import cli
from portal.core.audit import AuditEntry
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.import_states import ImportState
from portal.core.permissions import OPERATOR, PUBLIC_ACTOR
from portal.core.transaction import transaction
from portal.map.access import service
from portal.map.access.types import AccessRule, Decay, Question, Way
from tests.factories.access import times_file
from tests.factories.accounts import login, make_user
from tests.integration.map.access.conftest import DAY, MATRIX, put_in_force, rows_of, take, tree_of

BY_TIMES = Question(rule=AccessRule(Way.TIMES, 40.0, decay=Decay.UNIFORM))


def access():
    return {row.name: (float(row.access.number), row.places) for row in service.find_access(DAY, BY_TIMES).rows}


def test_a_preview_changes_nothing_until_it_is_taken_over(homes):
    info = take(MATRIX)
    assert (info.state, info.pairs, info.new, info.municipalities) == (ImportState.PREVIEWED, 3, 3, 4)
    with pytest.raises(Invalid) as caught:
        access()
    assert set(caught.value.fields) == {"cesta"}
    with transaction():
        assert service.apply_import(OPERATOR, info.id).is_latest_applied
    # 60 beds in Olomouc for 1 000 people there and 120 in Blatec, 30 in Šumperk for 870 and 130 in Bludov.
    assert access() == {
        "Blatec": (53.57, 1),
        "Bludov": (30.0, 1),
        "Dolany": (0.0, 0),
        "Olomouc": (53.57, 1),
        "Šumperk": (30.0, 1),
    }


def test_the_same_matrix_in_another_order_is_not_taken_again(homes):
    first = put_in_force(MATRIX)
    again = take(MATRIX[::-1])
    assert (again.id, again.repeated) == (first.id, True)


def test_a_new_matrix_takes_the_place_of_the_former_and_can_be_taken_back(homes):
    first = put_in_force(MATRIX)
    second = take([*MATRIX[:2], ("569178", "523704", 80), ("501646", "500496", 15)])
    assert (second.new, second.changed, second.same, second.gone) == (1, 1, 2, 0)
    with transaction():
        service.apply_import(OPERATOR, second.id)
    assert access()["Bludov"] == (0.0, 0)
    with pytest.raises(Forbidden):
        service.roll_back_import(OPERATOR, first.id)
    with transaction():
        service.roll_back_import(OPERATOR, second.id)
    assert access()["Bludov"] == (30.0, 1)
    with transaction():
        service.roll_back_import(OPERATOR, first.id)
    with pytest.raises(Invalid):
        access()


def test_a_preview_older_than_the_times_in_force_is_not_taken_over(homes):
    old = take(MATRIX)
    put_in_force(MATRIX[:2])
    with pytest.raises(Conflict):
        service.apply_import(OPERATOR, old.id)


def test_a_file_with_faults_is_kept_with_them_and_never_taken_over(homes):
    info = take([("500496", "523704", "x"), ("999999", "523704", 3)])
    assert (info.state, info.fault_count, info.faults[0].row) == (ImportState.REJECTED, 2, "2")
    with pytest.raises(Forbidden):
        service.apply_import(OPERATOR, info.id)
    with transaction():
        service.discard_import(OPERATOR, info.id)
    with pytest.raises(Conflict):
        service.discard_import(OPERATOR, info.id)


def test_others_may_not(homes):
    with pytest.raises(Forbidden):
        take(MATRIX, PUBLIC_ACTOR)
    for call in (service.get_import, service.apply_import, service.discard_import, service.roll_back_import):
        with pytest.raises(Forbidden):
            call(PUBLIC_ACTOR, 1)
        with pytest.raises(NotFound):
            call(OPERATOR, 999_999)


def test_every_step_stands_in_the_record_of_changes(homes):
    info = put_in_force(MATRIX)
    with transaction():
        service.roll_back_import(OPERATOR, info.id)
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_kind == "travel_import"))
    assert list(actions) == ["travel.import.read", "travel.import.applied", "travel.import.rolled_back"]


@pytest.fixture
def planner(client):
    return login(client, make_user(role="planner"))


def post(client, address, form):
    token = client.get(address).text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    return client.post(address, data={"csrf_token": token, **form})


def upload(client, rows):
    with times_file(rows) as path:
        content = path.read_bytes()
    return post(client, "/mapa/doby-cest", {"file": (io.BytesIO(content), "doby.csv")})


def test_a_file_goes_from_the_form_to_the_figures(planner, homes):
    answer = upload(planner, MATRIX)
    assert answer.status_code == 303
    address = answer.headers["Location"]
    assert "Převzít doby jízdy" in planner.get(address).text
    assert post(planner, address, {"what": "apply"}).status_code == 303
    assert "Vzít zpět" in planner.get(address).text
    rows = rows_of(tree_of(planner.get("/mapa/dostupnost?cesta=doby&utlum=stejne")))
    assert rows[2][:6] == ["Bludov", "Šumperk", "130", "30,00", "8,0", "1"]
    assert post(planner, address, {"what": "apply"}).status_code == 409
    assert post(planner, address, {}).status_code == 422
    assert "už je převzatý" in planner.get(upload(planner, MATRIX).headers["Location"]).text
    assert post(planner, address, {"what": "roll-back"}).status_code == 303
    assert planner.get("/mapa/dostupnost?cesta=doby").status_code == 400


def test_faults_stand_by_cell_on_the_page(planner, homes):
    address = upload(planner, [("500496", "523704", "x")]).headers["Location"]
    (row,) = rows_of(tree_of(planner.get(address)), "faults")[1:]
    assert row == ["2", "C2", "Napište minuty od 0 do 1440, například 12,5."]
    assert post(planner, "/mapa/doby-cest", {}).status_code == 422
    answer = post(planner, "/mapa/doby-cest", {"file": (io.BytesIO(b"a,b\n1,2\n"), "x.csv")})
    assert (answer.status_code, "nemá sloupce" in answer.text) == (422, True)


def test_the_command_takes_lists_and_takes_back(app, homes):
    def run(*arguments):
        return app.test_cli_runner().invoke(cli, ["map", "times", *arguments], prog_name="portal")

    with times_file(MATRIX) as path:
        assert run("import", str(path), "--apply").exit_code == 0
        assert "už platí" in run("import", str(path)).output
    import_id = service.list_imports(OPERATOR)[0][0].id
    assert "*" in run("list").stdout
    assert run("rollback", str(import_id)).exit_code == 0
    with times_file([("1", "2", "x")]) as path:
        answer = run("import", str(path))
    assert (answer.exit_code, "řádek 2" in answer.output) == (1, True)
