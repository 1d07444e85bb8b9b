"""What the codes of the territory part mean in a language, and the way back from what was typed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from portal.core.czech import fold
from portal.returns.residences.places import Places
from portal.returns.residences.situations import adverse_situations
from portal.returns.residences.types import ResidenceKey, Residents


@dataclass(frozen=True)
class ResidenceWords:
    """What codes mean in a language: municipalities, target groups (in Czech order), adverse situations."""

    places: Places
    groups: Mapping[str, str]
    situations: Mapping[str, str]

    def label(self, key: ResidenceKey) -> tuple[str, str | None, str]:
        """Municipality, target group (None: not told), situation."""
        group = None if key.target_group is None else self.groups.get(key.target_group, key.target_group)
        return self.places.label(key.municipality), group, self.situations.get(key.situation, key.situation)

    def in_order(self, rows: Residents) -> list[tuple[ResidenceKey, int]]:
        """The rows by municipality, group and situation, as they are read."""
        return sorted(
            rows.items(),
            key=lambda row: (
                self.places.rank(row[0].municipality),
                self._group_ranks.get(row[0].target_group or "", 0),
                self._situation_ranks.get(row[0].situation, len(self.situations)),
            ),
        )

    def group_code(self, typed: str) -> str:
        """The code of a target group by its name or code; what is neither comes back as it is."""
        return self._groups_by_name.get(plain(typed), typed.strip())

    @cached_property
    def _groups_by_name(self) -> dict[str, str]:
        return {plain(name): code for code, name in self.groups.items()} | {plain(code): code for code in self.groups}

    @cached_property
    def _group_ranks(self) -> dict[str, int]:
        return {code: number for number, code in enumerate(self.groups, start=1)}

    @cached_property
    def _situation_ranks(self) -> dict[str, int]:
        return {code: number for number, code in enumerate(self.situations)}


@lru_cache(maxsize=1)
def situation_codes() -> Mapping[str, str]:
    """Codes of situations by their names in both languages and by themselves, in plain letters."""
    return {
        plain(spelling): code for code, label in adverse_situations().items() for spelling in (label.cs, label.en, code)
    }


def plain(text: str) -> str:
    """Without accents, capitals and needless spaces."""
    return fold(" ".join(text.split()))
