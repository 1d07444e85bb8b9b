"""Who may compare what."""

from portal.catalog.models import Provider
from portal.core.transaction import transaction
from portal.returns.types import Period
from tests.access.rows import PROVIDERS, REGION, Objects, Row, World, answers
from tests.factories.benchmarking import make_reported_service

QUARTER = Period(2026, 2)


def build_world(world: World) -> None:
    with transaction() as session:
        for ico in (world.own_ico, world.foreign_ico):
            known = session.query(Provider).filter_by(ico=ico).one_or_none()
            make_reported_service(QUARTER, 0.5, provider=known or Provider(ico=ico, name=f"Poskytovatel {ico}"))


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
