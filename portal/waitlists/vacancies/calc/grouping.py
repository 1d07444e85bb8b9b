"""Free places of one service together, those that are the same for the public on one line. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from portal.waitlists.vacancies.calc.finding import Found
from portal.waitlists.vacancies.types import FreePlace

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class FoundService:
    """A service with its free places that meet the wish, the best first."""

    lines: Sequence[Found]

    @property
    def best(self) -> Found:
        return self.lines[0]

    @property
    def places(self) -> int:
        return sum(one.place.places for one in self.lines)

    def added_up(self) -> FoundService:
        """The same with one line for all places that the public cannot tell apart."""
        lines: dict[FreePlace, Found] = {}
        for one in self.lines:
            same = replace(one.place, id=0, places=0, free_since_utc=_NEVER)
            line = lines.get(same)
            if line is not None:
                one = replace(line, place=replace(line.place, places=line.place.places + one.place.places))
            lines[same] = one
        return FoundService(tuple(lines.values()))


def by_service(found: Iterable[Found]) -> list[FoundService]:
    """Services in the order of their best places."""
    gathered: dict[int, list[Found]] = {}
    for one in found:
        gathered.setdefault(one.place.register_id, []).append(one)
    return [FoundService(lines) for lines in gathered.values()]
