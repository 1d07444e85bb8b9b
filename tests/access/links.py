"""Who may do what with links of persons."""

from portal.core.db import db
from portal.core.transaction import transaction
from tests.access.rows import KEY_WORKER, REGION, Objects, Row, World, answers
from tests.factories.links import make_pair

DECIDERS = frozenset({KEY_WORKER})


def build_world(world: World) -> None:
    with transaction():
        pair = make_pair()
        db.session.flush()
        world.keys["person_pair"] = pair.id


PAIR = Objects(
    own=lambda world, who: {"pair_id": world.keys["person_pair"]},
    missing=lambda world, who: {"pair_id": 999_999_999},
)

ROWS = (
    Row("person_links.index", "GET", REGION),
    Row("person_links.run", "POST", DECIDERS, answers(303)),
    Row("person_links.pair", "GET", REGION, objects=PAIR),
    Row("person_links.decide", "POST", DECIDERS, answers(422), objects=PAIR),
    Row("person_links.undo", "POST", DECIDERS, answers(409, 422), objects=PAIR),
    Row("person_links.after_undo", "GET", REGION, answers(303), objects=PAIR),
    Row("person_links.group", "GET", REGION, objects=PAIR),
)
