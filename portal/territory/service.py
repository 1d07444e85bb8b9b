"""The face of the territory: units and shapes in force, versions, storing and taking back an import."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, insert, select

from portal.core import audit, clock
from portal.core.czech import czech_sort_key
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor
from portal.territory import queries
from portal.territory.models import MAX_SOURCE, TerritoryShape, TerritoryUnit, TerritoryVersion
from portal.territory.types import (
    Level,
    ParsedTerritory,
    StoreOutcome,
    TerritoryInfo,
    Unit,
    VersionRow,
    finding_as_dict,
    finding_from_dict,
)

audit.name_actions(
    {
        "territory.imported": _m("Territory imported"),
        "territory.source_named": _m("Source of the territory named"),
        "territory.rolled_back": _m("Import of territory taken back"),
    }
)


def find_current() -> TerritoryInfo | None:
    """The version in force; None before the first import. One query."""
    found = queries.current_version()
    if found is None:
        return None
    version, region_name = found
    return TerritoryInfo(
        version_id=version.id,
        content_hash=_told_hash(version),
        region_code=version.region_code,
        region_name=region_name,
        valid_from=version.valid_from,
        schematic=version.schematic,
        source=version.source,
        people_on=version.people_on,
    )


def _told_hash(version: TerritoryVersion) -> str:
    """Of the content and of whose data it is: maps say both, so what is kept of a map has to change with either."""
    return hashlib.sha256(f"{version.content_hash} {version.source}".encode()).hexdigest()


def list_units(level: Level) -> list[Unit]:
    """Units in force of one level, in Czech order of names. One query."""
    return sorted(queries.units(level), key=lambda unit: (czech_sort_key(unit.name), unit.code))


def units_by_mpsv_code() -> dict[str, Unit]:
    """Units in force by the code of the ministry's register ("Kraj/124", "Okres/3805", "Obec/554499"). One query."""
    return {unit.mpsv_code: unit for unit in queries.units_with_mpsv_code() if unit.mpsv_code}


def web_shapes(level: Level) -> dict[str, dict[str, Any]]:
    """GeoJSON geometry (WGS84, simplified as one coverage) of each unit in force, by its code. One query."""
    return {code: json.loads(text) for code, text in queries.web_geojson(level)}


def municipality_names() -> dict[str, str]:
    """Names of municipalities by code. One query."""
    return {unit.code: unit.name for unit in list_units(Level.MUNICIPALITY)}


def orp_of_municipality() -> dict[str, str]:
    """Code of the ORP by code of the municipality. One query."""
    return {code: parent for code, parent in queries.parents(Level.MUNICIPALITY) if parent}


def list_versions() -> list[VersionRow]:
    """All versions with their counts, the youngest first. Two queries."""
    counts = queries.counts()
    return [_version_row(version, name, counts[version.id]) for version, name in queries.versions()]


def _version_row(
    version: TerritoryVersion, region_name: str, counts: Mapping[Level, tuple[int, int | None]]
) -> VersionRow:
    return VersionRow(
        version_id=version.id,
        region_code=version.region_code,
        region_name=region_name,
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        schematic=version.schematic,
        source=version.source,
        people_on=version.people_on,
        imported_at_utc=version.imported_at_utc,
        counts={level: counts[level][0] if level in counts else 0 for level in Level},
        population=counts[Level.REGION][1],
        findings=tuple(finding_from_dict(finding) for finding in version.findings),
    )


def store_territory(
    actor: Actor, *, parsed: ParsedTerritory, valid_from: date | None = None, source: str | None = None
) -> StoreOutcome:
    """Store a territory as a new version and close the one in force on the day the new one begins.

    ``source``: whose data they are, as maps name it (licences such as CC BY ask for that); without it the names of the
    files. With the content in force it changes these words alone.

    Without ``valid_from`` the first version begins on the day after its people were counted, later ones today.
    The same content as the version in force is not stored again. Intervals are half-open: a version is valid
    from its first day until the day before the next one's.

    Raises Conflict when the version in force begins on the same day or later, or belongs to another region, and
    Invalid for a source without words or with too many.
    """
    if source is not None:
        source = _checked_source(source)
    content_hash = hash_of(parsed)
    found = queries.current_version()
    former = None if found is None else found[0]
    if former is not None and former.content_hash == content_hash:
        return StoreOutcome(version_id=former.id, stored=False, renamed=_name_source(actor, former, source))
    begins = valid_from or _default_start(parsed, former)
    if former is not None:
        _close(former, parsed, begins)
        db.session.flush()
    version = TerritoryVersion(
        region_code=parsed.region_code,
        valid_from=begins,
        valid_to=None,
        schematic=parsed.schematic,
        source=source or parsed.source,
        people_on=parsed.people_on,
        content_hash=content_hash,
        findings=[finding_as_dict(finding) for finding in parsed.findings],
        imported_at_utc=clock.now_utc(),
    )
    db.session.add(version)
    db.session.flush()
    _store_units(version.id, parsed)
    audit.record(
        actor,
        "territory.imported",
        object_kind="territory_version",
        object_key=version.id,
        details={
            "region": parsed.region_code,
            "schematic": parsed.schematic,
            "valid_from": begins.isoformat(),
            "units": len(parsed.units),
            "closed_version": former.id if former else None,
        },
    )
    return StoreOutcome(version_id=version.id, stored=True, closed_version_id=former.id if former else None)


def _checked_source(text: str) -> str:
    words = " ".join(text.split())
    if not words or len(words) > MAX_SOURCE:
        raise Invalid(_m("The source needs 1 to %(most)s characters.", most=MAX_SOURCE))
    return words


def _name_source(actor: Actor, version: TerritoryVersion, source: str | None) -> bool:
    """Whether the words of the source are new."""
    if source is None or source == version.source:
        return False
    version.source = source
    db.session.flush()
    details = {"region": version.region_code, "source": source}
    audit.record(
        actor, "territory.source_named", object_kind="territory_version", object_key=version.id, details=details
    )
    return True


def _default_start(parsed: ParsedTerritory, former: TerritoryVersion | None) -> date:
    if former is None and parsed.people_on is not None:
        return parsed.people_on + timedelta(days=1)
    return clock.today()


def _close(former: TerritoryVersion, parsed: ParsedTerritory, begins: date) -> None:
    if former.region_code != parsed.region_code and not former.schematic:
        raise Conflict(
            _m(
                "The territory in force is of region %(stored)s; data of region %(given)s cannot follow it.",
                stored=former.region_code,
                given=parsed.region_code,
            )
        )
    if former.valid_from >= begins:
        raise Conflict(
            _m(
                "The territory in force is valid from %(stored)s, so a new one cannot begin on %(given)s. Give a later "
                "day with --valid-from, or take the last import back with “portal territory rollback”.",
                stored=former.valid_from.isoformat(),
                given=begins.isoformat(),
            )
        )
    former.valid_to = begins


def _store_units(version_id: int, parsed: ParsedTerritory) -> None:
    rows = [{**asdict(item.unit), "level": str(item.unit.level), "version_id": version_id} for item in parsed.units]
    db.session.execute(insert(TerritoryUnit), rows)
    stored = db.session.execute(
        select(TerritoryUnit.level, TerritoryUnit.code, TerritoryUnit.id).where(TerritoryUnit.version_id == version_id)
    )
    ids = {(level, code): unit_id for level, code, unit_id in stored}
    shapes = [
        {
            "unit_id": ids[(str(item.unit.level), item.unit.code)],
            "surveyed_wkb": item.surveyed_wkb,
            "web_geojson": item.web_geojson,
        }
        for item in parsed.units
    ]
    db.session.execute(insert(TerritoryShape), shapes)


def hash_of(parsed: ParsedTerritory) -> str:
    """SHA-256 of the content: units with their figures and shapes, in any order; not file names or findings."""
    digest = hashlib.sha256(f"{parsed.region_code} {parsed.schematic} {parsed.people_on}".encode())
    for item in sorted(parsed.units, key=lambda item: (item.unit.level, item.unit.code)):
        digest.update(json.dumps(asdict(item.unit), sort_keys=True).encode())
        digest.update(item.surveyed_wkb)
        digest.update(item.web_geojson.encode())
    return digest.hexdigest()


def roll_back(actor: Actor) -> TerritoryInfo | None:
    """Take back the last import: its version goes, the former one is in force again. Returns the one now in force.

    Raises NotFound when no territory is stored.
    """
    found = queries.current_version()
    if found is None:
        raise NotFound(_m("There is no territory to take back: none has been imported."))
    version = found[0]
    former = queries.version_closed_last()
    audit.record(
        actor,
        "territory.rolled_back",
        object_kind="territory_version",
        object_key=version.id,
        details={"region": version.region_code, "reopened_version": former.id if former else None},
    )
    db.session.execute(delete(TerritoryVersion).where(TerritoryVersion.id == version.id))
    db.session.expunge(version)
    if former is not None:
        former.valid_to = None
    db.session.flush()
    return find_current()
