"""Definition files of the form: what is in them, and what is refused."""

import pytest

from portal.core.errors import Invalid, NotFound
from portal.returns.definition import (
    FOLDER,
    DefinitionError,
    definition_by_code,
    definition_for,
    read_definition,
    read_definitions,
)
from portal.returns.types import ALL, CellKey, Period

GOOD = (FOLDER / "quarterly_2020.toml").read_text("utf-8")


def written(folder, text, name="form.toml"):
    (folder / name).write_text(text, "utf-8")
    return folder / name


def test_the_core_form_asks_what_the_comparison_needs():
    form = definition_for(Period(2026, 2))
    assert form.code == "quarterly_2020"
    assert form.cells_for("49", {"residential"}) == (
        CellKey("residential", "direct_hours"),
        CellKey("residential", "direct_care_fte"),
        CellKey("residential", "beds"),
        CellKey("residential", "bed_days_used"),
        CellKey(ALL, "users_at_end"),
        CellKey(ALL, "users_in_quarter"),
        CellKey(ALL, "refused_applicants"),
    )


def test_each_form_of_the_service_is_asked_for_itself_and_the_service_once():
    keys = definition_for(Period(2026, 2)).cells_for("44", {"outpatient", "outreach"})
    assert [key.form for key in keys] == ["outreach"] * 2 + ["outpatient"] * 2 + [ALL] * 3
    assert not any(key.field == "beds" for key in keys)


def test_every_field_explains_itself_in_both_languages():
    for field in definition_for(Period(2026, 2)).fields:
        for text in (field.label, field.hint, field.suffix):
            assert text.of("cs").strip()
            assert text.of("en").strip()
            assert text.of("cs") != text.of("en")
        assert "§" in field.source


def test_a_field_can_be_for_some_types_only(tmp_path):
    text = GOOD.replace('forms = ["residential"]', 'forms = ["residential"]\nservice_types = ["49", "60a"]', 1)
    form = read_definition(written(tmp_path, text))
    assert CellKey("residential", "beds") in form.cells_for("49", {"residential"})
    assert CellKey("residential", "beds") not in form.cells_for("50", {"residential"})


def test_a_quarter_before_the_first_form_has_none():
    with pytest.raises(Invalid, match="no form of the return"):
        definition_for(Period(2019, 4))
    with pytest.raises(NotFound):
        definition_by_code("quarterly_1999")
    assert definition_by_code("quarterly_2020").is_valid_for(Period(2020, 1))


def test_versions_follow_each_other(tmp_path):
    written(
        tmp_path, GOOD.replace('first_period = "2020Q1"', 'first_period = "2020Q1"\nlast_period = "2024Q4"'), "a.toml"
    )
    later = GOOD.replace("quarterly_2020", "quarterly_2025").replace("2020Q1", "2025Q1")
    written(tmp_path, later, "b.toml")
    early, late = read_definitions(tmp_path)
    assert early.is_valid_for(Period(2024, 4))
    assert not early.is_valid_for(Period(2025, 1))
    assert late.is_valid_for(Period(2025, 1))


def test_two_versions_for_one_quarter_are_refused(tmp_path):
    written(tmp_path, GOOD, "a.toml")
    written(tmp_path, GOOD.replace("quarterly_2020", "other").replace("2020Q1", "2025Q1"), "b.toml")
    with pytest.raises(DefinitionError, match="both valid for 2025Q1"):
        read_definitions(tmp_path)


def test_one_code_for_two_versions_is_refused(tmp_path):
    written(tmp_path, GOOD, "a.toml")
    written(tmp_path, GOOD, "b.toml")
    with pytest.raises(DefinitionError, match="used by two files"):
        read_definitions(tmp_path)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(DefinitionError, match="holds no definition"):
        read_definitions(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('code = "quarterly_2020"', "", "file: code is missing"),
        ('code = "quarterly_2020"', 'code = "Výkaz"', "must be lower-case letters"),
        ('code = "quarterly_2020"', 'code = "a"\nextra = 1', "unknown key 'extra'"),
        ('first_period = "2020Q1"', 'first_period = "2020"', "first_period: '2020' is not a quarter"),
        ('first_period = "2020Q1"', "first_period = 2020", "first_period must be of type str"),
        ('first_period = "2020Q1"', 'first_period = "2020Q1"\nlast_period = "2019Q4"', "lies before"),
        ('code = "direct_care_fte"', 'code = "direct_hours"', "'direct_hours' is there twice"),
        ('unit = "hours"', 'unit = "minutes"', "field 1 (direct_hours): unit 'minutes' is not one of"),
        ("decimals = 2", "decimals = 3", "decimals must be 0 to 2"),
        ("decimals = 2", "decimals = true", "decimals must be 0 to 2"),
        ("decimals = 2", 'decimals = "2"', "decimals must be of type int"),
        ('forms = ["residential"]', 'forms = ["stationary"]', "field 3 (beds): forms must be some of"),
        ('forms = ["residential"]', "forms = []", "forms must be some of"),
        ('forms = ["residential"]', 'forms = ["all", "all"]', "each once"),
        ('forms = ["residential"]', 'forms = ["residential", "all"]', "not for both"),
        ('forms = ["residential"]', 'forms = ["residential"]\nservice_types = ["99"]', "service_types must be"),
        ('forms = ["residential"]', 'forms = ["residential"]\nservice_types = []', "service_types must be"),
        ('forms = ["residential"]', 'forms = ["residential"]\nservice_types = [49]', "service_types must be"),
        ('change_at_least = "40"', 'change_at_least = "many"', "must be a number in quotes"),
        ('change_at_least = "40"', 'change_at_least = "-1"', "must be a number in quotes"),
        ('change_at_least = "40"', 'change_at_least = "NaN"', "must be a number in quotes"),
        ('suffix.en = "hours"', "", "suffix: en is missing"),
        ('suffix.en = "hours"', 'suffix.en = " "', "en is empty"),
        ('suffix.en = "hours"', 'suffix.en = "hours"\nsuffix.de = "Stunden"', "unknown key 'de'"),
        ('source = "§ 115 odst. 1"', "", "field 2 (direct_care_fte): source is missing"),
        ('code = "direct_hours"', 'code = "direct_hours', "form.toml:"),
    ],
)
def test_a_faulty_file_is_refused_with_the_place(tmp_path, old, new, fault):
    assert old in GOOD
    with pytest.raises(DefinitionError) as caught:
        read_definition(written(tmp_path, GOOD.replace(old, new, 1)))
    assert fault in str(caught.value)
    assert "form.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('code = "a"\nfirst_period = "2020Q1"\nfields = []', "asks for nothing"),
        ('code = "a"\nfirst_period = "2020Q1"\nfields = [1]', "field 1: is not a table"),
        ('code = "a"\nfirst_period = "2020Q1"', "fields is missing"),
    ],
)
def test_a_form_without_fields_is_refused(tmp_path, text, fault):
    with pytest.raises(DefinitionError, match=fault):
        read_definition(written(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DefinitionError, match=r"nowhere\.toml"):
        read_definition(tmp_path / "nowhere.toml")
