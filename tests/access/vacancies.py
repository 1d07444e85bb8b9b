"""Who may do what with places of services; everybody sees those that are free."""

from portal.waitlists.vacancies.types import Standing, State
from tests.access.rows import EVERYBODY, PROVIDERS, Objects, Row, World, answers
from tests.factories.vacancies import add
from tests.factories.waitlists import make_listed


def build_world(world: World) -> None:
    for side, ico in (("own", world.own_ico), ("foreign", world.foreign_ico)):
        kept = make_listed(ico, phone="583 111 222")
        world.keys[f"{side}_kept"] = kept.register_id
        world.keys[f"{side}_place"] = add(kept, "Pokoj 1", places=2, floor=1, barrier_free=True)
        add(kept, "Pokoj 2", Standing(State.OCCUPIED))


def _service(side: str):
    return lambda world, who: {"register_id": world.keys[f"{side}_kept"]}


def _place(side: str):
    return lambda world, who: {"register_id": world.keys[f"{side}_kept"], "place_id": world.keys[f"{side}_place"]}


KEPT = Objects(
    own=_service("own"), foreign=_service("foreign"), missing=lambda world, who: {"register_id": 999_999_999}
)
PLACE = Objects(
    own=_place("own"),
    foreign=_place("foreign"),
    missing=lambda world, who: {"register_id": world.keys["own_kept"], "place_id": 999_999},
)

ROWS = (
    Row("vacancies.index", "GET", EVERYBODY),
    Row("vacancies.download", "GET", EVERYBODY),
    Row("vacancies.kept", "GET", PROVIDERS),
    Row("vacancies.places", "GET", PROVIDERS, objects=KEPT),
    # An empty form does not say what the person saw, so it cannot be what is there now.
    Row("vacancies.confirm", "POST", PROVIDERS, answers(409), objects=KEPT),
    Row("vacancies.new", "GET", PROVIDERS, objects=KEPT),
    Row("vacancies.add", "POST", PROVIDERS, answers(422), objects=KEPT),
    Row("vacancies.place", "GET", PROVIDERS, objects=PLACE),
    Row("vacancies.edit", "POST", PROVIDERS, answers(409), objects=PLACE),
    Row("vacancies.move", "POST", PROVIDERS, answers(422), objects=PLACE),
    Row("vacancies.remove", "POST", PROVIDERS, answers(409), objects=PLACE),
    Row("vacancies.history", "GET", PROVIDERS, objects=KEPT),
)
