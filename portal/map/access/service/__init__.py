"""The face of access to services."""

from portal.map.access.service.columns import AccessColumns, find_columns, usual_rule
from portal.map.access.service.computing import content_version, find_access
from portal.map.access.service.imports import (
    apply_import,
    discard_import,
    get_import,
    list_imports,
    roll_back_import,
    take_file,
)
from portal.map.access.service.scenario import Scenario, open_scenario, read_effect
from portal.map.access.service.travel import travel_mark
from portal.map.access.types import AccessTable

__all__ = [
    "AccessColumns",
    "AccessTable",
    "Scenario",
    "apply_import",
    "content_version",
    "discard_import",
    "find_access",
    "find_columns",
    "get_import",
    "list_imports",
    "open_scenario",
    "read_effect",
    "roll_back_import",
    "take_file",
    "travel_mark",
    "usual_rule",
]
