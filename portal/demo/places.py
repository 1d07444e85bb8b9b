"""The real names behind the demonstration region: 13 ORP, their larger towns and villages."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from portal.territory.types import DistrictRow, PlaceRow, RegionRow, SeatRow

PLACES_FILE = Path(__file__).with_name("places.toml")


@cache
def load_places(path: Path = PLACES_FILE) -> tuple[RegionRow, tuple[SeatRow, ...]]:
    """The demonstration region and its ORP with their municipalities, as the file has them."""
    with path.open("rb") as file:
        content = tomllib.load(file)
    region = content["region"]
    districts = tuple(DistrictRow(**district) for district in region.pop("districts"))
    return RegionRow(districts=districts, **region), tuple(_seat(row) for row in content["orp"])


def _seat(row: dict[str, Any]) -> SeatRow:
    return SeatRow(
        district_code=row["district_code"],
        municipalities=tuple(PlaceRow(**_place(place)) for place in row["municipalities"]),
        **_place(row),
    )


def _place(row: dict[str, Any]) -> dict[str, Any]:
    population, children, older, oldest = row["people"]
    return {
        "code": row["code"],
        "name": row["name"],
        "lon": row["position"][0],
        "lat": row["position"][1],
        "population": population,
        "population_0_14": children,
        "population_65_plus": older,
        "population_80_plus": oldest,
    }
