"""The number of a legal person or an entrepreneur in Czech registers (IČO)."""

from __future__ import annotations

from stdnum.cz import dic


def is_ico(text: str) -> bool:
    """Eight digits, the last of them right: weights 8 to 2 over the first seven, 11 minus the remainder modulo 11."""
    return (
        len(text) == 8 and text.isascii() and text.isdigit() and bool(dic.calc_check_digit_legal(text[:7]) == text[7])
    )
