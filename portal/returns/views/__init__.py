"""Pages of the quarterly returns; the modules hold them, each one part."""

from portal.returns import jobs
from portal.returns.views import autosave, board, deadlines, key_workers, overview, reminders, residences
from portal.returns.views.pages import bp

__all__ = ["autosave", "board", "bp", "deadlines", "jobs", "key_workers", "overview", "reminders", "residences"]
