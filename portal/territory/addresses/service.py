"""The face of address points: a set stored and taken back, search by what people write."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace

from sqlalchemy import delete, text

from portal.core import audit, clock
from portal.core.bulk import store_columns, store_rows
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.kept import kept
from portal.core.messages import _m
from portal.core.permissions import Actor
from portal.core.spelling import Spelling
from portal.territory import service as territory
from portal.territory.addresses import queries
from portal.territory.addresses.calc.finding import ChosenStreet, chosen_streets, mended_streets, wanted_of
from portal.territory.addresses.calc.naming import starts_of, without_number
from portal.territory.addresses.models import AddressPoint as StoredPoint
from portal.territory.addresses.models import AddressSet, AddressStreet
from portal.territory.addresses.types import (
    MOST_FOUND,
    MOST_SUGGESTED,
    AddressPoint,
    AddressRegion,
    AddressSetInfo,
    FoundAddresses,
    ParsedAddresses,
    SuggestedAddresses,
)
from portal.territory.types import Level

MOST_MENDED = 300  # streets in one statement of suggestions, of which a few points are told
MOST_STREETS = 2_000  # in one statement; a text that means more says nothing yet

audit.name_actions(
    {
        "territory.addresses.applied": _m("Address points imported"),
        "territory.addresses.rolled_back": _m("Import of address points taken back"),
    },
    kinds={"address_set": _m("address points")},
)


@dataclass(frozen=True)
class AddressOutcome:
    """What storing did: ``stored`` is False when the same points are in force already."""

    info: AddressSetInfo
    stored: bool


def get_region() -> AddressRegion:
    """What address files are checked against. Raises NotFound without a territory. Three queries."""
    info = territory.find_current()
    if info is None:
        raise NotFound(_m("Import the territory first; addresses are checked against its municipalities."))
    shapes = territory.web_shapes(Level.REGION)
    outline = None if info.schematic else json.dumps(next(iter(shapes.values())))
    return AddressRegion(info.region_name, frozenset(territory.municipality_names()), outline)


def find_in_force() -> AddressSetInfo | None:
    """The set in force; None without imported points. One query."""
    found = queries.set_in_force()
    return None if found is None else _info(found)


def is_in_force(parsed: ParsedAddresses) -> bool:
    """Whether the same points are in force already. One query."""
    found = queries.set_in_force()
    return found is not None and found.content_hash == hash_of(parsed)


def store_addresses(actor: Actor, *, parsed: ParsedAddresses) -> AddressOutcome:
    """Put points in force in place of the former ones, which are kept to be taken back to; older ones go.

    The same points as those in force are not stored again. Of two imports at one moment the later waits for the other.
    """
    content_hash = hash_of(parsed)
    queries.lock_sets()
    stored = queries.sets()
    former = next((one for one in stored if one.in_force), None)
    if former is not None and former.content_hash == content_hash:
        return AddressOutcome(_info(former), stored=False)
    older = [one.id for one in stored if one is not former]
    if older:
        db.session.execute(delete(AddressSet).where(AddressSet.id.in_(older)))
    if former is not None:
        former.in_force = False
        db.session.flush()
    row = AddressSet(
        in_force=True,
        source=parsed.source[:400],
        content_hash=content_hash,
        points=len(parsed.points.code),
        municipalities=parsed.municipalities,
        without_point=parsed.without_point,
        unknown=[asdict(one) for one in parsed.unknown],
        imported_at_utc=clock.now_utc(),
        imported_by_user_id=actor.user_id,
        imported_by_name=actor.name,
    )
    db.session.add(row)
    db.session.flush()
    _store_rows(row.id, parsed)
    _record(actor, "applied", row, {"replaced_set": former.id if former else None})
    return AddressOutcome(_info(row), stored=True)


def _store_rows(set_id: int, parsed: ParsedAddresses) -> None:
    streets = [
        {
            "set_id": set_id,
            "start": start,
            "number": street.number,
            "words": " ".join(street.words),
            "place_words": " ".join(street.place_words),
        }
        for street in parsed.streets
        for start in starts_of(street)
    ]
    store_rows(AddressStreet, streets)
    columns = {column.name: getattr(parsed.points, column.name) for column in fields(parsed.points)}
    store_columns(StoredPoint, {"set_id": [set_id] * len(parsed.points.code), **columns})
    if db.session.connection().dialect.name == "postgresql":
        # Until it counts anew by itself the server takes the set for a few hundred rows, and reads it whole.
        db.session.execute(text("ANALYZE address_points, address_streets"))


def hash_of(parsed: ParsedAddresses) -> str:
    """SHA-256 of the points, in whatever files and order they came."""
    digest = hashlib.sha256()
    columns = (getattr(parsed.points, column.name) for column in fields(parsed.points))
    for row in zip(*columns, strict=True):
        digest.update(repr(row).encode())
    return digest.hexdigest()


def roll_back_addresses(actor: Actor) -> AddressSetInfo | None:
    """Take back the last import: its points go, those before it are in force again. Returns the set now in force.

    Raises NotFound when no points are stored.
    """
    queries.lock_sets()
    stored = queries.sets()
    last = next((one for one in stored if one.in_force), None)
    if last is None:
        raise NotFound(_m("There are no address points to take back: none have been imported."))
    former = next((one for one in stored if one is not last), None)
    _record(actor, "rolled_back", last, {"reopened_set": former.id if former else None})
    db.session.execute(delete(AddressSet).where(AddressSet.id == last.id))
    db.session.expunge(last)
    if former is not None:
        former.in_force = True
    db.session.flush()
    return None if former is None else _info(former)


def _record(actor: Actor, what: str, row: AddressSet, more: dict[str, int | None]) -> None:
    details = {"points": row.points, "municipalities": row.municipalities, **more}
    audit.record(actor, f"territory.addresses.{what}", object_kind="address_set", object_key=row.id, details=details)


def _info(row: AddressSet) -> AddressSetInfo:
    return AddressSetInfo(
        set_id=row.id,
        source=row.source,
        points=row.points,
        municipalities=row.municipalities,
        without_point=row.without_point,
        imported_at_utc=row.imported_at_utc,
        imported_by=row.imported_by_name,
    )


def find_addresses(written: str) -> FoundAddresses:
    """Points in force that a text may mean: words of street, part and municipality, numbers, postcode, in any order.

    Where street and municipality are written in full, only such points are found; else those whose words begin so.
    At most two queries.
    """
    wanted = wanted_of(written)
    starts = [name for name in wanted.names if len(name) > 1]  # a letter alone begins half of all streets
    if not starts:
        return FoundAddresses()
    chosen = chosen_streets(queries.streets(starts), wanted)
    if not chosen:
        return FoundAddresses()
    chosen.sort(key=lambda street: not street.is_exact)
    # Every street has a point, so that without a number to look for a few streets are enough.
    most = MOST_STREETS if any(street.numbers for street in chosen) else MOST_FOUND + 1
    found = queries.points(chosen[:most], MOST_FOUND + 1)
    is_exact = any(exact for _point, exact in found)
    points = [point for point, exact in found if exact or not is_exact]
    return FoundAddresses(tuple(points[:MOST_FOUND]), is_exact, has_more=len(points) > MOST_FOUND)


def suggest_addresses(written: str) -> SuggestedAddresses:
    """What a text by which ``find_addresses`` finds nothing may have meant: with typing errors in the names of street,
    part and municipality, or the street alone where it has no such number.

    At most MOST_SUGGESTED, those with the fewest errors first. At most five queries, and one more once for a set.
    """
    wanted, info = wanted_of(written), queries.set_in_force()
    if info is None or not any(len(name) > 1 for name in wanted.names):
        return SuggestedAddresses()
    spelling = kept(("words of addresses", info.content_hash), _spelling, rows=len)
    typed = [spelling.options(name) for name in wanted.names]
    starts = list(dict.fromkeys(option for options in typed for option in options if len(option) > 1))
    if not starts or not all(typed):
        return SuggestedAddresses()
    near = queries.streets(starts, by_part=bool(wanted.numbers))
    if wanted.numbers:
        points = _points_of_mended(mended_streets(near, typed, wanted.numbers))
        if points:
            return SuggestedAddresses(points=points)
    mended = mended_streets(near, typed, ())
    firsts = queries.a_point_of_each([street.number for _errors, street in mended[:MOST_SUGGESTED]])
    streets = (replace(point, label=without_number(point.label)) for point in firsts)
    return SuggestedAddresses(streets=tuple({street.label: street for street in streets}.values()))


def _points_of_mended(mended: Sequence[tuple[int, ChosenStreet]]) -> tuple[AddressPoint, ...]:
    """Points of streets with the fewest errors; of any, where those have no such number. Without an error all was
    looked for before.
    """
    mistyped = [one for one in mended if one[0]]
    fewest = [street for errors, street in mistyped if errors == mistyped[0][0]]
    for chosen in (fewest, [street for _errors, street in mistyped]):
        found = queries.points(chosen[:MOST_MENDED], MOST_SUGGESTED) if chosen else []
        if found:
            break
    return tuple(point for point, _exact in found)


def _spelling() -> Spelling:
    rows = queries.words_of_streets()
    return Spelling(word for texts in rows for text in texts for word in text.split())


def find_address(code: int) -> AddressPoint | None:
    """The point in force of an address place. One query."""
    return queries.point(code)
