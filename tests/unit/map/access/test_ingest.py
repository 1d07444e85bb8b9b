"""Files of travel times as they come."""

import pytest

from portal.core.errors import ImportRejected
from portal.map.access.ingest import KEPT_FAULTS, read_times
from tests.factories.access import times_file

KNOWN = frozenset({"500496", "523704", "569178"})


def read(rows, **file):
    with times_file(rows, **file) as path:
        return read_times(path, "doby.csv", KNOWN)


def told(found):
    return [(fault.row, fault.column, str(fault.message)) for fault in found.faults]


@pytest.mark.parametrize(
    "file",
    [
        {},
        {"heading": "odkud;kam;minuty"},
        {"heading": "Odkud;Kam;Doba jízdy", "encoding": "cp1250"},
        {"heading": "from,to,minutes", "encoding": "utf-8-sig"},
        {"heading": "from_code,to_code,minutes"},
    ],
)
def test_headings_separators_and_encodings_of_spreadsheets_are_taken(file):
    found = read([("500496", "523704", "41.5"), ("523704", "500496", "40")], **file)
    assert found.fault_count == 0
    assert list(zip(*(part.tolist() for part in found.times.parts), strict=True)) == [
        ("500496", "523704", 41.5),
        ("523704", "500496", 40.0),
    ]


def test_a_czech_comma_is_taken():
    assert read([("500496", "523704", "41,5")], heading="odkud;kam;minuty").times.minutes.tolist() == [41.5]


def test_every_fault_is_told_at_its_cell_and_nothing_is_taken():
    found = read([("500496", "523704", "41"), ("1", "523704", "5"), ("500496", "", "x"), ("500496", "523704", "9")])
    assert told(found) == [
        ("3", "A3", "The portal knows no municipality “1”."),
        ("4", "B4", "The portal knows no municipality “”."),
        ("4", "C4", "Write minutes from 0 to 1440, such as 12,5."),
        ("5", "B5", "The same pair stands in row 2 already."),
    ]
    assert len(found.times) == 0


def test_a_cell_is_told_where_it_stands_in_a_file_with_more_columns():
    found = read([("x", "523704", "500496")], heading="minuty,do,z")
    assert [fault[:2] for fault in told(found)] == [("2", "A2")]


@pytest.mark.parametrize("minutes", ["-1", "1441", "nan", "1e3", "", "12.5.1"])
def test_minutes_are_minutes(minutes):
    assert read([("500496", "523704", minutes)]).fault_count == 1


def test_of_very_many_faults_the_first_are_kept_and_all_are_counted():
    found = read([("1", "2", "x")] * 300)
    assert (len(found.faults), found.fault_count) == (KEPT_FAULTS, 900)


@pytest.mark.parametrize(
    ("rows", "file", "sentence"),
    [
        ([], {}, "nothing below"),
        ([("500496", "523704", "1")], {"heading": "a,b,c"}, "no columns"),
        ([("500496", '"523704', "1")], {}, "no CSV file"),
        ([("500496", "5237\0", "1")], {}, "no CSV file"),
    ],
)
def test_what_is_no_matrix_at_all_is_refused(rows, file, sentence):
    with pytest.raises(ImportRejected, match=sentence):
        read(rows, **file)


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "x.csv").write_bytes(b"\n")
    with pytest.raises(ImportRejected, match="is empty"):
        read_times(tmp_path / "x.csv", "x.csv", KNOWN)


def test_a_file_of_too_many_rows_is_refused(monkeypatch):
    monkeypatch.setattr("portal.map.access.ingest.MAX_ROWS", 2)
    with pytest.raises(ImportRejected, match="more than 2 rows"):
        read([("500496", "523704", "1"), ("523704", "500496", "1"), ("523704", "523704", "1")])
