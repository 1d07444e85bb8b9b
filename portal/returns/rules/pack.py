"""The rules that the portal ships with: checked data files with validity, read once.

Kinds and their keys, beside ``code``, ``kind``, ``severity``, ``message`` and perhaps ``service_types``:

- required: nothing more;
- compare: ``fields``, ``other``, perhaps ``factor`` (one, days, working_time_fund), ``tolerance``, ``ignores_zero``;
- needs: ``fields``, ``other``;
- range: ``fields``, ``other``, ``at_least`` or ``at_most`` or both;
- change: ``share``, ``ceased``, perhaps ``excluded``;
- residences: ``fields`` (the number of users), ``placed`` (nothing, more, fewer);
- outlier: ``fields``, ``against`` (history, group), ``min_count``, ``threshold``, perhaps ``other``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from portal.catalog.types import service_types
from portal.returns.data_files import (
    DefinitionError,
    amount_of,
    code_of,
    only_known_keys,
    period_of,
    read_file,
    repeated_in,
    take,
    text_of,
)
from portal.returns.definition import definitions
from portal.returns.rules.types import Against, Factor, Placed, Rule, RuleKind
from portal.returns.types import LocalText, Period, Severity

FOLDER = Path(__file__).resolve().parent / "definitions"

_COMMON = {"code", "kind", "severity", "message", "service_types"}
_NEEDED: Mapping[RuleKind, set[str]] = {
    RuleKind.REQUIRED: set(),
    RuleKind.COMPARE: {"fields", "other"},
    RuleKind.NEEDS: {"fields", "other"},
    RuleKind.RANGE: {"fields", "other"},
    RuleKind.CHANGE: {"share", "ceased"},
    RuleKind.RESIDENCES: {"fields", "placed"},
    RuleKind.OUTLIER: {"fields", "against", "min_count", "threshold"},
}
_ALLOWED: Mapping[RuleKind, set[str]] = {
    RuleKind.REQUIRED: set(),
    RuleKind.COMPARE: {"factor", "tolerance", "ignores_zero"},
    RuleKind.NEEDS: set(),
    RuleKind.RANGE: {"at_least", "at_most"},
    RuleKind.CHANGE: {"excluded"},
    RuleKind.RESIDENCES: set(),
    RuleKind.OUTLIER: {"other"},
}
_PLACES: Mapping[RuleKind, tuple[str, ...]] = {
    RuleKind.REQUIRED: (),
    RuleKind.COMPARE: ("left", "right", "factor", "most"),
    RuleKind.NEEDS: ("number",),
    RuleKind.RANGE: ("each", "least", "most"),
    RuleKind.CHANGE: ("before", "now"),
    RuleKind.RESIDENCES: ("placed", "users"),
    RuleKind.OUTLIER: ("now", "usual", "count"),
}


@dataclass(frozen=True)
class RulePack:
    """The rules valid for the quarters from ``first_period`` to ``last_period`` (None: still)."""

    first_period: Period
    last_period: Period | None
    rules: tuple[Rule, ...]

    def is_valid_for(self, period: Period) -> bool:
        return self.first_period <= period and (self.last_period is None or period <= self.last_period)


def read_pack(path: Path) -> RulePack:
    """One file of rules. Raises DefinitionError, which names the file, the rule and the fault."""
    content = read_file(path)
    try:
        return _pack(content)
    except DefinitionError as error:
        raise DefinitionError(f"{path.name}: {error}") from error


def read_packs(folder: Path) -> tuple[RulePack, ...]:
    """All rules of a folder, by time. Raises DefinitionError, also where two files are valid for one quarter."""
    found = sorted((read_pack(path) for path in sorted(folder.glob("*.toml"))), key=lambda pack: pack.first_period)
    for earlier, later in pairwise(found):
        if earlier.last_period is None or earlier.last_period >= later.first_period:
            raise DefinitionError(f"two files of rules are valid for {later.first_period}")
    return tuple(found)


@lru_cache(maxsize=1)
def packs() -> tuple[RulePack, ...]:
    """The rules that the portal ships with."""
    return read_packs(FOLDER)


def rules_for(period: Period) -> tuple[Rule, ...]:
    """The rules valid for a quarter; none where no file is."""
    return next((pack.rules for pack in packs() if pack.is_valid_for(period)), ())


def _pack(content: Mapping[str, Any]) -> RulePack:
    only_known_keys(content, {"first_period", "last_period", "rules"}, "file")
    entries = take(content, "rules", list, "file")
    known = {field.code for form in definitions() for field in form.fields}
    rules = tuple(_rule(entry, f"rule {place}", known) for place, entry in enumerate(entries, start=1))
    if repeated := repeated_in(rule.code for rule in rules):
        raise DefinitionError(f"rule {repeated!r} is there twice")
    first = period_of(content, "first_period")
    return RulePack(first, period_of(content, "last_period") if "last_period" in content else None, rules)


def _rule(entry: Any, where: str, known: Collection[str]) -> Rule:
    if not isinstance(entry, dict):
        raise DefinitionError(f"{where}: is not a table")
    where = f"{where} ({entry.get('code', 'without code')})"
    kind = RuleKind(_one_of(entry, "kind", list(RuleKind), where))
    only_known_keys(entry, _COMMON | _NEEDED[kind] | _ALLOWED[kind], where)
    if missing := sorted(_NEEDED[kind] - set(entry)):
        raise DefinitionError(f"{where}: {missing[0]} is missing")
    if kind is RuleKind.RANGE and not {"at_least", "at_most"} & set(entry):
        raise DefinitionError(f"{where}: at_least or at_most is missing")
    return Rule(
        code=code_of(entry, where),
        kind=kind,
        severity=Severity(_one_of(entry, "severity", list(Severity), where)),
        message=_message(entry, "message", kind, where),
        fields=_codes(entry, "fields", known, where),
        excluded=_codes(entry, "excluded", known, where),
        service_types=_types(entry, where),
        other=_codes(entry, "other", known, where),
        factor=Factor(_one_of(entry, "factor", list(Factor), where)) if "factor" in entry else Factor.ONE,
        tolerance=_optional(entry, "tolerance", where) or Decimal(0),
        ignores_zero=take(entry, "ignores_zero", bool, where) if "ignores_zero" in entry else False,
        at_least=_optional(entry, "at_least", where),
        at_most=_optional(entry, "at_most", where),
        share=_optional(entry, "share", where) or Decimal(0),
        ceased=_message(entry, "ceased", kind, where) if "ceased" in entry else None,
        placed=Placed(_one_of(entry, "placed", list(Placed), where)) if "placed" in entry else None,
        against=Against(_one_of(entry, "against", list(Against), where)) if "against" in entry else None,
        min_count=_count(entry, where),
        threshold=_optional(entry, "threshold", where) or Decimal(0),
    )


def _one_of(entry: Mapping[str, Any], key: str, values: list[Any], where: str) -> str:
    value: str = take(entry, key, str, where)
    if value not in values:
        raise DefinitionError(f"{where}: {key} {value!r} is not one of {', '.join(values)}")
    return value


def _codes(entry: Mapping[str, Any], key: str, known: Collection[str], where: str) -> tuple[str, ...]:
    codes = take(entry, key, list, where) if key in entry else []
    if unknown := [code for code in codes if code not in known]:
        raise DefinitionError(f"{where}: {key} names {unknown[0]!r}, which no form asks for")
    if key in entry and not codes:
        raise DefinitionError(f"{where}: {key} is empty")
    return tuple(codes)


def _types(entry: Mapping[str, Any], where: str) -> frozenset[str] | None:
    if "service_types" not in entry:
        return None
    codes = take(entry, "service_types", list, where)
    if not codes or any(code not in service_types() for code in codes):
        raise DefinitionError(f"{where}: service_types must be types of service")
    return frozenset(codes)


def _optional(entry: Mapping[str, Any], key: str, where: str) -> Decimal | None:
    return amount_of(entry, key, where) if key in entry else None


def _count(entry: Mapping[str, Any], where: str) -> int:
    count: int = take(entry, "min_count", int, where) if "min_count" in entry else 0
    if "min_count" in entry and count < 3:
        raise DefinitionError(f"{where}: min_count must be at least 3")
    return count


def _message(entry: Mapping[str, Any], key: str, kind: RuleKind, where: str) -> LocalText:
    text = text_of(entry, key, where)
    places = dict.fromkeys(_PLACES[kind], "")
    for language in ("cs", "en"):
        try:
            text.of(language) % places
        except (KeyError, TypeError, ValueError) as error:
            raise DefinitionError(f"{where}: {key}.{language} has a place that is not filled in: {error}") from error
    return text
