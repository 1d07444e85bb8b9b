"""Where users live: the data file, names as typed, rows, two people at one table, the rules."""

from decimal import Decimal

import pytest

from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.returns.data_files import DefinitionError
from portal.returns.definition import definition_for
from portal.returns.residences.places import Place, Places
from portal.returns.residences.rows import RowChange, changes_between, merge_rows, read_rows, rows_before
from portal.returns.residences.situations import adverse_situations, read_situations
from portal.returns.residences.types import OUTSIDE, UNKNOWN, ResidenceInput, ResidenceKey, Residences, ResidenceState
from portal.returns.rules.checking import check
from portal.returns.rules.pack import rules_for
from portal.returns.rules.types import Subject
from portal.returns.types import ALL, CellKey, Period, Severity

PLACES = Places(
    [
        Place("523704", "Šumperk", "Šumperk"),
        Place("500801", "Lhota", "Olomouc"),
        Place("500802", "Lhota", "Zábřeh"),
        Place("569178", "Bludov", "Šumperk"),
    ],
    "cs",
)
GROUPS, SITUATIONS = {"24": "senioři"}, {"housing": "bydlení", "debts": "dluhy"}


def read(*rows):
    return read_rows([ResidenceInput(*row) for row in rows], PLACES, GROUPS, SITUATIONS)


def test_the_eleven_adverse_situations_are_there_in_both_languages():
    found = adverse_situations()
    assert [text.cs for text in found.values()] == [
        "bydlení",
        "dluhy",
        "násilí",
        "závislost na péči jiné osoby",
        "osamělost",
        "závislost na návykových látkách",
        "nezaměstnanost",
        "péče o dítě a rodinu",
        "duševní onemocnění",
        "zdravotní postižení",
        "jiné",
    ]
    assert all(len(code) <= 20 and text.en != text.cs for code, text in found.items())


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("situations = []", "there is none"),
        ("situations = ['x']", "is not a table"),
        ("[[situations]]\ncode='a'\nlabel.cs='b'", "en is missing"),
        ("[[situations]]\ncode='A b'\nlabel.cs='b'\nlabel.en='b'", "must be lower-case"),
        ("[[situations]]\ncode='abcdefghijklmnopqrstu'\nlabel.cs='b'\nlabel.en='b'", "longer than 20"),
        ("[[situations]]\ncode='a'\nlabel.cs='b'\nlabel.en='b'\n" * 2, "'a' is there twice"),
        ("other = 1", "unknown key 'other'"),
    ],
)
def test_a_faulty_file_of_situations_is_refused_by_its_place(tmp_path, content, fault):
    path = tmp_path / "situations.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(DefinitionError, match=r"^situations\.toml: ") as refused:
        read_situations(path)
    assert fault in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Šumperk", "523704"),
        ("  sumperk ", "523704"),
        ("523704", "523704"),
        ("lhota (zábřeh)", "500802"),
        ("mimo kraj", OUTSIDE),
        ("Outside the region", OUTSIDE),
        ("neznámé  nebo bez stálého bydliště", UNKNOWN),
    ],
)
def test_a_municipality_is_found_by_what_people_type(typed, code):
    assert PLACES.find(typed) == code


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            "Lhota",
            "There are several municipalities of this name: Lhota (Olomouc), Lhota (Zábřeh). Choose one.",
        ),
        ("Blud", "The region has no municipality “Blud”. Did you mean Bludov?"),
        ("Brno", "The region has no municipality “Brno”. Choose it from the list, or write “mimo kraj”."),
    ],
)
def test_a_name_that_is_no_municipality_gets_a_sentence(typed, said):
    assert str(PLACES.find(typed)) == said


def test_rows_are_read_and_blank_ones_left_out():
    rows, faults = read(("Šumperk", "24", "housing", "1 200"), ("", "", "", ""), ("bludov", "", "debts", "3"))
    assert faults == {}
    assert rows == {
        ResidenceKey("523704", "24", "housing"): 1200,
        ResidenceKey("569178", None, "debts"): 3,
    }


def test_each_fault_stands_at_its_row_and_box():
    rows, faults = read(
        ("Šumperk", "", "housing", "2"),
        ("Brno", "99", "x", "0"),
        ("", "", "housing", "3"),
        ("Šumperk", "", "housing", "1"),
        ("Bludov", "", "housing", "dva"),
        ("Bludov", "", "debts", "1000001"),
        ("Bludov", "", "debts", ""),
    )
    assert rows == {ResidenceKey("523704", None, "housing"): 2}
    assert {number: sorted(wrong) for number, wrong in faults.items()} == {
        1: ["municipality", "persons", "situation", "target_group"],
        2: ["municipality"],
        3: ["municipality"],
        4: ["persons"],
        5: ["persons"],
        6: ["persons"],
    }
    assert "says the same" in str(faults[3]["municipality"])


A, B, C, D = (ResidenceKey("523704", None, situation) for situation in ("housing", "debts", "violence", "other"))


def test_changes_lead_from_one_table_to_the_other_and_back():
    before, after = {A: 1, B: 2, C: 3}, {A: 1, B: 5, D: 4}
    changes = changes_between(before, after)
    assert changes == [RowChange(B, 2, 5), RowChange(D, None, 4), RowChange(C, 3, None)]
    assert rows_before(after, changes) == before


def test_two_people_keep_what_each_changed_and_see_where_they_differ():
    base = {A: 1, B: 2, C: 3}
    mine = {A: 9, B: 2, D: 4}  # changed A, removed C, added D
    stored = {A: 8, B: 7, C: 3}  # changed A and B
    merged, differing = merge_rows(mine, base, stored)
    assert merged == {A: 9, B: 7, D: 4}
    assert differing == [RowChange(A, 9, 8), RowChange(B, 2, 7)]
    assert merge_rows({}, {}, {A: 2}) == ({A: 2}, [RowChange(A, None, 2)])


PERIOD = Period(2026, 2)
USERS = CellKey(ALL, "users_in_quarter")


def said(users, residences):
    definition = definition_for(PERIOD)
    keys = definition.cells_for("46", {"outpatient"})
    subject = Subject(definition, "46", PERIOD, keys, {USERS: users}, residences=residences)
    found = check(subject, rules_for(PERIOD))
    return [(one.rule, one.severity) for one in found if one.rule.startswith("residences")]


def told(*persons):
    return Residences(ResidenceState.SUPPLIED, 1, dict(zip((A, B, C), persons, strict=False)))


def of(number):
    return Cell.of(Decimal(number))


MISSING = ("residences_missing", Severity.ERROR)
MORE = ("residences_more_than_users", Severity.ERROR)
FEWER = ("residences_fewer_than_users", Severity.WARNING)


@pytest.mark.parametrize(
    ("users", "residences", "expected"),
    [
        (of(5), told(2, 3), []),
        (of(5), told(2, 4), [MORE]),
        (of(5), told(2, 2), [FEWER]),
        (of(5), Residences(ResidenceState.NO_ONE), [FEWER]),
        (of(0), Residences(ResidenceState.NO_ONE), []),
        (of(5), Residences(ResidenceState.NOT_APPLICABLE), []),
        (of(5), Residences(), [MISSING]),
        (NOT_SUPPLIED, Residences(), [MISSING]),
        (of(0), Residences(), []),
        (NOT_APPLICABLE, Residences(), []),
        (NOT_APPLICABLE, told(1), []),
        (of(5), None, []),
    ],
)
def test_persons_are_held_against_the_users_of_the_quarter(users, residences, expected):
    assert said(users, residences) == expected


def test_the_part_is_asked_for_from_2026_on():
    assert definition_for(PERIOD).asks_residences
    assert not definition_for(Period(2025, 4)).asks_residences


def test_a_missing_part_does_not_silence_what_is_unusual_about_the_users():
    definition = definition_for(PERIOD)
    keys = definition.cells_for("46", {"outpatient"})
    history = {PERIOD.previous: {USERS: of(10)}}
    subject = Subject(definition, "46", PERIOD, keys, {USERS: of(99)}, history, residences=Residences())
    rules = [one.rule for one in check(subject, rules_for(PERIOD)) if one.key == USERS]
    assert "residences_missing" in rules
    assert len(rules) == 2
