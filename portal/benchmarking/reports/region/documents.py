"""The comparison for the kraj on paper: one type, or the whole network with a summary and a section for each type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from flask_babel import gettext

from portal.benchmarking.metrics import Span, Year
from portal.benchmarking.reports.region.groups import group_table
from portal.benchmarking.reports.region.lines import UNUSUAL, line_blocks
from portal.benchmarking.scribe import type_name
from portal.benchmarking.service.region_reports import TypeReading
from portal.catalog.types import service_types
from portal.core.messages import _m
from portal.web.formats import moment
from portal.web.languages import say
from portal.web.pdf import (
    Block,
    Document,
    facts,
    heading,
    milestone,
    new_page,
    table,
    text,
    together,
)


def type_document(reading: TypeReading, made_at: datetime) -> Document:
    """One type on all its measures with a norm."""
    title = gettext("Comparison of services")
    name = type_name(reading.type_code)
    blocks = [heading(title), *_type_blocks(reading, made_at), *_how_to_read(reading.span)]
    return _document(f"{title}: {name}, {say(reading.span.label)}", blocks)


def network_document(
    readings: Sequence[TypeReading], span: Span, made_at: datetime, *, passed: Callable[[int, int], None]
) -> Document:
    """A summary type by type, then each type on pages of its own. ``passed(done, total)`` tells how far it is laid out.

    ``readings``: types in the order of the Act.
    """
    title = gettext("Comparison of services: the whole network")
    present = {reading.type_code for reading in readings}
    absent = [type_name(code) for code in service_types() if code not in present]
    blocks: list[Block] = [
        heading(title),
        facts(
            [
                (gettext("Period"), say(span.label)),
                (gettext("Types of services"), str(len(readings))),
                (gettext("Made on"), moment(made_at)),
            ]
        ),
        heading(gettext("Type by type"), 2, of_long_table=True),
        table(group_table(readings, span, with_type=True), is_wide=True),
    ]
    if absent:
        names = ", ".join(absent)
        blocks.append(
            text(gettext("No service of these types worked in the period: %(types)s.", types=names), small=True)
        )
    blocks += _how_to_read(span)
    for done, reading in enumerate(readings, start=1):
        blocks += [
            new_page(),
            *_type_blocks(reading, made_at),
            milestone(partial(passed, done, len(readings))),
        ]
    return _document(f"{title}, {say(span.label)}", blocks)


def document_name(type_code: str | None, span: Span) -> str:
    """Name of the file, without its ending."""
    return f"srovnani-{span}-{'sit' if type_code is None else type_code}"


def _document(title: str, blocks: Sequence[Block]) -> Document:
    notice = gettext("For the region alone: exact figures of single providers.")
    return Document(title, blocks, notice=notice, is_wide=True)


def _type_blocks(reading: TypeReading, made_at: datetime) -> list[Block]:
    name = f"{service_types()[reading.type_code].section} – {type_name(reading.type_code)}"
    pairs = [(gettext("Period"), say(reading.span.label)), (gettext("Made on"), moment(made_at))]
    blocks: list[Block] = [
        heading(name),
        facts(pairs),
        together(
            heading(gettext("Measures with a norm"), 2),
            table(group_table([reading], reading.span, with_type=False), is_wide=True),
        ),
    ]
    for line in reading.lines:
        blocks += line_blocks(line)
    return blocks


_STATES = (
    _m("0 is a true zero: the service reported that there was nothing."),
    _m(
        "“Not supplied” says that the accepted return leaves the figure empty; it is not zero and no part of the group."
    ),
    _m("“Return not accepted” says that the service worked in the period and its return is not there yet."),
    _m("“Not applicable” says that according to the return the figure does not concern the service."),
    _m("“Cannot be computed” says that the denominator is zero."),
    _m("Nothing is hidden here: this document is for the region, which may read the figures of all services."),
)


def _how_to_read(span: Span) -> list[Block]:
    words = [say(each) for each in _STATES]
    if not isinstance(span, Year):
        words.append(say(UNUSUAL))
    words.append(
        gettext("P10 is the figure below which a tenth of the services lies; the median parts them in halves.")
    )
    return [heading(gettext("How to read the figures"), 2), *(text(each, small=True) for each in words)]
