"""Tables of people and roles. Nothing here tells a password, a second factor or a link to whoever reads the tables."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Model, UtcDateTime
from portal.core.permissions import Role

_ROLES = ", ".join(f"'{role}'" for role in sorted(Role))


class User(Model):
    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("email"),
        UniqueConstraint("password_link_digest"),
        CheckConstraint("language IN ('cs', 'en')", name="language_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320))  # casefolded: one person, one spelling
    name: Mapped[str] = mapped_column(String(200))
    search_text: Mapped[str] = mapped_column(String(600))  # name and e-mail without accents and case
    language: Mapped[str | None] = mapped_column(String(2))
    is_active: Mapped[bool]
    password_hash: Mapped[str | None] = mapped_column(String(200))  # Argon2id; None: the link was not used yet
    password_link_digest: Mapped[str | None] = mapped_column(String(64))  # SHA-256 of the one-time token
    password_link_expires_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    session_token: Mapped[str] = mapped_column(String(43))  # a session that carries another one is over
    totp_seed: Mapped[str | None] = mapped_column(String(43))  # worth nothing without the portal's secret key
    totp_last_step: Mapped[int | None]  # the 30-second step of the last code taken; none is taken twice
    created_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    last_login_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="user", cascade="all, delete-orphan", order_by="RoleGrant.id"
    )


class RoleGrant(Model):
    """One role of one person. ``scope_code`` is the IČO or the municipality's code, empty for the kraj.

    Empty and not NULL, since NULLs are never equal and the same role could be granted twice.
    """

    __tablename__ = "role_grants"
    __table_args__ = (
        UniqueConstraint("user_id", "role", "scope_code"),
        CheckConstraint(f"role IN ({_ROLES})", name="role_known"),
        Index("ix_role_grants_role_scope_code", "role", "scope_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(30))
    scope_code: Mapped[str] = mapped_column(String(8))

    user: Mapped[User] = relationship(back_populates="grants")


class RecoveryCode(Model):
    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("user_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64))
    used_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LoginFailure(Model):
    """Failed logins under one e-mail address, whether anybody has it or not, so that a lock gives nobody away."""

    __tablename__ = "login_failures"

    email_digest: Mapped[str] = mapped_column(String(64), primary_key=True)  # people type passwords here, too
    failures: Mapped[int]
    last_at_utc: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    locked_until_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
