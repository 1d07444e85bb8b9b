"""Pages of access to services."""

from portal.map.access.views import access, times, what_if
from portal.map.access.views.blueprint import bp

__all__ = ["access", "bp", "times", "what_if"]
