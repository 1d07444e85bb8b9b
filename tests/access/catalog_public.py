"""The public half of the catalogue is open to everybody."""

from portal.core.transaction import transaction
from tests.access.rows import EVERYBODY, Objects, Row, World, answers
from tests.factories.catalog import make_provider, make_service


def build_world(world: World) -> None:
    with transaction():
        provider = make_provider("Veřejná pomoc")
        world.keys["public_ico"] = provider.ico
        world.keys["public_register_id"] = make_service(provider).register_id


SERVICE = Objects(
    own=lambda world, who: {"register_id": world.keys["public_register_id"]},
    missing=lambda world, who: {"register_id": 999_999_999},
)
PROVIDER = Objects(
    own=lambda world, who: {"ico": world.keys["public_ico"]},
    missing=lambda world, who: {"ico": "00000000"},
)
DOWNLOAD = Objects(own=lambda world, who: {"kind": "csv"}, missing=lambda world, who: {"kind": "xlsx"})

ROWS = (
    Row("catalog.search", "GET", EVERYBODY),
    Row("catalog.service_page", "GET", EVERYBODY, objects=SERVICE),
    Row("catalog.provider_page", "GET", EVERYBODY, objects=PROVIDER),
    # A kind of file that does not exist is no address at all, so two that do exist are asked for.
    Row("catalog.download", "GET", EVERYBODY, answers(200), objects=DOWNLOAD, missing=200),
)
