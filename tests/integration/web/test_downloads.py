"""A download says what the page says, and nothing in it runs on the reader's machine."""

import csv
import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from portal.core.cells import HIDDEN, NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.core.messages import _m
from portal.web.downloads import (
    FORMULA_BEGINNINGS,
    Column,
    Feature,
    Table,
    as_text,
    attachment,
    csv_lines,
    csv_response,
    geojson_response,
    write_xlsx,
    xlsx_response,
)

COLUMNS = [Column("name", "Název"), Column("figure", "Údaj"), Column("day", "Den")]


def table(*rows: dict[str, object]) -> Table:
    return Table("Služby: okres", COLUMNS, rows)


def csv_rows(app: Flask, given_table: Table) -> list[list[str]]:
    with app.test_request_context("/"):
        text = "".join(csv_lines(given_table))
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def xlsx_rows(app: Flask, given_table: Table) -> list[list[object]]:
    stored = io.BytesIO()
    with app.test_request_context("/"):
        write_xlsx(given_table, stored)
    stored.seek(0)
    return CalamineWorkbook.from_filelike(stored).get_sheet_by_index(0).to_python()


def test_csv_is_what_a_czech_spreadsheet_opens(app: Flask) -> None:
    rows = csv_rows(app, table({"name": "Domov; klid", "figure": Decimal("5821.5"), "day": date(2026, 8, 3)}))
    assert rows == [["Název", "Údaj", "Den"], ["Domov; klid", "5821,5", "2026-08-03"]]


@pytest.mark.parametrize(
    ("cell", "in_csv", "in_xlsx"),
    [
        (Cell.of("0"), "0", 0),
        (Cell.of("2.5"), "2,5", 2.5),
        (NOT_APPLICABLE, "netýká se", "netýká se"),
        (NOT_SUPPLIED, "neuvedeno", "neuvedeno"),
        (HIDDEN, "skryto", "skryto"),
    ],
)
def test_every_state_of_a_cell_stays_itself(app: Flask, cell: Cell, in_csv: str, in_xlsx: object) -> None:
    assert csv_rows(app, table({"figure": cell}))[1][1] == in_csv
    assert xlsx_rows(app, table({"figure": cell}))[1][1] == in_xlsx


@pytest.mark.parametrize("beginning", FORMULA_BEGINNINGS)
def test_a_name_is_never_a_formula(app: Flask, beginning: str) -> None:
    name = f'{beginning}HYPERLINK("http://x";"y")'
    cell = csv_rows(app, table({"name": name}))[1][0]
    assert cell == f"'{name}"
    stored = io.BytesIO()
    with app.test_request_context("/"):
        write_xlsx(table({"name": name, "figure": "http://example.org"}), stored)
    archive = zipfile.ZipFile(stored)
    sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert "HYPERLINK" in sheet


@given(st.text())
def test_marked_text_never_begins_like_a_formula(text: str) -> None:
    assert not as_text(text).startswith(FORMULA_BEGINNINGS)
    assert as_text(text).removeprefix("'") == text.removeprefix("'") or as_text(text) == f"'{text}"


def test_numbers_and_dates_are_typed_in_a_workbook(app: Flask) -> None:
    moment = datetime(2026, 8, 3, 22, 30, tzinfo=UTC)  # after midnight in Prague
    rows = xlsx_rows(app, table({"name": 3.25, "figure": date(2026, 8, 3), "day": moment}))
    assert rows[1] == [3.25, date(2026, 8, 3), datetime(2026, 8, 4, 0, 30)]  # noqa: DTZ001 - a workbook knows no zones


def test_messages_and_truth_are_written_in_words(app: Flask) -> None:
    assert csv_rows(app, table({"name": True, "figure": False, "day": _m("hidden")}))[1] == ["ano", "ne", "skryto"]


def test_an_empty_result_is_a_heading(app: Flask) -> None:
    assert csv_rows(app, table()) == [["Název", "Údaj", "Den"]]
    assert xlsx_rows(app, table()) == [["Název", "Údaj", "Den"]]


def test_a_long_result_does_not_fill_the_memory(app: Flask) -> None:
    def rows() -> Iterator[dict[str, object]]:
        for number in range(20_000):
            yield {"name": f"Služba {number} " + "x" * 100, "figure": number}

    with app.test_request_context("/"):
        tracemalloc.start()
        size = sum(len(piece) for piece in csv_lines(Table("t", COLUMNS, rows())))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert size > 2_000_000
    assert peak < 1_000_000


def test_the_file_has_a_czech_name_and_one_for_old_programs() -> None:
    assert attachment("služby.csv") == "attachment; filename=\"sluzby.csv\"; filename*=UTF-8''slu%C5%BEby.csv"
    assert attachment("data.csv") == 'attachment; filename="data.csv"'
    assert "\r" not in attachment('a"\r\nSet-Cookie: x.csv')


def test_responses_carry_their_kind_and_name(app: Flask) -> None:
    with app.test_request_context("/"):
        given_csv = csv_response(table({"name": "a"}), "služby")
        given_xlsx = xlsx_response(table({"name": "a"}), "služby")
        assert given_csv.get_data().startswith("\ufeffNázev;".encode())
        assert given_xlsx.get_data().startswith(b"PK")
        given_xlsx.close()
    assert given_csv.content_type == "text/csv; charset=utf-8"
    assert given_xlsx.headers["Content-Length"] == str(len(given_xlsx.get_data()))
    assert "slu%C5%BEby.xlsx" in given_xlsx.headers["Content-Disposition"]


def test_places_are_a_feature_collection(app: Flask) -> None:
    place = Feature({"type": "Point", "coordinates": [17.25, 49.59]}, {"name": "Domov", "free": NOT_SUPPLIED}, id=7)
    nowhere = Feature(None, {"name": "Terénní", "free": Cell.of(3)})
    with app.test_request_context("/"):
        response = geojson_response([place, nowhere], "služby")
        found = json.loads(response.get_data())
    assert response.mimetype == "application/geo+json"
    assert found["features"][0] == {
        "type": "Feature",
        "id": 7,
        "geometry": {"type": "Point", "coordinates": [17.25, 49.59]},
        "properties": {"name": "Domov", "free": {"state": "not_supplied", "value": None}},
    }
    assert found["features"][1]["geometry"] is None
    assert found["features"][1]["properties"]["free"] == {"state": "value", "value": 3}


def test_no_places_are_a_collection_too(app: Flask) -> None:
    with app.test_request_context("/"):
        assert json.loads(geojson_response([]).get_data()) == {"type": "FeatureCollection", "features": []}
