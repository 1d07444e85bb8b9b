import json

from portal.catalog.types import service_types
from portal.core.ico import is_ico
from portal.demo.register.codelists import TYPE_NUMBERS, write_code_lists
from portal.demo.register.entries import TRAPS
from portal.demo.register.places import places_elsewhere, region_places
from portal.demo.register.writing import Recipe, make_entries, write_register


def test_the_same_recipe_gives_the_same_bytes_and_another_seed_others(tmp_path):
    files = []
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        write_register(tmp_path / name, Recipe(services=60, seed=seed))
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1] != files[2]


def test_what_was_written_is_counted_rightly(tmp_path):
    path = tmp_path / "register.json"
    written = write_register(path, Recipe(services=300, seed=3, elsewhere=0.3))
    entries = json.loads(path.read_text(encoding="utf-8"))["polozky"]
    assert len(entries) == written.services == 300
    assert sum(len(entry["zarizeni"]) for entry in entries) == written.facilities
    assert path.stat().st_size == written.bytes
    assert 0.6 < written.services_in_region / 300 < 0.8
    assert len({entry["portalId"] for entry in entries}) == 300


def test_every_trap_of_the_register_occurs(tmp_path):
    written = write_register(tmp_path / "register.json", Recipe(services=2 * len(TRAPS), seed=1, elsewhere=0))
    assert set(written.traps) == set(TRAPS)


def test_some_services_of_other_regions_reach_into_this_one():
    reaching = [
        entry for entry, trap, of_region in make_entries(Recipe(services=300, elsewhere=1)) if trap and of_region
    ]
    assert reaching
    for entry in reaching:
        assert entry["rozsirenePusobnostiVKraji"] == [{"kraj": {"id": "Kraj/124"}}]
        assert {f["adresa"]["kraj"]["id"] for f in entry["zarizeni"]}.isdisjoint({"Kraj/124"})


def test_a_gentle_file_holds_only_what_may_be_shown(tmp_path):
    written = write_register(tmp_path / "register.json", Recipe(services=100, seed=1, traps=False))
    assert set(written.traps) == {"secret", "ended_by_service", "region_wide", "all_forms"}


def test_a_plain_entry_has_the_keys_of_the_real_one():
    entry, _trap, _of_region = next(make_entries(Recipe(services=1, traps=False, elsewhere=1)))
    assert set(entry) == {
        "portalId", "id", "identifikator", "datumPoskytovaniOd", "datumPoskytovaniDo", "kontaktniAdresy",
        "druhSocialniSluzby", "zarizeni", "poskytovatel", "weby", "emaily", "telefony", "faxy", "ciloveSkupiny",
        "vekoveSkupiny", "doplnujiciInformaceVekoveSkupiny", "formy", "rozsirenePusobnostiVKraji", "doplnkoveUdaje",
    }  # fmt: skip


def test_providers_are_plainly_invented_and_their_ico_valid_but_never_given_out():
    for entry, _trap, _of_region in make_entries(Recipe(services=200, traps=False)):
        provider = entry["poskytovatel"]
        assert provider["ico"].startswith("99")
        assert is_ico(provider["ico"])
        for contact in (*entry["emaily"], *provider["emaily"]):
            assert contact["email"].endswith(".example")
        for contact in (*entry["telefony"], *provider["telefony"]):
            assert contact["telefon"].startswith("0")


def test_about_one_facility_in_28_lacks_the_code_of_its_address_place():
    facilities = [
        facility
        for entry, _trap, _of_region in make_entries(Recipe(services=3000, traps=False))
        for facility in entry["zarizeni"]
        if facility["adresa"]
    ]
    without = sum(facility["adresa"]["kodAdresnihoMista"] is None for facility in facilities)
    assert 0.028 < without / len(facilities) < 0.044


def test_prague_is_under_two_districts():
    assert {place.district for place in places_elsewhere() if place.name == "Praha"} == {"Okres/9999", "Okres/3100"}


def test_code_lists_name_every_type_and_every_municipality_used(tmp_path):
    write_code_lists(tmp_path, [*region_places(), *places_elsewhere()])
    types = json.loads((tmp_path / "druhy-socialni-sluzby.json").read_text(encoding="utf-8"))["polozky"]
    assert len(types) == 34
    names = {entry["id"]: entry["nazev"]["cs"] for entry in types}
    assert all(
        names[f"DruhSocialniSluzby/{TYPE_NUMBERS[section]}"] == kind.name_cs.lower()
        for section, kind in service_types().items()
    )
    # The only numbers of the real list that are known for certain.
    known = {"37": 1, "39": 3, "40": 4, "41": 5, "44": 8, "46": 10, "49": 13, "66": 29}
    assert {section: TYPE_NUMBERS[section] for section in known} == known
    municipalities = json.loads((tmp_path / "obce.json").read_text(encoding="utf-8"))["polozky"]
    assert {f"Obec/{place.code}" for place in region_places()} <= {entry["id"] for entry in municipalities}
