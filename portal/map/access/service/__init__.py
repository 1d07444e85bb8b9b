"""The face of access to services."""

from portal.map.access.service.computing import content_version, find_access
from portal.map.access.service.scenario import Scenario, open_scenario, read_effect
from portal.map.access.types import AccessTable

__all__ = ["AccessTable", "Scenario", "content_version", "find_access", "open_scenario", "read_effect"]
