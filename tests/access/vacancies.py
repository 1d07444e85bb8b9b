"""Who may do what with places of services; everybody sees those that are free."""

from sqlalchemy import select

from portal.core.db import db
from portal.core.permissions import Actor
from portal.core.transaction import transaction
from portal.waitlists.vacancies import service
from portal.waitlists.vacancies.models import VacancyAlert
from portal.waitlists.vacancies.types import Standing, State, Wish
from tests.access.rows import EVERYBODY, PROVIDERS, REGION, SIGNED_IN, Objects, Row, World, answers
from tests.factories.vacancies import UPKEEP, add
from tests.factories.waitlists import make_listed


def build_world(world: World) -> None:
    for side, ico in (("own", world.own_ico), ("foreign", world.foreign_ico)):
        kept = make_listed(ico, phone="583 111 222")
        world.keys[f"{side}_kept"] = kept.register_id
        world.keys[f"{side}_place"] = add(kept, "Pokoj 1", places=2, floor=1, barrier_free=True)
        add(kept, "Pokoj 2", Standing(State.OCCUPIED))

    with transaction():
        for who, user_id in world.user_ids.items():
            actor = Actor(user_id=user_id, name=who)
            world.keys[f"alert_{who}"] = service.add_alert(actor, name="Pro oddělení", wish=Wish(), upkeep=UPKEEP)
    world.keys["alert_token"] = db.session.scalars(select(VacancyAlert.token).order_by(VacancyAlert.id)).first()


def _alert(side: int):
    """One's own alert, or that of the next person."""

    def values(world: World, who: str):
        people = sorted(world.user_ids)
        if who not in people:
            return {"alert_id": world.keys[f"alert_{people[0]}"]}
        return {"alert_id": world.keys[f"alert_{people[(people.index(who) + side) % len(people)]}"]}

    return values


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
ALERT = Objects(own=_alert(0), foreign=_alert(1), missing=lambda world, who: {"alert_id": 999_999})
# No address is missing here: two kinds of file exist, and a link that is used up says so.
FILE = Objects(own=lambda world, who: {"kind": "csv"}, missing=lambda world, who: {"kind": "xlsx"})
TOKEN = Objects(own=lambda world, who: {"token": world.keys["alert_token"]}, missing=lambda world, who: {"token": "x"})

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
    Row("vacancies.alerts", "GET", SIGNED_IN),
    Row("vacancies.new_alert", "GET", SIGNED_IN),
    Row("vacancies.add_alert", "POST", SIGNED_IN, answers(422)),
    Row("vacancies.end_alert", "POST", SIGNED_IN, answers(303), objects=ALERT),
    Row("vacancies.ask_end", "GET", EVERYBODY, objects=TOKEN, missing=200),
    Row("vacancies.end_by_letter", "POST", EVERYBODY, answers(200), objects=TOKEN, missing=200),
    Row("vacancies.unused", "GET", REGION),
    Row("vacancies.unused_file", "GET", REGION, objects=FILE, missing=200),
)
