"""Documents: headings, texts, facts, tables and drawings become a PDF on A4 pages.

    blocks = [heading(gettext("Comparison")), text("..."), facts([("n", "12")]), table(the_table), bands(...)]
    write_pdf(Document(title, blocks), target)

The fonts are the portal's own, cut when the assets are built; of them only the signs of the document are put into it.
A table is the same as the one downloaded as CSV or XLSX (``portal.web.downloads.Table``); its heading repeats on
each page. Texts are plain: what looks like markup in a name is printed as it is written.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, TypeAlias
from xml.sax.saxutils import escape

from flask import Response
from flask_babel import gettext
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
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
from portal.web.downloads import Column, Kind, Table, attachment
from portal.web.formats import cell_text, day, moment, number
from portal.web.languages import current_language, say
from portal.web.pdf.drawings import Bar, bar_drawing
from portal.web.pdf.look import BOLD, GREY, INK, LINE_GREY, MARGIN, REGULAR, inner_width, load_fonts

PDF_TYPE = "application/pdf"
Block: TypeAlias = Flowable
_PADDING = (2, 4)  # of a cell, left and right


@dataclass(frozen=True)
class Document:
    """What is written. ``notice`` stands at the foot of each page, e.g. for whom the document is."""

    title: str
    blocks: Sequence[Block]
    notice: str = ""
    is_wide: bool = False  # A4 on its side, for tables of many columns


class _Heading(Paragraph):
    """Tells the canvas where it stands, for the outline."""

    def __init__(self, words: str, level: int, room: float) -> None:
        super().__init__(_plain(words), _style(f"h{level}"))
        self._entry = (words, level)
        self._room = room
        if room:
            self.keepWithNext = 0

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Where there is no room for what follows, too high for the rest of the page, so that it goes to the next."""
        found, needed = super().wrap(width, height)
        return found, needed if needed + self._room <= height else height + 1

    def split(self, width: float, height: float) -> list[Flowable]:
        return []

    def draw(self) -> None:
        super().draw()
        self.canv.told_headings.append((self.canv.getPageNumber(), *self._entry))


class _Milestone(Flowable):
    def __init__(self, action: Callable[[], None]) -> None:
        super().__init__()
        self.width = self.height = 0
        self._action = action

    def draw(self) -> None:
        self._action()


def heading(words: str, level: int = 1, *, of_long_table: bool = False) -> Block:
    """A heading of level 1 to 3; it stays with what follows it, and stands in the outline of the document.

    What follows goes to the next page as a whole where it does not fit, unless it is a long table: that begins here.
    """
    return _Heading(words, level, 25 * mm if of_long_table else 0)


def milestone(action: Callable[[], None]) -> Block:
    """Takes no room; does the action when the laying out has come to it, e.g. to tell how far a long document is."""
    return _Milestone(action)


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
    width = inner_width(is_wide)
    widths = [width * column.width / total for column in data.columns]
    head = [Paragraph(_plain(column.label), _style(_head_style(column))) for column in data.columns]
    placed = list(zip(data.columns, widths, strict=True))
    rows = [[_shown(row.get(column.key), column, at) for column, at in placed] for row in data.rows]
    made = LongTable([head, *rows], colWidths=widths, repeatRows=1, hAlign="LEFT", spaceAfter=5 * mm)
    small = _style("cell")
    numbers = [place for place, column in enumerate(data.columns) if _is_number(column)]
    made.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, 0), 1, INK),
                ("LINEBELOW", (0, 1), (-1, -1), 0.3, LINE_GREY),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), _PADDING[0]),
                ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING[1]),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
                ("FONT", (0, 1), (-1, -1), small.fontName, small.fontSize, small.leading),
                ("TEXTCOLOR", (0, 1), (-1, -1), INK),
                *(("ALIGN", (place, 1), (place, -1), "RIGHT") for place in numbers),
            ]
        )
    )
    return made


def _is_number(column: Column) -> bool:
    return column.kind in (Kind.NUMBER, Kind.CELL)


def _head_style(column: Column) -> str:
    return "head-number" if _is_number(column) else "head"


def _shown(value: Any, column: Column, width: float) -> Block | str:
    """What fits on one line stays a plain text: a paragraph takes the library ten times as long."""
    if isinstance(value, Bar):
        return bar_drawing(value, width - 8)
    words = _words(value)
    name = "cell-number" if _is_number(column) else "cell"
    style = _style(name)
    if "\n" not in words and stringWidth(words, style.fontName, style.fontSize) <= width - sum(_PADDING):
        return words
    return Paragraph(_plain(words), style)


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


def write_pdf(document: Document, target: IO[bytes]) -> None:
    """Lay the document out on pages, with page numbers and the notice at their foot. Raises AssetsNotBuilt."""
    load_fonts()
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
            self.told_headings: list[tuple[int, str, int]] = []

        def showPage(self) -> None:
            self._held.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            depth = -1
            for place, held in enumerate(self._held, start=1):
                self.__dict__.update(held)
                self.setFont(REGULAR, 7.5)
                self.setFillColor(GREY)
                self.drawString(MARGIN, MARGIN - 2, notice)
                words = gettext("Page %(page)s of %(pages)s", page=place, pages=len(self._held))
                self.drawRightString(size[0] - MARGIN, MARGIN - 2, words)
                depth = self._outline(place, depth)
                super().showPage()
            super().save()

        def _outline(self, page: int, depth: int) -> int:
            """Entries for the headings of one page, below one of that depth; a level goes down by one alone."""
            for place, (_, words, level) in enumerate(told for told in self.told_headings if told[0] == page):
                depth = min(level - 1, depth + 1)
                self.bookmarkPage(f"p{page}-{place}")
                self.addOutlineEntry(words, f"p{page}-{place}", level=depth, closed=depth > 0)
            return depth

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


def _plain(words: str) -> str:
    return escape(words)


def _style(name: str) -> ParagraphStyle:
    load_fonts()
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
