"""What the repository says about itself is true."""

import re
import subprocess
from pathlib import Path

import pytest

from tools.data_dictionary import TARGET, dictionary

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_the_data_dictionary_is_made_from_the_tables_of_today():
    assert dictionary() == TARGET.read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_between_pages_leads_somewhere(page):
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text())
    missing = [t for t in targets if not re.match(r"https?:|mailto:", t) and not (page.parent / t).exists()]
    assert missing == []


def test_decisions_are_numbered_without_gaps_and_say_where_they_stand():
    pages = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    assert all(re.search(r"^Status: (accepted|superseded by \d+)", page.read_text(), re.M) for page in pages)


def test_make_help_knows_every_target_the_readme_names():
    help_text = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    named = set(re.findall(r"`?make ([a-z]+)", (ROOT / "README.md").read_text()))
    assert named
    assert [name for name in sorted(named) if f"make {name}" not in help_text] == []


def test_no_address_of_a_registry_and_no_path_of_a_machine_is_in_a_lock_file():
    for name in ("requirements/runtime.txt", "requirements/dev.txt", "requirements/node.txt", "package-lock.json"):
        text = (ROOT / name).read_text()
        assert not re.search(r"https?://[^\"]*registry|--index-url|--find-links|file:", text), name
