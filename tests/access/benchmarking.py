"""Who may compare what."""

from portal.benchmarking.service.groups import save_group
from portal.benchmarking.service.holdings import save_holding
from portal.benchmarking.service.region_reports import ask_report
from portal.catalog.models import Provider
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.core.transaction import transaction
from portal.returns.types import Period
from tests.access.rows import (
    ADMINISTRATOR,
    AUDITOR,
    KEY_WORKER,
    PLANNER,
    PROVIDERS,
    REGION,
    Objects,
    Row,
    World,
    answers,
)
from tests.factories.benchmarking import make_reported_service, publish
from tests.factories.metrics import make_stored_metric
from tests.factories.returns import make_reporting_service

QUARTER = Period(2026, 2)


def build_world(world: World) -> None:
    with transaction() as session:
        for ico, share in ((world.own_ico, 0.5), (world.foreign_ico, 0.75)):
            known = session.query(Provider).filter_by(ico=ico).one_or_none()
            reported = make_reported_service(
                QUARTER, share, provider=known or Provider(ico=ico, name=f"Poskytovatel {ico}")
            )
        world.keys["reported"] = reported.register_id
        world.keys["groups"] = {
            who: save_group(
                Actor(user_id=world.user_ids[who], name=who, grants=frozenset({Grant(Role(who))})),
                name="own",
                register_ids=[str(reported.register_id)],
                is_shared=who == KEY_WORKER,
            )
            for who in (KEY_WORKER, PLANNER)
        }
        make_reporting_service()
        world.keys["holding"] = save_holding(OPERATOR, name="Holding")
        publish(QUARTER)
        make_stored_metric("own_metric", "beds", unit="beds")
    with transaction():  # the job runs at once, so each report is there
        world.keys["reports"] = {
            who: ask_report(
                Actor(user_id=world.user_ids[who], name=who, grants=frozenset({Grant(Role(who))})),
                type_code="46",
                span=QUARTER,
                language="cs",
            )
            for who in sorted(REGION)
        }


def _foreign(world: World, who: str) -> dict[str, str] | None:
    return {"ico": world.foreign_ico} if who in PROVIDERS else None


PROVIDER_REPORTS = Objects(
    own=lambda world, who: {"ico": world.own_ico},
    foreign=_foreign,
    missing=lambda world, who: {"ico": "00000000"},
)
RELEASES = Objects(
    own=lambda world, who: {"period": str(QUARTER)},
    missing=lambda world, who: {"period": "2019Q1"},
)
HOLDINGS = Objects(
    own=lambda world, who: {"holding_id": world.keys["holding"]},
    missing=lambda world, who: {"holding_id": 999_999},
)
METRIC_EDITORS = frozenset({PLANNER, ADMINISTRATOR})
WRITERS = frozenset({KEY_WORKER, PLANNER})
SERVICES = Objects(
    own=lambda world, who: {"register_id": world.keys["reported"]},
    missing=lambda world, who: {"register_id": 999_999_999},
)
GROUPS = Objects(
    own=lambda world, who: {"group_id": world.keys["groups"].get(who, 1)},
    foreign=lambda world, who: {"group_id": world.keys["groups"][PLANNER if who == KEY_WORKER else KEY_WORKER]},
    missing=lambda world, who: {"group_id": 999_999},
)
METRICS = Objects(
    own=lambda world, who: {"name": "own_metric"},
    missing=lambda world, who: {"name": "occupancy"},  # comes with the portal: there is nothing of the region's to edit
)
NORMS = Objects(
    own=lambda world, who: {"type_code": "46", "measure": "direct_work", "form": "all"},
    missing=lambda world, who: {"type_code": "46", "measure": "occupancy", "form": "all"},
)

REPORTS = Objects(
    own=lambda world, who: {"key": world.keys["reports"].get(who, world.keys["reports"][PLANNER])},
    foreign=lambda world, who: {"key": world.keys["reports"][AUDITOR if who == PLANNER else PLANNER]},
    missing=lambda world, who: {"key": "0" * 32},
)

ROWS = (
    # The region gets its comparison, a provider is led to its own services.
    Row("benchmarking.index", "GET", PROVIDERS | REGION, answers(200, 302)),
    Row(
        "benchmarking.provider",
        "GET",
        PROVIDERS | REGION,
        objects=PROVIDER_REPORTS,
    ),
    *(
        Row(f"benchmarking.provider_{kind}", "GET", PROVIDERS | REGION, objects=PROVIDER_REPORTS)
        for kind in ("csv", "xlsx", "pdf")
    ),
    Row("benchmarking.releases", "GET", REGION),
    Row("benchmarking.release", "GET", REGION, objects=RELEASES),
    Row("benchmarking.holdings", "GET", REGION),
    Row("benchmarking.create_holding", "POST", WRITERS),
    Row("benchmarking.holding", "GET", REGION, objects=HOLDINGS),
    Row("benchmarking.change_holding", "POST", WRITERS, objects=HOLDINGS),
    Row("benchmarking.publish_groups", "POST", frozenset({PLANNER}), objects=RELEASES),
    Row("benchmarking.download_csv", "GET", REGION),
    Row("benchmarking.download_xlsx", "GET", REGION),
    Row("benchmarking.types", "GET", REGION),
    Row("benchmarking.types_csv", "GET", REGION),
    Row("benchmarking.types_xlsx", "GET", REGION),
    Row("benchmarking.series", "GET", REGION),
    Row("benchmarking.series_csv", "GET", REGION),
    Row("benchmarking.series_xlsx", "GET", REGION),
    Row("benchmarking.write_note", "POST", WRITERS),
    Row("benchmarking.one_service", "GET", REGION, objects=SERVICES),
    Row("benchmarking.one_service_csv", "GET", REGION, objects=SERVICES),
    Row("benchmarking.one_service_xlsx", "GET", REGION, objects=SERVICES),
    Row("benchmarking.link_predecessor", "POST", WRITERS, objects=SERVICES),
    Row("benchmarking.groups", "GET", REGION),
    Row("benchmarking.new_group", "GET", WRITERS),
    Row("benchmarking.create_group", "POST", WRITERS),
    Row("benchmarking.edit_group", "GET", WRITERS, objects=GROUPS),
    Row("benchmarking.change_group", "POST", WRITERS, objects=GROUPS),
    Row("benchmarking.region_reports", "GET", REGION),
    Row("benchmarking.ask_region_report", "POST", REGION),
    *(Row(f"benchmarking.region_report{part}", "GET", REGION, objects=REPORTS) for part in ("", "_state", "_pdf")),
    Row("benchmarking.delete_region_report", "POST", REGION, objects=REPORTS),
    Row("benchmarking.metrics", "GET", REGION | {ADMINISTRATOR}),
    Row("benchmarking.new_metric", "GET", METRIC_EDITORS),
    Row("benchmarking.define_metric", "POST", METRIC_EDITORS),
    Row("benchmarking.edit_metric", "GET", METRIC_EDITORS, objects=METRICS),
    Row("benchmarking.change_metric", "POST", METRIC_EDITORS, objects=METRICS),
    Row("benchmarking.norms", "GET", REGION | {ADMINISTRATOR}),
    Row("benchmarking.norm", "GET", REGION | {ADMINISTRATOR}, objects=NORMS),
    Row("benchmarking.change_norm", "POST", METRIC_EDITORS, objects=NORMS),
)
