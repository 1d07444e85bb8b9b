"""Providers keep their own entries; the kraj answers their proposals."""

from portal.catalog.service import upkeep
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from tests.access.rows import KEY_WORKER, PROVIDERS, REGION, Objects, Row, World, answers
from tests.factories.catalog import find_or_make_provider, make_service

REVIEWERS = frozenset({KEY_WORKER})


def build_world(world: World) -> None:
    for side, ico in (("own", world.own_ico), ("foreign", world.foreign_ico)):
        with transaction():
            register_id = make_service(find_or_make_provider(ico), phone="583 111 222").register_id
        with transaction():
            seen = upkeep.get_entry(OPERATOR, register_id).fingerprint
            world.keys[f"{side}_proposal_id"] = upkeep.propose(
                OPERATOR, register_id=register_id, texts={"phone": "583 111 333"}, comment="", seen=seen
            )
        world.keys[f"{side}_entry_id"] = register_id


ENTRY = Objects(
    own=lambda world, who: {"register_id": world.keys["own_entry_id"]},
    foreign=lambda world, who: {"register_id": world.keys["foreign_entry_id"]},
    missing=lambda world, who: {"register_id": 999_999_999},
)
OWN_PROPOSAL = Objects(
    own=lambda world, who: {"proposal_id": world.keys["own_proposal_id"]},
    foreign=lambda world, who: {"proposal_id": world.keys["foreign_proposal_id"]},
    missing=lambda world, who: {"proposal_id": 999_999},
)
ANY_PROPOSAL = Objects(
    own=lambda world, who: {"proposal_id": world.keys["foreign_proposal_id"]},
    missing=lambda world, who: {"proposal_id": 999_999},
)

ROWS = (
    Row("catalog_upkeep.index", "GET", PROVIDERS),
    Row("catalog_upkeep.entry", "GET", PROVIDERS, objects=ENTRY),
    # An empty form does not say what the person saw, so it cannot be what is there now.
    Row("catalog_upkeep.confirm", "POST", PROVIDERS, answers(409), objects=ENTRY),
    Row("catalog_upkeep.edit", "GET", PROVIDERS, objects=ENTRY),
    Row("catalog_upkeep.propose", "POST", PROVIDERS, answers(409), objects=ENTRY),
    Row("catalog_upkeep.withdraw", "POST", PROVIDERS, answers(302), objects=OWN_PROPOSAL),
    Row("catalog_upkeep.review", "GET", REGION),
    Row("catalog_upkeep.proposal", "GET", REGION, objects=ANY_PROPOSAL),
    Row("catalog_upkeep.accept", "POST", REVIEWERS, answers(409), objects=ANY_PROPOSAL),
    Row("catalog_upkeep.decline", "POST", REVIEWERS, answers(422), objects=ANY_PROPOSAL),
)
