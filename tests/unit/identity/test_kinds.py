"""Linkage inputs: what stays the same, what changes and what is missing."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from portal.identity.kinds import KINDS, linkage_inputs, oprf_input
from portal.identity.types import Identity

JANA = Identity("Jana", "Nováková", "1. 2. 1950", "505201/123", "žena", "500496")
CODES = [kind.code for kind in KINDS]


def inputs(who: Identity) -> dict[str, str]:
    return {code: text for code, text in zip(CODES, linkage_inputs(who), strict=True) if text is not None}


def agreeing(one: Identity, other: Identity) -> set[str]:
    return {code for code, text in inputs(one).items() if inputs(other).get(code) == text}


def test_codes_are_distinct_and_the_birth_number_comes_first() -> None:
    assert CODES[0] == "birth_number"
    assert len(set(CODES)) == len(CODES)


def test_everything_known_gives_every_input() -> None:
    assert set(inputs(JANA)) == set(CODES)


def test_nothing_known_gives_none() -> None:
    assert inputs(Identity()) == {}
    assert inputs(Identity("neznámá", "-", "1. 1. 1900", "0000000000")) == {}


def test_spelling_does_not_matter() -> None:
    other = Identity("JANA", "Ing. Novakova, Ph.D.", "1950-02-01", "505201 123", "F", " 500496 ")
    assert linkage_inputs(other) == linkage_inputs(JANA)


def test_an_exchanged_day_and_month_leave_their_input() -> None:
    other = replace(JANA, born="2. 1. 1950", birth_number="")
    assert agreeing(JANA, other) == {"names_either_way_born", "names_municipality"}


def test_a_married_name_leaves_given_name_and_date() -> None:
    other = replace(JANA, surname="Kučerová", birth_number="")
    assert agreeing(JANA, other) == {"given_born_municipality"}


def test_exchanged_names_leave_their_input() -> None:
    other = replace(JANA, given="Nováková", surname="Jana")
    assert "names_either_way_born" in agreeing(JANA, other)


def test_a_double_surname_meets_its_parts() -> None:
    double = replace(JANA, surname="Nováková-Kučerová", birth_number="")
    assert "given_initial_born" in agreeing(JANA, double)
    assert "given_tail_born" in agreeing(replace(JANA, surname="Kučerová"), double)


def test_an_error_in_one_part_of_a_name_or_date_leaves_the_inputs_of_the_other_parts() -> None:
    for surname in ("Mováková", "Nováčová"):
        left = agreeing(JANA, replace(JANA, surname=surname, birth_number=""))
        assert left & {"given_initial_born", "given_tail_born"}
    for typed in ("Hana", "Janna"):
        left = agreeing(JANA, replace(JANA, given=typed, birth_number=""))
        assert left & {"surname_initial_born", "surname_tail_born"}
    for born, kind in (("3. 2. 1950", "names_year_month"), ("1. 5. 1950", "names_year_day")):
        assert kind in agreeing(JANA, replace(JANA, born=born, birth_number=""))
    assert "names_day_of_year" in agreeing(JANA, replace(JANA, born="1. 2. 1960", birth_number=""))


def test_a_birth_number_that_fails_its_check_decides_nothing() -> None:
    assert "birth_number" not in inputs(replace(JANA, birth_number="736028/5164"))
    assert inputs(replace(JANA, birth_number="736028/5163"))["birth_number"] == "7360285163"


def test_the_birth_number_gives_date_and_sex_where_they_are_not_typed() -> None:
    assert linkage_inputs(replace(JANA, born="", sex="")) == linkage_inputs(JANA)


def test_the_typed_date_goes_before_a_birth_number_without_a_check_digit() -> None:
    assert inputs(replace(JANA, born="3. 2. 1950"))["sounds_born"].endswith("1950-02-03")


def test_a_birth_number_with_the_right_check_digit_goes_before_the_typed_date() -> None:
    found = inputs(replace(JANA, birth_number="736028/5163", born="3. 2. 1950"))
    assert found["sounds_born"].endswith("1973-10-28")


def test_equal_strings_of_two_kinds_are_different_inputs() -> None:
    assert len({oprf_input(kind, "a") for kind in range(len(KINDS))}) == len(KINDS)
    assert oprf_input(0, "505201123") == b"kissos/1/birth_number/505201123"


texts = st.text(max_size=20)


@given(st.builds(Identity, texts, texts, texts, texts, texts, texts))
def test_any_text_gives_plain_letters_or_nothing(who: Identity) -> None:
    found = linkage_inputs(who)
    assert len(found) == len(KINDS)
    assert all(text is None or re.fullmatch("[a-z0-9|-]+", text) for text in found)
