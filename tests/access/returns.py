"""Who may do what with quarterly returns."""

from portal.catalog.models import Provider
from portal.core.transaction import transaction
from tests.access.rows import (
    ADMINISTRATOR,
    AUDITOR,
    KEY_WORKER,
    PROVIDER_APPROVER,
    PROVIDERS,
    REGION,
    Objects,
    Row,
    Values,
    World,
    answers,
)
from tests.factories.catalog import make_provider
from tests.factories.returns import (
    make_exception,
    make_file,
    make_period,
    make_reporting_service,
    make_return,
    make_running_check,
)

PERIOD = "2026Q2"


def build_world(world: World) -> None:
    with transaction() as session:
        make_period(PERIOD)
        for whose, ico in (("own", world.own_ico), ("foreign", world.foreign_ico)):
            provider = session.query(Provider).filter_by(ico=ico).one_or_none() or make_provider(ico=ico)
            service = make_reporting_service(provider)
            make_return(service, PERIOD, {"direct_hours": 4321}, state="submitted")
            world.keys[f"{whose}_return"] = service.register_id
            world.keys[f"{whose}_file"] = make_file(service, PERIOD).id
        for who, user_id in world.user_ids.items():
            world.keys[f"check_{who}"] = make_running_check(user_id)
        world.keys["exception"] = make_exception(PERIOD, provider).id


def of(whose: str, world: World) -> Values:
    return {"register_id": world.keys[f"{whose}_return"], "period": PERIOD}


RETURN = Objects(
    own=lambda world, who: of("own", world),
    foreign=lambda world, who: of("foreign", world) if who in PROVIDERS else None,
    missing=lambda world, who: {"register_id": 1, "period": PERIOD},
)
FILE = Objects(
    own=lambda world, who: {"import_id": world.keys["own_file"]},
    foreign=lambda world, who: {"import_id": world.keys["foreign_file"]} if who in PROVIDERS else None,
    missing=lambda world, who: {"import_id": 999_999},
)
CHECK_OF_FILE = Objects(
    own=lambda world, who: {"job_id": world.keys.get(f"check_{who}", world.keys[f"check_{AUDITOR}"])},
    foreign=lambda world, who: {"job_id": world.keys[f"check_{AUDITOR}"]},
    missing=lambda world, who: {"job_id": "0" * 32},
)
READERS = PROVIDERS | REGION
IMPORTERS = PROVIDERS | {KEY_WORKER}
REVIEWERS = frozenset({KEY_WORKER})
QUARTER = Objects(own=lambda world, who: {"period": PERIOD}, missing=lambda world, who: {"period": "2031Q1"})
EXCEPTION = Objects(
    own=lambda world, who: {"period": PERIOD, "exception_id": world.keys["exception"]},
    missing=lambda world, who: {"period": PERIOD, "exception_id": 999_999},
)
FILES = Objects(own=lambda world, who: {"form": "csv"}, missing=lambda world, who: {"form": "pdf"})
CALLED = Objects(
    own=lambda world, who: {"period": PERIOD, "ico": world.own_ico},
    missing=lambda world, who: {"period": PERIOD, "ico": "00000000"},
)
CARED_FOR = Objects(own=lambda world, who: {"ico": world.own_ico}, missing=lambda world, who: {"ico": "00000000"})
MANAGERS = frozenset({ADMINISTRATOR})

ROWS = (
    Row("returns.index", "GET", READERS),
    Row("returns.show", "GET", READERS, objects=RETURN),
    # Sent empty, a form lacks the version that it was drawn with.
    Row("returns.save", "POST", PROVIDERS, answers(400), objects=RETURN),
    Row("returns.autosave", "POST", PROVIDERS, answers(400), objects=RETURN),
    Row("returns.submit", "POST", frozenset({PROVIDER_APPROVER}), answers(400), objects=RETURN),
    Row("returns.residences", "GET", READERS, objects=RETURN),
    Row("returns.save_residences", "POST", PROVIDERS, answers(400), objects=RETURN),
    Row("returns.copy_residences", "POST", PROVIDERS, answers(400), objects=RETURN),
    Row("returns.after_copy", "GET", READERS, answers(303), objects=RETURN),
    Row("returns.after_submit", "GET", READERS, answers(303), objects=RETURN),
    Row("returns.after_decision", "GET", REVIEWERS, answers(303), objects=RETURN),
    Row("returns.review", "GET", REVIEWERS, objects=RETURN),
    Row("returns.accept", "POST", REVIEWERS, answers(400), objects=RETURN),
    Row("returns.send_back", "POST", REVIEWERS, answers(400), objects=RETURN),
    Row("returns.lock", "POST", REVIEWERS, answers(400), objects=RETURN),
    Row("returns.reopen", "POST", REVIEWERS, answers(400), objects=RETURN),
    Row("returns.deadlines", "GET", REGION),
    Row("returns.open_quarter", "POST", REVIEWERS),
    Row("returns.quarter_deadlines", "GET", REGION, objects=QUARTER),
    Row("returns.move_deadlines", "POST", REVIEWERS, objects=QUARTER),
    Row("returns.grant_exception", "POST", REVIEWERS, objects=QUARTER),
    Row("returns.withdraw_exception", "POST", REVIEWERS, objects=EXCEPTION),
    Row("returns.after_exception", "GET", REGION, answers(303), objects=QUARTER),
    Row("returns.overview", "GET", REGION),
    Row("returns.download_overview", "GET", REGION, objects=FILES),
    Row("returns.call_list", "GET", REGION),
    Row("returns.download_call_list", "GET", REGION, objects=FILES),
    Row("returns.call_notes", "GET", REGION, objects=CALLED),
    Row("returns.note_call", "POST", REVIEWERS, objects=CALLED),
    Row("returns.reminders", "GET", REVIEWERS),
    Row("returns.send_reminders", "POST", REVIEWERS, answers(422)),
    Row("returns.sent_reminders", "GET", REGION, objects=QUARTER),
    Row("returns.retry_reminders", "POST", REVIEWERS, answers(303), objects=QUARTER),
    Row("returns.after_retry", "GET", REGION, answers(303), objects=QUARTER),
    Row("returns.key_workers", "GET", MANAGERS | {AUDITOR}),
    Row("returns.assign_key_worker", "POST", MANAGERS),
    Row("returns.key_worker_history", "GET", MANAGERS | {AUDITOR}, objects=CARED_FOR),
    Row("return_files.index", "GET", READERS),
    # Asked without a quarter.
    Row("return_files.sheet", "GET", READERS, answers(400)),
    Row("return_files.upload", "POST", IMPORTERS, answers(422)),
    Row("return_files.checking", "GET", IMPORTERS, objects=CHECK_OF_FILE),
    Row("return_files.checking_state", "GET", IMPORTERS, objects=CHECK_OF_FILE),
    Row("return_files.detail", "GET", IMPORTERS, objects=FILE),
    Row("return_files.marked", "GET", IMPORTERS, objects=FILE),
    Row("return_files.after_step", "GET", IMPORTERS, answers(303), objects=FILE),
    Row("return_files.apply", "POST", IMPORTERS, answers(409), objects=FILE),
    Row("return_files.roll_back", "POST", IMPORTERS, answers(409), objects=FILE),
    Row("return_files.discard", "POST", IMPORTERS, answers(303, 409), objects=FILE),
)
