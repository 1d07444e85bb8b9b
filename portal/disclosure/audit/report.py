"""The result of an audit, as data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.core.messages import Message, _m

EXACT_BELOW = 0.5  # an interval narrower than half a person is one number


class Attack(StrEnum):
    """Who tries to open a release, and with what."""

    PUBLIC = "public"
    INSIDER = "insider"
    DIFFERENCE = "difference"
    AMOUNTS = "amounts"
    AMOUNTS_INSIDER = "amounts_insider"

    @property
    def label(self) -> Message:
        return ATTACK_LABELS[self]

    @property
    def meaning(self) -> Message:
        return ATTACK_MEANINGS[self]


ATTACK_LABELS: Mapping[Attack, Message] = {
    Attack.PUBLIC: _m("Everybody: counts of persons"),
    Attack.INSIDER: _m("A provider or municipality with its own figures"),
    Attack.DIFFERENCE: _m("All releases put together"),
    Attack.AMOUNTS: _m("Everybody: amounts"),
    Attack.AMOUNTS_INSIDER: _m("A provider with its own accounts"),
}
ATTACK_MEANINGS: Mapping[Attack, Message] = {
    Attack.PUBLIC: _m(
        "By linear programming over everything that is published: the least and the greatest number that each hidden"
        " cell can have. They have to lie at least 5 apart."
    ),
    Attack.INSIDER: _m(
        "Each provider and municipality in turn, who knows its own persons in every cell: how closely it learns the"
        " number of others."
        " At least three numbers have to be possible."
    ),
    Attack.DIFFERENCE: _m(
        "This release and all published before: whatever two of them say of the same cell has to hold at once. No cell,"
        " old or new, may become narrower than 5."
    ),
    Attack.AMOUNTS: _m(
        "By linear programming over all amounts and totals: each hidden amount has to stay uncertain, upwards and"
        " downwards, by at least 15 % of its largest contributor."
    ),
    Attack.AMOUNTS_INSIDER: _m(
        "Each provider in turn, who knows its own amounts in every cell: the largest part of the others has to stay"
        " uncertain by at least 15 % on each side."
    ),
}


@dataclass(frozen=True)
class Finding:
    """A cell that fell: what the attacker knows of it. ``holder``: the provider (IČO or holding) that attacks."""

    attack: Attack
    period: str
    table: str
    row: str
    column: str
    lower: float
    upper: float
    holder: str | None = None

    @property
    def is_exact(self) -> bool:
        return self.upper - self.lower < EXACT_BELOW

    def as_dict(self) -> dict[str, Any]:
        """As JSON; an interval without an end has null."""
        upper = None if math.isinf(self.upper) else self.upper
        return {**vars(self), "attack": str(self.attack), "upper": upper, "is_exact": self.is_exact}


@dataclass(frozen=True)
class Result:
    """One attack: how many cells it tried, which fell, and the narrowest interval of all (persons, or Kč).

    ``contradictory``: no table agrees with everything that was told, so something was told wrongly or twice.
    """

    attack: Attack
    looked_at: int
    findings: tuple[Finding, ...]
    closest: float | None = None
    programmes: int = 0
    contradictory: bool = False

    @property
    def exact(self) -> int:
        return sum(finding.is_exact for finding in self.findings)

    @property
    def too_narrow(self) -> int:
        return len(self.findings) - self.exact

    @property
    def passed(self) -> bool:
        return not self.findings and not self.contradictory

    def as_dict(self) -> dict[str, Any]:
        closest = None if self.closest is None or math.isinf(self.closest) else self.closest
        return {
            "attack": str(self.attack),
            "passed": self.passed,
            "looked_at": self.looked_at,
            "exact": self.exact,
            "too_narrow": self.too_narrow,
            "closest": closest,
            "programmes": self.programmes,
            "contradictory": self.contradictory,
            "findings": [finding.as_dict() for finding in self.findings],
        }


@dataclass(frozen=True)
class Audit:
    """All attacks on one release. It may be published only where every one of them failed."""

    results: Sequence[Result]

    @classmethod
    def of(cls, *results: Result) -> Audit:
        return cls(results)

    @property
    def passed(self) -> bool:
        return bool(self.results) and all(result.passed for result in self.results)

    def result(self, attack: Attack) -> Result:
        """The result of one attack. Raises KeyError where it was not tried."""
        for result in self.results:
            if result.attack is attack:
                return result
        raise KeyError(attack)

    def as_dict(self) -> dict[str, Any]:
        """As JSON: ``passed`` and ``attacks``."""
        return {"passed": self.passed, "attacks": [result.as_dict() for result in self.results]}
