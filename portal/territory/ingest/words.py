"""Czech names: whether a text can be one, and in which encoding its bytes make sense."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_LETTERS = set("aábcčdďeéěfghiíjklmnňoópqrřsštťuúůvwxyýzž")
_MARKS = set(" .,-–()/'’\"&0123456789")

# As layers come: UTF-8 first, since text in another encoding is hardly ever valid UTF-8 by chance.
ENCODINGS = ("utf-8", "cp1250", "iso-8859-2", "cp852")


def looks_czech(text: str) -> bool:
    """Whether only letters of the Czech alphabet, digits and the usual marks occur."""
    return all(character in _LETTERS or character in _MARKS for character in text.casefold())


def decoded(raw: Sequence[bytes], encoding: str) -> list[str] | None:
    """The texts in this encoding; None when they are not in it, or when Python does not know it."""
    try:
        return [text.decode(encoding) for text in raw]
    except (UnicodeDecodeError, LookupError):
        return None


def best_reading(
    raw: Sequence[bytes], declared: str | None, fits: Callable[[Sequence[str]], int]
) -> tuple[list[str], str]:
    """The reading of the names that fits best, and its encoding; any bytes can be read as the last two encodings.

    ``declared`` is what the file says of itself; it wins among equals. ``fits`` counts names as expected.
    """
    candidates = [declared] if declared else []
    candidates += [encoding for encoding in ENCODINGS if encoding != declared]
    readings = [(names, encoding) for encoding in candidates if (names := decoded(raw, encoding)) is not None]
    return max(readings, key=lambda reading: fits(reading[0]))
