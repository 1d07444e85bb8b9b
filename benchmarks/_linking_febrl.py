"""FEBRL4 by digests alone: its fields mapped to linkage inputs of the same mechanism.

Twice 5 000 invented Australian records, each person once in each file. An input is a field or a part of one, joined
with no other: there is no secret to keep here, and no birth number that could teach the rest. Kinds made of one field
form a group of the estimation.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import blake2b

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from portal.identity.names import sound
from portal.vault.linking.fitting import fit_rules, fit_sample
from portal.vault.linking.linking import link
from portal.vault.linking.patterns import Groups
from portal.vault.linking.types import Links

Derive = Callable[[dict[str, str]], str]
BEGINNING = 3
UPPER, LOWER = 0.5, 0.1
KEY = b"only for trials with invented people"


def _letters(text: str) -> str:
    return re.sub("[^a-z0-9]", "", text)


def _field(name: str) -> Derive:
    return lambda row: _letters(row[name])


def _begin(name: str, length: int = BEGINNING) -> Derive:
    return lambda row: _letters(row[name])[:length]


def _end(name: str, length: int = BEGINNING) -> Derive:
    return lambda row: _letters(row[name])[-length:]


def _sound(name: str) -> Derive:
    return lambda row: sound(_letters(row[name]))


def _parts(name: str, *places: int) -> Derive:
    """Digits at these places; empty where there are not enough."""
    return lambda row: "".join(row[name][place] for place in places) if len(row[name]) > max(places) else ""


def _names_either_way(row: dict[str, str]) -> str:
    names = sorted((_letters(row["given_name"]), _letters(row["surname"])))
    return "|".join(names) if all(names) else ""


def _streets_either_way(row: dict[str, str]) -> str:
    return "|".join(sorted((_letters(row["address_1"]), _letters(row["address_2"]))))


FIELDS: dict[str, dict[str, Derive]] = {
    "names": {
        "given": _field("given_name"),
        "given_begin": _begin("given_name"),
        "given_end": _end("given_name"),
        "surname": _field("surname"),
        "surname_begin": _begin("surname"),
        "surname_end": _end("surname"),
        "names_either_way": _names_either_way,
    },
    "born": {
        "date": _field("date_of_birth"),
        "year_month": _parts("date_of_birth", 0, 1, 2, 3, 4, 5),
        "year_day": _parts("date_of_birth", 0, 1, 2, 3, 6, 7),
        "month_day": _parts("date_of_birth", 4, 5, 6, 7),
    },
    "street": {
        "address": _field("address_1"),
        "address_begin": _begin("address_1", 5),
        "address_end": _end("address_1", 6),
        "streets_either_way": _streets_either_way,
    },
    "house": {"number": _field("street_number")},
    "second_line": {"line": _field("address_2"), "line_begin": _begin("address_2", 5)},
    "place": {
        "suburb": _field("suburb"),
        "suburb_begin": _begin("suburb", 4),
        "postcode": _field("postcode"),
        "postcode_begin": _parts("postcode", 0, 1, 2),
        "state": _field("state"),
    },
}
ID_FIELD: dict[str, dict[str, Derive]] = {
    "id": {
        "id": _field("soc_sec_id"),
        "id_begin": _parts("soc_sec_id", 0, 1, 2, 3),
        "id_end": _parts("soc_sec_id", 3, 4, 5, 6),
    }
}


def febrl_digests(
    rows: list[dict[str, str]], with_id: bool
) -> tuple[NDArray[np.uint64], NDArray[np.bool_], Groups, list[str]]:
    """Digests [n, k, 2], whether they are there, the groups of the kinds, and their codes."""
    fields = FIELDS | (ID_FIELD if with_id else {})
    derived = [(field, kind, derive) for field, kinds in fields.items() for kind, derive in kinds.items()]
    groups = tuple(tuple(n for n, (of, *_) in enumerate(derived) if of == field) for field in fields)
    texts = [[derive(row) for _, _, derive in derived] for row in rows]
    present = np.array([[bool(text) for text in line] for line in texts])
    joined = b"".join(
        blake2b(f"{number}/{text}".encode(), digest_size=16, key=KEY).digest() if text else bytes(16)
        for line in texts
        for number, text in enumerate(line)
    )
    digests = np.frombuffer(joined, dtype="<u8").reshape(len(rows), len(derived), 2)
    return digests, present, groups, [f"{field}/{kind}" for field, kind, _ in derived]


def link_febrl(first: pd.DataFrame, second: pd.DataFrame, with_id: bool) -> Links:
    """Rules from the records' own digests, without their truth, and the links by them."""
    rows = pd.concat([first, second]).fillna("").astype(str).to_dict("records")
    digests, present, groups, kinds = febrl_digests(rows, with_id)
    sample = fit_sample(digests, present, groups)
    provenance = {"command": "benchmarks/linking.py", "seeds": []}
    rules = fit_rules(
        [sample], kinds=kinds, groups=groups, lower=LOWER, upper=UPPER, decides=None, provenance=provenance
    )
    return link(digests, present, rules)
