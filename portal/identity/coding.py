"""Codes of people from the portal: blinds here, sends points, and hands in digests. Pure but for what asks the portal.

What goes over the line are points, each hidden under a scalar used once, and then keyed digests that only the vault
could make. Names, dates and birth numbers never do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from portal.core.errors import PortalError
from portal.core.messages import Message, _m
from portal.identity.kinds import oprf_input
from portal.identity.oprf import DIGEST_BYTES, POINT_BYTES, Blinded, InvalidPoint, blind, digest

BATCH: Final = 100  # persons in one request
CODE_BYTES: Final = 16

Inputs = Sequence[str | None]
Digests = tuple[bytes | None, ...]


class CodingFailed(PortalError):
    """No codes could be had; the sentence says why."""


class Portal(Protocol):
    """The two things that a provider asks the portal for."""

    def evaluate(self, points: Sequence[bytes]) -> list[bytes]:
        """The blinded points multiplied by the vault's key, in their order."""

    def codes(self, people: Sequence[Digests]) -> list[bytes]:
        """The provider's codes of these persons, in their order."""


@dataclass(frozen=True, slots=True)
class _Hidden:
    person: int
    kind: int
    message: bytes
    blinded: Blinded


def make_digests(portal: Portal, people: Sequence[Inputs]) -> list[Digests]:
    """The digests of these persons, one for each input that is there. Raises CodingFailed."""
    hidden = [
        _Hidden(person, kind, message, blind(message))
        for person, inputs in enumerate(people)
        for kind, text in enumerate(inputs)
        if text is not None
        for message in [oprf_input(kind, text)]
    ]
    answers = portal.evaluate([one.blinded.point for one in hidden]) if hidden else []
    if len(answers) != len(hidden):
        raise CodingFailed(BAD_ANSWER)
    found: list[list[bytes | None]] = [[None] * len(inputs) for inputs in people]
    try:
        for one, answer in zip(hidden, answers, strict=True):
            found[one.person][one.kind] = digest(one.message, one.blinded, answer)
    except InvalidPoint as error:
        raise CodingFailed(BAD_ANSWER) from error
    return [tuple(digests) for digests in found]


def make_codes(
    portal: Portal, people: Sequence[Inputs], report: Callable[[int], None] = lambda _done: None
) -> Iterator[bytes]:
    """The codes of these persons in their order, asked for in batches; ``report`` gets the number done so far.

    Raises CodingFailed; codes of earlier batches are then known already, and asking again gives the same ones.
    """
    for start in range(0, len(people), BATCH):
        batch = people[start : start + BATCH]
        codes = portal.codes(make_digests(portal, batch))
        if len(codes) != len(batch) or any(len(code) != CODE_BYTES for code in codes):
            raise CodingFailed(BAD_ANSWER)
        yield from codes
        report(start + len(batch))


BAD_ANSWER: Final[Message] = _m("The portal gave an answer that cannot be right. Check the address, or ask the region.")

__all__ = [
    "BAD_ANSWER", "BATCH", "CODE_BYTES", "DIGEST_BYTES", "POINT_BYTES", "CodingFailed", "Digests", "Inputs", "Portal",
    "make_codes", "make_digests",
]  # fmt: skip
