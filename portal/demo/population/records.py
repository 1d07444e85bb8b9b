"""Records of the people as they stand in the lists of providers, one to four for each person, some of them damaged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from portal.demo.population.damage import (
    DAMAGES_PER_RECORD,
    WEIGHTS,
    Damage,
    exchanged_date,
    mistyped,
    with_title,
    without_accents,
    wrong_date,
    wrong_number,
)
from portal.demo.population.names import load_names
from portal.demo.population.people import SERVICE_TYPES, People, create_people, demonstration_places

RECORDS_PER_PERSON: Final = (0.58, 0.26, 0.11, 0.05)
MEAN_RECORDS: Final = sum((k + 1) * share for k, share in enumerate(RECORDS_PER_PERSON))
OF_THE_SAME_TYPE: Final = 0.85
NUMBER_NOT_ASKED: Final = 0.10
"""Share of the records, damaged or not, of providers that do not ask for the birth number."""
COLUMNS: Final = (
    "record", "provider", "service_type", "orp_code", "municipality_code", "surname", "given_name", "birth_number",
    "date_of_birth", "sex",
)  # fmt: skip
PROVIDERS: Final = 180


@dataclass(frozen=True)
class Population:
    """``records`` with ``COLUMNS`` and ``truth`` with record, person and damage, row by row the same."""

    records: pd.DataFrame
    truth: pd.DataFrame


def generate(persons: int, damaged: float, seed: int) -> Population:
    """The records of so many persons, in random order; the share ``damaged`` of them (0 to 1) has errors.

    The same arguments give the same records.
    """
    random = np.random.default_rng([seed, 0x5EED])
    people = create_people(persons, random)
    copies = random.choice(len(RECORDS_PER_PERSON), size=persons, p=RECORDS_PER_PERSON) + 1
    person = random.permutation(np.repeat(np.arange(persons), copies))
    records = _undamaged(people, person, random)
    damage = _damage(records, people, person, damaged, random, Random(seed))
    records.loc[random.random(len(person)) < NUMBER_NOT_ASKED, "birth_number"] = ""
    records.insert(0, "record", np.arange(1, len(person) + 1))
    return Population(
        records[list(COLUMNS)],
        pd.DataFrame({"record": records["record"], "person": person + 1, "damage": damage}),
    )


def _undamaged(people: People, person: NDArray[np.int64], random: np.random.Generator) -> pd.DataFrame:
    names, places = load_names(), demonstration_places()
    surnames = np.where(
        people.is_woman, names.surnames_of_women[people.surname], names.surnames_of_men[people.surname]
    ).astype(object)
    home, count = people.home[person], len(person)
    other = random.choice(len(SERVICE_TYPES), size=count)
    kind = np.where(random.random(count) < OF_THE_SAME_TYPE, people.service_type[person], other)
    columns: dict[str, Any] = {
        "provider": random.integers(1, PROVIDERS + 1, size=count),
        "service_type": np.array(SERVICE_TYPES, dtype=object)[kind],
        "orp_code": places.orp_codes[home],
        "municipality_code": places.codes[home],
        "surname": surnames[person],
        "given_name": people.given[person],
        "birth_number": people.birth_number[person],
        "date_of_birth": people.born.astype("datetime64[D]").astype(str).astype(object)[person],
        "sex": np.where(people.is_woman, "f", "m").astype(object)[person],
    }
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})


def _damage(
    records: pd.DataFrame,
    people: People,
    person: NDArray[np.int64],
    share: float,
    random: np.random.Generator,
    letters: Random,
) -> NDArray[np.object_]:
    """Damages the records in place; the words of what was done to each, empty for none."""
    rows = np.flatnonzero(random.random(len(person)) < share)
    times = random.choice(len(DAMAGES_PER_RECORD), size=len(rows), p=DAMAGES_PER_RECORD) + 1
    kinds, weights = list(WEIGHTS), np.array(list(WEIGHTS.values()))
    drawn = random.choice(len(kinds), size=int(times.sum()), p=weights / weights.sum())
    damages = _Damages(records, people, person, letters)
    words: list[list[str]] = [[] for _ in range(len(person))]
    for row, kind in zip(np.repeat(rows, times).tolist(), drawn.tolist(), strict=True):
        damage = kinds[kind]
        # What changes nothing here (a maiden name of a man, day 23 as a month) gives way to something else.
        while damage.value in words[row] or not damages.does(damage, row):
            damage = letters.choices(kinds, weights.tolist())[0]
        words[row].append(damage.value)
    damages.write()
    return np.array([" ".join(found) for found in words], dtype=object)


class _Damages:
    """The columns as lists while they are being changed."""

    def __init__(self, records: pd.DataFrame, people: People, person: NDArray[np.int64], letters: Random) -> None:
        self.records, self.people, self.person, self.letters = records, people, person, letters
        self.columns = {name: records[name].tolist() for name in records.columns}
        places = demonstration_places()
        self.codes, self.orp_codes = places.codes.tolist(), places.orp_codes.tolist()
        self.cumulative = np.cumsum(places.shares)
        self.surnames_of_women = load_names().surnames_of_women
        self.actions: dict[Damage, Callable[[int], None]] = {
            Damage.SURNAME_TYPO: lambda row: self._change("surname", row, mistyped(self._at("surname", row), letters)),
            Damage.GIVEN_TYPO: lambda row: self._change(
                "given_name", row, mistyped(self._at("given_name", row), letters)
            ),
            Damage.NO_ACCENTS: self._without_accents,
            Damage.DAY_AND_MONTH: lambda row: self._change(
                "date_of_birth", row, exchanged_date(self._at("date_of_birth", row))
            ),
            Damage.DATE_TYPO: lambda row: self._change(
                "date_of_birth", row, wrong_date(self._at("date_of_birth", row), letters)
            ),
            Damage.NUMBER_MISSING: lambda row: self._change("birth_number", row, ""),
            Damage.NUMBER_TYPO: lambda row: self._change(
                "birth_number", row, wrong_number(self._at("birth_number", row), letters)
            ),
            Damage.OTHER_SURNAME: lambda row: self._change("surname", row, self._maiden(row)),
            Damage.DOUBLE_SURNAME: self._double,
            Damage.TITLE: lambda row: self._change("surname", row, with_title(self._at("surname", row), letters)),
            Damage.NAMES_EXCHANGED: self._exchange_names,
            Damage.MOVED: self._move,
        }

    def does(self, damage: Damage, row: int) -> bool:
        """Do it, if it applies: whether anything is different now."""
        before = {name: column[row] for name, column in self.columns.items()}
        self.actions[damage](row)
        return any(column[row] != before[name] for name, column in self.columns.items())

    def write(self) -> None:
        for name, column in self.columns.items():
            self.records[name] = pd.Series(column, dtype=object)

    def _at(self, column: str, row: int) -> str:
        return str(self.columns[column][row])

    def _change(self, column: str, row: int, text: str) -> None:
        self.columns[column][row] = text

    def _without_accents(self, row: int) -> None:
        for column in ("surname", "given_name"):
            self._change(column, row, without_accents(self._at(column, row)))

    def _maiden(self, row: int) -> str:
        maiden = self.people.maiden[self.person[row]]
        return str(self.surnames_of_women[maiden]) if maiden >= 0 else self._at("surname", row)

    def _double(self, row: int) -> None:
        maiden = self._maiden(row)
        if self.people.maiden[self.person[row]] >= 0:
            own, joint = self._at("surname", row), self.letters.choice((" ", "-"))
            pair = (own, maiden) if self.letters.random() < 0.5 else (maiden, own)
            self._change("surname", row, joint.join(pair))

    def _exchange_names(self, row: int) -> None:
        surname, given = self._at("surname", row), self._at("given_name", row)
        self._change("surname", row, given)
        self._change("given_name", row, surname)

    def _move(self, row: int) -> None:
        place = min(int(np.searchsorted(self.cumulative, self.letters.random(), side="right")), len(self.codes) - 1)
        self._change("municipality_code", row, self.codes[place])
        self._change("orp_code", row, self.orp_codes[place])
