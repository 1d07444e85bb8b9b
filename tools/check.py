"""All checks in one go; the last lines say how each ended and what could not run.

What cannot run (PostgreSQL, Redis or the browser is missing) is named; in continuous integration (CI=true) it is a
failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# Two for each core: tests wait for browsers and databases. Each has databases and a browser of its own.
WORKERS = str(min(2 * (os.cpu_count() or 1), 8))

# Those that only read the sources go beside the tests, one after the other; what they say is told when each has ended.
READING: list[tuple[str, list[str]]] = [
    ("ruff", [str(BIN / "ruff"), "check", "--quiet", "."]),
    ("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
    ("messages", [sys.executable, "tools/messages.py", "check"]),
    ("mypy", [str(BIN / "mypy")]),
    ("import contracts", [str(BIN / "lint-imports"), "--config", ".importlinter"]),
]
# In the order of tests/conftest.py the long files come first and short ones fill the end, so that no worker waits long
# for another.
TESTS = [sys.executable, "-m", "pytest", "-n", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder"]

Result = tuple[str, bool, float]


def main() -> int:
    with ThreadPoolExecutor(1) as beside:
        reading = beside.submit(lambda: [run(name, command, told_at_end=True) for name, command in READING])
        tests = run("tests", TESTS)
        results = [*reading.result(), tests]
    print("--- summary")
    for name, passed, seconds in results:
        print(f"{'passed' if passed else 'FAILED'}  {name} ({seconds:.0f} s)")
    return 0 if all(passed for _, passed, _ in results) else 1


def run(name: str, command: list[str], *, told_at_end: bool = False) -> Result:
    """Name of a check, whether it passed, and the seconds it took."""
    started = time.monotonic()
    if told_at_end:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        print(f"--- {name}\n{done.stdout}", end="", flush=True)
    else:
        print(f"--- {name}", flush=True)
        done = subprocess.run(command, cwd=ROOT)
    return name, done.returncode == 0, time.monotonic() - started


if __name__ == "__main__":
    raise SystemExit(main())
