"""The group ristretto255: libsodium's functions as rbcl hands them out.

rbcl unpacks its library into a temporary file and leaves it there at every start; once loaded, the file is not needed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import rbcl

Path(sys.modules["rbcl._sodium"].lib_path).unlink(missing_ok=True)

group: Any = rbcl
