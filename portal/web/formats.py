"""Numbers and dates as the reader writes them, and the Czech order of words."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from flask import Flask

from portal.core.clock import PRAGUE
from portal.web.languages import current_language


def number(value: Decimal | float | int, decimals: int | None = None) -> str:
    """1 234,5 in Czech, 1,234.5 in English; ``decimals`` fixes the places, otherwise up to two are shown."""
    pattern = "#,##0.##" if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=current_language())


def percent(share: Decimal | float, decimals: int = 0) -> str:
    """0.875 as 88 % (Czech, with a non-breaking space) or 88% (English)."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + ("\u00a0%" if current_language() == "cs" else "%")
    return format_percent(share, format=pattern, locale=current_language())


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


def init_formats(app: Flask) -> None:
    app.jinja_env.filters.update(number=number, percent=percent, day=day, moment=moment)


_CZECH_LETTERS = "0123456789aábcčdďeéěfghiíjklmnňoópqrřsštťuúůvwxyýzž"
# ch sorts after h; letters that differ by accent alone (á, ď, é, ...) fall together on the first level
_PRIMARY = {
    letter: rank
    for rank, group in enumerate(
        [
            "0",
            "1",
            "2",
            "3",
            "4",
            "5",
            "6",
            "7",
            "8",
            "9",
            *[
                "aá",
                "b",
                "c",
                "č",
                "dď",
                "eéě",
                "f",
                "g",
                "h",
                "\x01",
                "ií",
                "j",
                "k",
                "l",
                "m",
                "nň",
                "oó",
                "p",
                "q",
                "r",
                "ř",
                "s",
                "š",
                "tť",
                "uúů",
                "v",
                "w",
                "xX",
                "yý",
                "z",
                "ž",
            ],
        ]
    )
    for letter in group
}


def czech_sort_key(text: str) -> tuple[tuple[int, ...], str]:
    """Key of ČSN 97 6030 order: Š after S, Ch after H, accents of the other letters decide last.

    Letters outside the Czech alphabet sort by their base letter; spaces and punctuation before letters.
    """
    lowered = text.casefold().replace("ch", "\u0001")
    ranks = []
    for letter in lowered:
        rank = _PRIMARY.get(letter)
        if rank is None:
            base = unicodedata.normalize("NFD", letter)[0]
            rank = _PRIMARY.get(base, -1)
        ranks.append(rank)
    return tuple(ranks), lowered
