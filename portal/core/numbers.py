"""Numbers as people write them in Czech: comma, spaces between thousands. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

from portal.core.errors import Invalid
from portal.core.messages import _m

# What spreadsheets and typists put between thousands: no-break, figure, thin, narrow no-break space.
_SPACES = re.compile("[\u0020\u00a0\u2007\u2009\u202f]")
_NUMBER = re.compile(r"([+-]?)([0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:[.,]([0-9]+))?")
MAX_DIGITS = 15


def parse_number(text: str, *, max_places: int = 2) -> Decimal:
    """The number a person wrote: ``5 821,5``, ``5821.5`` or ``5821,50``.

    Spaces may only stand between whole groups of three digits, so that two cells pasted into one field are
    not read as one number. Raises Invalid with a sentence when the text is no number, has more than
    ``max_places`` decimal places or more than 15 digits.
    """
    plain = _SPACES.sub(" ", text).strip().replace("\u2212", "-")
    match = _NUMBER.fullmatch(plain)
    if match is None:
        raise Invalid(_m("Write a number, for example 5 821,5."))
    sign, whole, fraction = match.group(1), match.group(2).replace(" ", ""), match.group(3) or ""
    if len(fraction.rstrip("0")) > max_places:
        if max_places == 0:
            raise Invalid(_m("Write a whole number."))
        raise Invalid(_m("Write at most %(places)s decimal places.", places=max_places))
    if len(whole.lstrip("0")) + len(fraction) > MAX_DIGITS:
        raise Invalid(_m("The number is too long."))
    return Decimal(f"{sign}{whole}.{fraction or '0'}").quantize(Decimal(1).scaleb(-len(fraction.rstrip("0"))))
