"""Headings of a file of municipal support, in Czech and English. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from portal.core.errors import ImportRejected, RowError
from portal.core.messages import Message, _m
from portal.core.workbooks import headings
from portal.core.workbooks.sheets import RawSheet
from portal.grants.types import Kind

REGISTER_ID, IDENTIFIER, MUNICIPALITY, YEAR = "register_id", "identifier", "municipality", "year"
CONTRACT, GRANTED_ON, NOTE = "contract", "granted_on", "note"
RECEIVED = "received"  # what the provider told, in a file of the portal's own; not read

# Column -> headings by which it is known, folded.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    REGISTER_ID: (
        "cislo v registru", "cislo sluzby", "id sluzby", "portalid", "portal id", "register id", "register_id",
        "number in the register",
    ),
    IDENTIFIER: ("identifikator", "identifikator sluzby", "registracni cislo", "identifier"),
    MUNICIPALITY: ("obec", "kod obce", "nazev obce", "municipality", "municipality code", "municipality_code"),
    YEAR: ("rok", "year"),
    Kind.RUNNING: (
        "dotace na provoz", "provozni dotace", "provoz", "neinvesticni dotace", "running", "running costs",
        "grant to running costs",
        "total_for_service",
    ),
    Kind.INVESTMENT: ("investice", "investicni dotace", "dotace na investice", "investment", "investment grant",
        "total_investment"),
    Kind.RENT: (
        "najem", "prominuty najem", "prominute najemne", "najemne", "sleva na najemnem", "rent", "rent in kind",
        "total_rent",
    ),
    Kind.GIFT: ("dary", "dar", "gift", "gifts", "total_gifts"),
    Kind.FOUNDER: (
        "prispevek zrizovatele", "zrizovatel", "founder", "founder's contribution", "founder contribution",
        "founder_contribution",
    ),
    CONTRACT: ("smlouva", "cislo smlouvy", "contract", "contract reference"),
    GRANTED_ON: ("datum", "datum smlouvy", "datum poskytnuti", "date"),
    NOTE: ("poznamka", "note"),
    RECEIVED: ("poskytovatel prijal (kc)", "the provider received (czk)"),
}  # fmt: skip
# Columns that repeat in words what a code says, or what the portal adds up itself.
LEFT_OUT = frozenset(
    {"sluzba", "service", "druh sluzby", "type of service", "ico", "company number", "poskytovatel", "provider",
     "orp", "celkem", "total", "nazev obce (jen pro cteni)", "name of the municipality (not read)",
     "srovnani", "comparison", "rozhodnuti", "decision",
     "druh podpory", "kind of support"}
)  # fmt: skip

LABELS: Mapping[str, Message] = {
    REGISTER_ID: _m("Number in the register"),
    IDENTIFIER: _m("Registration identifier of the service"),
    MUNICIPALITY: _m("Municipality"),
    YEAR: _m("Year"),
    Kind.RUNNING: _m("Grant to running costs"),
    Kind.INVESTMENT: _m("Investment grant"),
    Kind.RENT: _m("Rent in kind"),
    Kind.GIFT: _m("Gifts"),
    Kind.FOUNDER: _m("Founder's contribution"),
    CONTRACT: _m("Contract"),
    GRANTED_ON: _m("Date"),
    NOTE: _m("Note"),
    RECEIVED: _m("The provider received (CZK)"),
}

_KNOWN = headings.by_heading(HEADINGS)


def find_columns(sheet: RawSheet, name: str) -> dict[str, int]:
    """The columns of the file by what they hold, from the headings in the first row.

    Raises ImportRejected, with the faults by cell, where one is not known or there twice, or where one is missing.
    """
    found, faults = headings.find_columns(sheet, _KNOWN, LEFT_OUT)
    for needed in (MUNICIPALITY, YEAR):
        if needed not in found:
            faults.append(RowError(_m("The column “%(name)s” is missing.", name=LABELS[needed]), row="1"))
    if REGISTER_ID not in found and IDENTIFIER not in found:
        faults.append(RowError(_m("The column “%(name)s” is missing.", name=LABELS[REGISTER_ID]), row="1"))
    if not any(kind in found for kind in Kind):
        faults.append(RowError(_m("The file has no column of amounts."), row="1"))
    if faults:
        raise ImportRejected(_m("%(name)s is no table of municipal support.", name=name), faults)
    return found
