"""Settings: typed, read once from the environment, refused at start when they cannot be meant."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from email.errors import MessageError
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import urlsplit

MIN_SECRET_CHARS = 32
_ORIGIN = re.compile(r"https?://(?:\*\.)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::\d{1,5})?")
# When the text of the accessibility statement in the portal was written and last held against the portal.
STATEMENT_DAY = date(2026, 11, 22)


class ConfigError(RuntimeError):
    """A setting is missing or contradicts another; the message names the variable."""


@dataclass(frozen=True)
class VaultSettings:
    """Where the vault of codes is and how much one provider may ask of it."""

    folder: Path  # key file and embedded database, for the vault's own user alone
    database_url: str
    socket: Path | None  # None: the vault runs inside the portal's process
    daily_points: int  # blinded points of one provider and day; more is refused
    minute_points: int
    alarm_points: int  # of one provider and day; from here on the kraj is told


@dataclass(frozen=True)
class Settings:
    """Everything that differs between two installations."""

    environment: str  # "development" | "production" | "test"
    instance_dir: Path
    database_url: str
    secret_key: str
    redis_url: str | None
    region_name: str
    region_code: str
    brand_colour: str
    accent_colour: str
    contact_email: str
    statement_prepared_on: date  # of the accessibility statement; Act 99/2019 Coll. wants both days told
    statement_reviewed_on: date
    public_url: str | None  # the portal answers under its host alone
    trusted_proxies: int
    debug: bool
    demo_logins: bool
    smtp_url: str | None  # None: letters become files in instance/mail, in production none goes
    mail_from: str
    remind_before_days: tuple[int, ...]  # before the last day on time, the longest first
    remind_after_days: tuple[int, ...]  # after it, the shortest first
    publish_groups_after: int | None  # days after a quarter has closed; None: people alone publish
    remind_hour: int  # 0 to 23, in Prague: the worker sends no reminder before it
    collects_sex: bool  # of applicants and users of services
    confirm_letter_days: int  # between two letters to one person about applications to be confirmed
    vacancy_stale_days: int  # free places not confirmed for longer are marked
    vacancy_hidden_days: int  # and for longer than this are not shown to the public
    wait_persons: int  # admitted persons behind a public range of waiting, at least
    wait_providers: int  # providers that admitted them, at least
    wait_share_percent: int  # of the persons that one provider may have admitted, at most
    detour_factor: Decimal  # roads against the straight line, in figures of access to services
    frame_ancestors: tuple[str, ...]  # sites that may show the map in a frame, such as https://www.mesto.example
    vault: VaultSettings

    @property
    def is_production(self) -> bool:
        return self.environment == "production"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read settings from ``PORTAL_*`` variables.

    Raises ConfigError when production lacks a secret, runs with debug or with demonstration logins,
    or when a value cannot be read.
    """
    env = os.environ if environ is None else environ
    environment = env.get("PORTAL_ENV", "development")
    if environment not in ("development", "production", "test"):
        raise ConfigError(f"PORTAL_ENV is {environment!r}; use development, production or test")
    instance_dir = Path(env.get("PORTAL_INSTANCE", "instance")).resolve()
    contact_email = _mail_address(env, "PORTAL_CONTACT_EMAIL", "socialni.sluzby@kraj.example")
    settings = Settings(
        environment=environment,
        instance_dir=instance_dir,
        database_url=_database_url(env.get("PORTAL_DATABASE_URL"), instance_dir),
        secret_key=env.get("PORTAL_SECRET_KEY") or _development_secret(environment, instance_dir),
        redis_url=env.get("PORTAL_REDIS_URL") or None,
        region_name=env.get("PORTAL_REGION_NAME", "Olomoucký kraj"),
        region_code=env.get("PORTAL_REGION_CODE", "CZ071"),
        brand_colour=_colour(env, "PORTAL_BRAND_COLOUR", "#1d4370"),
        accent_colour=_colour(env, "PORTAL_ACCENT_COLOUR", "#f0a500"),
        contact_email=contact_email,
        statement_prepared_on=_day(env, "PORTAL_ACCESSIBILITY_PREPARED", STATEMENT_DAY),
        statement_reviewed_on=_day(env, "PORTAL_ACCESSIBILITY_REVIEWED", STATEMENT_DAY),
        public_url=_public_url(env.get("PORTAL_PUBLIC_URL")),
        trusted_proxies=_whole_number(env, "PORTAL_TRUSTED_PROXIES", 0),
        debug=_flag(env, "PORTAL_DEBUG") or _flag(env, "FLASK_DEBUG"),
        demo_logins=_flag(env, "PORTAL_DEMO_LOGINS"),
        smtp_url=_smtp_url(env.get("PORTAL_SMTP_URL")),
        mail_from=_mail_address(env, "PORTAL_MAIL_FROM", contact_email),
        remind_before_days=tuple(sorted(_days(env, "PORTAL_REMIND_BEFORE", "14,3"), reverse=True)),
        remind_after_days=tuple(sorted(_days(env, "PORTAL_REMIND_AFTER", "1,7"))),
        publish_groups_after=_days_or_never(env, "PORTAL_PUBLISH_GROUPS_AFTER", 1),
        remind_hour=_hour(env, "PORTAL_REMIND_HOUR", 7),
        collects_sex=_flag(env, "PORTAL_COLLECT_SEX", default=True),
        confirm_letter_days=_whole_number(env, "PORTAL_CONFIRM_LETTER_DAYS", 14),
        vacancy_stale_days=_whole_number(env, "PORTAL_VACANCY_STALE_DAYS", 14),
        vacancy_hidden_days=_whole_number(env, "PORTAL_VACANCY_HIDDEN_DAYS", 28),
        wait_persons=_whole_number(env, "PORTAL_WAIT_PERSONS", 12),
        wait_providers=_whole_number(env, "PORTAL_WAIT_PROVIDERS", 3),
        wait_share_percent=_whole_number(env, "PORTAL_WAIT_SHARE", 50),
        detour_factor=_detour(env, "PORTAL_DETOUR_FACTOR", "1.3"),
        frame_ancestors=_origins(env, "PORTAL_FRAME_ANCESTORS"),
        vault=_vault_settings(env, instance_dir),
    )
    if settings.statement_reviewed_on < settings.statement_prepared_on:
        raise ConfigError("PORTAL_ACCESSIBILITY_REVIEWED is before PORTAL_ACCESSIBILITY_PREPARED")
    if not 1 <= settings.vacancy_stale_days <= settings.vacancy_hidden_days <= 366:
        raise ConfigError(
            "PORTAL_VACANCY_STALE_DAYS must be at least 1 and at most PORTAL_VACANCY_HIDDEN_DAYS, which may be 366"
        )
    if settings.wait_persons < 12 or settings.wait_providers < 3 or not 1 <= settings.wait_share_percent <= 50:
        raise ConfigError(
            "PORTAL_WAIT_PERSONS must be at least 12, PORTAL_WAIT_PROVIDERS at least 3, PORTAL_WAIT_SHARE 1 to 50:"
            " stricter than the defaults, never laxer"
        )
    if not 1 <= settings.confirm_letter_days <= 366:
        raise ConfigError("PORTAL_CONFIRM_LETTER_DAYS must be between 1 and 366")
    if settings.is_production:
        _refuse_unsafe_production(settings)
    return settings


def _refuse_unsafe_production(settings: Settings) -> None:
    if len(settings.secret_key) < MIN_SECRET_CHARS:
        raise ConfigError(f"PORTAL_SECRET_KEY must be set in production, {MIN_SECRET_CHARS} characters or more")
    if settings.debug:
        raise ConfigError("PORTAL_DEBUG / FLASK_DEBUG must not be set in production")
    if settings.demo_logins:
        raise ConfigError("PORTAL_DEMO_LOGINS must not be set in production")


def _vault_settings(env: Mapping[str, str], instance_dir: Path) -> VaultSettings:
    folder = Path(env.get("PORTAL_VAULT_DIR") or instance_dir / "vault").resolve()
    socket = env.get("PORTAL_VAULT_SOCKET")
    database_url = _database_url(env.get("PORTAL_VAULT_DATABASE_URL"), folder, "vault.db")
    if env.get("PORTAL_VAULT_DATABASE_URL") and database_url == _database_url(
        env.get("PORTAL_DATABASE_URL"), instance_dir
    ):
        raise ConfigError("PORTAL_VAULT_DATABASE_URL is the portal's own database; the vault needs another")
    vault = VaultSettings(
        folder=folder,
        database_url=database_url,
        socket=Path(socket).resolve() if socket else None,
        daily_points=_whole_number(env, "PORTAL_VAULT_DAILY_POINTS", 200_000),
        minute_points=_whole_number(env, "PORTAL_VAULT_MINUTE_POINTS", 40_000),
        alarm_points=_whole_number(env, "PORTAL_VAULT_ALARM_POINTS", 50_000),
    )
    if not vault.alarm_points <= vault.daily_points:
        raise ConfigError("PORTAL_VAULT_ALARM_POINTS is above PORTAL_VAULT_DAILY_POINTS: the alarm would never come")
    return vault


def _database_url(given: str | None, folder: Path, file: str = "portal.db") -> str:
    if not given:
        return f"sqlite:///{folder / file}"
    for plain in ("postgresql://", "postgres://"):
        if given.startswith(plain):
            return "postgresql+psycopg://" + given.removeprefix(plain)
    return given


def _public_url(given: str | None) -> str | None:
    if not given:
        return None
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"PORTAL_PUBLIC_URL is {given!r}; use an address such as https://portal.kraj.cz")
    return given


def _smtp_url(given: str | None) -> str | None:
    if not given:
        return None
    try:
        parts = urlsplit(given)
        known = parts.scheme in ("smtp", "smtps") and parts.hostname and (parts.port is None or parts.port > 0)
        known = known and bool(parts.username) == bool(parts.password) and parts.path in ("", "/")
    except ValueError:
        known = False
    if not known:
        raise ConfigError("PORTAL_SMTP_URL is no address such as smtp://user:password@mail.kraj.cz:587")
    return given


def _mail_address(env: Mapping[str, str], name: str, default: str) -> str:
    """An address that a header of a letter can hold."""
    value = env.get(name) or default
    try:
        parsed = Address(addr_spec=value)
    except (ValueError, IndexError, MessageError):
        parsed = Address()
    if parsed.addr_spec != value or not parsed.username or not parsed.domain or not value.isascii():
        raise ConfigError(f"{name} is {value!r}; use an address such as portal@kraj.cz")
    return value


def _days(env: Mapping[str, str], name: str, default: str) -> set[int]:
    parts = [part.strip() for part in env.get(name, default).split(",") if part.strip()]
    if not all(part.isascii() and part.isdigit() and 1 <= int(part) <= 90 for part in parts):
        raise ConfigError(f"{name} is {env.get(name)!r}; use numbers of days from 1 to 90 such as {default}")
    return {int(part) for part in parts}


def _development_secret(environment: str, instance_dir: Path) -> str:
    if environment == "production":
        return ""
    if environment == "test":
        return "test-" * 8
    path = instance_dir / "secret_key"
    if not path.exists():
        instance_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _flag(env: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    value = env.get(name, "").strip().lower()
    if not value:
        return default
    if value in ("0", "false", "no"):
        return False
    if value in ("1", "true", "yes"):
        return True
    raise ConfigError(f"{name} is {value!r}; use 1 or 0")


def _whole_number(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name, "")
    if not value:
        return default
    if not value.isdigit():
        raise ConfigError(f"{name} is {value!r}; use a whole number")
    return int(value)


def _detour(env: Mapping[str, str], name: str, default: str) -> Decimal:
    try:
        factor = Decimal(env.get(name) or default)
    except InvalidOperation:
        factor = Decimal(0)
    if not factor.is_finite() or not 1 <= factor <= 3:
        raise ConfigError(f"{name} is {env.get(name)!r}; use a number from 1 to 3 such as {default}")
    return factor


def _days_or_never(env: Mapping[str, str], name: str, default: int) -> int | None:
    if env.get(name, "").strip().lower() == "never":
        return None
    days = _whole_number(env, name, default)
    if days > 90:
        raise ConfigError(f"{name} is {days}; use at most 90 days, or never")
    return days


def _origins(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Origins parted by spaces: scheme and host, perhaps a port; * in place of the first part of the host."""
    found = tuple(env.get(name, "").split())
    for origin in found:
        if _ORIGIN.fullmatch(origin) is None:
            raise ConfigError(f"{name}: {origin!r} is no origin; write https://www.mesto.example, parted by spaces")
    return found


def _hour(env: Mapping[str, str], name: str, default: int) -> int:
    hour = _whole_number(env, name, default)
    if hour > 23:
        raise ConfigError(f"{name} is {hour}; use an hour from 0 to 23")
    return hour


def _day(env: Mapping[str, str], name: str, default: date) -> date:
    value = env.get(name, "")
    if not value:
        return default
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ConfigError(f"{name} is {value!r}; use a day such as 2026-11-22") from error


def _colour(env: Mapping[str, str], name: str, default: str) -> str:
    value = env.get(name, default)
    if len(value) != 7 or value[0] != "#" or any(c not in "0123456789abcdefABCDEF" for c in value[1:]):
        raise ConfigError(f"{name} is {value!r}; use a colour such as #1d4370")
    return value
