"""What a mistyped word may mean."""

import random

import pytest
from rapidfuzz.distance import OSA

from portal.core.spelling import Spelling, allowed_typos, near_texts, repaired

WORDS = ("horni", "dolni", "namesti", "olomouc", "olomoucka", "lipova", "lipnik", "mir")


@pytest.mark.parametrize(
    ("typed", "options"),
    [
        ("horni", {"horni": 0}),
        ("hor", {"hor": 0}),  # the beginning of a word
        ("horny", {"horni": 1}),
        ("hroni", {"horni": 1}),
        ("namseti", {"namesti": 1}),
        ("olomuc", {"olomouc": 1}),
        ("olomuock", {"olomouc": 2, "olomoucka": 2}),
        ("orni", {"horni": 1}),
        ("mic", {}),  # three letters may be anything
        ("xyzxyz", {}),
    ],
)
def test_options_are_the_word_and_those_a_typing_error_away(typed, options):
    assert Spelling(WORDS).options(typed) == options


def test_the_nearest_options_agree_with_a_comparison_of_all():
    chance = random.Random(5)
    words = ["".join(chance.choices("abcde", k=chance.randint(3, 9))) for _ in range(400)]
    spelling = Spelling(words)
    for _ in range(200):
        typed = "".join(chance.choices("abcde", k=chance.randint(3, 9)))
        near = {
            word: OSA.distance(typed, word) for word in words if 0 < OSA.distance(typed, word) <= allowed_typos(typed)
        }
        found = spelling.options(typed)
        assert found.pop(typed, None) == (0 if any(word.startswith(typed) for word in words) else None)
        assert found.items() <= near.items()
        assert sorted(found.values()) == sorted(near.values())[: len(found)]
        assert len(found) == min(len(near), 6)


def test_of_words_equally_near_those_with_the_same_first_letter_come_first():
    assert [word for word, _ in near_texts("lipa", ["ripa", "lapa", "lipa"])] == ["lapa", "ripa"]


def test_every_word_has_to_stand_there_and_the_beginning_of_one_is_enough_where_nothing_was_mistyped():
    spelling = Spelling(WORDS)
    typed = [spelling.options(word) for word in ("horny", "olom")]
    assert repaired(typed, ["horni", "olomouc"]) == (("horni", "olom"), 1)
    assert repaired(typed, ["horni", "blatec"]) is None
    assert repaired([spelling.options("lipnk")], ["lipnikova"]) is None  # a corrected word is a whole one
