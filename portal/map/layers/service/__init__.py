"""The face of layers; the modules hold the work, each one part of it."""

from portal.map.layers.service import released
from portal.map.layers.service.area_file import AreaFile, area_file, file_of_areas
from portal.map.layers.service.places import Areas, read_areas
from portal.map.layers.service.reading import (
    FlowLine,
    check_ask,
    list_layers,
    list_times,
    read_flows,
    read_layer,
    sees_exactly,
)

__all__ = [
    "AreaFile",
    "Areas",
    "FlowLine",
    "area_file",
    "check_ask",
    "file_of_areas",
    "list_layers",
    "list_times",
    "read_areas",
    "read_flows",
    "read_layer",
    "released",
    "sees_exactly",
]
