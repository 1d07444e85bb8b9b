"""The methodical text in blocks."""

import pytest

from portal.needs.prose import Piece, blocks_of


def plain(text):
    return [
        (block.is_list, ["".join(piece.text for piece in line) for line in block.lines]) for block in blocks_of(text)
    ]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("", []),
        ("Jeden.\nDruhý.\n\nTřetí.", [(False, ["Jeden.", "Druhý."]), (False, ["Třetí."])]),
        (
            "Zapisujte:\n- osoby\n– jednou\n• bez jmen\nA dost.",
            [(False, ["Zapisujte:"]), (True, ["osoby", "jednou", "bez jmen"]), (False, ["A dost."])],
        ),
        ("- první\n\n\n- druhý", [(True, ["první"]), (True, ["druhý"])]),
        ("-5 osob\n-", [(False, ["-5 osob", "-"])]),
        ("a\r\n\r\n  - b \r\n", [(False, ["a"]), (True, ["b"])]),
        ("<b>ne</b> **ne**", [(False, ["<b>ne</b> **ne**"])]),
    ],
)
def test_lines_become_paragraphs_and_lists(text, blocks):
    assert plain(text) == blocks


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ("viz https://kraj.example/metodika.", [
            Piece("viz "), Piece("https://kraj.example/metodika", "https://kraj.example/metodika"), Piece(".")]),
        ("HTTP://kraj.example?a=1&b=č, konec", [
            Piece("HTTP://kraj.example?a=1&b=č", "HTTP://kraj.example?a=1&b=č"), Piece(", konec")]),
        ("javascript:alert(1) data:text/html,x", [Piece("javascript:alert(1) data:text/html,x")]),
        ('https://a.example/"onclick="alert(1)', [
            Piece("https://a.example/", "https://a.example/"), Piece('"onclick="alert(1)')]),
    ],
)  # fmt: skip
def test_only_addresses_of_the_web_become_links_and_end_where_the_sentence_does(line, pieces):
    (block,) = blocks_of(line)
    assert list(block.lines[0]) == pieces
