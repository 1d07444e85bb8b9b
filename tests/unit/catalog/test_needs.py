"""Words of need are definitions, checked when they are read."""

import pytest

from portal.catalog.calc.needs import load_needs, parse_needs
from portal.catalog.types import service_types

KNOWN = frozenset(service_types())


def definitions(*needs, ignored=("pro", "v")):
    return {"ignored_words": list(ignored), "needs": list(needs)}


def test_the_needs_that_the_portal_ships_are_sound():
    needs = load_needs(KNOWN)
    assert len(needs.needs) >= 30
    assert needs.is_ignored("Pro")
    assert not needs.is_ignored("dluhy")


@pytest.mark.parametrize(
    ("phrase", "section"),
    [
        (("dům", "seniory"), "49"),
        (("domov", "důchodců"), "49"),
        (("hlídání",), "44"),
        (("dluh",), "37"),
        (("demence",), "50"),
        (("násilí",), "60a"),
    ],
)
def test_common_needs_are_answered(phrase, section):
    answers = {words: need.types for need in load_needs(KNOWN).needs for words in need.phrases}
    assert section in answers[phrase]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"phrases": ["dluh"], "types": ["999"]}, "unknown service types"),
        ({"phrases": ["dluh"]}, "types or group_words"),
        ({"phrases": ["dluh"], "types": ["37"], "note": "?"}, "nothing else"),
        ({"types": ["37"]}, "types or group_words"),
        ({"phrases": ["pro v"], "types": ["37"]}, "ignored words"),
        ({"phrases": ["dluh", "DLUH"], "types": ["37"]}, "twice"),
    ],
)
def test_a_faulty_definition_is_refused_by_name(entry, fault):
    with pytest.raises(ValueError, match=fault):
        parse_needs(definitions(entry), KNOWN)


def test_a_phrase_keeps_the_words_that_count():
    needs = parse_needs(definitions({"phrases": ["dům pro seniory"], "types": ["49"]}), KNOWN)
    assert needs.needs[0].phrases == (("dům", "seniory"),)


def test_a_word_that_turns_a_phrase_into_another_one_is_not_left_out():
    phrases = [words for need in load_needs(KNOWN).needs for words in need.phrases]
    assert ("bez", "domova") in phrases
    assert ("domova",) not in phrases  # "domov" asks for a home, not for help without one
