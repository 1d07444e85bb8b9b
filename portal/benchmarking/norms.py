"""The norms as a checked definition file: what the region expects of each type of service, and since when."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from portal.benchmarking.types import ALL_FORMS, Break, Line, Measure, Norm, NormChange
from portal.catalog.types import service_types

DEFINITIONS = Path(__file__).resolve().parent / "definitions" / "norms.toml"
MAX_PERCENT = 100

_REQUIRED = ("type", "measure", "norm_pct", "valid_from")
_KNOWN = {*_REQUIRED, "form", "median_2015_pct", "valid_to", "source"}


class NormsError(ValueError):
    """The file of norms cannot be meant; the sentence says which entry and why."""


def load_norms(path: Path, known_types: Collection[str]) -> tuple[Norm, ...]:
    """Read and check the norms of a file, in its order.

    An entry without ``form`` holds for the service as a whole; occupancy is always residential.
    ``median_2015_pct`` left out is not known, 0 is a true zero.

    Raises NormsError for a file that is no TOML, an unknown type, measure, form or key, a percentage outside 0 to 100,
    validity that ends before it begins, and two norms of one line valid on the same day.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NormsError(f"{path.name} cannot be read: {error}") from error
    entries = document.get("norm")
    if not isinstance(entries, list) or not entries:
        raise NormsError(f"{path.name} has no [[norm]] entries")
    norms = tuple(
        _norm(entry, f"{path.name}, entry {number}", document.get("source", ""), known_types)
        for number, entry in enumerate(entries, start=1)
    )
    _refuse_overlaps(norms, path.name)
    return norms


def _norm(entry: Mapping[str, Any], where: str, source: str, known_types: Collection[str]) -> Norm:
    lacking = [key for key in _REQUIRED if key not in entry]
    if lacking:
        raise NormsError(f"{where}: {', '.join(lacking)} is missing")
    where = f"{where} (type {entry['type']}, {entry['measure']})"
    if unknown := sorted(set(entry) - _KNOWN):
        raise NormsError(f"{where}: unknown key {', '.join(unknown)}")
    if entry["type"] not in known_types:
        raise NormsError(f"{where}: unknown type of service")
    valid_from, valid_to = _day(entry["valid_from"], where), _day(entry.get("valid_to"), where, optional=True)
    if valid_from is None or (valid_to is not None and valid_to < valid_from):
        raise NormsError(f"{where}: validity ends on {valid_to}, before it begins on {valid_from}")
    median = entry.get("median_2015_pct")
    return Norm(
        line=_line(entry, where),
        share=_share(entry["norm_pct"], where, "norm_pct"),
        valid_from=valid_from,
        valid_to=valid_to,
        median_2015_share=None if median is None else _share(median, where, "median_2015_pct"),
        source=str(entry.get("source", source)),
    )


def _line(entry: Mapping[str, Any], where: str) -> Line:
    if entry["measure"] not in set(Measure):
        raise NormsError(f"{where}: unknown measure; use {' or '.join(Measure)}")
    measure = Measure(entry["measure"])
    form = entry.get("form", ALL_FORMS)
    if form not in measure.forms:
        raise NormsError(f"{where}: form {form} does not go with the measure; use {', '.join(measure.forms)}")
    return Line(entry["type"], measure, form)


def _share(percent: Any, where: str, key: str) -> Decimal:
    try:
        number = Decimal(percent)
    except (InvalidOperation, TypeError, ValueError) as error:
        raise NormsError(f"{where}: {key} is {percent!r}, not a number") from error
    if isinstance(percent, bool) or not number.is_finite() or not 0 <= number <= MAX_PERCENT:
        raise NormsError(f"{where}: {key} is {percent}; a percentage lies between 0 and {MAX_PERCENT}")
    return number / 100


def _day(value: Any, where: str, *, optional: bool = False) -> date | None:
    if (value is None and optional) or type(value) is date:
        return value
    raise NormsError(f"{where}: {value!r} is not a date such as 2015-01-01")


def _refuse_overlaps(norms: Iterable[Norm], name: str) -> None:
    by_line: dict[Line, list[Norm]] = {}
    for norm in norms:
        by_line.setdefault(norm.line, []).append(norm)
    for line, same in by_line.items():
        same.sort(key=lambda norm: norm.valid_from)
        for earlier, later in pairwise(same):
            if earlier.is_valid_on(later.valid_from):
                both = f"{line.type_code}, {line.measure}, {line.form}"
                raise NormsError(f"{name}: two norms of type {both} are valid on {later.valid_from}")


def norm_on(norms: Iterable[Norm], line: Line, day: date) -> Norm | None:
    """The norm of a line valid on the day, or None; validity never overlaps, so there is at most one."""
    return next((norm for norm in norms if norm.line == line and norm.is_valid_on(day)), None)


def lines_of(norms: Iterable[Norm], type_code: str) -> list[Line]:
    """The lines of comparison for which a type has a norm, in the order of the file."""
    return list(dict.fromkeys(norm.line for norm in norms if norm.line.type_code == type_code))


@cache
def standard_norms() -> tuple[Norm, ...]:
    """The norms that come with the portal; raises NormsError when its file is wrong."""
    return load_norms(DEFINITIONS, service_types())


def norms_with(norms: Iterable[Norm], changes: Iterable[NormChange]) -> tuple[Norm, ...]:
    """The norms after the region's changes, given in the order in which they were decided.

    A change holds from its day until the next day on which a norm of the line begins, shipped or changed; without a
    share there is no norm. The median of 2015 stays with the line. Lines keep their order, new ones come last.
    """
    shipped: dict[Line, list[Norm]] = {}
    for norm in norms:
        shipped.setdefault(norm.line, []).append(norm)
    changed: dict[Line, dict[date, NormChange]] = {}
    for change in changes:
        changed.setdefault(change.line, {})[change.valid_from] = change
    return tuple(
        norm
        for line in dict.fromkeys([*shipped, *changed])
        for norm in _timeline(line, shipped.get(line, []), changed.get(line, {}))
    )


def _timeline(line: Line, shipped: list[Norm], changed: Mapping[date, NormChange]) -> list[Norm]:
    by_day = {norm.valid_from: norm for norm in shipped}
    days = sorted({*by_day, *changed})
    median = next((norm.median_2015_share for norm in shipped if norm.median_2015_share is not None), None)
    found = []
    for day, following in zip(days, [*days[1:], None], strict=True):
        last_day = None if following is None else following - timedelta(days=1)
        if change := changed.get(day):
            if change.share is not None:
                found.append(Norm(line, change.share, day, last_day, median, change.reason))
        else:
            norm = by_day[day]
            ends = [end for end in (norm.valid_to, last_day) if end is not None]
            found.append(replace(norm, valid_to=min(ends, default=None)))
    return found


def breaks(norms: Iterable[Norm], line: Line) -> list[Break]:
    """The days from which the norm of a line is another one, or none, by time; the first norm breaks nothing."""
    own = sorted((norm for norm in norms if norm.line == line), key=lambda norm: norm.valid_from)
    steps: list[tuple[date, Decimal | None]] = []
    for norm, following in zip(own, [*own[1:], None], strict=True):
        steps.append((norm.valid_from, norm.share))
        after = None if norm.valid_to is None else norm.valid_to + timedelta(days=1)
        if after is not None and (following is None or following.valid_from != after):
            steps.append((after, None))
    return [Break(day, before, share) for (_, before), (day, share) in pairwise(steps) if before != share]
