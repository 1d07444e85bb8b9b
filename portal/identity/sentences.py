"""What people are told about identities and their codes, by the short names that Python and the browser share."""

from __future__ import annotations

from typing import Final

from portal.core.messages import Message, _m
from portal.identity.birth_number import DOUBTS

NO_DATE: Final = "no_date"
NO_SEX: Final = "no_sex"
NOT_ENOUGH: Final = "not_enough"
TELLING: Final = "telling"

ABOUT_PERSON: Final[dict[str, Message]] = {
    **{doubt.value: message for doubt, message in DOUBTS.items()},
    NO_DATE: _m("The date of birth cannot be read. Write it as 1. 2. 1950, with four digits of the year."),
    NO_SEX: _m("The sex is not understood. Write M or Ž."),
    NOT_ENOUGH: _m(
        "No code can be made: either a birth number is needed, or given name, surname and date of birth together."
    ),
    TELLING: _m("The cell holds the name, date of birth or birth number of the person. It is left out."),
}

# What the browser says while it works; %(name)s are filled in there.
ON_PAGE: Final[dict[str, Message]] = {
    "working": _m("The code is being made in your browser…"),
    "busy": _m("The portal is not ready; asking again in %(seconds)s s."),
    "no_answer": _m("The portal does not answer. Nothing was lost; check the connection and try again."),
    "refused": _m("The portal refused to make a code. Copy what you need from this page and load it again."),
    "wrong_answer": _m("The portal gave an answer that cannot be right. Tell the region."),
    "no_worker": _m("The code could not be made in this browser. Try a newer one, or the command “portal code”."),
    "incomplete": _m("Fill in the birth number, or given name, surname and date of birth together."),
    "empty_list": _m("There is no list yet. Choose a file or paste rows from a spreadsheet."),
    "no_text": _m("The file is neither an XLSX workbook nor CSV."),
    "quotes": _m("The quotation marks of a line do not match."),
    "no_workbook": _m("The workbook is damaged or of an unknown kind. Save it again as .xlsx or CSV."),
    "old_workbook": _m("This is an old or locked workbook. Save it as .xlsx without a password."),
    "old_browser": _m("This browser cannot open workbooks. Save the list as CSV, or paste its rows."),
    "too_large": _m("The file is too large. Divide it into several files."),
    "column": _m("Column %(number)s: %(heading)s"),
    "such_as": _m("such as %(examples)s"),
    "unnamed": _m("without a heading"),
    "unused": _m("not used, stays here"),
    "kept": _m("hand on as it is"),
    "surname": _m("surname"),
    "given": _m("given name"),
    "given_surname": _m("given name and surname"),
    "surname_given": _m("surname and given name"),
    "born": _m("date of birth"),
    "birth_number": _m("birth number"),
    "sex": _m("sex"),
    "municipality": _m("code of the municipality"),
    "mark": _m("own mark"),
    "not_enough_columns": _m("Choose a column with birth numbers, or columns with the names and the date of birth."),
    "twice": _m("Two columns are chosen for the same thing. Leave one."),
    "found": _m("Rows found: %(rows)s."),
    "done_of": _m("Codes: %(done)s of %(total)s"),
    "cancelled": _m("Cancelled. No codes were handed over."),
    "finished": _m("Codes made: %(done)s of %(total)s."),
    "line": _m("Row %(line)s: %(sentence)s"),
    "more": _m("and %(number)s more"),
    "file_name": _m("codes.csv"),
}
