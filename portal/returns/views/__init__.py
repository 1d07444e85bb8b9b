"""Pages of the quarterly returns; the modules hold them, each one part."""

from portal.returns import jobs
from portal.returns.views import autosave, deadlines, key_workers, overview, residences
from portal.returns.views.pages import bp

__all__ = ["autosave", "bp", "deadlines", "jobs", "key_workers", "overview", "residences"]
