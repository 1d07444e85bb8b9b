"""One entry of the register, cleaned: every trap of the file, one by one."""

import copy
import json

import pytest

from portal.catalog.ingest.context import CodeLists, Municipality, Reading, RegionPlaces
from portal.catalog.ingest.entries import clean_entry, hours_text
from portal.catalog.ingest.problems import EntryRejected, Problems, Severity
from portal.demo.register.entries import FAULTS, TRAPS
from portal.demo.register.writing import Recipe, make_entries
from tests.factories.paths import shared_data

OLOMOUC = Municipality("500496", "Olomouc", "7107", "Olomouc", 17.25, 49.59)
LISTS = CodeLists(
    types={"DruhSocialniSluzby/13": "49", "DruhSocialniSluzby/8": "44"},
    unknown_types={"DruhSocialniSluzby/2": "neznámá služba"},
    target_groups={"24": "senioři"},
    age_groups={},
    municipalities={"Obec/554499": "Cheb", "Obec/554782": "Praha"},
)
READING = Reading(RegionPlaces("Kraj/124", {"Obec/500496": OLOMOUC}, "Olomoucký kraj"), LISTS, {77: (17.251, 49.591)})
HERE = {
    "cisloDomovni": 12,
    "cisloOrientacni": "5a",
    "kodAdresnihoMista": 76,
    "psc": "77900",
    "typCislaDomovniho": {"id": "TypStavebnihoObjektu/1"},
    "kraj": {"id": "Kraj/124"},
    "okres": {"id": "Okres/3805"},
    "obec": {"id": "Obec/500496"},
    "ulice": {"nazev": "Pohádková"},
}
CHEB = {**HERE, "kraj": {"id": "Kraj/51"}, "obec": {"id": "Obec/554499"}, "psc": "350 02"}


@pytest.fixture
def entry():
    return {
        "portalId": 4951,
        "identifikator": "1234567",
        "datumPoskytovaniOd": "2014-03-01",
        "datumPoskytovaniDo": None,
        "kontaktniAdresy": [],
        "druhSocialniSluzby": {"id": "DruhSocialniSluzby/13"},
        "zarizeni": [{"nazev": "Dům Pod Oblaky", "utajenaAdresa": False, "adresa": copy.deepcopy(HERE)}],
        "poskytovatel": {"ico": "99000016", "nazev": "Tichý Drak, z. s.", "adresa": copy.deepcopy(HERE)},
        "formy": [
            {
                "forma": {"id": "FormaSocialniSluzby/pob"},
                "nepretrzitePoskytovani": True,
                "kapacity": [{"pocet": 32, "popis": None, "typ": {"id": "TypKapacitySocialniSluzby/luzka"}}],
            }
        ],
        "rozsirenePusobnostiVKraji": [],
    }


def clean(entry, problems=None):
    return clean_entry(entry, READING, (problems or Problems()).at(0))


def test_a_plain_entry_is_kept_whole(entry):
    record = clean(entry)
    assert record["type_code"] == "49"
    assert record["name"] == "Dům Pod Oblaky"
    assert record["provider"]["address"] == "Pohádková 12/5a, 779 00 Olomouc"
    assert record["forms"] == [
        {"form": "residential", "nonstop": True, "hours": None, "capacities": [["beds", 32, None]]}
    ]
    facility = record["facilities"][0]
    assert (facility["street"], facility["house_number"], facility["orp_name"]) == ("Pohádková", "12/5a", "Olomouc")
    assert (facility["lon"], facility["point_is_exact"]) == (17.25, False)


def test_a_known_address_place_gives_the_exact_point(entry):
    entry["zarizeni"][0]["adresa"]["kodAdresnihoMista"] = 77
    facility = clean(entry)["facilities"][0]
    assert (facility["lon"], facility["lat"], facility["point_is_exact"]) == (17.251, 49.591, True)


def test_the_sample_of_the_real_file_is_of_another_region_and_read_for_its_own():
    sample = json.loads(shared_data("formats", "rpss_sample.json").read_text(encoding="utf-8"))["polozky"][0]
    assert clean(sample) is None
    own = Reading(RegionPlaces("Kraj/51", {}, "Karlovarský kraj"), LISTS)
    record = clean_entry(sample, own, Problems().at(0))
    assert record["identifier"] is None
    assert record["name"] == "Domov pro seniory Carvac s.r.o."
    assert record["contacts"] == [
        ["phone", "+420 354 525 345", None],
        ["email", "ldn@carvac.cz", None],
        ["web", "http://www.carvac.cz", None],
    ]
    assert record["forms"][0]["capacities"] == [["beds", 32, "Maximální kapacita 32 lůžek s účinností od 01.09.2016."]]
    facility = record["facilities"][0]
    assert (facility["house_number"], facility["municipality_name"], facility["lon"]) == ("2272/54", "Cheb", None)


def test_a_service_elsewhere_is_left_out_and_one_that_reaches_into_the_region_is_not(entry):
    entry["zarizeni"][0]["adresa"] = CHEB
    assert clean(entry) is None
    for written in ({"id": "Kraj/124"}, {"kraj": {"id": "Kraj/124"}}, "Kraj/124"):
        entry["rozsirenePusobnostiVKraji"] = [written]
        record = clean(entry)
        assert record["region_wide"]
        assert record["facilities"][0]["municipality_name"] == "Cheb"
        assert record["facilities"][0]["lon"] is None


def test_one_facility_in_the_region_is_enough(entry):
    entry["zarizeni"].append({"nazev": "V Chebu", "utajenaAdresa": False, "adresa": CHEB})
    assert len(clean(entry)["facilities"]) == 2


def test_a_service_whose_every_address_is_secret_is_placed_by_its_contact_or_seat_alone(entry):
    entry["zarizeni"] = [{"nazev": "Azyl", "utajenaAdresa": True, "adresa": None}]
    assert clean(entry) is not None
    entry["kontaktniAdresy"] = [{"adresa": CHEB}]
    assert clean(entry) is None


def test_a_secret_address_leaves_nothing_behind(entry):
    secret = {**HERE, "ulice": {"nazev": "Utajenkova"}, "kodAdresnihoMista": 77}
    entry["zarizeni"] = [
        {"nazev": "Azyl Utajenkova 12", "utajenaAdresa": True, "adresa": secret, "poskytujeOd": "2020-01-01"},
        {"nazev": "Poradna Utajenkova", "utajenaAdresa": False, "adresa": None},
    ]
    entry["poskytovatel"]["adresa"] = secret
    entry["telefony"] = [{"telefon": "000111222", "poznamka": "zvonek utajenkova 12"}]
    entry["doplnujiciInformaceVekoveSkupiny"] = "vchod z Utajenkovy, Utajenkova 12"
    entry["formy"][0]["kapacity"][0]["popis"] = "Utajenkova: 12 lůžek"
    record = clean(entry)
    text = json.dumps(record, ensure_ascii=False).casefold()
    assert "utajenkov" not in text
    assert "olomouc" not in text
    facility = record["facilities"][0]
    assert facility["secret"]
    assert facility["started_on"] == "2020-01-01"
    kept = {key for key, value in facility.items() if value not in (None, False)}
    assert kept == {"secret", "started_on"}
    assert record["name"] == "Domovy pro seniory – Tichý Drak, z. s."


def test_names_of_people_are_dropped(entry):
    entry["zarizeni"][0]["vedouci"] = {"jmeno": "Smyšlenka", "prijmeni": "Nikdovská", "titulPred": "Mgr."}
    entry["poskytovatel"]["statutarniOrgany"] = [{"clen": {"jmeno": "Kdosimír", "prijmeni": "Vybájený"}}]
    entry["telefony"] = [
        {"telefon": "000111222", "poznamka": "Mgr. Smyšlenka Nikdovská"},
        {"telefon": "000111223", "poznamka": "p. nikdovská"},
        {"telefon": "000111224", "poznamka": "ústředna"},
    ]
    entry["formy"][0]["casoveRozsahy"] = "objednávky u paní Nikdovské, tj. Nikdovská"
    record = clean(entry)
    text = json.dumps(record, ensure_ascii=False).casefold()
    for word in ("nikdovsk", "vybájen", "smyšlenk", "kdosimír", "mgr"):
        assert word not in text
    assert [contact[2] for contact in record["contacts"]] == [None, None, "ústředna"]


def test_null_empty_and_missing_lists_are_the_same(entry):
    keys = ("weby", "emaily", "telefony", "ciloveSkupiny", "vekoveSkupiny", "kontaktniAdresy")
    nulls, empties, missing = ({**entry} for _ in range(3))
    for key in keys:
        nulls[key], empties[key] = None, []
        missing.pop(key, None)
    assert clean(nulls) == clean(empties) == clean(missing)


def test_both_spellings_of_the_keys_of_contacts_are_read(entry):
    entry["weby"] = [{"www": "www.dum.example"}, {"web": "http://www.dum.example"}]
    entry["telefony"] = [{"telefonniCislo": "000111222"}, {"telefon": "000111222"}]
    assert clean(entry)["contacts"] == [
        ["phone", "+420 000 111 222", None],
        ["web", "http://www.dum.example", None],
    ]


@pytest.mark.parametrize(
    ("service_end", "facility_ends", "expected"),
    [
        (None, [None, None], None),
        ("2024-12-31", [None, None], "2024-12-31"),
        (None, ["2023-06-30", None], None),
        (None, ["2023-06-30", "2024-01-31"], "2024-01-31"),
        ("2025-03-31", ["2022-01-31", None], "2025-03-31"),
        ("2025-03-31", ["2022-01-31", "2023-01-31"], "2023-01-31"),
        ("2021-03-31", ["2022-01-31", "2023-01-31"], "2021-03-31"),
    ],
)
def test_a_service_ends_with_itself_or_with_its_last_facility(entry, service_end, facility_ends, expected):
    entry["datumPoskytovaniDo"] = service_end
    entry["zarizeni"] = [{**entry["zarizeni"][0], "poskytujeDo": end} for end in facility_ends]
    assert clean(entry)["ended_on"] == expected


def test_odd_dates_are_left_out_with_a_notice(entry):
    entry.update(datumPoskytovaniOd="2031-02-30", datumPoskytovaniDo="9999-12-31")
    problems = Problems()
    record = clean(entry, problems)
    assert (record["started_on"], record["ended_on"]) == (None, None)
    assert [(p.severity, p.where.row) for p in problems.kept] == [
        (Severity.NOTICE, "polozky[0].datumPoskytovaniOd (portalId 4951)")
    ]


def test_a_service_that_ends_before_it_begins_keeps_its_end(entry):
    entry.update(datumPoskytovaniOd="2019-01-01", datumPoskytovaniDo="2018-01-01")
    record = clean(entry)
    assert (record["started_on"], record["ended_on"]) == (None, "2018-01-01")


def test_repeated_forms_become_one_and_repeated_capacities_too(entry):
    capacity = entry["formy"][0]["kapacity"][0]
    entry["formy"][0]["kapacity"] = [capacity, dict(capacity), {**capacity, "pocet": 8}]
    entry["formy"].append({"forma": {"id": "FormaSocialniSluzby/pob"}, "kapacity": [{**capacity, "popis": "jinak"}]})
    forms = clean(entry)["forms"]
    assert [form["form"] for form in forms] == ["residential"]
    assert forms[0]["capacities"] == [["beds", 32, None], ["beds", 8, None], ["beds", 32, "jinak"]]


def test_a_capacity_without_a_number_stays_unknown_and_is_not_zero(entry):
    entry["formy"][0]["kapacity"][0]["pocet"] = None
    assert clean(entry)["forms"][0]["capacities"] == [["beds", None, None]]


def test_a_form_or_unit_that_is_not_known_is_left_out_with_a_notice(entry):
    problems = Problems()
    entry["formy"][0]["kapacity"][0]["typ"] = {"id": "TypKapacitySocialniSluzby/postele"}
    entry["formy"].append({"forma": {"id": "FormaSocialniSluzby/dalkova"}})
    assert clean(entry, problems)["forms"][0]["capacities"] == []
    assert (problems.errors, problems.notices) == (0, 2)


def test_a_type_outside_the_act_is_left_out_with_a_notice(entry):
    problems = Problems()
    entry["druhSocialniSluzby"] = {"id": "DruhSocialniSluzby/2"}
    assert clean(entry, problems) is None
    assert "neznámá služba" in str(problems.kept[0].where.message)


def test_numbers_may_come_as_texts_and_texts_as_numbers(entry):
    entry["identifikator"] = 1234567
    entry["poskytovatel"]["ico"] = 64581
    address = entry["zarizeni"][0]["adresa"]
    address.update(cisloOrientacni=54, psc=77900, cisloDomovni="2272", kodAdresnihoMista="77")
    address["typCislaDomovniho"] = {"id": "TypStavebnihoObjektu/2"}
    record = clean(entry)
    facility = record["facilities"][0]
    assert (record["identifier"], record["provider"]["ico"]) == ("1234567", "00064581")
    assert (facility["house_number"], facility["postcode"], facility["point_is_exact"]) == (
        "č. ev. 2272/54",
        "77900",
        True,
    )


def test_an_ico_with_a_wrong_check_digit_is_noticed(entry):
    problems = Problems()
    entry["poskytovatel"]["ico"] = "99000017"
    assert clean(entry, problems)["provider"]["ico"] == "99000017"
    assert problems.notices == 1


def test_prague_is_named_under_either_of_its_districts(entry):
    for district in ("Okres/9999", "Okres/3100"):
        prague = {**HERE, "kraj": {"id": "Kraj/19"}, "okres": {"id": district}, "obec": {"id": "Obec/554782"}}
        entry["zarizeni"] = [entry["zarizeni"][0], {"nazev": "V Praze", "adresa": prague}]
        assert clean(entry)["facilities"][1]["municipality_name"] == "Praha"


def set_path(entry, path, value):
    *keys, last = path
    for key in keys:
        entry = entry[key]
    entry[last] = value


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("portalId",), None, "portalId"),
        (("portalId",), "abc", "portalId"),
        (("portalId",), -1, "portalId"),
        (("druhSocialniSluzby",), None, "druhSocialniSluzby"),
        (("poskytovatel",), None, "poskytovatel"),
        (("poskytovatel", "ico"), None, "poskytovatel.ico"),
        (("poskytovatel", "ico"), "CZ123", "poskytovatel.ico"),
        (("poskytovatel", "nazev"), ["x"], "poskytovatel.nazev"),
        (("zarizeni",), "dům", "zarizeni"),
        (("zarizeni", 0, "utajenaAdresa"), "ano", "zarizeni[0].utajenaAdresa"),
        (("zarizeni", 0, "nazev"), {}, "zarizeni[0].nazev"),
        (("zarizeni", 0, "adresa", "kodAdresnihoMista"), "x", "zarizeni[0].adresa.kodAdresnihoMista"),
        (("formy",), {}, "formy"),
        (("formy", 0), None, "formy[0]"),
        (("formy", 0, "kapacity"), 3, "formy[0].kapacity"),
        (("formy", 0, "kapacity", 0), 3, "formy[0].kapacity[0]"),
        (("formy", 0, "kapacity", 0, "pocet"), "mnoho", "formy[0].kapacity[0].pocet"),
        (("formy", 0, "kapacity", 0, "pocet"), -1, "formy[0].kapacity[0].pocet"),
        (("formy", 0, "kapacity", 0, "pocet"), 1.5, "formy[0].kapacity[0].pocet"),
        (("telefony",), "123", "telefony"),
        (("telefony",), ["123"], "telefony[0]"),
        (("ciloveSkupiny",), {}, "ciloveSkupiny"),
        (("identifikator",), {}, "identifikator"),
    ],
)
def test_an_entry_of_another_form_is_refused_with_its_path(entry, path, value, where):
    problems = Problems()
    set_path(entry, path, value)
    with pytest.raises(EntryRejected):
        clean(entry, problems)
    assert problems.errors == 1
    assert problems.kept[0].where.row.removesuffix(" (portalId 4951)") == f"polozky[0].{where}"


@pytest.mark.parametrize("entry", [None, 1, "x", []])
def test_what_is_no_object_is_no_entry(entry):
    with pytest.raises(EntryRejected):
        clean(entry)


def test_no_trap_of_the_register_is_an_error_and_every_fault_is():
    reading = Reading(
        RegionPlaces("Kraj/124", {}, "Olomoucký kraj"),
        CodeLists({f"DruhSocialniSluzby/{n}": "44" for n in range(1, 35)}, {}, {}, {}, {}),
    )
    problems = Problems()
    for number, (entry, _trap, _here) in enumerate(make_entries(Recipe(services=10 * len(TRAPS), elsewhere=0))):
        clean_entry(entry, reading, problems.at(number))
    assert problems.errors == 0
    for entry, _trap, _here in make_entries(Recipe(len(FAULTS), elsewhere=0, traps=False, faults=len(FAULTS))):
        with pytest.raises(EntryRejected):
            clean_entry(entry, reading, problems.at(0))


def test_hours_of_any_form_become_words():
    assert hours_text(" denně  7–19 ") == "denně 7–19"
    assert hours_text([{"den": {"id": "DenVTydnu/1"}, "casOd": "08:00", "casDo": "16:00"}]) == "1 08:00 16:00"
    assert [hours_text(value) for value in (None, [], 5, {}, [None])] == [None] * 5


def test_only_the_first_problems_are_kept_but_all_are_counted():
    problems = Problems()
    for number in range(500):
        with pytest.raises(EntryRejected):
            clean_entry(None, READING, problems.at(number))
    assert problems.errors == 500
    assert len(problems.kept) == 200
