"""``portal code``: a list in, codes out; nothing of an identity leaves the computer."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from werkzeug.wrappers import Response

from portal.identity.coding import CodingFailed, make_codes
from portal.identity.commands import code
from portal.identity.line import HttpPortal, check_address
from tests.factories.coding import TOKEN, CodingServer, as_json, coding_server
from tests.factories.spellings import spellings

ROOT = Path(__file__).resolve().parents[3]
LIST = """Značka;Příjmení;Jméno;Datum narození;Rodné číslo;Obec;Poznámka
SOC-1;Kanárková;Žofie;28. 10. 1973;736028/5163;Olomouc;tajná
SOC-2;Kanárek;Řehoř;1. 2. 1950;;Přerov;
;;;;;;
SOC-3;Kanárek;Řehoř;;;Přerov;
=SOC-4;KANÁRKOVÁ;Zofie;1973-10-28;7360285163;Olomouc;
SOC-5;Kanárková;Ema;3. 3. 1980;736028/5164;Olomouc;
"""
CANARIES = (
    "Kanárková",
    "Kanárek",
    "Žofie",
    "Řehoř",
    "7360285163",
    "736028/5163",
    "28. 10. 1973",
    "SOC-1",
)


@pytest.fixture(scope="module")
def coding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodingServer]:
    with coding_server(tmp_path_factory.mktemp("coding")) as server:
        yield server


@pytest.fixture
def server(coding: CodingServer) -> CodingServer:
    coding.requests.clear()
    coding.instead.clear()
    return coding


def run(url: str, folder: Path, text: str = LIST, *options: str, token: str = TOKEN) -> Result:
    file = folder / "seznam.csv"
    file.write_text(text, "utf-8")
    return CliRunner().invoke(code, [str(file), "--url", url, "--token", token, *options])


def test_each_person_gets_a_code_and_nothing_else_of_the_list_is_written(server, tmp_path):
    result = run(server.url, tmp_path)
    assert result.exit_code == 3
    rows = list(csv.reader(io.StringIO(result.stdout), delimiter=";"))
    assert rows[0] == ["kod", "rocnik", "značka", "Obec"]
    assert [row[1:] for row in rows[1:]] == [
        ["1973", "SOC-1", "Olomouc"],
        ["1950", "SOC-2", "Přerov"],
        ["", "SOC-3", "Přerov"],
        ["1973", "'=SOC-4", "Olomouc"],
        ["1980", "SOC-5", "Olomouc"],
    ]
    first, second, none, again, typo = (row[0] for row in rows[1:])
    assert len(first) == 32
    assert first == again
    assert none == ""
    assert len({first, second, typo}) == 3


def test_faults_are_told_by_line_in_the_chosen_language(server, tmp_path):
    told = run(server.url, tmp_path).stderr
    assert "řádek 5: Kód nejde vytvořit" in told
    assert "řádek 7: Rodné číslo není dělitelné jedenácti" in told
    assert "kódy: 4 z 4" in told
    assert "1 řádek nemá kód." in told
    assert "line 5: No code can be made" in run(server.url, tmp_path, LIST, "--language", "en").stderr


def test_no_spelling_of_an_identity_goes_over_the_line(server, tmp_path):
    run(server.url, tmp_path)
    assert {path for path, _, _ in server.requests} == {"/zadatele/kody/body", "/zadatele/kody"}
    sent = "\n".join(f"{path}\n{headers}\n{body.decode()}" for path, headers, body in server.requests)
    assert len(sent) > 1000
    found = [spelling for canary in CANARIES for spelling in spellings(canary) if spelling in sent.casefold()]
    assert found == []


def test_a_portal_that_is_busy_is_asked_again(server):
    waited: list[float] = []
    server.instead[:] = [
        lambda _request: Response(status=503),
        lambda _request: as_json({}, 429, **{"Retry-After": "7"}),
        lambda _request: None,
    ]
    portal = HttpPortal(server.url, TOKEN, wait=waited.append)
    assert len(list(make_codes(portal, [("736028516",)]))) == 1
    assert waited == [1, 7]


def test_a_portal_that_stays_busy_is_given_up_with_its_own_sentence(server):
    server.instead[:] = [lambda _request: as_json({"message": "Dnes už ne."}, 429)] * 7
    with pytest.raises(CodingFailed, match="Dnes už ne"):
        list(make_codes(HttpPortal(server.url, TOKEN, wait=lambda _s: None), [("1",)]))
    assert server.instead == []


def test_a_limit_of_the_day_is_told_at_once(server):
    waited: list[float] = []
    server.instead[:] = [lambda _request: as_json({"message": "Zkuste to zítra."}, 429, **{"Retry-After": "7200"})]
    with pytest.raises(CodingFailed, match="zítra"):
        list(make_codes(HttpPortal(server.url, TOKEN, wait=waited.append), [("1",)]))
    assert waited == []


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (as_json({"points": []}), "cannot be right"),
        (as_json({"points": ["00" * 32]}), "cannot be right"),
        (as_json({"points": "zz"}), "cannot be right"),
        (as_json([]), "cannot be right"),
        (Response("<html>"), "cannot be right"),
        (Response(status=302, headers={"Location": "http://127.0.0.1:9/"}), "no portal that makes codes"),
        (Response(status=400), r"refused the request \(400\)"),
    ],
)
def test_a_wrong_answer_is_a_sentence(server, answer, sentence):
    server.instead[:] = [lambda _request: answer]
    with pytest.raises(CodingFailed, match=sentence):
        list(make_codes(HttpPortal(server.url, TOKEN), [("1",)]))


def test_a_wrong_key_a_wrong_address_and_a_wrong_list_end_with_1_and_write_nothing(server, tmp_path, monkeypatch):
    monkeypatch.setattr("portal.identity.line.WAITS_S", ())
    for result, sentence in (
        (run(server.url, tmp_path, token="kissos_other"), "Portál klíč nezná"),
        (run("http://127.0.0.1:9", tmp_path), "Portál neodpovídá"),
        (run("http://portal.example", tmp_path), "musí začínat https://"),
        (run(server.url, tmp_path, "Obec;Stav\nOlomouc;čeká\n"), "musí obsahovat nadpisy"),
        (run(server.url, tmp_path, "Rodné číslo\n"), "není pod nadpisy"),
        (run(server.url, tmp_path, 'Rodné číslo\n"1\n'), "Na řádku nesedí uvozovky"),
    ):
        assert (result.exit_code, result.stdout) == (1, ""), sentence
        assert sentence in result.stderr
        assert "Kanár" not in result.stderr


def test_an_address_keeps_the_key_to_itself():
    assert check_address(" https://portal.example/ ") == "https://portal.example"
    for wrong in ("portal.example", "ftp://portal.example", "http://portal.example", "https://"):
        with pytest.raises(CodingFailed):
            check_address(wrong)


def test_the_command_needs_no_portal_on_the_computer(server, tmp_path):
    file = tmp_path / "seznam.csv"
    file.write_text(LIST, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "portal", "code", str(file), "--url", server.url],
        cwd=tmp_path,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "PORTAL_CODE_TOKEN": TOKEN,
            "PORTAL_ENV": "production",  # no other setting: a portal would refuse to start
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 3, done.stderr
    assert done.stdout.startswith("kod;rocnik;značka;Obec\n")
    assert [path.name for path in tmp_path.iterdir()] == ["seznam.csv"]
