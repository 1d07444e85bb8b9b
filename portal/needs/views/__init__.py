"""Pages of the needs of municipalities: overview, entry of a quarter, one figure, the method."""

from portal.needs.views import entry, guide, overview, sheet
from portal.needs.views.blueprint import bp

__all__ = ["bp", "entry", "guide", "overview", "sheet"]
