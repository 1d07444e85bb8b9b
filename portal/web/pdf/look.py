"""What documents look like: measures of the page, colours, fonts."""

from __future__ import annotations

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from portal.web.assets import asset_path

MARGIN = 15 * mm
REGULAR, BOLD = "PortalPrint", "PortalPrint-Bold"
INK, GREY, LINE_GREY, TINT = (colors.HexColor(code) for code in ("#0b0c0c", "#505a5f", "#b1b4b6", "#eef1f3"))
BLUE, ORANGE, BAND, INNER_BAND = (colors.HexColor(code) for code in ("#4c82b3", "#b5532a", "#dbe6f0", "#b4cce2"))


def inner_width(is_wide: bool) -> float:
    """Width of what stands between the margins, in points."""
    width: float = (landscape(A4) if is_wide else A4)[0] - 2 * MARGIN
    return width


def load_fonts() -> None:
    """Make the fonts known, once for the process. Raises AssetsNotBuilt."""
    if REGULAR not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(REGULAR, str(asset_path("web/print-400.ttf"))))
        pdfmetrics.registerFont(TTFont(BOLD, str(asset_path("web/print-700.ttf"))))
