"""Things that are done in one place alone, and exceptions from the checks that say why."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# What may be called only in some files: the call as it is written, and where.
PLACES = {
    ".commit": {"portal/core/transaction.py"},
    "engine.begin": {"portal/operation/backup.py", "portal/vault/database.py"},
    "pickle.loads": {"portal/core/guarded.py"},
    "subprocess.Popen": {"portal/core/guarded.py", "portal/operation/server.py"},
    "subprocess.run": set(),
    "os.system": set(),
    "eval": set(),
    "exec": set(),
}
EXCEPTION = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b(?P<rest>.*)")
WITH_REASON = re.compile(r"(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*\s+(?:-|–|#)\s+\S|\[[a-z-]+(?:,\s*[a-z-]+)*\]\s+#\s*\S)")


def files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def calls(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


@pytest.mark.parametrize("call", PLACES)
def test_it_is_called_where_it_belongs_and_nowhere_else(call: str) -> None:
    def is_it(written: str) -> bool:
        return written.endswith(call) if call[0] == "." else written == call or written.endswith(f".{call}")

    found = {str(path.relative_to(ROOT)) for path in files("portal") if any(map(is_it, calls(path)))}
    assert found == PLACES[call]


def test_every_exception_from_the_checks_names_its_code_and_says_why() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files("portal", "tests", "tools", "migrations", "benchmarks")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if '"# noqa"' not in line and path != Path(__file__)
        for found in [EXCEPTION.search(line)]
        if found and not WITH_REASON.match(found["rest"])
    ]
    assert bare == []
