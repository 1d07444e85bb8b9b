"""Who may do what with waiting lists, users of services, keys of programs and codes."""

from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from portal.core.db import db
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.waitlists import service
from portal.waitlists.models import Application, ProviderToken
from portal.waitlists.words import vocabulary
from tests.access.rows import EVERYBODY, PLANNER, PROVIDER_APPROVER, PROVIDERS, REGION, Objects, Row, World, answers
from tests.factories.vault import person
from tests.factories.waitlists import apply_for, list_file, make_listed, the_vault

READERS = PROVIDERS | REGION


def build_world(world: World) -> None:
    for ico in (world.own_ico, world.foreign_ico):
        listed = make_listed(ico)
        application_id = apply_for(listed, f"žadatel {ico}")
        with transaction():
            client_id = service.add_client(
                OPERATOR,
                vault=the_vault(),
                register_id=listed.register_id,
                digests=person(f"uživatel {ico}"),
                started_on=db.session.get_one(Application, application_id).received_on,
                municipality_code="outside",
                adverse_situation="housing",
            )
            service.create_token(OPERATOR, ico=ico, name="program")
        with TemporaryDirectory() as folder, transaction():
            code = db.session.get_one(Application, application_id).code
            file = list_file(Path(folder) / "a.csv", [{"kód": code.hex(), "číslo spisu": "NOVE-7"}])
            info = service.take_list(OPERATOR, file, register_id=listed.register_id, words=vocabulary())
            rows = [{"kód": code.hex(), "od": "1. 2. 2026", "obec": "mimo kraj", "situace": "bydlení"}]
            users = list_file(Path(folder) / "u.csv", rows, {})
            register_info = service.take_register(OPERATOR, users, register_id=listed.register_id, words=vocabulary())
        token_id = db.session.scalars(select(ProviderToken.id).order_by(ProviderToken.id.desc())).first()
        world.keys[f"waitlist_{ico}"] = {
            "register_id": listed.register_id,
            "application_id": application_id,
            "client_id": client_id,
            "import_id": info.id,
            "register_import_id": register_info.id,
            "token_id": token_id,
        }


def _objects(*names: str, **stored_as: str) -> Objects:
    """Own and foreign objects; the missing one is at one's own service, unless the service itself is missing.

    ``stored_as`` tells under which name the world keeps the object of an argument, where it is another one.
    """

    def of(ico: str):
        return lambda world, _who: {
            name: world.keys[f"waitlist_{getattr(world, ico)}"][stored_as.get(name, name)] for name in names
        }

    def missing(world: World, _who: str):
        found = of("own_ico")(world, _who)
        return {**found, names[-1]: 999_999_999}

    def foreign(world: World, who: str):
        return None if who in REGION else of("foreign_ico")(world, who)

    return Objects(own=of("own_ico"), foreign=foreign, missing=missing)


LIST = _objects("register_id")
APPLICATION = _objects("register_id", "application_id")
CLIENT = _objects("register_id", "client_id")
IMPORT = _objects("register_id", "import_id")
REGISTER_IMPORT = _objects("register_id", "import_id", import_id="register_import_id")
TOKEN = _objects("token_id")

ROWS = (
    Row("waitlists.index", "GET", READERS),
    Row("waitlists.show", "GET", READERS, objects=LIST),
    Row("waitlists.export_csv", "GET", READERS, objects=LIST),
    Row("waitlists.export_xlsx", "GET", READERS, objects=LIST),
    Row("waitlists.confirmations", "GET", PROVIDERS, objects=LIST),
    Row("waitlists.confirm", "POST", PROVIDERS, answers(422), objects=LIST),
    Row("waitlists.new", "GET", PROVIDERS, objects=LIST),
    Row("waitlists.add", "POST", PROVIDERS, answers(422), objects=LIST),
    Row("waitlists.application", "GET", READERS, objects=APPLICATION),
    Row("waitlists.edit", "GET", PROVIDERS, objects=APPLICATION),
    Row("waitlists.save", "POST", PROVIDERS, answers(422), objects=APPLICATION),
    Row("waitlists.move", "POST", PROVIDERS, answers(422), objects=APPLICATION),
    Row("waitlists.note", "POST", PROVIDERS, answers(422), objects=APPLICATION),
    Row("waitlists.after_step", "GET", PROVIDERS, answers(303), objects=APPLICATION),
    Row("waitlists.erasing", "GET", PROVIDERS, objects=APPLICATION),
    Row("waitlists.erase", "POST", PROVIDERS, answers(422), objects=APPLICATION),
    Row("waitlists.order", "GET", READERS, objects=LIST),
    Row("waitlists.change_order", "POST", PROVIDERS, answers(422), objects=LIST),
    Row("waitlists.clients", "GET", READERS, objects=LIST),
    Row("waitlists.new_client", "GET", PROVIDERS, objects=LIST),
    Row("waitlists.add_client", "POST", PROVIDERS, answers(422), objects=LIST),
    Row("waitlists.client", "GET", READERS, objects=CLIENT),
    Row("waitlists.end_stay", "POST", PROVIDERS, answers(409, 422), objects=CLIENT),
    Row("waitlists.erasing_client", "GET", PROVIDERS, objects=CLIENT),
    Row("waitlists.erase_client", "POST", PROVIDERS, answers(422), objects=CLIENT),
    Row("waitlists.list_imports", "GET", PROVIDERS, objects=LIST),
    Row("waitlists.upload", "POST", PROVIDERS, answers(422), objects=LIST),
    Row("waitlists.show_import", "GET", PROVIDERS, objects=IMPORT),
    Row("waitlists.apply_import", "POST", PROVIDERS, answers(422), objects=IMPORT),
    Row("waitlists.discard_import", "POST", PROVIDERS, answers(303), objects=IMPORT),
    Row("waitlists.roll_back_import", "POST", PROVIDERS, answers(409), objects=IMPORT),
    Row("waitlists.after_import", "GET", PROVIDERS, answers(303), objects=IMPORT),
    Row("waitlists.list_register_imports", "GET", PROVIDERS, objects=LIST),
    Row("waitlists.upload_register", "POST", PROVIDERS, answers(422), objects=LIST),
    Row("waitlists.show_register_import", "GET", PROVIDERS, objects=REGISTER_IMPORT),
    Row("waitlists.apply_register_import", "POST", PROVIDERS, answers(422), objects=REGISTER_IMPORT),
    Row("waitlists.discard_register_import", "POST", PROVIDERS, answers(303), objects=REGISTER_IMPORT),
    Row("waitlists.roll_back_register_import", "POST", PROVIDERS, answers(409), objects=REGISTER_IMPORT),
    Row("waitlists.after_register_import", "GET", PROVIDERS, answers(303), objects=REGISTER_IMPORT),
    Row("waitlists.export_clients_csv", "GET", READERS, objects=LIST),
    Row("waitlists.export_clients_xlsx", "GET", READERS, objects=LIST),
    Row("waitlists.tokens", "GET", frozenset({PROVIDER_APPROVER})),
    Row("waitlists.create_token", "POST", frozenset({PROVIDER_APPROVER}), answers(422)),
    Row("waitlists.revoke_token", "POST", frozenset({PROVIDER_APPROVER}), answers(303), objects=TOKEN),
    Row("waitlists.rules", "GET", REGION),
    Row("waitlists.change_rules", "POST", frozenset({PLANNER}), answers(422)),
    # The views ask for a key or a session themselves: 401 without either, 403 without the role, 422 for an empty body.
    Row("person_codes.points", "POST", EVERYBODY, answers(401, 403, 422)),
    Row("person_codes.codes", "POST", EVERYBODY, answers(401, 403, 422)),
)
