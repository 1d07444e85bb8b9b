"""Definition files of the form: what is in them, and what is refused."""

import pytest

from portal.core.errors import Invalid, NotFound
from portal.returns.definition import (
    FOLDER,
    DefinitionError,
    definition_by_code,
    definition_for,
    definitions,
    read_definition,
    read_definitions,
)
from portal.returns.types import ALL, CellKey, Period

GOOD = (FOLDER / "quarterly_2015.toml").read_text("utf-8").replace('last_period = "2025Q4"\n', "")


def written(folder, text, name="form.toml"):
    (folder / name).write_text(text, "utf-8")
    return folder / name


COSTS = [f"costs_{kind}" for kind in ("personnel", "material", "energy", "services", "depreciation", "other", "total")]
SOURCES = ("state_grant", "kraj", "municipalities", "users", "care_allowance", "health_insurance", "other")
REVENUES = [*(f"revenue_{source}" for source in SOURCES), "revenues_total"]


def asked(period, type_code, forms):
    """Codes of the fields by form, in the order of the page."""
    keys = definition_for(period).cells_for(type_code, forms)
    return {form: [key.field for key in keys if key.form == form] for form in dict.fromkeys(key.form for key in keys)}


def test_until_2025_the_form_asks_for_the_core_and_the_money():
    assert definition_for(Period(2015, 1)).code == definition_for(Period(2025, 4)).code == "quarterly_2015"
    assert asked(Period(2025, 4), "49", {"residential"}) == {
        ALL: ["users_at_end", "users_in_quarter", "refused_applicants", *COSTS, *REVENUES],
        "residential": ["direct_hours", "direct_care_fte", "beds", "bed_days_used"],
    }


def test_from_2026_it_asks_for_staff_by_category_and_refused_by_reason():
    assert definition_for(Period(2026, 1)).code == "quarterly_2026"
    assert asked(Period(2026, 1), "49", {"residential"}) == {
        ALL: [
            *("users_at_end", "users_in_quarter", "users_new", "users_left", "fte_management"),
            *("refused_other_service", "refused_capacity", "refused_health", "refused_terminated"),
            *("refused_applicants", *COSTS, *REVENUES),
        ],
        "residential": [
            *("direct_hours", "fte_social_workers", "fte_service_workers", "fte_other_direct", "direct_care_fte"),
            *("beds", "bed_days_used"),
        ],
    }


def test_what_a_type_counts_and_what_belongs_to_a_stay_is_asked_only_there():
    drop_in, calls, care = (asked(Period(2026, 1), code, {"outreach"}) for code in ("62", "55", "40"))
    assert drop_in["outreach"][:3] == ["direct_hours", "contacts", "interventions"]
    assert "calls" in calls[ALL]
    assert "contacts" not in calls["outreach"]
    assert "contacts" not in care["outreach"]
    for field in ("refused_health", "revenue_care_allowance", "revenue_health_insurance", "calls"):
        assert field not in care[ALL]


def test_sections_follow_each_other_and_in_each_the_forms_of_the_service():
    keys = definition_for(Period(2026, 2)).cells_for("44", {"outpatient", "outreach"})
    form = definition_for(Period(2026, 2))
    sections = form.by_section(keys)
    assert [section.code for section, _keys in sections] == ["users", "work", "staff", "refused", "costs", "revenues"]
    assert [key for _section, group in sections for key in group] == list(keys)
    staff = next(group for section, group in sections if section.code == "staff")
    assert [key.form for key in staff] == ["outreach"] * 4 + ["outpatient"] * 4 + [ALL]


@pytest.mark.parametrize("form", definitions(), ids=lambda form: form.code)
def test_totals_add_up_what_is_in_their_own_section(form):
    totals = {field.code: field.sum_of for field in form.fields if field.sum_of}
    assert totals["costs_total"] == tuple(COSTS[:-1])
    assert totals["revenues_total"] == tuple(REVENUES[:-1])
    assert ("direct_care_fte" in totals) == ("refused_applicants" in totals) == (form.code == "quarterly_2026")


def test_only_what_rarely_changes_is_carried_over():
    carried = {field.code for field in definition_for(Period(2026, 1)).fields if field.carry_over}
    assert carried == {"beds", "fte_social_workers", "fte_service_workers", "fte_other_direct", "fte_management"}


def test_a_year_adds_what_flows_and_averages_what_stands():
    how = {field.code: field.over_year for field in definition_for(Period(2026, 1)).fields}
    assert how["direct_hours"] == how["costs_total"] == how["bed_days_used"] == how["users_new"] == "sum"
    assert how["direct_care_fte"] == how["beds"] == "mean"
    assert how["users_at_end"] == "last"


def test_every_field_explains_itself_in_both_languages():
    for field in definition_for(Period(2026, 2)).fields:
        for text in (field.label, field.hint, field.suffix):
            assert text.of("cs").strip()
            assert text.of("en").strip()
            assert text.of("cs") != text.of("en")
        assert "§" in field.source or "metodika kraje" in field.source


def test_a_field_can_be_for_some_types_only(tmp_path):
    text = GOOD.replace('forms = ["residential"]', 'forms = ["residential"]\nservice_types = ["49", "60a"]', 1)
    form = read_definition(written(tmp_path, text))
    assert CellKey("residential", "beds") in form.cells_for("49", {"residential"})
    assert CellKey("residential", "beds") not in form.cells_for("50", {"residential"})


def test_a_quarter_before_the_first_form_has_none():
    with pytest.raises(Invalid, match="no form of the return"):
        definition_for(Period(2014, 4))
    with pytest.raises(NotFound):
        definition_by_code("quarterly_1999")
    assert definition_by_code("quarterly_2015").is_valid_for(Period(2020, 1))


def test_versions_follow_each_other(tmp_path):
    written(
        tmp_path, GOOD.replace('first_period = "2015Q1"', 'first_period = "2015Q1"\nlast_period = "2024Q4"'), "a.toml"
    )
    later = GOOD.replace("quarterly_2015", "quarterly_2025").replace("2015Q1", "2025Q1")
    written(tmp_path, later, "b.toml")
    early, late = read_definitions(tmp_path)
    assert early.is_valid_for(Period(2024, 4))
    assert not early.is_valid_for(Period(2025, 1))
    assert late.is_valid_for(Period(2025, 1))


def test_two_versions_for_one_quarter_are_refused(tmp_path):
    written(tmp_path, GOOD, "a.toml")
    written(tmp_path, GOOD.replace("quarterly_2015", "other").replace("2015Q1", "2025Q1"), "b.toml")
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
        ('code = "quarterly_2015"', "", "file: code is missing"),
        ('code = "quarterly_2015"', 'code = "Výkaz"', "must be lower-case letters"),
        ('code = "quarterly_2015"', 'code = "a"\nextra = 1', "unknown key 'extra'"),
        ('first_period = "2015Q1"', 'first_period = "2020"', "first_period: '2020' is not a quarter"),
        ('first_period = "2015Q1"', "first_period = 2020", "first_period must be of type str"),
        ('first_period = "2015Q1"', 'first_period = "2015Q1"\nlast_period = "2014Q4"', "lies before"),
        ('code = "direct_care_fte"', 'code = "direct_hours"', "'direct_hours' is there twice"),
        ('unit = "hours"', 'unit = "minutes"', "field 3 (direct_hours): unit 'minutes' is not one of"),
        ("decimals = 2", "decimals = 3", "decimals must be 0 to 2"),
        ("decimals = 2", "decimals = true", "decimals must be 0 to 2"),
        ("decimals = 2", 'decimals = "2"', "decimals must be of type int"),
        ('forms = ["residential"]', 'forms = ["stationary"]', "field 5 (beds): forms must be some of"),
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
        ('source = "§ 115 odst. 1"', "", "field 4 (direct_care_fte): source is missing"),
        ('code = "direct_hours"', 'code = "direct_hours', "form.toml:"),
        ('section = "work"', 'section = "labour"', "section 'labour' has fields but is not there"),
        ('section = "work"', 'section = "staff"', "section 'work' has no field"),
        ('section = "work"', "", "field 3 (direct_hours): section is missing"),
        ('code = "staff"', 'code = "work"', "section code 'work' is there twice"),
        ('code = "staff"', 'code = "staff"\nicon = "x"', "section 3 (staff): unknown key 'icon'"),
        ('over_year = "sum"', 'over_year = "median"', "over_year 'median' is not one of sum, mean, last"),
        ("carry_over = true", 'carry_over = "yes"', "carry_over must be of type bool"),
        ('forms = ["residential"]', 'forms = ["residential"]\nwith_forms = ["all"]', "with_forms must be some of"),
        ('forms = ["residential"]', 'forms = ["residential"]\nwith_forms = []', "with_forms must be some of"),
        ('sum_of = ["costs_personnel", ', 'sum_of = ["costs_people", ', "names 'costs_people', which is not there"),
        ('sum_of = ["costs_personnel", ', 'sum_of = ["costs_total", ', "'costs_total', which is a sum itself"),
        ('sum_of = ["costs_personnel", ', 'sum_of = ["users_at_end", ', "'users_at_end' has another section"),
        ('sum_of = ["costs_personnel", ', 'sum_of = ["costs_material", ', "at least two fields, each once"),
        ('sum_of = ["costs_personnel", ', 'carry_over = true\nsum_of = ["costs_personnel", ', "is not carried over"),
        ('sum_of = ["costs_personnel", ', "sum_of = [1, ", "sum_of must be codes"),
        (
            'code = "costs_other"\nsection = "costs"\nunit = "czk"',
            'code = "costs_other"\nsection = "costs"\nunit = "fte"',
            "'costs_other' has another unit",
        ),
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
        ('code = "a"\nfirst_period = "2015Q1"\nsections = []\nfields = []', "asks for nothing"),
        ('code = "a"\nfirst_period = "2015Q1"\nsections = []\nfields = [1]', "field 1: is not a table"),
        ('code = "a"\nfirst_period = "2015Q1"\nsections = []', "fields is missing"),
        ('code = "a"\nfirst_period = "2015Q1"', "sections is missing"),
        ('code = "a"\nfirst_period = "2015Q1"\nsections = [1]', "section 1: is not a table"),
    ],
)
def test_a_form_without_fields_is_refused(tmp_path, text, fault):
    with pytest.raises(DefinitionError, match=fault):
        read_definition(written(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DefinitionError, match=r"nowhere\.toml"):
        read_definition(tmp_path / "nowhere.toml")
