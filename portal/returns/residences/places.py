"""Municipalities by the names that people type. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.core.czech import fold
from portal.core.messages import Message, _m
from portal.returns.residences.types import OUTSIDE, UNKNOWN
from portal.returns.types import LocalText

SPECIAL: Mapping[str, LocalText] = {
    OUTSIDE: LocalText("mimo kraj", "outside the region"),
    UNKNOWN: LocalText("neznámé nebo bez stálého bydliště", "unknown or without fixed abode"),
}


@dataclass(frozen=True)
class Place:
    """A municipality; ``within`` tells apart those that share a name."""

    code: str
    name: str
    within: str


class Places:
    """Labels of municipalities, and the way back from what was typed. In the order given, the special ones last."""

    def __init__(self, places: Sequence[Place], language: str) -> None:
        times = Counter(fold(place.name) for place in places)
        self.labels: dict[str, str] = {
            place.code: f"{place.name} ({place.within})" if times[fold(place.name)] > 1 else place.name
            for place in places
        } | {code: label.of(language) for code, label in SPECIAL.items()}
        self._rank = {code: number for number, code in enumerate(self.labels)}
        self._codes: dict[str, list[str]] = defaultdict(list)
        for place in places:
            for spelling in {place.name, self.labels[place.code], place.code}:
                self._codes[_plain(spelling)].append(place.code)
        for code, label in SPECIAL.items():
            for spelling in {label.cs, label.en}:
                self._codes[_plain(spelling)].append(code)

    def label(self, code: str) -> str:
        """The name; the code of a municipality that is no more."""
        return self.labels.get(code, code)

    def rank(self, code: str) -> int:
        """The place of the municipality in the list; one that is no more comes after all."""
        return self._rank.get(code, len(self._rank))

    def find(self, typed: str) -> str | Message:
        """The code of what was typed (a name in any spelling of accents and capitals, or a code), or what is wrong."""
        found = self._codes.get(_plain(typed), [])
        if len(found) == 1:
            return found[0]
        if found:
            return _m(
                "There are several municipalities of this name: %(names)s. Choose one.",
                names=", ".join(self.labels[code] for code in found),
            )
        if near := self._near(typed):
            return _m(
                "The region has no municipality “%(typed)s”. Did you mean %(near)s?",
                typed=typed.strip(),
                near=", ".join(near),
            )
        return _m(
            "The region has no municipality “%(typed)s”. Choose it from the list, or write “%(outside)s”.",
            typed=typed.strip(),
            outside=self.labels[OUTSIDE],
        )

    def _near(self, typed: str) -> list[str]:
        start = _plain(typed)
        return [label for label in self.labels.values() if len(start) > 1 and _plain(label).startswith(start)][:3]


def _plain(text: str) -> str:
    return fold(" ".join(text.split()))
