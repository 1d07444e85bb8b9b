"""The key file: the secret of the oblivious function and the chain of keys that wrap what is stored.

It belongs to one user, alone in a folder of his; the rest of the portal never reads it and no backup holds it.
Secrets never go into a representation, a message or a log.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import stat
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from portal.core.config import ConfigError
from portal.vault.oprf import SEED_BYTES, derive_key

FORMAT = 1
INFO = b"kissos/1"  # of DeriveKeyPair
SECRET_BYTES = 32
NAME = "vault.key"


@dataclass(frozen=True, repr=False)
class WrapKey:
    """A key that wraps digests before they are stored."""

    secret: bytes
    made_on: date

    @property
    def id(self) -> str:
        return key_id(self.secret)

    def __repr__(self) -> str:
        return f"WrapKey({self.id}, {self.made_on})"


@dataclass(frozen=True, repr=False)
class Keys:
    """All secrets of a vault. ``oprf`` stays for ever: digests of other computers could not be made anew."""

    oprf: bytes
    made_on: date
    wraps: tuple[WrapKey, ...]

    def __repr__(self) -> str:
        return f"Keys({key_id(self.oprf)}, {self.made_on}, {list(self.wraps)})"

    def chain(self, last: str) -> list[bytes] | None:
        """The secrets a digest goes through up to the key of that id; None when there is no such key."""
        ids = [key.id for key in self.wraps]
        return [key.secret for key in self.wraps[: ids.index(last) + 1]] if last in ids else None

    def with_another(self, made_on: date) -> Keys:
        """With one more key at the end of the chain."""
        return replace(self, wraps=(*self.wraps, WrapKey(secrets.token_bytes(SECRET_BYTES), made_on)))

    @property
    def tombstone_secret(self) -> bytes:
        """Under which erased codes are marked; follows from the secret that stays, so that marks stay true."""
        return hmac.digest(self.oprf, b"kissos/1/tombstone", "sha256")


def key_id(secret: bytes) -> str:
    """8 characters that name a key and tell nothing of it."""
    return hashlib.sha256(b"kissos/1/key-id" + secret).hexdigest()[:8]


def new_keys(made_on: date) -> Keys:
    """Fresh random keys."""
    return Keys(derive_key(secrets.token_bytes(SEED_BYTES), INFO), made_on, ()).with_another(made_on)


def key_path(folder: Path) -> Path:
    return folder / NAME


def check_key_file(path: Path) -> None:
    """Raises ConfigError unless file and folder belong to this user and nobody else may open them."""
    for place, is_kind, kind, wanted in (
        (path.parent, stat.S_ISDIR, "folder", 0o700),
        (path, stat.S_ISREG, "file", 0o600),
    ):
        try:
            found = place.lstat()
        except OSError as error:
            raise ConfigError(f"the key of the vault cannot be read: {place}: {error.strerror}") from None
        if not is_kind(found.st_mode):
            raise ConfigError(f"the key of the vault is not safe: {place} is not a {kind}")
        if found.st_uid != os.geteuid():
            raise ConfigError(f"the key of the vault is not safe: {place} belongs to another user")
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise ConfigError(
                f"the key of the vault is not safe: others may open {place}; run chmod {wanted:o} {place}"
            )


def read_keys(folder: Path) -> Keys:
    """The keys of a vault. Raises ConfigError when the file is not safe or not whole."""
    path = key_path(folder)
    check_key_file(path)
    try:
        return _from_json(path.read_bytes())
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ConfigError(f"the key of the vault is damaged: {path}; restore it from its shares") from None
    except OSError as error:
        raise ConfigError(f"the key of the vault cannot be read: {path}: {error.strerror}") from None


def write_keys(folder: Path, keys: Keys, *, is_new: bool) -> None:
    """Store the keys so that the file is old or new, never half. Raises FileExistsError when it should be new."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = key_path(folder)
    partial = path.with_name(f"{NAME}.{os.getpid()}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_as_json(keys))
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            os.link(partial, path)  # fails when it is there
        else:
            os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _as_json(keys: Keys) -> bytes:
    return json.dumps(
        {
            "format": FORMAT,
            "made_on": keys.made_on.isoformat(),
            "oprf": {"id": key_id(keys.oprf), "secret": keys.oprf.hex()},
            "wraps": [
                {"id": key.id, "made_on": key.made_on.isoformat(), "secret": key.secret.hex()} for key in keys.wraps
            ],
        },
        indent=1,
    ).encode()


def _from_json(text: bytes) -> Keys:
    stored = json.loads(text)
    if stored["format"] != FORMAT or not stored["wraps"]:
        raise ValueError
    oprf = bytes.fromhex(stored["oprf"]["secret"])
    wraps = tuple(WrapKey(bytes.fromhex(key["secret"]), date.fromisoformat(key["made_on"])) for key in stored["wraps"])
    named = [
        (stored["oprf"]["id"], oprf),
        *((key["id"], wrap.secret) for key, wrap in zip(stored["wraps"], wraps, strict=True)),
    ]
    if any(len(secret) != SECRET_BYTES or key_id(secret) != name for name, secret in named):
        raise ValueError
    return Keys(oprf, date.fromisoformat(stored["made_on"]), wraps)
