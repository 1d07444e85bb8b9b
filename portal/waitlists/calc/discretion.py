"""Keeps identity out of what is typed or imported beside the code. Pure.

Sentences made here never repeat what they refuse, since errors are shown, stored with a preview and may be logged.
"""

from __future__ import annotations

import re

from portal.core.czech import fold
from portal.core.errors import Invalid
from portal.core.messages import Message, _m
from portal.identity.written import looks_like_birth_number

MAX_REFERENCE, MAX_NOTE = 40, 500
_WORD = re.compile(r"[^\W\d_]{5,}")
# Words of headings that announce identity, folded.
_IDENTITY_WORDS = (
    "jmeno", "prijmeni", "rodne", "rodnec", "rc", "r.c.", "narozeni", "narozen", "adresa", "ulice", "telefon", "mobil",
    "email", "e-mail", "titul", "name", "surname", "birth", "birthdate", "address", "street", "phone", "pojistenec",
)  # fmt: skip


def check_reference(text: str) -> str:
    """A file reference without spaces around it. Raises Invalid for one that could name the person.

    A reference holds a digit and no word of five letters or more, so "SOC-2026/0113" passes and a surname does not.
    """
    plain = " ".join(text.split())
    if not plain:
        raise Invalid(_m("Write the number of your file."))
    if len(plain) > MAX_REFERENCE:
        raise Invalid(_m("Write at most %(limit)s characters.", limit=MAX_REFERENCE))
    if looks_like_birth_number(plain):
        raise Invalid(_m("This looks like a birth number. Write the number under which you keep the file."))
    if not any(character.isdigit() for character in plain) or _WORD.search(plain):
        raise Invalid(
            _m("Write the number of the file, such as SOC-2026/113; no name, and at most four letters at once.")
        )
    return plain


def check_note(text: str) -> str | None:
    """A note without spaces around it, None for an empty one. Raises Invalid for one that holds a birth number."""
    plain = " ".join(text.split())
    if len(plain) > MAX_NOTE:
        raise Invalid(_m("Write at most %(limit)s characters.", limit=MAX_NOTE))
    if looks_like_birth_number(plain):
        raise Invalid(_m("The note holds something that looks like a birth number. Leave it out, and names as well."))
    return plain or None


def announces_identity(heading: str) -> bool:
    """Whether a column of this heading would hold identity."""
    words = re.split(r"[\s_/]+", fold(heading).strip())
    return any(word in _IDENTITY_WORDS for word in words)


IDENTITY_IN_FILE: Message = _m(
    "The file holds names, birth numbers or other identity, so it was not read and nothing of it was kept. Let codes be"
    " made of it in your browser or by “portal code”, and import the result."
)
