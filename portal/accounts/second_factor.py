"""The second factor: time-based codes (RFC 6238) and recovery codes.

The database keeps a random seed; the secret that the phone holds is derived from it and from the portal's secret
key. Whoever reads the tables or a backup alone can make no code. A changed PORTAL_SECRET_KEY ends all second factors.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp
import segno

STEP_SECONDS = 30
WINDOW_STEPS = 1  # clocks of phones differ: one step to each side
RECOVERY_CODES = 8
_SECRET_BYTES = 20  # RFC 4226, section 4, R6
_CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without letters that look like digits


def new_seed() -> str:
    return secrets.token_urlsafe(32)


def derived_secret(seed: str, secret_key: str) -> str:
    """The base32 secret of a seed; the only place where it exists besides the phone."""
    digest = hmac.new(secret_key.encode(), b"second factor:" + seed.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:_SECRET_BYTES]).decode()


def step_at(instant: datetime) -> int:
    return int(instant.timestamp()) // STEP_SECONDS


def matching_step(secret: str, code: str, instant: datetime, last_step: int | None) -> int | None:
    """The time step whose code this is, within the window and after the last one taken; None if there is none."""
    typed = "".join(code.split())
    if len(typed) != 6 or not typed.isascii() or not typed.isdigit():
        return None
    totp = pyotp.TOTP(secret)
    now = step_at(instant)
    for step in range(now - WINDOW_STEPS, now + WINDOW_STEPS + 1):
        fresh = last_step is None or step > last_step
        if hmac.compare_digest(totp.generate_otp(step), typed) and fresh:
            return step
    return None


def provisioning_uri(secret: str, *, email: str, issuer: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def qr_image(uri: str) -> str:
    """The QR code as an SVG ``data:`` address, dark on white in every colour scheme, with its quiet zone."""
    image: str = segno.make(uri, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    return image


def new_recovery_codes() -> list[str]:
    """Fresh codes of 80 random bits, in four groups."""
    return ["-".join(_group() for _ in range(4)) for _ in range(RECOVERY_CODES)]


def _group() -> str:
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(4))


def recovery_digest(code: str) -> str | None:
    """Digest under which a code is kept; None for what cannot be one. 80 random bits need no slow hash."""
    typed = "".join(char for char in code.upper() if char.isalnum())
    if len(typed) != 16:
        return None
    return hashlib.sha256(typed.encode()).hexdigest()
