"""What people are told about identities and their codes, by the short names that Python and the browser share."""

from __future__ import annotations

from typing import Final

from portal.core.messages import Message, _m
from portal.identity.birth_number import DOUBTS

NO_DATE: Final = "no_date"
NO_SEX: Final = "no_sex"
NOT_ENOUGH: Final = "not_enough"
TELLING: Final = "telling"

ABOUT_PERSON: Final[dict[str, Message]] = {
    **{doubt.value: message for doubt, message in DOUBTS.items()},
    NO_DATE: _m("The date of birth cannot be read. Write it as 1. 2. 1950, with four digits of the year."),
    NO_SEX: _m("The sex is not understood. Write M or Ž."),
    NOT_ENOUGH: _m(
        "No code can be made: either a birth number is needed, or given name, surname and date of birth together."
    ),
    TELLING: _m("The cell holds the name, date of birth or birth number of the person. It is left out."),
}
