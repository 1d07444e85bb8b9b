"""The browser's own modules, run by node: what they answer beside what Python does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from tests.conftest import IN_CI

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tests" / "unit" / "identity" / "twin.mjs"
PACKAGE = ROOT / "node_modules" / "@noble" / "curves"


def ask_twin(*tasks: list[Any]) -> list[Any]:
    """Answers of ``twin.mjs`` to tasks [name, *arguments], all in one process; an error is {"error": text}."""
    if which("node") is None or not PACKAGE.exists():
        reason = "node or its packages are not installed (npm ci)"
        if IN_CI:
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run(
        ["node", "--no-warnings", str(SCRIPT)],
        input=json.dumps(tasks),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    answers: list[Any] = json.loads(done.stdout)
    return answers
