"""Documents: headings, texts, facts, tables and drawings become a PDF on A4 pages.

    blocks = [heading(gettext("Comparison")), text("..."), facts([("n", "12")]), table(the_table), bands(...)]
    write_pdf(Document(title, blocks), target)

The fonts are the portal's own, cut when the assets are built; of them only the signs of the document are put into it.
A table is the same as the one downloaded as CSV or XLSX (``portal.web.downloads.Table``); its heading repeats on
each page. Texts are plain: what looks like markup in a name is printed as it is written.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, TypeAlias
from xml.sax.saxutils import escape

from flask import Response
from flask_babel import gettext
from reportlab.graphics.shapes import Drawing, Line, Polygon, PolyLine, Rect, String
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    LongTable,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    TableStyle,
)

from portal.core.cells import Cell
from portal.core.messages import Message
from portal.web.assets import asset_path
from portal.web.downloads import Column, Kind, Table, attachment
from portal.web.formats import cell_text, day, moment, number
from portal.web.languages import current_language, say

PDF_TYPE = "application/pdf"
MARGIN = 15 * mm
_LEFT, _BOTTOM = 18 * mm, 8 * mm  # room of a chart for the words of its axes
REGULAR, BOLD = "PortalPrint", "PortalPrint-Bold"
INK, GREY, LINE_GREY, TINT = (colors.HexColor(code) for code in ("#0b0c0c", "#505a5f", "#b1b4b6", "#eef1f3"))
BLUE, ORANGE, BAND, INNER_BAND = (colors.HexColor(code) for code in ("#4c82b3", "#b5532a", "#dbe6f0", "#b4cce2"))

Block: TypeAlias = Flowable


@dataclass(frozen=True)
class Document:
    """What is written. ``notice`` stands at the foot of each page, e.g. for whom the document is."""

    title: str
    blocks: Sequence[Block]
    notice: str = ""
    is_wide: bool = False  # A4 on its side, for tables of many columns


@dataclass(frozen=True)
class Bar:
    """A cell of a table drawn as a bullet: value, norm and median on a scale from 0 to ``top``, all in one unit.

    The column beside it says the value in digits.
    """

    value: float | None
    norm: float | None
    median: float | None
    top: float


@dataclass(frozen=True)
class Bands:
    """A series: for each label the percentiles, the norm and the own value; None where there is none."""

    labels: Sequence[str]
    p10: Sequence[float | None]
    p25: Sequence[float | None]
    median: Sequence[float | None]
    p75: Sequence[float | None]
    p90: Sequence[float | None]
    norm: Sequence[float | None]
    own: Sequence[float | None] = ()


def heading(words: str, level: int = 1) -> Block:
    """A heading of level 1 to 3; it stays with what follows it."""
    return Paragraph(_plain(words), _style(f"h{level}"))


def text(words: str, *, small: bool = False) -> Block:
    return Paragraph(_plain(words), _style("small" if small else "body"))


def facts(pairs: Iterable[tuple[str, str]]) -> Block:
    """Short figures with their names: name on the left, figure on the right."""
    rows = [[Paragraph(_plain(k), _style("cell")), Paragraph(_plain(v), _style("fact"))] for k, v in pairs]
    made = LongTable(rows, colWidths=[65 * mm, 60 * mm], hAlign="LEFT", spaceAfter=4 * mm)
    made.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.3, LINE_GREY), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return made


def new_page() -> Block:
    return PageBreak()


def space(millimetres: float = 4) -> Block:
    return Spacer(1, millimetres * mm)


def together(*blocks: Block) -> Block:
    """Blocks that are not parted by the end of a page, as far as they fit on one."""
    return KeepTogether(list(blocks))


def table(data: Table, *, is_wide: bool = False) -> Block:
    """The table over the width of the page, columns in proportion to their widths in XLSX. A value may be a Bar."""
    total = sum(column.width for column in data.columns)
    width = _inner_width(is_wide)
    widths = [width * column.width / total for column in data.columns]
    head = [Paragraph(_plain(column.label), _style(_head_style(column))) for column in data.columns]
    placed = list(zip(data.columns, widths, strict=True))
    rows = [[_shown(row.get(column.key), column, at) for column, at in placed] for row in data.rows]
    made = LongTable([head, *rows], colWidths=widths, repeatRows=1, hAlign="LEFT", spaceAfter=5 * mm)
    made.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, 0), 1, INK),
                ("LINEBELOW", (0, 1), (-1, -1), 0.3, LINE_GREY),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 2),
                ("RIGHTPADDING", (0, 0), (-1, -1), 4),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return made


def _head_style(column: Column) -> str:
    return "head-number" if column.kind in (Kind.NUMBER, Kind.CELL) else "head"


def _shown(value: Any, column: Column, width: float) -> Block | str:
    if isinstance(value, Bar):
        return bar_drawing(value, width - 8)
    style = "cell-number" if column.kind in (Kind.NUMBER, Kind.CELL) else "cell"
    return Paragraph(_plain(_words(value)), _style(style))


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Cell):
        return cell_text(value)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Message):
        return say(value)
    if isinstance(value, int | float | Decimal):
        return number(value)
    if isinstance(value, datetime):
        return moment(value)
    return day(value) if isinstance(value, date) else str(value)


def bar_drawing(bar: Bar, width: float, height: float = 9) -> Drawing:
    """A bullet: the bar of the value (orange with an outline under the norm), norm as a thick line, median dashed."""
    drawing = Drawing(width, height)
    drawing.add(Rect(0, 1, width, height - 2, fillColor=TINT, strokeColor=None))

    def place(value: float) -> float:
        return width * min(max(value / bar.top, 0), 1) if bar.top else 0.0

    if bar.value is not None:
        is_under = bar.norm is not None and bar.value < bar.norm
        colour = ORANGE if is_under else BLUE
        long = max(place(bar.value), 0.6)
        drawing.add(Rect(0, 2.5, long, height - 5, fillColor=colour, strokeColor=INK if is_under else None))
    if bar.median is not None:
        at = place(bar.median)
        drawing.add(Line(at, 0, at, height, strokeColor=INK, strokeWidth=0.8, strokeDashArray=[1.5, 1]))
    if bar.norm is not None:
        at = place(bar.norm)
        drawing.add(Line(at, 0, at, height, strokeColor=INK, strokeWidth=1.8))
    return drawing


def bands(series: Bands, *, show: Callable[[float], str], is_wide: bool = False, height: float = 55 * mm) -> Drawing:
    """A chart of percentile bands (P10 to P90, P25 to P75), median, norm (dashed) and own line (with dots).

    ``show`` says a value of the axis in words. A table beside the chart says the same in digits.
    """
    _fonts()
    width = _inner_width(is_wide)
    drawing = Drawing(width, height)
    every = [series.p90, series.p75, series.median, series.norm, series.own]
    top = round_up(max((value for line in every for value in line if value is not None), default=1.0))
    count = len(series.labels)

    def point(at: int, value: float) -> tuple[float, float]:
        across = (at + 0.5) / max(count, 1)
        return _LEFT + (width - _LEFT - 4) * across, _BOTTOM + (height - _BOTTOM - 6) * min(max(value / top, 0), 1)

    _axes(drawing, series.labels, top, point, show)

    def path(values: Sequence[float | None], places: Iterable[int]) -> list[float]:
        return [part for at in places for part in point(at, values[at] or 0.0)]

    for low, high, colour in ((series.p10, series.p90, BAND), (series.p25, series.p75, INNER_BAND)):
        for run in _runs(low, high):
            flat = path(high, run) + path(low, reversed(run))
            drawing.add(Polygon(flat, fillColor=colour, strokeColor=colour, strokeWidth=1))
    lines = ((series.median, BLUE, 1.2, None), (series.norm, INK, 1.2, [3, 2]), (series.own, ORANGE, 1.5, None))
    for values, colour, weight, dashes in lines:
        for run in _runs(values):
            drawing.add(PolyLine(path(values, run), strokeColor=colour, strokeWidth=weight, strokeDashArray=dashes))
    for at, own in enumerate(series.own):
        if own is not None:
            x, y = point(at, own)
            drawing.add(Rect(x - 1.5, y - 1.5, 3, 3, fillColor=ORANGE, strokeColor=None))
    return drawing


def _axes(
    drawing: Drawing,
    labels: Sequence[str],
    top: float,
    point: Callable[[int, float], tuple[float, float]],
    show: Callable[[float], str],
) -> None:
    for quarter in range(5):
        value = top * quarter / 4
        _, y = point(0, value)
        drawing.add(Line(_LEFT, y, drawing.width, y, strokeColor=LINE_GREY, strokeWidth=0.3))
        drawing.add(_label(_LEFT - 3, y - 2.5, show(value), anchor="end"))
    for at in range(0, len(labels), max(1, math.ceil(len(labels) / 12))):
        x, y = point(at, 0)
        drawing.add(_label(x, y - 9, labels[at], anchor="middle"))


def _runs(*lines: Sequence[float | None]) -> list[list[int]]:
    """Stretches of neighbouring places where all lines have a number."""
    found: list[list[int]] = []
    for at, values in enumerate(zip(*lines, strict=True)):
        if any(value is None for value in values):
            continue
        if found and found[-1][-1] == at - 1:
            found[-1].append(at)
        else:
            found.append([at])
    return found


def round_up(value: float) -> float:
    """The next of 1, 2, 4, 5, 8, 10 x a power of ten, so that quarters of it are short numbers."""
    if value <= 0:
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= value * (1 - 1e-9))


def _label(x: float, y: float, words: str, *, anchor: str) -> String:
    return String(x, y, words, fontName=REGULAR, fontSize=7, fillColor=GREY, textAnchor=anchor)


def write_pdf(document: Document, target: IO[bytes]) -> None:
    """Lay the document out on pages, with page numbers and the notice at their foot. Raises AssetsNotBuilt."""
    _fonts()
    size = landscape(A4) if document.is_wide else A4
    built = BaseDocTemplate(
        target,
        pagesize=size,
        title=document.title,
        lang=current_language(),
        author=gettext("Portal of social services"),
        invariant=1,  # the same content gives the same file
    )
    inside = Frame(MARGIN, MARGIN + 6 * mm, size[0] - 2 * MARGIN, size[1] - 2 * MARGIN - 6 * mm, 0, 0, 0, 0)
    built.addPageTemplates([PageTemplate(id="page", frames=[inside], pagesize=size)])
    notice = document.notice

    class Numbered(Canvas):
        """Holds pages back until their count is known."""

        def __init__(self, *args: Any, **keywords: Any) -> None:
            super().__init__(*args, **keywords)
            self._held: list[Mapping[str, Any]] = []

        def showPage(self) -> None:
            self._held.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for place, held in enumerate(self._held, start=1):
                self.__dict__.update(held)
                self.setFont(REGULAR, 7.5)
                self.setFillColor(GREY)
                self.drawString(MARGIN, MARGIN - 2, notice)
                words = gettext("Page %(page)s of %(pages)s", page=place, pages=len(self._held))
                self.drawRightString(size[0] - MARGIN, MARGIN - 2, words)
                super().showPage()
            super().save()

    built.build(list(document.blocks), canvasmaker=Numbered)


def pdf_bytes(document: Document) -> bytes:
    target = io.BytesIO()
    write_pdf(document, target)
    return target.getvalue()


def pdf_response(document: Document, file_name: str) -> Response:
    """The document as a download."""
    response = Response(pdf_bytes(document), mimetype=PDF_TYPE)
    response.headers["Content-Disposition"] = attachment(f"{file_name}.pdf")
    return response


def _inner_width(is_wide: bool) -> float:
    width: float = (landscape(A4) if is_wide else A4)[0] - 2 * MARGIN
    return width


def _plain(words: str) -> str:
    return escape(words)


def _fonts() -> None:
    if REGULAR not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(REGULAR, str(asset_path("web/print-400.ttf"))))
        pdfmetrics.registerFont(TTFont(BOLD, str(asset_path("web/print-700.ttf"))))


def _style(name: str) -> ParagraphStyle:
    _fonts()
    return _STYLES[name]


def _made(name: str, font: str, size: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=font, fontSize=size, leading=size * 1.3, textColor=INK, **more)


_STYLES = {
    "h1": _made("h1", BOLD, 18, spaceAfter=8, keepWithNext=1),
    "h2": _made("h2", BOLD, 13, spaceBefore=6, spaceAfter=5, keepWithNext=1),
    "h3": _made("h3", BOLD, 10.5, spaceBefore=4, spaceAfter=3, keepWithNext=1),
    "body": _made("body", REGULAR, 9.5, spaceAfter=5),
    "small": _made("small", REGULAR, 8, spaceAfter=4),
    "cell": _made("cell", REGULAR, 7.5),
    "fact": _made("fact", BOLD, 8.5),
    "cell-number": _made("cell-number", REGULAR, 7.5, alignment=TA_RIGHT),
    "head": _made("head", BOLD, 7.5),
    "head-number": _made("head-number", BOLD, 7.5, alignment=TA_RIGHT),
}
