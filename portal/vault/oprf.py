"""The server's side of the oblivious pseudorandom function: RFC 9497, OPRF(ristretto255, SHA-512), mode 0x00.

Pure: no files, no database. The client's side is in ``portal.identity.oprf`` and in the browser.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from portal.core.ristretto import group
from portal.identity.oprf import expand_message, hash_to_group
from portal.vault.types import POINT_BYTES, InvalidPoint

MODE = 0x00
IDENTIFIER = b"ristretto255-SHA512"
CONTEXT = b"OPRFV1-" + bytes([MODE]) + b"-" + IDENTIFIER
SCALAR_BYTES = 32
SEED_BYTES = 32
UNIFORM_BYTES = 64


def blind_evaluate(secret: bytes, points: Sequence[bytes]) -> list[bytes]:
    """BlindEvaluate (section 3.3.1) of each point. Raises InvalidPoint for what is no element or the identity."""
    multiply = group.crypto_scalarmult_ristretto255
    evaluated: list[bytes] = []
    for position, point in enumerate(points):
        if not isinstance(point, bytes) or len(point) != POINT_BYTES:
            raise InvalidPoint(position)
        try:
            # libsodium refuses encodings that are not canonical and products that are the identity.
            evaluated.append(multiply(secret, point))
        except RuntimeError:
            raise InvalidPoint(position) from None
    return evaluated


def evaluate(secret: bytes, message: bytes) -> bytes:
    """Evaluate (section 3.3.1): the output for an input that is known, without blinding. For tests and drills only."""
    [issued] = blind_evaluate(secret, [hash_to_group(message)])
    return hashlib.sha512(
        len(message).to_bytes(2, "big") + message + len(issued).to_bytes(2, "big") + issued + b"Finalize"
    ).digest()


def derive_key(seed: bytes, info: bytes) -> bytes:
    """DeriveKeyPair (section 3.2.1): the secret scalar of a seed of 32 random bytes."""
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a seed has {SEED_BYTES} bytes")
    derived = seed + len(info).to_bytes(2, "big") + info
    for counter in range(256):
        secret = hash_to_scalar(derived + bytes([counter]), b"DeriveKeyPair" + CONTEXT)
        if any(secret):
            return secret
    raise ValueError("no key can be derived from this seed")


def public_key(secret: bytes) -> bytes:
    """The element that belongs to a secret scalar."""
    product: bytes = group.crypto_scalarmult_ristretto255_base(secret)
    return product


def hash_to_scalar(message: bytes, tag: bytes) -> bytes:
    """HashToScalar (section 4.1): 64 uniform bytes reduced modulo the order of the group, little-endian."""
    scalar: bytes = group.crypto_core_ristretto255_scalar_reduce(expand_message(message, tag, UNIFORM_BYTES))
    return scalar
