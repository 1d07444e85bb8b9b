"""How cells of written sheets look."""

from __future__ import annotations

from typing import Any

GREY, LINE, HEADING = "#eef0f2", "#b1b4b6", "#dfe8f1"


class Formats:
    """The looks of cells; one of each in a workbook."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[str, Any] = {}
        self._looks: dict[str, dict[str, Any]] = {
            "title": {"bold": True, "font_size": 14},
            "how": {"italic": True, "font_color": "#505a5f"},
            "head": {"bold": True, "text_wrap": True, "valign": "top", "bg_color": HEADING, "border": 1},
            "small": {"text_wrap": True, "valign": "top", "bg_color": HEADING, "border": 1, "font_size": 9},
            "section": {"bold": True, "bg_color": HEADING, "top": 1},
            "label": {"text_wrap": True, "valign": "top"},
            "plain": {"font_color": "#505a5f", "valign": "top"},
            "wrap": {"text_wrap": True, "valign": "top"},
            "value0": {"num_format": "#,##0", "align": "right", "border": 1, "locked": False},
            "value2": {"num_format": "#,##0.00", "align": "right", "border": 1, "locked": False},
            "comment": {"num_format": "@", "border": 1, "locked": False, "text_wrap": False},
            "total0": {"num_format": "#,##0", "align": "right", "bold": True, "border": 1, "bg_color": GREY},
            "total2": {"num_format": "#,##0.00", "align": "right", "bold": True, "border": 1, "bg_color": GREY},
            "free": {},
            "entry": {"locked": False, "valign": "top"},
            "locked": {"locked": True},
            "unasked": {"bg_color": "#c8ccd0", "border": 1, "border_color": LINE},
        }

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._workbook.add_format(self._looks[name])
        return self._made[name]
