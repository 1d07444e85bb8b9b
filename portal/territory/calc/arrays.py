"""Names for the arrays that geometry works on."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Shapes: TypeAlias = NDArray[Any]  # of shapely geometries
Coordinates: TypeAlias = NDArray[np.float64]  # n x 2
