"""The metrics of a checked definition file, and the fields of the return as formulas see them."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from portal.benchmarking.metrics.catalogue import overlap
from portal.benchmarking.metrics.parsing import parse
from portal.benchmarking.metrics.types import (
    NAME,
    RESERVED,
    Direction,
    Field,
    FormulaError,
    MetricVersion,
    Over,
    parse_unit,
)
from portal.core.errors import Invalid
from portal.returns.types import FORMS, FormDefinition, LocalText, Period

MAX_DECIMALS = 4

_REQUIRED = ("name", "label", "unit", "decimals", "formula", "direction", "note", "first_period")
_KNOWN = {*_REQUIRED, "forms", "service_types", "last_period"}


class MetricsError(ValueError):
    """The file of metrics cannot be meant; the sentence says which entry and why."""


def load_metrics(path: Path, known_types: Collection[str]) -> tuple[MetricVersion, ...]:
    """Read and check the metrics of a file, in its order; formulas are read, their names are not resolved yet.

    Raises MetricsError for a file that is no TOML, a missing, unknown or wrong key, a formula that cannot be read,
    validity that ends before it begins, and two versions of a metric valid for one quarter.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MetricsError(f"{path.name} cannot be read: {error}") from error
    entries = document.get("metric")
    if not isinstance(entries, list) or not entries:
        raise MetricsError(f"{path.name} has no [[metric]] entries")
    found = tuple(
        _version(entry, f"{path.name}, entry {number} ({entry.get('name', 'without name')})", known_types)
        for number, entry in enumerate(entries, start=1)
    )
    for name in dict.fromkeys(version.name for version in found):
        own = sorted((each for each in found if each.name == name), key=lambda each: each.first_period)
        if clash := overlap(own):
            raise MetricsError(f"{path.name}: two versions of {name} are valid for {clash}")
    return found


def _version(entry: Mapping[str, Any], where: str, known_types: Collection[str]) -> MetricVersion:
    if lacking := [key for key in _REQUIRED if key not in entry]:
        raise MetricsError(f"{where}: {', '.join(lacking)} is missing")
    if unknown := sorted(set(entry) - _KNOWN):
        raise MetricsError(f"{where}: unknown key {', '.join(unknown)}")
    try:
        version = MetricVersion(
            name=entry["name"],
            label=LocalText(**entry["label"]),
            unit=entry["unit"],
            formula=entry["formula"],
            decimals=entry["decimals"],
            forms=tuple(entry.get("forms", ())),
            service_types=frozenset(entry["service_types"]) if "service_types" in entry else None,
            direction=Direction(entry["direction"]),
            note=LocalText(**entry["note"]),
            first_period=Period.parse(entry["first_period"]),
            last_period=Period.parse(entry["last_period"]) if "last_period" in entry else None,
        )
        check_shape(version, known_types)
    except FormulaError as error:
        raise MetricsError(f"{where}: formula: {error}\n{error.place.pointer(entry['formula'])}") from error
    except Invalid as error:
        raise MetricsError(f"{where}: {error.message}") from error
    except (TypeError, ValueError) as error:
        raise MetricsError(f"{where}: {error}") from error
    return version


def check_shape(version: MetricVersion, known_types: Collection[str]) -> None:
    """Whether a version can be meant at all, whatever fields there are.

    Raises ValueError, Invalid for its unit, FormulaError for its formula.
    """
    if not NAME.fullmatch(version.name) or version.name in RESERVED:
        raise ValueError(f"name {version.name!r} must be lower-case letters, digits and _, and no word of formulas")
    if isinstance(version.decimals, bool) or not 0 <= version.decimals <= MAX_DECIMALS:
        raise ValueError(f"decimals must be 0 to {MAX_DECIMALS}")
    if wrong := [form for form in version.forms if form not in FORMS]:
        raise ValueError(f"unknown forms {wrong}; use {', '.join(FORMS)}")
    if version.service_types is not None and (wrong := sorted(version.service_types - set(known_types))):
        raise ValueError(f"unknown types of services {wrong}")
    if version.last_period is not None and version.last_period < version.first_period:
        raise ValueError(f"validity ends in {version.last_period}, before it begins in {version.first_period}")
    parse_unit(version.unit)
    parse(version.formula)


def fields_of(definitions: Iterable[FormDefinition]) -> tuple[Field, ...]:
    """Fields of all versions of the return, by code; of one that occurs in several the last version counts.

    A version asked of more types of services than another is joined with it, so that no quarter loses a type.
    """
    found: dict[str, Field] = {}
    for definition in sorted(definitions, key=lambda each: each.first_period):
        for field in definition.fields:
            earlier = found.get(field.code)
            types = field.service_types
            if earlier is not None and types is not None:
                types = None if earlier.service_types is None else types | earlier.service_types
            found[field.code] = Field(
                code=field.code,
                unit=str(field.unit),
                forms=field.forms,
                over_year=Over(str(field.over_year)),
                label=field.label,
                service_types=types,
            )
    return tuple(found.values())
