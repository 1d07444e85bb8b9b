"""The second key: digests are stored only as HMAC-SHA256 under a chain of keys, cut to 16 bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from portal.vault.types import WRAPPED_BYTES

BLOCK_BYTES = 64  # of SHA-256

Wrap = Callable[[bytes], bytes]


def wrap_under(secret: bytes) -> Wrap:
    """HMAC-SHA256 (RFC 2104) under one key of at most 64 bytes, cut to 16 bytes.

    The two padded keys are hashed once; a million digests take a second instead of two.
    """
    if len(secret) > BLOCK_BYTES:
        raise ValueError("the key is longer than a block")
    padded = secret.ljust(BLOCK_BYTES, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))

    def wrap(digest: bytes) -> bytes:
        inside, outside = inner.copy(), outer.copy()
        inside.update(digest)
        outside.update(inside.digest())
        return outside.digest()[:WRAPPED_BYTES]

    return wrap


def wrap_through(secrets: Sequence[bytes]) -> Wrap:
    """Through all keys in their order: what rotation makes of a digest that was wrapped under the first."""
    wraps = [wrap_under(secret) for secret in secrets]

    def wrap(digest: bytes) -> bytes:
        for each in wraps:
            digest = each(digest)
        return digest

    return wrap
