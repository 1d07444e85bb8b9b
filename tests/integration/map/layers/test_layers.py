"""Layers from stored data: figures, states, times, and who may see them."""

import dataclasses
from datetime import date

import pytest

from portal.catalog.service.version import bump_version
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Invalid, NotFound
from portal.core.kept import forget
from portal.core.permissions import OPERATOR, PUBLIC_ACTOR, Actor, Grant, Role
from portal.disclosure import Audience, FigureState
from portal.grants.types import Kind as GrantKind
from portal.map.layers import service
from portal.map.layers.registry import LAYERS
from portal.map.layers.types import Ask, Source, Withheld
from portal.returns.models import ReturnResidencePart
from portal.returns.types import Period
from portal.territory.types import Level
from portal.waitlists.need.service import recount
from portal.waitlists.vacancies.types import Upkeep
from tests.factories.accounts import municipality_actor
from tests.factories.catalog import make_service
from tests.factories.grants import store_support
from tests.factories.layers import cells
from tests.factories.need import Row, store_world
from tests.factories.needs import make_need
from tests.factories.residences import store_residents
from tests.factories.returns import make_return
from tests.factories.territory import store_small_territory

DAY = date(2026, 8, 3)
QUARTER = Period(2026, 2)
UPKEEP = Upkeep(30, 60)
OLOMOUC = {"municipality_code": "500496", "orp_code": "7107", "lon": 17.25, "lat": 49.59}
SUMPERK = {"municipality_code": "523704", "orp_code": "7111", "lon": 16.97, "lat": 49.97}
PLANNER = Actor(user_id=1, name="Petr", grants=frozenset({Grant(Role.PLANNER)}))
OTHERS = {
    "public": PUBLIC_ACTOR,
    "provider": Actor(user_id=2, grants=frozenset({Grant(Role.PROVIDER_APPROVER, "25596641")})),
    "municipality": municipality_actor("500496", user_id=3),
    "administrator": Actor(user_id=4, grants=frozenset({Grant(Role.ADMINISTRATOR)})),
}
PROTECTED = [name for name, layer in LAYERS.items() if not layer.source.is_public]


@pytest.fixture
def territory(app):
    store_small_territory()


def read(name, actor=PLANNER, **asked):
    return service.read_layer(actor, Ask(name, **asked), day=DAY, upkeep=UPKEEP)


@pytest.fixture
def users(territory):
    """A home in Olomouc with users of three municipalities."""
    home = make_service(type_code="49", facilities=[OLOMOUC], forms={"residential": {"beds": 20}})
    store_residents(
        home,
        [
            ("500496", None, "housing", 6),
            ("501646", None, "housing", 1),
            ("523704", None, "debts", 3),
            ("outside", None, "debts", 4),
        ],
    )
    return home


def test_registered_capacity_is_that_of_the_first_page_of_the_map(territory):
    make_service(forms={"residential": {"beds": 90}}, facilities=[OLOMOUC, SUMPERK, SUMPERK])
    frame = read("kapacita", PUBLIC_ACTOR, type_code="49")
    assert cells(frame) == {"Olomouc": 25, "Šumperk": 60}
    assert (str(frame.ask.unit), str(frame.ask.population)) == ("beds", "age_65_plus")
    assert frame.figures.audience is Audience.PUBLIC


def test_the_register_is_told_of_earlier_quarters_by_when_services_worked(territory):
    make_service(facilities=[OLOMOUC], ended_on=date(2025, 6, 30))
    make_service(facilities=[SUMPERK], started_on=date(2026, 8, 1))
    assert cells(read("sluzby", period=Period(2025, 2))) == {"Olomouc": 1, "Šumperk": 0}
    now = read("sluzby")
    assert (cells(now), now.time, len(now.times)) == ({"Olomouc": 0, "Šumperk": 1}, "2026Q3", 12)


def test_services_of_the_whole_region_are_declared_everywhere(territory):
    make_service(facilities=[OLOMOUC], target_groups=["33"])
    make_service(facilities=[], region_wide=True)
    assert cells(read("pusobnost")) == {"Olomouc": 2, "Šumperk": 1}
    assert cells(read("sluzby")) == {"Olomouc": 1, "Šumperk": 0}


def test_users_are_told_where_they_live(users):
    frame = read("uzivatele", level=Level.MUNICIPALITY)
    assert cells(frame) == {"Blatec": 0, "Bludov": 0, "Dolany": 1, "Olomouc": 6, "Šumperk": 3}
    assert (frame.time, frame.told.told, frame.told.asked) == ("2026Q2", 1, 1)
    assert cells(read("uzivatele", situation="debts")) == {"Olomouc": 0, "Šumperk": 3}
    assert cells(read("pokryti")) == {"Olomouc": 1, "Šumperk": 1}
    assert cells(read("uzivatele-na-1000", type_code="49")) == {"Olomouc": 5.83, "Šumperk": 3}


def test_a_quarter_without_a_told_residence_knows_nothing(territory):
    store_residents(make_service(type_code="49", facilities=[OLOMOUC]), [], state="not_supplied")
    assert set(cells(read("uzivatele")).values()) == {"not_supplied"}


def test_nobody_is_a_true_zero_only_once_every_service_that_owes_a_return_has_told(users):
    late = make_service(type_code="40", facilities=[SUMPERK])
    make_service(type_code="40", facilities=[SUMPERK], ended_on=date(2026, 3, 31))  # owes no return of the quarter
    started = make_return(late, QUARTER, state="submitted")
    bump_version()
    asked = {"level": Level.MUNICIPALITY}
    waiting = {"Blatec": "not_supplied", "Bludov": "not_supplied"}
    frame = read("uzivatele", **asked)
    assert cells(frame) == {**waiting, "Dolany": 1, "Olomouc": 6, "Šumperk": 3}
    assert (frame.told.told, frame.told.asked) == (1, 2)
    assert cells(read("pokryti", **asked)) == {**waiting, "Dolany": 1, "Olomouc": 1, "Šumperk": 1}
    assert cells(read("uzivatele-na-1000", **asked))["Blatec"] == "not_supplied"
    assert cells(read("uzivatele", type_code="49", **asked))["Blatec"] == 0  # all of this type have told
    assert set(cells(read("uzivatele", type_code="40", **asked)).values()) == {"not_supplied"}
    started.state, started.decided_at_utc = "accepted", now_utc()
    db.session.add(ReturnResidencePart(return_id=started.id, state="no_one", version=1))
    db.session.flush()
    forget()
    assert cells(read("uzivatele", **asked)) == {"Blatec": 0, "Bludov": 0, "Dolany": 1, "Olomouc": 6, "Šumperk": 3}


def test_lines_lead_from_residence_to_service_for_the_region_alone(users):
    frame = read("uzivatele", level=Level.MUNICIPALITY)
    lines = service.read_flows(PLANNER, frame, day=DAY, upkeep=UPKEEP)
    assert [(line.residence.name, line.place.name, line.persons) for line in lines] == [
        ("Olomouc", "Olomouc", 6),
        ("Šumperk", "Olomouc", 3),
        ("Dolany", "Olomouc", 1),
    ]
    for actor in OTHERS.values():
        assert service.read_flows(actor, frame, day=DAY, upkeep=UPKEEP) == []


def test_occupancy_stands_beside_the_norm(territory):
    home = make_service(type_code="49", facilities=[OLOMOUC], forms={"residential": {"beds": 20}})
    make_return(home, QUARTER, {"beds": 20, "bed_days_used": 910})
    frame = read("obloznost")
    assert cells(frame) == {"Olomouc": 50, "Šumperk": "not_applicable"}
    assert [norm for (norm,) in frame.figures.columns_of("norm")] == [90, None]


def test_unmet_applicants_are_persons_of_the_area(territory):
    row = Row("49", "housing", "33", "7107", "500496", 1, 1, "waiting", 20_500, 20_500, 20_500, 0, "usual")
    store_world([row, dataclasses.replace(row, type_code="40", sure=2, probable=2)], [])
    recount()
    last = read("neuspokojeni").times[-1]
    assert cells(read("neuspokojeni", period=Period.parse(last))) == {"Olomouc": 2, "Šumperk": 0}
    assert cells(read("neuspokojeni", type_code="49", level=Level.MUNICIPALITY))["Olomouc"] == 1


def test_needs_are_sums_of_what_was_told_and_silence_is_no_zero(territory):
    make_need("500496", 4, period=QUARTER)
    make_need("501646", 3, period=QUARTER, situation="housing")
    assert cells(read("potreby")) == {"Olomouc": 7, "Šumperk": "not_supplied"}
    assert cells(read("potreby", level=Level.MUNICIPALITY, situation="housing")) == {
        "Blatec": "not_supplied",
        "Bludov": "not_supplied",
        "Dolany": 3,
        "Olomouc": "not_supplied",
        "Šumperk": "not_supplied",
    }
    assert cells(read("potreby-na-1000"))["Olomouc"] == 1.17


def test_support_of_municipalities_is_per_inhabitant_and_silence_is_no_zero(territory):
    home = make_service(facilities=[OLOMOUC])
    store_support(home.id, "500496", 2025, {GrantKind.RUNNING: 12_000})
    store_support(home.id, "501646", 2025, {GrantKind.RUNNING: 0})
    frame = read("podpora-obci", PUBLIC_ACTOR)
    assert (cells(frame), frame.time) == ({"Olomouc": 2, "Šumperk": "not_supplied"}, "2025")
    by_municipality = cells(read("podpora-obci", PUBLIC_ACTOR, level=Level.MUNICIPALITY))
    assert by_municipality["Dolany"] == 0
    assert by_municipality["Bludov"] == "not_supplied"


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("name", PROTECTED)
@pytest.mark.parametrize("level", [Level.ORP, Level.MUNICIPALITY])
def test_live_figures_of_persons_and_returns_are_for_the_region_alone(users, who, name, level):
    frame = read(name, OTHERS[who], level=level)
    assert frame.withheld is Withheld.NO_RELEASE
    assert {state for (state,) in frame.figures.columns_of("state")} == {FigureState.HIDDEN}
    assert {value for (value,) in frame.figures.columns_of("value")} == {None}
    assert (frame.told, frame.times, frame.time) == (None, (), None)


def test_public_layers_are_the_same_for_everybody(territory):
    make_service(facilities=[OLOMOUC])
    for name, layer in LAYERS.items():
        if layer.source in (Source.REGISTER, Source.GRANTS):
            assert cells(read(name, PUBLIC_ACTOR)) == cells(read(name, OPERATOR))


def test_the_areas_of_one_orp_alone(users):
    frame = read("uzivatele", level=Level.MUNICIPALITY, orp="7107")
    assert cells(frame) == {"Blatec": 0, "Dolany": 1, "Olomouc": 6}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"layer": "neuspokojeni", "level": Level.MUNICIPALITY, "situation": "housing"}, "situace"),
        ({"layer": "volna-mista", "group": "33"}, "skupina"),
        ({"layer": "kapacita", "type_code": "1"}, "druh"),
        ({"layer": "uzivatele", "situation": "x"}, "situace"),
        ({"layer": "kapacita", "orp": "9999"}, "orp"),
        ({"layer": "kapacita", "period": Period(1999, 1)}, "obdobi"),
        ({"layer": "kapacita", "level": Level.DISTRICT}, "uzemi"),
    ],
)
def test_what_a_layer_cannot_be_asked_is_answered_at_the_field(territory, asked, field):
    with pytest.raises(Invalid) as caught:
        service.read_layer(PLANNER, Ask(**asked), day=DAY, upkeep=UPKEEP)
    assert list(caught.value.fields) == [field]


def test_there_is_no_other_layer(territory):
    with pytest.raises(NotFound):
        read("x")


@pytest.mark.parametrize("name", LAYERS)
def test_the_number_of_queries_is_the_same_for_few_and_many(users, queries, name):
    def count():
        queries.statements.clear()
        read(name)
        return queries.count

    count()
    few = count()
    for _ in range(8):
        make_service(facilities=[OLOMOUC, SUMPERK])
    bump_version()
    count()
    assert count() == few <= 10
