"""Single values of the register brought into one form: texts, dates, numbers, contacts. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

REMEMBERED = 4096  # names of streets, contacts of a provider and the like come again and again
FIRST_YEAR, LAST_YEAR = 1900, 2100  # 9999-12-31 and the like mean "no end"

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?\Z")
_CZECH_DATE = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})\Z")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9\u00c0-\u017f-]{1,63}\.)+[A-Za-z]{2,63}\Z")
_BETWEEN_VALUES = re.compile(r"[;,]|\s+(?:nebo|a)\s+|\s/\s")
_SEPARATORS = re.compile(r"[;,\s]+")
_HTTP = re.compile(r"https?://", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_UNSAFE = re.compile(r"[<>\"'\\]")
_HOST = re.compile(r"(?:[a-z0-9\u00c0-\u017f_-]{1,63}\.)+[a-z0-9-]{2,63}\Z")


class NotReadable(ValueError):
    """A value that is there but cannot be meant."""


def clean_text(value: Any, limit: int | None = None) -> str | None:
    """One line of text: composed letters, plain single spaces, nothing invisible; None for what is empty.

    Raises NotReadable for anything but a text or a number.
    """
    if value is None:
        return None
    if not isinstance(value, str) and (isinstance(value, bool) or not isinstance(value, (int, float))):
        raise NotReadable(type(value).__name__)
    text = _tidy(value if isinstance(value, str) else str(value))
    if limit is not None and len(text) > limit:
        text = text[:limit].rstrip()
    return text or None


@lru_cache(REMEMBERED)
def _tidy(text: str) -> str:
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    elif not text.isprintable():
        text = _INVISIBLE.sub("", text)
    return " ".join(text.split())


def clean_date(value: Any) -> date | None:
    """A day as 2014-03-01 (a time behind it is ignored) or 1. 3. 2014; None for empty and for far-off years.

    Raises NotReadable when it is no day of the calendar.
    """
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise NotReadable(type(value).__name__)
    text = value.strip()
    if not text:
        return None
    if match := _ISO_DATE.match(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := _CZECH_DATE.match(text):
        day, month, year = (int(part) for part in match.groups())
    else:
        raise NotReadable(text)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NotReadable(text) from error


def clean_integer(value: Any) -> int | None:
    """A whole number, also one written as a text. Raises NotReadable for anything else."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        raise NotReadable(type(value).__name__)
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,12}\s*", value):
        return int(value)
    raise NotReadable(str(value))


def clean_postcode(value: Any) -> str | None:
    """Five digits, however they were spaced; None for anything else."""
    digits = "".join(filter(str.isdecimal, str(value))) if isinstance(value, (str, int)) else ""
    return digits if len(digits) == 5 else None


def clean_ico(value: Any) -> str | None:
    """Eight digits; leading zeros that a number lost come back. None when it cannot be one."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    digits = str(value).replace(" ", "").replace("\u00a0", "")
    return digits.zfill(8) if digits.isascii() and digits.isdigit() and 0 < len(digits) <= 8 else None


@lru_cache(REMEMBERED)
def clean_phones(text: str) -> tuple[str, ...]:
    """The numbers of a field, each as "+420 123 456 789", foreign ones as written, short ones as "116 111"."""
    return tuple(number for part in _BETWEEN_VALUES.split(text) if (number := _phone(part)))


def _phone(text: str) -> str | None:
    digits = "".join(filter(str.isdecimal, text))
    international = text.strip().startswith("+")
    if digits.startswith("00") and len(digits) > 11:
        digits, international = digits[2:], True
    if len(digits) == 12 and digits.startswith("420"):
        digits, international = digits[3:], False
    if international:
        return f"+{digits}" if 7 <= len(digits) <= 15 else None
    if len(digits) == 9:
        return f"+420 {digits[:3]} {digits[3:6]} {digits[6:]}"
    if 3 <= len(digits) <= 6 and digits.startswith("1"):  # helplines and emergency numbers
        return f"{digits[:3]} {digits[3:]}".strip()
    return None


@lru_cache(REMEMBERED)
def clean_emails(text: str) -> tuple[str, ...]:
    """The addresses of a field, the domain in small letters."""
    found = []
    for part in _SEPARATORS.split(text.replace("mailto:", " ")):
        if _EMAIL.match(part) and ".." not in part:
            name, _, domain = part.rpartition("@")
            found.append(f"{name}@{domain.lower()}")
    return tuple(found)


@lru_cache(REMEMBERED)
def clean_webs(text: str) -> tuple[str, ...]:
    """The http(s) addresses of a field; one without a scheme gets http://. Other schemes are dropped."""
    return tuple(address for part in _SEPARATORS.split(text) if (address := _web(part)))


def _web(text: str) -> str | None:
    if not text:
        return None
    if not _HTTP.match(text):
        if _SCHEME.match(text):
            return None
        text = f"http://{text}"
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    if not _HOST.match(host) or "@" in parts.netloc or _UNSAFE.search(text):
        return None
    tail = text.split("//", 1)[1][len(parts.netloc) :]
    return f"{parts.scheme.lower()}://{host}{f':{port}' if port else ''}{tail if tail != '/' else ''}"
