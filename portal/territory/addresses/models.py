"""Tables of address points. A set is what one import brought; two are kept, so that the last can be taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model, UtcDateTime

# A server may sort by Czech rules, under which a range of first letters cannot be read from an index.
BY_BYTES = String(200).with_variant(String(200, collation="C"), "postgresql")


class AddressSet(Model):
    """Address points of one import of RÚIAN's files; at most one set is in force."""

    __tablename__ = "address_sets"
    __table_args__ = (
        CheckConstraint("points > 0 AND municipalities > 0 AND without_point >= 0", name="counts_possible"),
        Index(
            "uq_address_sets_in_force",
            "in_force",
            unique=True,
            sqlite_where=text("in_force"),
            postgresql_where=text("in_force"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    in_force: Mapped[bool]
    source: Mapped[str] = mapped_column(String(400))  # names of the files
    content_hash: Mapped[str] = mapped_column(String(64))  # of the points, not of the files
    points: Mapped[int]
    municipalities: Mapped[int]
    without_point: Mapped[int]  # address places without coordinates, left out
    unknown: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # municipalities left out: code, name, points
    imported_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    imported_by_user_id: Mapped[int | None]
    imported_by_name: Mapped[str] = mapped_column(String(200))


class AddressStreet(Model):
    """What a search of a street can begin with: its name from one of its words on, or its part of a municipality.

    A part without streets stands here as a street.
    """

    __tablename__ = "address_streets"

    set_id: Mapped[int] = mapped_column(ForeignKey("address_sets.id", ondelete="CASCADE"), primary_key=True)
    start: Mapped[str] = mapped_column(BY_BYTES, primary_key=True)  # "namesti miru", "miru", and "=holice" by its part
    number: Mapped[int] = mapped_column(primary_key=True)  # of the street in its set, in Czech order
    words: Mapped[str] = mapped_column(String(200))  # of its name
    place_words: Mapped[str] = mapped_column(String(200))  # of the part and the municipality


class AddressPoint(Model):
    """One address place of RÚIAN with its definition point (WGS84)."""

    __tablename__ = "address_points"
    __table_args__ = (
        Index("ix_address_points_set_id_street_number_house", "set_id", "street_number", "house"),
        Index("ix_address_points_set_id_house", "set_id", "house"),  # a house of a part that has many streets
        CheckConstraint("lon BETWEEN 12 AND 19 AND lat BETWEEN 48 AND 51.2", name="in_the_country"),
    )

    set_id: Mapped[int] = mapped_column(ForeignKey("address_sets.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # Kód ADM
    municipality_code: Mapped[str] = mapped_column(String(6))
    street_number: Mapped[int]  # `address_streets.number`
    house: Mapped[int]  # číslo domovní
    numbers: Mapped[str] = mapped_column(String(40))  # of the house, orientation, postcode: " 12 3a 77900 "
    label: Mapped[str] = mapped_column(String(300))  # "Horní náměstí 12/3, 779 00 Olomouc"
    lon: Mapped[float]
    lat: Mapped[float]
