"""What the report of the auditor says, in numbers and plural forms as people write them."""

import pytest

from portal.releases.types import TableName
from portal.releases.words import attack_sentence, audit_sentences, fallen_cells
from portal.web.languages import in_language

pytestmark = pytest.mark.usefixtures("app")


def attack(looked_at, **found):
    return {
        "attack": "public",
        "passed": True,
        "contradictory": False,
        "looked_at": looked_at,
        "closest": None,
        "exact": 0,
        "too_narrow": 0,
        "findings": [],
        **found,
    }


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "zkoušena 1 buňka, žádná nebyla odhalena."),
        (3, "zkoušeny 3 buňky, žádná nebyla odhalena."),
        (5, "zkoušeno 5 buněk, žádná nebyla odhalena."),
        (1865, "zkoušeno 1\u00a0865 buněk, žádná nebyla odhalena."),
    ],
)
def test_cells_tried_are_counted_in_czech(count, said):
    with in_language("cs"):
        assert attack_sentence(attack(count)) == said


def test_cells_tried_are_counted_in_english():
    with in_language("en"):
        assert attack_sentence(attack(1865)) == "1,865 cells tried, none opened."
        assert attack_sentence(attack(1)) == "1 cell tried, none opened."


def test_cells_that_fell_are_counted_too():
    with in_language("cs"):
        sentence = attack_sentence(attack(12_000, passed=False, exact=1200, too_narrow=3))
        assert "12\u00a0000" in sentence
        assert "1\u00a0200" in sentence
        whole = audit_sentences({"passed": False, "attacks": [attack(2, contradictory=True)]})
        assert "se nesmějí zveřejnit" in whole[0]
        assert "si odporuje" in whole[1]


def test_of_many_who_learn_a_cell_three_are_named_and_the_others_counted():
    keys = [f"{number:08}" for number in range(1203)]
    findings = [
        {
            "period": "2026Q2", "table": TableName.COSTS, "row": "49", "column": "7107",
            "lower": 1_200_000.0, "upper": 1_200_000.0, "is_exact": True, "holder": key,
        }
        for key in keys
    ]  # fmt: skip
    with in_language("cs"):
        [cell] = fallen_cells({"attacks": [attack(1, findings=findings)]}, {keys[0]: "Charita"})
        assert cell.by == "Charita, 00000001, 00000002 a 1\u00a0200 dalších"
        assert cell.learnt == "přesně 1\u00a0200\u00a0000\u00a0Kč"
        [cell] = fallen_cells({"attacks": [attack(1, findings=findings[:4])]}, {})
        assert cell.by == "00000000, 00000001, 00000002 a 1 další"
