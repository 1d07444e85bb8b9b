"""What a reader of the register has to know: the region, its municipalities, the ministry's code lists. Picklable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Municipality:
    """A municipality of the region; ``lon`` and ``lat`` (WGS84) are its seat."""

    code: str
    name: str
    orp_code: str | None
    orp_name: str | None
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class RegionPlaces:
    """The region under the register's codes: "Kraj/124", municipalities by "Obec/500496"."""

    region: str
    municipalities: Mapping[str, Municipality]
    name: str  # as people call it


@dataclass(frozen=True)
class CodeLists:
    """What the code list files say."""

    types: Mapping[str, str]  # "DruhSocialniSluzby/13" -> "49"
    unknown_types: Mapping[str, str]  # those of no type of the Act -> their name
    target_groups: Mapping[str, str]  # "24" -> "senioři"
    age_groups: Mapping[str, str]
    municipalities: Mapping[str, str]  # "Obec/554499" -> "Cheb", all the country


@dataclass(frozen=True)
class Reading:
    """All that one reading of a register file knows."""

    places: RegionPlaces
    lists: CodeLists
    points: Mapping[int, tuple[float, float]] = field(default_factory=dict)  # address place -> lon, lat
