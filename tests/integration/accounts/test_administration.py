"""Administration of users: creating, roles, the last administrator, finding people, lost updates."""

import re

import pytest
from sqlalchemy import select

from portal.accounts.models import LoginFailure, RoleGrant, User
from portal.accounts.service import listing, users
from portal.accounts.service import login as login_service
from portal.accounts.types import UserFilter, UserState
from portal.catalog.models import Provider
from portal.core.audit import AuditEntry
from portal.core.db import db
from portal.core.errors import Invalid, NotFound
from portal.core.permissions import OPERATOR, Grant, Role
from portal.core.transaction import transaction
from tests.factories.accounts import OWN_ICO, PASSWORD, login, make_user


@pytest.fixture(autouse=True)
def _forms_without_token(app, monkeypatch, quick_hashes):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def admin(client):
    user = make_user(role="administrator", name="Simona Správcová", email="spravce@kraj.example")
    login(client, user)
    return user


def grants_of(user_id):
    rows = db.session.execute(select(RoleGrant.role, RoleGrant.scope_code).where(RoleGrant.user_id == user_id))
    return {(row.role, row.scope_code) for row in rows}


def last_entry():
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()


def text(response):
    return response.get_data(as_text=True)


def new_user(**changes):
    form = {"name": "Nová Pracovnice", "email": "nova@kraj.example", "role": "planner", "scope_code": ""}
    return form | changes


def test_a_new_user_gets_a_link_and_sets_the_password_with_it(app, client, admin):
    response = client.post("/sprava/uzivatele/novy", data=new_user())
    assert response.status_code == 200
    path = re.search(r"http://localhost(/nastaveni-hesla/[^<\s]+)", text(response)).group(1)
    stranger = app.test_client()
    stranger.post(path, data={"password": PASSWORD, "repeated": PASSWORD})
    stranger.post("/prihlaseni", data={"email": "nova@kraj.example", "password": PASSWORD})
    assert "Kraj: plánovač" in text(stranger.get("/ucet"))


def test_the_link_stands_in_no_log_and_no_session(client, admin):
    page = text(client.post("/sprava/uzivatele/novy", data=new_user()))
    token = re.search(r"/nastaveni-hesla/([^<\s]+)", page).group(1)
    with client.session_transaction() as session:
        assert token not in str(dict(session))
    assert token not in str([(e.object_key, e.details) for e in db.session.scalars(select(AuditEntry))])


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({"email": "nova@"}, ["ve tvaru jmeno@priklad.cz"]),
        ({"email": "SPRAVCE@kraj.example"}, ["už má jiný uživatel"]),
        ({"name": "  "}, ["Zadejte jméno"]),
        ({"name": "x" * 201}, ["nejvýše 200"]),
        ({"name": "", "email": ""}, ["Zadejte jméno", "ve tvaru jmeno@priklad.cz"]),
        ({"role": "king"}, ["Vyberte roli"]),
        ({"role": "provider_editor", "scope_code": "25596642"}, ["není platné IČO"]),
        ({"role": "provider_editor", "name": ""}, ["Zadejte jméno", "Zadejte IČO"]),
    ],
)
def test_a_user_who_cannot_be_created_leaves_nothing_behind(client, admin, changes, sentences):
    response = client.post("/sprava/uzivatele/novy", data=new_user(**changes))
    assert response.status_code == 422
    for sentence in sentences:
        assert sentence in text(response)
    assert db.session.scalars(select(User.id)).all() == [admin.id]


def test_a_provider_that_the_catalogue_does_not_know_is_a_warning(client, admin):
    user = make_user()
    form = {"role": "provider_editor", "scope_code": OWN_ICO}
    assert client.post(f"/sprava/uzivatele/{user.id}/role", data=form).status_code == 302
    assert "V katalogu zatím není poskytovatel s IČO 25596641" in text(client.get(f"/sprava/uzivatele/{user.id}"))
    assert grants_of(user.id) == {("provider_editor", OWN_ICO)}


def test_a_provider_that_the_catalogue_knows_is_named(client, admin):
    with transaction() as session:
        session.add(Provider(ico=OWN_ICO, name="Charita Olomouc"))
    user = make_user(role="provider_editor", provider=OWN_ICO)
    page = text(client.get(f"/sprava/uzivatele/{user.id}"))
    assert "Poskytovatel: editor – Charita Olomouc (25596641)" in page
    form = {"role": "provider_approver", "scope_code": OWN_ICO}
    page = text(client.post(f"/sprava/uzivatele/{user.id}/role", data=form, follow_redirects=True))
    assert "zatím není" not in page


def test_one_person_may_hold_several_roles_each_once(client, admin):
    user = make_user(role="planner")
    assert client.post(f"/sprava/uzivatele/{user.id}/role", data={"role": "auditor"}).status_code == 302
    again = client.post(f"/sprava/uzivatele/{user.id}/role", data={"role": "auditor"})
    assert again.status_code == 422
    assert "už má roli Auditor" in text(again)
    assert grants_of(user.id) == {("planner", ""), ("auditor", "")}


def test_roles_are_taken_away_one_by_one(client, admin):
    user = make_user(
        grants=frozenset({Grant(Role.PROVIDER_EDITOR, "25596641"), Grant(Role.PROVIDER_EDITOR, "60609460")})
    )
    path = f"/sprava/uzivatele/{user.id}/role/odebrani"
    assert client.post(path, data={"role": "provider_editor", "scope_code": "60609460"}).status_code == 302
    assert grants_of(user.id) == {("provider_editor", "25596641")}
    assert client.post(path, data={"role": "auditor"}).status_code == 404
    assert last_entry().action == "accounts.role.revoked"
    assert last_entry().details == {"role": "provider_editor:60609460"}
    assert last_entry().user_id == admin.id


def test_the_last_active_administrator_stays(client, admin):
    make_user(role="administrator", name="Odešlý")
    gone = db.session.scalar(select(User).where(User.name == "Odešlý"))
    client.post(f"/sprava/uzivatele/{gone.id}/deaktivace")
    for action, form in (("deaktivace", {}), ("role/odebrani", {"role": "administrator"})):
        response = client.post(f"/sprava/uzivatele/{admin.id}/{action}", data=form)
        assert response.status_code == 422
        assert "poslední aktivní správce" in text(response)
    assert grants_of(admin.id) == {("administrator", "")}
    assert db.session.get(User, admin.id).is_active


def test_of_two_administrators_one_may_go_the_other_not(app):
    first, second = make_user(role="administrator"), make_user(role="administrator")
    with transaction():
        users.revoke_role(OPERATOR, user_id=first.id, grant=Grant(Role.ADMINISTRATOR))
    with pytest.raises(Invalid, match="last active administrator"), transaction():
        users.deactivate_user(OPERATOR, user_id=second.id)


def test_somebody_without_that_role_may_always_be_deactivated(client, admin):
    user = make_user(role="auditor")
    client.post(f"/sprava/uzivatele/{user.id}/deaktivace")
    assert listing.get_user_row(user.id).state is UserState.INACTIVE
    assert client.post(f"/sprava/uzivatele/{user.id}/odkaz").status_code == 422
    client.post(f"/sprava/uzivatele/{user.id}/aktivace")
    assert listing.get_user_row(user.id).state is UserState.INVITED


def test_doing_it_twice_is_recorded_once(client, admin):
    user = make_user()
    for _ in range(2):
        client.post(f"/sprava/uzivatele/{user.id}/deaktivace")
    actions = list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_key == str(user.id))))
    assert actions.count("accounts.user.deactivated") == 1


def test_a_locked_user_is_seen_and_unlocked(client, admin):
    user = make_user(name="Zamčená Osoba", email="zamcena@kraj.example", password=PASSWORD)
    for _ in range(5):
        with transaction():
            login_service.begin_login(email="zamcena@kraj.example")
    assert "uzamčen" in text(client.get(f"/sprava/uzivatele/{user.id}"))
    assert "Zamčená Osoba" in text(client.get("/sprava/uzivatele?stav=locked"))
    client.post(f"/sprava/uzivatele/{user.id}/odemceni")
    assert db.session.scalar(select(LoginFailure)) is None
    assert "Zamčená Osoba" not in text(client.get("/sprava/uzivatele?stav=locked"))


def test_a_change_made_meanwhile_is_shown_beside_ones_own_and_not_lost(client, admin):
    user = make_user(name="Jana Nováková")
    with transaction():
        users.change_user(OPERATOR, user_id=user.id, version=1, name="Jana Dvořáková", email=user.email)
    form = {"name": "Jana Malá", "email": user.email, "version": "1"}
    response = client.post(f"/sprava/uzivatele/{user.id}", data=form)
    assert response.status_code == 409
    assert "Jana Dvořáková" in text(response)
    assert 'value="Jana Malá"' in text(response)
    assert db.session.get(User, user.id).name == "Jana Dvořáková"
    again = client.post(f"/sprava/uzivatele/{user.id}", data=form | {"version": "2"})
    assert again.status_code == 302
    assert last_entry().details == {"name": {"from": "Jana Dvořáková", "to": "Jana Malá"}}


def test_an_address_taken_by_another_is_refused_at_a_change(client, admin):
    user = make_user()
    form = {"name": user.name, "email": "Spravce@kraj.example", "version": "1"}
    assert client.post(f"/sprava/uzivatele/{user.id}", data=form).status_code == 422


def test_the_auditor_reads_and_finds_nothing_to_press(client):
    make_user(role="administrator", name="Simona Správcová")
    login(client, make_user(role="auditor"))
    someone = db.session.scalar(select(User).where(User.name == "Simona Správcová"))
    page = text(client.get(f"/sprava/uzivatele/{someone.id}"))
    assert page.split("<main")[1].count("<form") == 0
    assert "Nový uživatel" not in text(client.get("/sprava/uzivatele"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Adam Čáp", "Eva Chmelová", "Ivo Šíp", "Simona Správcová"]),
        ("q=chmelova", ["Eva Chmelová"]),
        ("q=SIP ivo", ["Ivo Šíp"]),
        ("q=%25", []),
        ("q=charita", ["Eva Chmelová"]),
        ("role=planner", ["Ivo Šíp"]),
        ("role=planner&q=adam", []),
        ("stav=inactive", ["Adam Čáp"]),
        ("stav=active", ["Eva Chmelová"]),
        ("stav=invited", ["Ivo Šíp", "Simona Správcová"]),
    ],
)
def test_people_are_found_by_name_address_role_and_state(client, admin, query, found):
    gone = make_user(name="Adam Čáp")
    with transaction():
        users.deactivate_user(OPERATOR, user_id=gone.id)
    make_user(name="Eva Chmelová", email="eva@charita.example", password=PASSWORD)
    make_user(name="Ivo Šíp", role="planner")
    page = text(client.get(f"/sprava/uzivatele?{query}"))
    rows = re.findall(r'<th scope="row"[^>]*><a [^>]*>([^<]+)</a>', page)
    assert rows == found


@pytest.mark.parametrize("query", ["role=king", "stav=asleep", "strana=dva", "strana=²", "strana=12345678"])
def test_a_filter_that_is_none_is_a_400_with_a_sentence(client, admin, query):
    response = client.get(f"/sprava/uzivatele?{query}")
    assert response.status_code == 400
    assert "Traceback" not in text(response)


def test_a_zero_byte_finds_nobody_and_breaks_nothing(client, admin):
    assert client.get("/sprava/uzivatele?q=%00").status_code == 200
    assert client.post("/prihlaseni", data={"email": "a\x00b", "password": "x"}).status_code == 422


def test_names_stand_in_the_czech_order_across_pages(app):
    for name in ("Ivo Šíp", "Ivo Síp", "Ivo Chmel", "Ivo Hora", "Ivo Čáp", "Ivo Cáp"):
        make_user(name=name)
    pages = [listing.list_users(UserFilter(page=number), page_size=2) for number in (1, 2, 3, 99)]
    names = [row.name for page in pages[:3] for row in page.rows]
    assert names == ["Ivo Cáp", "Ivo Čáp", "Ivo Hora", "Ivo Chmel", "Ivo Síp", "Ivo Šíp"]
    assert pages[3].page.number == 3


def test_the_list_costs_the_same_for_two_people_and_for_twenty(client, admin, queries):
    def cost():
        queries.statements.clear()
        assert client.get("/sprava/uzivatele").status_code == 200
        return queries.count

    make_user(role="provider_editor")
    few = cost()
    for _ in range(18):
        make_user(role="provider_editor")
    assert cost() == few


def test_nobody_of_that_number_is_missing(app):
    with pytest.raises(NotFound):
        listing.get_user_row(12345)
