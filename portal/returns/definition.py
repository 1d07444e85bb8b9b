"""Definitions of the form: checked data files with validity, read once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from portal.catalog.types import service_types
from portal.core.errors import Invalid, NotFound
from portal.core.messages import _m
from portal.returns.types import (
    ALL,
    FORMS,
    SERVICE_FORMS,
    FieldDefinition,
    FieldUnit,
    FormDefinition,
    LocalText,
    OverYear,
    Period,
    SectionDefinition,
)

FOLDER = Path(__file__).resolve().parent / "definitions"
MAX_DECIMALS = 2  # the column is NUMERIC(14, 2)

_CODE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_FORM_KEYS = {"code", "first_period", "last_period", "sections", "fields"}
_SECTION_KEYS = {"code", "label", "hint"}
_FIELD_KEYS = {
    *("code", "section", "unit", "decimals", "forms", "service_types", "with_forms"),
    *("sum_of", "over_year", "carry_over", "change_at_least", "source", "label", "hint", "suffix"),
}


class DefinitionError(ValueError):
    """A definition file that cannot be meant; the text names the file, the place and the fault."""


def read_definition(path: Path) -> FormDefinition:
    """One definition from its TOML file. Raises DefinitionError."""
    try:
        with path.open("rb") as file:
            content = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise DefinitionError(f"{path.name}: {error}") from error
    try:
        return _form(content)
    except DefinitionError as error:
        raise DefinitionError(f"{path.name}: {error}") from error


def read_definitions(folder: Path) -> tuple[FormDefinition, ...]:
    """All definitions of a folder, by time. Raises DefinitionError, also where two are valid for one quarter."""
    found = sorted((read_definition(path) for path in sorted(folder.glob("*.toml"))), key=lambda d: d.first_period)
    if not found:
        raise DefinitionError(f"{folder}: holds no definition")
    if repeated := _repeated(definition.code for definition in found):
        raise DefinitionError(f"code {repeated!r} is used by two files")
    for earlier, later in pairwise(found):
        if earlier.last_period is None or earlier.last_period >= later.first_period:
            raise DefinitionError(f"{earlier.code!r} and {later.code!r} are both valid for {later.first_period}")
    return tuple(found)


@lru_cache(maxsize=1)
def definitions() -> tuple[FormDefinition, ...]:
    """The definitions that the portal ships with."""
    return read_definitions(FOLDER)


def definition_for(period: Period) -> FormDefinition:
    """The form valid for a quarter. Raises Invalid when there is none."""
    for definition in definitions():
        if definition.is_valid_for(period):
            return definition
    raise Invalid(_m("There is no form of the return for %(period)s.", period=period.label))


def definition_by_code(code: str) -> FormDefinition:
    """The version of the form that a stored return was made with. Raises NotFound for an unknown code."""
    for definition in definitions():
        if definition.code == code:
            return definition
    raise NotFound(_m("The portal does not know the form “%(code)s”.", code=code))


def _form(content: Mapping[str, Any]) -> FormDefinition:
    _only_known_keys(content, _FORM_KEYS, "file")
    entries = _take(content, "sections", list, "file")
    sections = tuple(_section(entry, f"section {place}") for place, entry in enumerate(entries, start=1))
    if repeated := _repeated(section.code for section in sections):
        raise DefinitionError(f"section code {repeated!r} is there twice")
    fields = _take(content, "fields", list, "file")
    if not fields:
        raise DefinitionError("fields: the form asks for nothing")
    read = tuple(_field(entry, f"field {place}") for place, entry in enumerate(fields, start=1))
    if repeated := _repeated(definition.code for definition in read):
        raise DefinitionError(f"field code {repeated!r} is there twice")
    _check_sections(sections, read)
    _check_sums(read)
    first = _period(content, "first_period")
    last = _period(content, "last_period") if "last_period" in content else None
    if last is not None and last < first:
        raise DefinitionError("last_period lies before first_period")
    return FormDefinition(
        code=_code(content, "file"), first_period=first, last_period=last, sections=sections, fields=read
    )


def _section(entry: Any, where: str) -> SectionDefinition:
    if not isinstance(entry, dict):
        raise DefinitionError(f"{where}: is not a table")
    where = f"{where} ({entry.get('code', 'without code')})"
    _only_known_keys(entry, _SECTION_KEYS, where)
    return SectionDefinition(
        code=_code(entry, where), label=_text(entry, "label", where), hint=_text(entry, "hint", where)
    )


def _check_sections(sections: tuple[SectionDefinition, ...], fields: tuple[FieldDefinition, ...]) -> None:
    named, used = {section.code for section in sections}, {field.section for field in fields}
    if unknown := sorted(used - named):
        raise DefinitionError(f"section {unknown[0]!r} has fields but is not there")
    if empty := sorted(named - used):
        raise DefinitionError(f"section {empty[0]!r} has no field")


def _check_sums(fields: tuple[FieldDefinition, ...]) -> None:
    """A total stands in the section of its parts, which are typed, in its unit, for its forms."""
    by_code = {field.code: field for field in fields}
    for total in fields:
        for code in total.sum_of:
            part = by_code.get(code)
            if part is None:
                raise DefinitionError(f"field {total.code}: sum_of names {code!r}, which is not there")
            if part.is_computed:
                raise DefinitionError(f"field {total.code}: sum_of names {code!r}, which is a sum itself")
            for name in ("section", "unit", "decimals", "forms", "over_year"):
                if getattr(part, name) != getattr(total, name):
                    raise DefinitionError(f"field {total.code}: its part {code!r} has another {name}")
        if _repeated(total.sum_of) or len(total.sum_of) == 1:
            raise DefinitionError(f"field {total.code}: sum_of must be at least two fields, each once")
        if total.is_computed and total.carry_over:
            raise DefinitionError(f"field {total.code}: what is computed is not carried over")


def _field(entry: Any, where: str) -> FieldDefinition:
    if not isinstance(entry, dict):
        raise DefinitionError(f"{where}: is not a table")
    where = f"{where} ({entry.get('code', 'without code')})"
    _only_known_keys(entry, _FIELD_KEYS, where)
    unit = _take(entry, "unit", str, where)
    if unit not in list(FieldUnit):
        raise DefinitionError(f"{where}: unit {unit!r} is not one of {', '.join(FieldUnit)}")
    over_year = _take(entry, "over_year", str, where)
    if over_year not in list(OverYear):
        raise DefinitionError(f"{where}: over_year {over_year!r} is not one of {', '.join(OverYear)}")
    decimals = _take(entry, "decimals", int, where)
    if isinstance(decimals, bool) or not 0 <= decimals <= MAX_DECIMALS:
        raise DefinitionError(f"{where}: decimals must be 0 to {MAX_DECIMALS}")
    return FieldDefinition(
        code=_code(entry, where),
        section=_take(entry, "section", str, where),
        unit=FieldUnit(unit),
        decimals=decimals,
        forms=_forms(entry, where),
        service_types=_service_types(entry, where),
        with_forms=_with_forms(entry, where),
        sum_of=_sum_of(entry, where),
        over_year=OverYear(over_year),
        carry_over=_take(entry, "carry_over", bool, where) if "carry_over" in entry else False,
        change_at_least=_amount(entry, "change_at_least", where),
        label=_text(entry, "label", where),
        hint=_text(entry, "hint", where),
        suffix=_text(entry, "suffix", where),
        source=_filled(_take(entry, "source", str, where), "source", where),
    )


def _forms(entry: Mapping[str, Any], where: str) -> tuple[str, ...]:
    forms = _take(entry, "forms", list, where)
    unknown = [form for form in forms if form not in FORMS]
    if unknown or not forms or len(set(forms)) != len(forms):
        raise DefinitionError(f"{where}: forms must be some of {', '.join(FORMS)}, each once")
    if ALL in forms and len(forms) > 1:
        raise DefinitionError(f"{where}: a field is asked for the service or for its forms, not for both")
    return tuple(forms)


def _service_types(entry: Mapping[str, Any], where: str) -> frozenset[str] | None:
    if "service_types" not in entry:
        return None
    codes = _take(entry, "service_types", list, where)
    if not codes or not all(isinstance(code, str) and code in service_types() for code in codes):
        raise DefinitionError(f'{where}: service_types must be types of service such as "49" or "60a"')
    return frozenset(codes)


def _with_forms(entry: Mapping[str, Any], where: str) -> frozenset[str] | None:
    if "with_forms" not in entry:
        return None
    forms = _take(entry, "with_forms", list, where)
    if not forms or any(form not in SERVICE_FORMS for form in forms):
        raise DefinitionError(f"{where}: with_forms must be some of {', '.join(SERVICE_FORMS)}")
    return frozenset(forms)


def _sum_of(entry: Mapping[str, Any], where: str) -> tuple[str, ...]:
    codes = _take(entry, "sum_of", list, where) if "sum_of" in entry else []
    if "sum_of" in entry and (not codes or not all(isinstance(code, str) for code in codes)):
        raise DefinitionError(f"{where}: sum_of must be codes of fields")
    return tuple(codes)


def _amount(entry: Mapping[str, Any], key: str, where: str) -> Decimal:
    text = _take(entry, key, str, where)
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise DefinitionError(f'{where}: {key} must be a number in quotes, such as "5"')
    return amount


def _text(entry: Mapping[str, Any], key: str, where: str) -> LocalText:
    table = _take(entry, key, dict, where)
    _only_known_keys(table, {"cs", "en"}, f"{where}, {key}")
    both = {
        language: _filled(_take(table, language, str, f"{where}, {key}"), language, where) for language in ("cs", "en")
    }
    return LocalText(**both)


def _code(entry: Mapping[str, Any], where: str) -> str:
    code: str = _take(entry, "code", str, where)
    if not _CODE.fullmatch(code):
        raise DefinitionError(f"{where}: code {code!r} must be lower-case letters, digits and _")
    return code


def _period(content: Mapping[str, Any], key: str) -> Period:
    text = _take(content, key, str, "file")
    try:
        return Period.parse(text)
    except Invalid as error:
        raise DefinitionError(f"{key}: {text!r} is not a quarter such as 2026Q2") from error


def _take(entry: Mapping[str, Any], key: str, kind: type, where: str) -> Any:
    if key not in entry:
        raise DefinitionError(f"{where}: {key} is missing")
    if not isinstance(entry[key], kind):
        raise DefinitionError(f"{where}: {key} must be of type {kind.__name__}")
    return entry[key]


def _filled(text: str, key: str, where: str) -> str:
    if not text.strip():
        raise DefinitionError(f"{where}: {key} is empty")
    return text


def _only_known_keys(entry: Mapping[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(set(entry) - known):
        raise DefinitionError(f"{where}: unknown key {unknown[0]!r}")


def _repeated(codes: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            return code
        seen.add(code)
    return None
