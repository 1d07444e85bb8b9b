"""Facilities and addresses of an entry. A secret facility leaves this module without any place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.catalog.ingest.context import Reading
from portal.catalog.ingest.discretion import keep_text
from portal.catalog.ingest.problems import EntryProblems
from portal.catalog.ingest.values import NotReadable, clean_date, clean_integer, clean_postcode, clean_text
from portal.core.messages import _m

Record = dict[str, Any]

REGISTERED_NUMBER = "TypStavebnihoObjektu/2"  # "číslo evidenční": of huts and cottages, apart from house numbers
MAX_FACILITIES = 2000


def id_of(value: Any, *keys: str) -> str | None:
    """The id of a reference, which is written {"id": "Kraj/124"}, {"kraj": {"id": ...}} or "Kraj/124"."""
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        return value["id"] or None
    for _ in range(3):
        if isinstance(value, str):
            return value or None
        if not isinstance(value, dict):
            return None
        value = next((value[key] for key in ("id", *keys) if key in value), None)
    return None


def in_region(address: Any, reading: Reading) -> bool:
    """Whether an address lies in the region, by its kraj or by its municipality."""
    if not isinstance(address, dict):
        return False
    return (
        id_of(address.get("kraj")) == reading.places.region
        or id_of(address.get("obec")) in reading.places.municipalities
    )


def works_everywhere(entry: Mapping[str, Any], reading: Reading) -> bool:
    """Whether the service says that it works in the whole region."""
    regions = entry.get("rozsirenePusobnostiVKraji")
    return isinstance(regions, list) and any(id_of(region, "kraj") == reading.places.region for region in regions)


def touches_region(entry: Mapping[str, Any], facilities: list[Any], reading: Reading) -> bool:
    """Whether the service belongs to the region's catalogue.

    By a facility, by its declaration to work in the whole region, or, when no facility says where it is (all are
    secret), by its contact address or its provider's seat: a shelter with a secret address is in the region too.
    """
    places = [facility.get("adresa") for facility in facilities if isinstance(facility, dict)]
    if any(in_region(place, reading) for place in places) or works_everywhere(entry, reading):
        return True
    if any(isinstance(place, dict) for place in places):
        return False
    contacts = entry.get("kontaktniAdresy")
    contact_places = [c.get("adresa") for c in contacts if isinstance(c, dict)] if isinstance(contacts, list) else []
    if any(isinstance(place, dict) for place in contact_places):
        return any(in_region(place, reading) for place in contact_places)
    provider = entry.get("poskytovatel")
    return in_region(provider.get("adresa"), reading) if isinstance(provider, dict) else False


def clean_facility(raw: Any, path: str, reading: Reading, withheld: set[str], problems: EntryProblems) -> Record:
    """One facility. Raises EntryRejected when it is not an object or its address is not one."""
    if not isinstance(raw, dict):
        raise problems.reject(path, _m("A facility is not an object."))
    secret = raw.get("utajenaAdresa")
    address = raw.get("adresa")
    if secret not in (True, False, None):
        raise problems.reject(f"{path}.utajenaAdresa", _m("It has to be true or false."))
    if address is not None and not isinstance(address, dict):
        raise problems.reject(f"{path}.adresa", _m("An address is not an object."))
    facility: Record = {
        # The name of a secret house often is its town or street, so it stays outside with the address.
        "name": None if secret else keep_text(readable_text(raw, "nazev", path, problems, 400), withheld),
        "secret": bool(secret),
        **NOWHERE,
        "started_on": iso(readable_date(raw, "poskytujeOd", path, problems)),
        "ended_on": iso(readable_date(raw, "poskytujeDo", path, problems)),
    }
    if not secret and address is not None:
        facility.update(_place(address, f"{path}.adresa", reading, problems))
    return facility


NOWHERE: Record = {
    "street": None,
    "house_number": None,
    "postcode": None,
    "municipality_code": None,
    "municipality_name": None,
    "orp_code": None,
    "orp_name": None,
    "address_place_code": None,
    "lon": None,
    "lat": None,
    "point_is_exact": False,
}


def _place(address: Mapping[str, Any], path: str, reading: Reading, problems: EntryProblems) -> Record:
    municipality_id = id_of(address.get("obec"))
    municipality = reading.places.municipalities.get(municipality_id or "")
    address_place = _address_place(address, path, problems)
    place: Record = {
        "street": street_of(address),
        "house_number": house_number(address),
        "postcode": clean_postcode(address.get("psc")),
        "address_place_code": address_place,
    }
    if municipality is not None:
        place.update(
            municipality_code=municipality.code,
            municipality_name=municipality.name,
            orp_code=municipality.orp_code,
            orp_name=municipality.orp_name,
            lon=municipality.lon,
            lat=municipality.lat,
        )
    elif municipality_id:
        code = municipality_id.rsplit("/", 1)[-1]
        place["municipality_code"] = code if len(code) <= 6 else None
        place["municipality_name"] = (reading.lists.municipalities.get(municipality_id) or "")[:100] or None
    point = reading.points.get(address_place) if address_place is not None else None
    if point is not None:
        place.update(lon=point[0], lat=point[1], point_is_exact=True)
    return place


def _address_place(address: Mapping[str, Any], path: str, problems: EntryProblems) -> int | None:
    try:
        code = clean_integer(address.get("kodAdresnihoMista"))
    except NotReadable as error:
        message = _m("The code of the address place is no number: %(value)s.", value=str(error)[:40])
        raise problems.reject(f"{path}.kodAdresnihoMista", message) from error
    return code if code is not None and 0 < code < 2**31 else None


def street_of(address: Mapping[str, Any]) -> str | None:
    street = address.get("ulice")
    name = street.get("nazev") if isinstance(street, dict) else street
    return clean_text(name, 200) if isinstance(name, str) else None


def house_number(address: Mapping[str, Any]) -> str | None:
    """ "2272/54", "č. ev. 12", "54a" when there is no house number."""
    number, orientation = (_short(address.get(key)) for key in ("cisloDomovni", "cisloOrientacni"))
    if number and id_of(address.get("typCislaDomovniho")) == REGISTERED_NUMBER:
        number = f"č. ev. {number}"
    return "/".join(part for part in (number, orientation) if part)[:40] or None


def _short(value: Any) -> str | None:
    return clean_text(value, 18) if isinstance(value, (str, int)) and not isinstance(value, bool) else None


def address_line(raw: Any, reading: Reading) -> str | None:
    """The provider's seat in one line: "Nemocniční 2272/54, 352 01 Cheb"."""
    if not isinstance(raw, dict):
        return None
    municipality_id = id_of(raw.get("obec")) or ""
    known = reading.places.municipalities.get(municipality_id)
    town = known.name if known else reading.lists.municipalities.get(municipality_id)
    street, number, postcode = street_of(raw), house_number(raw), clean_postcode(raw.get("psc"))
    if number and not street and "č. ev." not in number:
        number = f"č. p. {number}"
    first = " ".join(part for part in (street, number) if part)
    second = " ".join(part for part in (f"{postcode[:3]} {postcode[3:]}" if postcode else None, town) if part)
    return ", ".join(part for part in (first, second) if part)[:400] or None


def readable_text(raw: Mapping[str, Any], key: str, path: str, problems: EntryProblems, limit: int) -> str | None:
    try:
        return clean_text(raw.get(key), limit)
    except NotReadable as error:
        raise problems.reject(_join(path, key), _m("A text is expected here.")) from error


def readable_date(raw: Mapping[str, Any], key: str, path: str, problems: EntryProblems) -> date | None:
    try:
        return clean_date(raw.get(key))
    except NotReadable as error:
        problems.notice(_join(path, key), _m("This is no day and was left out: %(value)s.", value=str(error)[:40]))
        return None


def iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
