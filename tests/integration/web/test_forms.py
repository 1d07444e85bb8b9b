"""Forms keep what was typed and say in plain Czech what is wrong."""

from decimal import Decimal
from pathlib import Path

import pytest
import wtforms
from babel.messages.extract import extract_from_dir
from flask import Flask
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from wtforms.validators import InputRequired, Length

from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.core.transaction import ConstraintViolated
from portal.web.forms import (
    WTFORMS_PLURALS,
    WTFORMS_SENTENCES,
    AtLeastZero,
    CzechDecimalField,
    PortalForm,
    StrippedField,
)


class Form(PortalForm):
    name = StrippedField(validators=[InputRequired(), Length(max=3)])
    hours = CzechDecimalField(validators=[AtLeastZero()])
    beds = CzechDecimalField(max_places=0)


def filled(app: Flask, language: str = "cs", **typed: str) -> Form:
    with app.test_request_context("/", method="POST", headers={"Cookie": f"lang={language}"}):
        form = Form(MultiDict(typed))
        form.validate()
        return form


def test_a_czech_number_is_read(app: Flask) -> None:
    form = filled(app, name="abc", hours="5\u00a0821,5", beds="12")
    assert form.errors == {}
    assert (form.hours.data, form.beds.data) == (Decimal("5821.5"), Decimal(12))


def test_what_is_no_number_stays_in_the_field_beside_a_sentence(app: Flask) -> None:
    form = filled(app, name="abc", hours="sedm")
    assert form.errors == {"hours": ["Zadejte číslo, například 5\u00a0821,5."]}
    assert form.hours._value() == "sedm"


def test_an_empty_number_is_no_zero(app: Flask) -> None:
    form = filled(app, name="abc", hours=" ")
    assert form.errors == {}
    assert form.hours.data is None


def test_a_negative_number_is_refused_where_none_can_be(app: Flask) -> None:
    assert filled(app, name="abc", hours="-1").errors == {"hours": ["Číslo nemůže být záporné."]}


def test_a_stored_number_is_shown_the_czech_way(app: Flask) -> None:
    with app.test_request_context("/"):
        form = Form(data={"hours": Decimal("5821.50")})
        assert form.hours._value() == "5\u00a0821,5"


@pytest.mark.parametrize(
    ("language", "sentences"),
    [("cs", ["Vyplňte toto pole."]), ("en", ["This field is required."])],
)
def test_a_missing_value_is_said_in_the_readers_language(app: Flask, language: str, sentences: list[str]) -> None:
    assert filled(app, language, name="").errors == {"name": sentences}


def test_a_count_is_declined(app: Flask) -> None:
    assert filled(app, name="abcd").errors == {"name": ["Pole může mít nejvýše 3 znaky."]}


def test_spaces_around_a_text_do_not_count(app: Flask) -> None:
    assert filled(app, name="  a  b ").name.data == "a b"


def test_every_sentence_of_the_form_library_has_its_czech_form(app: Flask) -> None:
    folder = Path(wtforms.__file__).parent
    keywords = {"gettext": None, "ngettext": (1, 2)}
    found = {message for _, _, message, _, _ in extract_from_dir(str(folder), [("**.py", "python")], keywords=keywords)}
    ours = {m.text for m in WTFORMS_SENTENCES} | {(m.text, m.plural) for m in WTFORMS_PLURALS}
    assert found - ours == set()
    with app.test_request_context("/"):
        assert all(gettext(message.text) != message.text for message in WTFORMS_SENTENCES)


def test_a_failed_constraint_becomes_an_error_on_its_field(app: Flask) -> None:
    form = filled(app, name="abc")
    with app.test_request_context("/"):
        form.explain(ConstraintViolated("uq_user_email"), {"uq_user_email": ("name", _m("Invalid email address."))})
    assert form.errors["name"] == ["Neplatná e-mailová adresa."]


def test_an_unexpected_constraint_is_not_hidden(app: Flask) -> None:
    form = filled(app, name="abc")
    with pytest.raises(ConstraintViolated):
        form.explain(ConstraintViolated("ck_other"), {})


def test_what_a_service_refused_is_shown_at_its_fields(app: Flask) -> None:
    form = filled(app, name="abc")
    with app.test_request_context("/"):
        form.add_invalid(Invalid(_m("Invalid input."), {"hours": [_m("Write a whole number.")]}))
        form.add_invalid(Invalid(_m("Invalid input.")))
    assert form.errors == {"hours": ["Zadejte celé číslo."], "": ["Neplatný vstup."]}
