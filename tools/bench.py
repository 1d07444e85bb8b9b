"""Run the benchmarks one after another: all, or those whose name contains an argument."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(wanted: list[str]) -> int:
    options = [word for word in wanted if word.startswith("-")]
    names = [word for word in wanted if not word.startswith("-")]
    failed = []
    for path in sorted((ROOT / "benchmarks").glob("*.py")):
        if path.name.startswith("_") or (names and not any(name in path.stem for name in names)):
            continue
        print(f"\n=== {path.stem}", flush=True)
        if subprocess.run([sys.executable, str(path), *options], cwd=ROOT).returncode:
            failed.append(path.stem)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
