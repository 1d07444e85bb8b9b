"""The face of access to services."""

from portal.map.access.service.columns import AccessColumns, find_columns, usual_rule
from portal.map.access.service.computing import content_version, find_access
from portal.map.access.service.scenario import Scenario, open_scenario, read_effect
from portal.map.access.types import AccessTable

__all__ = [
    "AccessColumns",
    "AccessTable",
    "Scenario",
    "content_version",
    "find_access",
    "find_columns",
    "open_scenario",
    "read_effect",
    "usual_rule",
]
