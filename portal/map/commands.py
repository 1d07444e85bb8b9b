"""``portal map``: figures of the map on the command line."""

from __future__ import annotations

import click

from portal.map.access.commands import access_command, times_group
from portal.map.layers.commands import layer_command


@click.group("map")
def map_group() -> None:
    """Figures of the map: its layers as files, access to services."""


map_group.add_command(access_command)
map_group.add_command(times_group)
map_group.add_command(layer_command)
