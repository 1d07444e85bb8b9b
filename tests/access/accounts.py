"""Who may do what with users, accounts and the record of changes."""

from portal.accounts.service import users
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from tests.access.rows import ADMINISTRATOR, AUDITOR, EVERYBODY, SIGNED_IN, Objects, Row, World, answers
from tests.factories.accounts import make_user

READERS = frozenset({ADMINISTRATOR, AUDITOR})
MANAGERS = frozenset({ADMINISTRATOR})


def build_world(world: World) -> None:
    colleague = make_user(role="planner", name="Karel Kolega", email="kolega@kraj.example")
    with transaction():
        world.keys["password_token"] = users.make_password_link(OPERATOR, user_id=colleague.id)
    world.keys["colleague_id"] = colleague.id


USER = Objects(
    own=lambda world, who: {"user_id": world.keys["colleague_id"]},
    missing=lambda world, who: {"user_id": 999_999},
)
LINK = Objects(
    own=lambda world, who: {"token": world.keys["password_token"]},
    missing=lambda world, who: {"token": "nobody-has-made-this-link"},
)

ROWS = (
    Row("accounts.login", "GET", EVERYBODY, answers(200, 302)),
    Row("accounts.sign_in", "POST", EVERYBODY, answers(422)),
    Row("accounts.second_step", "GET", EVERYBODY, answers(302)),
    Row("accounts.take_second_step", "POST", EVERYBODY, answers(302)),
    Row("accounts.logout", "POST", EVERYBODY, answers(302)),
    Row("accounts.password_link", "GET", EVERYBODY, objects=LINK),
    Row("accounts.use_password_link", "POST", EVERYBODY, answers(422), objects=LINK),
    Row("accounts.account", "GET", SIGNED_IN),
    Row("accounts.change_language", "POST", SIGNED_IN, answers(422)),
    Row("accounts.password", "GET", SIGNED_IN),
    Row("accounts.change_password", "POST", SIGNED_IN, answers(422)),
    Row("accounts.second_factor", "GET", SIGNED_IN),
    Row("accounts.enrol_second_factor", "POST", SIGNED_IN, answers(422)),
    Row("accounts.remove_second_factor", "POST", SIGNED_IN, answers(302)),
    Row("accounts.replace_recovery_codes", "POST", SIGNED_IN, answers(302)),
    Row("accounts.users", "GET", READERS),
    Row("accounts.user", "GET", READERS, objects=USER),
    Row("accounts.new_user", "GET", MANAGERS),
    Row("accounts.create_user", "POST", MANAGERS, answers(422)),
    Row("accounts.change_user", "POST", MANAGERS, answers(409, 422), objects=USER),
    Row("accounts.grant_role", "POST", MANAGERS, answers(422), objects=USER),
    Row("accounts.revoke_role", "POST", MANAGERS, answers(422), objects=USER),
    Row("accounts.deactivate_user", "POST", MANAGERS, answers(302), objects=USER),
    Row("accounts.activate_user", "POST", MANAGERS, answers(302), objects=USER),
    Row("accounts.unlock_user", "POST", MANAGERS, answers(302), objects=USER),
    Row("accounts.reset_second_factor", "POST", MANAGERS, answers(302), objects=USER),
    # The answer to this POST is the page that shows the link, once.
    Row("accounts.make_password_link", "POST", MANAGERS, answers(200), objects=USER),
    Row("accounts.audit", "GET", READERS),
)
