"""What the forms of a place send, read into its types; what was typed stays when it cannot be read."""

from __future__ import annotations

from collections.abc import Mapping

from portal.core.messages import _m
from portal.waitlists.vacancies.calc.sent import MAX_DIGITS, Reader
from portal.waitlists.vacancies.calc.states import plain
from portal.waitlists.vacancies.types import ClosedReason, PlaceFields, PlaceLine, Room, Sex, Standing, State

FIELDS = (
    "label",
    "places",
    "room",
    "municipality_code",
    "floor",
    "barrier_free",
    "lift",
    "target_group",
    "sex",
    "age_from",
    "age_to",
    "price_from_czk",
    "price_to_czk",
    "phone",
)
STANDING = ("state", "reason", "free_from")

Sent = Mapping[str, str]


def read_place(sent: Sent) -> tuple[PlaceFields, Standing]:
    """A whole place with its state. Raises Invalid by field."""
    reader = Reader(sent)
    fields, standing = _fields(reader), _standing(reader)
    reader.refuse()
    return fields, standing


def read_fields(sent: Sent) -> PlaceFields:
    """The description alone. Raises Invalid by field."""
    reader = Reader(sent)
    fields = _fields(reader)
    reader.refuse()
    return fields


def read_step(sent: Sent) -> tuple[Standing, int | None]:
    """A state to come into, and how many of the places; None: all. Raises Invalid by field."""
    reader = Reader(sent)
    standing, count = _standing(reader), reader.whole("count")
    reader.refuse()
    return standing, count


def read_version(sent: Sent) -> int:
    """The version a form was drawn with; -1, which nothing has, where it says none."""
    text = sent.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else -1


def typed(line: PlaceLine) -> dict[str, str]:
    """A stored place as the form shows it."""
    return {name: as_typed(value) for name, value in plain(line.fields, line.standing).items()}


def as_typed(value: object) -> str:
    """A stored value as a form sends it."""
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)


def _fields(reader: Reader) -> PlaceFields:
    places = reader.whole("places")
    return PlaceFields(
        label=reader.text("label") or "",
        places=1 if places is None else places,
        room=reader.word("room", Room) or Room.SINGLE,
        municipality_code=reader.text("municipality_code"),
        floor=reader.whole("floor"),
        barrier_free=reader.text("barrier_free") is not None,
        lift=reader.text("lift") is not None,
        target_group=reader.text("target_group"),
        sex=reader.word("sex", Sex),
        age_from=reader.whole("age_from"),
        age_to=reader.whole("age_to"),
        price_from_czk=reader.whole("price_from_czk"),
        price_to_czk=reader.whole("price_to_czk"),
        phone=reader.text("phone"),
    )


def _standing(reader: Reader) -> Standing:
    state = reader.word("state", State)
    if state is None and "state" not in reader.faults:
        reader.faults["state"] = [_m("Choose the state.")]
    return Standing(state or State.OCCUPIED, reader.word("reason", ClosedReason), reader.day("free_from"))
