"""Write the vectors that Python and the browser are both tested against: typed identities and their linkage inputs.

``python tools/identity_vectors.py``   after a kind of linkage input was changed on purpose; look at the difference
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path

from portal.identity.kinds import KINDS, linkage_inputs
from portal.identity.types import Identity

TARGET = Path(__file__).resolve().parent.parent / "tests" / "unit" / "identity" / "vectors.json"

GIVEN = (
    "Jan",
    "JANA",
    "Jan Pavel",
    "Jean-Luc",
    "Žofie",
    "Ľubomír",
    "Олена",
    "Nguyễn Thị",
    "Ing. Jiří",
    "Łukasz",
    "J.",
    "-",
    "Ma",
)
SURNAMES = (
    "Novák",
    "Nováková",
    "NOVAK",
    "Nova\u0301k",
    "Nováková-Svobodová",
    "Svobodová Nováková",
    "Nováková – Svobodová",
    "Novák ml.",
    "Novák, Ph.D.",
    "Mgr. Novák CSc., MBA",
    "Nováková roz. Malá",
    "Nováková (Malá)",
    "von der Leyen",
    "O’Brien",
    "D'Angelo",
    "Шевченко",
    "Щербакова",
    "Їжакевич",
    "Havel",
    "Havlová",
    "Němec",
    "Němcová",
    "Svoboda",
    "Svobodová",
    "Novotný",
    "Novotná",
    "Krejčí",
    "Kučera",
    "Mayer",
    "Majer",
    "Schmidt",
    "Šmit",
    "Wolf",
    "Volf",
    "Weiß",
    "Müller",
    "Petrov",
    "Petrova",
    "Le",
    "Ing",
    "Dr.",
    "neuvedeno",
    "x",
    "klient 7",
    "",
    "12",
    "王",
    "Nguyễn",
    "Øster",
    "Şahin",
    "Iıİi",
    "ﬁala",
    "Ｎovák",
    "No\u00advák",
)
DATES = (
    "1. 2. 1950",
    "01.02.1950",
    "1950-02-01",
    "1/2/1950",
    "1. února 1950",
    "1. II. 1950",
    "19500201",
    "1950-02-01T00:00:00",
    "31. 12. 1999",
    "29. 2. 2000",
    "29. 2. 1900",
    "31. 4. 1980",
    "1. 2. 50",
    "",
    "1. 1. 1900",
    "12. 11. 1938",
    "11. 12. 1938",
)
NUMBERS = (
    "",
    "500201/123",
    "505201 123",
    "736028/5163",
    "7360285163",
    "736028/5164",
    "736082/5163",
    "780123/3540",
    "042215/0014",
    "047215/0019",
    "610968/1234",
    "817952/1234",
    "850641/0004",
    "850660/1234",
    "731328/5167",
    "000000/0000",
    "736028/9999",
    "12345678",
    "abc",
    "736028/516",
    "301231/0001",
)
SEXES = ("", "muž", "Žena", "M", "F", "?")
MUNICIPALITIES = ("", "500496", " 500496 ", "5004", "abcdef")
BY_HAND = (
    Identity("Eva", "Havlová", "", "736028/5163"),
    Identity("Eva", "Havlová", "1. 1. 1980", "736028/5163"),
    Identity("", "", "10. 6. 1985", "850660/1234"),
    Identity("", "", "20. 6. 1985", "850660/1234"),
    Identity("Novák", "Jan", "1. 2. 1950"),
    Identity("Jan", "Novák", "2. 1. 1950"),
    Identity(),
)


def identities() -> list[Identity]:
    """Every surname, given name, date and number at least once, each beside another of the others."""
    given, dates, numbers = itertools.cycle(GIVEN), itertools.cycle(DATES), itertools.cycle(NUMBERS)
    sexes, places = itertools.cycle(SEXES), itertools.cycle(MUNICIPALITIES)
    mixed = [
        Identity(next(given), surname, next(dates), next(numbers), next(sexes), next(places))
        for _ in range(4)
        for surname in SURNAMES
    ]
    return [*mixed, *BY_HAND]


def main() -> None:
    lines = [
        json.dumps(
            {
                "typed": [who.given, who.surname, who.born, who.birth_number, who.sex, who.municipality],
                "inputs": linkage_inputs(who),
            },
            ensure_ascii=False,
        )
        for who in identities()
    ]
    kinds = json.dumps([kind.code for kind in KINDS])
    TARGET.write_text(f'{{"kinds": {kinds},\n"identities": [\n' + ",\n".join(lines) + "\n]}\n", "utf-8")


if __name__ == "__main__":
    main()
