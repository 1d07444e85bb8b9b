"""Contacts as links: what a phone dials, where an address of a web leads. Pure."""

from __future__ import annotations

import re

_NATIONAL_DIGITS = 9
_COUNTRY = "+420"
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_MAX_DIGITS = 15  # ITU-T E.164


def phone_link(phone: str) -> str | None:
    """``tel:`` address of a phone as people write it; None when it is no number that can be dialled.

    Nine digits get the Czech prefix, 00 is written as +; what follows a slash, comma or letter is left out
    ("583 123 456, 583 123 457" dials the first).
    """
    written = re.split(r"[,;/]|[^\W\d_]", phone.strip(), maxsplit=1)[0]
    digits = re.sub(r"\D", "", written)
    if written.lstrip().startswith("+"):
        number = "+" + digits
    elif digits.startswith("00"):
        number = "+" + digits[2:]
    elif len(digits) == _NATIONAL_DIGITS:
        number = _COUNTRY + digits
    else:
        number = digits
    return f"tel:{number}" if 3 <= len(number.lstrip("+")) <= _MAX_DIGITS else None


def web_link(web: str) -> str | None:
    """Address of a web page; ``https`` is added where none is written. None for anything but http and https."""
    text = web.strip()
    if not text or any(character.isspace() for character in text):
        return None
    if text.lower().startswith(("http://", "https://")):
        return text
    if _SCHEME.match(text) and not re.match(r"^[^/:]+:\d", text):  # a host with a port is no scheme
        return None
    return "https://" + text.removeprefix("//")
