"""What the public may see of persons: figures of the published release alone."""

from __future__ import annotations

from portal.disclosure import DisclosedFrame
from portal.map.layers.types import Ask, Layer


def has_release() -> bool:
    """Whether the region has published a release of counts."""
    return False


def times_of(_layer: Layer) -> tuple[str, ...]:
    """Quarters of which a release tells the layer, the earliest first."""
    return ()


def read_released(_layer: Layer, _ask: Ask) -> DisclosedFrame | None:
    """``area``, ``value``, ``state`` of a layer as the release tells it; None where it does not."""
    return None
