"""Pages of the waiting lists; the modules put their routes on the two blueprints."""

from portal.waitlists.views import applications, clients, codes, imports, lists, order, register_imports, settings
from portal.waitlists.views.blueprint import bp, codes_bp

__all__ = [
    "applications",
    "bp",
    "clients",
    "codes",
    "codes_bp",
    "imports",
    "lists",
    "order",
    "register_imports",
    "settings",
]
