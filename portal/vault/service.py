"""The vault in this process: keys in memory, digests in its own database."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Engine, func, select

from portal.core.clock import today
from portal.core.config import ConfigError, Settings, VaultSettings
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.vault import counting, registering
from portal.vault.client import SocketVault
from portal.vault.database import create_tables, has_tables, make_engine, read_facts, unit, wipe_log
from portal.vault.keys import Keys, check_key_file, key_path, new_keys, read_keys, write_keys
from portal.vault.linking.rules import shipped_rules
from portal.vault.loading import LoadedDigests, load_digests
from portal.vault.models import codes, persons, records
from portal.vault.oprf import blind_evaluate
from portal.vault.pairs import link_persons
from portal.vault.types import (
    CODE_BYTES,
    MAX_BATCH,
    MAX_PROVIDER_CHARS,
    Digests,
    LinkedPersons,
    RefPair,
    Registered,
    Status,
    Usage,
    Vault,
    VaultUnavailable,
)
from portal.vault.wrapping import wrap_through

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Opened:
    """A connection within a transaction, and the keys that what it reads went through."""

    connection: Connection
    keys: Keys
    chain: Sequence[bytes]


class LocalVault:
    """The vault of a key file and a database; safe for several threads and processes at once.

    Opened at the first use, so that the portal starts without one; but a key file that is there is checked at once.
    """

    def __init__(self, settings: VaultSettings, *, makes_itself: bool = False) -> None:
        """``makes_itself``: set up at the first use where there is none. Raises ConfigError for an unsafe key file."""
        self._settings = settings
        self._makes_itself = makes_itself
        self._lock = threading.Lock()
        self._keys: Keys | None = None
        self._engine: Engine | None = None
        if key_path(settings.folder).exists():
            check_key_file(key_path(settings.folder))

    def evaluate(self, provider: str, points: Sequence[bytes]) -> list[bytes]:
        _check_call(provider, points)
        self._count(provider, points=len(points))
        keys, _ = self._ready()
        return blind_evaluate(keys.oprf, points)

    def register(self, provider: str, people: Sequence[Digests]) -> list[Registered]:
        _check_call(provider, people)
        registering.check_digests(people)
        self._count(provider, people=len(people))
        if not people:
            return []
        with self._open(alone=True) as opened:
            wrap = wrap_through(opened.chain)
            vectors = [registering.wrap_person(person, wrap) for person in people]
            return registering.register(opened.connection, provider, vectors)

    def forget(self, provider: str, code: bytes) -> None:
        _check_call(provider, ())
        if len(code) != CODE_BYTES:
            return
        with self._open(alone=True) as opened:
            registering.forget(opened.connection, provider, code, opened.keys.tombstone_secret)
        wipe_log(self._ready()[1])

    def erased(self, codes: Sequence[bytes]) -> list[bool]:
        with self._open(reads=True) as opened:
            return registering.find_erased(opened.connection, codes, opened.keys.tombstone_secret)

    def link(self, same: Sequence[RefPair], different: Sequence[RefPair]) -> LinkedPersons:
        return link_persons(self.load_digests(), shipped_rules(), same, different)

    def usage(self, since: date) -> list[Usage]:
        with self._open(reads=True) as opened:
            return list(counting.list_usage(opened.connection, since))

    def status(self) -> Status:
        with self._open(reads=True) as opened:
            amounts = [
                opened.connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (persons, records, codes)
            ]
            return Status(opened.keys.wraps[len(opened.chain) - 1].id, len(opened.keys.wraps), *amounts)

    def load_digests(self) -> LoadedDigests:
        """Everything that linking needs; never leaves the vault's process."""
        with self._open(reads=True) as opened:
            return load_digests(opened.connection)

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = self._keys = None

    def _count(self, provider: str, *, points: int = 0, people: int = 0) -> None:
        with self._open() as opened:
            refusal = counting.count(opened.connection, self._settings, provider, points=points, people=people)
        if refusal is not None:
            raise refusal

    @contextmanager
    def _open(self, *, alone: bool = False, reads: bool = False) -> Iterator[Opened]:
        keys, engine = self._ready()
        with unit(engine, reads=reads) as connection:
            if alone:
                registering.hold(connection)
            last = read_facts(connection)["key_id"]
            chain = keys.chain(last)
            if chain is None:  # another process has rotated the keys
                keys = self._keys = read_keys(self._settings.folder)
                chain = keys.chain(last)
            if chain is None:
                raise VaultUnavailable(_m("The database of the vault belongs to another key file."))
            yield Opened(connection, keys, chain)

    def _ready(self) -> tuple[Keys, Engine]:
        if self._keys is not None and self._engine is not None:
            return self._keys, self._engine
        with self._lock:
            folder = self._settings.folder
            if self._makes_itself and not key_path(folder).exists():
                create_vault(self._settings)
            if not key_path(folder).exists():
                raise VaultUnavailable(_m("The vault of codes has not been set up. Run “portal vault init”."))
            try:
                keys = read_keys(folder)
            except ConfigError as error:
                log.error("%s", error)
                raise VaultUnavailable(_m("The vault of codes cannot be used now. Try again later.")) from None
            engine = self._engine or make_engine(self._settings.database_url)
            if not has_tables(engine):
                raise VaultUnavailable(_m("The database of the vault is missing. Restore its backup."))
            self._keys, self._engine = keys, engine
            return keys, engine


def _check_call(provider: str, given: Sequence[object]) -> None:
    if not provider or len(provider) > MAX_PROVIDER_CHARS:
        raise Invalid(_m("The vault needs the name of a provider."))
    if len(given) > MAX_BATCH:
        raise Invalid(_m("At most %(number)s at once can be asked of the vault.", number=MAX_BATCH))


def create_vault(settings: VaultSettings) -> Keys:
    """Make a key file and an empty database. Raises Invalid when there is one already."""
    if key_path(settings.folder).exists():
        raise Invalid(_m("The vault has been set up already: %(path)s.", path=key_path(settings.folder)))
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = make_engine(settings.database_url)
    try:
        if has_tables(engine):
            raise Invalid(_m("The database of the vault is not empty, but its key file is missing. Restore the key."))
        keys = new_keys(today())
        write_keys(settings.folder, keys, is_new=True)
        create_tables(engine, keys.wraps[-1].id)
    finally:
        engine.dispose()
    return keys


def ensure_vault(settings: Settings) -> None:
    """Set the vault up where it runs inside the portal and there is none yet."""
    if settings.vault.socket is None and not key_path(settings.vault.folder).exists():
        create_vault(settings.vault)


def open_vault(settings: Settings) -> Vault:
    """The vault that the settings name. Raises ConfigError for an unsafe key file."""
    if settings.vault.socket is not None:
        return SocketVault(settings.vault.socket)
    return LocalVault(settings.vault, makes_itself=settings.environment == "test")
