"""Three systems of codes: ČSÚ's (used here), LAU/NUTS, and RÚIAN's, which the ministry's register uses too.

A municipality has one code in all three lists. An ORP has four digits at ČSÚ and other digits at RÚIAN; the
same column KOD holds the one or the other, so only the names can tell. A district or region is known by its
RÚIAN code from the register's ("Okres/3805", "Kraj/124").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.core.errors import ImportRejected, RowError
from portal.core.messages import _m
from portal.territory.types import Finding


@dataclass(frozen=True)
class OrpCodes:
    """ČSÚ code of each unit of the layer, and RÚIAN's where the layer has it."""

    csu: tuple[str, ...]
    ruian: tuple[str | None, ...]
    finding: Finding


def recognised_orp_codes(label: str, codes: Sequence[str], names: Sequence[str], known: Mapping[str, str]) -> OrpCodes:
    """Recognise whose codes a layer of ORP holds; ``known`` is ČSÚ code -> name of the region's ORP.

    Raises ImportRejected for a code or name that stands twice, a name that the list does not have or the layer
    lacks, and for codes of which some are ČSÚ's and others not.
    """
    by_name = {name: code for code, name in known.items()}
    errors = [
        RowError(_m("Code %(code)s stands %(count)s times.", code=code or "-", count=count))
        for code, count in Counter(codes).items()
        if count > 1
    ]
    errors += [
        RowError(_m("ORP %(name)s stands %(count)s times.", name=name or "-", count=count))
        for name, count in Counter(names).items()
        if count > 1
    ]
    errors += [RowError(_m("ORP %(name)s is in the layer only.", name=name)) for name in names if name not in by_name]
    errors += [
        RowError(_m("ORP %(name)s is in the list of municipalities only.", name=name))
        for name in by_name
        if name not in names
    ]
    if errors:
        raise ImportRejected(_m("%(name)s does not go with the list of municipalities.", name=label), errors)
    same = [code == by_name[name] for code, name in zip(codes, names, strict=True)]
    csu = tuple(by_name[name] for name in names)
    if all(same):
        message = _m("%(name)s: the codes of ORP are those of ČSÚ.", name=label)
        return OrpCodes(csu, (None,) * len(csu), Finding(message))
    if any(same) or set(codes) & set(known):
        errors = [
            RowError(_m("%(unit)s: code %(code)s, in the list %(known)s.", unit=name, code=code, known=by_name[name]))
            for code, name, equal in zip(codes, names, same, strict=True)
            if not equal
        ]
        raise ImportRejected(_m("%(name)s: some codes of ORP are those of ČSÚ, others not.", name=label), errors)
    message = _m("%(name)s: the codes of ORP are those of RÚIAN; joined with ČSÚ's by name.", name=label)
    return OrpCodes(csu, tuple(codes), Finding(message))


def ruian_from_register(code: str) -> str:
    """RÚIAN's code inside one of the register: "Okres/3805" -> "3805"."""
    return code.rpartition("/")[2]


def register_code_of_municipality(code: str) -> str:
    return f"Obec/{code}"
