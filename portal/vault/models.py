"""Tables of the vault, apart from the portal's: neither its migrations nor its backup know them.

Days only, no times: the vault need not know in which order persons came.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
)

from portal.vault.types import CODE_BYTES, MAX_PROVIDER_CHARS, REF_BYTES, WRAPPED_BYTES

SCHEMA_VERSION = 1

metadata = MetaData()

# schema_version, key_id of the last key in the chain that the stored digests went through
facts = Table(
    "facts",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", String(200), nullable=False),
    sqlite_with_rowid=False,
)

# The next free number of persons and records; its row is the lock that registrations take.
numbers = Table(
    "numbers",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("next", BigInteger, nullable=False),
)

persons = Table(
    "persons",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("ref", LargeBinary(REF_BYTES), nullable=False, unique=True),
    Column("is_certain", Boolean, nullable=False),
    Column("used_on", Date, nullable=False),
)

# A record is one distinct set of digests that a person was registered under. ``digests`` is 16 bytes for each kind,
# zeros where one is missing; bit n of ``present`` tells whether kind n is there.
records = Table(
    "records",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("person_id", BigInteger, ForeignKey("persons.id"), nullable=False, index=True),
    Column("present", BigInteger, nullable=False),
    Column("digests", LargeBinary, nullable=False),
    Column("used_on", Date, nullable=False),
)

# The digests that decide by themselves: kind 0 (birth number) and VECTOR_KIND (all digests of a record in one).
digests = Table(
    "digests",
    metadata,
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary(WRAPPED_BYTES), primary_key=True),
    Column("record_id", BigInteger, ForeignKey("records.id"), nullable=False, index=True),
    Column("used_on", Date, nullable=False),
    sqlite_with_rowid=False,
)

# One code for each person and provider.
codes = Table(
    "codes",
    metadata,
    Column("provider", String(MAX_PROVIDER_CHARS), primary_key=True),
    Column("person_id", BigInteger, ForeignKey("persons.id"), primary_key=True),
    Column("code", LargeBinary(CODE_BYTES), nullable=False, unique=True),
    Column("used_on", Date, nullable=False),
    Index("ix_codes_person_id", "person_id"),
    sqlite_with_rowid=False,
)

# Keyed hashes of erased codes.
tombstones = Table(
    "tombstones",
    metadata,
    Column("mark", LargeBinary(WRAPPED_BYTES), primary_key=True),
    Column("made_on", Date, nullable=False),
    sqlite_with_rowid=False,
)

counters = Table(
    "counters",
    metadata,
    Column("day", Date, primary_key=True),
    Column("provider", String(MAX_PROVIDER_CHARS), primary_key=True),
    Column("points", BigInteger, nullable=False, default=0),
    Column("people", BigInteger, nullable=False, default=0),
    Column("refused", BigInteger, nullable=False, default=0),
    Column("minute", Integer, nullable=False, default=0),  # of the day in Prague
    Column("minute_points", BigInteger, nullable=False, default=0),
    Column("is_alarm", Boolean, nullable=False, default=False),
    sqlite_with_rowid=False,
)
