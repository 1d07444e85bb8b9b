"""What must not come in: people's names, and anything that tells a secret address. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from typing import Any

_TITLE = re.compile(
    r"(?<!\w)(?:Mgr|Bc|Ing|PhDr|PaedDr|RNDr|JUDr|MUDr|ThDr|ThLic|MgA|BcA|Dr|doc|prof|DiS|Ph\.?\s?D|CSc|MBA)(?!\w)"
)
_WORD = re.compile(r"[^\W\d_]+")
_DAYS = frozenset({"Po", "Út", "St", "Čt", "Pá", "So", "Ne"})
# Words a note may begin with in a capital letter; any other could be a name.
_BEGINNINGS = {
    "ambulance", "ambulantní", "azylový", "centrála", "dispečink", "domov", "denní", "fax", "hlavní",
    "informace", "infolinka", "kancelář", "kontakt", "kontaktní", "koordinátor", "koordinátorka", "krizová",
    "linka", "manažer", "manažerka", "mobil", "mobilní", "nonstop", "objednávky", "pevná", "pobočka",
    "poradna", "pracoviště", "pracovník", "pracovnice", "provoz", "recepce", "ředitel", "ředitelka",
    "ředitelství", "sekretariát", "sídlo", "sluchátko", "služba", "sociální", "stacionář", "středisko",
    "telefon", "telefonní", "terénní", "tísňová", "ústředna", "vedení", "vedoucí", "vrátnice", "zařízení",
    "zájemci", "zástupce", "zástupkyně",
}  # fmt: skip
# Parts of an entry that hold places, contacts and codes; walking them would only take time.
_WITHOUT_PEOPLE = frozenset(
    (
        "adresa",
        "ciloveSkupiny",
        "doplnkoveUdaje",
        "druhSocialniSluzby",
        "emaily",
        "faxy",
        "formy",
        "kontaktniAdresy",
        "rozsirenePusobnostiVKraji",
        "telefony",
        "vekoveSkupiny",
        "weby",
    )
)
MIN_WORD = 3


def personal_names(entry: Any) -> set[str]:
    """Surnames of the people an entry names (leaders, statutory bodies), without their ending."""
    found: set[str] = set()
    _collect(entry, found, depth=0)
    return found


def _stem(name: str) -> str:
    """The part of a name that its cases share: Nikdovská, Nikdovskou."""
    word = name.strip().casefold()
    return word[:-1] if len(word) > 4 else word


def _collect(value: Any, found: set[str], depth: int) -> None:
    if depth > 6:
        return
    if isinstance(value, dict):
        surname = value.get("prijmeni")
        if isinstance(surname, str) and len(surname.strip()) >= MIN_WORD:
            found.add(_stem(surname))
        for key, part in value.items():
            if isinstance(part, (dict, list)) and key not in _WITHOUT_PEOPLE:
                _collect(part, found, depth + 1)
    elif isinstance(value, list):
        for part in value:
            _collect(part, found, depth + 1)


def secret_words(facilities: Iterable[Any]) -> set[str]:
    """Streets of facilities whose address is secret though the file gives it."""
    found = []
    for facility in facilities:
        if not (isinstance(facility, dict) and facility.get("utajenaAdresa")):
            continue
        address = facility.get("adresa")
        street = address.get("ulice") if isinstance(address, dict) else None
        found.append(street.get("nazev") if isinstance(street, dict) else street)
    return words_of_streets(found)


def words_of_streets(streets: Iterable[Any]) -> set[str]:
    """The words by which a text could tell these streets."""
    return {_stem(name) for name in streets if isinstance(name, str) and len(name.strip()) >= MIN_WORD}


def keep_text(text: str | None, withheld: Set[str]) -> str | None:
    """The text, unless it holds a withheld word or the title of a person."""
    if text is None or _TITLE.search(text):
        return None
    folded = text.casefold()
    return None if any(word in folded for word in withheld) else text


def keep_note(text: str | None, withheld: Set[str]) -> str | None:
    """The note of a contact, unless it could name a person.

    People write "Jana Nováková" beside a number. So a note stays only when it begins in small letters or with a
    word for a place of work or a job, and no word behind has a capital letter (days of the week have). Better a
    note lost than a name kept.
    """
    text = keep_text(text, withheld)
    if text is None:
        return None
    for position, word in enumerate(_WORD.findall(text)):
        if word[0].islower() or word in _DAYS:
            continue
        if position > 0 or word.casefold() not in _BEGINNINGS:
            return None
    return text
