"""Pages of what is around a place."""

from portal.map.surroundings.views import around, town
from portal.map.surroundings.views.blueprint import bp

__all__ = ["around", "bp", "town"]
