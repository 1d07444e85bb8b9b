"""Two spellings of one name come out the same; two names do not."""

from __future__ import annotations

import pytest

from portal.identity.names import given_forms, name_words, sound, stem, surname_forms


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Novák", "novak"),
        ("  NOVÁK  ", "novak"),
        ("Nova\u0301k", "novak"),
        ("Ing. Jan Novák, Ph.D.", "jan novak"),
        ("Ing. arch. Jan Novák Ph. D.", "jan novak"),
        ("Mgr. et Mgr. Jan Novák DiS.", "jan novak"),
        ("Ing.Jan Novák,CSc.,MBA", "jan novak"),
        ("MUDr. Bc. Novák, M.A.", "novak"),
        ("Novák ml.", "novak"),
        ("Novák, st.", "novak"),
        ("Nováková roz. Svobodová", "novakova"),
        ("Nováková (Svobodová)", "novakova"),
        ("Nováková - Svobodová", "novakova svobodova"),
        ("Nováková–Svobodová", "novakova svobodova"),
        ("O'Brien", "obrien"),
        ("O’Brien", "obrien"),
        ("D´Angelo", "dangelo"),
        ("Łukasz Đoković Müller Weiß", "lukasz dokovic muller weiss"),
        ("Шевченко", "shevchenko"),
        ("Щербакова-Їжакевич", "shcherbakova izhakevych"),
        ("Nguyễn Thị Hoà", "nguyen thi hoa"),
        ("No\u00advák\u200b", "novak"),
        ("Ma", "ma"),  # short names that are no titles by themselves
        ("Ing", "ing"),
        ("Dr.", "dr"),
        ("neuvedeno", ""),
        ("Neznámý", ""),
        ("klient 12", ""),
        ("-", ""),
        ("", ""),
        ("12", ""),
        ("王", ""),
    ],
)
def test_words_of_a_name(written: str, words: str) -> None:
    assert " ".join(name_words(written)) == words


@pytest.mark.parametrize(
    "pair",
    [
        "Novák Nováková",
        "Svoboda Svobodová",
        "Novotný Novotná",
        "Havel Havlová",
        "Němec Němcová",
        "Hájek Hájková",
        "Krejčí Krejčí",
        "Kučera Kučerová",
        "Klíma Klímová",
        "Petrov Petrova",
        "Medveděv Medveděva",
    ],
)
def test_a_man_and_a_woman_of_one_family_share_the_stem(pair: str) -> None:
    his, hers = pair.split()
    assert surname_forms(his).stem == surname_forms(hers).stem != ""


@pytest.mark.parametrize(
    "pair",
    ["Mayer Majer", "Schmidt Šmit", "Walter Valtr", "Krejčí Krejči", "Kubát Kubad", "Wolf Volf", "Bubeník Bubenik"],
)
def test_what_sounds_alike_has_one_code(pair: str) -> None:
    one, other = (surname_forms(name).sound for name in pair.split())
    assert one == other


def test_what_sounds_different_has_not() -> None:
    names = [
        "Novák",
        "Svoboda",
        "Dvořák",
        "Černý",
        "Procházka",
        "Kučera",
        "Veselý",
        "Horák",
        "Němec",
        "Pospíšil",
        "Marek",
        "Hájek",
        "Král",
        "Jelínek",
    ]
    assert len({surname_forms(name).sound for name in names}) == len(names)


def test_order_and_hyphen_of_double_surnames_do_not_matter() -> None:
    forms = {surname_forms(text).full for text in ("Malá-Stará", "Stará Malá", "malá  stará", "STARA – MALA")}
    assert forms == {"mala-stara"}


def test_particles_do_not_matter_unless_they_are_all() -> None:
    assert surname_forms("von der Leyen") == surname_forms("Leyen")
    assert surname_forms("Le").first == "le"


def test_the_first_given_name_is_kept_apart() -> None:
    assert given_forms("Jan Pavel").first == given_forms("Jan").first == "jan"
    assert given_forms("Jan Pavel").full == "jan-pavel"


def test_a_short_name_keeps_three_letters() -> None:
    assert [stem(word) for word in ("kova", "ova", "lev", "ho", "")] == ["kov", "ova", "lev", "ho", ""]
    assert sound("") == ""
