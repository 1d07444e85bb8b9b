"""The rules by which pairs are weighed: an artefact in a file, with where it comes from, checked when it is read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from portal.core.messages import _m
from portal.vault.linking.patterns import Groups, Patterns
from portal.vault.linking.types import Floats, Ints, InvalidRules

FORMAT: Final = 1
RULES_FILE: Final = Path(__file__).with_name("rules.json")
CLASSES: Final = ("match", "kin", "stranger")
_TINY: Final = 1e-300


@dataclass(frozen=True)
class Table:
    """Of one group of kinds: ``shares`` [3, states] of each class of pairs in each of the ``states``, which ascend.

    A state is a number whose bit n says that the group's nth kind agrees.
    """

    kinds: tuple[int, ...]
    states: Ints
    shares: Floats

    def logs(self, states: Ints, known: Ints) -> Floats:
        """[3, len(states)] logs of the shares of the states, as far as their kinds are ``known`` (one bit each).

        Of what is not known every possibility counts. A state that was never seen counts as the most telling one of
        those that agree in a part of its kinds, since agreeing in more cannot speak against a match.
        """
        found = np.zeros((len(CLASSES), len(states)))
        for mask in np.unique(known):
            here = known == mask
            found[:, here] = self._among(int(mask), states[here])
        return found

    def _among(self, mask: int, states: Ints) -> Floats:
        seen, place = np.unique(self.states & mask, return_inverse=True)
        summed = [np.bincount(place.ravel(), weights=row, minlength=len(seen)) for row in self.shares]
        shares = np.maximum(np.array(summed), _TINY)
        odds = shares[0] / (shares[1] + shares[2])
        wanted, which = np.unique(states, return_inverse=True)
        columns = np.empty(len(wanted), dtype=np.int64)
        for number, one in enumerate(wanted):
            same = np.flatnonzero(seen == one)
            within = np.flatnonzero((seen & ~one) == 0)
            columns[number] = same[0] if len(same) else within[np.argmax(odds[within])]
        return np.asarray(np.log(shares)[:, columns[which.ravel()]])


@dataclass(frozen=True)
class Rules:
    """``kinds``: codes in the order of the digests. ``kin_per_record``: pairs of kin for each record, where they were
    estimated apart from strangers. ``lower`` and ``upper``: the least probability of a proposed and of a linked pair.
    ``decides``: the kind (birth number) that links by itself and keeps apart, or None. ``provenance``: how and from
    what the rules were made.
    """

    kinds: tuple[str, ...]
    tables: tuple[Table, ...]
    kin_per_record: float
    lower: float
    upper: float
    decides: int | None
    provenance: dict[str, Any]

    @property
    def groups(self) -> Groups:
        return tuple(table.kinds for table in self.tables)

    def logs(self, patterns: Patterns) -> Floats:
        """[3, patterns]: the log of each pattern's frequency in each class."""
        found = np.zeros((len(CLASSES), len(patterns)))
        for table, states, known in zip(self.tables, patterns.states, patterns.known, strict=True):
            found += table.logs(states, known)
        return found


def as_json(rules: Rules) -> str:
    """The file's text: one line for each state, so that two versions can be compared."""
    head = {
        "format": FORMAT,
        "provenance": rules.provenance,
        "kinds": rules.kinds,
        "decides": rules.decides,
        "lower": rules.lower,
        "upper": rules.upper,
        "kin_per_record": rules.kin_per_record,
    }
    tables = []
    for table in rules.tables:
        rows = ",\n   ".join(
            json.dumps([int(one), *(float(f"{share:.6g}") for share in shares)])
            for one, shares in zip(table.states, table.shares.T, strict=True)
        )
        tables.append(f' {{"kinds": {json.dumps(table.kinds)}, "states": [\n   {rows}]}}')
    opening = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    joined = ",\n".join(tables)
    return f'{opening},\n "classes": {json.dumps(CLASSES)},\n "tables": [\n{joined}\n ]\n}}\n'


def read_rules(text: str, kinds: Sequence[str] | None = None) -> Rules:
    """The rules in a file's text. Raises InvalidRules where it is not whole or made for other ``kinds``."""
    try:
        rules = _parsed(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidRules(_m("The rules of linking cannot be read.")) from error
    if kinds is not None and rules.kinds != tuple(kinds):
        raise InvalidRules(_m("The rules of linking were made for other linkage inputs."))
    _check(rules)
    return rules


def _parsed(content: dict[str, Any]) -> Rules:
    if content["format"] != FORMAT or tuple(content["classes"]) != CLASSES:
        raise ValueError("another format")
    tables = []
    for entry in content["tables"]:
        rows = np.array(entry["states"], dtype=float)
        if rows.ndim != 2 or rows.shape[1] != len(CLASSES) + 1:
            raise ValueError("a state without its shares")
        tables.append(Table(tuple(int(kind) for kind in entry["kinds"]), rows[:, 0].astype(np.int64), rows[:, 1:].T))
    return Rules(
        kinds=tuple(content["kinds"]),
        tables=tuple(tables),
        kin_per_record=float(content["kin_per_record"]),
        lower=float(content["lower"]),
        upper=float(content["upper"]),
        decides=None if content["decides"] is None else int(content["decides"]),
        provenance=dict(content["provenance"]),
    )


def _check(rules: Rules) -> None:
    """Every kind in one group, shares that are shares, thresholds in order, and a word on where it comes from."""
    grouped = sorted(kind for table in rules.tables for kind in table.kinds)
    is_right = (
        grouped == list(range(len(rules.kinds)))
        and 0 < rules.lower <= rules.upper <= 1
        and rules.kin_per_record >= 0
        and (rules.decides is None or rules.decides in grouped)
        and {"command", "seeds"} <= rules.provenance.keys()
    )
    if not (is_right and all(_is_right(table) for table in rules.tables)):
        raise InvalidRules(_m("The rules of linking are not whole."))


def _is_right(table: Table) -> bool:
    shares, states = table.shares, table.states
    return bool(
        len(states) > 0
        and states[0] == 0
        and (np.diff(states) > 0).all()
        and states[-1] < 1 << len(table.kinds)
        and np.isfinite(shares).all()
        and (shares >= 0).all()
        and all(abs(row.sum() - 1) < 1e-3 or row.sum() == 0 for row in shares)
    )


@cache
def shipped_rules(path: Path = RULES_FILE) -> Rules:
    """The rules that come with the portal, made from an invented population; docs/linking.md tells how."""
    return read_rules(path.read_text(encoding="utf-8"))
