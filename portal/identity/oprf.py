"""The provider's side of an oblivious pseudorandom function: RFC 9497, OPRF(ristretto255, SHA-512), mode 0x00.

The vault multiplies blinded points by its key and learns nothing about what they stand for. Group operations are
libsodium's (``rbcl``); the browser does the same by ``assets/_oprf.js``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from portal.core.ristretto import group

POINT_BYTES: Final = 32
OUTPUT_BYTES: Final = 64
DIGEST_BYTES: Final = 32  # how much of an output is handed on
MAX_INPUT_BYTES: Final = 2**16 - 1

_CONTEXT: Final = b"OPRFV1-\x00-ristretto255-SHA512"
_HASH_TO_GROUP: Final = b"HashToGroup-" + _CONTEXT
_HASH_BLOCK: Final = 128  # bytes SHA-512 takes in at once
_IDENTITY: Final = bytes(POINT_BYTES)


class InvalidPoint(ValueError):
    """A point that is none, or the identity, which would show the input or lose it."""


@dataclass(frozen=True, slots=True)
class Blinded:
    """What stays here (``blind``, a scalar used once) and what is sent (``point``)."""

    blind: bytes
    point: bytes


def expand_message(message: bytes, tag: bytes, length: int) -> bytes:
    """expand_message_xmd of RFC 9380, section 5.3.1, with SHA-512; ``length`` at most 64."""
    if length > hashlib.sha512().digest_size or len(tag) > 255:
        raise ValueError("one block of output and a tag of 255 bytes at most")
    tagged = tag + bytes([len(tag)])
    first = hashlib.sha512(bytes(_HASH_BLOCK) + message + length.to_bytes(2, "big") + b"\x00" + tagged).digest()
    return hashlib.sha512(first + b"\x01" + tagged).digest()[:length]


def hash_to_group(message: bytes) -> bytes:
    """The point that an input stands for (RFC 9497, section 4.1)."""
    uniform = expand_message(message, _HASH_TO_GROUP, 64)
    return bytes(group.crypto_core_ristretto255_from_hash(uniform))


def blind(message: bytes, scalar: bytes | None = None) -> Blinded:
    """Hide an input. ``scalar`` is random unless given by a test. Raises InvalidPoint where nothing can hide it,
    which no known input does.
    """
    if len(message) > MAX_INPUT_BYTES:
        raise ValueError(f"an input has at most {MAX_INPUT_BYTES} bytes")
    secret = bytes(group.crypto_core_ristretto255_scalar_random()) if scalar is None else scalar
    return Blinded(secret, _multiply(secret, hash_to_group(message)))


def finalize(message: bytes, blinded: Blinded, evaluated: bytes) -> bytes:
    """The output of 64 bytes from what the vault made of the point. Raises InvalidPoint for a wrong answer."""
    inverse = bytes(group.crypto_core_ristretto255_scalar_invert(blinded.blind))
    unblinded = _multiply(inverse, evaluated)
    return hashlib.sha512(
        len(message).to_bytes(2, "big") + message + len(unblinded).to_bytes(2, "big") + unblinded + b"Finalize"
    ).digest()


def digest(message: bytes, blinded: Blinded, evaluated: bytes) -> bytes:
    """The digest that goes to the portal: the first 32 bytes of the output. Raises InvalidPoint."""
    return finalize(message, blinded, evaluated)[:DIGEST_BYTES]


def _multiply(scalar: bytes, point: bytes) -> bytes:
    if len(point) != POINT_BYTES or point == _IDENTITY or not group.crypto_core_ristretto255_is_valid_point(point):
        raise InvalidPoint("not a point of the group, or its identity")
    return bytes(group.crypto_scalarmult_ristretto255(scalar, point))
