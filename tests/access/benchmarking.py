"""Who may compare what."""

from portal.catalog.models import Provider
from portal.core.transaction import transaction
from portal.returns.types import Period
from tests.access.rows import PROVIDERS, REGION, Objects, Row, World, answers
from tests.factories.benchmarking import make_reported_service
from tests.factories.returns import make_reporting_service

QUARTER = Period(2026, 2)


def build_world(world: World) -> None:
    with transaction() as session:
        for ico, share in ((world.own_ico, 0.5), (world.foreign_ico, 0.75)):
            known = session.query(Provider).filter_by(ico=ico).one_or_none()
            make_reported_service(QUARTER, share, provider=known or Provider(ico=ico, name=f"Poskytovatel {ico}"))
        make_reporting_service()


def _foreign(world: World, who: str) -> dict[str, str] | None:
    return {"ico": world.foreign_ico} if who in PROVIDERS else None


ROWS = (
    # The region gets its comparison, a provider is led to its own services.
    Row("benchmarking.index", "GET", PROVIDERS | REGION, answers(200, 302)),
    Row(
        "benchmarking.provider",
        "GET",
        PROVIDERS | REGION,
        objects=Objects(
            own=lambda world, who: {"ico": world.own_ico},
            foreign=_foreign,
            missing=lambda world, who: {"ico": "00000000"},
        ),
    ),
    Row("benchmarking.download_csv", "GET", REGION),
    Row("benchmarking.download_xlsx", "GET", REGION),
)
