"""What the vault takes and gives. See docs/vault.md for who learns what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from portal.core.errors import Invalid, PortalError
from portal.core.messages import Message, _m

POINT_BYTES = 32  # an encoded element of ristretto255
DIGEST_BYTES = 32  # what the client keeps of an output of the oblivious function
WRAPPED_BYTES = 16  # what is stored of a digest
CODE_BYTES = 16
REF_BYTES = 16
MAX_KINDS = 32
MAX_BATCH = 20_000  # points of one evaluation, persons of one registration
MAX_PROVIDER_CHARS = 40

# One person: a digest for each kind in the order of ``portal.identity.kinds``, None where the input is missing. The
# first kind is the birth number.
Digests = tuple[bytes | None, ...]


@dataclass(frozen=True)
class Registered:
    """What the portal may keep of a person of one provider.

    ``code`` is random and the provider's own; ``person_ref`` is random and common to all providers of the person, so it
    never leaves the kraj. ``is_certain`` says that a birth number was among the digests.
    """

    code: bytes
    person_ref: bytes
    is_certain: bool


@dataclass(frozen=True)
class Usage:
    """What one provider asked of the vault on one day (of Prague)."""

    provider: str
    day: date
    points: int  # evaluated
    people: int  # registered
    refused: int  # calls refused because of a limit
    is_alarm: bool  # the threshold of the alarm was reached, or a limit


@dataclass(frozen=True)
class Status:
    """How the vault stands; nothing of it is secret."""

    key_id: str  # of the key that wraps what is stored
    keys: int  # in the chain of wrapping keys
    persons: int
    records: int
    codes: int


RefPair = tuple[bytes, bytes]  # references of two persons


@dataclass(frozen=True)
class PersonPair:
    """Two persons who are perhaps one, by their likeliest pair of records.

    ``agreeing``: bit k is set where the digests of kind k are equal. ``weight``: log2 of how much more frequent that is
    among records of one person. ``decision``: "linked" (above the upper threshold), "proposed" (a person decides) or
    "conflict" (above it, but it would join what was split or has two birth numbers).
    """

    a: bytes
    b: bytes
    agreeing: int
    weight: float
    probability: float
    decision: str


@dataclass(frozen=True)
class PersonGroup:
    """The person who stands for this one, by links alone (``sure``) and with all that is proposed (``probable``)."""

    ref: bytes
    sure: bytes
    probable: bytes


@dataclass(frozen=True)
class LinkedPersons:
    """What linking found, the likeliest pairs first. Persons without a group stand for themselves.

    ``compared``: pairs of records that were weighed; ``left_out``: at most so many share a digest with too many others.
    """

    pairs: list[PersonPair]
    groups: list[PersonGroup]
    persons: int
    records: int
    compared: int
    left_out: int


class Vault(Protocol):
    """The vault as the portal sees it, in its own process or over a socket.

    Every method raises VaultUnavailable when there is no vault to ask.
    """

    def evaluate(self, provider: str, points: Sequence[bytes]) -> list[bytes]:
        """Multiply blinded points (32 bytes each) by the secret, in their order.

        Counted for the provider and day. Raises InvalidPoint and LimitReached; then none is evaluated.
        """

    def register(self, provider: str, people: Sequence[Digests]) -> list[Registered]:
        """The codes of these persons at this provider, in their order; whoever is new gets a random one.

        Does the same work and gives the same shape for known and unknown persons. Raises InvalidDigests, LimitReached.
        """

    def forget(self, provider: str, code: bytes) -> None:
        """Erase a person of this provider; what other providers know stays. An unknown code is no error.

        To be called before the portal erases its own rows. A mark remains that ``erased`` knows the code by.
        """

    def erased(self, codes: Sequence[bytes]) -> list[bool]:
        """For each code whether it was erased: what a restored backup must not bring back."""

    def link(self, same: Sequence[RefPair], different: Sequence[RefPair]) -> LinkedPersons:
        """Compare all records under the shipped rules; minutes for a million.

        ``same`` and ``different``: what people decided before, by references. Raises Invalid for unusable rules.
        """

    def usage(self, since: date) -> list[Usage]:
        """What providers asked for from that day on, by day and provider."""

    def status(self) -> Status:
        """How the vault stands."""


class VaultUnavailable(PortalError):
    """There is no vault to ask now (503)."""

    retry_after_s = 60


class LimitReached(PortalError):
    """The provider asked for more than it may (429); after ``retry_after_s`` it may ask again."""

    def __init__(self, message: Message, retry_after_s: int = 60) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class InvalidPoint(Invalid):
    """A point that is no element of the group, or its identity. ``position`` counts from 0."""

    def __init__(self, position: int) -> None:
        super().__init__(_m("Point number %(number)s is not valid.", number=position + 1))
        self.position = position


class InvalidDigests(Invalid):
    """Digests of a wrong number or length. ``position`` of the person counts from 0."""

    def __init__(self, position: int) -> None:
        super().__init__(_m("The digests of person number %(number)s are not valid.", number=position + 1))
        self.position = position
