import pytest

from portal.catalog.ingest.discretion import keep_note, keep_text, personal_names, secret_words


@pytest.mark.parametrize(
    "note", ["ústředna", "sociální pracovnice", "Vedoucí služby", "Po až Pá 8–16", "24 hodin denně"]
)
def test_a_note_about_a_place_or_a_job_stays(note):
    assert keep_note(note, set()) == note


@pytest.mark.parametrize(
    "note",
    [
        "Jana Nováková",
        "Nováková",
        "Mgr. nováková",
        "vedoucí Jana Nováková",
        "Bc. vedoucí",
        "vedoucí: Novák",
        "paní Nováková",
    ],
)
def test_a_note_that_could_name_a_person_goes(note):
    assert keep_note(note, set()) is None


def test_surnames_of_leaders_and_boards_are_found_wherever_they_stand():
    entry = {
        "zarizeni": [{"vedouci": {"jmeno": "Jana", "prijmeni": "Nikdovská"}, "adresa": {"prijmeni": "Neplatí"}}],
        "poskytovatel": {"statutarniOrgany": [{"clen": {"prijmeni": " Vybájený "}}, {"clen": {"prijmeni": "X"}}]},
    }
    assert personal_names(entry) == {"nikdovsk", "vybájen"}


def test_a_text_with_a_surname_or_a_title_goes_and_another_stays():
    assert keep_text("zástup za p. Nikdovskou", {"nikdovsk"}) is None
    assert keep_text("NIKDOVSKÁ", {"nikdovsk"}) is None
    assert keep_text("vede Ing. nikdo", set()) is None
    assert keep_text("Ingredience", set()) == "Ingredience"
    assert keep_text(None, {"x"}) is None


def test_the_street_of_a_secret_house_is_withheld_and_that_of_an_open_one_not():
    facilities = [
        {"utajenaAdresa": True, "adresa": {"ulice": {"nazev": "Utajenkova"}}},
        {"utajenaAdresa": False, "adresa": {"ulice": {"nazev": "Lipová"}}},
        {"utajenaAdresa": True, "adresa": None},
        {"utajenaAdresa": True, "adresa": {"ulice": None}},
        None,
    ]
    assert secret_words(facilities) == {"utajenkov"}
