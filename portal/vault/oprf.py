"""The server's side of the oblivious pseudorandom function: RFC 9497, OPRF(ristretto255, SHA-512), mode 0x00.

Pure: no files, no database. The client's side is in ``portal.identity.oprf`` and in the browser.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from portal.core.ristretto import group
from portal.vault.types import POINT_BYTES, InvalidPoint

MODE = 0x00
IDENTIFIER = b"ristretto255-SHA512"
CONTEXT = b"OPRFV1-" + bytes([MODE]) + b"-" + IDENTIFIER
SCALAR_BYTES = 32
SEED_BYTES = 32
BLOCK_BYTES = 128  # of SHA-512
DIGEST_BYTES = 64


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
    scalar: bytes = group.crypto_core_ristretto255_scalar_reduce(expand_message(message, tag, DIGEST_BYTES))
    return scalar


def expand_message(message: bytes, tag: bytes, length: int) -> bytes:
    """expand_message_xmd with SHA-512 (RFC 9380, section 5.3.1)."""
    blocks = -(-length // DIGEST_BYTES)
    if blocks > 255 or len(tag) > 255:
        raise ValueError("length or tag is too long")
    tagged = tag + bytes([len(tag)])
    first = hashlib.sha512(bytes(BLOCK_BYTES) + message + length.to_bytes(2, "big") + b"\0" + tagged).digest()
    block = hashlib.sha512(first + b"\1" + tagged).digest()
    out = block
    for number in range(2, blocks + 1):
        mixed = bytes(a ^ b for a, b in zip(first, block, strict=True))
        block = hashlib.sha512(mixed + bytes([number]) + tagged).digest()
        out += block
    return out[:length]
