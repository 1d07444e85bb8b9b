"""What the forms of all features share: Czech numbers, Czech sentences, errors of the database on a field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import get_translations, gettext
from flask_wtf import FlaskForm
from wtforms import Field, StringField, ValidationError
from wtforms.widgets import TextInput

from portal.core.errors import Invalid
from portal.core.messages import Message, _m, _mn
from portal.core.numbers import parse_number
from portal.core.transaction import ConstraintViolated
from portal.web.formats import number
from portal.web.languages import say

# The sentences WTForms brings, named here so that they are gathered and translated like our own; its own
# Czech catalogue is partial. A test compares this list with the library.
WTFORMS_SENTENCES = (
    _m("Not a valid integer value."),
    _m("Not a valid decimal value."),
    _m("Not a valid float value."),
    _m("Not a valid datetime value."),
    _m("Not a valid date value."),
    _m("Not a valid time value."),
    _m("Not a valid week value."),
    _m("Not a valid choice."),
    _m("Invalid Choice: could not coerce."),
    _m("Invalid choice(s): one or more data inputs could not be coerced."),
    _m("This field is required."),
    _m("This field is disabled and cannot have a value."),
    _m("Invalid input."),
    _m("Invalid email address."),
    _m("Invalid IP address."),
    _m("Invalid Mac address."),
    _m("Invalid URL."),
    _m("Invalid UUID."),
    _m("Invalid CSRF Token."),
    _m("CSRF token missing."),
    _m("CSRF failed."),
    _m("CSRF token expired."),
    _m("Invalid field name '%s'."),
    _m("Field must be equal to %(other_name)s."),
    _m("Number must be between %(min)s and %(max)s."),
    _m("Date must be at least %(min)s."),
    _m("Date must be at most %(max)s."),
    _m("Date must be between %(min)s and %(max)s."),
    _m("This field cannot be edited."),
    _m("Choices cannot be None."),
    _m("File does not have an approved extension: {extensions}"),
    _m("File does not have an approved extension."),
    _m("Number must be at least %(min)s."),
    _m("Number must be at most %(max)s."),
    _m("Field must be between %(min)d and %(max)d characters long."),
    _m("Invalid value, must be one of: %(values)s."),
    _m("Invalid value, can't be any of: %(values)s."),
)
WTFORMS_PLURALS = (
    _mn("Field must be at least %(min)d character long.", "Field must be at least %(min)d characters long.", 1),
    _mn("Field cannot be longer than %(max)d character.", "Field cannot be longer than %(max)d characters.", 1),
    _mn("Field must be exactly %(max)d character long.", "Field must be exactly %(max)d characters long.", 1),
    _mn("'%(value)s' is not a valid choice for this field.", "'%(value)s' are not valid choices for this field.", 1),
)


class ReadersLanguage:
    """Gives WTForms its sentences in the language of the page; values are put in by WTForms itself."""

    def gettext(self, string: str) -> str:
        translated: str = gettext(string)
        return translated

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        translated: str = get_translations().ungettext(singular, plural, n)
        return translated


class PortalForm(FlaskForm):
    """Base of all forms. The CSRF token is checked for the whole application before a view runs."""

    class Meta(FlaskForm.Meta):
        csrf = False

        def get_translations(self, form: FlaskForm) -> ReadersLanguage:
            return ReadersLanguage()

    def add_error(self, field: str | None, sentence: Message | str) -> None:
        """Put a sentence on a field, or on the form as a whole when there is no such field."""
        text = say(sentence) if isinstance(sentence, Message) else sentence
        if field is not None and field in self._fields:
            self[field].errors = [*self[field].errors, text]
        else:
            self.form_errors.append(text)

    def add_invalid(self, error: Invalid) -> None:
        """Show what a service refused: each sentence on its field, the rest above the form."""
        for field, sentences in error.fields.items():
            for sentence in sentences:
                self.add_error(field, sentence)
        if not error.fields:
            self.add_error(None, error.message)

    def explain(self, error: ConstraintViolated, fields: Mapping[str, tuple[str, Message]]) -> None:
        """Turn a failed constraint into an error on a field; one that is not in ``fields`` is raised again."""
        if error.name not in fields:
            raise error
        field, sentence = fields[error.name]
        self.add_error(field, sentence)


class CzechDecimalField(Field):
    """A decimal number as people write it; ``data`` is a Decimal, or None when left empty.

    What was typed stays in the field, also when it is no number. ``max_places`` decimal places are taken
    (0: whole numbers only).
    """

    widget = TextInput()
    data: Decimal | None = None

    def __init__(
        self, label: str | None = None, validators: Sequence[Any] | None = None, *, max_places: int = 2, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.max_places = max_places

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        return number(self.data) if self.max_places <= 2 else number(self.data, self.max_places)

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0] if valuelist else ""
        self.data = None
        if not typed.strip():
            return
        try:
            self.data = parse_number(typed, max_places=self.max_places)
        except Invalid as error:
            raise ValueError(say(error.message)) from None


class StrippedField(StringField):
    """One line of text without spaces around it; what is only spaces counts as empty."""

    data: str | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None:
            self.data = " ".join(self.data.split())


class AtLeastZero:
    """Validator: an empty field or a number that is not negative."""

    def __call__(self, form: FlaskForm, field: Field) -> None:
        if field.data is not None and field.data < 0:
            raise ValidationError(gettext("The number cannot be negative."))
