"""All metrics with their versions, and each of them made ready to be evaluated in a quarter. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from portal.benchmarking.metrics.nodes import Name, Node, Sum, names_in
from portal.benchmarking.metrics.parsing import parse
from portal.benchmarking.metrics.types import (
    DAYS,
    FUND,
    Field,
    FormulaError,
    MetricVersion,
    Place,
    Unit,
    parse_unit,
    possible_forms,
)
from portal.benchmarking.metrics.units import unit_of
from portal.benchmarking.metrics.words import unit_name
from portal.core.errors import NotFound
from portal.core.messages import Message, _m
from portal.returns.types import ALL, Period

MAX_METRICS_DEEP = 10  # a metric of a metric of ...

_FACTORS = {"days": DAYS, "fund": FUND}
_TOO_DEEP = _m("Too many metrics stand one upon another.")


class TangledError(FormulaError):
    """Metrics that run in a circle or stand upon too many others: no fault of one formula."""


@dataclass(frozen=True, eq=False)
class Program:
    """A version of a metric whose names are resolved: fields, and the metrics it uses, ready in the same way."""

    version: MetricVersion
    node: Node
    unit: Unit
    fields: Mapping[str, Field]
    metrics: Mapping[str, Program]
    forms: tuple[str, ...]  # what it is evaluated for
    service_types: frozenset[str] | None  # types for which it means something; None: all
    needs: frozenset[str]  # codes of the fields it needs, those of its metrics included
    deep: int  # 1 for a metric of fields alone, 2 for one that uses such metrics, ...


class Catalogue:
    """Metrics over fields. A name means a field first, then a metric in the version valid for the quarter."""

    def __init__(self, versions: Iterable[MetricVersion], fields: Iterable[Field]) -> None:
        """Raises ValueError when two versions of a metric are valid for one quarter."""
        self.fields = {field.code: field for field in fields}
        self._versions: dict[str, list[MetricVersion]] = {}
        for version in versions:
            self._versions.setdefault(version.name, []).append(version)
        for name, own in self._versions.items():
            own.sort(key=lambda version: version.first_period)
            if clash := overlap(own):
                raise ValueError(f"two versions of the metric {name!r} are valid for {clash}")
        self._ready: dict[tuple[str, Period], Program] = {}
        self._same: dict[tuple[int, ...], Program] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._versions

    def __iter__(self) -> Iterator[str]:
        return iter(self._versions)

    def versions(self, name: str) -> tuple[MetricVersion, ...]:
        """The versions of a metric by time; none for a name that is no metric."""
        return tuple(self._versions.get(name, ()))

    def version(self, name: str, period: Period) -> MetricVersion | None:
        """The version valid for the quarter."""
        return next((each for each in self.versions(name) if each.is_valid_for(period)), None)

    def with_version(self, version: MetricVersion, *, instead_of: MetricVersion | None = None) -> Catalogue:
        """A catalogue that holds one version more (in place of another), to see what would come of it."""
        kept = [each for own in self._versions.values() for each in own if each != instead_of]
        return Catalogue([*kept, version], self.fields.values())

    def changes(self) -> list[Period]:
        """The quarters in which some version of some metric begins, by time: between them nothing changes."""
        every = [each for own in self._versions.values() for each in own]
        begins = {each.first_period for each in every}
        return sorted(begins | {each.last_period.next for each in every if each.last_period is not None})

    def program(self, name: str, period: Period) -> Program:
        """A metric made ready for a quarter. The same versions give the same object.

        Raises NotFound for a metric that is not valid then, FormulaError for one that cannot be evaluated, in a
        formula of its own: unknown names, units that do not go together, metrics that run in a circle.
        """
        if self.version(name, period) is None:
            raise NotFound(_m("There is no metric “%(name)s” for %(period)s.", name=name, period=period.label))
        return self._program(name, period, ())

    def _program(self, name: str, period: Period, above: tuple[str, ...]) -> Program:
        if (name, period) not in self._ready:
            version = self.version(name, period)
            assert version is not None
            node = parse(version.formula)
            fields, metrics = self._resolved(node, version, period, (*above, name))
            key = (id(version), *(id(metrics[each]) for each in sorted(metrics)))
            if key not in self._same:
                self._same[key] = _made(version, node, fields, metrics)
            self._ready[name, period] = self._same[key]
        return self._ready[name, period]

    def _resolved(
        self, node: Node, version: MetricVersion, period: Period, above: tuple[str, ...]
    ) -> tuple[dict[str, Field], dict[str, Program]]:
        fields: dict[str, Field] = {}
        metrics: dict[str, Program] = {}
        for code, place in ((code, name.place) for code, name in names_in(node).items() if code not in _FACTORS):
            if code in self.fields:
                fields[code] = self.fields[code]
            elif self.version(code, period) is None:
                raise FormulaError(self._unknown(code), place)
            elif code in above:
                circle = " → ".join([*above[above.index(code) :], code])
                raise TangledError(_m("The metrics run in a circle: %(circle)s.", circle=circle), place)
            elif len(above) > MAX_METRICS_DEEP:
                raise TangledError(_TOO_DEEP, place)
            else:
                metrics[code] = self._used(code, period, above, place)
        if not fields and not metrics:
            raise FormulaError(_m("The formula names no field of the return and no metric."), node.place)
        return fields, metrics

    def _used(self, code: str, period: Period, above: tuple[str, ...], place: Place) -> Program:
        try:
            return self._program(code, period, above)
        except TangledError as error:
            raise TangledError(error.message, place) from error
        except FormulaError as error:
            raise FormulaError(
                _m("The metric “%(name)s” has a fault: %(fault)s", name=code, fault=error.message), place
            ) from error

    def _unknown(self, code: str) -> Message:
        if code in self._versions:
            return _m("The metric “%(name)s” is not valid for the whole time.", name=code)
        nearest = _nearest(code, [*self.fields, *self._versions, *_FACTORS])
        if nearest is not None:
            return _m("“%(name)s” is no field and no metric. Did you mean %(nearest)s?", name=code, nearest=nearest)
        return _m("“%(name)s” is no field and no metric.", name=code)


def overlap(versions: Iterable[MetricVersion]) -> Period | None:
    """The first quarter for which two of the versions, given by time, are valid."""
    last: MetricVersion | None = None
    for version in versions:
        if last is not None and last.is_valid_for(version.first_period):
            return version.first_period
        last = version
    return None


def _made(version: MetricVersion, node: Node, fields: dict[str, Field], metrics: dict[str, Program]) -> Program:
    def unit_of_name(name: Name) -> Unit:
        if name.code in fields:
            return Unit.named(fields[name.code].unit)
        return metrics[name.code].unit if name.code in metrics else _FACTORS[name.code]

    unit, declared = unit_of(node, unit_of_name), parse_unit(version.unit)
    if unit != declared:
        raise FormulaError(
            _m(
                "The formula gives %(found)s, but the unit of the metric is %(declared)s.",
                found=unit_name(unit),
                declared=unit_name(declared),
            ),
            node.place,
        )
    deep = 1 + max((metric.deep for metric in metrics.values()), default=0)
    if deep > MAX_METRICS_DEEP:
        raise TangledError(_TOO_DEEP, node.place)
    return Program(
        deep=deep,
        version=version,
        node=node,
        unit=unit,
        fields=fields,
        metrics=metrics,
        forms=_forms(version, node, fields, metrics),
        service_types=_both(version.service_types, _types(node, fields, metrics)),
        needs=frozenset(fields).union(*(metric.needs for metric in metrics.values())),
    )


def _forms(
    version: MetricVersion, node: Node, fields: Mapping[str, Field], metrics: Mapping[str, Program]
) -> tuple[str, ...]:
    possible = possible_forms(frozenset(fields.values()))
    for metric in metrics.values():
        possible = tuple(form for form in possible if form in metric.forms)
    wrong = [form for form in version.forms if form not in possible]
    if wrong or not possible:
        if possible == (ALL,):
            message = _m("The formula can be counted for the service as a whole only.")
        elif possible:
            message = _m("The formula cannot be counted for every form that the metric is meant for.")
        else:
            message = _m("Fields and metrics of different forms do not go together.")
        raise FormulaError(message, node.place)
    return tuple(form for form in possible if form in (version.forms or possible))


def _types(node: Node, fields: Mapping[str, Field], metrics: Mapping[str, Program]) -> frozenset[str] | None:
    """Types of services that are asked for what the formula needs; in sum() one of the items is enough."""
    if isinstance(node, Name):
        if node.code in fields:
            return fields[node.code].service_types
        return metrics[node.code].service_types if node.code in metrics else None
    found = [_types(part, fields, metrics) for part in node.parts]
    if isinstance(node, Sum) and found:
        return None if None in found else frozenset().union(*(types for types in found if types is not None))
    both: frozenset[str] | None = None
    for types in found:
        both = _both(both, types)
    return both


def _both(one: frozenset[str] | None, two: frozenset[str] | None) -> frozenset[str] | None:
    return two if one is None else one if two is None else one & two


def _nearest(code: str, known: Iterable[str]) -> str | None:
    """The known name that differs least, if it differs in few letters."""
    best = min(((Levenshtein.distance(code, each), each) for each in known), default=(len(code), ""))
    return best[1] if best[1] and best[0] <= max(1, len(code) // 3) else None
