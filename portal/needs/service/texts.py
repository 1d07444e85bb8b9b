"""Free text beside a figure: short, and without identity."""

from __future__ import annotations

from portal.core.errors import Invalid
from portal.core.messages import Message, _m
from portal.identity.written import looks_like_birth_number


def checked_text(text: str, field: str, most: int) -> str:
    """The text without spaces around it. Raises Invalid on the field for one that is too long or holds what looks like
    a birth number; the sentence does not repeat it."""
    plain = text.strip()
    fault: Message | None = None
    if len(plain) > most:
        fault = _m("The text is longer than %(most)s characters.", most=most)
    elif looks_like_birth_number(plain):
        fault = _m("The text holds something that looks like a birth number. Leave it out, and names as well.")
    if fault is not None:
        raise Invalid(fault, {field: [fault]})
    return plain
