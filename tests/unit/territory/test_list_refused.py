"""A list of municipalities that cannot be meant is refused by line and column."""

from dataclasses import replace

import pytest

from tests.factories.territory_files import HEAD, OfficialFiles, listed_with, refusal, row_of, write_list


def test_a_list_without_a_column(tmp_path):
    files = OfficialFiles().write(tmp_path)
    head = [column for column in HEAD if column != "KOD_ORP"]
    write_list(files.people, [row_of(m) for m in OfficialFiles().listed], head=head)
    assert refusal(files).startswith("File people.csv lacks the column KOD_ORP; it has: KOD_OBEC, NAZ_OBEC, NAZ_ORP")


def test_a_list_without_any_people(tmp_path):
    files = OfficialFiles().write(tmp_path)
    write_list(files.people, [row_of(m) for m in OfficialFiles().listed], head=HEAD[:12])
    assert "MPSV_KRAJ, OBYV_RRRR, OBYV_0_14_RRRR" in refusal(files)


def test_a_list_with_a_heading_alone(tmp_path):
    files = OfficialFiles().write(tmp_path)
    write_list(files.people, [])
    assert refusal(files) == "File people.csv holds no municipality."


def test_a_spreadsheet_in_place_of_the_list(tmp_path):
    files = OfficialFiles().write(tmp_path)
    files.people.write_bytes(b"PK\x03\x04" + b"x" * 100)
    assert "people.csv is a spreadsheet or an archive" in refusal(files)


def test_a_list_that_is_no_text(tmp_path):
    files = OfficialFiles().write(tmp_path)
    files.people.write_bytes(b"\x00\x01" * 50)
    assert "people.csv is no text" in refusal(files)


@pytest.mark.parametrize(("encoding", "sample"), [("cp852", "Š"), ("iso-8859-2", "©umperk"), ("utf-16", None)])
def test_a_list_in_an_unknown_encoding(tmp_path, encoding, sample):
    files = OfficialFiles().write(tmp_path)
    write_list(files.people, [row_of(m) for m in OfficialFiles().listed], encoding=encoding)
    sentence = refusal(files)
    if sample is None:
        assert "is no text" in sentence
    else:
        assert "people.csv is neither in UTF-8 nor in Windows-1250" in sentence


def test_bytes_that_no_encoding_has(tmp_path):
    files = OfficialFiles().write(tmp_path)
    files.people.write_bytes(files.people.read_bytes() + b"\x81\x98")
    assert refusal(files) == "File people.csv is neither in UTF-8 nor in Windows-1250."


def test_a_row_of_another_length(tmp_path):
    files = OfficialFiles().write(tmp_path)
    files.people.write_bytes(files.people.read_bytes() + b"1,2,3\r\n")
    assert "people.csv:7 The row has 3 cells, the heading 18." in refusal(files)


def test_a_quote_that_never_ends(tmp_path):
    files = OfficialFiles().write(tmp_path)
    files.people.write_bytes(files.people.read_bytes() + b'"' + b"x" * 200_000)
    assert "people.csv cannot be read as CSV at line 7" in refusal(files)


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("OBYV_2020", "many", "“many” is not a number of people."),
        ("OBYV_2020", "", "“” is not a number of people."),
        ("OBYV_2020", "-5", "“-5” is not a number of people."),
        ("OBYV_65PLUS_2020", "12.5", "“12.5” is not a number of people."),
        ("LON", "east", "“east” is not a number."),
        ("KOD_OBEC", "50080", "“50080” is not a code of this column."),
        ("KOD_ORP", "x", "“x” is not a code of this column."),
        ("MPSV_OKRES", "3805", "“3805” is not a code of this column."),
        ("NAZ_OBEC", "", "The name is missing."),
    ],
)
def test_a_cell_that_cannot_be_meant_is_named_by_line_and_column(tmp_path, column, value, sentence):
    assert f"people.csv:3 {column} {sentence}" in refusal(listed_with(tmp_path, **{column: value}))


def test_age_groups_larger_than_all_people(tmp_path):
    sentence = refusal(listed_with(tmp_path, OBYV_0_14_2020=500))
    assert "people.csv:3 Blatec: 500 people aged 0-14 and 120 aged 65 and over are more than all 600." in sentence


def test_more_people_over_eighty_than_over_sixty_five(tmp_path):
    sentence = refusal(listed_with(tmp_path, OBYV_80PLUS_2020=121))
    assert "Blatec: 121 people aged 80 and over are more than 120 aged 65 and over." in sentence


def test_longitude_and_latitude_exchanged_in_the_list(tmp_path):
    assert "Longitude and latitude are exchanged: LON 49.5, LAT 17.2." in refusal(
        listed_with(tmp_path, LON=49.5, LAT=17.2)
    )


def test_a_seat_outside_czechia(tmp_path):
    assert "The seat lies outside Czechia: LON 7.2, LAT 49.5." in refusal(listed_with(tmp_path, LON=7.2, LAT=49.5))


def test_a_municipality_twice_in_the_list(tmp_path):
    files = OfficialFiles()
    sentence = refusal(replace(files, listed=(*files.listed, files.listed[1])).write(tmp_path))
    assert "people.csv:7 KOD_OBEC Municipality Blatec (500801) stands here a second time; first on line 3." in sentence


def test_one_code_of_an_orp_for_two_names(tmp_path):
    sentence = refusal(listed_with(tmp_path, NAZ_ORP="Prostějov"))
    assert "people.csv:3 KOD_ORP Code 7107 stands for Prostějov here, but for Olomouc on line 2." in sentence
