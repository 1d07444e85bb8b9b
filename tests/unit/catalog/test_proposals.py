"""What a provider proposes is cleaned, checked and compared before anybody sees it."""

import pytest

from portal.catalog.calc.proposals import (
    MAX_CONTACTS,
    Change,
    EditField,
    cleaned,
    differences,
    faults,
    fingerprint,
    join_contact,
    split_contact,
)
from portal.catalog.types import KeptField


def test_everything_an_import_leaves_alone_can_be_proposed():
    assert {field.value for field in KeptField} | {"description"} == {field.value for field in EditField}


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [
        (EditField.NAME, "  Domov \r\n Lipová ", "Domov Lipová"),
        (EditField.PHONE, "583 111 222 \r\n\r\n  116  006", "583 111 222\n116 006"),
        (EditField.DESCRIPTION, "\n První.\r\n\r\n Druhý.\x00 \n", "První.\n\nDruhý."),
    ],
)
def test_a_text_is_stored_without_stray_spaces(field, typed, stored):
    assert cleaned(field, typed) == stored


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("583 111 222", ("583 111 222", None)),
        ("583 111 222 (recepce)", ("583 111 222", "recepce")),
        ("583 111 222 ()", ("583 111 222", None)),
    ],
)
def test_a_contact_may_carry_a_note(line, parts):
    assert split_contact(line) == parts


def test_brackets_in_a_note_do_not_cut_it():
    assert split_contact(join_contact("583 111 222", "po (8-12)")) == ("583 111 222", "po -8-12-")
    assert join_contact("583 111 222", None) == "583 111 222"


@pytest.mark.parametrize(
    ("field", "text", "part"),
    [
        (EditField.NAME, "", "Enter the name"),
        (EditField.NAME, "x" * 401, "401 characters"),
        (EditField.PHONE, "zavolejte", "not a phone number"),
        (EditField.PHONE, "583 111 222\n" * (MAX_CONTACTS + 1), "At most 10 lines"),
        (EditField.PHONE, "583 111 222 (" + "x" * 401 + ")", "A line can have"),
        (EditField.EMAIL, "pomoc.example", "not an e-mail"),
        (EditField.EMAIL, "a@b", "not an e-mail"),
        (EditField.WEB, "javascript:alert(1)", "not an address"),
        (EditField.WEB, "nemáme", "not an address"),
        (EditField.DESCRIPTION, "x" * 4_001, "4001 characters"),
    ],
)
def test_a_fault_is_named_on_its_field(field, text, part):
    found = faults({field: text})
    assert list(found) == [field]
    assert part in str(found[field][0])


def test_good_values_and_emptied_contacts_have_no_fault():
    values = {
        EditField.NAME: "Domov",
        EditField.PHONE: "583 111 222 (recepce)\n116 006",
        EditField.EMAIL: "pomoc@charita.example",
        EditField.WEB: "www.charita.example\nhttps://charita.example/a",
        EditField.HOURS_OUTREACH: "",
    }
    assert faults(values) == {}


def test_only_what_differs_and_what_the_entry_has_is_a_change():
    current = {EditField.NAME: "Domov", EditField.PHONE: "1"}
    wanted = {EditField.NAME: "Domov", EditField.PHONE: "2", EditField.HOURS_OUTREACH: "vždy"}
    assert differences(current, wanted) == {EditField.PHONE: Change("1", "2")}


def test_the_fingerprint_changes_with_any_value_and_with_the_register():
    values = {EditField.NAME: "Domov", EditField.PHONE: "1"}
    same = fingerprint(dict(reversed(values.items())), "a")
    assert fingerprint(values, "a") == same
    assert fingerprint({**values, EditField.PHONE: "2"}, "a") != same
    assert fingerprint(values, "b") != same
