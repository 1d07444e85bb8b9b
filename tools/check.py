"""All checks in one go; the last lines say how each ended and what could not run.

What cannot run (PostgreSQL, Redis or the browser is missing) is named; in continuous integration (CI=true) it is a
failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
WORKERS = str(min(os.cpu_count() or 1, 4))

CHECKS: list[tuple[str, list[str]]] = [
    ("ruff", [str(BIN / "ruff"), "check", "--quiet", "."]),
    ("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
    ("messages", [sys.executable, "tools/messages.py", "check"]),
    ("mypy", [str(BIN / "mypy")]),
    ("import contracts", [str(BIN / "lint-imports"), "--config", ".importlinter"]),
    ("tests", [sys.executable, "-m", "pytest", "-n", WORKERS, "--dist", "loadfile"]),
]


def main() -> int:
    results: list[tuple[str, bool, float]] = []
    for name, command in CHECKS:
        print(f"--- {name}", flush=True)
        started = time.monotonic()
        passed = subprocess.run(command, cwd=ROOT).returncode == 0
        results.append((name, passed, time.monotonic() - started))
    print("--- summary")
    for name, passed, seconds in results:
        print(f"{'passed' if passed else 'FAILED'}  {name} ({seconds:.0f} s)")
    return 0 if all(passed for _, passed, _ in results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
