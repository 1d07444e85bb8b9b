"""Python and the browser derive the same strings: from kept vectors and from texts made at random."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from portal.identity.birth_number import check_birth_number
from portal.identity.kinds import KINDS, linkage_inputs
from portal.identity.types import Identity, Sex
from tests.factories.identities import birth_numbers_of_day
from tests.factories.node import ask_twin

VECTORS = Path(__file__).parent / "vectors.json"
BORN = (1973, 10, 28)
TODAY = (2026, 11, 27)
MARKS = (
    "aábcčdďeěfghiíjklmnňoópqrřsštťuúůvwxyýzžAÁÓŠŘŽ ’'-–.,/()\u0301\u0000\u00ad\u200b\u00a0ßæłđЩїьґЄИ王αΣςİıﬁ０²123 "
)
PIECES = (
    "Ing.",
    "Ph.D.",
    "Ph. D.",
    ", MBA",
    "roz.",
    "von",
    "de",
    "ml.",
    "neuvedeno",
    "Nováková",
    "Jan",
    "Svoboda",
    "-",
)


def as_typed(who: Identity) -> dict[str, str]:
    return {
        "given": who.given,
        "surname": who.surname,
        "born": who.born,
        "birthNumber": who.birth_number,
        "sex": who.sex,
        "municipality": who.municipality,
    }


def random_identity(rng: random.Random) -> Identity:
    def text() -> str:
        if rng.random() < 0.5:
            return " ".join(rng.choices(PIECES, k=rng.randrange(4)))
        return "".join(rng.choices(MARKS, k=rng.randrange(12)))

    def date() -> str:
        numbers = rng.randrange(1, 33), rng.randrange(1, 14), rng.randrange(1840, 2210)
        form = rng.choice(
            ["{}. {}. {}", "{:02}.{:02}.{}", "{}/{}/{}", "{2}-{1:02}-{0:02}", "{} {} {} 0:00", "{}.{} {}"]
        )
        return str(form).format(*numbers)

    def number() -> str:
        digits = f"{rng.randrange(100):02}{rng.randrange(84):02}{rng.randrange(82):02}{rng.randrange(10000):04}"
        if rng.random() < 0.5:
            month = rng.choice([0, 50, 20, 70]) + rng.randrange(1, 13)
            digits = f"{rng.randrange(100):02}{month:02}15/{rng.randrange(9999)}"
        return digits[: rng.choice([9, 10, 10, 11])]

    return Identity(
        text(), text(), date(), number(), rng.choice(["", "M", "žena", "?"]), rng.choice(["", "500496", "1"])
    )


def test_the_kept_vectors_hold_in_python_and_in_the_browser() -> None:
    """``python tools/identity_vectors.py`` writes them anew when a kind was changed on purpose."""
    kept: dict[str, Any] = json.loads(VECTORS.read_text("utf-8"))
    identities = [Identity(*row["typed"]) for row in kept["identities"]]
    expected = [row["inputs"] for row in kept["identities"]]
    assert len(expected) > 200
    assert kept["kinds"] == [kind.code for kind in KINDS]
    assert [list(linkage_inputs(who)) for who in identities] == expected
    codes, theirs = ask_twin(["kinds"], ["inputs", [as_typed(who) for who in identities]])
    assert codes == kept["kinds"]
    assert theirs == expected


def test_any_typed_text_gives_the_same_inputs_in_both() -> None:
    rng = random.Random(20261127)
    people = [random_identity(rng) for _ in range(1500)]
    [theirs] = ask_twin(["inputs", [as_typed(who) for who in people]])
    differing = [
        (who, ours, found)
        for who, found in zip(people, theirs, strict=True)
        if (ours := list(linkage_inputs(who))) != found
    ]
    assert differing == []
    known = sum(text is not None for found in theirs for text in found)
    assert known > len(people)  # the texts are not all nonsense


def test_both_doubt_the_same_birth_numbers_for_the_same_reason() -> None:
    rng = random.Random(1)
    texts = [random_identity(rng).birth_number for _ in range(1500)]
    texts += rng.sample([*birth_numbers_of_day(*BORN), *birth_numbers_of_day(1990, 1, 1)], 200)
    texts += ["", "/", "736028/5163", "736028\u00a05163", "850660/1234", "610968/1234", "301231/0001", "900101/0140"]
    for born, sex in ((None, None), (BORN, Sex.FEMALE), ((1961, 9, 18), Sex.MALE)):
        [theirs] = ask_twin(["checks", texts, born, sex, TODAY])
        ours = [check_birth_number(text, born, sex, TODAY) for text in texts]
        assert [found["doubt"] for found in theirs] == [found.doubt for found in ours]
        assert [found["digits"] for found in theirs] == [found.digits for found in ours]
        assert [found["sex"] for found in theirs] == [found.sex for found in ours]
        assert [found["born"] for found in theirs] == [list(found.born) if found.born else None for found in ours]
        assert [found["isInsuranceNumber"] for found in theirs] == [found.is_insurance_number for found in ours]
