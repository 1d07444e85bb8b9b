"""Pages of the needs of municipalities: overview, entry of a quarter, one figure, imports, the method."""

from portal.needs.views import entry, guide, imports, overview, sheet
from portal.needs.views.blueprint import bp

__all__ = ["bp", "entry", "guide", "imports", "overview", "sheet"]
