"""A word in the forms in which it could leave a program unnoticed."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from urllib.parse import quote, quote_plus

from portal.core.czech import fold

_HEX = re.compile("[0-9a-f]+")  # short ones stand in random digests by chance


def spellings(word: str) -> set[str]:
    """The word, folded, escaped, encoded and hashed, all in small letters: look for them in a folded text."""
    forms = {word, fold(word), word.lower(), word.upper(), unicodedata.normalize("NFD", word), word.replace(" ", "")}
    found = set(forms)
    for form in forms:
        raw = form.encode()
        found |= {
            quote(form, safe=""),
            quote_plus(form),
            json.dumps(form)[1:-1],
            raw.hex(),
            form.encode("utf-16-le").hex(),
        }
        found |= {hashlib.new(name, raw).hexdigest() for name in ("md5", "sha1", "sha256", "sha512")}
        for lead in range(3):  # in base64 a word has three faces, by its place; its edges depend on what is beside it
            coded = base64.b64encode(b"\0" * lead + raw).decode()
            middle = coded[(lead * 8 + 5) // 6 : -4]
            if len(middle) >= 6:
                found |= {middle, middle.replace("+", "-").replace("/", "_")}
    return {folded for form in found if len(folded := form.casefold()) >= (8 if _HEX.fullmatch(folded) else 4)}
