"""A small territory: two ORP in two districts, five municipalities, 10 000 people."""

from __future__ import annotations

from datetime import date

from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.territory import service
from portal.territory.calc.schematic import schematic_territory
from portal.territory.types import DistrictRow, ParsedTerritory, PlaceRow, RegionRow, SeatRow, StoreOutcome

SMALL_REGION = RegionRow(
    code="3123",
    nuts_code="CZ071",
    mpsv_code="Kraj/124",
    name="Olomoucký kraj",
    source="small test region",
    people_on=date(2020, 12, 31),
    districts=(
        DistrictRow("40789", "CZ0712", "Okres/3805", "Olomouc"),
        DistrictRow("40819", "CZ0715", "Okres/3809", "Šumperk"),
    ),
)
SMALL_SEATS = (
    SeatRow(
        "7107", "Olomouc", 17.25, 49.59, "40789", 6_000, 900, 1_200, 300,
        (
            PlaceRow("500496", "Olomouc", 17.25, 49.59, 5_000, 750, 1_000, 250),
            PlaceRow("500801", "Blatec", 17.24, 49.52, 600, 90, 120, 30),
            PlaceRow("501646", "Dolany", 17.32, 49.65, 400, 60, 80, 20),
        ),
    ),
    SeatRow(
        "7111", "Šumperk", 16.97, 49.97, "40819", 4_000, 500, 1_000, 200,
        (
            PlaceRow("523704", "Šumperk", 16.97, 49.97, 3_500, 440, 870, 175),
            PlaceRow("569178", "Bludov", 16.93, 49.94, 500, 60, 130, 25),
        ),
    ),
)  # fmt: skip


def small_territory(**changes: object) -> ParsedTerritory:
    """The small territory as an import would hand it over."""
    parsed = schematic_territory(SMALL_REGION, SMALL_SEATS)
    return ParsedTerritory(**{**vars(parsed), **changes})  # type: ignore[arg-type]  # changes name its fields


def store_small_territory() -> StoreOutcome:
    """Store the small territory as the version in force since 1 January 2021."""
    with transaction():
        return service.store_territory(OPERATOR, parsed=small_territory())
