"""Tables that normalisation goes by, the same file for Python and for the browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

WORDS: Final[dict[str, Any]] = json.loads((Path(__file__).parent / "assets" / "_words.json").read_text("utf-8"))
