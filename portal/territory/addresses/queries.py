"""Reads of address points: by the beginning of a street's name, by street and number, by code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, case, literal, or_, select, text, union_all

from portal.core.db import db
from portal.territory.addresses import models
from portal.territory.addresses.calc.finding import ChosenStreet
from portal.territory.addresses.calc.naming import PART_SIGN, part_start
from portal.territory.addresses.models import AddressSet, AddressStreet
from portal.territory.addresses.types import AddressPoint, ParsedStreet

_LOCK = 5_801_018  # of PostgreSQL, for all who write address points; any number that nobody else takes
_IN_FORCE = select(AddressSet.id).where(AddressSet.in_force).scalar_subquery()
_POINT = (models.AddressPoint.code, models.AddressPoint.label, models.AddressPoint.lon, models.AddressPoint.lat)


def lock_sets() -> None:
    """Let only one unit of work at a time put points in force or take them back; what others did before is seen then.

    SQLite has one writer anyway.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def set_in_force() -> AddressSet | None:
    return db.session.scalar(select(AddressSet).where(AddressSet.in_force))


def sets() -> list[AddressSet]:
    """Stored sets, the youngest first."""
    query = select(AddressSet).order_by(AddressSet.id.desc())
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def streets_statement(starts: Sequence[str]) -> Any:
    """Streets whose name, from any of its words on, or whose part begins so: a range of the index for each start."""
    return union_all(*(_streets_from(start) for start in starts))


def _streets_from(start: str) -> Any:
    above = start[:-1] + chr(ord(start[-1]) + 1)
    return select(AddressStreet.start, AddressStreet.number, AddressStreet.words, AddressStreet.place_words).where(
        AddressStreet.set_id == _IN_FORCE, AddressStreet.start >= start, AddressStreet.start < above
    )


def streets(starts: Sequence[str], *, by_part: bool = True) -> list[ParsedStreet]:
    """Streets by their names, and with the words of their parts those that were found by their parts."""
    parts = map(part_start, starts) if by_part else ()
    rows = db.session.execute(streets_statement([*starts, *parts]))
    return [
        ParsedStreet(number, tuple(words.split()), tuple(places.split()), _part_of(start))
        for start, number, words, places in rows
    ]


def _part_of(start: str) -> tuple[str, ...]:
    return tuple(start.removeprefix(PART_SIGN).split()) if start.startswith(PART_SIGN) else ()


def points_statement(chosen: Sequence[ChosenStreet], limit: int) -> Any:
    """Points of the streets with all the numbers left for each; those of exact streets first."""
    point = models.AddressPoint
    alike: dict[tuple[tuple[str, ...], tuple[int, ...]], list[int]] = {}
    for street in chosen:
        alike.setdefault((street.numbers, street.houses), []).append(street.number)
    fitting = [
        and_(
            point.street_number.in_(numbers),
            *(point.numbers.contains(f" {one} ") for one in left),
            *([point.house.in_(houses)] if houses else []),
        )
        for (left, houses), numbers in alike.items()
    ]
    is_exact = point.street_number.in_([street.number for street in chosen if street.is_exact])
    return (
        select(*_POINT, is_exact)
        .where(point.set_id == _IN_FORCE, point.street_number.in_([street.number for street in chosen]), or_(*fitting))
        .order_by(case((is_exact, 0), else_=1), point.street_number, point.house, point.code)
        .limit(limit)
    )


def points(chosen: Sequence[ChosenStreet], limit: int) -> list[tuple[AddressPoint, bool]]:
    """Points, each with whether its street is exact."""
    rows = db.session.execute(points_statement(chosen, limit))
    return [(AddressPoint(code, label, lon, lat), bool(is_exact)) for code, label, lon, lat, is_exact in rows]


def point(code: int) -> AddressPoint | None:
    point = models.AddressPoint
    row = db.session.execute(select(*_POINT).where(point.set_id == _IN_FORCE, point.code == code)).one_or_none()
    return None if row is None else AddressPoint(*row)


def words_of_streets() -> list[tuple[str, str]]:
    """Words of names, and of the places around them, of all streets in force; each pair once."""
    query = select(AddressStreet.words, AddressStreet.place_words).where(AddressStreet.set_id == _IN_FORCE).distinct()
    return [(words, places) for words, places in db.session.execute(query)]


def a_point_of_each(street_numbers: Sequence[int]) -> list[AddressPoint]:
    """The point with the lowest number of a house of each street, in their order. One statement."""
    point = models.AddressPoint
    firsts = [
        select(literal(at).label("at"), *_POINT)
        .where(point.set_id == _IN_FORCE, point.street_number == number)
        .order_by(point.house, point.code)
        .limit(1)
        .subquery()
        for at, number in enumerate(street_numbers)
    ]
    if not firsts:
        return []
    rows = db.session.execute(union_all(*map(select, firsts)))
    return [AddressPoint(code, label, lon, lat) for _at, code, label, lon, lat in sorted(map(tuple, rows))]
