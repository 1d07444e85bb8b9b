"""Where the services of the demonstration register are: towns of the region, and a few outside it."""

from __future__ import annotations

from dataclasses import dataclass

from portal.demo.places import load_places


@dataclass(frozen=True)
class RegisterPlace:
    """A municipality under the register's codes; ``weight`` makes larger towns more frequent."""

    code: str
    name: str
    postcode: str
    district: str
    region: str
    region_name: str
    region_nuts: str
    weight: int


# Postal code of the seat of each ORP; its villages share it here, since the addresses are invented anyway.
_POSTCODES = {
    "7101": "75301", "7102": "79001", "7103": "79852", "7104": "75131", "7105": "78401", "7106": "78985",
    "7107": "77900", "7108": "79601", "7109": "75002", "7110": "78501", "7111": "78701", "7112": "78391",
    "7113": "78901",
}  # fmt: skip
# Prague is in the register under two districts, 9999 and 3100.
_ELSEWHERE = (
    RegisterPlace("554782", "Praha", "11000", "Okres/9999", "Kraj/19", "Hlavní město Praha", "CZ010", 6),
    RegisterPlace("554782", "Praha", "14000", "Okres/3100", "Kraj/19", "Hlavní město Praha", "CZ010", 6),
    RegisterPlace("582786", "Brno", "60200", "Okres/3702", "Kraj/116", "Jihomoravský kraj", "CZ064", 4),
    RegisterPlace("554821", "Ostrava", "70200", "Okres/3807", "Kraj/132", "Moravskoslezský kraj", "CZ080", 3),
    RegisterPlace("585068", "Zlín", "76001", "Okres/3705", "Kraj/141", "Zlínský kraj", "CZ072", 2),
    RegisterPlace("554499", "Cheb", "35002", "Okres/3402", "Kraj/51", "Karlovarský kraj", "CZ041", 1),
)


def region_places() -> tuple[RegisterPlace, ...]:
    """Municipalities of the demonstration region."""
    region, seats = load_places()
    districts = {district.code: district.mpsv_code for district in region.districts}
    return tuple(
        RegisterPlace(
            code=place.code,
            name=place.name,
            postcode=_POSTCODES[seat.code],
            district=districts[seat.district_code],
            region=region.mpsv_code,
            region_name=region.name,
            region_nuts=region.nuts_code,
            weight=place.population,
        )
        for seat in seats
        for place in seat.municipalities
    )


def places_elsewhere() -> tuple[RegisterPlace, ...]:
    """Municipalities of other regions."""
    return _ELSEWHERE
