"""Numbers, dates and cells as the reader writes them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date, format_datetime
from flask import Flask
from flask_babel import gettext

from portal.core.cells import Cell, CellState
from portal.core.clock import PRAGUE
from portal.web.languages import current_language


def number(value: Decimal | float | int, decimals: int | None = None, language: str = "") -> str:
    """1 234,5 in Czech, 1,234.5 in English; ``decimals`` fixes the places, otherwise up to two are shown.

    A half is rounded to the even digit. ``language``: that of the reader, for those who say many figures.
    """
    return _written(Decimal(str(value)), decimals, language or current_language())


def percent(share: Decimal | float, decimals: int | None = 0, language: str = "") -> str:
    """0.875 as 88 % (Czech, with a non-breaking space) or 88% (English); None: up to two places."""
    language = language or current_language()
    sign = "\u00a0%" if language == "cs" else "%"
    return _written(Decimal(str(share)).scaleb(2), decimals, language) + sign


def signed(shown: str, difference: Decimal | float | int) -> str:
    """A written size of a difference with its sign; what is written as zero has none."""
    if not any(digit in shown for digit in "123456789"):
        return shown
    return ("+" if difference > 0 else "−") + shown


_CZECH_MARKS = str.maketrans({",": "\u00a0", ".": ","})


@lru_cache(maxsize=20_000)
def _written(value: Decimal, decimals: int | None, language: str) -> str:
    """As Babel writes the patterns #,##0.##, #,##0 and #,##0.0 (tested), a tenth of its time: pages have thousands.

    Only what is written as zero has no sign here.
    """
    text = f"{value:z,.{2 if decimals is None else decimals}f}"
    if decimals is None:
        text = text.rstrip("0").rstrip(".")
    return text if language == "en" else text.translate(_CZECH_MARKS)


def held(text: str) -> str:
    """A text in which no line begins with the number of a section (§ 49)."""
    return text.replace("§ ", "§\u00a0")


def day(value: date) -> str:
    """3. 8. 2026 in Czech, 3 August 2026 in English."""
    if current_language() == "cs":
        return f"{value.day}.\u00a0{value.month}.\u00a0{value.year}"
    return format_date(value, format="d MMMM y", locale="en")


def moment(value: datetime) -> str:
    """An instant on the clock of Prague."""
    local = value.astimezone(PRAGUE)
    if current_language() == "cs":
        return f"{day(local.date())} {local.hour}:{local.minute:02d}"
    return format_datetime(local, format="d MMMM y, HH:mm", locale="en")


def postcode(value: str) -> str:
    """78701 as 787 01 (with a non-breaking space), as Czech envelopes have it; anything but five digits as it is."""
    return f"{value[:3]}\u00a0{value[3:]}" if len(value) == 5 and value.isdecimal() else value


def cell_text(cell: Cell, decimals: int | None = None) -> str:
    """A cell in words: its number (0 is a number), or which of the other states it is in."""
    if cell.number is not None:
        return number(cell.number, decimals)
    return {
        CellState.NOT_APPLICABLE: gettext("not applicable"),
        CellState.NOT_SUPPLIED: gettext("not supplied"),
        CellState.HIDDEN: gettext("hidden"),
    }[cell.state]


def init_formats(app: Flask) -> None:
    app.jinja_env.filters.update(
        number=number,
        percent=percent,
        day=day,
        moment=moment,
        cell=cell_text,
        postcode=postcode,
        signed=signed,
        held=held,
    )
