"""The command line as a person runs it: a process of its own, without an application around it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def portal(*arguments: str, instance: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "portal", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PORTAL_INSTANCE": str(instance), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_database_that_was_not_set_up_is_told_in_a_sentence(tmp_path):
    ended = portal("user", "list", instance=tmp_path)
    assert ended.returncode == 1
    assert "portal db upgrade" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_a_setting_that_cannot_be_meant_stops_the_start(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-m", "portal", "routes"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PORTAL_INSTANCE": str(tmp_path), "PORTAL_ENV": "production"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "PORTAL_SECRET_KEY" in ended.stderr
    assert "Traceback" not in ended.stderr
