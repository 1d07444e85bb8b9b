"""Tables of the catalogue. A service is one registered service; its forms carry the registered capacity."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Model, UtcDateTime


class Provider(Model):
    __tablename__ = "providers"

    id: Mapped[int] = mapped_column(primary_key=True)
    ico: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(400))
    address: Mapped[str | None] = mapped_column(String(400))
    web: Mapped[str | None] = mapped_column(String(400))
    email: Mapped[str | None] = mapped_column(String(320))
    phone: Mapped[str | None] = mapped_column(String(100))

    services: Mapped[list[Service]] = relationship(back_populates="provider")


class Service(Model):
    __tablename__ = "services"
    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR started_on IS NULL OR ended_on >= started_on", name="dates_in_order"),
        Index("ix_services_type_code_ended_on", "type_code", "ended_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    register_id: Mapped[int] = mapped_column(unique=True)  # portalId of the register: the stable address too
    identifier: Mapped[str | None] = mapped_column(String(20), index=True)  # registration identifier (seven digits)
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id"), index=True)
    type_code: Mapped[str] = mapped_column(String(4))  # paragraph of Act 108/2006: "49", "60a"
    name: Mapped[str] = mapped_column(String(400))  # of the facility people know, else the type and provider
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    region_wide: Mapped[bool]  # works everywhere in the region
    in_network: Mapped[bool | None]  # part of the kraj's funded network; None: the kraj has not said
    verified_on: Mapped[date | None]  # set by the provider's own confirmation alone
    description: Mapped[str | None] = mapped_column(Text)  # the provider's own words, accepted by the kraj
    age_note: Mapped[str | None] = mapped_column(Text)
    kept_fields: Mapped[list[str]] = mapped_column(JSON, default=list)  # types.KeptField: an import leaves them alone
    missing_since: Mapped[date | None]  # first import whose file no longer held the service
    changed_on: Mapped[date | None]  # day an import last changed the entry; after verified_on it is worth showing
    # The register's entry as imported, cleaned; JSON text, so that an import need not decode and encode it again.
    record: Mapped[str] = mapped_column(Text, default="{}")
    record_hash: Mapped[str] = mapped_column(String(64), default="")

    @classmethod
    def worked_between(cls, first_day: date, last_day: date) -> ColumnElement[bool]:
        """Condition: the service was registered on at least one of these days; an unknown day binds nothing."""
        return and_(
            or_(cls.started_on.is_(None), cls.started_on <= last_day),
            or_(cls.ended_on.is_(None), cls.ended_on >= first_day),
        )

    provider: Mapped[Provider] = relationship(back_populates="services")
    forms: Mapped[list[ServiceForm]] = relationship(
        back_populates="service", cascade="all, delete-orphan", order_by="ServiceForm.form"
    )
    facilities: Mapped[list[Facility]] = relationship(
        back_populates="service", cascade="all, delete-orphan", order_by="Facility.id"
    )
    contacts: Mapped[list[Contact]] = relationship(cascade="all, delete-orphan", order_by="Contact.id")
    target_groups: Mapped[list[ServiceTargetGroup]] = relationship(
        cascade="all, delete-orphan", order_by="ServiceTargetGroup.code"
    )
    age_groups: Mapped[list[ServiceAgeGroup]] = relationship(
        cascade="all, delete-orphan", order_by="ServiceAgeGroup.code"
    )


class ServiceForm(Model):
    __tablename__ = "service_forms"
    __table_args__ = (
        UniqueConstraint("service_id", "form"),
        CheckConstraint("form IN ('outreach', 'outpatient', 'residential')", name="form_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), index=True)
    form: Mapped[str] = mapped_column(String(12))
    nonstop: Mapped[bool]
    hours: Mapped[str | None] = mapped_column(Text)

    service: Mapped[Service] = relationship(back_populates="forms")
    capacities: Mapped[list[Capacity]] = relationship(cascade="all, delete-orphan", order_by="Capacity.id")


class Capacity(Model):
    """Registered maximum of a service in one form and one unit; never of a facility."""

    __tablename__ = "capacities"
    __table_args__ = (
        CheckConstraint("unit IN ('beds', 'clients', 'contacts', 'interventions', 'calls')", name="unit_known"),
        CheckConstraint("amount IS NULL OR amount >= 0", name="amount_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_form_id: Mapped[int] = mapped_column(ForeignKey("service_forms.id", ondelete="CASCADE"), index=True)
    unit: Mapped[str] = mapped_column(String(14))
    amount: Mapped[int | None]  # None: the register does not say
    note: Mapped[str | None] = mapped_column(Text)


class Facility(Model):
    """A place where a service is provided. A secret one has neither a name nor any place here."""

    __tablename__ = "facilities"
    __table_args__ = (
        CheckConstraint(
            "NOT secret OR (name IS NULL AND street IS NULL AND house_number IS NULL AND postcode IS NULL"
            " AND municipality_code IS NULL AND municipality_name IS NULL AND orp_code IS NULL AND orp_name IS NULL"
            " AND address_place_code IS NULL AND lon IS NULL AND lat IS NULL)",
            name="secret_has_no_address",
        ),
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), index=True)
    name: Mapped[str | None] = mapped_column(String(400))
    secret: Mapped[bool]
    street: Mapped[str | None] = mapped_column(String(200))
    house_number: Mapped[str | None] = mapped_column(String(40))
    postcode: Mapped[str | None] = mapped_column(String(5))
    municipality_code: Mapped[str | None] = mapped_column(String(6), index=True)  # ČSÚ code
    municipality_name: Mapped[str | None] = mapped_column(String(100))
    orp_code: Mapped[str | None] = mapped_column(String(5), index=True)  # ČSÚ code
    orp_name: Mapped[str | None] = mapped_column(String(100))
    address_place_code: Mapped[int | None]  # RÚIAN
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    point_is_exact: Mapped[bool]  # False: the seat of the municipality stands for the address
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]

    service: Mapped[Service] = relationship(back_populates="facilities")


class Contact(Model):
    __tablename__ = "service_contacts"
    __table_args__ = (CheckConstraint("kind IN ('phone', 'email', 'web')", name="kind_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(5))
    value: Mapped[str] = mapped_column(String(400))
    note: Mapped[str | None] = mapped_column(String(400))


class ServiceTargetGroup(Model):
    __tablename__ = "service_target_groups"
    __table_args__ = (Index("ix_service_target_groups_code", "code"),)

    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)  # of the code list "target_groups"


class ServiceAgeGroup(Model):
    __tablename__ = "service_age_groups"

    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)  # of the code list "age_groups"


class CodeListItem(Model):
    """One entry of a ministry's code list, kept as last imported."""

    __tablename__ = "code_list_items"

    list_name: Mapped[str] = mapped_column(String(20), primary_key=True)  # "target_groups", "age_groups"
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))


class CatalogImport(Model):
    """One file of the register: what it would change, what became of it, and how to take it back."""

    __tablename__ = "catalog_imports"
    __table_args__ = (
        CheckConstraint(
            "state IN ('previewed', 'waiting', 'applied', 'rolled_back', 'rejected', 'discarded')", name="state_known"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64), index=True)  # file, code lists and region
    file_name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # why it waits or was rejected
    services_in_file: Mapped[int]
    services_in_region: Mapped[int]
    services_live: Mapped[int]  # not ended before this import: what the share of changes is taken of
    added: Mapped[int]
    changed: Mapped[int]
    ended: Mapped[int]
    counted: Mapped[int]  # of these, changes of the register itself (not of our places alone)
    row_errors: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # the first of them, as shown
    row_error_count: Mapped[int]
    row_notice_count: Mapped[int]
    base_import_id: Mapped[int | None]  # the applied import this one was compared with
    code_lists: Mapped[dict[str, Any]] = mapped_column(JSON)  # the file's own, for applying later
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # providers and code lists a rollback restores
    created_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_user_id: Mapped[int | None]
    applied_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rolled_back_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)

    changes: Mapped[list[CatalogImportChange]] = relationship(cascade="all, delete-orphan")


class CatalogImportChange(Model):
    """What one import does to one service; ``before`` (set when applied) is what a rollback restores."""

    __tablename__ = "catalog_import_changes"
    __table_args__ = (
        UniqueConstraint("import_id", "register_id"),
        CheckConstraint("kind IN ('added', 'changed', 'ended')", name="kind_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("catalog_imports.id", ondelete="CASCADE"), index=True)
    register_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(400))
    differences: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # field, old and new value, as shown
    before: Mapped[str | None] = mapped_column(Text)  # JSON: the stored rows
    after: Mapped[str | None] = mapped_column(Text)  # JSON: the cleaned record; None: gone from the file
    after_hash: Mapped[str | None] = mapped_column(String(64))


class CatalogVersion(Model):
    """One row that counts changes of what the public sees; caches and ETags hang on it."""

    __tablename__ = "catalog_version"

    id: Mapped[int] = mapped_column(primary_key=True)  # always 1
    number: Mapped[int]
    changed_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)


class EditProposal(Model):
    """A change of the entry proposed by the provider; the kraj accepts or declines it."""

    __tablename__ = "catalog_edit_proposals"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'accepted', 'declined', 'withdrawn')", name="state_known"),
        Index("ix_catalog_edit_proposals_state_id", "state", "id"),
        # A service has one open proposal at most. Named as SQLite's message about it is read.
        Index(
            "uq_catalog_edit_proposals_service_id",
            "service_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(9))
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)  # field -> {"from": ..., "to": ...}
    comment: Mapped[str | None] = mapped_column(Text)
    reply: Mapped[str | None] = mapped_column(Text)
    proposed_by_user_id: Mapped[int | None]
    proposed_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_user_id: Mapped[int | None]
    decided_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
