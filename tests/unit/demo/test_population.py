"""The invented population: frequent names, numbers as the law has them, errors in the share asked for."""

from __future__ import annotations

import hashlib
from random import Random

import numpy as np
import pandas as pd
import pytest

from portal.demo.population.birth_numbers import birth_numbers
from portal.demo.population.damage import Damage, exchanged_date, mistyped, wrong_date, wrong_number
from portal.demo.population.names import load_names, womens_form
from portal.demo.population.people import create_people, demonstration_places
from portal.demo.population.records import COLUMNS, MEAN_RECORDS, Population, generate
from portal.demo.population.writing import write_population
from portal.identity.birth_number import check_birth_number
from portal.identity.types import Sex

PERSONS = 12_000


@pytest.fixture(scope="module")
def population() -> Population:
    return generate(PERSONS, 0.2, 5)


@pytest.mark.parametrize(
    ("man", "woman"),
    [
        ("Novák", "Nováková"),
        ("Svoboda", "Svobodová"),
        ("Novotný", "Novotná"),
        ("Krejčí", "Krejčí"),
        ("Petrů", "Petrů"),
        ("Hájek", "Hájková"),
        ("Němec", "Němcová"),
        ("Vaněk", "Vaňková"),
        ("Beneš", "Benešová"),
        ("Čech", "Čechová"),
    ],
)
def test_women_bear_their_form_of_the_surname(man: str, woman: str) -> None:
    assert womens_form(man) == woman


def test_the_commonest_surnames_have_their_share_and_rare_ones_exist(population: Population) -> None:
    records = population.records
    men = records.loc[records["sex"] == "m", "surname"].value_counts(normalize=True)
    assert men["Novák"] == pytest.approx(0.0064 * 0.96, rel=0.35)
    assert men["Krejčí"] == pytest.approx(0.0023 * 0.96, rel=0.6)
    assert (men == men.min()).mean() > 0.5  # most surnames stand once in so small a list
    assert load_names().shares.sum() == pytest.approx(1)


def test_given_names_follow_the_year_of_birth(population: Population) -> None:
    records = population.records
    old = records["date_of_birth"] < "1945"
    women = records["sex"] == "f"
    assert (records.loc[old & women, "given_name"] == "Marie").mean() > 0.08
    assert (records.loc[(records["date_of_birth"] > "1990") & women, "given_name"] == "Marie").mean() < 0.02


def test_every_birth_number_is_valid_unique_and_says_the_date_and_the_sex() -> None:
    people = create_people(PERSONS, np.random.default_rng(3))
    given = people.birth_number != ""
    assert given[~people.is_foreign].all()
    assert len(set(people.birth_number[given])) == given.sum()
    born = people.born.astype("datetime64[D]").astype(str)
    for number, day, is_woman in zip(people.birth_number[given], born[given], people.is_woman[given], strict=True):
        checked = check_birth_number(number)
        assert checked.is_ok, (number, day, checked.doubt)
        assert checked.born is not None
        assert "{:04}-{:02}-{:02}".format(*checked.born) == day
        assert checked.sex is (Sex.FEMALE if is_woman else Sex.MALE)


def test_numbers_stay_valid_when_many_are_born_on_one_day() -> None:
    for year in (1950, 1960, 1999):
        count = 400
        ones = np.ones(count, dtype=np.int64)
        numbers = birth_numbers(year * ones, 7 * ones, 9 * ones, ones.astype(bool))
        assert len(set(numbers)) == count
        assert all(check_birth_number(number).is_ok for number in numbers)


def test_more_people_of_one_day_than_numbers_are_refused() -> None:
    ones = np.ones(600, dtype=np.int64)
    with pytest.raises(ValueError, match="more people"):
        birth_numbers(1960 * ones, ones, ones, ones.astype(bool))


def test_there_are_twins_fathers_with_sons_of_one_name_couples_and_foreigners() -> None:
    people = create_people(PERSONS, np.random.default_rng(3))
    frame = pd.DataFrame(
        {
            "surname": people.surname,
            "given": people.given,
            "born": people.born,
            "home": people.home,
            "woman": people.is_woman,
            "year": people.years,
        }
    )
    twins = frame.groupby(["surname", "born"]).agg(people=("given", "size"), names=("given", "nunique"))
    assert (twins["people"] == 2).sum() > PERSONS * 0.002
    assert (twins["names"] == twins["people"]).mean() > 0.999  # twins have names of their own
    namesakes = frame[~frame["woman"]].groupby(["surname", "given", "home"])["year"].agg(["size", "min", "max"])
    assert ((namesakes["size"] == 2) & (namesakes["max"] - namesakes["min"] >= 19)).sum() > PERSONS * 0.005
    homes = frame.groupby(["surname", "home"])["woman"].agg(["size", "mean"])
    assert ((homes["size"] == 2) & (homes["mean"] == 0.5)).sum() > PERSONS * 0.03
    assert people.is_foreign.mean() == pytest.approx(0.04, abs=0.01)
    assert (people.birth_number[people.is_foreign] == "").mean() > 0.7


def test_records_and_truth_go_together(population: Population) -> None:
    records, truth = population.records, population.truth
    assert tuple(records.columns) == COLUMNS
    assert (records["record"] == truth["record"]).all()
    assert truth["person"].nunique() == PERSONS
    assert len(records) == pytest.approx(PERSONS * MEAN_RECORDS, rel=0.02)
    assert set(records["municipality_code"]) <= set(demonstration_places().codes)


def test_the_share_asked_for_is_damaged_in_all_ways(population: Population) -> None:
    damage = population.truth["damage"]
    assert (damage != "").mean() == pytest.approx(0.2, abs=0.01)
    assert set(" ".join(damage).split()) == {kind.value for kind in Damage}


def test_undamaged_records_of_one_person_are_the_same(population: Population) -> None:
    whole = population.records[population.truth["damage"] == ""].copy()
    whole["person"] = population.truth["person"]
    for column in ("surname", "given_name", "date_of_birth", "sex", "municipality_code"):
        assert (whole.groupby("person")[column].nunique() == 1).all()


def test_the_same_seed_gives_the_same_files_and_another_seed_others(tmp_path) -> None:
    marks = []
    for seed in (7, 7, 8):
        write_population(tmp_path / "out", generate(300, 0.3, seed))
        marks.append(hashlib.sha256((tmp_path / "out" / "records.csv").read_bytes()).hexdigest())
    assert marks[0] == marks[1] != marks[2]


def test_an_error_changes_a_little_and_never_nothing_for_dates_and_numbers(population: Population) -> None:
    random = Random(4)
    for _ in range(500):
        assert abs(len(mistyped("Procházka", random)) - 9) <= 1
        assert wrong_number("5455311620", random) != "5455311620"
        wrong = wrong_date("1945-10-29", random)
        assert wrong != "1945-10-29"
        pd.Timestamp(wrong)
    assert exchanged_date("1945-10-09") == "1945-09-10"
    assert exchanged_date("1945-10-29") == "1945-10-29"
