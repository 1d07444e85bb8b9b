"""Where the real data for tests lie, beside the repository; they are not part of it."""

import os
from pathlib import Path

import pytest

SHARED_DATA = Path(os.environ.get("PORTAL_SHARED_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")


def shared_data(*parts: str) -> Path:
    """Path of a real data file; without it the test is skipped, in continuous integration it fails."""
    path = SHARED_DATA.joinpath(*parts)
    if not path.exists():
        message = f"real data are missing: {'/'.join(parts)}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path
