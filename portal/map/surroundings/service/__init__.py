"""The face of surroundings."""

from portal.map.surroundings.service.around import Around, find_around
from portal.map.surroundings.service.town import BESIDE, Town, read_town

__all__ = ["BESIDE", "Around", "Town", "find_around", "read_town"]
