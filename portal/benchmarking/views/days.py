"""Days as people write them into the forms of this feature."""

from __future__ import annotations

from datetime import date


def read_day(text: str) -> date | None:
    """A day as Czechs write it (20. 8. 2026) or as programs do (2026-08-20); None for anything else."""
    text = "".join(text.split())
    try:
        if "." in text:
            day, month, year = (int(part) for part in text.strip(".").split("."))
            return date(year, month, day) if 1900 <= year <= 2200 else None
        return date.fromisoformat(text)
    except ValueError:
        return None
