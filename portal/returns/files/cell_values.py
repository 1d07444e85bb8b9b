"""What a person meant by the content of one cell. Pure."""

from __future__ import annotations

from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.core.czech import fold
from portal.core.messages import Message, _m
from portal.core.workbooks.sheets import Kind, RawCell
from portal.returns.calc import parse_number
from portal.returns.files.layout import HIDDEN_WORDS, NOT_APPLICABLE_WORDS
from portal.returns.types import FieldDefinition

MAX_SHOWN_CHARS = 40
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f\t\r\n", " "))
_INVISIBLE = str.maketrans(dict.fromkeys("\u200b\ufeff\u00ad", ""))
_DASHES = frozenset({"-", "–", "—", "x", "?", "."})


def read_value(raw: RawCell | None, definition: FieldDefinition) -> Cell | Message:
    """The cell, or the sentence about what is wrong with it.

    Empty is not supplied, 0 is a zero, “netýká se” is not applicable; anything that could mean two things is refused.
    """
    if raw is None:
        return NOT_SUPPLIED
    refused = refusal(raw)
    if refused is not None:
        return refused
    text = _cleaned(raw.text)
    if not text:
        return NOT_SUPPLIED
    if raw.kind is Kind.NUMBER:
        return parse_number(text, definition.decimals)
    return _read_text(text, definition)


def read_total(raw: RawCell | None, definition: FieldDefinition) -> Cell | None:
    """What the file has for a figure that the portal computes; None where nothing can be compared with it."""
    if raw is None or raw.kind not in (Kind.NUMBER, Kind.TEXT):
        return None
    cell = read_value(raw._replace(is_formula=False), definition)
    return cell if isinstance(cell, Cell) and cell != NOT_SUPPLIED else None


def read_comment(raw: RawCell | None) -> str:
    """The text of a comment; numbers and the like as they are."""
    return "" if raw is None else raw.text.translate(_INVISIBLE).strip()


def refusal(raw: RawCell) -> Message | None:
    """Why nothing can be read from such a cell; None for numbers and texts."""
    if raw.is_formula:
        return _m("The cell holds a formula. Put its result there as a number (paste special, values).")
    if raw.kind is Kind.ERROR:
        return _m("The cell holds the error %(error)s instead of a number.", error=raw.text)
    if raw.kind is Kind.BOOLEAN:
        return _m("The cell holds yes or no instead of a number.")
    if raw.kind is Kind.DATE:
        return _m("The spreadsheet made a date of the number. Set the cell to the format “number” and write it again.")
    if raw.kind is Kind.PERCENT:
        return _m("The cell is shown in per cent. Set it to the format “number” and write the number again.")
    return None


def _read_text(text: str, definition: FieldDefinition) -> Cell | Message:
    word = " ".join(fold(text).split())
    if word in NOT_APPLICABLE_WORDS:
        return NOT_APPLICABLE
    if word in HIDDEN_WORDS:
        return _m("A hidden figure cannot be handed in. Write the number.")
    if word in _DASHES:
        return _m(
            "“%(text)s” can mean two things. Write 0 if there was nothing, “netýká se” if it does not concern you, or"
            " leave the cell empty.",
            text=text,
        )
    read = parse_number(text, definition.decimals)
    if isinstance(read, Message) and len(text) <= MAX_SHOWN_CHARS:
        return _m("“%(text)s”: %(fault)s", text=text, fault=read)
    return read


def _cleaned(text: str) -> str:
    return text.translate(_SPACES).translate(_INVISIBLE).strip()
