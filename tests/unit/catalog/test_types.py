import copy
import csv
import tomllib
from datetime import date

import pytest

from portal.catalog.types import (
    SERVICE_TYPES_FILE,
    CapacityUnit,
    Form,
    has_ended,
    parse_service_types,
    section_order,
    service_types,
)
from tests.factories.paths import shared_data


@pytest.fixture
def document():
    return copy.deepcopy(tomllib.loads(SERVICE_TYPES_FILE.read_text(encoding="utf-8")))


def test_the_types_are_those_of_the_published_norms_under_the_same_names():
    with shared_data("seed_tables", "norms_2015.csv").open(encoding="utf-8") as file:
        published = {row["section"]: row["service_type"] for row in csv.DictReader(file)}
    assert {section: kind.name_cs for section, kind in service_types().items()} == published


def test_types_stand_in_the_order_of_the_act():
    sections = list(service_types())
    assert sections[0] == "37"
    assert sections[-1] == "70"
    assert sections.index("60") + 1 == sections.index("60a") == sections.index("61") - 1
    assert section_order("60") < section_order("60a") < section_order("61")


def test_a_home_for_the_elderly_is_residential_and_respite_care_has_all_forms():
    assert service_types()["49"].forms == (Form.RESIDENTIAL,)
    assert set(service_types()["44"].forms) == set(Form)


def test_a_type_has_a_name_in_both_languages():
    assert service_types()["49"].name("cs") == "Domovy pro seniory"
    assert service_types()["49"].name("en") == "Homes for the elderly"


def _drop_last(document):
    document["types"].pop()


def _repeat_section(document):
    document["types"][1]["section"] = "37"


def _swap(document):
    types = document["types"]
    types[0], types[1] = types[1], types[0]


def _same_name(document):
    document["types"][1]["name_cs"] = document["types"][0]["name_cs"]


def _unknown_form(document):
    document["types"][1]["forms"] = ["mobile"]


def _no_form(document):
    document["types"][1]["forms"] = []


def _repeated_form(document):
    document["types"][1]["forms"] = ["outreach", "outreach"]


def _empty_name(document):
    document["types"][1]["name_en"] = " "


def _extra_key(document):
    document["types"][1]["colour"] = "blue"


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_drop_last, "32 service types"),
        (_repeat_section, "37 is defined twice"),
        (_swap, "order of the Act"),
        (_same_name, "same Czech name"),
        (_unknown_form, "mobile"),
        (_no_form, "39: forms"),
        (_repeated_form, "39: forms"),
        (_empty_name, "39: section and both names"),
        (_extra_key, "39: unexpected"),
    ],
)
def test_a_faulty_definition_is_refused_by_name(document, spoil, sentence):
    spoil(document)
    with pytest.raises(ValueError, match=sentence):
        parse_service_types(document)


def test_codes_of_the_register_lead_to_forms_and_units_and_unknown_ones_to_none():
    assert [Form.from_register(code) for code in ("ter", "amb", "pob", "xyz")] == [*Form, None]
    assert [CapacityUnit.from_register(unit.register_code) for unit in CapacityUnit] == list(CapacityUnit)
    assert CapacityUnit.from_register("postele") is None
    assert "".join(form.letter for form in Form) == "TAP"
    assert len({str(word.label) for word in (*Form, *CapacityUnit)}) == 8


def test_the_last_day_of_a_service_still_counts():
    assert not has_ended(None, date(2026, 9, 1))
    assert not has_ended(date(2026, 9, 1), date(2026, 9, 1))
    assert has_ended(date(2026, 8, 31), date(2026, 9, 1))
