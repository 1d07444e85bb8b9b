"""The people: names, births, birth numbers, homes, and who is whose twin, son or wife."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portal.demo.places import load_places
from portal.demo.population.birth_numbers import birth_numbers
from portal.demo.population.names import Names, load_names

TODAY: Final = np.datetime64("2026-09-30")
# Applicants for social services: mostly old, a sixth of working age, some children.
AGES: Final = ((0.76, 82.0, 8.0, 62, 103), (0.15, 45.0, 15.0, 18, 64), (0.09, 9.0, 5.0, 0, 17))
WOMEN_AMONG_OLD: Final = 0.64
WOMEN_AMONG_YOUNGER: Final = 0.46
FOREIGN: Final = 0.04
FOREIGN_WITH_NUMBER: Final = 0.15
# Shares of the people who stand in a pair of this kind with another one of them.
IN_TWINS: Final = 0.008
IN_FATHER_AND_SON: Final = 0.02
IN_COUPLES: Final = 0.10
IN_SIBLINGS: Final = 0.03
TWINS_OF_ONE_SEX: Final = 0.65
SERVICE_TYPES: Final = ("49", "50", "40", "39", "51", "46", "45", "44", "48", "52", "57", "70", "67", "66", "65", "63")
TYPE_SHARES: Final = tuple(1 / (rank + 1.5) for rank in range(len(SERVICE_TYPES)))
_VILLAGE_PEOPLE: Final = 650
_MOST_DRAWS: Final = 20


@dataclass(frozen=True)
class Places:
    """Municipalities with the ORP that each lies in; ``shares`` of the inhabitants, sum 1."""

    codes: NDArray[np.object_]
    names: NDArray[np.object_]
    orp_codes: NDArray[np.object_]
    shares: NDArray[np.float64]


@dataclass
class People:
    """Arrays with one place for each person; names and homes are indexes; ``maiden`` is -1 if there is none."""

    is_woman: NDArray[np.bool_]
    is_foreign: NDArray[np.bool_]
    surname: NDArray[np.int64]
    maiden: NDArray[np.int64]
    given: NDArray[np.object_]
    born: NDArray[np.datetime64]
    birth_number: NDArray[np.object_]
    home: NDArray[np.int64]
    service_type: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.surname)

    @property
    def years(self) -> NDArray[np.int64]:
        return years_of(self.born)


@cache
def demonstration_places() -> Places:
    """The municipalities of the demonstration region; the people of its smaller ones live in villages without a name
    of their own, whose codes are the ORP's code and two digits more.
    """
    rows = []
    for seat in load_places()[1]:
        rest = seat.population
        for place in seat.municipalities:
            rows.append((place.code, place.name, seat.code, float(place.population)))
            rest -= place.population
        villages = min(99, max(0, round(rest / _VILLAGE_PEOPLE)))
        rows.extend(
            (f"{seat.code}{n:02}", f"Lhota {n} ({seat.name})", seat.code, rest / villages) for n in range(villages)
        )
    codes, names, orp_codes, people = zip(*rows, strict=True)
    shares = np.array(people)
    texts = [np.array(column, dtype=object) for column in (codes, names, orp_codes)]
    return Places(texts[0], texts[1], texts[2], shares / shares.sum())


def years_of(born: NDArray[np.datetime64]) -> NDArray[np.int64]:
    return born.astype("datetime64[Y]").astype(np.int64) + 1970


def _births(count: int, random: np.random.Generator) -> NDArray[np.datetime64]:
    group = random.choice(len(AGES), size=count, p=[row[0] for row in AGES])
    middle, spread, least, most = (np.array([row[k] for row in AGES])[group] for k in range(1, 5))
    ages = random.normal(middle, spread)
    outside = (ages < least) | (ages > most)
    ages[outside] = random.uniform(least[outside], most[outside])
    return TODAY - (ages * 365.2425).astype(np.int64).astype("timedelta64[D]")


def _pairs(count: int, share: float, free: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Two rows of people of whom ``share`` is paired off, and how many of ``free`` that used."""
    pairs = min(int(count * share / 2), len(free) // 2)
    return free[:pairs], free[pairs : 2 * pairs], 2 * pairs


def create_people(count: int, random: np.random.Generator) -> People:
    """So many people, the same for the same state of ``random``."""
    names, places = load_names(), demonstration_places()
    born = _births(count, random)
    is_old = years_of(born) < 1964
    is_woman = random.random(count) < np.where(is_old, WOMEN_AMONG_OLD, WOMEN_AMONG_YOUNGER)
    is_foreign = random.random(count) < FOREIGN
    native = random.choice(names.native, size=count, p=names.shares)
    foreign = names.native + random.integers(len(names.surnames_of_men) - names.native, size=count)
    other_surname = random.choice(names.native, size=count, p=names.shares)
    ages = 2026 - years_of(born)
    is_married = is_woman & ~is_foreign & (random.random(count) < np.where(ages > 30, 0.88, 0.0))
    people = People(
        is_woman=is_woman,
        is_foreign=is_foreign,
        surname=np.where(is_foreign, foreign, native),
        maiden=np.where(is_married, other_surname, -1),
        given=np.empty(count, dtype=object),
        born=born,
        birth_number=np.empty(count, dtype=object),
        home=random.choice(len(places.shares), size=count, p=places.shares),
        service_type=random.choice(len(SERVICE_TYPES), size=count, p=np.array(TYPE_SHARES) / sum(TYPE_SHARES)),
    )
    people.given[:] = _given(people, names, random)
    _relate(people, names, random)
    people.birth_number[:] = _numbers(people, random)
    return people


def _given(people: People, names: Names, random: np.random.Generator) -> NDArray[np.object_]:
    count, years = len(people), people.years
    native = np.where(
        people.is_woman,
        names.women.names[names.women.drawn(years, random)],
        names.men.names[names.men.drawn(years, random)],
    )
    foreign = np.where(
        people.is_woman,
        names.foreign_women[random.integers(len(names.foreign_women), size=count)],
        names.foreign_men[random.integers(len(names.foreign_men), size=count)],
    )
    return np.where(people.is_foreign, foreign, native).astype(object)


def _relate(people: People, names: Names, random: np.random.Generator) -> None:
    """Makes twins, fathers with sons of the same name, couples and siblings of some of the people."""
    count = len(people)
    free = random.permutation(np.flatnonzero(~people.is_foreign))
    first, second, used = _pairs(count, IN_TWINS, free)
    free = free[used:]
    people.born[second] = people.born[first]
    same_sex = random.random(len(first)) < TWINS_OF_ONE_SEX
    people.is_woman[second] = np.where(same_sex, people.is_woman[first], ~people.is_woman[first])
    _make_kin(people, first, second, names, random, share_of_one_home=0.7)

    older, younger, used = _pairs(count, IN_SIBLINGS, free)
    free = free[used:]
    people.born[younger] = _not_after_today(people.born[older] + random.integers(330, 3300, size=len(older)))
    _make_kin(people, older, younger, names, random, share_of_one_home=0.4)

    men, women = free[~people.is_woman[free]], free[people.is_woman[free]]
    fathers, sons, used = _pairs(count, IN_FATHER_AND_SON, men)
    men = men[used:]
    people.surname[sons] = people.surname[fathers]
    people.given[sons] = people.given[fathers]
    people.born[sons] = _not_after_today(people.born[fathers] + random.integers(7300, 14600, size=len(sons)))
    people.home[sons] = np.where(random.random(len(sons)) < 0.7, people.home[fathers], people.home[sons])

    couples = min(int(count * IN_COUPLES / 2), len(men), len(women))
    husbands, wives = men[:couples], women[:couples]
    people.maiden[wives] = people.surname[wives]
    people.surname[wives] = people.surname[husbands]
    people.home[wives] = people.home[husbands]
    people.born[wives] = _not_after_today(people.born[husbands] + random.integers(-1100, 2900, size=couples))
    people.given[wives] = names.women.names[names.women.drawn(years_of(people.born[wives]), random)]


def _make_kin(
    people: People,
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    names: Names,
    random: np.random.Generator,
    share_of_one_home: float,
) -> None:
    """Children of one couple: the surname they were born with is the same, the given names differ."""
    people.surname[second] = people.surname[first]
    # A married sister bears her husband's name and was born with the one of her siblings.
    for members in (first, second):
        married = members[
            people.is_woman[members] & (people.maiden[members] >= 0) & (random.random(len(members)) < 0.6)
        ]
        people.surname[married], people.maiden[married] = people.maiden[married], people.surname[married]
    people.maiden[second[~people.is_woman[second]]] = -1
    years, unequal = people.years[second], np.zeros(len(second), dtype=bool)
    for _ in range(_MOST_DRAWS):
        drawn = np.where(
            people.is_woman[second],
            names.women.names[names.women.drawn(years, random)],
            names.men.names[names.men.drawn(years, random)],
        )
        people.given[second] = np.where(unequal, people.given[second], drawn)
        unequal = (people.given[second] != people.given[first]).astype(bool)
        if unequal.all():
            break
    together = random.random(len(first)) < share_of_one_home
    people.home[second] = np.where(together, people.home[first], people.home[second])


def _not_after_today(born: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    return np.where(born > TODAY, TODAY - (born - TODAY) % np.timedelta64(3000, "D"), born)


def _numbers(people: People, random: np.random.Generator) -> NDArray[np.object_]:
    months = people.born.astype("datetime64[M]").astype(np.int64) % 12 + 1
    days = (people.born - people.born.astype("datetime64[M]")).astype(np.int64) + 1
    numbers = birth_numbers(people.years, months, days, people.is_woman)
    without = people.is_foreign & (random.random(len(people)) >= FOREIGN_WITH_NUMBER)
    numbers[without] = ""
    return numbers
