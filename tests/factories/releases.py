"""Closed quarters with something to publish."""

from __future__ import annotations

from random import Random

from portal.core.db import db
from portal.core.permissions import OPERATOR
from portal.core.settings import current_settings
from portal.core.transaction import transaction
from portal.releases import service
from portal.releases.files import releases_folder
from portal.returns.types import Period
from tests.factories.catalog import make_service
from tests.factories.needs import make_need
from tests.factories.returns import make_period, make_return

TYPES = ("46", "49", "50")
TOWNS = ("500496", "500801", "523704", None)  # two of one ORP, one of another, none told


def closed_quarter(period: Period) -> None:
    """The quarter opened and long closed; what was flushed before is committed with it."""
    make_period(period)
    db.session.commit()


def make_reported_costs(period: Period, *, services: int = 30, seed: int = 1) -> None:
    """Accepted returns with costs and revenues of services of a few types, each of a provider of its own."""
    chance = Random(seed)
    with transaction():
        for number in range(services):
            town = TOWNS[chance.randrange(len(TOWNS))]
            made = make_service(
                type_code=TYPES[number % len(TYPES)],
                forms={"outpatient": {}},
                facilities=({"municipality_code": town},) if town else (),
            )
            costs = chance.randint(200_000, 3_000_000)
            make_return(made, period, {"costs_total": costs, "revenues_total": costs - 10_000})


def make_told_needs(period: Period) -> None:
    """Needs of the small territory: 25 persons in debt who want type 37, three in bad housing; nothing of Šumperk."""
    for code, persons in (("500496", 9), ("500801", 8), ("501646", 8)):
        make_need(code, persons, period=period, type_code="37")
    make_need("500801", 3, period=period, situation="housing")


def published(period: Period) -> dict:
    """Build, audit and publish a quarter; the report of the audit."""
    service.build(OPERATOR, period)
    report = service.audit_release(OPERATOR, period)
    service.publish(OPERATOR, period, releases_folder(current_settings().instance_dir))
    return report
