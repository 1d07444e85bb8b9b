"""The report as a table to download, as JSON and on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext

from portal.benchmarking.metrics.types import SHARE, parse_unit
from portal.benchmarking.metrics.words import unit_name
from portal.benchmarking.reports.drawings import round_up
from portal.benchmarking.reports.figures import SHARES, Groups, LineKey, Row, by_service_and_line
from portal.benchmarking.reports.page import ServiceView, group_words, services_of
from portal.benchmarking.service import ProviderReport
from portal.benchmarking.words import ABOUT_GROUPS, FORMS, GOOD_WAY, NOT_YET_PUBLISHED, state_of
from portal.core.messages import _m
from portal.disclosure import MEDIAN, STATISTICS
from portal.web.downloads import Column, Kind, Table
from portal.web.formats import percent
from portal.web.languages import current_language, say
from portal.web.pdf import Bar, Block, Document, facts, heading, space, table, text, together


def file_name(report: ProviderReport) -> str:
    return f"srovnani-{report.period}-{report.provider_ico}"


def report_table(report: ProviderReport) -> Table:
    """One row for each service, line and quarter; shares as per cent; what has no number says why."""
    groups = Groups(report)
    spread = [Column(name, _statistic_label(name), Kind.NUMBER, 10) for name, _ in SHARES]
    return Table(
        gettext("Report of the provider"),
        [
            Column("period", gettext("Quarter"), width=10),
            Column("service_name", gettext("Service"), width=40),
            Column("register_id", gettext("Number in the register"), Kind.NUMBER, 12),
            Column("type_code", gettext("Type"), width=8),
            Column("metric", gettext("Measure"), width=34),
            Column("form", gettext("Form"), width=14),
            Column("unit", gettext("Unit"), width=16),
            Column("value", gettext("Own value"), Kind.NUMBER, 16),
            Column("norm", gettext("Norm"), Kind.NUMBER, 10),
            Column(MEDIAN, gettext("Median of the group (about)"), Kind.NUMBER, 16),
            *spread,
            Column("at_least", gettext("Providers in the group, at least"), Kind.NUMBER, 12),
            Column("group", gettext("What the group tells"), width=60),
            Column("good_way", gettext("Which way is good"), width=30),
            Column("meaning", gettext("What it means"), width=80),
        ],
        (
            _table_row(report, groups, key, row)
            for lines in by_service_and_line(report).values()
            for key, rows in lines.items()
            for row in rows
        ),
    )


def _statistic_label(name: str) -> str:
    return gettext("%(share)s of the group lie under (about)", share=percent(int(name[1:]) / 100))


def _table_row(report: ProviderReport, groups: Groups, key: LineKey, row: Row) -> dict[str, Any]:
    version, period = report.metrics[key[1]], row["period"]
    factor = 100 if version.unit == SHARE else 1
    state = state_of(row)
    hidden = gettext("hidden") if groups.is_published(period) else gettext("not yet published")

    def group(statistic: str) -> float | str:
        figure = groups.figure(key, period, statistic)
        return hidden if figure is None else float(f"{figure * factor:.2g}")

    return {
        **{name: row[name] for name in ("period", "service_name", "register_id", "type_code")},
        "metric": version.label.of(current_language()),
        "form": FORMS[key[2]],
        "unit": "%" if version.unit == SHARE else unit_name(parse_unit(version.unit)),
        "value": round(row["value"] * factor, version.decimals + 2) if state is None else state,
        "norm": gettext("none") if row["norm"] is None else round(row["norm"] * factor, 2),
        **{name: group(name) for name in (MEDIAN, *(name for name, _ in SHARES))},
        "at_least": groups.at_least(key, period) or hidden,
        "group": group_words(version, groups, key, row),
        "good_way": GOOD_WAY[version.direction],
        "meaning": version.note.of(current_language()),
    }


def report_json(report: ProviderReport) -> dict[str, Any]:
    """The report for programs: numbers as they are (a share as 0.6), null where there is none - see the states."""
    groups = Groups(report)
    return {
        "provider_ico": report.provider_ico,
        "provider": report.provider_name,
        "period": str(report.period),
        "groups_published": report.period in report.published,
        "services": [
            {
                "register_id": register_id,
                "service": next(iter(lines.values()))[0]["service_name"],
                "type": next(iter(lines))[0],
                "lines": [_json_line(report, groups, key, rows) for key, rows in lines.items()],
            }
            for register_id, lines in by_service_and_line(report).items()
        ],
    }


def _json_line(report: ProviderReport, groups: Groups, key: LineKey, rows: Sequence[Row]) -> dict[str, Any]:
    version = report.metrics[key[1]]
    return {
        "metric": key[1],
        "form": key[2],
        "unit": version.unit,
        "direction": str(version.direction),
        "quarters": [
            {
                "period": row["period"],
                "value": row["value"],
                "state": str(row["state"]),
                "return_accepted": row["has_return"],
                "norm": row["norm"],
                "group": _json_group(groups, key, row["period"]),
            }
            for row in rows
        ],
    }


def _json_group(groups: Groups, key: LineKey, period: str) -> dict[str, Any]:
    figures = {name: groups.figure(key, period, name) for name in STATISTICS}
    told = {name: value for name, value in figures.items() if value is not None}
    state = "told" if told else "hidden" if groups.is_published(period) else "not_yet_published"
    return {"state": state, "at_least": groups.at_least(key, period), **told}


def report_document(report: ProviderReport) -> Document:
    """The report on paper: for each service a table of its lines with bullets, what they mean, and its past."""
    groups = Groups(report)
    title = gettext("Report of the provider")
    blocks: list[Block] = [
        heading(title),
        facts(
            [
                (gettext("Provider"), report.provider_name),
                (gettext("Company number"), report.provider_ico),
                (gettext("Quarter"), say(report.period.label)),
            ]
        ),
        text(say(_m("Figures of the group are rounded. A hidden figure is protected, not missing."))),
    ]
    if report.period not in report.published:
        blocks.append(text(say(NOT_YET_PUBLISHED)))
    by_service = by_service_and_line(report)
    for service in services_of(report):
        lines = by_service[service.register_id]
        blocks += [
            space(3),
            together(heading(f"{service.name} – {service.type_name}", 2), table(_paper_lines(service, lines, groups))),
            heading(gettext("Own value in the last eight quarters"), 3),
            table(_paper_past(service)),
        ]
    meanings = dict.fromkeys((line.title, line.meaning, line.good_way) for s in services_of(report) for line in s.lines)
    if meanings:
        blocks += [heading(gettext("What it means"), 2), *(text(f"{t}: {m} {g}") for t, m, g in meanings)]
    blocks += [heading(gettext("Why the group is only rough, and sometimes hidden"), 2)]
    blocks += [text(say(words)) for words in ABOUT_GROUPS]
    return Document(f"{title} – {report.provider_name}", blocks, notice=f"{report.provider_name}, {report.period}")


def _paper_lines(service: ServiceView, lines: Mapping[LineKey, Sequence[Row]], groups: Groups) -> Table:
    def bar(key: LineKey, row: Row) -> Bar:
        median = groups.figure(key, row["period"], MEDIAN)
        known = [number for number in (row["value"], row["norm"], median) if number is not None]
        return Bar(row["value"], row["norm"], median, round_up(max(known, default=0.0)))

    return Table(
        service.name,
        [
            Column("title", gettext("Measure"), width=40),
            Column("value", gettext("Own value"), Kind.NUMBER, 20),
            Column("norm", gettext("Norm"), Kind.NUMBER, 10),
            Column("median", gettext("Median of the group"), Kind.NUMBER, 20),
            Column("quartiles", gettext("Middle half of the group"), Kind.NUMBER, 22),
            Column("bar", "", width=30),
        ],
        [
            {
                "title": line.title,
                "value": line.value,
                "norm": line.norm or gettext("none"),
                "median": line.median,
                "quartiles": line.quartiles or line.no_quartiles,
                "bar": bar(key, rows[-1]),
            }
            for line, (key, rows) in zip(service.lines, lines.items(), strict=True)
        ],
    )


def _paper_past(service: ServiceView) -> Table:
    quarters = [quarter.short for quarter in service.lines[0].past]
    return Table(
        service.name,
        [
            Column("title", gettext("Measure"), width=30),
            *(Column(quarter, quarter, Kind.NUMBER, 14) for quarter in quarters),
        ],
        [
            {
                "title": f"{line.title} ({line.unit})" if line.unit else line.title,
                **{quarter.short: quarter.bare for quarter in line.past},
            }
            for line in service.lines
        ],
    )
