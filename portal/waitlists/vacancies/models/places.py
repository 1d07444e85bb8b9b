"""Places of services with their states, and who confirmed the list when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model, UtcDateTime


class VacancyList(Model):
    """The places of one service as a whole: when somebody last said that they are so."""

    __tablename__ = "vacancy_lists"
    __table_args__ = (Index("ix_vacancy_lists_confirmed_on", "confirmed_on"),)

    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), primary_key=True)
    confirmed_on: Mapped[date]
    confirmed_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by_user_id: Mapped[int | None]
    confirmed_by_name: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]  # grows with every change of the list or of a place in it


class VacancyPlace(Model):
    """One place, or several that are the same in everything. It describes the place, never who is in it."""

    __tablename__ = "vacancy_places"
    __table_args__ = (
        CheckConstraint("state IN ('occupied', 'reserved', 'free', 'closed')", name="state_known"),
        CheckConstraint("(state = 'closed') = (reason IS NOT NULL)", name="closed_with_reason"),
        CheckConstraint(
            "reason IS NULL OR reason IN ('repair', 'staff', 'hygiene', 'internal', 'other')", name="reason_known"
        ),
        CheckConstraint("state IN ('free', 'closed') OR free_from IS NULL", name="free_from_of_free"),
        CheckConstraint("room IN ('single', 'double', 'more')", name="room_known"),
        CheckConstraint("sex IS NULL OR sex IN ('f', 'm')", name="sex_known"),
        CheckConstraint("places BETWEEN 1 AND 500", name="places_in_bounds"),
        CheckConstraint("age_from IS NULL OR age_to IS NULL OR age_from <= age_to", name="ages_in_order"),
        CheckConstraint(
            "price_from_czk IS NULL OR price_to_czk IS NULL OR price_from_czk <= price_to_czk", name="prices_in_order"
        ),
        Index("ix_vacancy_places_service_id", "service_id", "id"),
        Index("ix_vacancy_places_state", "state", "service_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(String(40))  # the provider's own; never shown to the public
    places: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(8))  # why a free place takes nobody
    free_from: Mapped[date | None]
    free_since_utc: Mapped[datetime] = mapped_column(UtcDateTime)  # of the present state: since when it is in it
    room: Mapped[str] = mapped_column(String(6))
    municipality_code: Mapped[str | None] = mapped_column(String(6))  # of an open facility of the service
    floor: Mapped[int | None] = mapped_column(SmallInteger)
    barrier_free: Mapped[bool]
    lift: Mapped[bool]
    target_group: Mapped[str | None] = mapped_column(String(20))  # None: all groups of the service
    sex: Mapped[str | None] = mapped_column(String(1))
    age_from: Mapped[int | None] = mapped_column(SmallInteger)
    age_to: Mapped[int | None] = mapped_column(SmallInteger)
    price_from_czk: Mapped[int | None]  # a month
    price_to_czk: Mapped[int | None]
    phone: Mapped[str | None] = mapped_column(String(20))  # None: the contact of the service
    version: Mapped[int]  # grows with every change; a form sends back the one it was drawn with


class VacancyEvent(Model):
    """One line of the history of a service's places."""

    __tablename__ = "vacancy_events"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('added', 'edited', 'moved', 'split', 'joined', 'removed', 'confirmed')", name="kind_known"
        ),
        Index("ix_vacancy_events_service_id", "service_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"))
    place_id: Mapped[int | None]  # no foreign key: the history outlives the place
    label: Mapped[str] = mapped_column(String(40))  # of the place; empty for the whole list
    at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(9))
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)  # field -> [before, after]


class VacancyVersion(Model):
    """One row that counts changes of places; pages kept for the public hang on it."""

    __tablename__ = "vacancy_version"

    id: Mapped[int] = mapped_column(primary_key=True)  # always 1
    number: Mapped[int]
    changed_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
