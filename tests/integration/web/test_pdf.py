"""Documents: every Czech letter readable, headings on each page, names never taken for markup."""

import io

import pytest
from pypdf import PdfReader

from portal.core.cells import NOT_SUPPLIED
from portal.core.messages import Message
from portal.web import pdf
from portal.web.downloads import Column, Kind, Table
from portal.web.pdf.drawings import runs_of

LETTERS = "Příliš žluťoučký kůň úpěl ďábelské ódy; ŘÍŠŤÁ Ň Ĺ ő ł"


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context("/"):
        yield


def table_of(count, name=LETTERS):
    columns = [Column("name", "Služba", width=40), Column("value", "Hodnota", Kind.NUMBER, 12), Column("bar", "Graf")]
    rows = ({"name": name, "value": 1234.5, "bar": pdf.Bar(0.5, 0.6, None, 1.0)} for _ in range(count))
    return pdf.table(Table("t", columns, rows))


def read(*blocks, **more):
    return PdfReader(io.BytesIO(pdf.pdf_bytes(pdf.Document("Zpráva", blocks, **more))))


def words_of(page):
    return page.extract_text().replace("\xa0", " ")


def test_czech_letters_are_written_with_embedded_fonts():
    document = read(pdf.heading(LETTERS), pdf.text(LETTERS), pdf.facts([("Norma", "60 %")]))
    page = document.pages[0]
    assert words_of(page).count(LETTERS) == 2
    assert "60 %" in words_of(page)
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    used = [font for font in fonts if "Roboto" in font["/BaseFont"]]
    assert used
    assert all("/FontFile2" in font["/FontDescriptor"] for font in used)
    assert document.metadata.title == "Zpráva"


def test_the_heading_of_a_table_repeats_and_pages_are_counted():
    document = read(table_of(90), notice="Jen pro kraj")
    assert len(document.pages) > 1
    for place, page in enumerate(document.pages, start=1):
        words = words_of(page)
        assert "Služba" in words
        assert "Jen pro kraj" in words
        assert f"Strana {place} z {len(document.pages)}" in words
    assert "1 234,5" in words_of(document.pages[0])


def test_names_are_printed_as_they_are_written():
    name = "<b>Domov</b> & <a href='x'>spol.</a> <para>"
    assert name in words_of(read(table_of(1, name)).pages[0])
    assert name in words_of(read(pdf.heading(name)).pages[0])


def test_states_and_messages_are_said():
    rows = [{"a": NOT_SUPPLIED, "b": Message("yes"), "c": True, "d": None}]
    columns = [Column("a", "A", Kind.CELL), Column("b", "B"), Column("c", "C"), Column("d", "D")]
    assert "neuvedeno" in words_of(read(pdf.table(Table("t", columns, rows))).pages[0])


def test_the_same_content_gives_the_same_file():
    def made():
        return pdf.pdf_bytes(pdf.Document("x", [pdf.heading("x"), table_of(3)]))

    assert made() == made()


@pytest.mark.parametrize(
    ("largest", "top"), [(0.83, 1.0), (1.0, 1.0), (1.01, 2.0), (437.0, 500.0), (0.041, 0.05), (0.0, 1.0)]
)
def test_the_axis_ends_at_a_round_number(largest, top):
    assert pdf.round_up(largest) == pytest.approx(top)


def test_a_series_with_gaps_is_drawn_in_stretches():
    gaps = [None, 0.5, 0.6, None, 0.7, None]
    assert runs_of(gaps) == [[1, 2], [4]]
    assert runs_of(gaps, [0.1, None, 0.2, 0.3, 0.4, 0.5]) == [[2], [4]]
    labels = [f"2026Q{number}" for number in range(6)]
    series = pdf.Bands(labels, gaps, gaps, gaps, gaps, gaps, [None] * 6, gaps)
    words = words_of(read(pdf.bands(series, show=lambda value: f"{value:.2f}")).pages[0])
    assert "2026Q0" in words
    assert "0.80" in words


def test_empty_series_and_tables_are_drawn_too():
    assert len(read(pdf.bands(pdf.Bands([], [], [], [], [], [], []), show=str), table_of(0)).pages) == 1


def test_headings_are_the_outline_and_a_milestone_tells_how_far_the_laying_out_is():
    passed = []
    blocks = [pdf.heading("Kraj"), pdf.heading("Jen třetí", 3), pdf.new_page()]
    blocks += [pdf.milestone(lambda: passed.append(1)), pdf.heading("Druhy", 2), pdf.heading("Denní stacionáře", 3)]
    document = read(*blocks)
    assert passed == [1]

    def entries(nodes):
        return [
            entries(node) if isinstance(node, list) else (node.title, document.get_destination_page_number(node))
            for node in nodes
        ]

    assert entries(document.outline) == [
        ("Kraj", 0),
        [("Jen třetí", 0), ("Druhy", 1), [("Denní stacionáře", 1)]],
    ]


def test_what_does_not_fit_on_a_line_of_its_cell_is_broken():
    words = words_of(read(table_of(1, name="slovo " * 60)).pages[0])
    assert words.count("slovo") == 60
    assert "slovo " * 40 not in words
