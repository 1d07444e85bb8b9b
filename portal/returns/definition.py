"""Definitions of the form: checked data files with validity, read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from portal.catalog.types import service_types
from portal.core.errors import Invalid, NotFound
from portal.core.messages import _m
from portal.returns.data_files import (
    DefinitionError,
    amount_of,
    code_of,
    filled,
    only_known_keys,
    period_of,
    read_file,
    repeated_in,
    take,
    text_of,
)
from portal.returns.types import (
    ALL,
    FORMS,
    SERVICE_FORMS,
    FieldDefinition,
    FieldUnit,
    FormDefinition,
    OverYear,
    Period,
    SectionDefinition,
)

FOLDER = Path(__file__).resolve().parent / "definitions"
MAX_DECIMALS = 2  # the column is NUMERIC(14, 2)

_FORM_KEYS = {"code", "first_period", "last_period", "asks_residences", "sections", "fields"}
_SECTION_KEYS = {"code", "label", "hint"}
_FIELD_KEYS = {
    *("code", "section", "unit", "decimals", "forms", "service_types", "with_forms"),
    *("sum_of", "over_year", "carry_over", "change_at_least", "source", "label", "hint", "suffix"),
}


def read_definition(path: Path) -> FormDefinition:
    """One definition from its TOML file. Raises DefinitionError."""
    content = read_file(path)
    try:
        return _form(content)
    except DefinitionError as error:
        raise DefinitionError(f"{path.name}: {error}") from error


def read_definitions(folder: Path) -> tuple[FormDefinition, ...]:
    """All definitions of a folder, by time. Raises DefinitionError, also where two are valid for one quarter."""
    found = sorted((read_definition(path) for path in sorted(folder.glob("*.toml"))), key=lambda d: d.first_period)
    if not found:
        raise DefinitionError(f"{folder}: holds no definition")
    if repeated := repeated_in(definition.code for definition in found):
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
    only_known_keys(content, _FORM_KEYS, "file")
    entries = take(content, "sections", list, "file")
    sections = tuple(_section(entry, f"section {place}") for place, entry in enumerate(entries, start=1))
    if repeated := repeated_in(section.code for section in sections):
        raise DefinitionError(f"section code {repeated!r} is there twice")
    fields = take(content, "fields", list, "file")
    if not fields:
        raise DefinitionError("fields: the form asks for nothing")
    read = tuple(_field(entry, f"field {place}") for place, entry in enumerate(fields, start=1))
    if repeated := repeated_in(definition.code for definition in read):
        raise DefinitionError(f"field code {repeated!r} is there twice")
    _check_sections(sections, read)
    _check_sums(read)
    first = period_of(content, "first_period")
    last = period_of(content, "last_period") if "last_period" in content else None
    if last is not None and last < first:
        raise DefinitionError("last_period lies before first_period")
    return FormDefinition(
        code=code_of(content, "file"),
        first_period=first,
        last_period=last,
        sections=sections,
        fields=read,
        asks_residences=take(content, "asks_residences", bool, "file") if "asks_residences" in content else False,
    )


def _section(entry: Any, where: str) -> SectionDefinition:
    if not isinstance(entry, dict):
        raise DefinitionError(f"{where}: is not a table")
    where = f"{where} ({entry.get('code', 'without code')})"
    only_known_keys(entry, _SECTION_KEYS, where)
    return SectionDefinition(
        code=code_of(entry, where), label=text_of(entry, "label", where), hint=text_of(entry, "hint", where)
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
        if repeated_in(total.sum_of) or len(total.sum_of) == 1:
            raise DefinitionError(f"field {total.code}: sum_of must be at least two fields, each once")
        if total.is_computed and total.carry_over:
            raise DefinitionError(f"field {total.code}: what is computed is not carried over")


def _field(entry: Any, where: str) -> FieldDefinition:
    if not isinstance(entry, dict):
        raise DefinitionError(f"{where}: is not a table")
    where = f"{where} ({entry.get('code', 'without code')})"
    only_known_keys(entry, _FIELD_KEYS, where)
    unit = take(entry, "unit", str, where)
    if unit not in list(FieldUnit):
        raise DefinitionError(f"{where}: unit {unit!r} is not one of {', '.join(FieldUnit)}")
    over_year = take(entry, "over_year", str, where)
    if over_year not in list(OverYear):
        raise DefinitionError(f"{where}: over_year {over_year!r} is not one of {', '.join(OverYear)}")
    decimals = take(entry, "decimals", int, where)
    if isinstance(decimals, bool) or not 0 <= decimals <= MAX_DECIMALS:
        raise DefinitionError(f"{where}: decimals must be 0 to {MAX_DECIMALS}")
    return FieldDefinition(
        code=code_of(entry, where),
        section=take(entry, "section", str, where),
        unit=FieldUnit(unit),
        decimals=decimals,
        forms=_forms(entry, where),
        service_types=_service_types(entry, where),
        with_forms=_with_forms(entry, where),
        sum_of=_sum_of(entry, where),
        over_year=OverYear(over_year),
        carry_over=take(entry, "carry_over", bool, where) if "carry_over" in entry else False,
        change_at_least=amount_of(entry, "change_at_least", where),
        label=text_of(entry, "label", where),
        hint=text_of(entry, "hint", where),
        suffix=text_of(entry, "suffix", where),
        source=filled(take(entry, "source", str, where), "source", where),
    )


def _forms(entry: Mapping[str, Any], where: str) -> tuple[str, ...]:
    forms = take(entry, "forms", list, where)
    unknown = [form for form in forms if form not in FORMS]
    if unknown or not forms or len(set(forms)) != len(forms):
        raise DefinitionError(f"{where}: forms must be some of {', '.join(FORMS)}, each once")
    if ALL in forms and len(forms) > 1:
        raise DefinitionError(f"{where}: a field is asked for the service or for its forms, not for both")
    return tuple(forms)


def _service_types(entry: Mapping[str, Any], where: str) -> frozenset[str] | None:
    if "service_types" not in entry:
        return None
    codes = take(entry, "service_types", list, where)
    if not codes or not all(isinstance(code, str) and code in service_types() for code in codes):
        raise DefinitionError(f'{where}: service_types must be types of service such as "49" or "60a"')
    return frozenset(codes)


def _with_forms(entry: Mapping[str, Any], where: str) -> frozenset[str] | None:
    if "with_forms" not in entry:
        return None
    forms = take(entry, "with_forms", list, where)
    if not forms or any(form not in SERVICE_FORMS for form in forms):
        raise DefinitionError(f"{where}: with_forms must be some of {', '.join(SERVICE_FORMS)}")
    return frozenset(forms)


def _sum_of(entry: Mapping[str, Any], where: str) -> tuple[str, ...]:
    codes = take(entry, "sum_of", list, where) if "sum_of" in entry else []
    if "sum_of" in entry and (not codes or not all(isinstance(code, str) for code in codes)):
        raise DefinitionError(f"{where}: sum_of must be codes of fields")
    return tuple(codes)
