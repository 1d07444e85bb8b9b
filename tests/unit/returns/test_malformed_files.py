"""Files that are no good: each fault is told at the cell where it is, and no file takes the portal down."""

from pathlib import Path

import pytest

from portal.core.errors import ImportRejected
from portal.core.workbooks.files import read_file
from portal.returns.files.checking import check_filing
from portal.returns.files.recognising import recognise
from tests.factories.malformed_residences import HOUSING, PART_CASES, SENIORS
from tests.factories.malformed_returns import CASES, Case
from tests.factories.return_files import good_lines, good_sheet, list_of, lists_sheet, part_sheet, workbook

ALL_CASES = (*CASES, *PART_CASES)


def check(path: Path):
    return check_filing(recognise(read_file(path, path.name), path.name))


def test_there_are_many_and_each_has_its_own_name() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in ALL_CASES}) == len(ALL_CASES)


@pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: case.name)
def test_the_fault_is_told_where_it_is(case: Case, tmp_path: Path) -> None:
    path = tmp_path / case.file_name
    path.write_bytes(case.bytes)
    if case.place is None:
        with pytest.raises(ImportRejected) as refused:
            check(path)
        assert case.sentence in str(refused.value.message)
        return
    checked = check(path)
    told = {str(problem.place): str(problem.message) for problem in reversed(checked.problems)}
    assert case.sentence in told.get(case.place, f"nothing, but {told}")


@pytest.mark.parametrize(
    "content",
    [
        workbook(good_sheet()),
        workbook(good_sheet(), part_sheet(SENIORS, HOUSING, ("mimo kraj", "", "other", 2)), lists_sheet()),
        list_of(*good_lines()),
    ],
    ids=["workbook", "workbook with residences", "list"],
)
def test_the_same_file_without_the_fault_is_good(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "vykaz"
    path.write_bytes(content)
    checked = check(path)
    assert checked.problems == ()
    assert checked.returns == 1
