"""Pages of access to services."""

from portal.map.access.views import access, what_if
from portal.map.access.views.blueprint import bp

__all__ = ["access", "bp", "what_if"]
