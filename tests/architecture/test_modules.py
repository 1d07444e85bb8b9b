"""The shape of the code: short files, imports at the top, names that say what is inside."""

import ast
import re
from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, Environment, FileSystemLoader

from portal.app import create_app
from tests.conftest import test_settings

ROOT = Path(__file__).resolve().parents[2]
MAX_LINES = 400
FORBIDDEN_NAMES = {"utils", "util", "common", "helpers", "helper", "misc", "shared", "lib"}
WITHIN_A_LINE = re.compile(r"^(?!import |from ).*\bimport\b", re.MULTILINE)  # only there may one lie in a function


def sources(*folders: str, kinds: tuple[str, ...] = (".py",)) -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in kinds]
    return sorted(path for path in found if "static" not in path.parts and "node_modules" not in path.parts)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_longer_than_it_can_be_read() -> None:
    written = sources("portal", "tools", "tests", "benchmarks", kinds=(".py", ".js", ".mjs", ".scss", ".html"))
    lengths = {named(path): len(path.read_text("utf-8").splitlines()) for path in written}
    assert {name: length for name, length in lengths.items() if length > MAX_LINES} == {}


def test_imports_stand_at_the_top_of_a_file() -> None:
    faults = []
    for path in sources("portal", "tools", "tests", "benchmarks"):
        text = path.read_text("utf-8")
        if not WITHIN_A_LINE.search(text):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                inside = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
                faults += [f"{named(path)}:{n.lineno}" for n in inside]
    assert faults == []


def test_no_name_says_nothing() -> None:
    parts = {
        part for path in sources("portal", "tools", "tests") for part in [path.stem, *path.relative_to(ROOT).parts]
    }
    assert parts & FORBIDDEN_NAMES == set()


def test_nothing_is_left_to_be_done_later() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK")
    faults = [
        f"{named(path)}: {mark}"
        for path in sources("portal", "tools", "tests", kinds=(".py", ".js", ".mjs", ".scss", ".html"))
        for mark in marks
        if mark in path.read_text("utf-8")
    ]
    assert faults == []


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    app = create_app(test_settings("sqlite://", tmp_path_factory.mktemp("templates")))
    folders = [FileSystemLoader(folder) for folder in sorted((ROOT / "portal").glob("*/templates"))]
    return app.jinja_env.overlay(loader=ChoiceLoader(folders))


def test_every_template_compiles(templates: Environment) -> None:
    files = sources("portal", kinds=(".html", ".svg", ".txt"))
    names = [str(path).split("/templates/", 1)[1] for path in files if "/templates/" in str(path)]
    assert names
    for name in names:
        templates.get_template(name)
