"""Places of a scenario by what a person writes: a key, a label of the list, or a name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from portal.core.czech import fold
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.map.access.types import PlaceOption

SERVICE_KEY, TOWN_KEY = "sluzba", "obec"
_NUMBERED = re.compile(r"\b(sluzba|service|obec|municipality)[ :](\d{1,9})\b", re.ASCII)
_KINDS = {"sluzba": SERVICE_KEY, "service": SERVICE_KEY, "obec": TOWN_KEY, "municipality": TOWN_KEY}


class PlaceBook:
    """Finds a place among those on offer."""

    def __init__(self, options: Iterable[PlaceOption]) -> None:
        self.options = tuple(options)
        self._by_key = {option.key: option for option in self.options}
        self._by_name: dict[str, list[PlaceOption]] = {}
        for option in self.options:
            self._by_name.setdefault(_plain(option.label), []).append(option)

    def find(self, text: str) -> PlaceOption:
        """The place written as "sluzba:100123", "Domov Lípa (služba 100123)", "obec 500496" or by its name.

        Raises Invalid with a sentence for nothing of the kind, and for a name that several places have.
        """
        plain = _plain(text)
        for kind, number in reversed(_NUMBERED.findall(plain)):  # the label ends with it, the name may hold another
            found = self._by_key.get(f"{_KINDS[kind]}:{number}")
            if found is not None:
                return found
        named = self._by_name.get(plain, [])
        if len(named) == 1:
            return named[0]
        if named:
            raise Invalid(_m("Several places are called “%(text)s”; choose one from the list.", text=text[:60]))
        raise Invalid(
            _m("“%(text)s” is no place of this type of service and no municipality of the region.", text=text[:60])
        )


def _plain(text: str) -> str:
    return " ".join(fold(text).split())
