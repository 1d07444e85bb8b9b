"""Releases in words: states, cells, and the report of the auditor."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, ngettext

from portal.core.messages import _m
from portal.disclosure.audit.report import Attack
from portal.releases.types import BELOW, Cell, CellKind, State, TableName
from portal.returns.types import Period
from portal.web.formats import number
from portal.web.languages import say

SHOWN_HOLDERS = 3  # names of those who learn a cell
STATES = {
    None: (_m("not prepared"), "grey"),
    State.DRAFT: (_m("prepared, not audited"), "blue"),
    State.PASSED: (_m("passed the audit"), "yellow"),
    State.FAILED: (_m("opened by the audit"), "red"),
    State.PUBLISHED: (_m("published"), "green"),
}
RUNNING = _m("being prepared")


def quarter_words(text: str) -> str:
    """A quarter as it is stored ("2026Q2"), in the reader's words."""
    return say(Period.parse(text).label)


def cell_words(cell: Cell, name: TableName) -> str:
    """What a published cell of a table says to the reader."""
    return number(cell.value) if cell.value is not None else kind_words(cell.kind, name)


def kind_words(kind: CellKind, name: TableName) -> str:
    """What a cell of a table says where no number can stand, on pages and in files."""
    if kind is CellKind.NOT_APPLICABLE and name.is_amount:
        return gettext("nobody told any")
    return {
        CellKind.BELOW: gettext("less than %(number)s", number=BELOW),
        CellKind.HIDDEN: gettext("hidden"),
        CellKind.NOT_APPLICABLE: gettext("not applicable"),
        CellKind.NOT_SUPPLIED: gettext("not supplied"),
    }[kind]


def audit_sentences(report: Mapping[str, Any]) -> list[str]:
    """The report of an audit in sentences: the whole first, then each attack."""
    whole = (
        gettext("The auditor opened no cell; the figures may be published.")
        if report["passed"]
        else gettext("The auditor opened cells; the figures must not be published.")
    )
    return [whole, *(f"{say(Attack(each['attack']).label)}: {attack_sentence(each)}" for each in report["attacks"])]


def attack_sentence(result: Mapping[str, Any]) -> str:
    """What came of one attack."""
    if result["contradictory"]:
        return gettext("what was told contradicts itself or was told before; nothing may be told twice.")
    count = result["looked_at"]
    tried = ngettext("%(count)s cell tried", "%(count)s cells tried", count, count=number(count))
    if result["passed"]:
        if result["closest"] is None:
            return gettext("%(tried)s, none opened.", tried=tried)
        return gettext(
            "%(tried)s, none opened; the narrowest interval is %(width)s wide.",
            tried=tried,
            width=number(round(result["closest"], 1)),
        )
    return gettext(
        "%(tried)s, known exactly: %(exact)s, too narrow: %(narrow)s.",
        tried=tried,
        exact=number(result["exact"]),
        narrow=number(result["too_narrow"]),
    )


def rules_sentence(rules: str) -> str:
    """The rules of a release in words, out of what is stored of them: "3 hidden_to=7 round_to=5 p_percent=15"."""
    version, *told = rules.split(" ")
    limits = dict(each.split("=", 1) for each in told)
    sentences = [gettext("Rules of version %(version)s.", version=version)]
    if "hidden_to" in limits:
        most = limits.pop("hidden_to")
        sentences.append(
            gettext(
                "Counts from 0 to %(most)s are told as “less than %(bound)s”.", most=most, bound=number(int(most) + 1)
            )
        )
    if "round_to" in limits:
        sentences.append(gettext("Other counts are rounded to %(count)s.", count=limits.pop("round_to")))
    if "p_percent" in limits:
        sentences.append(
            gettext(
                "An amount is hidden where one provider could work out that of another to within %(percent)s per cent.",
                percent=limits.pop("p_percent"),
            )
        )
    # A limit that a later version brings is told as it is stored rather than not at all.
    return " ".join([*sentences, *(f"{name}={value}." for name, value in limits.items())])


@dataclass(frozen=True)
class FallenCell:
    """A cell that the auditor opened: what becomes known of it, and to whom."""

    period: Period
    table: TableName
    row: str
    column: str
    learnt: str
    by: str


def fallen_cells(report: Mapping[str, Any] | None, holders: Mapping[str, str]) -> list[FallenCell]:
    """Each cell once, in the order in which the auditor found them, with the closest that anybody gets to it.

    ``holders``: names by IČO or code. Bounds are None for readers who may not see exact figures.
    """
    found: dict[tuple[str, str, str, str], list[Mapping[str, Any]]] = {}
    for attack in [] if report is None else report["attacks"]:
        for each in attack["findings"]:
            found.setdefault((each["period"], each["table"], each["row"], each["column"]), []).append(each)
    return [
        FallenCell(
            Period.parse(period), TableName(table), row, column, _learnt(each, TableName(table)), _by(each, holders)
        )
        for (period, table, row, column), each in found.items()
    ]


def _learnt(findings: Sequence[Mapping[str, Any]], name: TableName) -> str:
    closest = min(findings, key=_width)
    lower, upper = closest["lower"], closest["upper"]
    if lower is None:
        return gettext("for roles that see exact figures")
    least = number(round(lower))
    if upper is None:
        return (
            gettext("%(least)s CZK or more", least=least)
            if name.is_amount
            else gettext("%(least)s or more", least=least)
        )
    most = number(round(upper))
    if closest["is_exact"] or least == most:
        return (
            gettext("exactly %(least)s CZK", least=least)
            if name.is_amount
            else gettext("exactly %(least)s", least=least)
        )
    words = gettext("%(least)s to %(most)s CZK") if name.is_amount else gettext("%(least)s to %(most)s")
    return words % {"least": least, "most": most}


def _width(finding: Mapping[str, Any]) -> float:
    if finding["lower"] is None:
        return 0
    return math.inf if finding["upper"] is None else finding["upper"] - finding["lower"]


def _by(findings: Sequence[Mapping[str, Any]], holders: Mapping[str, str]) -> str:
    keys = list(dict.fromkeys(each["holder"] for each in findings))
    if None in keys:
        return gettext("anybody")
    names = [holders.get(key, key) for key in keys]
    if len(names) <= SHOWN_HOLDERS:
        return ", ".join(names)
    more = len(names) - SHOWN_HOLDERS
    shown = ", ".join(names[:SHOWN_HOLDERS])
    return ngettext(
        "%(names)s and %(count)s more", "%(names)s and %(count)s more", more, names=shown, count=number(more)
    )
